"""What the API server refuses, as Kubernetes' Status says it.

Models: kubernetes v1.36 apimachinery/pkg/api/errors/errors.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj


@dataclass(frozen=True)
class FieldError:
    """One fault of one field; `message` is whole, as it stands after the path."""

    path: str
    reason: str
    """A CauseType: FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueDuplicate, ..."""
    message: str


class ApiError(Exception):
    """A failure that a client sees, with Kubernetes' code, reason and exact message."""

    code, reason = 500, "InternalError"

    def __init__(self, message: str, *, details: Obj | None = None) -> None:
        super().__init__(message)
        self.message, self.details = message, details or {}

    def status(self) -> Obj:
        """The metav1.Status document."""
        doc: dict[str, Any] = {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message,
        }  # fmt: skip
        if self.reason:
            doc["reason"] = self.reason
        if self.details:
            doc["details"] = self.details
        return doc | {"code": self.code}


class Unexpected(ApiError):
    """An error that upstream passes on without making a reason of it."""

    reason = ""


class BadRequest(ApiError):
    code, reason = 400, "BadRequest"


class Unauthorized(ApiError):
    code, reason = 401, "Unauthorized"


class Forbidden(ApiError):
    code, reason = 403, "Forbidden"


class NotFound(ApiError):
    code, reason = 404, "NotFound"

    @classmethod
    def named(cls, kind: Kind, name: str) -> NotFound:
        return cls(f'{kind.resource} "{name}" not found', details=_details(kind, name))


class MethodNotAllowed(ApiError):
    code, reason = 405, "MethodNotAllowed"


class NotAcceptable(ApiError):
    code, reason = 406, "NotAcceptable"


class Conflict(ApiError):
    code, reason = 409, "Conflict"

    @classmethod
    def stale(cls, kind: Kind, name: str) -> Conflict:
        return cls.because(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        )

    @classmethod
    def because(cls, kind: Kind, name: str, why: str) -> Conflict:
        return cls(
            f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}', details=_details(kind, name)
        )


class AlreadyExists(ApiError):
    code, reason = 409, "AlreadyExists"

    @classmethod
    def named(cls, kind: Kind, name: str) -> AlreadyExists:
        return cls(f'{kind.resource} "{name}" already exists', details=_details(kind, name))


class Gone(ApiError):
    code, reason = 410, "Expired"


class TooLarge(ApiError):
    code, reason = 413, "RequestEntityTooLarge"


class UnsupportedMediaType(ApiError):
    code, reason = 415, "UnsupportedMediaType"


class Invalid(ApiError):
    code, reason = 422, "Invalid"

    @classmethod
    def because(cls, kind: Kind, name: str, errors: Sequence[FieldError]) -> Invalid:
        texts = [f"{e.path}: {e.message}" for e in dict.fromkeys(errors)]
        what = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        named = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
        causes = [{"reason": e.reason, "message": e.message, "field": e.path} for e in errors]
        details = {"name": name, "group": kind.group, "kind": kind.kind, "causes": causes}
        return cls(f'{named} "{name}" is invalid: {what}', details={k: v for k, v in details.items() if v})


class TooManyRequests(ApiError):
    code, reason = 429, "TooManyRequests"


class ServiceUnavailable(ApiError):
    code, reason = 503, "ServiceUnavailable"


def _details(kind: Kind, name: str) -> Obj:
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return {k: v for k, v in details.items() if v}
