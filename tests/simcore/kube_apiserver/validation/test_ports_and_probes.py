"""Ports, probes, hooks and policies of containers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

OTHERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a host's port that is too big": (
        {"spec.containers.0.ports": [{"containerPort": 80, "hostPort": 65536}]},
        [
            (
                "spec.containers[0].ports[0].hostPort: Invalid value: 65536: must be between 1 and "
                "65535, inclusive"
            )
        ],
    ),
    "a host's address that isn't one": (
        {"spec.containers.0.ports": [{"containerPort": 80, "hostPort": 80, "hostIP": "host"}]},
        [
            (
                'spec.containers[0].ports[0].hostIP: Invalid value: "host": must be a valid IP '
                "address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "a port's name twice": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "name": "web"},
                {"containerPort": 81, "name": "web"},
            ]
        },
        ['spec.containers[0].ports[1].name: Duplicate value: "web"'],
    ),
    "one host port for two protocols": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "hostPort": 80},
                {"containerPort": 80, "hostPort": 80, "protocol": "UDP"},
            ]
        },
        [],
    ),
    "one host port at two addresses": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "hostPort": 80, "hostIP": "10.0.0.1"},
                {"containerPort": 81, "hostPort": 80, "hostIP": "10.0.0.2"},
            ]
        },
        [],
    ),
    "a policy of messages": (
        {"spec.containers.0.terminationMessagePolicy": "Shout"},
        [
            (
                'spec.containers[0].terminationMessagePolicy: Unsupported value: "Shout": supported '
                'values: "File", "FallbackToLogsOnError"'
            )
        ],
    ),
    "a restart policy of a container": (
        {"spec.containers.0.restartPolicy": "Sometimes"},
        [
            (
                'spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: '
                '"Always", "Never", "OnFailure"'
            )
        ],
    ),
    "a restart policy of an init container": (
        {"spec.initContainers": [{"name": "i", "image": "x", "restartPolicy": "Sometimes"}]},
        [
            (
                'spec.initContainers[0].restartPolicy: Unsupported value: "Sometimes": supported '
                'values: "Always", "Never", "OnFailure"'
            )
        ],
    ),
    "resizing of what can't be resized": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "storage", "restartPolicy": "NotRequired"}]},
        [
            (
                'spec.containers[0].resizePolicy: Unsupported value: "storage": supported values: '
                '"cpu", "memory"'
            )
        ],
    ),
    "resizing twice": (
        {
            "spec.containers.0.resizePolicy": [
                {"resourceName": "cpu", "restartPolicy": "NotRequired"},
                {"resourceName": "cpu", "restartPolicy": "RestartContainer"},
            ]
        },
        ['spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"'],
    ),
    "resizing in an odd way": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "cpu", "restartPolicy": "Maybe"}]},
        [
            (
                'spec.containers[0].resizePolicy: Unsupported value: "Maybe": supported values: '
                '"NotRequired", "RestartContainer"'
            )
        ],
    ),
    "resizing in no way": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "cpu"}]},
        ["spec.containers[0].resizePolicy: Required value"],
    ),
    "restarts of what never restarts": (
        {
            "spec.containers.0.resizePolicy": [
                {"resourceName": "memory", "restartPolicy": "RestartContainer"}
            ],
            "spec.restartPolicy": "Never",
        },
        [
            (
                'spec.containers[0].resizePolicy: Invalid value: "RestartContainer": must be '
                "'NotRequired' when `restartPolicy` is 'Never'"
            )
        ],
    ),
    "a probe of nothing": (
        {"spec.containers.0.livenessProbe": {"periodSeconds": 5}},
        ["spec.containers[0].livenessProbe: Required value: must specify a handler type"],
    ),
    "a probe in two ways": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "exec": {"command": ["ls"]}}},
        [("spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")],
    ),
    "a probe without a command": (
        {"spec.containers.0.startupProbe": {"exec": {}}},
        ["spec.containers[0].startupProbe.exec.command: Required value"],
    ),
    "a probe of a port out of range": (
        {"spec.containers.0.readinessProbe": {"tcpSocket": {"port": 70000}}},
        [
            (
                "spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 70000: must be "
                "between 1 and 65535, inclusive"
            )
        ],
    ),
    "a probe of a port with a bad name": (
        {"spec.containers.0.readinessProbe": {"grpc": {"port": 0}}},
        [
            (
                "spec.containers[0].readinessProbe.grpc.port: Invalid value: 0: must be between 1 "
                "and 65535, inclusive"
            )
        ],
    ),
    "a probe of a page with odd headers": (
        {
            "spec.containers.0.readinessProbe": {
                "httpGet": {"port": 80, "httpHeaders": [{"name": "X Y", "value": "z"}]}
            }
        },
        [
            (
                'spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: "X Y": a '
                "valid HTTP header must consist of alphanumeric characters or '-' (e.g. "
                "'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
            )
        ],
    ),
    "a probe of a page in another scheme": (
        {"spec.containers.0.readinessProbe": {"httpGet": {"port": 80, "scheme": "FTP"}}},
        [
            (
                'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": '
                'supported values: "HTTP", "HTTPS"'
            )
        ],
    ),
    "a probe that is negative": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": -1}},
        [
            (
                "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater "
                "than or equal to 0"
            )
        ],
    ),
    "a probe with many successes": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "successThreshold": 2}},
        ["spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ),
    "a probe with a grace of zero": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "terminationGracePeriodSeconds": 0}},
        [
            (
                "spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: "
                "must be greater than 0"
            )
        ],
    ),
    "a readiness probe with a grace": (
        {"spec.containers.0.readinessProbe": {"tcpSocket": {"port": 80}, "terminationGracePeriodSeconds": 5}},
        [
            (
                "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: "
                "must not be set for readinessProbes"
            )
        ],
    ),
    "a hook of nothing": (
        {"spec.containers.0.lifecycle": {"preStop": {}}},
        ["spec.containers[0].lifecycle.preStop: Required value: must specify a handler type"],
    ),
    "a hook that sleeps too long": (
        {"spec.containers.0.lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
        [
            (
                "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative "
                "and less than terminationGracePeriodSeconds (30)"
            )
        ],
    ),
    "a hook that sleeps": ({"spec.containers.0.lifecycle": {"postStart": {"sleep": {"seconds": 30}}}}, []),
}


@pytest.mark.parametrize(("changes", "expected"), OTHERS.values(), ids=OTHERS)
def test_the_rest_of_a_container(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
