"""The processes of a running ClusterLab, as argv and environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from scripts import redis_server
from scripts.options import ROOT, Options
from scripts.packages import PYTHON
from scripts.pki import Pki
from scripts.supervisor import Service

CLUSTERS_PER_WORKER = 32  # threads of one engine worker; each runs one awake cluster at a time


def redis(folder: Path) -> Service:
    return Service("redis", redis_server.command(redis_server.server_binary(), folder))


def engine(index: int) -> Service:
    """One worker process with a queue of its own, so that a cluster finds its warm replica again."""
    name = f"engine-{index}"
    argv = [str(PYTHON), "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
    argv += ["-A", "clusterlab", "--quiet", "--skip-checks", "worker", "--pool", "threads"]
    argv += ["--concurrency", str(CLUSTERS_PER_WORKER), "--loglevel", "WARNING"]
    argv += ["--queues", name, "--hostname", f"{name}@%h"]
    argv += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Service(name, argv)


def web(options: Options, pki: Pki) -> Service:
    """Daphne: the page on PORT and the Kubernetes API over TLS on KUBE_PORT. No access log: URLs hold share tokens."""
    argv = [str(PYTHON), "-m", "clusterlab.daphne", "--verbosity", "0"]
    argv += ["-e", page_endpoint(options), "-e", kube_endpoint(options, pki), "clusterlab.asgi:application"]
    return Service("web", argv)


def examples() -> Service:
    """Founds the large examples beside everything else, unless that has been done."""
    argv = ["nice", "-n", "19", str(PYTHON), str(ROOT / "manage.py"), "prepare_examples"]
    return Service("examples", argv, is_once=True)


def page_endpoint(options: Options) -> str:
    return f"{_transport('tcp', options.host)}:{options.port}:interface={_escaped(options.host)}"


def kube_endpoint(options: Options, pki: Pki) -> str:
    certificate = f"privateKey={_escaped(str(pki.server_key))}:certKey={_escaped(str(pki.server_cert))}"
    return f"ssl:{options.kube_port}:interface={_escaped(options.host)}:{certificate}"


def _transport(kind: str, host: str) -> str:
    try:
        return f"{kind}6" if ipaddress.ip_address(host).version == 6 else kind
    except ValueError:
        return kind


def _escaped(text: str) -> str:
    """Twisted's endpoint strings separate their parts by colons."""
    return text.replace("\\", "\\\\").replace(":", "\\:")
