"""The past over the REST API."""

from __future__ import annotations

import pytest

from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import share
from simcore.apimachinery.kinds import CONFIG_MAP
from simcore.apimachinery.meta import Key
from tests.clusterlab.conftest import Browser, Own
from tests.kit.manifests import config_map

pytestmark = pytest.mark.django_db


def test_the_timeline_covers_the_kept_history_in_equal_stretches(own: Own) -> None:
    revision = own.put(a="1")
    told = own.get("timeline/?buckets=12")
    assert told["kept_from"] <= 1
    assert told["rev"] == revision
    assert len(told["buckets"]) == 12
    assert told["buckets"][0]["from"] == 1
    assert told["buckets"][-1]["to"] == revision
    assert sum(bucket["changes"] for bucket in told["buckets"]) >= revision
    for one, next_one in zip(told["buckets"], told["buckets"][1:], strict=False):
        assert one["at_to"] + 1 == next_one["at_from"]
        assert one["to"] <= next_one["from"]


def test_what_a_user_does_becomes_a_marker_with_the_users_name(own: Own) -> None:
    revision = own.put(a="1")
    marker = own.get("timeline/")["markers"][-1]
    assert marker["rev"] == revision
    assert (marker["kind"], marker["text"], marker["author"]) == ("apply", "created ConfigMap notes", "dana")


def test_an_object_is_shown_as_it_was_at_a_revision(own: Own) -> None:
    first = own.put(a="1")
    second = own.put(a="2")
    path = "configmaps/default/notes"
    before = own.get(f"object/?path={path}&rev={first}")
    assert before["object"]["data"] == {"a": "1"}
    assert before["object"]["metadata"]["resourceVersion"] == str(first)
    assert (before["created_rev"], before["last_rev"], before["deleted"]) == (first, second, False)
    assert own.get(f"object/?path={path}")["object"]["data"] == {"a": "2"}


def test_an_object_that_is_gone_says_when_it_was_there(own: Own) -> None:
    first = own.put(a="1")
    own.user.delete(CONFIG_MAP, Key("default", "notes"))
    gone = own.get("object/?path=configmaps/default/notes")
    assert gone["object"] is None
    assert gone["deleted"] is True
    assert gone["created_rev"] == first
    earlier = own.get(f"object/?path=configmaps/default/notes&rev={first - 1}")
    assert (earlier["object"], earlier["deleted"]) == (None, False)


def test_an_object_that_never_was_is_not_found(own: Own) -> None:
    answer = own.get("object/?path=configmaps/default/nothing", status=404)
    assert answer["error"]["code"] == "object_not_found"


@pytest.mark.parametrize(
    "path", ["", "configmaps", "unknowns/default/x", "nodes/default/x", "configmaps/_/x"]
)
def test_a_path_that_names_no_object_is_refused(own: Own, path: str) -> None:
    assert own.get(f"object/?path={path}", status=400)["error"]["code"] == "invalid"


def test_an_objects_history_is_told_newest_first_with_author_and_fields(own: Own) -> None:
    revisions = [own.put(a="1"), own.put(a="2", b="x")]
    own.user.delete(CONFIG_MAP, Key("default", "notes"))
    told = own.get("object-history/?path=configmaps/default/notes")["revisions"]
    assert [each["change"] for each in told] == ["deleted", "changed", "created"]
    assert [each["rev"] for each in told[1:]] == revisions[::-1]
    assert told[1]["actor"] == "user:dana"
    assert told[1]["fields"] == ["data.a", "data.b"]
    assert len(own.get("object-history/?path=configmaps/default/notes&limit=1")["revisions"]) == 1


def test_the_difference_of_two_revisions_names_what_came_went_and_changed(own: Own) -> None:
    first = own.put(a="1")
    last = own.put(a="2")
    told = own.get(f"diff/?from={first}&to={last}")
    assert [change["key"] for change in told["changed"]] == ["configmaps/default/notes"]
    assert told["changed"][0]["fields"] == [{"path": "data.a", "old": "1", "new": "2"}]
    assert own.get(f"diff/?from={first - 1}&to={last}")["added"] == ["configmaps/default/notes"]
    assert own.get(f"diff/?from={last}&to={first - 1}")["removed"] == ["configmaps/default/notes"]


def test_a_difference_can_be_asked_of_one_object(own: Own) -> None:
    first = own.put(a="1")
    own.user.create(CONFIG_MAP, config_map("other"))
    last = own.put(a="3")
    told = own.get(f"diff/?from={first}&to={last}&path=configmaps/default/notes")
    assert told["added"] == []
    assert told["changed"][0]["name"] == "notes"


def test_the_picture_of_a_revision_has_the_pods_and_nodes_of_then(browser: Browser) -> None:
    own = Own(browser, example="rolling-update")
    now = own.resident.store.revision
    picture = own.get(f"picture/?rev={now}")
    assert len(picture["pods"]) == 12
    assert len(picture["nodes"]) == 2
    assert sum(node["c"][1] for node in picture["nodes"]) > 0
    born = min(own.get(f"object/?path=pods/default/{pod['n']}")["created_rev"] for pod in picture["pods"])
    assert own.get(f"picture/?rev={born - 1}")["pods"] == []
    assert len(own.get(f"picture/?rev={born}")["pods"]) == 1


def test_a_revision_that_is_forgotten_is_answered_with_the_oldest_kept_one(own: Own) -> None:
    own.put(a="1")
    revision = own.put(a="2")
    own.resident.store.compact(revision)
    own.resident.sync()
    for path in (
        "picture/?rev=3",
        "object/?path=configmaps/default/notes&rev=3",
        f"diff/?from=3&to={revision}",
    ):
        error = own.get(path, status=410)["error"]
        assert (error["code"], error["details"]) == ("compacted", {"kept_from": revision})
    assert own.get("timeline/")["buckets"][0]["from"] == revision


def test_a_revision_that_is_still_to_come_is_refused(own: Own) -> None:
    assert own.get("picture/?rev=999999", status=400)["error"]["code"] == "not_written"
    assert own.get("picture/?rev=-1", status=400)["error"]["code"] == "invalid"


def test_the_past_is_for_members_only(own: Own, stranger: Browser) -> None:
    for path in ("timeline/", "picture/", "object/?path=nodes/_/node-1", "diff/?from=1&to=2"):
        assert stranger.get(f"/api/clusters/{own.id}/{path}").status_code == 404


def test_a_viewer_sees_no_secrets(own: Own, stranger: Browser) -> None:
    made = share(Cluster.objects.get(pk=own.id), Role.VIEW, "1h")
    stranger.get(f"/s/{made.token}")
    assert stranger.get(f"/api/clusters/{own.id}/timeline/").status_code == 200
    refused = stranger.get(f"/api/clusters/{own.id}/object/?path=secrets/default/x")
    assert refused.status_code == 403
