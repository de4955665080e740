"""A built-in kind's strategy, put together from pure functions over documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import QuantityError
from simcore.kube_apiserver.strategy import BaseStrategy, RequestContext, with_status
from simcore.kube_apiserver.tables.table import NAME_AND_AGE, Table
from simcore.kube_apiserver.validation.field import Errors
from simcore.kube_apiserver.validation.metadata import validate_metadata, validate_metadata_update

MOST_REMEMBERED = 16_384


@dataclass(frozen=True)
class Content:
    """What one kind adds to the behaviour that all share. Functions never change their arguments."""

    default: Callable[[Obj], Obj] | None = None
    rules: Callable[[Obj], Errors] | None = None
    """All faults beyond metadata, of a new object and of an update alike."""
    create_rules: Callable[[Obj], Errors] | None = None
    """What only a new object is held to. Runs after `rules`."""
    update_rules: Callable[[Obj, Obj], Errors] | None = None
    """(new, old): what may not change. Runs after `rules`."""
    status_rules: Callable[[Obj, Obj], Errors] | None = None
    """(new, old), for updates through the status subresource."""
    new_status: Obj | None = None
    """The status of a new object; None: the kind has no status of its own."""
    counts_generation: bool = False
    table: Table = NAME_AND_AGE
    field_selectors: Sequence[str] = ()
    warnings: Callable[[Obj, Obj | None], list[str]] | None = None
    """(new, old): what a client should know; old is None for a new object."""
    unconditional_update: bool = True
    create_on_update: bool = False


class BuiltIn(BaseStrategy):
    """The strategy of a kind whose lifecycle is the usual one."""

    def __init__(self, kind: Kind, content: Content) -> None:
        self.kind, self.content = kind, content
        self.columns = content.table.columns
        self.field_selectors = content.field_selectors
        self.counts_generation = content.counts_generation
        self.unconditional_update = content.unconditional_update
        self.create_on_update = content.create_on_update

    def default(self, obj: Obj) -> Obj:
        """Raises: BadRequest, for a quantity that is none."""
        try:
            return self.fill_in(obj)
        except QuantityError as fault:
            kind = self.kind
            where = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
            raise BadRequest(f"{where}: {fault}") from fault

    def fill_in(self, obj: Obj) -> Obj:
        """The object with its defaults. Raises: QuantityError."""
        return self.content.default(obj) if self.content.default else obj

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        status = self.content.new_status
        return obj if status is None else {**obj, "status": status}

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        return new if self.content.new_status is None else with_status(new, old)

    def validate(self, obj: Obj) -> Errors:
        errors = validate_metadata(self.kind, obj) + self._rules(obj)
        return errors + (self.content.create_rules(obj) if self.content.create_rules else [])

    def validate_update(self, new: Obj, old: Obj) -> Errors:
        errors = validate_metadata_update(self.kind, new, old)
        if new.get("spec") is None or new["spec"] is not old.get("spec"):
            errors += self._rules(new)
        return errors + (self.content.update_rules(new, old) if self.content.update_rules else [])

    def validate_status(self, new: Obj, old: Obj) -> Errors:
        errors = validate_metadata_update(self.kind, new, old)
        return errors + (self.content.status_rules(new, old) if self.content.status_rules else [])

    def warnings(self, obj: Obj, old: Obj | None) -> list[str]:
        return self.content.warnings(obj, old) if self.content.warnings else []

    def cells(self, obj: Obj, now_ms: int) -> list[Any]:
        return self.content.table.row(obj, now_ms)

    def _rules(self, obj: Obj) -> Errors:
        return self.content.rules(obj) if self.content.rules else []


Result = TypeVar("Result")


class Remembered(Generic[Result]):
    """Results of a pure function of one shared, read-only document, by the document's identity.

    An entry keeps its document alive, so an identity can't be reused; all go away when there are too many.
    """

    def __init__(self, function: Callable[[Obj], Result]) -> None:
        self._function = function
        self._results: dict[int, tuple[Obj, Result]] = {}

    def __call__(self, document: Obj) -> Result:
        found = self._results.get(id(document))
        if found is not None:
            return found[1]
        if len(self._results) >= MOST_REMEMBERED:
            self._results.clear()
        result = self._function(document)
        self._results[id(document)] = (document, result)
        return result
