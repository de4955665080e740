"""`kubectl exec` against simulated containers."""

from __future__ import annotations

from urllib.request import urlopen

import pytest

from tests.kit.kubectl import Kubectl

pytestmark = pytest.mark.kubectl
POD = """
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'echo up > /tmp/state; sleep 9999']
    env: [{name: COLOUR, value: red}]
  - {name: web, image: nginx}
"""


@pytest.fixture(scope="module")
def box(k: Kubectl) -> Kubectl:
    k("apply -f -", stdin=POD)
    k("wait --for=condition=Ready pod/box --timeout=60s")
    return k


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("exec box -- cat /tmp/state", "up\n"),
        ("exec box -- printenv COLOUR", "red\n"),
        ("exec box -c web -- hostname", "box\n"),
        ("exec box -- nslookup kubernetes", "Address: 10.96.0.1"),
        ("exec pod/box -- echo a b", "a b\n"),
    ],
)
def test_a_command_prints(box: Kubectl, command: str, printed: str) -> None:
    assert printed in box(command)


def test_what_comes_in_goes_through(box: Kubectl) -> None:
    assert box("exec -i box -- cat", stdin="one\ntwo\n") == "one\ntwo\n"


def test_the_exit_code_comes_back(box: Kubectl) -> None:
    done = box.run("exec box -- test -e /nothing")
    assert done.returncode == 1 and done.stderr.endswith("command terminated with exit code 1\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("exec box -c other -- ls", "container other is not valid for pod box"),
        ("exec gone -- ls", 'pods "gone" not found'),
    ],
)
def test_what_cannot_be_is_told(box: Kubectl, command: str, said: str) -> None:
    done = box.run(command)
    assert done.returncode == 1 and said in done.stderr


def test_a_local_port_reaches_a_container(box: Kubectl) -> None:
    forward = box.start("port-forward pod/box :80")
    try:
        assert forward.stdout is not None
        said = forward.stdout.readline()
        assert said.startswith("Forwarding from 127.0.0.1:") and said.endswith(" -> 80\n")
        port = said.split(":")[1].split(" ")[0]
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert b"Welcome to nginx!" in page.read()
    finally:
        forward.terminate()
        forward.communicate(timeout=10)
