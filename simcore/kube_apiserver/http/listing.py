"""One page of a list, at one revision.

Models: kubernetes v1.36 apiserver/pkg/storage/{continue.go,etcd3/store.go}, apis/meta/internalversion/validation.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from simcore.apimachinery.errors import ApiError, BadRequest, FieldError, Gone
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Compacted, FutureRevision, KeyValue, RangeResult, Revision
from simcore.kube_apiserver.http import go_json
from simcore.kube_apiserver.http.body import invalid_options
from simcore.kube_apiserver.http.message import Query
from simcore.kube_apiserver.http.selection import Selection
from simcore.kube_apiserver.storage import Storage

MATCHES = ("Exact", "NotOlderThan")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9_-]")
ANY_REVISION = -1
"""In a continue token: go on with what is newest."""
_TOO_OLD_TO_CONTINUE = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class Timeout(ApiError):
    code, reason = 504, "Timeout"


class ContinueExpired(Gone):
    """Tells the client how to go on all the same."""

    def __init__(self, token: str) -> None:
        super().__init__(_TOO_OLD_TO_CONTINUE)
        self.token = token

    def status(self) -> Obj:
        return super().status() | {"metadata": {"continue": self.token}}


class Token(msgspec.Struct, rename={"version": "v", "revision": "rv"}):
    """Where the next page begins; `start` is the key behind the kind's folder."""

    revision: Revision
    start: str
    version: str = "meta.k8s.io/v1"

    def text(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


@dataclass(frozen=True)
class ListOptions:
    limit: int
    """0: everything."""
    token: str
    revision: str
    match: str


class Page(NamedTuple):
    kvs: list[KeyValue]
    revision: Revision
    token: str
    """'' on the last page."""
    remaining: int | None
    """How many objects are left; None when that is not known."""

    def metadata(self) -> Obj:
        meta: Obj = {"resourceVersion": str(self.revision)}
        if self.token:
            meta["continue"] = self.token
            if self.remaining:
                meta["remainingItemCount"] = self.remaining
        return meta


def list_options(query: Query) -> ListOptions:
    """Raises: BadRequest, Invalid."""
    query.integer("timeoutSeconds")
    limit, revision = query.integer("limit") or 0, query.text("resourceVersion")
    match, token = query.text("resourceVersionMatch"), query.text("continue")
    faults = _match_faults(match, revision, token, is_watch_list=query.has("sendInitialEvents"))
    if faults:
        raise invalid_options("ListOptions", faults)
    if revision:
        parse_revision(revision)
    return ListOptions(max(limit, 0), token, revision, match)


def parse_revision(text: str) -> Revision:
    """Raises: BadRequest."""
    if not text.isascii() or not text.isdecimal() or len(text) > 19:
        why = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise BadRequest(f"invalid resource version: {why}")
    return int(text)


def list_page(
    storage: Storage, kind: Kind, namespace: str, options: ListOptions, selected: Selection
) -> Page:
    """Raises: BadRequest, Gone, Timeout."""
    folder = kind.folder(namespace)
    at, start, limit = _start(storage, options, folder)
    try:
        most = limit if selected.is_everything else None
        found = storage.store.range(folder, at=at, start_key=start, limit=most)
    except Compacted as error:
        raise _expired(options, start, folder) from error
    except FutureRevision:
        raise too_large(at or 0, storage.store.revision) from None
    if selected.is_everything:
        return _cut(found, folder)
    return _filtered(storage, found, limit, folder, selected)


def too_large(asked: Revision, current: Revision) -> Timeout:
    message = f"Too large resource version: {asked}, current: {current}"
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return Timeout(f"Timeout: {message}", details={"causes": [cause], "retryAfterSeconds": 1})


def _start(storage: Storage, options: ListOptions, folder: str) -> tuple[Revision | None, str, int]:
    """(revision or None for the newest, first key, limit)."""
    if options.token:
        token = _parse_token(options.token)
        if options.revision not in ("", "0"):
            raise BadRequest("specifying resource version is not allowed when using continue")
        return (token.revision if token.revision > 0 else None), folder + token.start, options.limit
    asked = int(options.revision or 0)
    if options.match == "Exact":
        return asked, "", options.limit
    if asked > storage.store.revision:
        raise too_large(asked, storage.store.revision)
    return None, "", 0 if options.revision == "0" else options.limit


def _parse_token(text: str) -> Token:
    wrong = _NO_BASE64.search(text)
    if wrong or len(text) % 4 == 1:
        raise _bad_token(f"illegal base64 data at input byte {wrong.start() if wrong else len(text) - 1}")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    try:
        token = msgspec.json.decode(data, type=Token)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _bad_token(_syntax_of(data)) from None
    if token.version != "meta.k8s.io/v1":
        raise BadRequest(
            f"invalid continue token: server does not recognize this encoded version {token.version!r}"
        )
    if not token.start or token.start.startswith("/") or ".." in token.start.split("/"):
        raise BadRequest("invalid continue token: continue key is not valid: " + token.start)
    return token


def _bad_token(why: str) -> BadRequest:
    return BadRequest(f"invalid continue token: continue key is not valid: {why}")


def _syntax_of(data: bytes) -> str:
    """What Go says of bytes that are no token; it reads them as Latin letters."""
    try:
        go_json.loads(data.decode("latin-1").encode())
    except go_json.JsonSyntaxError as error:
        return str(error)
    return "json: cannot unmarshal into Go value of type storage.continueToken"


def _expired(options: ListOptions, start: str, folder: str) -> Gone:
    if options.token:
        return ContinueExpired(Token(ANY_REVISION, start[len(folder) :]).text())
    return Gone("The resourceVersion for the provided list is too old.")


def _cut(found: RangeResult, folder: str) -> Page:
    if not found.more:
        return Page(found.kvs, found.revision, "", None)
    token = Token(found.revision, found.kvs[-1].key[len(folder) :] + "\0").text()
    return Page(found.kvs, found.revision, token, found.total - len(found.kvs))


def _filtered(storage: Storage, found: RangeResult, limit: int, folder: str, selected: Selection) -> Page:
    kvs: list[KeyValue] = []
    for at, kv in enumerate(found.kvs):
        if selected.holds(storage.decoded(kv)):
            kvs.append(kv)
            if len(kvs) == limit and at + 1 < len(found.kvs):
                token = Token(found.revision, kv.key[len(folder) :] + "\0").text()
                return Page(kvs, found.revision, token, None)
    return Page(kvs, found.revision, "", None)


def _match_faults(match: str, revision: str, token: str, *, is_watch_list: bool) -> list[FieldError]:
    def forbidden(why: str) -> FieldError:
        return FieldError("resourceVersionMatch", "FieldValueForbidden", f"Forbidden: {why}")

    faults: list[FieldError] = []
    if match and token:
        faults.append(forbidden("resourceVersionMatch is forbidden when continue is provided"))
    if match and not revision:
        faults.append(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if match and match not in MATCHES:
        supported = ", ".join(f'"{m}"' for m in (*MATCHES, ""))
        message = f'Unsupported value: "{match}": supported values: {supported}'
        faults.append(FieldError("resourceVersionMatch", "FieldValueNotSupported", message))
    if match == "Exact" and revision == "0":
        faults.append(forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if is_watch_list:
        why = "Forbidden: sendInitialEvents is forbidden for list"
        faults.append(FieldError("sendInitialEvents", "FieldValueForbidden", why))
    return faults
