"""A whole cluster's certificate authorities: what it publishes, and whom its certificates let in elsewhere."""

from __future__ import annotations

from base64 import b64decode

import pytest

from simcore.apimachinery.certificates import CertificateError, der_of
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST, CONFIG_MAP
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit.certificates import request_pem, signing_request

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
KEYS = (b"one cluster's key", b"another's")


def cluster(key: bytes = KEYS[0], *, nodes: int = 0) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(7, EPOCH_MS, nodes=nodes, bare=True, latency="instant"))
    return Cluster(store, authority_key=key)


def trusted(made: Cluster) -> Obj:
    key = Key("kube-system", "extension-apiserver-authentication")
    data: Obj = made.client("test").get(CONFIG_MAP, key)["data"]
    return data


def certificate(made: Cluster) -> bytes:
    api = made.client("user:kubernetes-admin")
    api.create(CERTIFICATE_SIGNING_REQUEST, signing_request(request_pem("jane")))
    approved = {"status": {"conditions": [{"type": "Approved", "status": "True", "reason": "Test"}]}}
    api.patch(CERTIFICATE_SIGNING_REQUEST, Key("", "jane"), approved, subresource="approval")
    made.advance(1000)
    request = api.get(CERTIFICATE_SIGNING_REQUEST, Key("", "jane"))
    return der_of(b64decode(request["status"]["certificate"]))


def test_a_cluster_publishes_whom_it_trusts():
    made = cluster()
    data = trusted(made)
    assert data["client-ca-file"] == made.authorities.client.pem
    assert data["requestheader-client-ca-file"] == made.authorities.front_proxy.pem
    assert data["requestheader-allowed-names"] == '["front-proxy-client"]'
    assert data["requestheader-username-headers"] == '["X-Remote-User"]'


def test_pods_know_the_clusters_authority():
    made = cluster()
    made.advance(1000)
    root = made.client("test").get(CONFIG_MAP, Key("default", "kube-root-ca.crt"))
    assert root["data"]["ca.crt"] == made.authorities.client.pem


def test_a_certificate_is_its_clusters_alone():
    ours, theirs = cluster(), cluster(KEYS[1])
    der = certificate(ours)
    assert ours.authorities.client.subject(der, ours.clock.unix_ms()).common_name == "jane"
    with pytest.raises(CertificateError, match="unknown authority"):
        theirs.authorities.client.subject(der, theirs.clock.unix_ms())


def test_the_same_inputs_sign_the_same_certificate():
    assert certificate(cluster()) == certificate(cluster())


def test_a_take_over_has_the_same_authority_and_signs_nothing_again():
    first = cluster()
    der = certificate(first)
    later = Cluster(first.store, now=first.clock.now(), authority_key=KEYS[0])
    before = later.store.revision
    later.advance(60_000)
    assert later.authorities.client.subject(der, later.clock.unix_ms()).common_name == "jane"
    signed = [e for e in later.store.entries_since(before) if "certificatesigningrequests" in e.key]
    assert signed == []


def test_no_private_key_is_in_the_store():
    made = cluster()
    certificate(made)
    kept = b"".join(kv.value for kv in made.store.range("").kvs)
    assert b"BEGIN CERTIFICATE" in kept
    assert b"PRIVATE KEY" not in kept
    assert KEYS[0] not in kept
