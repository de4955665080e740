"""The schema, made once from its package, and an API server behind its HTTP door."""

from __future__ import annotations

import json

import pytest

from simcore.apimachinery.kinds import KindTable
from simcore.apimachinery.schema import Schema
from simcore.apimachinery.schema_build import definitions, source_path
from simcore.kube_apiserver.http.openapi import OpenApi
from tests.simcore.kube_apiserver.http.door import Door


@pytest.fixture(scope="session")
def schema() -> Schema:
    return Schema(definitions(json.loads(source_path().read_bytes())))


@pytest.fixture(scope="session")
def openapi(schema: Schema) -> OpenApi:
    return OpenApi(schema, KindTable())


@pytest.fixture
def door(schema: Schema, openapi: OpenApi) -> Door:
    return Door(schema, openapi)
