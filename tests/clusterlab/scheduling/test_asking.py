"""What users send: YAML or JSON, right or wrong."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.scheduling.asking import BadQuestion, configuration_from, manifests_from, pod_from
from clusterlab.scheduling.taking import changed_template

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
CONTAINERS = [{"name": "main", "image": "nginx:1"}]
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": CONTAINERS}}


def faults(ask: Any, given: Any) -> dict[str, list[str]]:
    with pytest.raises(BadQuestion) as caught:
        ask(given)
    return caught.value.faults


# --- configurations


def test_a_configuration_comes_as_text_or_as_an_object() -> None:
    text = configuration_from(f"---\n{HEAD}percentageOfNodesToScore: 30\n---\n")
    assert text.percentage == 30
    assert configuration_from(text.document) == text


def test_every_fault_has_its_field_and_its_line() -> None:
    text = HEAD + "percentageOfNodesToScore: 300\nprofiles:\n- schedulerName: a\n- schedulerName: a\n"
    found = faults(configuration_from, text)
    assert found == {
        "percentageOfNodesToScore": ["Invalid value: 300: not in valid range [0-100] (line 3)"],
        "profiles[1].schedulerName": ['Duplicate value: "a" (line 6)'],
    }


def test_as_an_object_there_are_no_lines() -> None:
    found = faults(configuration_from, {"apiVersion": "v1", "kind": "Pod"})
    assert all("line" not in text for texts in found.values() for text in texts)
    assert set(found) == {"apiVersion", "kind"}


def test_the_message_of_a_bad_question_names_all_its_faults() -> None:
    assert str(BadQuestion({"a": ["one", "two"], "b": ["three"]})) == "a: one, two; b: three"


# --- manifests


def test_manifests_come_as_text_or_as_a_list() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
    found = manifests_from(text)
    assert [each["kind"] for each in found] == ["Pod", "Service"]
    assert manifests_from(found) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(7, "must be YAML text or a list of objects", id="a number"),
        pytest.param({"kind": "Pod"}, "must be YAML text or a list of objects", id="one object"),
        pytest.param(["x"], "must be objects with metadata", id="texts"),
        pytest.param([{"kind": "Pod"}], "must be objects with metadata", id="no metadata"),
        pytest.param([{"metadata": 3}], "must be objects with metadata", id="odd metadata"),
    ],
)
def test_what_are_no_manifests(given: Any, message: str) -> None:
    assert faults(manifests_from, given) == {"manifests": [message]}


def test_a_fault_in_yaml_has_its_place() -> None:
    (message,) = faults(manifests_from, "apiVersion: v1\nkind: [\n")["manifests"]
    assert message.startswith("line 3, column 1: ")


# --- pods


def workload(kind: str, spec: dict[str, Any], api: str = "apps/v1") -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(workload("Deployment", {"template": TEMPLATE}), id="Deployment"),
        pytest.param(workload("Job", {"template": TEMPLATE}, "batch/v1"), id="Job"),
        pytest.param(
            workload("CronJob", {"jobTemplate": {"spec": {"template": TEMPLATE}}}, "batch/v1"), id="CronJob"
        ),
        pytest.param(
            [workload("Service", {}, "v1"), workload("StatefulSet", {"template": TEMPLATE})], id="the second"
        ),
    ],
)
def test_a_workload_means_the_pods_of_its_template(given: Any) -> None:
    assert pod_from(given) == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": {"app": "web"}, "name": "web", "namespace": "shop"},
        "spec": {"containers": CONTAINERS},
    }


def test_a_pod_means_itself() -> None:
    found = pod_from({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": CONTAINERS}})
    assert found["metadata"] == {"name": "p", "namespace": "default"}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(workload("Deployment", {}), id="no template"),
        pytest.param(workload("Deployment", {"template": 3}), id="odd template"),
        pytest.param(workload("Deployment", {"template": {"spec": 3}}), id="odd spec"),
        pytest.param(workload("Deployment", {"template": {"spec": {"containers": []}}}), id="no containers"),
        pytest.param(workload("CronJob", {"jobTemplate": None}), id="empty CronJob"),
        pytest.param(workload("Pod", {"containers": "x"}), id="odd containers"),
        pytest.param([], id="nothing"),
    ],
)
def test_what_has_no_pod(given: Any) -> None:
    assert faults(pod_from, given) == {"pod": ["is neither a Pod nor a workload with a pod template"]}


# --- fixes, done to templates


def changed(template: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    bare = {"containers": CONTAINERS}
    return changed_template(bare | template, bare | old, bare | new)


def test_a_tolerations_is_added_to_the_templates_own() -> None:
    served = {
        "key": "node.kubernetes.io/not-ready",
        "operator": "Exists",
    }  # the API server added it to the pod
    own, more = {"key": "own", "operator": "Exists"}, {"key": "more", "operator": "Exists"}
    found = changed(
        {"tolerations": [own]}, {"tolerations": [own, served]}, {"tolerations": [own, served, more]}
    )
    assert found["tolerations"] == [own, more]


@pytest.mark.parametrize("field", ["nodeSelector", "affinity", "topologySpreadConstraints"])
def test_only_fields_that_differ_are_written(field: str) -> None:
    found = changed({field: "template's", "nodeName": "kept"}, {field: "old"}, {field: "new"})
    assert (found[field], found["nodeName"]) == ("new", "kept")
    assert changed({field: "template's"}, {field: "old"}, {field: "old"})[field] == "template's"


def test_a_container_takes_its_requests_and_ports_and_keeps_the_rest() -> None:
    template = [
        {"name": "a", "image": "one", "resources": {"requests": {"cpu": "9"}}},
        {"name": "b", "image": "two"},
    ]
    wanted = [
        {"name": "b", "image": "served"},
        {"name": "a", "image": "served", "resources": {"requests": {"cpu": "1"}}},
    ]
    found = changed_template({"containers": template}, {"containers": template}, {"containers": wanted})
    assert found["containers"] == [
        {"name": "a", "image": "one", "resources": {"requests": {"cpu": "1"}}},
        {"name": "b", "image": "two"},
    ]
