"""Large examples are founded once; every cluster of theirs begins as a fork of that.

The state lies in DATA_DIR, by a hash of what it was made from: other manifests or another simulation make a new one.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from django.conf import settings

from clusterlab.labs.examples import FOLDER, Example
from clusterlab.labs.founding import founded
from clusterlab.labs.spec import LabSpec
from simcore.etcd.journal import Mark
from simcore.etcd.snapshot import Snapshot, dump, load

TEMPLATE = "template"
"""Stands for the cluster's id, until a fork has one of its own."""


def snapshot(example: Example) -> Snapshot:
    """Founds it when nobody has, which takes as long as it takes."""
    file = _file(example)
    if not file.exists():
        prepare(example)
    return load(file.read_bytes())


def prepare(example: Example) -> None:
    """Nothing happens when it is there."""
    file = _file(example)
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    cluster, store = founded(TEMPLATE, LabSpec(**example.settings).checked(), example.manifests())
    state, end = store.range("/"), Mark("end", store.revision, 0, cluster.clock.now())
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(dump(Snapshot(state.revision, state.kvs, [], [end])))
    unfinished.replace(file)
    for other in file.parent.glob(f"{example.slug}-*.lab"):
        if other != file:
            other.unlink(missing_ok=True)


def _file(example: Example) -> Path:
    return Path(settings.DATA_DIR) / "examples" / f"{example.slug}-{_made_from(example.slug)}.lab"


@cache
def _made_from(slug: str) -> str:
    digest = hashlib.blake2b(digest_size=8)
    simulation = Path(settings.BASE_DIR) / "simcore"
    parts = [FOLDER / "catalogue.yaml", *FOLDER.glob(f"{slug}/*"), *simulation.rglob("*.py")]
    for path in sorted(parts):
        digest.update(path.read_bytes())
    return digest.hexdigest()
