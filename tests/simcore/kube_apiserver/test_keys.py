"""The store's keys past the API server: what is seen, what may be written, and what never gets in."""

from __future__ import annotations

import json

import pytest

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, EVENT, POD, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Compacted, FutureRevision, Put
from simcore.kube_apiserver import keys as limits
from simcore.kube_apiserver.keys import KeySpace, text_of
from simcore.sim.trace import Origin
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, PODS, Door, config_map, frames, pod

ME = Origin("user:owner", 0, 0)
NOTES = "/registry/configmaps/default/notes"


@pytest.fixture
def space(door: Door) -> KeySpace:
    return KeySpace(door.server, reads_secrets=True)


def stored(name: str = "notes", **fields: object) -> Obj:
    meta = {
        "name": name,
        "namespace": "default",
        "uid": "0a0a0a0a-0000-4000-8000-000000000001",
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"a": "1"}, **fields}


def put(space: KeySpace, key: str, document: object) -> int:
    value = document if isinstance(document, bytes) else json.dumps(document).encode()
    return space.put(key, value, ME)


def test_keys_come_in_pages(door: Door, space: KeySpace):
    for name in "abcde":
        door.post(CONFIG_MAPS, config_map(name))
    folder = "/registry/configmaps/default/"
    page = space.range(folder, limit=2)
    assert [kv.key for kv in page.kvs] == [folder + "a", folder + "b"]
    assert (page.more, page.total, page.revision) == (True, 5, door.store.revision)
    rest = space.range(folder, start=page.kvs[-1].key)
    assert [kv.key[-1] for kv in rest.kvs] == ["c", "d", "e"]
    assert not rest.more


def test_a_page_has_a_longest_length(door: Door, space: KeySpace):
    door.store.txn((), [Put(f"k{i:04}", b"") for i in range(limits.MOST_KEYS + 1)], origin=ME)
    assert len(space.range("k", limit=10**9).kvs) == limits.MOST_KEYS
    assert len(space.range("k", limit=-1).kvs) == 1


def test_a_key_is_seen_at_a_revision(door: Door, space: KeySpace):
    door.post(CONFIG_MAPS, config_map("notes", a="1"))
    first = door.store.revision
    door.put(f"{CONFIG_MAPS}/notes", config_map("notes", a="2"))
    assert b'"a":"1"' in space.get(NOTES, at=first).value
    assert b'"a":"2"' in space.get(NOTES).value
    with pytest.raises(FutureRevision):
        space.get(NOTES, at=door.store.revision + 1)
    door.store.compact(door.store.revision)
    with pytest.raises(Compacted):
        space.get(NOTES, at=first)


def test_a_key_that_is_not_there(space: KeySpace):
    with pytest.raises(ApiError) as refusal:
        space.get("/registry/configmaps/default/note")
    assert (refusal.value.code, refusal.value.message) == (
        404,
        "there is no key /registry/configmaps/default/note",
    )


def test_the_beginning_of_a_key_is_not_the_key(door: Door, space: KeySpace):
    door.post(CONFIG_MAPS, config_map("notes"))
    with pytest.raises(ApiError):
        space.get(NOTES[:-1])


@pytest.mark.parametrize("key", ["/registry/secrets/default/s", "/sim/cluster"])
def test_viewers_see_that_there_are_secrets_and_not_what_is_in_them(door: Door, key: str):
    door.store.txn((), [Put(key, b"{}")], origin=ME)
    viewer = KeySpace(door.server, reads_secrets=False)
    assert [kv.key for kv in viewer.range(key).kvs] == [key]
    with pytest.raises(ApiError) as refusal:
        viewer.get(key)
    assert (refusal.value.code, refusal.value.message) == (403, "your role here does not read Secrets")
    assert KeySpace(door.server, reads_secrets=True).get(key).value == b"{}"


