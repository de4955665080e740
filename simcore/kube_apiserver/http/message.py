"""What goes in and out of the HTTP door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import ApiError, BadRequest
from simcore.kube_apiserver.observing.xray import NO_XRAY, Xray
from simcore.kube_apiserver.users import User

MAX_BODY_BYTES = 3 * 1024 * 1024
MOST_PARAMETERS = 200
JSON, YAML, TEXT = "application/json", "application/yaml", "text/plain; charset=utf-8"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HttpRequest:
    """`path` is decoded and begins with `/api`, `/apis`, ...; names of headers are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    user: User | None = None
    """None: authentication found nobody."""
    base: str = ""
    """What the front has cut off before `path`, as `/k8s/clusters/17`; the server's own links begin with it."""
    xray: Xray = NO_XRAY
    """Begun by the front when it has stages of its own; otherwise the door begins one."""


@dataclass(frozen=True)
class HttpResponse:
    status: int
    headers: Headers
    body: bytes


class Stream(Protocol):
    """A response without an end of its own. The front writes `chunks()` and waits for `on_change`."""

    status: int
    headers: Headers
    timeout_s: int | None
    """The client's own limit: the front ends the stream after so many seconds of real time."""

    grows_with_time: bool
    """Whether chunks() may have something though nothing was written."""

    def chunks(self) -> list[bytes]:
        """What there is to send since the last call. Never blocks."""
        ...

    def bookmark(self) -> bytes:
        """Tells a watcher how far it has come; b'' when it did not ask for that. For about once a minute."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether nothing will follow."""
        ...

    def on_change(self, wake: Callable[[], None]) -> None:
        """`wake` is called, from whatever thread writes, when chunks() may have something."""
        ...

    def cancel(self) -> None: ...


class Query:
    """The parameters of a URL. Of several of one name the first counts."""

    def __init__(self, text: str) -> None:
        try:
            self._values = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        except ValueError as error:
            raise BadRequest(str(error)) from None

    def text(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def every(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def has(self, name: str) -> bool:
        return name in self._values

    def flag(self, name: str) -> bool:
        """Whatever is not `false` or `0` is true, as in the real server."""
        return name in self._values and self.text(name).lower() not in ("false", "0")

    def integer(self, name: str) -> int | None:
        """Raises: BadRequest."""
        text = self.text(name)
        if not text:
            return None
        if not text.removeprefix("-").removeprefix("+").isdecimal() or len(text) > 20:
            raise BadRequest(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return int(text)


def json_response(
    doc: object, status: int = 200, *, content_type: str = JSON, warnings: Sequence[str] = ()
) -> HttpResponse:
    return respond(encode(doc), status, content_type=content_type, warnings=warnings)


def respond(
    body: bytes, status: int = 200, *, content_type: str = JSON, warnings: Sequence[str] = ()
) -> HttpResponse:
    headers = [("Cache-Control", "no-cache, private"), ("Content-Type", content_type)]
    headers += [warning(text) for text in dict.fromkeys(warnings)]
    return HttpResponse(status, tuple(headers), body)


def with_headers(answer: HttpResponse | Stream, headers: Headers) -> HttpResponse | Stream:
    """The answer with these headers beside its own."""
    if isinstance(answer, HttpResponse):
        return HttpResponse(answer.status, (*answer.headers, *headers), answer.body)
    answer.headers = (*answer.headers, *headers)
    return answer


def warning(text: str) -> tuple[str, str]:
    """The header that makes kubectl print `Warning: ...`."""
    return ("Warning", f"299 - {_quoted(text)}")


def text_response(text: str, status: int = 200) -> HttpResponse:
    return respond(text.encode(), status, content_type=TEXT)


def error_response(error: ApiError) -> HttpResponse:
    response = json_response(error.status(), error.code)
    return with_retry_after(response) if error.code == 429 else response


def with_retry_after(response: HttpResponse) -> HttpResponse:
    return HttpResponse(response.status, (*response.headers, ("Retry-After", "1")), response.body)


def _quoted(text: str) -> str:
    """A quoted-string of a header: printable, on one line."""
    safe = "".join(letter if letter.isprintable() else "?" for letter in text)
    safe = safe.encode("latin-1", "replace").decode("latin-1")
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
