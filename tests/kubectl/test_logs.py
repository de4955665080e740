"""kubectl logs, debug and resize on running pods."""

from __future__ import annotations

import re
import time

import pytest

from tests.kit.kubectl import Kubectl

TICKER = """
apiVersion: v1
kind: Pod
metadata: {name: ticker}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: tick
    image: busybox
    command: [sh, -c, "i=0; while true; do echo tick $i; i=$((i+1)); sleep 1; done"]
    resources: {requests: {cpu: 10m}, limits: {cpu: 20m}}
  - {name: quiet, image: "nginx:1.25"}
"""


@pytest.fixture(scope="module")
def pod(k: Kubectl) -> Kubectl:
    k("apply -f -", stdin=TICKER)
    k("wait pod/ticker --for=condition=Ready --timeout=60s")
    return k


def test_a_follower_hears_lines_as_they_are_printed(pod: Kubectl):
    follower = pod.start("logs -f ticker -c tick --tail=1")
    assert follower.stdout is not None
    began = time.monotonic()
    lines = [follower.stdout.readline() for _ in range(4)]
    follower.terminate()
    follower.communicate(timeout=10)
    numbers = [int(line.split()[1]) for line in lines]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert time.monotonic() - began > 1.0


def test_following_ends_with_the_pod(k: Kubectl):
    k(
        "apply -f -",
        stdin=TICKER.replace("ticker", "short").replace("while true; do", "while [ $i -lt 3 ]; do"),
    )
    k.until("logs short -c tick", "tick 0")
    assert k("logs -f short -c tick").splitlines() == ["tick 0", "tick 1", "tick 2"]


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("--tail=2", r"tick \d+\ntick \d+\n"),
        ("--tail=1 --timestamps", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z tick \d+\n"),
        ("--limit-bytes=4", r"tick"),
        ("--since-time=2000-01-01T00:00:00Z --tail=1", r"tick \d+\n"),
    ],
)
def test_lines_are_chosen_by_options(pod: Kubectl, options: str, shape: str):
    assert re.fullmatch(shape, pod(f"logs ticker -c tick {options}"))


def test_all_containers_stand_beside_their_names(pod: Kubectl):
    said = pod("logs ticker --all-containers --prefix --tail=1")
    assert re.search(r"^\[pod/ticker/tick\] tick \d+$", said, re.MULTILINE)


def test_what_cannot_be_read_is_said(pod: Kubectl):
    previous = pod.run("logs ticker -c tick --previous")
    assert 'previous terminated container "tick" in pod "ticker" not found' in previous.stderr
    other = pod.run("logs ticker -c other")
    assert "container other is not valid for pod ticker" in other.stderr


def test_a_debugging_container_joins_a_running_pod(pod: Kubectl):
    said = pod("debug ticker --image=busybox --container=look -- sleep 1000")
    assert "look" in said or said == ""
    pod.until("get pod ticker -o jsonpath={.spec.ephemeralContainers[*].name}", "look")


def test_a_pod_is_resized_in_place(pod: Kubectl):
    patch = '{"spec":{"containers":[{"name":"tick","resources":{"requests":{"cpu":"15m"}}}]}}'
    assert pod(f"patch pod ticker --subresource=resize -p={patch}") == "pod/ticker patched\n"
    assert pod("get pod ticker -o jsonpath={.spec.containers[0].resources.requests.cpu}") == "15m"
