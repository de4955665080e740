"""What a running container answers when a kubelet probes it.

Models: kubernetes v1.36 pkg/probe/{http,tcp,exec,grpc} for the words of a failure.
"""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.meta import Obj
from simcore.kubelet.images import ImageName
from simcore.kubelet.prober import Answer
from simcore.kubelet.runtime.container import Ran
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.web import Request, serve

Run = Callable[[tuple[str, ...]], Ran]
"""Runs a command in the container."""


def answer(
    probe: Obj, spec: Obj, image: ImageName, program: Program, ip: str, at_ms: int, run: Run
) -> Answer:
    """The answer of a container that has been up for `at_ms`; `until` counts from its start as well."""
    if "httpGet" in probe:
        return _http(probe["httpGet"], spec, image, program, ip, at_ms)
    if "tcpSocket" in probe:
        port = port_of(probe["tcpSocket"]["port"], spec)
        return Answer(port in program.listens, _refused(probe["tcpSocket"].get("host") or ip, port))
    if "grpc" in probe:
        port = probe["grpc"]["port"]
        text = f'timeout: failed to connect service "{ip}:{port}" within 1s: context deadline exceeded'
        if program.web == "grpc-health" and port in program.listens and program.argv != ("0",):
            return _health(int(program.argv[0]) * 1000, at_ms)
        return Answer(port in program.listens, text)
    return _exec(probe, run)


def _health(ill_from_ms: int, at_ms: int) -> Answer:
    """By the health protocol of gRPC."""
    if at_ms < ill_from_ms:
        return Answer(True, until=ill_from_ms)
    return Answer(False, 'service unhealthy (responded with "NOT_SERVING")')


def port_of(wanted: int | str, spec: Obj) -> int:
    """A named port's number; 0 when there is none of the name."""
    if isinstance(wanted, int):
        return wanted
    if wanted.isdigit():
        return int(wanted)
    ports = spec.get("ports") or ()
    return next((port["containerPort"] for port in ports if port.get("name") == wanted), 0)


def _http(get: Obj, spec: Obj, image: ImageName, program: Program, ip: str, at_ms: int) -> Answer:
    port, host, path = port_of(get["port"], spec), get.get("host") or ip, get.get("path", "/")
    path = path if path.startswith("/") else "/" + path
    if port not in program.listens:
        url = f"{get.get('scheme', 'HTTP').lower()}://{host}:{port}{path}"
        return Answer(False, f'Get "{url}": {_refused(host, port)}')
    served = serve(program, Request(path, port, "", ip, image.name), at_ms)
    code = served.reply.code
    if 200 <= code < 400:
        return Answer(True, until=served.until_ms)
    return Answer(False, f"HTTP probe failed with statuscode: {code}", served.until_ms)


def _exec(probe: Obj, run: Run) -> Answer:
    argv, timeout_s = tuple(probe["exec"]["command"]), probe.get("timeoutSeconds", 1)
    ran = run(argv)
    if ran.took_ms is None or ran.took_ms > timeout_s * 1000:
        return Answer(False, f'command timed out: "{" ".join(argv)}" timed out after {timeout_s}s', ran.until)
    return Answer(ran.code == 0 or ran.guessed, "\n".join(ran.output), ran.until)


def _refused(host: str, port: int) -> str:
    return f"dial tcp {host}:{port}: connect: connection refused"
