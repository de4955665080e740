"""What runs in a pod's containers, given the Pod and its record: variables, files and answers put together.

Pure, so that whoever sees the record (a kubelet, a reader of logs, a walk through the network) sees the same.
Containers that share a volume see each other's writes: each is followed with what those that started before it wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simcore.apimachinery.meta import Obj
from simcore.kubelet.dns import HOSTS, RESOLV_CONF, hosts, resolv_conf
from simcore.kubelet.environment import Around, refers, sees_services, variables_of
from simcore.kubelet.facts import downward, host_name
from simcore.kubelet.images import parse
from simcore.kubelet.records import ContainerRecord, FileChange, PodRecord
from simcore.kubelet.runtime.catalogue import CATALOGUE
from simcore.kubelet.runtime.container import program_of
from simcore.kubelet.runtime.expansion import expanded
from simcore.kubelet.runtime.files import BARE, FOLDER, Change, Tree
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.own_images import read
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import relative
from simcore.kubelet.runtime.text import lines_of, text_of
from simcore.kubelet.security import identity_of, kernel_settings
from simcore.kubelet.volumes import READ_ONLY, WRITABLE, kind_of, lies_in_memory, modes, token_of

ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
SETTINGS, HOSTNAME = "/proc/sys/", "/etc/hostname"

Writes = dict[str, list[FileChange]]
"""By volume, in order of time."""


def specs_of(pod: Obj) -> list[Obj]:
    """All containers, in the order in which they may start."""
    spec = pod["spec"]
    return [
        *(spec.get("initContainers") or ()),
        *spec["containers"],
        *(spec.get("ephemeralContainers") or ()),
    ]


def program(
    pod: Obj, spec: Obj, record: PodRecord, started: int, host_ip: str, epoch_ms: int, *, files: bool = True
) -> Program:
    """The main process of a container's run that began at `started`, and unless told otherwise the files around it."""
    if not files:
        return _program(pod, spec, record, started, host_ip, epoch_ms, None)
    writes: Writes = {}
    if spec.get("volumeMounts"):
        writes = _writes_of_others(pod, spec, record, host_ip, epoch_ms)
    return _program(pod, spec, record, started, host_ip, epoch_ms, writes)


def writes_of(
    pod: Obj, spec: Obj, record: PodRecord, found: Program, started: int
) -> Iterator[tuple[str, FileChange]]:
    """What the program writes into the pod's volumes: (volume, change)."""
    by = _run_name(spec, record, started)
    mounts = [
        m
        for m in spec.get("volumeMounts") or ()
        if not m.get("readOnly") and _kind(pod, m["name"]) in WRITABLE
    ]
    for change in found.changes:
        for mount in mounts:
            root = mount["mountPath"].rstrip("/")
            if change.path.startswith(root + "/") or change.path == root:
                inner = "/".join(filter(None, (mount.get("subPath", ""), change.path[len(root) + 1 :])))
                text = None if change.lines is None else text_of(change.lines)
                yield mount["name"], FileChange(started + change.at_ms, inner, text, by)
                break


def _writes_of_others(pod: Obj, spec: Obj, record: PodRecord, host_ip: str, epoch_ms: int) -> Writes:
    shared = {m["name"] for m in spec["volumeMounts"] if _kind(pod, m["name"]) in WRITABLE}
    writes: Writes = {}
    if not shared:
        return writes
    others = [
        (c.started, number, other)
        for number, other in enumerate(specs_of(pod))
        if other["name"] != spec["name"]
        and (c := record.containers.get(other["name"])) is not None
        and c.phase in ("running", "starting")
        and any(m["name"] in shared for m in other.get("volumeMounts") or ())
    ]
    for started, _, other in sorted(others, key=lambda item: item[:2]):
        found = _program(pod, other, record, started, host_ip, epoch_ms, writes)
        for volume, change in writes_of(pod, other, record, found, started):
            writes.setdefault(volume, []).append(change)
    return writes


