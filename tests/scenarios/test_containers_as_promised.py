"""What Kubernetes' conformance tests expect of a container: who it is, what it may do, what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.cluster.cluster import Cluster
from tests.kit.conformance import AGNHOST, Case, case, cluster_with, outcome, status_of

EMPTY = {"emptyDir": {}}
DNS = {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1"], "searches": ["resolv.conf.local"]}}
ALIASES = [{"ip": "123.45.67.89", "hostnames": ["foo", "bar"]}]
NONROOT = {"runAsUser": 1001, "runAsGroup": 2002}


def shell(name: str, script: str, *prints: str, **fields: Any) -> Case:
    return case(name, *prints, run=["/bin/sh", "-c", script], **fields)


CASES = [
    shell("nobody", "id -u; whoami", "65534", "nobody", securityContext={"runAsUser": 65534}),
    shell("root", "id", "uid=0(root) gid=0(root) groups=0(root)"),
    shell("container-user", "id", "uid=1001 gid=2002 groups=2002", securityContext=NONROOT),
    shell(
        "pod-user",
        "id; whoami",
        "uid=1001 gid=2002",
        "whoami: unknown uid 1001",
        podSecurity=NONROOT,
        phase="Failed",
    ),
    shell("groups", "id -G", "0 1234 5678", podSecurity={"supplementalGroups": [5678, 1234]}),
    shell("names", "id -un; id -g; id -gn", "root", "0"),
    case(
        "no-escalation",
        "Effective uid: 1000",
        image="registry.k8s.io/e2e-test-images/nonewprivs:1.3",
        securityContext={"runAsUser": 1000, "allowPrivilegeEscalation": False},
    ),
    shell(
        "unprivileged",
        "ip link add dummy0 type dummy || true",
        "ip: RTNETLINK answers: Operation not permitted",
    ),
    shell(
        "privileged",
        "ip link add dummy0 type dummy && echo done",
        "done",
        securityContext={"privileged": True},
    ),
    shell(
        "net-admin",
        "ip link del dummy0 && echo done",
        "done",
        securityContext={"capabilities": {"add": ["NET_ADMIN"]}},
    ),
    shell(
        "sealed-root",
        "echo test > /file; sleep 240",
        "/bin/sh: can't create /file: Read-only file system",
        securityContext={"readOnlyRootFilesystem": True},
        phase="Running",
    ),
    shell(
        "sealed-touch",
        "touch checkfile",
        "touch: checkfile: Read-only file system",
        securityContext={"readOnlyRootFilesystem": True},
        phase="Failed",
    ),
    shell(
        "sealed-volume",
        "echo test > /v/file && cat /v/file && cat /dev/null > /dev/null",
        "test",
        volume=EMPTY,
        securityContext={"readOnlyRootFilesystem": True},
    ),
    shell("open-root", "touch checkfile", securityContext={"readOnlyRootFilesystem": False}),
    case(
        "aliases",
        "123.45.67.89\tfoo\tbar",
        "# Entries added by HostAliases.",
        run=["etc-hosts"],
        image=AGNHOST,
        hostAliases=ALIASES,
    ),
    shell("managed-hosts", "cat /etc/hosts", "# Kubernetes-managed hosts file.", hostAliases=ALIASES),
    shell(
        "host-network", "cat /etc/hosts", "# Kubernetes-managed hosts file (host network).", hostNetwork=True
    ),
    case(
        "unmanaged-hosts",
        run=["sh", "-c", "test ! -s /etc/hosts"],
        volume={"hostPath": {"path": "/etc/hosts"}},
        mount={"mountPath": "/etc/hosts"},
    ),
    shell("own-name", "getent hosts own-name | wc -l; hostname; hostname -f", "1", "own-name"),
    shell(
        "address",
        'ip addr; ip route; test -n "$(hostname -i)" && echo known',
        "inet 10.244.",
        "default via 10.244.",
        "known",
    ),
    shell(
        "full-name",
        "hostname -f; hostname -d",
        "web-1.inner.default.svc.cluster.local",
        hostname="web-1",
        subdomain="inner",
    ),
    shell(
        "fqdn",
        "hostname; cat /etc/hostname; echo $HOSTNAME; cat /etc/hosts",
        "web-1.inner.default.svc.cluster.local",
        "web-1.inner.default.svc.cluster.local\tweb-1",
        hostname="web-1",
        subdomain="inner",
        setHostnameAsFQDN=True,
    ),
    shell(
        "overridden",
        "hostname; cat /etc/hosts",
        "other.example.com",
        "\tother.example.com",
        hostnameOverride="other.example.com",
    ),
    shell("resolver", "cat /etc/resolv.conf", "nameserver 1.1.1.1", "search resolv.conf.local", **DNS),
    case("suffix", "resolv.conf.local", run=["dns-suffix"], image=AGNHOST, **DNS),
    case("servers", "1.1.1.1", run=["dns-server-list"], image=AGNHOST, **DNS),
    case(
        "usual-suffix",
        "default.svc.cluster.local,svc.cluster.local,cluster.local",
        run=["dns-suffix"],
        image=AGNHOST,
    ),
    case(
        "setting",
        "kernel.shm_rmid_forced = 1",
        run=["/bin/sysctl", "kernel.shm_rmid_forced"],
        podSecurity={"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]},
    ),
    shell(
        "settings",
        "sysctl -n net.ipv4.tcp_keepalive_time; cat /proc/sys/kernel/msgmax; sysctl no.such",
        "7200",
        "8192",
        "sysctl: error: 'no.such' is an unknown key",
        phase="Failed",
    ),
    shell(
        "set-setting",
        "sysctl kernel.msgmax=1",
        "sysctl: error setting key 'kernel.msgmax': Read-only",
        phase="Failed",
    ),
    shell(
        "sub-folder",
        "test -d /v/sub-folder; echo $?",
        "0",
        env=[{"name": "POD_NAME", "value": "sub-folder"}],
        volume=EMPTY,
    ),
    shell("encoded", "echo -n admin | base64; echo admin | base64", "YWRtaW4=", "YWRtaW4K"),
    shell(
        "decoded",
        "echo YWRtaW4= | base64 -d; echo; printf 12 > /f; printf 3 >> /f; cat /f; wc -c /f",
        "admin",
        "1233 /f",
    ),
    case(
        "grpc",
        run=["grpc-health-checking"],
        image=AGNHOST,
        phase="Running",
        restartPolicy="Always",
        livenessProbe={"grpc": {"port": 5000}, "periodSeconds": 1},
    ),
    case(
        "grpc-ill",
        run=["grpc-health-checking", "--delay-unhealthy-sec=20"],
        image=AGNHOST,
        phase="Running",
        restartPolicy="Always",
        livenessProbe={"grpc": {"port": 5000}, "periodSeconds": 1},
    ),
]
next(c for c in CASES if c.name == "sub-folder").manifest["spec"]["containers"][0]["volumeMounts"].append(
    {"name": "v", "mountPath": "/part", "subPathExpr": "$(POD_NAME)"}
)


def part(name: str, expression: str, value: str = "") -> Case:
    """A pod that mounts a part of its volume, named by a variable."""
    env = [{"name": "PLACE", "value": value}]
    return case(
        name, run=["sleep", "100"], volume=EMPTY, mount={"subPathExpr": expression}, env=env, phase="Pending"
    )


REFUSED = [
    (part("backsteps", "$(PLACE)", ".."), "unable to provision SubPath `..`: must not contain '..'"),
    (part("absolute", "$(PLACE)", "/tmp"), "error SubPath `/tmp` must not be an absolute path"),
    (part("nothing", "$(PLACE)/$(OTHER)"), "missing value for OTHER, PLACE"),
]


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    made = cluster_with(*(tried.manifest for tried in (*CASES, *(tried for tried, _ in REFUSED))))
    made.advance(60_000)
    return made


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: tried.name)
def test_a_container_is_what_its_pod_says(cluster: Cluster, tried: Case) -> None:
    assert outcome(cluster, tried) == (tried.phase, [])


def test_a_server_that_says_it_is_ill_is_restarted(cluster: Cluster) -> None:
    restarts = [
        status_of(cluster, name)["containerStatuses"][0]["restartCount"] for name in ("grpc", "grpc-ill")
    ]
    assert restarts == [0, 2]


@pytest.mark.parametrize(("tried", "message"), REFUSED, ids=lambda value: getattr(value, "name", ""))
def test_a_container_waits_for_a_part_of_a_volume_that_cannot_be(
    cluster: Cluster, tried: Case, message: str
) -> None:
    waiting = status_of(cluster, tried.name)["containerStatuses"][0]["state"]["waiting"]
    assert waiting == {"reason": "CreateContainerConfigError", "message": message}


def test_unsafe_kernel_settings_are_refused() -> None:
    sysctls = {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}
    made = cluster_with(case("unsafe", run=["true"], podSecurity=sysctls).manifest)
    made.advance(5_000)
    status = status_of(made, "unsafe")
    assert (status["phase"], status["reason"]) == ("Failed", "SysctlForbidden")
    assert status["message"] == 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted'
