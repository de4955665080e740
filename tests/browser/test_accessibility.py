"""No view, in no theme and no language, has anything that axe-core holds against WCAG 2.1 A and AA."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from scripts.options import ROOT
from tests.browser.views import TABS, VIEWS
from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
POD = "pod/default/too-much-cpu"
PAGES = {
    "start": "/",
    **{view: f"/c/{{id}}/{view}" for view in VIEWS},
    **{f"{tab} of a pod": f"/c/{{id}}/map?sel={POD}&tab={tab}" for tab in TABS},
    "map by image": "/c/{id}/map?colour=image",
    "map by cpu": "/c/{id}/map?colour=cpu&q=cpu:none",
    "owners": f"/c/{{id}}/work/owners?sel={POD}",
    "map of the past": "/c/{id}/map?rev=30",
    "a kind": "/c/{id}/work/deployments",
    "a node": "/c/{id}/nodes?sel=node/_/node-1&tab=metrics",
    "walk": "/c/{id}/net/walk?from=pod/default/runs&to=svc/default/kubernetes:443",
    "one pod's scheduling": "/c/{id}/sched/default/too-much-cpu",
    "one pod's log": "/c/{id}/logs/default/runs",
    "a foretold fault": "/c/{id}/break/power/node/node-1",
    "two revisions": "/c/{id}/compare?cmp=30",
    "who may what": "/c/{id}/requests/may/delete/pods/default?from=@view",
    "a node's metrics": "/c/{id}/metrics/node/_/node-1",
    "object": "/c/{id}/r/core/v1/pod/default/runs?tab=yaml",
    "no such page": "/c/{id}/nonsense",
    "no such cluster": "/c/nonsense/map",
}
Open = Callable[[Browser], object]
OVER_A_VIEW: dict[str, tuple[str, Open]] = {
    "share": ("map", lambda b: b.click("share-button")),
    "who is here": ("map", lambda b: b.click("viewers")),
    "kubeconfig": ("map", lambda b: b.click("kubeconfig-command")),
    "run until": ("map", lambda b: b.click("run-until")),
    "keys": ("nodes", lambda b: b.press("?")),
    "the palette": ("work", lambda b: b.click("palette-button")),
    "kinds": ("trace", lambda b: b.press(":")),
    "nothing found": ("map", lambda b: (b.press(":"), b.find("palette-input").send_keys("no such thing"))),
    "a node's tip": ("map", lambda b: b.driver.find_element("css selector", "[role=application]").send_keys(
        Keys.ARROW_RIGHT)),
    "deleting pods": ("work", lambda b: (b.click("pick-all"), b.click("bulk-delete"))),
    "scaling": ("work/deployments", lambda b: (b.click("pick-all"), b.click("bulk-scale"))),
    "draining": ("nodes", lambda b: b.click("node-drain")),
    "what a change would do": ("apply", lambda b: (b.click("apply-example"), b.click("diff-button"),
                                                    b.find("object-diff"))),
    "sums of zones": ("map", lambda b: b.click("zoom-zones")),
    "the map as a table": ("map", lambda b: b.click("map-twin")),
}  # fmt: skip
STATES = {
    "the filter hides all of the map": "map?q=no-such-thing",
    "the filter hides all pods": "work?q=no-such-thing",
    "no such service": "net?q=no-such-thing",
    "no such event": "events?q=no-such-thing",
    "a namespace without pods": "map?ns=kube-public",
    "an object that is not there": "work?sel=pod/default/nobody",
    "an object of an unknown kind": "work?sel=oven/default/nobody",
    "a log of nobody": "logs/default/nobody",
    "scheduling of nobody": "sched/default/nobody",
    "a trace of nothing": "trace?sel=pod/default/nobody",
    "a revision that never was": "map?rev=99999999",
    "before there was anything": "work?rev=1",
}


class Reader:
    """A browser that keeps its cluster for all these tests."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.cluster = browser.open_example("why-pending")

    def go(self, place: str) -> None:
        self.browser.move(f"/c/{self.cluster}/{place}")
        self.browser.settle()

    def findings(self) -> list[str]:
        self.browser.settle()
        return self.browser.axe(AXE.read_text())


