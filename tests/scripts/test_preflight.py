"""What would stop a start is said in one plain line, with the variable that mends it."""

import os
import socket
from pathlib import Path

import pytest

from scripts import preflight
from scripts.options import ROOT, Options
from scripts.trouble import Trouble, explain_failure


def options(**env: str) -> Options:
    return Options.read(env)


@pytest.mark.parametrize("name", ["PORT", "KUBE_PORT"])
def test_a_port_in_use_names_the_port_and_its_variable(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble) as caught:
            preflight._check_port(name, "127.0.0.1", port)
    expected = f"Port {port} ({name}) is in use by another program: "
    assert str(caught.value) == f"{expected}stop that program, or choose another: make run {name}={port + 1}"


def test_a_host_that_is_not_ours_is_named() -> None:
    with pytest.raises(Trouble) as caught:
        preflight.check_ports(options(HOST="192.0.2.1"))
    assert str(caught.value) == "Can't listen on 192.0.2.1:8000 (PORT): Cannot assign requested address."


def test_a_data_dir_that_is_a_file_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble) as caught:
        preflight.check_data_dir(tmp_path / "file" / "var")
    assert str(caught.value).startswith(
        f"DATA_DIR {tmp_path}/file/var is not writable (Not a directory): choose"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_data_dir_is_not_writable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Trouble, match="is not writable"):
        preflight.check_data_dir(tmp_path)


def test_a_second_start_on_the_same_data_dir_names_the_first(tmp_path: Path) -> None:
    with preflight.lock_data_dir(tmp_path):
        with pytest.raises(Trouble) as caught:
            preflight.lock_data_dir(tmp_path)
        assert f"is in use by another make run (process {os.getpid()})" in str(caught.value)
    preflight.lock_data_dir(tmp_path).close()


def test_options_have_the_documented_defaults() -> None:
    found = options()
    assert (found.host, found.port, found.kube_port) == ("127.0.0.1", 8000, 6443)
    assert found.data_dir == ROOT / "var"
    assert found.engine_workers == os.cpu_count()
    assert found.redis_url is None


@pytest.mark.parametrize(
    ("env", "message"),
    [
        pytest.param({"PORT": "web"}, "PORT=web is not a number from 1 to 65535.", id="no number"),
        pytest.param({"KUBE_PORT": "0"}, "KUBE_PORT=0 is not a number from 1 to 65535.", id="zero"),
        pytest.param({"PORT": "70000"}, "PORT=70000 is not a number from 1 to 65535.", id="too large"),
        pytest.param(
            {"ENGINE_WORKERS": "-1"}, "ENGINE_WORKERS=-1 is not a number from 1 to 256.", id="negative"
        ),
        pytest.param(
            {"PORT": "6443"}, "PORT and KUBE_PORT are both 6443: choose two different ports.", id="the same"
        ),
    ],
)
def test_a_mistyped_option_is_named(env: dict[str, str], message: str) -> None:
    with pytest.raises(Trouble) as caught:
        Options.read(env)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "output",
    [
        "error: Failed to fetch: `x`\n  Caused by: dns error: failed to lookup address",
        "ERROR: Could not find a version\nERROR: No matching distribution found for uv==0.13.8",
        "npm error code ENOTFOUND",
    ],
    ids=["uv", "pip", "npm"],
)
def test_an_installation_without_network_says_so(output: str) -> None:
    text = explain_failure("Installing", output, Path("install.log"), needs_network=True)
    assert (
        text
        == "Installing failed: no network, or the package registry can't be reached. Details: install.log"
    )


def test_a_failure_that_only_looks_like_the_network_is_told_as_it_is() -> None:
    output = "psycopg.OperationalError: connection failed: Connection refused"
    assert (
        explain_failure("Migrating", output, Path("x.log")) == f"Migrating failed: {output}. Details: x.log"
    )
    missing = "ModuleNotFoundError: No module named 'x'"
    assert "ModuleNotFoundError" in explain_failure("Installing", missing, Path("x.log"), needs_network=True)


def test_another_failed_installation_shows_its_last_line() -> None:
    output = "one\ntwo: it broke\n\n    at build (vite.js:1)\n  errors: [Getter/Setter]\n}\n"
    text = explain_failure("Building", output, Path("x.log"))
    assert text == "Building failed: two: it broke. Details: x.log"
