"""Real Chromium on a running lab. Browsers are expensive: they are kept, and forget who they were between tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab


@pytest.fixture(scope="session")
def kept_browsers(lab: Lab) -> Iterator[list[Browser]]:
    browsers: list[Browser] = []
    yield browsers
    for browser in browsers:
        browser.quit()


@pytest.fixture
def new_browser(
    lab: Lab, chromium_paths: tuple[str, str], kept_browsers: list[Browser]
) -> Iterator[Callable[[], Browser]]:
    """Gives browsers that share nothing with each other, as two people's."""
    used: list[Browser] = []

    def give() -> Browser:
        browser = kept_browsers.pop() if kept_browsers else opened(lab.url, *chromium_paths)
        used.append(browser)
        return browser

    yield give
    for browser in used:
        browser.forget()
    kept_browsers.extend(used)


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()