def _program(
    pod: Obj, spec: Obj, record: PodRecord, started: int, host_ip: str, epoch_ms: int, writes: Writes | None
) -> Program:
    """Without `writes` it sees no files at all."""
    c = record.containers.get(spec["name"]) or ContainerRecord()
    is_last = c.last is not None and c.last.started == started and c.ended is None
    variables, answers = (c.last_env, c.last_answers) if is_last else (c.env, c.answers)
    if not variables and spec.get("env"):
        variables = variables_of(pod, spec, Around(downward(pod, record, host_ip)))
    tree = tree_of(pod, spec, record, started, writes, variables) if writes is not None else BARE
    inside = Inside(
        variables, host_name(pod), epoch_ms + started, tree,
        relative(answers, started), read("image", c.brings) if c.brings else None, identity_of(pod, spec),
    )  # fmt: skip
    return program_of(pod, spec, parse(spec["image"]), inside)


def is_noted(pod: Obj, spec: Obj) -> bool:
    """Whether the container's environment must be written down when it starts."""
    mounts = spec.get("volumeMounts") or ()
    return refers(spec) or sees_services(pod, spec) or any("subPathExpr" in mount for mount in mounts)


def tree_of(
    pod: Obj, spec: Obj, record: PodRecord, started: int, writes: Writes, variables: dict[str, str]
) -> Tree:
    mounts = spec.get("volumeMounts") or ()
    text = " ".join((*(spec.get("command") or ()), *(spec.get("args") or ())))
    sees_account, own = ACCOUNT_FOLDER in text, own_files(pod, record, text)
    sealed = (spec.get("securityContext") or {}).get("readOnlyRootFilesystem")
    written, folder = _written(record, spec, started), spec.get("workingDir") or "/"
    if not mounts and not sees_account and not own and not sealed and not written and folder == "/":
        return BARE
    by_name = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    roots: list[str] = []
    unseen: list[str] = []
    in_memory: list[str] = []
    read_only: list[str] = ["/"] if sealed else []
    arriving: list[Change] = []
    permissions: list[tuple[str, int]] = []
    for mount in mounts:
        volume = by_name.get(mount["name"], {})
        kind, root = kind_of(volume), mount["mountPath"].rstrip("/") or "/"
        known = kind in READ_ONLY or (
            kind in WRITABLE and not _is_written_by_strangers(pod, spec, mount["name"])
        )
        (roots if known else unseen).append(root)
        if mount.get("readOnly") or kind in READ_ONLY:
            read_only.append(root)
        if lies_in_memory(volume):
            in_memory.append(root)
        inner = sub_path(mount, variables)
        arriving += _seen(record, spec, mount["name"], root, inner, started, writes)
        permissions += _permissions(pod, volume, root, inner)
        arriving += _sub_folders(mount, mounts, variables) if not inner and kind in WRITABLE else ()
    arriving += (file for file in own if file.path not in roots)
    arriving += written
    if sees_account and not any(root.startswith(ACCOUNT_FOLDER) for root in roots):
        arriving += _account(pod)
    arriving.sort(key=lambda change: change.at_ms)
    everywhere = [entry for entry in permissions if entry[0].endswith("/")]
    files = [
        (change.path, mode)
        for root, mode in everywhere
        for change in arriving
        if change.path.startswith(root)
    ]
    named = [entry for entry in permissions if not entry[0].endswith("/")]
    return Tree(
        tuple(roots),
        tuple(unseen),
        tuple(arriving),
        tuple(read_only),
        (*files, *named),
        tuple(in_memory),
        folder,
    )


def _written(record: PodRecord, spec: Obj, started: int) -> list[Change]:
    """What somebody has put into this run from outside."""
    c = record.containers.get(spec["name"])
    if c is None or c.started != started:
        return []
    return [
        Change(max(w.at - started, 0), w.path, None if w.text is None else lines_of(w.text)) for w in c.writes
    ]


def sub_path(mount: Obj, variables: dict[str, str]) -> str:
    """The part of the volume that is mounted; empty: all of it."""
    return mount.get("subPath") or expanded(mount.get("subPathExpr", ""), variables)


