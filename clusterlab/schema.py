"""The Kubernetes schema of this installation: built once under DATA_DIR, read once by each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from simcore.apimachinery.schema import FILE_NAME, Schema
from simcore.apimachinery.schema_build import build


@cache
def schema() -> Schema:
    """Builds the file when the installation's set-up has not done it."""
    path = Path(settings.DATA_DIR) / FILE_NAME
    if not path.exists():
        build(path.parent)
    return Schema.load(path)
