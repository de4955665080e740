"""Files that somebody has written or removed in a running container from outside, with `kubectl exec`.

They belong to the container's run, or to the volume that they lie in; programs and probes see them from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from simcore.apimachinery.meta import Obj
from simcore.kubelet.host import Host
from simcore.kubelet.records import FileChange, PodRecord
from simcore.kubelet.runtime.files import Change
from simcore.kubelet.runtime.text import text_of
from simcore.kubelet.volumes import MOST_TEXT, WRITABLE, MountFault, kind_of

BY = "exec"
MOST_WRITES = 200
"""Of one container's run."""

Written = list[list[str | None]]
"""(path, text or None when it was removed), in order, as a document of the world has it."""


def document(pod: Obj, container: str, run: int, changes: Iterable[Change]) -> Obj:
    """What the kubelet is told: the last state of each file."""
    last = {change.path: change.lines for change in changes}
    files = [[path, None if lines is None else text_of(lines)[:MOST_TEXT]] for path, lines in last.items()]
    meta = pod["metadata"]
    return {
        "namespace": meta["namespace"], "name": meta["name"], "container": container, "run": run,
        "files": files[-MOST_WRITES:],
    }  # fmt: skip


def note(record: PodRecord, now: int, *, pod: Obj, doc: Obj) -> list[Obj]:
    """Puts them down, if it is still the same run; the volumes that have changed."""
    c = record.containers.get(doc["container"])
    spec = next((s for s in _specs(pod) if s["name"] == doc["container"]), None)
    if c is None or spec is None or c.phase not in ("running", "starting") or c.restarts != doc["run"]:
        return []
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    touched: dict[str, Obj] = {}
    for path, text in doc["files"]:
        mount = _mount_of(spec, path)
        if mount is None:
            c.writes = [*c.writes, FileChange(now, path, text, BY)][-MOST_WRITES:]
        elif kind_of(volumes[mount["name"]]) in WRITABLE and not mount.get("readOnly"):
            name, root = mount["name"], mount["mountPath"].rstrip("/")
            inner = "/".join(filter(None, (mount.get("subPath", ""), path[len(root) + 1 :])))
            record.volumes[name] = [*record.volumes.get(name, ()), FileChange(now, inner, text, BY)]
            touched[name] = volumes[name]
    record.touched = True
    return [*touched.values()]


def note_and_store(record: PodRecord, now: int, *, pod: Obj, doc: Obj, host: Host) -> None:
    """The kubelet's part: what outlives the pod is kept at once."""
    for volume in note(record, now, pod=pod, doc=doc):
        with suppress(MountFault):
            host.store(volume, pod, record.volumes[volume["name"]])


def _specs(pod: Obj) -> list[Obj]:
    spec = pod["spec"]
    return [
        *(spec.get("initContainers") or ()),
        *spec["containers"],
        *(spec.get("ephemeralContainers") or ()),
    ]


def _mount_of(spec: Obj, path: str) -> Obj | None:
    """The innermost mount that holds the path."""
    mounts = spec.get("volumeMounts") or ()
    fitting = [
        m for m in mounts if path.startswith(m["mountPath"].rstrip("/") + "/") or path == m["mountPath"]
    ]
    return max(fitting, key=lambda mount: len(mount["mountPath"]), default=None)
