"""docker-compose.yml can't be run by the tests, so everything it names is looked up: commands, options, variables."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.worker import worker
from daphne.cli import CommandLineInterface

from scripts import redis_server, services
from scripts.commands import COMMANDS
from scripts.options import Options
from scripts.pki import Pki
from tests.architecture.sources import ROOT, files

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "clusterlab"]
ENGINES = [name for name in SERVICES if name.startswith("engine-")]
OPTIONS = Options.read({"DATA_DIR": "/data", "HOST": "0.0.0.0", "ENGINE_WORKERS": str(len(ENGINES))})


def arguments(name: str) -> list[str]:
    """The command with `--option=value` taken apart, but not the parts of Twisted's endpoints."""
    return [
        part
        for word in SERVICES[name]["command"]
        for part in (word.split("=", 1) if word.startswith("--") else [word])
    ]


def test_the_services_are_those_of_the_readme() -> None:
    assert list(SERVICES) == ["prepare", "web", *ENGINES, "redis", "postgres"]


@pytest.mark.parametrize("name", OURS)
def test_a_command_starts_a_module_that_exists(name: str) -> None:
    python, flag, module = arguments(name)[:3]
    assert (python, flag) == ("python", "-m")
    assert find_spec(module) is not None


def test_the_preparing_command_is_one_of_ours() -> None:
    assert arguments("prepare")[3] in COMMANDS


def test_web_runs_what_make_run_runs() -> None:
    assert arguments("web")[1:] == list(services.web(OPTIONS, Pki(Path("/data/pki"))).argv[1:])


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_runs_what_make_run_runs(name: str) -> None:
    argv = services.engine(int(name.removeprefix("engine-"))).argv
    assert arguments(name)[1:] == list(argv[argv.index("-m") :])


def test_there_are_as_many_engines_as_the_web_server_hands_clusters_to() -> None:
    assert SERVICES["web"]["environment"]["ENGINE_WORKERS"] == str(len(ENGINES))
    assert [f"engine-{index}" for index in range(len(ENGINES))] == ENGINES


def test_daphne_knows_the_options_of_web() -> None:
    parsed = CommandLineInterface().parser.parse_args(arguments("web")[3:])
    assert parsed.application == "clusterlab.asgi:application"
    assert find_spec("clusterlab.asgi") is not None


def test_celery_knows_the_options_of_an_engine() -> None:
    known = {option for parameter in worker.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in arguments("engine-0")[8:] if word.startswith("--")} <= known


def test_every_variable_is_read_somewhere() -> None:
    read = {
        name
        for folder in ("clusterlab", "scripts")
        for path in files(folder, ".py")
        for name in re.findall(r'"([A-Z][A-Z_]+)"', path.read_text())
    }
    set_for_us = {variable for name in OURS for variable in SERVICES[name]["environment"]}
    assert set_for_us - read == set()


def test_redis_keeps_every_acknowledged_write() -> None:
    ours = redis_server.command(Path("valkey-server"), Path("/data"))
    theirs = arguments("redis")
    assert theirs[0] == "valkey-server"
    for option, value in zip(theirs[1::2], theirs[2::2], strict=True):
        assert ours[ours.index(option) + 1] == value


def test_services_wait_for_services_that_exist_and_volumes_are_declared() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert {volume.split(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert f"${{{secret}:?" in text
        assert f"${{{secret}:-" not in text


def test_the_image_copies_only_what_exists_and_is_not_ignored() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    wanted = {word.rstrip("/") for line in copied for word in line.split()}
    assert [path for path in wanted if not (ROOT / path).exists()] == []
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {path.split("/")[0] for path in wanted} <= kept
