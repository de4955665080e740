"""The table of kinds."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import (
    BUILT_IN,
    DEPLOYMENT,
    EVENT_V1,
    HORIZONTAL_POD_AUTOSCALER,
    HORIZONTAL_POD_AUTOSCALER_V1,
    NODE,
    POD,
    SERVED,
    SERVICE,
    Kind,
    KindTable,
)
from simcore.apimachinery.meta import Key


@pytest.mark.parametrize(
    ("kind", "key", "path"),
    [
        (POD, Key("default", "web-1"), "/registry/pods/default/web-1"),
        (NODE, Key("", "node-1"), "/registry/minions/node-1"),
        (SERVICE, Key("shop", "web"), "/registry/services/specs/shop/web"),
        (DEPLOYMENT, Key("shop", "web"), "/registry/deployments/shop/web"),
    ],
    ids=lambda value: value.kind if isinstance(value, Kind) else "",
)
def test_an_object_lies_where_kubernetes_keeps_it(kind: Kind, key: Key, path: str):
    assert kind.path(key) == path
    assert kind.key(path) == key


def test_a_folder_is_a_namespace_or_everything():
    assert POD.folder("shop") == "/registry/pods/shop/"
    assert POD.folder(None) == "/registry/pods/"
    assert NODE.folder("ignored") == "/registry/minions/"


def test_a_kind_is_found_by_its_resource_and_by_its_name():
    table = KindTable()
    assert table.by_resource("apps", "v1", "deployments") is DEPLOYMENT
    assert table.by_kind("apps/v1", "Deployment") is DEPLOYMENT
    assert table.by_resource("apps", "v1", "deploys") is None
    assert table.by_kind("v1", "Deployment") is None


def test_a_kind_can_be_added():
    table = KindTable()
    crontab = Kind("stable.example.com", "v1", "CronTab", "crontabs")
    table.add(crontab)
    assert table.by_kind("stable.example.com/v1", "CronTab") is crontab
    assert crontab in list(table)


def test_a_kind_can_be_taken_away():
    table = KindTable()
    crontab = Kind("stable.example.com", "v1", "CronTab", "crontabs")
    table.add(crontab)
    changes = table.changes
    table.remove(crontab)
    table.remove(crontab)
    assert table.by_resource("stable.example.com", "v1", "crontabs") is None
    assert table.changes > changes


def test_versions_of_a_kind_share_their_place():
    assert HORIZONTAL_POD_AUTOSCALER_V1.prefix == HORIZONTAL_POD_AUTOSCALER.prefix
    assert EVENT_V1.path(Key("default", "e")) == "/registry/events/default/e"
    assert all(kind.stored_as is None and kind.is_stored for kind in BUILT_IN)


def test_a_list_is_named_after_its_kind():
    assert POD.list_kind == "PodList"


def test_messages_name_a_resource_with_its_group():
    assert (POD.resource, DEPLOYMENT.resource) == ("pods", "deployments.apps")


def test_no_two_kinds_share_a_name_or_a_place():
    names = [(k.group, k.version, k.plural) for k in SERVED]
    assert len(set(names)) == len(names)
    places = [k.prefix for k in BUILT_IN]
    assert len(set(places)) == len(places)
    assert all(k.singular == k.kind.lower() for k in BUILT_IN)
