"""Label selectors as URLs and kubectl write them: `app=web,tier in (front,back),!canary`.

Models: kubernetes v1.36 apimachinery/pkg/labels/selector.go (Parse).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_WORDS = re.compile(r"\s*([=!(),<>]+|[^\s=!(),<>]+)")
_SYMBOLS = ("==", "!=", "=", "!", "(", ")", ",", ">", "<")
_OPERATORS = ("in", "notin", "=", "==", "!=", ">", "<")
_OPERATOR_NAMES = "in, notin, =, ==, !=, gt, lt"
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_KEY_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
END = ""


class SelectorError(ValueError):
    """The text is no selector; the message is Kubernetes' own."""


class Requirement(NamedTuple):
    key: str
    operator: str
    """One of: exists, !, in, notin, >, <. Equality is `in` with one value."""
    values: tuple[str, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case "exists":
                return value is not None
            case "!":
                return value is None
            case "in":
                return value in self.values
            case "notin":
                return value is None or value not in self.values
        return value is not None and _is_beyond(value, self.operator, int(self.values[0]))


class LabelSelector(NamedTuple):
    """All requirements hold; none at all selects everything."""

    requirements: tuple[Requirement, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.requirements)


@lru_cache(maxsize=1024)
def parse_selector(text: str) -> LabelSelector:
    """Raises: SelectorError."""
    return LabelSelector(tuple(_Parser(text).requirements()))


class _Parser:
    def __init__(self, text: str) -> None:
        self.words = [word for run in _WORDS.findall(text) for word in _split(run)] + [END]
        self.at = 0

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while (word := self.words[self.at]) != END:
            if not _is_word(word) and word != "!":
                raise SelectorError(f"found '{word}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self.requirement())
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from None
            after = self.take()
            if after == END:
                break
            if after != ",":
                raise SelectorError(f"found '{after}', expected: ',' or 'end of string'")
            if not _is_word(self.words[self.at]) and self.words[self.at] != "!":
                raise SelectorError(f"found '{self.words[self.at]}', expected: identifier after ','")
        return found

    def requirement(self) -> Requirement:
        absent = self.words[self.at] == "!"
        if absent:
            self.take()
        key = self.take()
        if not _is_word(key):
            raise SelectorError(f"found '{key}', expected: identifier")
        _check_key(key)
        if absent or self.words[self.at] in (END, ","):
            return Requirement(key, "!" if absent else "exists", ())
        operator = self.take()
        if operator not in _OPERATORS:
            raise SelectorError(f"found '{operator}', expected: {_OPERATOR_NAMES}")
        values = self.listed() if operator in ("in", "notin") else (self.single(),)
        for value in values:
            _check_value(key, operator, value)
        named = {"=": "in", "==": "in", "!=": "notin"}.get(operator, operator)
        return Requirement(key, named, values)

    def single(self) -> str:
        if self.words[self.at] in (END, ","):
            return ""
        word = self.take()
        if not _is_word(word):
            raise SelectorError(f"found '{word}', expected: identifier")
        return word

    def listed(self) -> tuple[str, ...]:
        word = self.take()
        if word != "(":
            raise SelectorError(f"found '{word}' expected: '('")
        values, value = [], ""
        while (word := self.take()) != ")":
            if word == ",":
                values.append(value)
                value = ""
            elif _is_word(word) and not value:
                value = word
            else:
                raise SelectorError(f"found '{word}', expected: ',' or ')'")
        return tuple(sorted({*values, value}))

    def take(self) -> str:
        word = self.words[self.at]
        self.at = min(self.at + 1, len(self.words) - 1)
        return word


def _split(run: str) -> list[str]:
    """A run of symbols, as `!=(`, in pieces; a word as it is."""
    if run[0] not in "=!(),<>":
        return [run]
    pieces = []
    while run:
        piece = next(symbol for symbol in _SYMBOLS if run.startswith(symbol))
        pieces.append(piece)
        run = run[len(piece) :]
    return pieces


def _is_word(word: str) -> bool:
    return word != END and word not in _SYMBOLS


def _check_key(key: str) -> None:
    prefix, slash, name = key.rpartition("/")
    if not _NAME.fullmatch(name) or (slash and not _PREFIX.fullmatch(prefix)):
        raise SelectorError(f'<nil>: Invalid value: "{key}": {_KEY_RULE}')


def _check_value(key: str, operator: str, value: str) -> None:
    if operator in "<>":
        if not re.fullmatch(r"[+-]?\d+", value):
            raise SelectorError(
                f"values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
            )
    elif len(value) > 63:
        raise SelectorError(f'values[0][{key}]: Invalid value: "{value}": must be no more than 63 characters')
    elif value and not _NAME.fullmatch(value):
        raise SelectorError(f'values[0][{key}]: Invalid value: "{value}": {_VALUE_RULE}')


def _is_beyond(value: str, operator: str, bound: int) -> bool:
    if not re.fullmatch(r"[+-]?\d{1,19}", value):
        return False
    return int(value) > bound if operator == ">" else int(value) < bound
