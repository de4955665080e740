"""What a container's processes find around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from simcore.kubelet.runtime.files import BARE, Tree
from simcore.kubelet.runtime.identity import ROOT, Identity
from simcore.kubelet.runtime.own_images import OwnImage
from simcore.kubelet.runtime.replies import Answers

_NONE: Mapping[str, str] = {}


class Inside(NamedTuple):
    variables: Mapping[str, str] = _NONE
    """The container's environment as the Pod and its references say it."""
    host: str = ""
    start_unix_ms: int = 0
    tree: Tree = BARE
    answers: Answers = ()
    """What the network has told it."""
    image: OwnImage | None = None
    """What the cluster's users say of its image."""
    identity: Identity = ROOT
    processes: tuple[str, ...] = ()
    """What else runs there, as `ps` shows it."""
