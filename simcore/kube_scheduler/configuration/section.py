"""Reads one object of a configuration field by field and notes every fault with its path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.meta import Obj

MOST_FAULTS = 100
"""Faults that are told; a document with more is hopeless anyway."""
LARGEST_INT32 = 2**31 - 1


class Faults:
    """What is wrong with a document."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def add(self, path: str, reason: str, message: str) -> None:
        if len(self.errors) < MOST_FAULTS:
            self.errors.append(FieldError(path, reason, message))

    def invalid(self, path: str, value: object, why: str) -> None:
        self.add(path, "FieldValueInvalid", f"Invalid value: {shown(value)}: {why}")

    def unsupported(self, path: str, value: object, supported: Sequence[str]) -> None:
        names = ", ".join(f'"{name}"' for name in supported)
        self.add(
            path, "FieldValueNotSupported", f"Unsupported value: {shown(value)}: supported values: {names}"
        )

    def required(self, path: str, why: str = "") -> None:
        self.add(path, "FieldValueRequired", f"Required value: {why}" if why else "Required value")

    def duplicate(self, path: str, value: object) -> None:
        self.add(path, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")

    def forbidden(self, path: str, why: str) -> None:
        self.add(path, "FieldValueForbidden", f"Forbidden: {why}")


class Section:
    """One JSON object. A field that is missing or mistyped reads as its default; done() tells of unknown ones."""

    def __init__(self, value: Any, path: str, faults: Faults) -> None:
        self.path, self.faults = path, faults
        self._asked: set[str] = set()
        self.value: Obj = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            faults.invalid(path or "<root>", value, "must be an object")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        self._asked.add(name)
        return self.value.get(name) is not None

    def skip(self, *names: str) -> None:
        """Fields that have no effect here."""
        self._asked.update(names)

    def text(self, name: str, default: str = "") -> str:
        found = self._typed(name, str, "must be a string")
        return found if isinstance(found, str) else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        found = self._typed(name, bool, "must be true or false")
        return found if isinstance(found, bool) else default

    def integer(self, name: str, default: int, bounds: tuple[int, int], why: str) -> int:
        """Bounds are inclusive; `why` says what they are."""
        if not self.has(name):
            return default
        found = self.value[name]
        if isinstance(found, bool) or not isinstance(found, int):
            self.faults.invalid(self.at(name), found, "must be an integer")
            return default
        if not bounds[0] <= found <= bounds[1]:
            self.faults.invalid(self.at(name), found, why)
            return default
        return found

    def choice(self, name: str, supported: Sequence[str], default: str) -> str:
        found = self.text(name, default)
        if found not in supported:
            self.faults.unsupported(self.at(name), found, supported)
            return default
        return found

    def section(self, name: str) -> Section | None:
        return Section(self.value[name], self.at(name), self.faults) if self.has(name) else None

    def sections(self, name: str) -> list[Section]:
        return [
            Section(item, f"{self.at(name)}[{number}]", self.faults)
            for number, item in enumerate(self._list(name))
        ]

    def texts(self, name: str) -> list[str]:
        found = []
        for number, item in enumerate(self._list(name)):
            if isinstance(item, str) and item:
                found.append(item)
            else:
                self.faults.invalid(f"{self.at(name)}[{number}]", item, "must be a non-empty string")
        return found

    def done(self) -> None:
        for name in self.value:
            if name not in self._asked:
                self.faults.add(self.at(str(name)), "FieldValueInvalid", "unknown field")

    def _list(self, name: str) -> list[Any]:
        found = self._typed(name, list, "must be a list")
        return found if isinstance(found, list) else []

    def _typed(self, name: str, kind: type, why: str) -> Any:
        if not self.has(name):
            return None
        if not isinstance(self.value[name], kind):
            self.faults.invalid(self.at(name), self.value[name], why)
        return self.value[name]


def shown(value: object) -> str:
    """As JSON, cut when it is long."""
    text = encode(value).decode()
    return text if len(text) <= 80 else f"{text[:80]}..."
