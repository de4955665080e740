"""Real Chromium on a running lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab


@pytest.fixture
def new_browser(lab: Lab, chromium_paths: tuple[str, str]) -> Iterator[Callable[[], Browser]]:
    """Makes browsers that share nothing with each other, as two people's."""
    browsers: list[Browser] = []

    def make() -> Browser:
        browsers.append(opened(lab.url, *chromium_paths))
        return browsers[-1]

    yield make
    for browser in browsers:
        browser.quit()


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()
