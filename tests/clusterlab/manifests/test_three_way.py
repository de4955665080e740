"""Applying again: what the user set follows the file, what others set stays."""

from __future__ import annotations

import json
from typing import Any

from clusterlab.manifests.three_way import LAST_APPLIED, last_applied, merged, with_last_applied
from clusterlab.schema import schema
from simcore.apimachinery.kinds import DEPLOYMENT, SERVICE
from simcore.apimachinery.meta import Obj


def applied(spec: Obj, **meta: Any) -> Obj:
    return {"metadata": {"name": "a", **meta}, "spec": spec}


def again(first: Obj, live: Obj, second: Obj, definition: str = DEPLOYMENT.definition) -> Obj:
    """The object after `first` was applied, became `live`, and `second` is applied."""
    annotation = with_last_applied(first)["metadata"]["annotations"]
    current = {**live, "metadata": {**live["metadata"], "annotations": annotation}}
    return merged(current, with_last_applied(second), schema().node(definition))


def test_what_was_applied_is_written_down_without_itself() -> None:
    once = with_last_applied(applied({"replicas": 1}))
    twice = with_last_applied(once)
    assert once == twice
    text = once["metadata"]["annotations"][LAST_APPLIED]
    assert json.loads(text) == {"metadata": {"annotations": {}, "name": "a"}, "spec": {"replicas": 1}}


def test_a_field_that_is_left_out_now_goes() -> None:
    result = again(
        applied({"replicas": 1, "paused": True}),
        applied({"replicas": 1, "paused": True}),
        applied({"replicas": 2}),
    )
    assert result["spec"] == {"replicas": 2}


def test_a_field_that_others_set_stays() -> None:
    live = applied({"replicas": 1, "revisionHistoryLimit": 10})
    assert again(applied({"replicas": 1}), live, applied({"replicas": 2}))["spec"] == {
        "replicas": 2,
        "revisionHistoryLimit": 10,
    }


def test_a_replica_count_that_the_file_does_not_name_stays_scaled() -> None:
    assert again(
        applied({"paused": True}), applied({"replicas": 7, "paused": True}), applied({"paused": False})
    )["spec"] == {
        "replicas": 7,
        "paused": False,
    }


def test_containers_are_merged_by_name() -> None:
    def spec(*containers: Obj) -> Obj:
        return {"template": {"spec": {"containers": list(containers)}}}

    first = applied(spec({"name": "web", "image": "nginx:1"}, {"name": "old", "image": "x"}))
    live = applied(
        spec(
            {"name": "web", "image": "nginx:1", "imagePullPolicy": "Always"},
            {"name": "old", "image": "x"},
            {"name": "injected", "image": "proxy"},
        )
    )
    second = applied(spec({"name": "new", "image": "y"}, {"name": "web", "image": "nginx:2"}))
    assert again(first, live, second)["spec"]["template"]["spec"]["containers"] == [
        {"name": "new", "image": "y"},
        {"name": "web", "image": "nginx:2", "imagePullPolicy": "Always"},
        {"name": "injected", "image": "proxy"},
    ]


def test_a_list_without_a_merge_key_is_replaced() -> None:
    def spec(*command: str) -> Obj:
        return {"template": {"spec": {"containers": [{"name": "web", "command": list(command)}]}}}

    result = again(applied(spec("a", "b")), applied(spec("a", "b")), applied(spec("c")))
    assert result["spec"]["template"]["spec"]["containers"][0]["command"] == ["c"]


def test_ports_of_a_service_are_merged_by_their_number() -> None:
    first = applied({"ports": [{"port": 80}, {"port": 81}]})
    live = applied({"ports": [{"port": 80, "nodePort": 30080}, {"port": 81, "nodePort": 30081}]})
    result = again(first, live, applied({"ports": [{"port": 80}]}), SERVICE.definition)
    assert result["spec"]["ports"] == [{"port": 80, "nodePort": 30080}]


def test_a_strategy_keeps_only_the_keys_that_are_wanted() -> None:
    live = applied({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}})
    result = again(applied({}), live, applied({"strategy": {"type": "Recreate"}}))
    assert result["spec"]["strategy"] == {"type": "Recreate"}


def test_null_takes_a_field_away() -> None:
    assert again(applied({}), applied({"replicas": 3, "paused": True}), applied({"replicas": None}))[
        "spec"
    ] == {"paused": True}


def test_labels_of_others_stay_and_own_ones_go() -> None:
    first, live = applied({}, labels={"a": "1", "b": "2"}), applied({}, labels={"a": "1", "b": "2", "c": "3"})
    assert again(first, live, applied({}, labels={"a": "9"}))["metadata"]["labels"] == {"a": "9", "c": "3"}


def test_an_annotation_that_is_no_json_counts_as_none() -> None:
    assert last_applied({"metadata": {"annotations": {LAST_APPLIED: "{nonsense"}}}) == {}
    assert last_applied({"metadata": {"annotations": {LAST_APPLIED: "[]"}}}) == {}
