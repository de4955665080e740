"""Watch streams."""

from __future__ import annotations

import pytest

from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    TABLE,
    Door,
    config_map,
    frames,
    names,
)


def test_a_watch_from_nowhere_begins_with_what_there_is(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    stream = door.watch(CONFIG_MAPS)
    assert dict(stream.headers)["Content-Type"] == "application/json;stream=watch"
    assert names(stream) == [("ADDED", "a")]
    door.post(CONFIG_MAPS, config_map("b"))
    assert names(stream) == [("ADDED", "b")]
    assert names(stream) == []


def test_a_watch_from_a_revision_tells_what_came_after(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    revision = door.store.revision
    door.patch(f"{CONFIG_MAPS}/a", {"data": {"k": "1"}})
    door.delete(f"{CONFIG_MAPS}/a")
    told = frames(door.watch(CONFIG_MAPS, resourceVersion=revision))
    assert [what for what, _ in told] == ["MODIFIED", "DELETED"]
    assert [obj["metadata"]["resourceVersion"] for _, obj in told] == [str(revision + 1), str(revision + 2)]
    assert told[1][1]["data"] == {"k": "1"}
    assert told[1][1]["kind"] == "ConfigMap"


def test_each_frame_is_one_line(door: Door):
    door.post(CONFIG_MAPS, config_map("a", text="two\nlines"))
    (chunk,) = door.watch(CONFIG_MAPS).chunks()
    assert chunk.startswith(b'{"type":"ADDED","object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{')
    assert chunk.count(b"\n") == 1


def test_other_namespaces_and_kinds_are_not_told(door: Door):
    stream = door.watch(CONFIG_MAPS, resourceVersion=door.store.revision)
    door.post("/api/v1/namespaces", {"metadata": {"name": "other"}})
    door.post("/api/v1/namespaces/other/configmaps", config_map("a"))
    assert names(stream) == []


def test_objects_come_into_a_selection_and_leave_it(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    stream = door.watch(CONFIG_MAPS, labelSelector="w=1", resourceVersion=door.store.revision)
    for labels in ({"w": "1"}, {"w": "1", "x": "y"}, {"w": "2"}, {"w": "3"}):
        door.patch(f"{CONFIG_MAPS}/a", {"metadata": {"labels": labels}})
    door.delete(f"{CONFIG_MAPS}/a")
    told = frames(stream)
    assert [what for what, _ in told] == ["ADDED", "MODIFIED", "DELETED"]
    assert told[2][1]["metadata"]["labels"] == {"w": "1", "x": "y"}


def test_one_object_is_watched_by_its_name(door: Door):
    stream = door.watch(CONFIG_MAPS, fieldSelector="metadata.name=b", resourceVersion=door.store.revision)
    for name in ("a", "b"):
        door.post(CONFIG_MAPS, config_map(name))
    assert names(stream) == [("ADDED", "b")]


def test_rows_of_a_table_are_watched_and_the_columns_told_once(door: Door):
    stream = door.watch(CONFIG_MAPS, accept=TABLE)
    door.post(CONFIG_MAPS, config_map("a", k="v"))
    door.patch(f"{CONFIG_MAPS}/a", {"data": {"l": "w"}})
    first, second = (obj for _, obj in frames(stream))
    assert [column["name"] for column in first["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert second["columnDefinitions"] is None
    assert [obj["rows"][0]["cells"][:2] for obj in (first, second)] == [["a", 1], ["a", 2]]


def test_a_streamed_list_ends_with_a_bookmark_that_says_so(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    stream = door.watch(
        CONFIG_MAPS, sendInitialEvents="true", resourceVersionMatch="NotOlderThan", allowWatchBookmarks="true"
    )
    told = frames(stream)
    assert [what for what, _ in told] == ["ADDED", "BOOKMARK"]
    end = told[1][1]
    assert end["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert end["metadata"]["resourceVersion"] == str(door.store.revision)


def test_a_watch_without_initial_events_is_silent_at_first(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    stream = door.watch(CONFIG_MAPS, sendInitialEvents="false", resourceVersionMatch="NotOlderThan")
    assert names(stream) == []
    door.post(CONFIG_MAPS, config_map("b"))
    assert names(stream) == [("ADDED", "b")]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param(
            {"sendInitialEvents": "true"},
            "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            id="initial-events-need-a-match",
        ),
        pytest.param(
            {"resourceVersionMatch": "NotOlderThan"},
            "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            id="a-match-needs-initial-events",
        ),
    ],
)
def test_a_watch_refuses_options_that_contradict(door: Door, query: dict[str, str], message: str):
    status, body = door.get(CONFIG_MAPS, watch="true", **query)
    assert (status, body["message"]) == (
        422,
        f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: {message}',
    )


def test_a_bookmark_tells_how_far_the_stream_has_come(door: Door):
    stream = door.watch(CONFIG_MAPS, allowWatchBookmarks="true", resourceVersion=door.store.revision)
    door.post(CONFIG_MAPS, config_map("a"))
    stream.chunks()
    assert f'"resourceVersion":"{door.store.revision}"'.encode() in stream.bookmark()
    assert door.watch(CONFIG_MAPS).bookmark() == b""


def test_a_watch_from_before_compaction_ends_with_an_error(door: Door):
    for name in ("a", "b", "c"):
        door.post(CONFIG_MAPS, config_map(name))
    door.store.compact(door.store.revision)
    stream = door.watch(CONFIG_MAPS, resourceVersion="1")
    ((what, status),) = frames(stream)
    assert (what, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
    assert status["message"] == f"too old resource version: 2 ({door.store.revision})"
    assert stream.is_finished


def test_a_stream_that_fell_behind_compaction_ends_with_an_error(door: Door):
    stream = door.watch(CONFIG_MAPS, resourceVersion=door.store.revision)
    for name in ("a", "b", "c"):
        door.post(CONFIG_MAPS, config_map(name))
    door.store.compact(door.store.revision)
    ((what, status),) = frames(stream)
    assert (what, status["code"]) == ("ERROR", 410)
    assert stream.is_finished
    assert frames(stream) == []


def test_a_stream_is_woken_until_it_is_cancelled(door: Door):
    woken: list[int] = []
    stream = door.watch(CONFIG_MAPS)
    stream.on_change(lambda: woken.append(1))
    door.post(CONFIG_MAPS, config_map("a"))
    stream.cancel()
    door.post(CONFIG_MAPS, config_map("b"))
    assert woken == [1]
    assert stream.chunks() == []


def test_the_clients_time_limit_is_for_the_front(door: Door):
    assert door.watch(CONFIG_MAPS, timeoutSeconds="7").timeout_s == 7
    assert door.watch(CONFIG_MAPS).timeout_s is None


def test_the_old_path_of_watches_still_works(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    stream = door.watch("/api/v1/watch/namespaces/default/configmaps")
    assert names(stream) == [("ADDED", "a")]
