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
        "window.__revisions = []; window.__phases = []; setInterval(() => {"
        " window.__revisions.push(window.__clusterlab.rev()); window.__phases.push(window.__clusterlab.link()) }, 20)"
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


def test_workers_that_die_are_replaced_and_the_page_goes_on(browser: Browser, lab: Lab):
    cluster = browser.open_example()
    watch_revisions(browser)
    for worker in ("engine-0", "engine-1"):
        lab.kill(worker)
    text = "apiVersion: v1\\nkind: Pod\\nmetadata: {name: late}\\nspec: {containers: [{name: c, image: nginx}]}\\n"
    assert browser.fetch("POST", f"/api/clusters/{cluster}/uploads/", WRITE % text) == 200
    browser.until(
        lambda: any(pod["name"] == "late" and pod["status"] == "running" for pod in browser.pods()),
        "nobody took the cluster over",
        timeout_s=60,
    )
    assert browser.script("return window.__revisions.every((rev, i, all) => i === 0 || rev >= all[i - 1])")
    assert browser.script("return window.__phases.every((phase) => phase === 'live')")


def test_a_tab_that_is_too_slow_is_told_what_it_missed_and_is_right_again(browser: Browser):
    cluster = browser.open_example()
    browser.script(
        "window.__sockets = []; const send = WebSocket.prototype.send; window.__slow = true;"
        "WebSocket.prototype.send = function (text) { window.__sockets.push(this);"
        " if (!window.__slow || !text.includes('ack')) send.call(this, text) }"
    )
    started, number = time.monotonic(), 0
    while time.monotonic() - started < 7:
        number += 1
        write(browser, cluster, f"slow-{number}")
        time.sleep(0.3)
    browser.script(
        "window.__slow = false;"
        "const text = JSON.stringify({ t: 'ack', rev: window.__clusterlab.rev() });"
        "window.__sockets.at(-1).send(text)"
    )
    assert "too slow" in browser.banner("skipped")
    newest = browser.revision()
    write(browser, cluster, "after")
    browser.until(lambda: browser.revision() > newest, "nothing comes any more")
    assert browser.pods() == truth(browser, cluster)


def test_a_link_that_is_revoked_while_open_is_cut_within_a_second(
    browser: Browser, new_browser: Callable[[], Browser]
):
    cluster = browser.open_example()
    browser.click("share-button")
    guest, took = new_browser(), []
    for _ in range(3):  # one of them in time: the machine has others to serve
        browser.click("share-create")
        before = len(took)
        guest.go(browser.until(lambda: browser.text("share-url"), "no link"))
        guest.until(lambda: guest.mark("live-chip", "phase") == "live", "the guest is not let in")
        guest.script(
            "window.__cut = 0;"
            "setInterval(() => { if (__clusterlab.link() === 'ended') window.__cut ||= Date.now() }, 10)"
        )
        browser.all("share-revoke")[-1].click()
        revoked = time.time()
        guest.banner("revoked", timeout_s=5)
        took.append(guest.script("return window.__cut") / 1000 - revoked)
        assert guest.fetch("GET", f"/api/clusters/{cluster}/") == 404
        if took[before] < 1:
            break
    assert min(took) < 1


def test_an_example_that_cannot_be_opened_says_so_and_can_be_tried_again(browser: Browser, lab: Lab):
    browser.go("/new?example=nonsense")
    browser.until(lambda: "nonsense" in browser.text("message"), "nothing is said")
    browser.driver.find_element("css selector", '[data-testid="message"] a').click()
    browser.find("example-open-first-steps")
    lab.kill("web")
    browser.click("example-open-first-steps")
    assert "not created" in browser.text("toast")
    wait_for_web(lab)
    browser.until(lambda: browser.find("example-open-first-steps").is_enabled(), "it can't be tried again")
    browser.click("example-open-first-steps")
    browser.until(lambda: browser.counts().get("running"), "it does not open")


def test_a_part_that_fails_leaves_the_rest_of_the_page(browser: Browser):
    browser.open_example()
    browser.script("window.__fetch = window.fetch; window.fetch = () => Promise.resolve(new Response('[1]'))")
    browser.click("view-metrics")
    browser.find("mishap")
    browser.script("window.fetch = window.__fetch")
    browser.click("view-nodes")
    browser.until(lambda: len(browser.all("node-row")) >= 3, "the next view fails, too")
    assert browser.driver.find_elements("css selector", 'main [data-testid="mishap"]') == []
    browser.find("mishap").find_element("css selector", "button").click()
    browser.until(lambda: browser.all("node-row") and not browser.all("mishap"), "it stays so")
    browser.complaints()  # the part's own


def test_a_viewer_who_asks_for_a_secret_is_told_that_it_is_forbidden(
    browser: Browser, new_browser: Callable[[], Browser]
):
    cluster = browser.open_example()
    text = "apiVersion: v1\\nkind: Secret\\nmetadata: {name: hidden}\\nstringData: {word: sesame}\\n"
    assert browser.fetch("POST", f"/api/clusters/{cluster}/uploads/", WRITE % text) == 200
    browser.click("share-button")
    browser.click("share-create")
    guest = new_browser()
    guest.go(browser.until(lambda: browser.text("share-url"), "no link"))
    guest.find("role-chip")
    guest.move(f"/c/{cluster}/work/secrets?sel=secret/default/hidden&tab=yaml")
    guest.until(lambda: "forbidden" in guest.text("inspector"), "nothing is said")
    assert "sesame" not in guest.driver.page_source


def test_a_text_in_the_editor_outlives_a_dead_server_and_a_reload(browser: Browser, lab: Lab):
    cluster = browser.open_example()
    browser.go(f"/c/{cluster}/apply")
    browser.click("apply-plain")
    browser.find("apply-text").send_keys("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n")
    lab.kill("web")
    browser.click("apply-button")
    assert "kept" in browser.text("apply-error")
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


def test_a_revision_that_never_was_leads_back_to_the_present(browser: Browser):
    cluster = browser.open_example()
    browser.move(f"/c/{cluster}/work?rev=99999999")
    assert "has not been written yet" in browser.banner("past")
    browser.find("banner").find_element("css selector", "button").click()
    browser.until(lambda: browser.mark("live-chip", "phase") == "live", "it does not lead back")
    browser.find("pod-row")


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
