"""The page in real Chromium: a large cluster in unrest, and the way from nothing to the Map."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, bench
from tests.bench.live_feed import LiveFeed
from tests.kit import programs
from tests.kit.browser import Browser, opened
from tests.kit.lab import running_lab
from tests.kit.redis_process import temporary_folder

PODS, NODES, CHANGES = 10_000, 500, 5_000
WARM_S, MEASURED_S = 3, 10
OPENINGS = 5


@bench("browser.unrest")
def unrest() -> Iterator[Figure]:
    """10,000 pods, 5,000 of them changing every second: how long the main thread works, what stays in memory."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        browser = opened(lab.url, *programs.chromium_or_skip())
        try:
            cluster = browser.open_example()
            feed = LiveFeed(pods=PODS, nodes=NODES, changes=CHANGES, seconds=WARM_S + MEASURED_S + 2)
            with feed:
                redirect(browser, feed.port)
                browser.go(f"/c/{cluster}/map")
                browser.until(lambda: sum(browser.counts().values()) == PODS, "no snapshot", timeout_s=60)
                feed.begin()
                time.sleep(WARM_S)
                yield from measure(browser)
        finally:
            browser.quit()


def redirect(browser: Browser, port: int) -> None:
    """From the next page on, live sockets lead to `port`."""
    source = f"window.WebSocket = class extends WebSocket {{ constructor() {{ super('ws://127.0.0.1:{port}/') }} }}"
    browser.driver.execute_cdp_cmd("Page.enable", {})
    browser.driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})


def measure(browser: Browser) -> Iterator[Figure]:
    browser.driver.execute_cdp_cmd("Performance.enable", {})
    browser.script(
        "window.__frames = 0; (function count() { window.__frames += 1; requestAnimationFrame(count) })()"
    )
    heap, busy, frames, revision = (
        heap_bytes(browser),
        busy_s(browser),
        frames_drawn(browser),
        browser.revision(),
    )
    started = time.monotonic()
    time.sleep(MEASURED_S)
    passed = time.monotonic() - started
    busy, frames, revision = (
        busy_s(browser) - busy,
        frames_drawn(browser) - frames,
        browser.revision() - revision,
    )
    growth = heap_bytes(browser) - heap
    yield Figure("browser.busy", MEASURED_S * busy / passed, "s/10s", 3, "limit", lower_is_better=True)
    yield Figure("browser.applied", revision * CHANGES / 20 / passed, "changes/s", 0.9 * CHANGES, "limit")
    yield Figure("browser.fps", frames / passed, "frames/s", 30, "limit")
    yield Figure("browser.heap", (heap + growth) / 2**20, "MiB", 200, "limit", lower_is_better=True)
    yield Figure("browser.growth", max(0.0, growth / 2**20), "MiB/10s", 10, "limit", lower_is_better=True)


def metric(browser: Browser, name: str) -> float:
    found = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(each["value"] for each in found if each["name"] == name))


def busy_s(browser: Browser) -> float:
    """How long the main thread has worked so far."""
    return metric(browser, "TaskDuration")


def heap_bytes(browser: Browser) -> float:
    """What is still in use after the garbage was collected."""
    browser.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    return metric(browser, "JSHeapUsedSize")


def frames_drawn(browser: Browser) -> int:
    return int(browser.script("return window.__frames"))


@bench("browser.open")
def opening() -> Iterator[Figure]:
    """From the click on an example to running pods on the Map, and from a cluster's address to its pods."""
    clicks, loads = [], []
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        browser = opened(lab.url, *programs.chromium_or_skip())
        try:
            for _ in range(OPENINGS):
                browser.go("/")
                browser.find("example-open-first-steps")
                clicks.append(seconds_to_pods(browser, partial(browser.click, "example-open-first-steps")))
                address = browser.driver.current_url
                browser.go("/")
                browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
                loads.append(seconds_to_pods(browser, partial(browser.go, address)))
        finally:
            browser.quit()
    yield Figure("browser.click", median(clicks), "s", 2, "limit", lower_is_better=True)
    yield Figure("browser.load", median(loads), "s", 2, "limit", lower_is_better=True)


def seconds_to_pods(browser: Browser, act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    browser.until(lambda: browser.counts().get("running"), "no pod runs on the Map")
    return time.perf_counter() - started