def test_an_object_that_is_put_is_served_and_watched(door: Door, space: KeySpace):
    stream = door.watch(CONFIG_MAPS)
    stream.chunks()
    revision = put(space, NOTES, stored())
    assert door.get(f"{CONFIG_MAPS}/notes")[1]["data"] == {"a": "1"}
    ((what, seen),) = frames(stream)
    assert (what, seen["metadata"]["resourceVersion"]) == ("ADDED", str(revision))


def test_what_is_put_gets_the_stored_form_and_its_defaults(door: Door, space: KeySpace):
    obj = {**pod("p"), "status": {"phase": "Pending"}}
    obj["metadata"] = {**stored()["metadata"], "name": "p", "resourceVersion": "77"}
    put(space, "/registry/pods/default/p", dict(reversed(list(obj.items()))))
    assert space.get("/registry/pods/default/p").value.startswith(
        b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p",'
    )
    seen = door.get(f"{PODS}/p")[1]
    assert seen["spec"]["restartPolicy"] == "Always"
    assert seen["metadata"]["resourceVersion"] == str(door.store.revision)


def test_who_wrote_stands_in_the_log(door: Door, space: KeySpace):
    before = door.store.revision
    put(space, NOTES, stored())
    (entry,) = door.store.entries_since(before)
    assert entry.origin == ME


@pytest.mark.parametrize(
    ("document", "why"),
    [
        pytest.param(b"", "below a kind's folder a value is a JSON object with metadata", id="nothing"),
        pytest.param(b"{", "below a kind's folder a value is a JSON object with metadata", id="no JSON"),
        pytest.param([1], "below a kind's folder a value is a JSON object with metadata", id="a list"),
        pytest.param(
            {"kind": "ConfigMap"}, "below a kind's folder a value is a JSON object with metadata", id="bare"
        ),
        pytest.param(
            stored(apiVersion="v2"),
            "apiVersion has to be v1, as for every object below /registry/configmaps/",
            id="another version",
        ),
        pytest.param(
            stored(kind="Secret"),
            "kind has to be ConfigMap, as for every object below /registry/configmaps/",
            id="another kind",
        ),
        pytest.param(stored(data=[1]), "the value is no ConfigMap: ", id="another type"),
        pytest.param(
            stored(datta={}),
            'the value is no ConfigMap: strict decoding error: unknown field "datta"',
            id="field",
        ),
        pytest.param(
            stored("other"),
            "the object in the value belongs to the key /registry/configmaps/default/other",
            id="place",
        ),
        pytest.param(
            stored(metadata={"name": "notes", "namespace": "default"}),
            "metadata.uid is missing; the API server gives every object one",
            id="no uid",
        ),
        pytest.param(
            stored(metadata={"namespace": "default"}),
            "metadata.name is missing; the API server gives every object one",
            id="no name",
        ),
        pytest.param(
            stored(metadata={"name": "notes", "namespace": "default", "uid": "u"}),
            "metadata.creationTimestamp is missing; the API server gives every object one",
            id="no time",
        ),
    ],
)
def test_what_no_api_server_stores_is_refused(door: Door, space: KeySpace, document: object, why: str):
    before = door.store.revision
    with pytest.raises(ApiError) as refusal:
        put(space, NOTES, document)
    assert refusal.value.code == 400
    assert refusal.value.message.startswith(why)
    assert door.store.revision == before


def test_an_object_that_breaks_its_kinds_rules_is_refused(space: KeySpace):
    obj = {**pod("p"), "metadata": {**stored()["metadata"], "name": "p"}}
    obj["spec"]["containers"] = []
    with pytest.raises(ApiError) as refusal:
        put(space, "/registry/pods/default/p", obj)
    assert (refusal.value.code, refusal.value.message) == (
        422,
        'Pod "p" is invalid: spec.containers: Required value',
    )


