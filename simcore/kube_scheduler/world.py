"""The record of the simulated world that the scheduler reads: its configuration.

/sim/scheduler/config            {"configuration": <KubeSchedulerConfiguration>}
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.configuration.model import BadConfiguration, Configuration
from simcore.kube_scheduler.configuration.reading import read

log = logging.getLogger(__name__)

CONFIG = "/sim/scheduler/config"


class World(Protocol):
    def get(self, path: str) -> Obj | None: ...

    def watch(self, prefix: str, handler: Callable[[str, Obj | None, int], None], /) -> None:
        """Calls `handler` with (path, record or None, revision) for each change from now on."""
        ...


def configuration_of(record: Obj | None) -> Configuration:
    """The defaults when there is no record, or one that this version of the scheduler refuses."""
    if record is None:
        return Configuration()
    try:
        return read(record.get("configuration"))
    except BadConfiguration as error:
        log.warning("the stored scheduler configuration is not valid, the defaults hold: %s", error)
        return Configuration()
