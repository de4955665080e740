"""Where in the run each input came in: what a replay needs besides the log.

Between two marks nothing happens but timers firing, in the order that the clock gives them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from simcore.etcd.interface import Revision
from simcore.sim.clock import SimTime


class Mark(NamedTuple):
    what: Literal["start", "take", "end"]
    """`start`: an owner built the cluster on what was stored; `take`: it took over what others had written;
    `end`: how far it has come."""
    revision: Revision
    """The newest one that was there then."""
    fired: int
    """Timers since the last start; of a start: how many its predecessor had fired when it last committed."""
    at: SimTime


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Mark).decode


def packed(mark: Mark) -> bytes:
    return _encode(mark)


def unpacked(data: bytes) -> Mark:
    return _decode(data)
