"""What a pod may say, and the words with which the rest is refused."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, UNSET, faults, minimal

C = "spec.containers[0]"
PORT = "must be between 1 and 65535, inclusive"
VOLUME = {"name": "v", "emptyDir": {}}
MOUNT = {"name": "v", "mountPath": "/v"}

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no containers": ({"spec__containers": []}, ["spec.containers: Required value"]),
    "no container name": ({"spec__containers__0__name": UNSET}, [f"{C}.name: Required value"]),
    "a container name with capitals": (
        {"spec__containers__0__name": "Web"},
        [f'{C}.name: Invalid value: "Web": {LABEL}'],
    ),
    "a container name with dots": (
        {"spec__containers__0__name": "a.b"},
        [f'{C}.name: Invalid value: "a.b": must not contain dots'],
    ),
    "two containers of one name": (
        {"spec__containers__1": {"name": "c", "image": "x"}},
        ['spec.containers[1].name: Duplicate value: "c"'],
    ),
    "an init container named like a container": (
        {"spec__initContainers__0": {"name": "c", "image": "x"}},
        ['spec.initContainers[0].name: Duplicate value: "c"'],
    ),
    "no image": ({"spec__containers__0__image": UNSET}, [f"{C}.image: Required value"]),
    "an image with a space": (
        {"spec__containers__0__image": "nginx "},
        [f'{C}.image: Invalid value: "nginx ": must not have leading or trailing whitespace'],
    ),
    "an unknown pull policy": (
        {"spec__containers__0__imagePullPolicy": "Sometimes"},
        [
            f'{C}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"'
        ],
    ),
    "a restart policy of a pod": (
        {"spec__restartPolicy": "Maybe"},
        ['spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"'],
    ),
    "probes of an init container": (
        {
            "spec__initContainers__0": {
                "name": "i",
                "image": "x",
                "livenessProbe": {"exec": {"command": ["ls"]}},
            }
        },
        [
            "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
            "restartPolicy=Always"
        ],
    ),
    "ephemeral containers of a new pod": (
        {"spec__ephemeralContainers__0": {"name": "e", "image": "x"}},
        ["spec.ephemeralContainers: Forbidden: cannot be set on create"],
    ),
    "a port of zero": (
        {"spec__containers__0__ports": [{"containerPort": 0}]},
        [f"{C}.ports[0].containerPort: Required value"],
    ),
    "a port that is too big": (
        {"spec__containers__0__ports": [{"containerPort": 65536}]},
        [f"{C}.ports[0].containerPort: Invalid value: 65536: {PORT}"],
    ),
    "a port name without letters": (
        {"spec__containers__0__ports": [{"containerPort": 80, "name": "80"}]},
        [f'{C}.ports[0].name: Invalid value: "80": must contain at least one letter (a-z)'],
    ),
    "a port name with odd hyphens": (
        {"spec__containers__0__ports": [{"containerPort": 80, "name": "-a--b"}]},
        [
            f'{C}.ports[0].name: Invalid value: "-a--b": must not contain consecutive hyphens',
            f'{C}.ports[0].name: Invalid value: "-a--b": must not begin or end with a hyphen',
        ],
    ),
    "an unknown protocol": (
        {"spec__containers__0__ports": [{"containerPort": 80, "protocol": "ICMP"}]},
        [f'{C}.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ),
    "a host port that is taken twice": (
        {
            "spec__containers__0__ports": [
                {"containerPort": 80, "hostPort": 8080},
                {"containerPort": 81, "hostPort": 8080},
            ]
        },
        [f'{C}.ports[1].hostPort: Duplicate value: "TCP//8080"'],
    ),
    "a host port that differs on the host's network": (
        {"spec__hostNetwork": True, "spec__containers__0__ports": [{"containerPort": 80, "hostPort": 81}]},
        [f"{C}.ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"],
    ),
    "a variable without a name": (
        {"spec__containers__0__env": [{"value": "x"}]},
        [f"{C}.env[0].name: Required value"],
    ),
    "a variable with an equals sign": (
        {"spec__containers__0__env": [{"name": "a=b"}]},
        [
            f'{C}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of '
            "printable ASCII characters other than '='"
        ],
    ),
    "a variable with value and source": (
        {
            "spec__containers__0__env": [
                {"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
            ]
        },
        [f'{C}.env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ),
    "a variable with an unknown field": (
        {
            "spec__containers__0__env": [
                {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nose"}}}
            ]
        },
        [
            f'{C}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.nose": error converting fieldPath: '
            "field label not supported: metadata.nose"
        ],
    ),
    "a variable with a field that variables can't show": (
        {
            "spec__containers__0__env": [
                {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}
            ]
        },
        [
            f'{C}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: '
            '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", '
            '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"'
        ],
    ),
    "a variable from a resource with an odd divisor": (
        {
            "spec__containers__0__env": [
                {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}
            ]
        },
        [
            f'{C}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m '
            "and 1 are supported with the cpu resource"
        ],
    ),
    "a variable from a secret without key": (
        {"spec__containers__0__env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}]},
        [f"{C}.env[0].valueFrom.secretKeyRef.key: Required value"],
    ),
    "variables from nowhere": (
        {"spec__containers__0__envFrom": [{}]},
        [f'{C}.envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
    ),
    "a mount of no volume": (
        {"spec__containers__0__volumeMounts": [MOUNT]},
        [f'{C}.volumeMounts[0].name: Not found: "v"'],
    ),
    "two mounts in one place": (
        {"spec__volumes": [VOLUME], "spec__containers__0__volumeMounts": [MOUNT, MOUNT]},
        [f'{C}.volumeMounts[1].mountPath: Invalid value: "/v": must be unique'],
    ),
    "a mount of a path that leaves the volume": (
        {"spec__volumes": [VOLUME], "spec__containers__0__volumeMounts": [{**MOUNT, "subPath": "../x"}]},
        [f"{C}.volumeMounts.subPath: Invalid value: \"../x\": must not contain '..'"],
    ),
    "propagation without privilege": (
        {
            "spec__volumes": [VOLUME],
            "spec__containers__0__volumeMounts": [{**MOUNT, "mountPropagation": "Bidirectional"}],
        },
        [
            f"{C}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to "
            "privileged containers"
        ],
    ),
    "a device that is no claim": (
        {
            "spec__volumes": [VOLUME],
            "spec__containers__0__volumeDevices": [{"name": "v", "devicePath": "/dev/x"}],
        },
        [
            f'{C}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of '
            "PersistentVolumeClaim or Ephemeral for block mode"
        ],
    ),
    "a request over its limit": (
        {"spec__containers__0__resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
        [f'{C}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ),
    "a negative request": (
        {"spec__containers__0__resources": {"requests": {"memory": "-1Mi"}}},
        [f'{C}.resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0'],
    ),
    "an unknown resource": (
        {"spec__containers__0__resources": {"limits": {"speed": "1"}}},
        [
            f'{C}.resources.{side}[speed]: Invalid value: "speed": must be a standard resource {rest}'
            for side in ("limits", "requests")
            for rest in ("type or fully qualified", "for containers")
        ],
    ),
    "half a device": (
        {"spec__containers__0__resources": {"limits": {"example.com/gpu": "500m"}}},
        [
            f'{C}.resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
            f'{C}.resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
        ],
    ),
    "huge pages alone": (
        {"spec__containers__0__resources": {"limits": {"hugepages-2Mi": "4Mi"}}},
        [f"{C}.resources: Forbidden: HugePages require cpu or memory"],
    ),
    "a probe without handler": (
        {"spec__containers__0__livenessProbe": {"periodSeconds": 5}},
        [f"{C}.livenessProbe: Required value: must specify a handler type"],
    ),
    "a probe with two handlers": (
        {"spec__containers__0__readinessProbe": {"exec": {"command": ["ls"]}, "tcpSocket": {"port": 80}}},
        [f"{C}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"],
    ),
    "a liveness probe that needs two successes": (
        {"spec__containers__0__livenessProbe": {"exec": {"command": ["ls"]}, "successThreshold": 2}},
        [f"{C}.livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ),
    "a probe of a strange scheme and a bad port": (
        {"spec__containers__0__startupProbe": {"httpGet": {"port": 0, "scheme": "FTP"}}},
        [
            f"{C}.startupProbe.httpGet.port: Invalid value: 0: {PORT}",
            f'{C}.startupProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        ],
    ),
    "a grace period of a readiness probe": (
        {
            "spec__containers__0__readinessProbe": {
                "exec": {"command": ["a"]},
                "terminationGracePeriodSeconds": 5,
            }
        },
        [
            f"{C}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes"
        ],
    ),
    "a hook that sleeps longer than the pod has": (
        {"spec__containers__0__lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
        [
            f"{C}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than "
            "terminationGracePeriodSeconds (30)"
        ],
    ),
    "an identity below zero": (
        {"spec__containers__0__securityContext": {"runAsUser": -1}},
        [f"{C}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 4294967295, inclusive"],
    ),
    "a profile without a file": (
        {"spec__securityContext": {"seccompProfile": {"type": "Localhost"}}},
        [
            "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is "
            "Localhost"
        ],
    ),
    "own users on the host's network": (
        {"spec__hostUsers": False, "spec__hostNetwork": True},
        ["spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false"],
    ),
    "an unknown resolver": (
        {"spec__dnsPolicy": "Nope"},
        [
            'spec.dnsPolicy: Unsupported value: "Nope": supported values: "ClusterFirstWithHostNet", "ClusterFirst", '
            '"Default", "None"'
        ],
    ),
    "no resolver and no settings": (
        {"spec__dnsPolicy": "None"},
        ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"],
    ),
    "four name servers": (
        {"spec__dnsConfig": {"nameservers": ["1.1.1.1"] * 4}},
        [
            'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.1","1.1.1.1","1.1.1.1"]: must not have more '
            "than 3 nameservers"
        ],
    ),
    "an alias of no address": (
        {"spec__hostAliases": [{"ip": "x", "hostnames": ["a"]}]},
        [
            'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
        ],
    ),
    "a deadline of zero": (
        {"spec__activeDeadlineSeconds": 0},
        ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"],
    ),
    "a host name with an underscore": (
        {"spec__hostname": "under_score"},
        [f'spec.hostname: Invalid value: "under_score": {LABEL}'],
    ),
    "a node name with an exclamation mark": (
        {"spec__nodeName": "bad!"},
        [f'spec.nodeName: Invalid value: "bad!": {SUBDOMAIN}'],
    ),
    "a gated pod on a node": (
        {"spec__nodeName": "n", "spec__schedulingGates": [{"name": "example.com/a"}]},
        ["spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"],
    ),
    "a gate twice": (
        {"spec__schedulingGates": [{"name": "example.com/a"}, {"name": "example.com/a"}]},
        ['spec.schedulingGates[1]: Duplicate value: "example.com/a"'],
    ),
    "a token without an account": (
        {
            "spec__volumes": [
                {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}
            ]
        },
        [
            "spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when "
            "serviceAccountName is not set"
        ],
    ),
    "an operating system of its own": (
        {"spec__os": {"name": "plan9"}},
        ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES)
def test_a_pod_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Pod", **changes)) == told


VALID: dict[str, dict[str, Any]] = {
    "a negative grace period": {"spec__terminationGracePeriodSeconds": -5},
    "a sidecar with probes": {
        "spec__initContainers__0": {
            "name": "s",
            "image": "x",
            "restartPolicy": "Always",
            "livenessProbe": {"tcpSocket": {"port": 80}},
        }
    },
    "host ports of init containers that follow each other": {
        "spec__initContainers": [
            {"name": "i", "image": "x", "ports": [{"containerPort": 80, "hostPort": 80}]},
            {"name": "j", "image": "x", "ports": [{"containerPort": 80, "hostPort": 80}]},
        ]
    },
    "the same port number under two protocols": {
        "spec__containers__0__ports": [
            {"containerPort": 53, "hostPort": 53, "protocol": "UDP"},
            {"containerPort": 53, "hostPort": 53},
        ]
    },
    "an annotation as a variable": {
        "spec__containers__0__env": [
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['example.com/Key']"}}}
        ]
    },
    "a zero divisor": {
        "spec__containers__0__env": [
            {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}
        ]
    },
    "limits without requests": {"spec__containers__0__resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
    "huge pages with memory": {
        "spec__containers__0__resources": {"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}}
    },
    "a domain of a dot": {"spec__dnsConfig": {"searches": [".", "_srv.example.com."]}},
    "a sleep of zero": {"spec__containers__0__lifecycle": {"preStop": {"sleep": {"seconds": 0}}}},
}


@pytest.mark.parametrize("changes", VALID.values(), ids=VALID)
def test_a_pod_may_have(changes: dict[str, Any]) -> None:
    assert faults(minimal("Pod", **changes)) == []
