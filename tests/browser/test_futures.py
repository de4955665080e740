"""Stories of faults, comparisons and company: what breaks mends itself, a fork beside its origin, one leads."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.keys import Keys

from tests.kit.browser import Browser


def running(browser: Browser, prefix: str) -> int:
    return sum(p["status"] == "running" and p["name"].startswith(prefix) for p in browser.pods())


def is_at(browser: Browser, path: str) -> bool:
    return browser.driver.current_url.split("/c/")[1].partition("/")[2].startswith(path)


def test_a_fault_is_foretold_counts_down_over_every_view_and_ends_by_itself(browser: Browser):
    cluster = browser.open_example("node-dies")
    browser.until(lambda: running(browser, "web") == 9, "not all pods run")
    browser.click("view-break")
    browser.find("break-fault")
    assert {each.get_attribute("data-kind") for each in browser.all("break-fault")} == {
        "power", "kubelet", "network", "crash", "registry", "dns",
    }  # fmt: skip
    browser.move(f"/c/{cluster}/break/power/node/node-2")
    on_node = sum(pod["node"] == "node-2" for pod in browser.pods())
    assert browser.until(lambda: browser.mark("break-sentence", "pods"), "nothing is foretold") == str(
        on_node
    )
    assert browser.mark("break-turn", "what") == "begins"
    browser.click("break-order")
    browser.find("fault")
    # it counts down, whatever is on screen
    browser.click("view-nodes")
    browser.find("node-row")
    first = int(browser.mark("fault", "left") or 0)
    assert 0 < first <= 60_000
    browser.until(lambda: int(browser.mark("fault", "left") or 0) < first, "the time does not run down")
    assert browser.fetch("POST", f"/api/clusters/{cluster}/clock/", '{"speed": 60}') == 200
    browser.until(lambda: browser.all("fault") == [], "the fault does not end")
    browser.until(
        lambda: {row.get_attribute("data-ready") for row in browser.all("node-row")} == {"1"},
        "the node does not come back",
    )
    # the timeline has both, and the past has the fault
    told = browser.until(
        lambda: [
            mark
            for mark in browser.all("timeline-marker")
            if "has its power again" in (mark.get_attribute("aria-label") or "")
        ],
        "its end is not on the timeline",
    )
    assert told
    browser.press("{")
    browser.until(lambda: browser.mark("live-chip", "phase") == "past", "not in the past")
    assert browser.complaints() == []


def test_a_fault_without_an_end_is_removed_by_hand(browser: Browser):
    cluster = browser.open_example("first-steps")
    browser.move(f"/c/{cluster}/break/network/node/node-1")
    browser.find("break-duration")
    options = {each.get_attribute("data-seconds"): each for each in browser.all("break-duration")}
    options[""].click()
    browser.find("break-sentence")
    browser.click("break-order")
    assert browser.mark("fault", "left") or browser.find("fault").get_attribute("data-left") == ""
    browser.click("fault-remove")
    browser.until(lambda: browser.all("fault") == [], "the fault stays")
    assert browser.complaints() == []


def test_a_fork_beside_its_origin_shows_what_differs_by_kind_and_field(browser: Browser):
    origin = browser.open_example("first-steps")
    browser.click("fork-button")
    browser.until(lambda: f"/c/{origin}/" not in browser.driver.current_url, "no fork")
    fork = browser.cluster
    browser.until(lambda: browser.counts().get("running"), "the fork has no pods")
    manifest = (
        '{"documents": [{"name": "a.yaml", "text": '
        '"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: only-here}\\ndata: {a: b}\\n"}]}'
    )
    assert browser.fetch("POST", f"/api/clusters/{fork}/uploads/", manifest) == 200
    browser.click("compare-button")
    browser.until(lambda: is_at(browser, f"compare/{origin}"), "the origin is not offered")
    browser.until(
        lambda: any(
            row.get_attribute("data-key") == "configmaps/default/only-here"
            for row in browser.all("compare-row")
        ),
        "the new object is not listed",
    )
    assert len(browser.find("compare-tallies").find_elements("css selector", "tbody tr")) == 3
    kinds = {each.get_attribute("data-kind"): each for each in browser.all("compare-kind")}
    kinds["ConfigMap"].click()
    browser.until(
        lambda: (
            {row.get_attribute("data-key").split("/")[0] for row in browser.all("compare-row")}
            == {"configmaps"}
        ),
        "other kinds are still listed",
    )
    row = next(
        row for row in browser.all("compare-row") if row.get_attribute("data-key").endswith("only-here")
    )
    assert row.get_attribute("data-side") == "added"
    row.click()
    browser.until(lambda: "only-here" in browser.text("compare-detail"), "the object is not shown")
    # the same from the other side
    browser.click("compare-swap")
    browser.until(lambda: is_at(browser, f"compare/{fork}"), "the sides are not swapped")
    browser.until(
        lambda: any(row.get_attribute("data-side") == "removed" for row in browser.all("compare-row")),
        "nothing is missing on the other side",
    )
    assert browser.complaints() == []


def test_two_revisions_are_compared_field_by_field(browser: Browser):
    cluster = browser.open_example("first-steps")
    before = browser.revision()
    change = '{"add": 1}'
    assert browser.fetch("POST", f"/api/clusters/{cluster}/nodes/", change) == 200 + 1
    browser.until(lambda: browser.revision() > before + 3, "nothing happens")
    browser.move(f"/c/{cluster}/compare?cmp={before}")
    browser.until(
        lambda: any(
            row.get_attribute("data-key").startswith("nodes/_/") for row in browser.all("compare-row")
        ),
        "the new node is not listed",
    )
    assert browser.mark("compare-sentence", "same") == "false"
    assert browser.complaints() == []


def test_whoever_may_only_look_comes_along_with_a_presenter_and_leaves_by_one_click(
    browser: Browser, new_browser: Callable[[], Browser]
):
    cluster = browser.open_example()
    browser.click("share-button")
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.until(lambda: guest.counts().get("running"), "the guest sees no pod")
    browser.press(Keys.ESCAPE)
    browser.until(lambda: browser.mark("viewers", "viewers") == "2", "nobody else is seen")
    browser.click("viewers")
    browser.click("lead")
    assert browser.mark("follow-bar", "state") == "leads"
    guest.until(lambda: guest.mark("follow-bar", "state") == "follows", "the guest does not come along")
    # view, object, what the view's path says besides, and revision
    browser.move(f"/c/{cluster}/nodes?sel=node/_/node-1")
    guest.until(lambda: is_at(guest, "nodes?sel=node/_/node-1"), "not to the object")
    browser.move(f"/c/{cluster}/break/power/node/node-1?rev=30")
    guest.until(lambda: is_at(guest, "break/power/node/node-1?rev=30"), "not to the revision")
    guest.click("follow-leave")
    guest.until(lambda: guest.mark("follow-bar", "state") != "follows", "the guest is still led")
    browser.move(f"/c/{cluster}/map")
    browser.until(lambda: browser.mark("live-chip", "phase") == "live", "not live")
    assert is_at(guest, "break/power/node/node-1?rev=30")
    # and who presents no longer leads
    browser.click("lead-end")
    browser.until(lambda: browser.all("follow-bar") == [], "still presenting")
    assert browser.complaints() == guest.complaints() == []


def test_why_something_is_refused_is_told_with_what_is_near(browser: Browser):
    cluster = browser.open_example("first-steps")
    browser.click("view-requests")
    browser.click("may-open")
    browser.type("may-who", "@view")
    browser.type("may-verb", "delete")
    browser.click("may-ask")
    browser.until(lambda: browser.mark("may-verdict", "allowed") == "false", "it is not refused")
    assert 'cannot delete resource "pods"' in browser.text("may-verdict")
    assert (
        is_at(browser, "requests/may/delete/pods/default?from=@view")
        or "from=%40view" in browser.driver.current_url
    )
    browser.move(f"/c/{cluster}/requests/may/get/pods/default?from=@view")
    browser.until(lambda: browser.mark("may-verdict", "allowed") == "true", "it is not allowed")
    assert browser.complaints() == []
