"""CEL in admission policies: what expressions see, how variables build on each other, and what all may cost.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/cel (compile.go, composition.go, condition.go).
Left out: see docs/deviations.md, kube-apiserver: types are not checked, cost is estimated from sizes and loops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cel

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.cel_library import FUNCTIONS
from simcore.kube_apiserver.custom.cel_rules import RuleError, program

BUDGET = 10_000_000
"""Of all expressions of one policy for one request: what they look at, to the power of how deep they loop."""
OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run"
_FAILURES = (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RuntimeError, OverflowError)
_LOOP = re.compile(r"\.\s*(all|exists|exists_one|map|filter|matches|find|findAll)\s*\(")
_VARIABLE = re.compile(r"\bvariables\.([A-Za-z_][A-Za-z0-9_]*)")
Functions = Mapping[str, Callable[..., Any]]


class Failed(Exception):
    """An expression had no result; the text is for the user."""


class OutOfBudget(Failed):
    def __init__(self) -> None:
        super().__init__(OUT_OF_BUDGET)


class Expressions:
    """The expressions of one policy for one request and one parameter; they share variables and budget."""

    def __init__(
        self,
        inputs: Obj,
        variables: Sequence[Obj],
        functions: Functions,
        rewrite: Callable[[str], str] = str,
    ) -> None:
        """`rewrite` turns what the library can't read into what it can."""
        self._inputs, self._definitions = inputs, {v["name"]: v["expression"] for v in variables}
        self._functions, self._rewrite = {**FUNCTIONS, **functions}, rewrite
        self._values: Obj = {}
        self._errors: dict[str, Failed] = {}
        self._left = BUDGET
        self._size = size_of(inputs)

    def value(self, text: str) -> Any:
        """Raises: Failed."""
        text = text.strip()
        try:
            readable = self._rewrite(text)
            self._spend(readable)
            self._prepare(readable)
            context = cel.Context(
                variables={**self._inputs, "variables": self._values}, functions=self._functions
            )
            return program(readable).execute(context)
        except RuleError as error:
            raise Failed(f"compilation failed: ERROR: {error}") from None
        except KeyError as error:
            name = str(error.args[0]) if error.args else ""
            raise self._errors.get(name) or _failed(text, f"no such key: {name}") from None
        except _FAILURES as error:
            raise _failed(text, _cause(error)) from None

    def _prepare(self, text: str) -> None:
        """Works out the variables that the text names. One without a value is missed by who looks at it only."""
        for name in _VARIABLE.findall(text):
            if name not in self._definitions or name in self._values or name in self._errors:
                continue
            try:
                self._errors[name] = _failed(text, f"variable {name} refers to itself")
                self._values[name] = self.value(self._definitions[name])
                del self._errors[name]
            except OutOfBudget:
                raise
            except Failed as error:
                why = f'composited variable "{name}" fails to evaluate: {error}'
                self._errors[name] = Failed(why)

    def _spend(self, text: str) -> None:
        depth = min(len(_LOOP.findall(text)), 8)
        self._left -= (self._size + len(text)) ** depth if depth else len(text)
        if self._left < 0:
            raise OutOfBudget


def size_of(value: Any) -> int:
    """How many values there are, the long texts counted by length."""
    if isinstance(value, dict):
        return 1 + sum(map(size_of, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(size_of, value))
    return 1 + len(value) // 64 if isinstance(value, str) else 1


def _failed(text: str, why: str) -> Failed:
    return Failed(f"expression '{text}' resulted in error: {why}")


def _cause(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    text = str(error)
    undefined = re.search(r"Undefined variable or function: '([^']*)'", text)
    return f"no such attribute(s): {undefined.group(1)}" if undefined else text
