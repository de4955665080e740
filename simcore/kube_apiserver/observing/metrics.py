"""What Prometheus reads at /metrics: counters of the requests that were answered, and the objects that are stored.

Models: kubernetes v1.36 apiserver/pkg/endpoints/metrics/metrics.go; names and labels are its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from simcore.apimachinery.kinds import Kind
from simcore.etcd.interface import Store
from simcore.kube_apiserver.http.plain_paths import VERSION
from simcore.kube_apiserver.observing.requests import Answered

_BUCKETS_S = (
    0.005,
    0.025,
    0.05,
    0.1,
    0.2,
    0.4,
    0.6,
    0.8,
    1.0,
    1.25,
    1.5,
    2,
    3,
    4,
    5,
    6,
    8,
    10,
    15,
    20,
    30,
    45,
    60,
)
MOST_SERIES = 5_000
"""Different combinations of labels; requests beyond it are not counted."""
_VERBS = {"create": "POST", "update": "PUT", "patch": "PATCH", "deletecollection": "DELETECOLLECTION"}
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=values"

_BUILD = (("git_version", "gitVersion"), ("major", "major"), ("minor", "minor"), ("platform", "platform"))

Labels = tuple[tuple[str, str], ...]


class Histogram:
    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BUCKETS_S) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(_BUCKETS_S, seconds)] += 1
        self.total += seconds

    def lines(self, name: str, labels: Labels) -> Iterator[str]:
        seen = 0
        for limit, count in zip((*_BUCKETS_S, "+Inf"), self.counts, strict=True):
            seen += count
            yield _line(f"{name}_bucket", (*labels, ("le", str(limit))), seen)
        yield _line(f"{name}_sum", labels, self.total)
        yield _line(f"{name}_count", labels, seen)


class Metrics:
    """Of one server in one process."""

    def __init__(self) -> None:
        self._requests: Counter[Labels] = Counter()
        self._seconds: dict[Labels, Histogram] = {}  # none goes away; bounded by MOST_SERIES
        self.streams = 0
        """Watches that are open."""

    def take(self, one: Answered) -> None:
        info = one.info
        if len(self._requests) >= MOST_SERIES:
            return
        of = (
            ("group", info.group if info else ""),
            ("resource", info.resource if info else ""),
            ("scope", _scope(one)),
            ("subresource", info.subresource if info else one.http.path if one.code == 200 else ""),
            ("verb", _verb(one)),
            ("version", info.version if info else ""),
        )
        dry = "All" if "dryRun=All" in one.http.query else ""
        self._requests[(("code", str(one.code)), ("component", "apiserver"), ("dry_run", dry), *of)] += 1
        if _verb(one) != "WATCH":
            labels = (("component", "apiserver"), ("dry_run", dry), *of)
            self._seconds.setdefault(labels, Histogram()).add(one.ns / 1e9)

    def text(self, store: Store, kinds: Iterable[Kind]) -> str:
        """All of it in Prometheus' text format."""
        stored = {kind.resource: kind for kind in kinds if kind.is_stored and kind.stored_as is None}
        objects = [
            ((("resource", name),), len(store.range(kind.prefix).kvs))
            for name, kind in sorted(stored.items())
        ]
        build = tuple((name, str(VERSION[key])) for name, key in _BUILD)
        name = "apiserver_request_duration_seconds"
        lines = [
            *_family(
                "apiserver_request_total",
                "counter",
                "Counter of apiserver requests broken out for each verb, dry run value, group, version, "
                "resource, scope, component, and HTTP response code.",
                sorted(self._requests.items()),
            ),
            *_head(name, "histogram", "Response latency distribution in seconds."),
            *(line for labels, h in sorted(self._seconds.items()) for line in h.lines(name, labels)),
            *_family("apiserver_longrunning_requests", "gauge", "Open watches.", [((), self.streams)]),
            *_family("apiserver_storage_objects", "gauge", "Number of stored objects by kind.", objects),
            *_family(
                "etcd_debugging_mvcc_current_revision",
                "gauge",
                "The store's revision.",
                [((), store.revision)],
            ),
            *_family("kubernetes_build_info", "gauge", "Which Kubernetes this behaves like.", [(build, 1)]),
        ]
        return "\n".join(lines) + "\n"


def _family(name: str, kind: str, about: str, rows: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    yield from _head(name, kind, about)
    for labels, value in rows:
        yield _line(name, labels, value)


def _head(name: str, kind: str, about: str) -> tuple[str, str]:
    return f"# HELP {name} {about}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Labels, value: float) -> str:
    inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{inner}}} {value!r}" if inner else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _verb(one: Answered) -> str:
    return _VERBS.get(one.verb, one.verb.upper())


def _scope(one: Answered) -> str:
    if one.info is None:
        return ""
    if one.info.name or one.verb == "create":
        return "resource"
    return "namespace" if one.info.namespace else "cluster"
