"""Users of the API server's own files: tokens (`--token-auth-file`) and passwords (`--basic-auth-file`).

A line is `token,user,uid,"group1,group2"` or `password,user,uid,"group1,group2"`. The secrets are kept as keyed
hashes only: without the installation's key the store's records don't even let one try passwords.

Models: kubernetes v1.36 apiserver/pkg/authentication/token/tokenfile/tokenfile.go; passwords as up to v1.18.
"""

from __future__ import annotations

import csv
import hmac
from base64 import b64decode
from collections.abc import Callable, Iterable
from hashlib import sha256

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authentication.presented import NotAuthenticated, Presented, known
from simcore.kube_apiserver.users import User

MOST_USERS = 1_000
TOKEN, PASSWORD = "token", "password"


class BadFile(ValueError):
    """A line that is no user; the text never quotes a secret."""


def records_of(text: str, kind: str, key: bytes) -> list[Obj]:
    """The users of a file, as they are stored. Raises: BadFile."""
    found: list[Obj] = []
    for number, row in enumerate(csv.reader(text.splitlines(), skipinitialspace=True), 1):
        if not row or row[0].startswith("#"):
            continue
        if len(row) < 3:
            raise BadFile(
                f"line {number}: expected at least 3 columns ({kind}, user name, user uid), found {len(row)}"
            )
        secret, name, uid = (part.strip() for part in row[:3])
        if not secret or not name:
            raise BadFile(f"line {number}: the {kind} and the user must not be empty")
        groups = [group.strip() for part in row[3:4] for group in part.split(",") if group.strip()]
        hashed = secret_hash(key, kind, *((name,) if kind == PASSWORD else ()), secret)
        found.append({"kind": kind, "user": name, "uid": uid, "groups": groups, "hash": hashed})
    if len(found) > MOST_USERS:
        raise BadFile(f"{len(found)} users; at most {MOST_USERS} are taken")
    return found


def secret_hash(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode(), sha256).hexdigest()


class StaticTokens:
    def __init__(self, records: Callable[[], Iterable[Obj]], key: bytes) -> None:
        self._records, self._key = records, key

    def user(self, asked: Presented) -> User | None:
        """A token that is in no file may still be another authenticator's."""
        token = asked.authorization("bearer")
        return _found(self._records(), TOKEN, secret_hash(self._key, TOKEN, token)) if token else None


class Passwords:
    def __init__(self, records: Callable[[], Iterable[Obj]], key: bytes) -> None:
        self._records, self._key = records, key

    def user(self, asked: Presented) -> User | None:
        """Without a file of passwords nobody reads the header."""
        records = [record for record in self._records() if record["kind"] == PASSWORD]
        given = asked.authorization("basic") if records else ""
        if not given:
            return None
        try:
            name, colon, password = b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            name = colon = password = ""
        user = _found(records, PASSWORD, secret_hash(self._key, PASSWORD, name, password)) if colon else None
        if user is None:
            raise NotAuthenticated("invalid username/password combination")
        return user


def _found(records: Iterable[Obj], kind: str, hashed: str) -> User | None:
    """Looks at all of them, however early one fits: the time tells nothing."""
    user = None
    for record in records:
        if record["kind"] == kind and hmac.compare_digest(record["hash"], hashed):
            user = known(record["user"], record["groups"], record["uid"])
    return user
