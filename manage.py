#!/usr/bin/env python
"""Django's command line, with `cluster` for everything that the dashboard does to clusters."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")
    execute_from_command_line(sys.argv)
