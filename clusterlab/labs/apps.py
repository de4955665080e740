"""The Django app `labs`."""

import gc

from django.apps import AppConfig

GC_THRESHOLDS = (50_000, 50, 50)
"""A process holds tens of thousands of decoded objects; to look through them often costs more than it frees."""


class LabsConfig(AppConfig):
    name = "clusterlab.labs"

    def ready(self) -> None:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
