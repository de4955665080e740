"""What an explanation is made of."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.etcd.interface import Revision

State = Literal["ok", "wait", "bad"]


class Proof(NamedTuple):
    """A revision, and what it shows."""

    rev: Revision
    text: str


class Reason(NamedTuple):
    sentence: str
    proofs: tuple[Proof, ...] = ()


class Verdict(NamedTuple):
    """How an object is doing."""

    state: State
    sentence: str
    proofs: tuple[Proof, ...] = ()
