"""Workloads, services, ingresses, policies and classes: what is accepted with a word of advice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.warnings import others
from simcore.kube_apiserver.warnings.addresses import of_address, of_cidr

BAD_TEMPLATE = {"spec": {"containers": [], "terminationGracePeriodSeconds": -1}}
GRACE = "must be >= 0; negative values are invalid and will be treated as 1"
LABEL_ADVICE = (
    "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
    "a DNS label is recommended: ["
)
OLD_OS = 'deprecated since v1.14; use "kubernetes.io/os" instead'


def workload(name: str = "w", **spec: Any) -> Obj:
    return {"metadata": {"name": name}, "spec": {"template": BAD_TEMPLATE, **spec}}


@pytest.mark.parametrize(
    "advise",
    [others.of_workload, others.of_nameless_workload, others.of_stateful_set, others.of_job],
    ids=["deployment", "daemon set", "stateful set", "job"],
)
def test_templates_are_looked_at_when_new_and_when_the_spec_changes(advise: Callable[..., list[str]]):
    told = [f"spec.template.spec.terminationGracePeriodSeconds: {GRACE}"]
    assert advise(workload(), None) == told
    assert advise(workload(), workload()) == []
    assert advise(workload(), workload(paused=True)) == told


@pytest.mark.parametrize("advise", [others.of_workload, others.of_job], ids=["deployment", "job"])
def test_a_new_workloads_name_becomes_host_names(advise: Callable[..., list[str]]):
    first, second = advise(workload("my.app"), None)
    assert first.startswith(LABEL_ADVICE)
    assert second.startswith("spec.template.")
    assert len(advise(workload("my.app"), workload("my.app", replicas=2))) == 1


def test_a_daemon_sets_name_is_no_matter():
    assert len(others.of_nameless_workload(workload("my.app"), None)) == 1


def test_a_claim_template_of_half_a_byte():
    claims = [{"spec": {}}, {"spec": {"resources": {"requests": {"storage": "100m"}}}}]
    told = others.of_stateful_set({"metadata": {}, "spec": {"volumeClaimTemplates": claims}}, None)
    assert told == [
        "spec.volumeClaimTemplates[1].resources.requests[storage]: "
        'fractional byte value "100m" is invalid, must be an integer'
    ]


def test_a_pod_template_object():
    assert others.of_pod_template({"template": BAD_TEMPLATE}, None) == [
        f"template.spec.terminationGracePeriodSeconds: {GRACE}"
    ]


@pytest.mark.parametrize(
    ("spec", "is_told"),
    [
        pytest.param({"completions": 100_001, "parallelism": 10_001}, True, id="both beyond"),
        pytest.param({"completions": 100_000, "parallelism": 10_001}, False, id="few completions"),
        pytest.param({"completions": 100_001, "parallelism": 10_000}, False, id="little at once"),
        pytest.param({}, False, id="unlimited"),
    ],
)
def test_very_many_indexes(spec: Obj, is_told: bool):
    job = {"metadata": {"name": "j"}, "spec": {"completionMode": "Indexed", **spec}}
    text = (
        "spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "
        "Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
    )
    assert others.of_job(job, None) == ([text] if is_told else [])
    job["spec"]["completionMode"] = "NonIndexed"
    assert others.of_job(job, None) == []


def test_a_cron_job_speaks_of_its_jobs_template():
    cron = {"metadata": {"name": "c"}, "spec": {"schedule": "@daily", "jobTemplate": workload()}}
    told = [f"spec.jobTemplate.spec.template.spec.terminationGracePeriodSeconds: {GRACE}"]
    assert others.of_cron_job(cron, None) == told
    assert others.of_cron_job(cron, cron) == []


def test_a_zone_in_a_schedule_is_told_of_when_it_is_updated():
    cron = {"metadata": {"name": "c"}, "spec": {"schedule": "TZ=UTC 0 0 * * *", "jobTemplate": {"spec": {}}}}
    assert others.of_cron_job(cron, None) == []
    assert others.of_cron_job(cron, cron) == [
        "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see "
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
    ]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param(
            {"type": "ClusterIP", "clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7"]}, [], id="usual"
        ),
        pytest.param(
            {"type": "ClusterIP", "clusterIP": "None", "sessionAffinity": "None"}, [], id="headless and plain"
        ),
        pytest.param(
            {
                "type": "ClusterIP",
                "clusterIP": "None",
                "loadBalancerIP": "10.0.0.1",
                "externalIPs": ["10.0.0.2"],
                "sessionAffinity": "ClientIP",
            },
            [
                "spec.loadBalancerIP is ignored for headless services",
                "spec.externalIPs is ignored for headless services",
                "spec.SessionAffinity is ignored for headless services",
            ],
            id="headless with what needs an address",
        ),
        pytest.param(
            {"type": "NodePort", "externalIPs": ["10.0.0.2"]},
            ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"],
            id="external addresses",
        ),
        pytest.param(
            {"type": "LoadBalancer", "loadBalancerIP": "2001:DB8::1"},
            [
                'spec.loadBalancerIP: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format '
                '("2001:db8::1")'
            ],
            id="a balancer's address in capitals",
        ),
        pytest.param(
            {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8", " 10.1.2.3/8"]},
            [
                'spec.loadBalancerSourceRanges[1]: CIDR value "10.1.2.3/8" is ambiguous in this context '
                '(should be "10.0.0.0/8" or "10.1.2.3/32"?)'
            ],
            id="an ambiguous range",
        ),
        pytest.param(
            {"type": "ExternalName", "externalName": "x.y", "externalIPs": ["10.0.0.1"]},
            ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
            id="a name with addresses",
        ),
        pytest.param(
            {"type": "ClusterIP", "externalName": "x.y"},
            ['spec.externalName is ignored when spec.type is not "ExternalName"'],
            id="a name that nobody asks for",
        ),
        pytest.param(
            {"type": "ClusterIP", "trafficDistribution": "PreferClose"},
            ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
            id="the old word for the same zone",
        ),
    ],
)
def test_a_service(spec: Obj, told: list[str]):
    obj = {"metadata": {"name": "s"}, "spec": spec}
    assert others.of_service(obj, None) == told
    assert others.of_service(obj, obj) == told


def test_topology_hints_have_another_name_now():
    meta = {"name": "s", "annotations": {"service.kubernetes.io/topology-aware-hints": "auto"}}
    assert others.of_service({"metadata": meta, "spec": {}}, None) == [
        "annotation service.kubernetes.io/topology-aware-hints is deprecated, "
        "please use service.kubernetes.io/topology-mode instead"
    ]


def test_an_ingress_whose_class_is_an_annotation():
    ingress = {"metadata": {"name": "i", "annotations": {"kubernetes.io/ingress.class": "nginx"}}, "spec": {}}
    assert others.of_ingress(ingress, None) == [
        "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
    ]
    assert others.of_ingress(ingress, ingress) == []
    assert others.of_ingress({**ingress, "spec": {"ingressClassName": "nginx"}}, None) == []


def test_ambiguous_blocks_of_a_network_policy():
    block = {"ipBlock": {"cidr": "10.0.0.1/8", "except": ["10.2.0.0/16", "10.1.2.0/16"]}}
    spec = {"ingress": [{"from": [{"podSelector": {}}, block]}], "egress": [{"to": [block]}, {}]}
    told = others.of_network_policy({"spec": spec}, None)
    places = ("spec.ingress[0].from[1].ipBlock", "spec.egress[0].to[0].ipBlock")
    assert [text.partition(": ")[0] for text in told] == [
        f"{place}.{field}" for place in places for field in ("cidr", "except[1]")
    ]


def test_addresses_of_endpoints():
    subset = {"addresses": [{"ip": "10.0.0.1"}], "notReadyAddresses": [{"ip": "::FFFF"}]}
    assert others.of_endpoints({"subsets": [subset]}, None) == [
        'subsets[0].notReadyAddresses[0].ip: IPv6 address "::FFFF" should be in RFC 5952 canonical format ("::ffff")'
    ]


def test_addresses_of_a_slice_unless_they_are_names():
    endpoints = [{"addresses": ["10.0.0.1"]}, {"addresses": ["::AB"]}]
    assert others.of_endpoint_slice({"addressType": "IPv6", "endpoints": endpoints}, None) == [
        'endpoints[1].addresses[0]: IPv6 address "::AB" should be in RFC 5952 canonical format ("::ab")'
    ]
    assert others.of_endpoint_slice({"addressType": "FQDN", "endpoints": endpoints}, None) == []


def test_classes_that_choose_nodes_by_old_labels():
    runtime = {
        "scheduling": {"nodeSelector": {"beta.kubernetes.io/os": "linux", "kubernetes.io/os": "linux"}}
    }
    assert others.of_runtime_class(runtime, None) == [f"scheduling.nodeSelector: {OLD_OS}"]
    topologies = [{"matchLabelExpressions": [{"key": "x"}, {"key": "beta.kubernetes.io/os"}]}]
    assert others.of_storage_class({"allowedTopologies": topologies}, None) == [
        f"allowedTopologies[0].matchLabelExpressions[1]: {OLD_OS}"
    ]
    assert others.of_runtime_class({}, None) == others.of_storage_class({}, None) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("10.0.0.1", [], id="IPv4"),
        pytest.param("2001:db8::1", [], id="IPv6"),
        pytest.param("x", [], id="none: validation's affair"),
        pytest.param(
            "2001:db8:0:0:0:0:0:1",
            [
                'at: IPv6 address "2001:db8:0:0:0:0:0:1" should be in RFC 5952 canonical format ("2001:db8::1")'
            ],
            id="long",
        ),
        pytest.param(
            "::ffff:10.0.0.1",
            [
                'at: non-standard IP address "::ffff:10.0.0.1" will be considered invalid in a future Kubernetes '
                'release: use "10.0.0.1"'
            ],
            id="IPv4 within IPv6",
        ),
    ],
)
def test_an_address(text: str, told: list[str]):
    assert of_address("at", text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("10.0.0.0/8", [], id="sound"),
        pytest.param("10.0.0.1", [], id="no block"),
        pytest.param("nothing/8", [], id="none: validation's affair"),
        pytest.param(
            "2001:db8::1/32",
            [
                'at: CIDR value "2001:db8::1/32" is ambiguous in this context '
                '(should be "2001:db8::/32" or "2001:db8::1/128"?)'
            ],
            id="bits beyond the prefix",
        ),
        pytest.param(
            "2001:DB8::/32",
            ['at: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")'],
            id="capitals",
        ),
    ],
)
def test_a_block(text: str, told: list[str]):
    assert of_cidr("at", text) == told
