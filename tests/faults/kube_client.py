"""A client of a cluster's Kubernetes API that is quick enough for many requests and says what became of each."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
TIMEOUT_S = 10.0


class NoAnswer(Exception):
    """The connection broke or nothing came in time: what was asked may have happened or not."""


class KubeClient:
    """One keep-alive connection, made anew after a failure. For one thread."""

    def __init__(self, kubeconfig: Path) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        address = urlsplit(cluster["server"])
        self._host, self._port, self._path = address.hostname or "", address.port, address.path
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)
        self._headers = {"Authorization": f"Bearer {user['token']}", "Content-Type": "application/json"}
        self._connection: HTTPSConnection | None = None

    def ask(self, method: str, path: str, document: object = None, *, patch: str = "") -> tuple[int, Any]:
        """(status, document). Raises: NoAnswer."""
        headers = self._headers | ({"Content-Type": f"application/{patch}-patch+json"} if patch else {})
        body = None if document is None else json.dumps(document)
        if self._connection is None:
            self._connection = HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._tls)
        try:
            self._connection.request(method, self._path + path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise NoAnswer(str(error)) from error

    def lines(self, path: str) -> Iterator[bytes]:
        """Of an answer that goes on for a while, each as it comes, on a connection of its own.

        A refusal is one line, its Status in an ERROR event. Raises: NoAnswer.
        """
        connection = HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._tls)
        try:
            connection.request("GET", self._path + path, None, self._headers)
            answer = connection.getresponse()
            if answer.status == 200:
                yield from answer
            else:
                yield b'{"type": "ERROR", "object": %b}' % answer.read()
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error)) from error
        finally:
            connection.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
