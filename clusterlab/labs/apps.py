"""The Django app `labs`."""

import gc
import sys

from django.apps import AppConfig

GC_THRESHOLDS = (50_000, 50, 50)
"""A process holds tens of thousands of decoded objects; to look through them often costs more than it frees."""
SWITCH_S = 0.0005
"""A thread that computes lets the others go on so soon. At Python's 5 ms an answer, which changes threads a dozen
times, would wait that long each time while another cluster's thread is busy."""


class LabsConfig(AppConfig):
    name = "clusterlab.labs"

    def ready(self) -> None:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        sys.setswitchinterval(SWITCH_S)
