"""Whatever is sent, the answer is one of the client's mistakes or a success: never an error of the server.

`FUZZ_REQUESTS` sets how many requests are sent (20,000 for the long form), `FUZZ_SEED` which ones.
"""

from __future__ import annotations

import json
import os
import random
import time
import tracemalloc
from typing import Any

from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.users import ADMIN
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, Door, config_map, deployment, pod

REQUESTS, SEED = int(os.environ.get("FUZZ_REQUESTS", "1500")), int(os.environ.get("FUZZ_SEED", "1"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "NONE")
TYPES = (
    "application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json",
    "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf",
    "text/plain", "",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 1e308, "", "x", "../..", "a/b", "é\x00", [], [None], [[]], {}, {"": None}, {"a": [1]},
)  # fmt: skip
PARAMETERS = {
    "limit": ("-1", "1", "x", "9" * 30), "continue": ("x", "e30"), "resourceVersion": ("0", "1", "-1", "x"),
    "labelSelector": ("a=b", "a in (", "!", "a==", ","), "fieldSelector": ("metadata.name=x", "nope=1", "x"),
    "dryRun": ("All", "x"), "fieldManager": ("m", "x" * 200, "\x00"), "force": ("true", "maybe"), "watch": ("1", "x"),
    "fieldValidation": ("Strict", "Warn", "no"), "timeoutSeconds": ("1", "x"), "pretty": ("1",),
    "propagationPolicy": ("Foreground", "x"), "gracePeriodSeconds": ("0", "-5", "x"),
    "resourceVersionMatch": ("Exact", "NotOlderThan", "x"), "sendInitialEvents": ("true",), "container": ("x",),
}  # fmt: skip


def mangled(rng: random.Random, doc: Any, depth: int = 0) -> Any:
    """The document with something wrong somewhere."""
    if rng.random() < 0.12 or depth > 12:
        return rng.choice(VALUES)
    if isinstance(doc, dict):
        kept = {k: mangled(rng, v, depth + 1) if rng.random() < 0.3 else v for k, v in doc.items()}
        if rng.random() < 0.1:
            kept[rng.choice(("spec", "metadata", "status", "kind", "name", "x"))] = rng.choice(VALUES)
        return kept
    if isinstance(doc, list):
        return [mangled(rng, item, depth + 1) for item in doc] + (
            [rng.choice(VALUES)] if rng.random() < 0.1 else []
        )
    return doc


def paths(door: Door) -> list[str]:
    found = ["/", "/version", "/openapi/v3", "/openapi/v2", "/metrics", "/api", "/apis", "/api/v1/x/y/z/a"]
    for kind in door.server.kinds:
        root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
        folder = f"{root}/namespaces/default/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"
        found += [folder, f"{folder}/web", f"{root}/{kind.plural}"]
        found += [f"{folder}/web/{subresource}" for subresource in (*kind.subresources, "nope")]
    return found


def request(rng: random.Random, where: list[str]) -> HttpRequest:
    query = "&".join(
        f"{k}={rng.choice(PARAMETERS[k])}" for k in rng.sample(sorted(PARAMETERS), rng.choice((0, 0, 1, 3)))
    )
    seed = rng.choice(
        (config_map("web", a="b"), pod("web"), deployment("web"), {"spec": {}}, [{"op": "add", "path": "/x"}])
    )
    body = json.dumps(mangled(rng, seed)).encode()
    if rng.random() < 0.1:
        body = body[: rng.randrange(len(body) + 1)] + bytes(
            rng.randrange(256) for _ in range(rng.randrange(9))
        )
    headers = {
        "content-type": rng.choice(TYPES),
        "accept": rng.choice(("", "*/*", "application/yaml", "x/y", ";;q")),
    }
    if rng.random() < 0.05:
        headers["impersonate-user"] = rng.choice(("eve", "system:serviceaccount:a:b", "é"))
    return HttpRequest(rng.choice(METHODS), rng.choice(where), query, headers, body, ADMIN)


def test_no_request_is_an_error_of_the_server(door: Door):
    rng, where = random.Random(SEED), paths(door)
    for number in range(REQUESTS):
        asked = request(rng, where)
        shown = f"FUZZ_SEED={SEED}, request {number}: {asked}"
        try:
            answer = door.api.serve(asked)
        except Exception as error:
            raise AssertionError(shown) from error
        if isinstance(answer, HttpResponse):
            assert answer.status < 500, (shown, answer.body)
        else:
            answer.chunks()
            answer.cancel()


def bombs() -> list[tuple[str, bytes]]:
    """(media type, body), each of them made to cost more than it says."""
    deep = [
        ("application/json", (opening * n).encode())
        for opening in ("[", '{"a":')
        for n in (101, 5_000, 100_000)
    ]
    alias = ["a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * n)}]\n" for i in range(8)
    ) for n in range(5, 25)]  # fmt: skip
    merges = [
        "a: &a {x: 1}\n" + "".join(f"b{i}: {{<<: [{','.join(['*a'] * n)}]}}\n" for i in range(n))
        for n in range(20, 60)
    ]
    numbers = ["1" * n for n in (400, 5_000, 100_000)] + [
        "1e999999999",
        "-" * 100_000,
        "0x" + "f" * 100_000,
        "NaN",
        "1e400",
    ]
    doubled = ['{"a":1,' * n + '"a":2' + "}" * n for n in range(1, 60)]
    yaml = [
        *alias,
        *merges,
        "[" * 30_000,
        "{" * 30_000,
        "? " * 30_000,
        "- " * 30_000,
        "!!python/object:x {}",
        "&a " * 5_000,
    ]
    texts = ['{"metadata":{"name":"x"},"data":{"k":"' + "\x01" * n + '"}}' for n in range(1, 60)]
    junk = [bytes((seed * k) % 256 for k in range(200)) for seed in range(1, 120)]
    return [
        *deep,
        *(("application/yaml", text.encode()) for text in yaml),
        *(("application/json", text.encode()) for text in (*numbers, *doubled, *texts)),
        *(("application/vnd.kubernetes.protobuf", b"k8s\x00" + data) for data in junk),
    ]


