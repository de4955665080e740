"""The Kubernetes schema of this installation: built once under DATA_DIR, read once by each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from simcore.apimachinery.kinds import KindTable
from simcore.apimachinery.schema import FILE_NAME, Schema
from simcore.apimachinery.schema_build import build
from simcore.kube_apiserver.http.openapi import OpenApi


@cache
def schema() -> Schema:
    """Builds the file when the installation's set-up has not done it."""
    path = Path(settings.DATA_DIR) / FILE_NAME
    if not path.exists():
        build(path.parent)
    return Schema.load(path)


@cache
def openapi() -> OpenApi:
    """The description of the built-in kinds."""
    return OpenApi(schema(), KindTable())
