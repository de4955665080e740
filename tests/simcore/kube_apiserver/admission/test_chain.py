"""Which admission plugins a write meets."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CLUSTER_ROLE, CONFIG_MAP, EVENT, LEASE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, Chain
from simcore.kube_apiserver.strategy import RequestContext
from tests.kit.control_plane import ControlPlane
from tests.kit.manifests import config_map


class Labelling(BasePlugin):
    """Notes in a label that it was here."""

    def __init__(self, name: str, only: Kind | None = None) -> None:
        self.name, self._only = name, only

    def concerns(self, kind: Kind) -> bool:
        return self._only is None or kind is self._only

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        if asked.obj is None:
            return None
        labels = {**labels_of(asked.obj), self.name: str(len(labels_of(asked.obj)))}
        return {**asked.obj, "metadata": {**asked.obj["metadata"], "labels": labels}}


class Looking(BasePlugin):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str, list[str]]] = []

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        self.seen.append((asked.verb, asked.name, sorted(labels_of(asked.obj)) if asked.obj else []))


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


def test_plugins_change_an_object_in_their_order(plane: ControlPlane):
    plane.server.admission = Chain((Labelling("a"), Labelling("b")))
    assert plane.api.create(CONFIG_MAP, config_map("c"))["metadata"]["labels"] == {"a": "0", "b": "1"}


def test_a_plugin_is_not_asked_about_kinds_that_it_has_no_business_with(plane: ControlPlane):
    plane.server.admission = Chain((Labelling("a", only=POD), Labelling("b")))
    assert plane.api.create(CONFIG_MAP, config_map("c"))["metadata"]["labels"] == {"b": "0"}


def test_validation_sees_what_all_have_made_of_the_object(plane: ControlPlane):
    looking = Looking()
    plane.server.admission = Chain((looking, Labelling("a"), Labelling("b")))
    plane.api.create(CONFIG_MAP, config_map("c"))
    plane.api.delete(CONFIG_MAP, Key("default", "c"))
    assert looking.seen == [("create", "c", ["a", "b"]), ("delete", "c", [])]


@pytest.mark.parametrize(
    ("name", "kind", "concerned"),
    [
        pytest.param("ResourceQuota", LEASE, True, id="quotas count leases"),
        pytest.param("ResourceQuota", EVENT, False, id="quotas count no events"),
        pytest.param("ResourceQuota", CLUSTER_ROLE, False, id="quotas count nothing outside of namespaces"),
        pytest.param("Escalation", CLUSTER_ROLE, True, id="roles are checked for escalation"),
        pytest.param("ServiceAccount", LEASE, False, id="only pods have accounts"),
    ],
)
def test_the_built_in_plugins_know_their_kinds(plane: ControlPlane, name: str, kind: Kind, concerned: bool):
    plugins = {plugin.name: plugin for plugin in plane.server.admission.plugins}
    assert plugins[name].concerns(kind) == concerned