BOMBS = bombs()
SMALL = 250
"""Bytes; what is no longer and has no aliases is not worth measuring."""
MOST_CPU_S, MOST_BYTES = 0.1, 32 * 1024 * 1024
"""To find out that a body is none. Processor time, not time; and of two attempts the better one."""


def refused(door: Door, media_type: str, body: bytes) -> None:
    answer = door.response("POST", CONFIG_MAPS, body, {"content-type": media_type})
    assert 400 <= answer.status < 500, (media_type, body[:60], answer.body[:200])


def cpu_s(door: Door, media_type: str, body: bytes) -> float:
    began = time.process_time()
    refused(door, media_type, body)
    return time.process_time() - began


def test_there_are_many_hostile_bodies():
    assert len({body for _, body in BOMBS}) >= 300


def test_hostile_bodies_are_refused_quickly(door: Door):
    for media_type, body in BOMBS:
        took_s = cpu_s(door, media_type, body)
        if took_s > MOST_CPU_S:
            took_s = min(took_s, cpu_s(door, media_type, body))
        assert took_s <= MOST_CPU_S, (media_type, body[:60], took_s)


def test_hostile_bodies_are_refused_within_little_memory(door: Door):
    tracemalloc.start()
    try:
        for media_type, body in (bomb for bomb in BOMBS if len(bomb[1]) > SMALL or "yaml" in bomb[0]):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            refused(door, media_type, body)
            peak = tracemalloc.get_traced_memory()[1] - before
            assert peak <= MOST_BYTES, (media_type, body[:60], peak)
    finally:
        tracemalloc.stop()