def _sub_folders(mount: Obj, mounts: Iterable[Obj], variables: dict[str, str]) -> list[Change]:
    """Folders of the volume that are mounted elsewhere: the kubelet has made them."""
    inner = (sub_path(m, variables) for m in mounts if m["name"] == mount["name"])
    root = mount["mountPath"].rstrip("/")
    return [Change(0, f"{root}/{folder.strip('/')}/{FOLDER}", ()) for folder in inner if folder]


def _seen(
    record: PodRecord, spec: Obj, volume: str, root: str, inner: str, started: int, writes: Writes
) -> Iterator[Change]:
    """A volume's files at the places where the container finds them. Through a subPath no update comes."""
    own = _run_name(spec, record, started)
    for change in (*record.volumes.get(volume, ()), *writes.get(volume, ())):
        if change.by == own or (inner and change.at > started and not change.by):
            continue
        if not inner:
            path = f"{root.rstrip('/')}/{change.path}"
        elif change.path == inner:
            path = root
        elif change.path.startswith(inner.rstrip("/") + "/"):
            path = root + change.path[len(inner.rstrip("/")) :]
        else:
            continue
        text = change.text
        yield Change(max(change.at - started, 0), path, None if text is None else lines_of(text))


def _permissions(pod: Obj, volume: Obj, root: str, inner: str) -> list[tuple[str, int]]:
    """A path that ends with a stroke stands for all files under it."""
    has_group = (pod["spec"].get("securityContext") or {}).get("fsGroup") is not None
    kind, found = kind_of(volume), []
    if kind != "hostPath":
        found.append((root, (0o2777 if has_group else 0o777) if kind in WRITABLE or not inner else 0o644))
    for path, mode in modes(volume):
        shared = mode | 0o440 if has_group else mode
        found.append((root if inner else f"{root.rstrip('/')}/{path}", shared))
    return found


def _account(pod: Obj) -> list[Change]:
    """The files of the service account, which every container has."""
    texts = {"namespace": pod["metadata"]["namespace"], "token": token_of(pod, {}), "ca.crt": ""}
    return [Change(0, f"{ACCOUNT_FOLDER}/{name}", (text,)) for name, text in texts.items()]


def own_files(pod: Obj, record: PodRecord, text: str) -> list[Change]:
    """The files that tell a container of its own pod, if a command line speaks of them."""
    ip = record.sandbox.ip if record.sandbox is not None else ""
    found = []
    if any(word in text for word in (RESOLV_CONF, "dns-")):
        found.append(Change(0, RESOLV_CONF, resolv_conf(pod)))
    if any(word in text for word in (HOSTS, "etc-hosts", "getent", "hostname -", "ip ")):
        found.append(Change(0, HOSTS, hosts(pod, ip)))
    if HOSTNAME in text:
        found.append(Change(0, HOSTNAME, (host_name(pod),)))
    if "sysctl" in text or SETTINGS in text:
        settings = kernel_settings(pod).items()
        found += [Change(0, SETTINGS + name.replace(".", "/"), (value,)) for name, value in settings]
    return found


def _is_written_by_strangers(pod: Obj, spec: Obj, volume: str) -> bool:
    """Whether another container, of an image that nobody knows, may put anything into the volume."""
    return any(
        other is not spec
        and parse(other["image"]).name not in CATALOGUE
        and any(m["name"] == volume for m in other.get("volumeMounts") or ())
        for other in specs_of(pod)
    )


def _kind(pod: Obj, name: str) -> str:
    return next((kind_of(v) for v in pod["spec"].get("volumes") or () if v["name"] == name), "")


def _run_name(spec: Obj, record: PodRecord, started: int) -> str:
    """Which run wrote something: that which began at `started`."""
    c = record.containers.get(spec["name"]) or ContainerRecord()
    number = next((run.number for run in (c.last, c.ended) if run and run.started == started), c.restarts)
    return f"{spec['name']}/{number}"
