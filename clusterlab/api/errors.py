"""Every failure in one shape: `{"error": {"code", "message", "details"}}`."""

from __future__ import annotations

from typing import Any

import redis
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from clusterlab.hub import NoSuchCluster
from clusterlab.labs.accounts import AccountError, TooManyTries
from clusterlab.labs.faults import NoSuchFault, NoSuchNode
from clusterlab.labs.spec import BadSpec
from clusterlab.manifests.jobs import Cancelled
from clusterlab.reading.objects import NoSuchObject
from simcore.apimachinery.documents import MAX_BYTES
from simcore.apimachinery.errors import ApiError
from simcore.etcd.interface import Compacted, FutureRevision, NoSpace, StoreError

TOO_LARGE = f"The request has more than {MAX_BYTES:,} bytes."

COMPACTED = "This revision is no longer kept."


class NoCluster(exceptions.NotFound):
    default_detail = "There is no such cluster, or it is not shared with you."
    default_code = "cluster_not_found"


class TooLarge(exceptions.APIException):
    status_code, default_code, default_detail = 413, "too_large", TOO_LARGE


def as_response(error: Exception, _context: dict[str, Any]) -> Response | None:
    """None for what is a fault of ours: it becomes a 500 and a line in the log."""
    set_rollback()
    match error:
        case exceptions.ValidationError():
            return _answer(400, "invalid", "Some values can't be taken.", {"fields": error.detail})
        case exceptions.APIException():
            detail: Any = error.detail
            return _answer(error.status_code, getattr(detail, "code", error.default_code), str(detail))
        case Http404():
            return _answer(404, "not_found", "There is nothing here.")
        case PermissionDenied():
            return _answer(403, "forbidden", "This is not allowed.")
        case RequestDataTooBig() | TooManyFilesSent():
            return _answer(413, "too_large", TOO_LARGE)
        case BadSpec():
            return _answer(400, "invalid", f"{error}.")
        case AccountError():
            fields = {error.field: [str(error)]} if error.field else {}
            return _answer(400, "account", str(error), {"fields": fields})
        case TooManyTries():
            return _answer(
                429, "too_many_tries", "There were too many tries. Wait ten minutes, then try again."
            )
        case Cancelled():
            return _answer(409, "cancelled", "The upload was called off; nothing was applied.")
        case NoSuchCluster():
            return _answer(404, "cluster_not_found", NoCluster.default_detail)
        case NoSuchNode():
            return _answer(404, "node_not_found", f"There is no node {error}.")
        case NoSuchFault():
            return _answer(404, "fault_not_found", "This fault has ended or was removed.")
        case ApiError():
            return _answer(error.code, error.reason, error.message, error.details)
        case Compacted():
            return _answer(410, "compacted", COMPACTED, {"kept_from": error.kept_from})
        case FutureRevision():
            return _answer(400, "not_written", f"{error}.")
        case NoSuchObject():
            return _answer(
                404, "object_not_found", f"There is no {error}, neither now nor in the kept history."
            )
        case NoSpace():
            return _answer(
                507, "store_full", "The cluster's store is full: delete something, then try again."
            )
        case StoreError() | redis.RedisError():
            return _answer(503, "store_unavailable", "The store doesn't answer; try again.")
    return None


def _answer(status: int, code: str, message: str, details: Any = None) -> Response:
    return Response({"error": {"code": code, "message": message, "details": details or {}}}, status=status)
