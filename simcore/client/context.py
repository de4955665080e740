"""What every component is constructed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simcore.client.informer import InformerFactory
from simcore.client.interfaces import ApiClient
from simcore.client.metered import MeteredClient
from simcore.client.recorder import EventRecorder
from simcore.sim.clock import Clock
from simcore.sim.latency import LatencyProfile
from simcore.sim.rng import Rng


@dataclass(frozen=True)
class ComponentContext:
    """One actor's connection to its cluster. Informers, clock and rng are shared by all actors."""

    connect: Callable[[str], ApiClient]
    """Makes a client that writes as the named actor."""
    informers: InformerFactory
    clock: Clock
    rng: Rng
    latency: LatencyProfile
    actor: str = "system"
    client: MeteredClient = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", MeteredClient(self.connect(self.actor)))

    def for_actor(self, actor: str) -> ComponentContext:
        """The same cluster, with a client of its own."""
        return ComponentContext(self.connect, self.informers, self.clock, self.rng, self.latency, actor)

    @property
    def calls(self) -> int:
        """How many API calls the actor has made; those of its recorders don't count, they hold nobody up."""
        return self.client.calls

    def recorder(self, component: str, host: str = "") -> EventRecorder:
        return EventRecorder(self.client.inner, self.clock, self.rng, component, host)
