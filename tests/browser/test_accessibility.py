"""No view, in no theme and no language, has anything that axe-core holds against WCAG 2.1 A and AA."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.options import ROOT
from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
POD = "pod/default/too-much-cpu"
PAGES = {
    "start": "/",
    "map": f"/c/{{id}}/map?sel={POD}",
    "map of the past": "/c/{id}/map?rev=30",
    "map by image": "/c/{id}/map?colour=image",
    "map by cpu": "/c/{id}/map?colour=cpu&q=cpu:none",
    "work": f"/c/{{id}}/work?sel={POD}&tab=why",
    "owners": f"/c/{{id}}/work/owners?sel={POD}",
    "nothing matches": "/c/{id}/work?q=nothing-is-called-so",
    "nodes": "/c/{id}/nodes?sel=node/_/node-1&tab=metrics",
    "net": "/c/{id}/net",
    "walk": "/c/{id}/net/walk?from=pod/default/runs&to=svc/default/kubernetes:443",
    "sched": "/c/{id}/sched",
    "one pod's scheduling": "/c/{id}/sched/default/too-much-cpu",
    "trace": f"/c/{{id}}/trace?sel={POD}&tab=diff",
    "metrics": "/c/{id}/metrics",
    "events": f"/c/{{id}}/events?sel={POD}&tab=events",
    "logs": "/c/{id}/logs/default/runs",
    "requests": "/c/{id}/requests",
    "apply": "/c/{id}/apply",
    "break": "/c/{id}/break/power/node/node-1",
    "object": "/c/{id}/r/core/v1/pod/default/runs?tab=yaml",
    "no such page": "/c/{id}/nonsense",
    "no such cluster": "/c/nonsense/map",
}


@pytest.fixture(scope="module")
def reader(lab: Lab, chromium_paths: tuple[str, str]) -> Iterator[tuple[Browser, str]]:
    """A browser that keeps its cluster for all these tests."""
    browser = opened(lab.url, *chromium_paths)
    yield browser, browser.open_example("why-pending")
    browser.quit()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(reader: tuple[Browser, str], theme: str, language: str):
    browser, cluster = reader
    browser.prefer(theme, language)
    browser.go("/")
    found = {}
    for name, path in PAGES.items():
        browser.move(path.format(id=cluster))
        browser.settle()
        if findings := browser.axe(AXE.read_text()):
            found[name] = findings
    assert found == {}


@pytest.mark.parametrize(
    "opener", ["share-button", "viewers", "kubeconfig-command", "palette-button", "run-until"]
)
def test_axe_finds_nothing_in_what_opens_over_a_view(reader: tuple[Browser, str], opener: str):
    browser, cluster = reader
    browser.driver.refresh()
    browser.move(f"/c/{cluster}/map")
    browser.settle()
    browser.click(opener)
    browser.settle()
    assert browser.axe(AXE.read_text()) == []


@pytest.mark.parametrize(
    ("view", "openers"),
    [
        pytest.param("work", ["pick-all", "bulk-delete"], id="deleting pods"),
        pytest.param("work/deployments", ["pick-all", "bulk-scale"], id="scaling"),
        pytest.param("nodes", ["node-drain"], id="draining"),
    ],
)
def test_axe_finds_nothing_in_what_is_done_to_rows(
    reader: tuple[Browser, str], view: str, openers: list[str]
):
    browser, cluster = reader
    browser.driver.refresh()
    browser.move(f"/c/{cluster}/{view}")
    browser.settle()
    for opener in openers:
        browser.click(opener)
    browser.settle()
    assert browser.axe(AXE.read_text()) == []
