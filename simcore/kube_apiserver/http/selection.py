"""Which objects of a list or watch are meant: label and field selectors of a request.

Models: kubernetes v1.36 apimachinery/pkg/runtime/conversion.go (field labels), apiserver/pkg/storage.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.fields import FieldSelector, parse_fields
from simcore.apimachinery.labels import LabelSelector, SelectorError, parse_selector
from simcore.apimachinery.meta import Obj, labels_of
from simcore.kube_apiserver.http.message import Query
from simcore.kube_apiserver.strategy import Strategy

_META_FIELDS = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True)
class Selection:
    labels: LabelSelector
    fields: FieldSelector
    strategy: Strategy

    @property
    def is_everything(self) -> bool:
        return not self.labels.requirements and not self.fields.terms

    def holds(self, obj: Obj) -> bool:
        if self.labels.requirements and not self.labels.matches(labels_of(obj)):
            return False
        return not self.fields.terms or self.fields.matches(lambda path: self._field(obj, path))

    def _field(self, obj: Obj, path: str) -> str:
        if path in _META_FIELDS:
            return obj["metadata"].get(path[len("metadata.") :]) or ""
        return self.strategy.field(obj, path)


def selection(query: Query, strategy: Strategy) -> Selection:
    """Raises: BadRequest."""
    try:
        labels, fields = (
            parse_selector(query.text("labelSelector")),
            parse_fields(query.text("fieldSelector")),
        )
    except SelectorError as error:
        raise BadRequest(str(error)) from None
    for term in fields.terms:
        if term.path not in _META_FIELDS and term.path not in strategy.field_selectors:
            raise BadRequest(_unsupported(term.path, strategy))
    return Selection(labels, fields, strategy)


def selected_fields(query: Query) -> tuple[tuple[str, str], ...]:
    """(field, value) of each equality of the field selector; a selector that can't be read has none."""
    try:
        terms = parse_fields(query.text("fieldSelector")).terms
    except SelectorError:
        return ()
    return tuple((term.path, term.value) for term in terms if term.is_equal)


def _unsupported(path: str, strategy: Strategy) -> str:
    if strategy.field_selectors:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
