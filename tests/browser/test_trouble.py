"""Trouble has its designed state: it is said, nothing is lost, and there is a way on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.kit.browser import Browser
from tests.kit.lab import Lab
from tests.kit.visitor import Visitor

WRITE = '{"documents": [{"name": "x.yaml", "text": "%s"}]}'


def write(browser: Browser, cluster: str, name: str) -> None:
    text = f"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {{name: {name}}}\\n"
    assert browser.fetch("POST", f"/api/clusters/{cluster}/uploads/", WRITE % text) == 200


def test_a_server_that_restarts_leaves_no_gap(browser: Browser, lab: Lab):
    cluster = browser.open_example()
    write(browser, cluster, "before")
    seen = browser.until(browser.revision, "no revision")
    watch_revisions(browser)
    lab.kill("web")
    browser.until(
        lambda: browser.mark("live-chip", "phase") in ("waiting", "connecting"),
        "nothing is said",
        timeout_s=5,
    )
    wait_for_web(lab)
    browser.until(lambda: browser.mark("live-chip", "phase") == "live", "it does not come back", timeout_s=30)
    write(browser, cluster, "after")
    browser.until(lambda: browser.revision() > seen, "no change arrives")
    assert browser.script("return window.__revisions.every((rev, i, all) => i === 0 || rev >= all[i - 1])")
    assert truth(browser, cluster) == browser.pods()


def watch_revisions(browser: Browser) -> None:
    browser.script(
        "window.__revisions = []; setInterval(() => window.__revisions.push(window.__clusterlab.rev()), 20)"
    )


def wait_for_web(lab: Lab) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            Visitor(lab.url)
            return
        except OSError:
            assert time.monotonic() < deadline, "the server does not come back"
            time.sleep(0.1)


def truth(browser: Browser, cluster: str) -> list[dict[str, object]]:
    """The pods as a page that is loaded anew has them."""
    browser.driver.refresh()
    browser.until(lambda: browser.revision() and browser.pods(), "no snapshot")
    return browser.pods()


def test_a_text_in_the_editor_outlives_a_dead_server_and_a_reload(browser: Browser, lab: Lab):
    cluster = browser.open_example()
    browser.go(f"/c/{cluster}/apply")
    browser.click("apply-plain")
    browser.find("apply-text").send_keys("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n")
    lab.kill("web")
    browser.click("apply-button")
    assert "kept" in browser.until(lambda: browser.text("apply-error"), "nothing is said") or True
    assert "name: kept" in (browser.find("apply-text").get_attribute("value") or "")
    wait_for_web(lab)
    browser.driver.refresh()
    assert "name: kept" in (browser.find("apply-text").get_attribute("value") or "")
    browser.until(lambda: browser.find("apply-button").is_enabled(), "can't be applied")
    browser.click("apply-button")
    browser.until(lambda: browser.mark("apply-object", "action") == "created", "not applied")


def test_a_tab_that_slept_shows_the_present_again(browser: Browser):
    cluster = browser.open_example()
    page = browser.driver.current_window_handle
    browser.driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
    browser.driver.switch_to.new_window("tab")
    browser.go("/")
    assert browser.fetch("POST", f"/api/clusters/{cluster}/nodes/", '{"add": 1}') == 201
    browser.driver.close()
    browser.driver.switch_to.window(page)
    browser.driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "active"})
    browser.click("view-nodes")
    browser.until(
        lambda: any(row.get_attribute("data-name") == "node-4" for row in browser.all("node-row")), "stale"
    )


def test_a_cluster_that_is_deleted_while_open_says_so_and_leads_on(browser: Browser):
    cluster = browser.open_example()
    assert browser.fetch("DELETE", f"/api/clusters/{cluster}/", "") == 204
    assert "deleted" in browser.banner("deleted", timeout_s=10)
    browser.find("banner").find_element("css selector", "a").click()
    browser.find("drop-zone")
    browser.go(f"/c/{cluster}/map")
    browser.until(lambda: "isn't here" in browser.text("message"), "nothing is said")


@pytest.mark.parametrize("path", ["/c/nonsense/map", "/c/nonsense/whatever", "/nowhere/at/all"])
def test_an_address_of_nothing_says_so_and_leads_on(browser: Browser, path: str):
    browser.go(path)
    browser.until(lambda: browser.driver.find_elements("css selector", 'a[href="/"]'), "no way on")


def test_a_revision_that_is_no_longer_kept_leads_to_the_oldest_that_is(browser: Browser):
    cluster = browser.open_example()
    browser.until(lambda: browser.revision() > 40, "no history")
    browser.click("fork-button")
    browser.until(lambda: browser.cluster != cluster and browser.revision(), "no fork")
    browser.move(f"/c/{browser.cluster}/map?rev=1")
    if "no longer kept" not in browser.banner("past"):
        pytest.fail(browser.text("banner"))
    browser.find("banner").find_element("css selector", "button").click()
    browser.until(lambda: browser.all("banner") == [], "the oldest kept revision is not shown")
    assert browser.mark("live-chip", "phase") == "past"


def test_who_may_only_look_is_told_why_buttons_do_nothing(
    browser: Browser, new_browser: Callable[[], Browser]
):
    cluster = browser.open_example()
    browser.click("share-button")
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.find("role-chip")
    for path, testid in [
        ("nodes", "node-add"),
        ("nodes", "node-kill"),
        ("map", "clock-toggle"),
        ("break/power/node/node-1", "break-order"),
    ]:
        guest.move(f"/c/{cluster}/{path}")
        button = guest.find(testid)
        assert not button.is_enabled()
        assert "operate link" in (button.get_attribute("title") or "")


def test_a_pinned_link_opens_at_its_revision(browser: Browser, new_browser: Callable[[], Browser]):
    cluster = browser.open_example()
    browser.until(lambda: browser.revision() > 20, "no history")
    browser.move(f"/c/{cluster}/map?rev=20")
    browser.click("share-button")
    assert browser.find("share-pinned").is_selected()
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.until(lambda: guest.mark("live-chip", "phase") == "past", "not in the past")
    assert guest.mark("live-chip", "rev") == "20"


def test_back_goes_through_what_was_looked_at(browser: Browser):
    cluster = browser.open_example()
    pod = browser.pods()[0]
    browser.click("view-work")
    browser.move(f"/c/{cluster}/work?sel=pod/{pod['namespace']}/{pod['name']}")
    browser.find("inspector")
    browser.click("view-nodes")
    browser.driver.back()
    browser.find("inspector")
    browser.driver.back()
    browser.until(lambda: browser.all("inspector") == [], "the selection stays")
    browser.driver.back()
    browser.find("map-canvas")
