"""Amounts that are a number or a share: `3` or `25%`."""

from __future__ import annotations

import re
from typing import Any

from simcore.kube_apiserver.validation.field import Errors, all_invalid, invalid, not_negative
from simcore.kube_apiserver.validation.names import percent


def int_or_percent(path: str, value: Any) -> Errors:
    """Not below zero."""
    if isinstance(value, str):
        return all_invalid(path, value, percent(value))
    return not_negative(path, value)


def not_over_100_percent(path: str, value: Any) -> Errors:
    share = _share(value)
    return (
        [invalid(path, value, "must not be greater than 100%")] if share is not None and share > 100 else []
    )


def is_nothing(value: Any) -> bool:
    """Whether the amount is 0 or 0%; a text that is neither counts as the number in it."""
    share = _share(value)
    if share is not None:
        return share == 0
    if isinstance(value, str):
        return not value.isdigit() or int(value) == 0
    return not value


def _share(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch("[0-9]+%", value):
        return int(value[:-1])
    return None
