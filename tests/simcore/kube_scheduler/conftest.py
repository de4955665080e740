"""What the scheduler's tests share."""

from __future__ import annotations

import pytest

from simcore.client.interfaces import ApiClient
from tests.kit.control_plane import ControlPlane


@pytest.fixture(scope="session")
def nobody() -> ApiClient:
    """A client for plugins that never call it."""
    return ControlPlane().client("nobody")
