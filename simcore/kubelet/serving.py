"""What a pod's containers answer to a connection from the network. Pure."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kubelet.facts import host_name
from simcore.kubelet.images import parse
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import NO_ANSWER, Reply
from simcore.kubelet.runtime.web import Request, serve
from simcore.kubelet.surroundings import program, specs_of

REFUSED = Reply(NO_ANSWER, ("Connection refused",))


def connect(pod: Obj, record: PodRecord, port: int, epoch_ms: int) -> tuple[Obj, Program] | None:
    """The container that listens on the port, and its program."""
    host_ip = (pod.get("status") or {}).get("hostIP", "")
    for spec in specs_of(pod):
        c = record.containers.get(spec["name"])
        if c is None or c.phase not in ("running", "starting"):
            continue
        found = program(pod, spec, record, c.started, host_ip, epoch_ms)
        if port in found.listens:
            return spec, found
    return None


def get(pod: Obj, record: PodRecord, port: int, path: str, client: str, now: int, epoch_ms: int) -> Reply:
    """The answer to an HTTP GET."""
    there = connect(pod, record, port, epoch_ms)
    name = pod["metadata"]["name"]
    if there is None:
        return Reply(NO_ANSWER, REFUSED.lines, name)
    spec, found = there
    if not found.web:
        return Reply(NO_ANSWER, ("Empty reply from server",), name)
    request = Request(path, port, host_name(pod), client, parse(spec["image"]).name)
    served = serve(found, request, now - record.containers[spec["name"]].started)
    return Reply(served.reply.code, served.reply.lines, name)
