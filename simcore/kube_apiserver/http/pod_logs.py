"""`kubectl logs`: which container is meant, which of its lines, and lines as they come to who follows.

Models: kubernetes v1.36 pkg/registry/core/pod/{strategy.go (LogLocation),rest/log.go}, pkg/apis/core/validation
(ValidatePodLogOptions).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from simcore.apimachinery.errors import ApiError, BadRequest, FieldError, Invalid
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.message import TEXT, Headers, HttpResponse, Query, Stream, text_response
from simcore.kube_apiserver.http.writing import Writing
from simcore.kube_apiserver.validation.field import forbidden, invalid
from simcore.sim.timestamps import parse_time

_OPTIONS = Kind("", "v1", "PodLogOptions", "podlogoptions")
_OPTIONAL = ("initContainers", "ephemeralContainers")
_ABOVE_ZERO, _NOT_NEGATIVE = "must be greater than 0", "must be greater than or equal to 0"


@dataclass(frozen=True)
class LogOptions:
    """v1.PodLogOptions without `container` and `follow`."""

    previous: bool = False
    since_unix_ms: int | None = None
    tail_lines: int | None = None
    timestamps: bool = False
    limit_bytes: int | None = None


class LogSource(Protocol):
    """The kubelets' side of `kubectl logs`."""

    def read(self, pod: Obj, container: str, options: LogOptions) -> str:
        """Raises: ApiError, as a container that has not started."""
        ...

    def times(self, pod: Obj, container: str, *, previous: bool = False) -> Sequence[int]:
        """When each line so far of the run was printed, in Unix ms, in order. Raises: ApiError."""
        ...

    def is_running(self, pod: Obj, container: str) -> bool:
        """Whether more may come."""
        ...


def serve_logs(writing: Writing, logs: LogSource | None) -> HttpResponse | Stream:
    """Raises: BadRequest, Invalid, NotFound, and what the source raises."""
    pod = writing.server.get(writing.kind, writing.key, writing.caller(), "log")
    container = _container(pod, writing.query.text("container"))
    options = log_options(writing.query, writing.key.name, writing.server.clock.unix_ms())
    if logs is None or not pod["spec"].get("nodeName"):
        return text_response("")
    if not writing.query.flag("follow") or options.previous:
        return text_response(logs.read(pod, container, options))
    return LogStream(logs, pod, container, options)


class LogStream:
    """The lines there are, and then each as it is printed, until the container ends."""

    status = 200
    timeout_s: int | None = None
    grows_with_time = True

    def __init__(self, logs: LogSource, pod: Obj, container: str, options: LogOptions) -> None:
        """Raises: ApiError."""
        self.headers: Headers = (("Cache-Control", "no-cache, private"), ("Content-Type", TEXT))
        self.is_finished = False
        self._logs, self._pod, self._container, self._options = logs, pod, container, options
        self._left = options.limit_bytes
        self._mark(logs.times(pod, container))
        self._first = self._cut(logs.read(pod, container, options).encode())

    def chunks(self) -> list[bytes]:
        first, self._first = self._first, b""
        if self.is_finished:
            return [first] if first else []
        goes_on = self._logs.is_running(self._pod, self._container)
        try:
            told = [text for text in (first, self._cut(self._new())) if text]
        except ApiError:  # the container is gone, or waits for its next run: there is nothing more to read
            told, goes_on = [first] if first else [], False
        self.is_finished = self.is_finished or not goes_on
        return told

    def bookmark(self) -> bytes:
        return b""

    def on_change(self, wake: Callable[[], None]) -> None:
        return None

    def cancel(self) -> None:
        self.is_finished = True

    def _new(self) -> bytes:
        """What was printed since the last time; of the run that was followed, should another have begun."""
        times, is_other = self._logs.times(self._pod, self._container), False
        if self._at_last and times and times[0] > self._last:
            times, is_other = self._logs.times(self._pod, self._container, previous=True), True
            self.is_finished = True
        later = bisect_right(times, self._last)
        fresh = len(times) - later + max(later - bisect_left(times, self._last) - self._at_last, 0)
        if not fresh:
            return b""
        self._mark(times)
        tail = LogOptions(is_other, timestamps=self._options.timestamps, tail_lines=fresh)
        return self._logs.read(self._pod, self._container, tail).encode()

    def _mark(self, times: Sequence[int]) -> None:
        """Up to where everything has been told: a time, and how many lines were printed at it."""
        self._last = times[-1] if times else 0
        self._at_last = len(times) - bisect_left(times, self._last)

    def _cut(self, data: bytes) -> bytes:
        """Within `limitBytes`, which ends the stream."""
        if self._left is None:
            return data
        data = data[: self._left]
        self._left -= len(data)
        self.is_finished = self.is_finished or self._left <= 0
        return data


def log_options(query: Query, pod: str, now_ms: int) -> LogOptions:
    """Raises: BadRequest, Invalid."""
    since_s, tail, limit = (query.integer(name) for name in ("sinceSeconds", "tailLines", "limitBytes"))
    since_ms = None if since_s is None else now_ms - since_s * 1000
    if text := query.text("sinceTime"):
        try:
            since_ms = parse_time(text)
        except ValueError:
            raise BadRequest(f'parsing time "{text}": not an RFC 3339 time') from None
    faults: list[FieldError] = []
    if tail is not None and tail < 0:
        faults.append(invalid("tailLines", tail, _NOT_NEGATIVE))
    if limit is not None and limit < 1:
        faults.append(invalid("limitBytes", limit, _ABOVE_ZERO))
    if since_s is not None and text:
        faults.append(forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    elif since_s is not None and since_s < 1:
        faults.append(invalid("sinceSeconds", since_s, _ABOVE_ZERO))
    if faults:
        raise Invalid.because(_OPTIONS, pod, faults)
    return LogOptions(query.flag("previous"), since_ms, tail, query.flag("timestamps"), limit)


def _container(pod: Obj, asked: str) -> str:
    """Raises: BadRequest."""
    spec, name = pod["spec"], pod["metadata"]["name"]
    running = _names(spec["containers"])
    if not asked:
        if len(running) == 1:
            return running[0]
        message = f"a container name must be specified for pod {name}, choose one of: [{' '.join(running)}]"
        if first := _names(spec.get("initContainers") or ()):
            message += f" or one of the init containers: [{' '.join(first)}]"
        raise BadRequest(message)
    if asked not in running and all(asked not in _names(spec.get(field) or ()) for field in _OPTIONAL):
        raise BadRequest(f"container {asked} is not valid for pod {name}")
    return asked


def _names(containers: Sequence[Obj]) -> list[str]:
    return [container["name"] for container in containers]
