"""`manage.py cluster whatif|capacity|drain|scheduler`: the scheduler's answers as text."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clusterlab.hub import hub
from clusterlab.labs.models import Cluster
from clusterlab.logs import printable
from clusterlab.scheduling import actions
from clusterlab.scheduling.asking import BadQuestion
from clusterlab.scheduling.desk import view_now

Say = Callable[[str], object]

VERBS = {
    "whatif": "try a configuration or manifests on a fork and tell the difference",
    "capacity": "how many more of a pod fit, and what stops the next",
    "drain": "what draining a node would do",
    "scheduler": "show, replace or reset the scheduler's configuration",
}
FAULTS = (BadQuestion, actions.NoSuchNode)
"""What a user may have got wrong."""


def add_arguments(verb: str, parser: ArgumentParser) -> None:
    if verb == "whatif":
        parser.add_argument("-f", "--file", type=Path, action="append", default=[], help="manifests to apply")
        parser.add_argument("--config", type=Path, help="a KubeSchedulerConfiguration")
        parser.add_argument("--reschedule", action="store_true", help="place every pod of a controller anew")
    if verb == "capacity":
        parser.add_argument("-f", "--file", type=Path, help="a Pod or a workload")
        parser.add_argument("--cpu", default="100m", help="without a file: what the pod requests")
        parser.add_argument("--memory", default="128Mi")
    if verb == "drain":
        parser.add_argument("node")
    if verb == "scheduler":
        parser.add_argument("file", nargs="?", type=Path, help="the new configuration")
        parser.add_argument("--reset", action="store_true", help="back to the defaults")


def run(verb: str, cluster: Cluster, say: Say, actor: str, **options: Any) -> None:
    """Raises: FAULTS, ApiError, StoreError, OSError."""
    resident = hub.get(cluster.id)
    resident.sync()
    match verb:
        case "whatif":
            texts = "\n---\n".join(path.read_text() for path in options["file"])
            config = options["config"].read_text() if options["config"] else None
            found = actions.what_if_document(
                resident, config, texts or None, reschedule=options["reschedule"]
            )
            _say_difference(found, say)
        case "capacity":
            pod = options["file"].read_text() if options["file"] else _pod(options["cpu"], options["memory"])
            _say_capacity(actions.capacity(resident, pod), say)
        case "drain":
            _say_drain(actions.drain(resident, view_now(resident), options["node"]), options["node"], say)
        case "scheduler":
            if options["file"] or options["reset"]:
                given = options["file"].read_text() if options["file"] else None
                actions.configure(resident, given, actor)
            say(_configuration_text(actions.configuration_document(resident)))


def _pod(cpu: str, memory: str) -> dict[str, Any]:
    requests = {"cpu": cpu, "memory": memory}
    container = {"name": "main", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": requests}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "more"},
        "spec": {"containers": [container]},
    }


def _say_difference(found: dict[str, Any], say: Say) -> None:
    placed, pending = found["placed"], found["pending_total"]
    say(f"placed   {placed['before']:>6} -> {placed['after']}")
    say(f"pending  {pending['before']:>6} -> {pending['after']}")
    for resource, both in found["balance"].items():
        one, other = both["before"], both["after"]
        say(
            f"{resource:<8} {one['mean']:>5}% of a node on average, {one['least']}-{one['most']}% -> "
            f"{other['mean']}%, {other['least']}-{other['most']}%; deviation {one['deviation']} -> {other['deviation']}"
        )
    for move in found["placement"]:
        say(f"  {printable(move['workload'])} on {move['node']}: {move['before']} -> {move['after']}")
    if found["placement_total"] > len(found["placement"]):
        say(f"  ... and {found['placement_total'] - len(found['placement'])} more places")
    for name in found["evicted"]:
        say(f"evicted  {printable(name)}")
    for each in found["pending"]["after"][:10]:
        say(f"waits    {printable(each['pod'])}: {printable(each['message'])}")
    if not found["rested"]:
        say(f"The fork was still busy after {found['took_ms'] // 1000} simulated seconds.")


def _say_capacity(found: dict[str, Any], say: Say) -> None:
    more = found["more"]
    where = f" on {len(found['by_node'])} nodes" if more else ""
    say(f"{more} more fit{where}.")
    if found["stopped_by"]:
        say(f"The next one: {printable(found['stopped_by'])}")


def _say_drain(found: dict[str, Any], node: str, say: Say) -> None:
    leaving, staying = found["leaving"], found["staying"]
    say(f"{len(leaving)} pods would leave {node}, {len(staying)} would stay.")
    for each in leaving:
        to = f"-> {each['goes_to']}" if each["goes_to"] else f"fits nowhere: {printable(each['message'])}"
        held = f"; held by PodDisruptionBudget {each['held_by']}" if each["held_by"] else ""
        lost = "" if each["controller"] else "; nobody makes it again"
        say(f"  {printable(each['pod'])} {to}{held}{lost}")


def _configuration_text(found: dict[str, Any]) -> str:
    if found["configuration"] is None:
        return "The defaults hold."
    return json.dumps(found["configuration"], indent=2)
