"""`manage.py etcdctl`: etcdctl's words on a cluster's store."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.clusterlab.conftest import Own

pytestmark = pytest.mark.django_db
NOTES = "/registry/configmaps/default/notes"


def etcdctl(own: Own, *words: object) -> list[str]:
    """The lines it prints."""
    out = StringIO()
    call_command("etcdctl", own.id, *map(str, words), stdout=out)
    return out.getvalue().splitlines()


def test_get_prints_the_key_and_its_value(own: Own) -> None:
    own.put(a="1")
    key, value = etcdctl(own, "get", NOTES)
    assert key == NOTES
    assert value.startswith('{"apiVersion":"v1","kind":"ConfigMap"')
    assert etcdctl(own, "get", NOTES[:-1]) == []


def test_get_reads_prefixes_limits_and_the_past(own: Own) -> None:
    first = own.put(a="1")
    own.put(a="2")
    assert NOTES in etcdctl(own, "get", "/registry/configmaps/", "--prefix", "--keys-only")
    assert len(etcdctl(own, "get", "/registry/", "--prefix", "--keys-only", "--limit", 2)) == 2
    assert '"a":"1"' in etcdctl(own, "get", NOTES, "--rev", first)[1]


def test_put_and_del(own: Own) -> None:
    assert etcdctl(own, "put", "foo", "bar") == ["OK"]
    assert etcdctl(own, "get", "foo") == ["foo", "bar"]
    assert etcdctl(own, "put", "foo/2", "x") == ["OK"]
    assert etcdctl(own, "del", "foo", "--prefix") == ["2"]
    assert etcdctl(own, "del", "foo") == ["0"]


def test_control_characters_don_t_reach_the_terminal(own: Own) -> None:
    etcdctl(own, "put", "foo", "\x1b[31mred")
    assert "\x1b" not in "".join(etcdctl(own, "get", "foo"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("put", "/sim/cluster", "{}"),
            "the records of the simulated world, below /sim/, are not written by hand",
        ),
        (("put", NOTES, "x"), "below a kind's folder a value is a JSON object with metadata"),
        (("get", NOTES, "--rev", 10**9), "required revision is a future revision"),
    ],
    ids=["the world", "no object", "the future"],
)
def test_what_is_refused_is_said_in_a_sentence(own: Own, words: tuple[object, ...], why: str) -> None:
    with pytest.raises(CommandError) as refusal:
        etcdctl(own, *words)
    assert why in str(refusal.value)


def test_a_cluster_that_is_none(own: Own) -> None:
    with pytest.raises(CommandError):
        call_command("etcdctl", "nothing", "get", "x")