@pytest.fixture(scope="module")
def reader(lab: Lab, chromium_paths: tuple[str, str]) -> Iterator[Reader]:
    browser = opened(lab.url, *chromium_paths)
    yield Reader(browser)
    browser.quit()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(reader: Reader, theme: str, language: str):
    reader.browser.prefer(theme, language)
    reader.browser.go("/")
    found = {}
    for name, path in PAGES.items():
        reader.browser.move(path.format(id=reader.cluster))
        if findings := reader.findings():
            found[name] = findings
    assert found == {}


@pytest.mark.parametrize(("theme", "language"), [("light", "ko"), ("dark", "en")])
def test_axe_finds_nothing_in_what_opens_over_a_view(reader: Reader, theme: str, language: str):
    browser = reader.browser
    browser.prefer(theme, language)
    browser.driver.refresh()
    found = {}
    for name, (place, open_it) in OVER_A_VIEW.items():
        reader.go(place)
        open_it(browser)
        if findings := reader.findings():
            found[name] = findings
        for _ in range(3):
            browser.press(Keys.ESCAPE)
    assert found == {}
    browser.script(f"localStorage.removeItem('clusterlab.draft.{reader.cluster}')")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])
def test_axe_finds_nothing_where_something_is_missing_or_wrong(
    reader: Reader, theme: str, language: str, tmp_path: Path
):
    browser = reader.browser
    browser.prefer(theme, language)
    browser.go(f"/c/{reader.cluster}/map")
    browser.until(browser.revision, "no revision")
    found = {}
    for name, place in STATES.items():
        reader.go(place)
        if findings := reader.findings():
            found[name] = findings
    broken = [tmp_path / "typo.yaml", tmp_path / "no.zip"]
    broken[0].write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: X}\ndta: {}\n---\nkind: Oven\n---\na:\n\tb: 1\n"
    )
    broken[1].write_bytes(b"no archive")
    reader.go("apply")
    browser.upload("upload-input", *broken)
    browser.find("toast")
    browser.click("dry-run-button")
    browser.find("apply-problem")
    browser.find("lint-problem")
    found["faults"] = reader.findings()
    browser.script(f"localStorage.removeItem('clusterlab.draft.{reader.cluster}')")
    browser.script(DEAD_SOCKETS)
    browser.banner("lost")
    found["a lost connection"] = reader.findings()
    browser.driver.refresh()
    browser.until(browser.revision, "no revision")
    browser.script("window.fetch = () => Promise.resolve(new Response('[1]'))")
    reader.go("metrics")
    browser.find("mishap")
    found["an answer that can't be read"] = reader.findings()
    assert {name: each for name, each in found.items() if each} == {}


DEAD_SOCKETS = """
window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 })) } close() {} }
dispatchEvent(new Event('offline'))
"""


def test_axe_finds_nothing_on_the_start_page_whatever_is_open(reader: Reader):
    browser, found = reader.browser, {}
    for theme, language in [("dark", "en"), ("light", "ko")]:
        browser.prefer(theme, language)
        browser.go("/")
        for opener in ("account-button", "cluster-rename-open", "show-archived"):
            browser.click(opener)
            found[theme, opener] = reader.findings()
            browser.press(Keys.ESCAPE)
    browser.go("/new?example=nonsense")
    found["an example that is not there"] = reader.findings()
    browser.go(f"/c/{reader.cluster}/map")
    browser.until(browser.revision, "no revision")
    assert browser.fetch("DELETE", f"/api/clusters/{reader.cluster}/", "") == 204
    browser.banner("deleted")
    found["a deleted cluster"] = reader.findings()
    assert {name: each for name, each in found.items() if each} == {}
