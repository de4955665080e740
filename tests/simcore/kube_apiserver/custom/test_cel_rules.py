"""Rules of definitions: what they see, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.custom.cel_rules import RULES, cel_value, escaped, validate_rules
from simcore.kube_apiserver.custom.schema_rules import NOTHING

FIELDS = {
    "size": {"type": "string"},
    "count": {"type": "integer"},
    "share": {"type": "number"},
    "namespace": {"type": "string"},
    "x-y": {"type": "string"},
    "since": {"type": "string", "format": "date-time"},
    "names": {"type": "array", "items": {"type": "string"}},
    "limits": {"type": "object", "additionalProperties": {"type": "string"}},
}
VALUE: dict[str, Any] = {
    "size": "L", "count": 3, "share": 1, "namespace": "a", "x-y": "b", "since": "2026-01-01T00:00:00Z",
    "names": ["b", "a"], "limits": {"cpu": "100m"},
}  # fmt: skip


def asked(rule: Any, value: Any = None, old: Any = NOTHING) -> list[str]:
    rules = [{"rule": rule} if isinstance(rule, str) else rule]
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": FIELDS, RULES: rules}},
    }
    was = old if old is NOTHING else {"spec": old}
    return [
        f"{fault.path}: {fault.message}" for fault in validate_rules({"spec": value or VALUE}, was, schema)
    ]


HOLD = {
    "a comparison": "self.size == 'L' && self.count > 2",
    "a number is a double": "self.share < 1.5",
    "a reserved name": "self.__namespace__ == 'a'",
    "a name with a hyphen": "self.x__dash__y == 'b'",
    "a time": "self.since < timestamp('2026-02-01T00:00:00Z')",
    "what is not there": "!has(self.missing)",
    "every item": "self.names.all(name, size(name) == 1)",
    "a key of a map": "'cpu' in self.limits && self.limits.all(key, self.limits[key] != '')",
    "sorted": "!self.names.isSorted() && self.names.indexOf('a') == 1",
    "texts": "self.size.lowerAscii() == 'l' && 'a,b'.split(',').size() == 2 && 'x'.replace('x', 'y') == 'y'",
    "quantities": "quantity(self.limits['cpu']).isLessThan(quantity('1')) && isQuantity('1Gi')",
    "addresses": "isIP('10.0.0.1') && !isIP('x') && isCIDR('10.0.0.0/8')",
    "a pattern": "self.size.matches('^[A-Z]$') && self.size.find('[A-Z]') == 'L'",
    "sums": "[1, 2].sum() == 3 && [2, 1].max() == 2",
}


@pytest.mark.parametrize("rule", HOLD.values(), ids=HOLD)
def test_a_rule_that_holds(rule: str):
    assert asked(rule) == []


SAID: dict[str, tuple[Any, list[str]]] = {
    "its message": (
        {"rule": "self.count > 5", "message": "too few"},
        ["spec: Invalid value: too few"],
    ),
    "itself": ("self.count > 5", ["spec: Invalid value: failed rule: self.count > 5"]),
    "an expression": (
        {"rule": "self.count > 5", "messageExpression": "'only ' + string(self.count)"},
        ["spec: Invalid value: only 3"],
    ),
    "its message when the expression fails": (
        {"rule": "self.count > 5", "messageExpression": "self.nothing", "message": "too few"},
        ["spec: Invalid value: too few"],
    ),
    "a place": (
        {"rule": "self.count > 5", "message": "too few", "fieldPath": ".count"},
        ["spec.count: Invalid value: too few"],
    ),
    "a reason": (
        {"rule": "self.count > 5", "message": "too few", "reason": "FieldValueForbidden"},
        ["spec: Forbidden: too few"],
    ),
    "a missing key": (
        "self.nothing == 1",
        ["spec: Invalid value: no such key: nothing evaluating rule: self.nothing == 1"],
    ),
    "a division": ("1 / 0 == 1", ["spec: Invalid value: division by zero evaluating rule: 1 / 0 == 1"]),
}


@pytest.mark.parametrize(("rule", "said"), SAID.values(), ids=SAID)
def test_a_rule_that_does_not_hold_says(rule: Any, said: list[str]):
    assert asked(rule) == said


def test_a_transition_is_asked_when_there_was_something():
    rule = "self.count >= oldSelf.count"
    assert asked(rule) == []
    assert asked(rule, old={**VALUE, "count": 2}) == []
    assert asked(rule, old={**VALUE, "count": 4}) == [f"spec: Invalid value: failed rule: {rule}"]


def test_what_did_not_change_is_not_asked_again():
    assert asked("self.count > 5", old=VALUE) == []


def test_loops_in_loops_over_much_are_too_dear():
    value = {**VALUE, "names": ["x"] * 2_000}
    rule = "self.names.all(a, self.names.all(b, self.names.all(c, a == b || b == c)))"
    assert asked(rule, value) == [
        "spec: Invalid value: validation failed due to running out of cost budget, "
        "no further validation rules will be run"
    ]


def test_patterns_that_go_back_are_refused():
    (said,) = asked("self.size.find('(a+)+$') == ''")
    assert "cost limit exceeded" in said


def test_of_metadata_a_rule_sees_the_name_alone():
    seen = cel_value(
        {"metadata": {"name": "a", "uid": "1"}, "kind": "K", "apiVersion": "v"}, {}, is_root=True
    )
    assert seen == {"metadata": {"name": "a"}, "kind": "K", "apiVersion": "v"}


def test_a_root_rule_is_told_without_a_path():
    schema = {"type": "object", RULES: [{"rule": "self.metadata.name != 'x'", "message": "not x"}]}
    (fault,) = validate_rules({"metadata": {"name": "x"}}, NOTHING, schema)
    assert (fault.path, fault.message) == ("<nil>", "Invalid value: not x")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.b", "a__dot__b"), ("a/b", "a__slash__b"), ("a__b", "a__underscores__b"), ("in", "__in__")],
)
def test_names_are_written_as_identifiers(name: str, text: str):
    assert escaped(name) == text
