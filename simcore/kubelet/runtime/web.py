"""What a container's web server answers.

Models: the images' own documentation; kubernetes v1.36 test/images/agnhost/{netexec,liveness,serve-hostname}.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from simcore.kubelet.runtime.catalogue import CATALOGUE, Image
from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import Reply

HEALTHY_MS = 10_000
"""How long agnhost's `liveness` says that it lives."""
MOST_LINES = 200
NOT_FOUND = Reply(404, ("404 page not found",))


class Request(NamedTuple):
    path: str
    port: int
    host: str
    """The name of the pod that is asked."""
    client: str = ""
    """The address that the request seems to come from."""
    image: str = ""


class Served(NamedTuple):
    reply: Reply
    until_ms: int | None = None
    """When the server may answer otherwise, since its start."""


def serve(program: Program, request: Request, at_ms: int) -> Served:
    """The answer of a server that listens on the port and has been up for `at_ms`."""
    known = CATALOGUE.get(request.image, Image(0))
    parts = urlsplit(request.path)
    path = parts.path or "/"
    if path == "/redirect" and program.web in ("netexec", "liveness"):
        place = parse_qs(parts.query).get("loc", ["/"])[0]
        return _redirected(program, request, place, at_ms)
    match program.web:
        case "pages":
            return _pages(program, known, path, at_ms)
        case "files":
            return _file(Files.after(program.changes, program.tree, at_ms), path, at_ms)
        case "echo":
            return Served(Reply(200, tuple(known.echo.replace("{host}", request.host).split("\n"))))
        case "routes":
            return _routed(program, path, at_ms)
        case "hostname":
            return Served(Reply(200, (request.host,)))
        case "liveness":
            return _liveness(path, at_ms)
        case "netexec":
            return Served(_netexec(request))
        case "porter":
            values = (p.partition("=")[2] for p in program.argv if p.startswith(f"{request.port}="))
            return Served(Reply(200, tuple(values)))
    return Served(Reply(200, (f"{request.image or 'server'} on {request.host}",)))


def _redirected(program: Program, request: Request, place: str, at_ms: int) -> Served:
    """Whoever asks follows within the server, and no further."""
    if place.startswith("/") and not place.startswith("/redirect"):
        return serve(program, request._replace(path=place), at_ms)
    return Served(Reply(302, (f'<a href="{place}">Found</a>.', "")))


def _pages(program: Program, known: Image, path: str, at_ms: int) -> Served:
    roots = (*program.tree.roots, *program.tree.unseen)
    if any(root.startswith("/etc/") for root in roots):
        return Served(
            Reply(200, known.home)
        )  # its configuration is the user's, so nobody knows which paths there are
    folder = known.pages
    files = Files.after((c for c in program.changes if c.at_ms <= at_ms), program.tree, at_ms)
    name = folder + (path + "index.html" if path.endswith("/") else path)
    if files.has(name, at_ms):
        return _file(files, name, at_ms)
    if any(folder == root or name.startswith(root + "/") or name == root for root in program.tree.roots):
        return _file(files, name, at_ms, missing=403 if path == "/" else 404)
    if any(folder.startswith(root) for root in program.tree.unseen):
        return Served(Reply(200))
    if name == f"{folder}/index.html":
        return Served(Reply(200, known.home))
    return Served(Reply(404, ("<html><body><h1>404 Not Found</h1></body></html>",)))


def _routed(program: Program, path: str, at_ms: int) -> Served:
    known = [route for route in program.routes if route.path == path]
    until = next((route.from_ms for route in known if route.from_ms > at_ms), None)
    now = [route.reply for route in known if route.from_ms <= at_ms]
    return Served(now[-1] if now else NOT_FOUND, until)


def _file(files: Files, name: str, at_ms: int, missing: int = 404) -> Served:
    arrival = files.next_arrival(at_ms)
    if files.exists(name, at_ms) and not files.is_folder(name, at_ms):
        return Served(Reply(200, files.read(name, at_ms)[:MOST_LINES]), arrival)
    return Served(Reply(missing, NOT_FOUND.lines), arrival)


def _liveness(path: str, at_ms: int) -> Served:
    """Healthy at first, then no more."""
    if path != "/healthz":
        return Served(NOT_FOUND)
    if at_ms < HEALTHY_MS:
        return Served(Reply(200, ("ok",)), HEALTHY_MS)
    return Served(Reply(500, (f"error: {at_ms / 1000:g}",)))


def _netexec(request: Request) -> Reply:
    parts = urlsplit(request.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    match parts.path:
        case "/hostname" | "/hostName":
            return Reply(200, (request.host,))
        case "/clientip":
            return Reply(200, (f"{request.client}:0",))
        case "/echo":
            code = query.get("code", "200")
            return Reply(int(code) if code.isdigit() and len(code) == 3 else 200, (query.get("msg", ""),))
        case "/healthz" | "/readyz" | "/livez":
            return Reply(200)
        case "/header":
            return Reply(200, ("",))
        case "/":
            return Reply(200, (f"NOW: {request.host}",))
    return NOT_FOUND