@pytest.mark.parametrize(
    ("key", "code", "why"),
    [
        pytest.param("", 400, "a key has 1 to 512 bytes", id="none"),
        pytest.param("x" * 513, 400, "a key has 1 to 512 bytes", id="long"),
        pytest.param("한" * 200, 400, "a key has 1 to 512 bytes", id="long in bytes"),
        pytest.param("a\x1b[31m", 400, "a key is printable", id="control characters"),
        pytest.param(
            "/registry/unknown/x",
            400,
            "there is no kind whose objects are kept at /registry/unknown/x",
            id="kind",
        ),
        pytest.param(
            "/sim/cluster",
            403,
            "the records of the simulated world, below /sim/, are not written by hand",
            id="the world",
        ),
        pytest.param(
            "/", 403, "the records of the simulated world, below /sim/, are not written by hand", id="root"
        ),
    ],
)
def test_keys_that_nobody_writes(space: KeySpace, key: str, code: int, why: str):
    with pytest.raises(ApiError) as refusal:
        space.put(key, b"x", ME)
    assert (refusal.value.code, refusal.value.message) == (code, why)
    if key.startswith("/registry"):
        return
    with pytest.raises(ApiError) as refusal:
        space.delete(key, ME, is_prefix=True)
    assert refusal.value.code == code


def test_other_keys_are_free_text(space: KeySpace):
    for key, value in (("foo", b"bar"), ("/my/notes", "한글".encode()), ("bytes", b"\xff")):
        space.put(key, value, ME)
        assert space.get(key).value == value
    assert text_of(space.get("bytes").value) == "\N{REPLACEMENT CHARACTER}"


def test_own_keys_are_few_and_small(space: KeySpace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_OWN", 2)
    for key in ("a", "b", "a"):
        space.put(key, b"x", ME)
    with pytest.raises(ApiError) as refusal:
        space.put("c", b"x", ME)
    assert (refusal.value.code, refusal.value.message) == (
        413,
        "a cluster has at most 2 keys of its owner's own",
    )
    with pytest.raises(ApiError) as refusal:
        space.put("a", b"x" * 65_537, ME)
    assert refusal.value.message == "the value has more than 65,536 bytes"


def test_an_object_has_a_largest_size(space: KeySpace):
    with pytest.raises(ApiError) as refusal:
        put(space, NOTES, b" " * 1_572_865)
    assert (refusal.value.code, refusal.value.message) == (413, "the value has more than 1,572,864 bytes")


def test_one_key_is_deleted_and_its_watchers_hear_of_it(door: Door, space: KeySpace):
    door.post(CONFIG_MAPS, config_map("notes"))
    door.post(CONFIG_MAPS, config_map("notes-2"))
    stream = door.watch(CONFIG_MAPS)
    stream.chunks()
    assert space.delete(NOTES, ME) == [NOTES]
    assert [what for what, _ in frames(stream)] == ["DELETED"]
    assert door.get(f"{CONFIG_MAPS}/notes-2")[0] == 200
    assert space.delete(NOTES, ME) == []


def test_a_whole_folder_is_deleted_at_one_revision(door: Door, space: KeySpace):
    for name in ("a", "b", "c"):
        door.post(CONFIG_MAPS, config_map(name))
    before = door.store.revision
    gone = space.delete("/registry/configmaps/", ME, is_prefix=True)
    assert [key[-1] for key in gone] == ["a", "b", "c"]
    assert door.store.revision == before + 1


def test_a_folder_that_is_too_large_stays(door: Door, space: KeySpace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_KEYS", 2)
    for name in ("a", "b", "c"):
        door.post(CONFIG_MAPS, config_map(name))
    with pytest.raises(ApiError) as refusal:
        space.delete("/registry/configmaps/", ME, is_prefix=True)
    assert (refusal.value.code, refusal.value.message) == (
        413,
        "there are more than 2 keys below /registry/configmaps/",
    )
    assert door.get(f"{CONFIG_MAPS}/c")[0] == 200


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("/registry/pods/default/p", POD),
        ("/registry/deployments/default/d", DEPLOYMENT),
        ("/registry/services/specs/default/s", SERVICE),
        ("/registry/events/default/e", EVENT),
        ("/registry/configmaps/x", CONFIG_MAP),
        ("/registry/podsx/default/p", None),
        ("foo", None),
    ],
)
def test_a_key_tells_its_kind(space: KeySpace, key: str, kind: object):
    assert space.kind_of(key) is kind
