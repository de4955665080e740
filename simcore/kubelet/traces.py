"""What a run leaves behind when it ends: its termination message, and its files in the pod's volumes.

Models: kubernetes v1.36 pkg/kubelet/kuberuntime/kuberuntime_container.go (getTerminationMessage).
"""

from __future__ import annotations

from collections import deque

from simcore.apimachinery.meta import Obj
from simcore.kubelet.host import Host
from simcore.kubelet.records import FileChange, PodRecord, Run
from simcore.kubelet.runtime.files import TERMINATION_LOG
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.script import Script
from simcore.kubelet.surroundings import writes_of
from simcore.kubelet.volumes import MOST_TEXT, MountFault

MOST_MESSAGE = 4096
MOST_FROM_LOG, LINES_FROM_LOG = 2048, 80
MOST_CHANGES = 200
"""Of one volume that a record keeps; older ones are folded into one state."""


def traces_matter(pod: Obj, spec: Obj) -> bool:
    """Whether a run of the container can leave anything that is looked at."""
    return bool(spec.get("command") or spec.get("args"))


def termination_message(spec: Obj, program: Program, run: Run) -> str:
    assert run.started is not None
    path = spec.get("terminationMessagePath") or TERMINATION_LOG
    lasted_ms, lines = run.finished - run.started, None
    for change in program.changes:
        if change.path == path and change.at_ms <= lasted_ms:
            lines = change.lines
    if lines:
        return "".join(f"{line}\n" for line in lines)[:MOST_MESSAGE]
    if spec.get("terminationMessagePolicy") != "FallbackToLogsOnError" or run.code == 0:
        return ""
    last = deque((line.text for line in program.printed(lasted_ms)), maxlen=LINES_FROM_LOG)
    return "".join(f"{line}\n" for line in last)[-MOST_FROM_LOG:]


def leave_files(pod: Obj, spec: Obj, record: PodRecord, host: Host, program: Program, run: Run) -> None:
    """Notes what the run has written into volumes, in the pod's record and where it outlives the pod."""
    if not isinstance(program.output, Script) and not program.changes:
        return
    assert run.started is not None
    written: dict[str, list[FileChange]] = {}
    for volume, change in writes_of(pod, spec, record, program, run.started):
        if change.at <= run.finished:
            text = change.text if change.text is None else change.text[:MOST_TEXT]
            written.setdefault(volume, []).append(FileChange(change.at, change.path, text, change.by))
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    for name, changes in written.items():
        together = sorted([*record.volumes.get(name, ()), *changes], key=lambda change: change.at)
        record.volumes[name] = _folded(together)
        try:
            host.store(volumes[name], pod, together)
        except MountFault:
            continue  # the claim has gone meanwhile, and its files with it


def _folded(changes: list[FileChange]) -> list[FileChange]:
    """Few enough changes: the last state of each file stays."""
    last = {change.path: change for change in changes}
    if len(changes) <= len(last) + MOST_CHANGES:
        return changes
    return sorted(last.values(), key=lambda change: change.at)
