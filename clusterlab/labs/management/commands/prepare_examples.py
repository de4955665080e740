"""`manage.py prepare_examples`: founds the large examples, so that they open at once. Needs no running service."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clusterlab.labs.examples import catalogue
from clusterlab.labs.prepared import prepare


class Command(BaseCommand):
    help = "Founds the large examples, so that they open at once."

    def handle(self, **_: Any) -> None:
        for example in catalogue().values():
            if example.is_large:
                prepare(example)
