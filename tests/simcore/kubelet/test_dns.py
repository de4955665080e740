"""The files by which a container resolves names."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.dns import hosts, resolv_conf
from tests.simcore.kubelet.conftest import Site

CLUSTER = (
    "search shop.svc.cluster.local svc.cluster.local cluster.local",
    "nameserver 10.96.0.10",
    "options ndots:5",
)
NODE = ("nameserver 172.18.0.1",)


def pod(**spec: Any) -> Obj:
    return {"metadata": {"name": "web-0", "namespace": "shop"}, "spec": {"containers": [], **spec}}


@pytest.mark.parametrize(
    ("spec", "lines"),
    [
        ({}, CLUSTER),
        ({"dnsPolicy": "ClusterFirst"}, CLUSTER),
        ({"dnsPolicy": "Default"}, NODE),
        ({"hostNetwork": True}, NODE),
        ({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, CLUSTER),
        ({"dnsPolicy": "None", "dnsConfig": {"nameservers": ["192.0.2.1"], "searches": ["ns1.example"],
          "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]}},
         ("search ns1.example", "nameserver 192.0.2.1", "options ndots:2 edns0")),
        ({"dnsConfig": {"nameservers": ["10.96.0.10", "192.0.2.1"], "options": [{"name": "ndots", "value": "1"}]}},
         (CLUSTER[0], "nameserver 10.96.0.10", "nameserver 192.0.2.1", "options ndots:1")),
    ],
    ids=["usual", "cluster first", "node's", "host network", "host network, cluster first", "none", "added to"],
)  # fmt: skip
def test_the_policy_and_the_config_make_resolv_conf(spec: Obj, lines: tuple[str, ...]) -> None:
    assert resolv_conf(pod(**spec)) == lines


def test_hosts_name_the_pod_itself() -> None:
    assert hosts(pod(), "10.244.1.5")[0] == "# Kubernetes-managed hosts file."
    assert hosts(pod(), "10.244.1.5")[-1] == "10.244.1.5\tweb-0"


def test_a_subdomain_gives_a_full_name() -> None:
    found = hosts(pod(hostname="db", subdomain="sub"), "10.244.1.5")
    assert found[-1] == "10.244.1.5\tdb.sub.shop.svc.cluster.local\tdb"


def test_aliases_come_last() -> None:
    aliases = [
        {"ip": "127.0.0.1", "hostnames": ["foo.local", "bar.local"]},
        {"ip": "10.1.2.3", "hostnames": ["a"]},
    ]
    assert hosts(pod(hostAliases=aliases), "10.244.1.5")[-4:] == (
        "",
        "# Entries added by HostAliases.",
        "127.0.0.1\tfoo.local\tbar.local",
        "10.1.2.3\ta",
    )


def test_a_container_reads_both_files(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "cat /etc/resolv.conf; tail -n 1 /etc/hosts; sleep 99"])
    ip = site.pod()["status"]["podIP"]
    assert site.printed() == [
        "search default.svc.cluster.local svc.cluster.local cluster.local",
        "nameserver 10.96.0.10",
        "options ndots:5",
        f"{ip}\tweb",
    ]
