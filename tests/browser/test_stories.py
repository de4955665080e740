"""What people come for, told from their first click to the moment they have it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from tests.kit.browser import Browser

WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: bakery}
spec:
  replicas: "2"
  selector: {matchLabels: {app: bakery}}
  template:
    metadata: {labels: {app: bakery}}
    spec:
      containers:
      - {name: c, image: "nginx:1.25"}
"""


def status_of(browser: Browser, name: str) -> str | None:
    return next((pod["status"] for pod in browser.pods() if pod["name"].startswith(name)), None)


def web_running(browser: Browser) -> int:
    return sum(pod["name"].startswith("web-") and pod["status"] == "running" for pod in browser.pods())


def place(browser: Browser) -> str:
    """The address after the cluster's id."""
    return re.sub(r"^.*/c/[^/]+/", "", browser.driver.current_url)


def test_the_first_ten_seconds_need_one_click(browser: Browser):
    browser.go("/")
    browser.find("example-open-rolling-update")
    assert len(browser.driver.find_elements("css selector", '[data-testid^="example-open-"]')) >= 5
    started = time.monotonic()
    browser.open_example("rolling-update")
    browser.until(lambda: browser.mark("live-chip", "phase") == "live", "not live")
    assert len(browser.find("coach").find_elements("css selector", "li")) == 3
    assert time.monotonic() - started < 10
    assert browser.driver.find_elements("css selector", "dialog[open]") == []
    assert browser.counts()["running"] > 0
    assert browser.complaints() == []


def test_a_mistake_is_named_mended_by_one_press_and_applied(browser: Browser):
    cluster = browser.open_example()
    browser.go(f"/c/{cluster}/apply")
    browser.click("apply-plain")
    browser.find("apply-text").send_keys(WEB)
    problem = browser.find("lint-problem")
    assert problem.get_attribute("data-line") == "5"
    assert "replicas" in problem.text
    browser.click("apply-button")
    browser.find("apply-problem")
    assert "bakery" in (browser.find("apply-text").get_attribute("value") or "")
    assert (
        browser.fetch("GET", f"/k8s/clusters/{cluster}/apis/apps/v1/namespaces/default/deployments/bakery")
        == 404
    )
    browser.click("lint-fix")
    browser.until(lambda: browser.all("lint-problem") == [], "the fix leaves the problem")
    assert "replicas: 2\n" in (browser.find("apply-text").get_attribute("value") or "")
    browser.click("apply-button")
    browser.until(lambda: browser.mark("apply-object", "action") == "created", "not applied")
    browser.until(lambda: status_of(browser, "bakery") == "running", "it does not run")
    assert browser.complaints() == []


def test_a_pending_pod_tells_why_and_runs_after_the_cheapest_fix(browser: Browser):
    cluster = browser.open_example("why-pending")
    browser.until(lambda: status_of(browser, "too-much-cpu") == "pending", "it is not pending")
    browser.go(f"/c/{cluster}/sched")
    row = browser.until(
        lambda: [each for each in browser.all("sched-pending") if "too-much-cpu" in each.text],
        "not in the list",
    )[0]
    assert "Insufficient cpu" in row.text
    row.find_element("css selector", "a").click()
    assert "too-much-cpu fits on none of" in browser.until(
        lambda: browser.text("sched-sentence"), "no sentence"
    )
    assert len(browser.all("sched-matrix-row")) >= 4
    fix = browser.find("sched-fix")
    assert "proven" in fix.text
    browser.click("sched-take")
    browser.until(lambda: status_of(browser, "too-much-cpu") == "running", "the fix does not help")
    browser.until(lambda: " went to node-" in browser.text("sched-sentence"), "the view does not notice")
    assert browser.complaints() == []


def test_a_dead_node_is_looked_back_at_compared_and_lived_differently_in_a_fork(browser: Browser):
    cluster = browser.open_example("node-dies")
    browser.until(lambda: web_running(browser) == 9, "not all pods run")
    healthy = browser.revision()
    browser.go(f"/c/{cluster}/break/power/node/node-2")
    browser.until(lambda: browser.pods(), "no pods")
    on_node = sum(pod["node"] == "node-2" for pod in browser.pods())
    assert browser.until(lambda: browser.mark("break-sentence", "pods"), "no prediction") == str(on_node)
    browser.all("break-duration")[-1].find_element("xpath", "./..").click()  # until somebody ends it
    browser.until(lambda: browser.all("break-duration")[-1].is_selected(), "no such duration")
    browser.click("break-order")
    assert "node-2" in browser.text("fault")
    browser.click("view-nodes")
    assert browser.fetch("POST", f"/api/clusters/{cluster}/clock/", '{"speed": 60}') == 200
    dead = browser.until(
        lambda: [row for row in browser.all("node-row") if row.get_attribute("data-ready") != "1"],
        "the node stays Ready",
        timeout_s=60,
    )
    assert [row.get_attribute("data-name") for row in dead] == ["node-2"]
    browser.until(
        lambda: browser.counts().get("unknown") or browser.counts().get("terminating"), "no pod suffers"
    )
    # back to before it happened, by the timeline's marker
    browser.until(lambda: browser.all("timeline-marker"), "no marker")
    fault = browser.until(
        lambda: [
            m
            for m in browser.all("timeline-marker")
            if "loses its power" in (m.get_attribute("aria-label") or "")
        ],
        "the fault is not on the timeline",
    )[0]
    fault.send_keys(Keys.ENTER)  # a neighbour may stand over it
    browser.until(lambda: browser.mark("live-chip", "phase") == "past", "not in the past")
    browser.press("[")
    rev = int(browser.until(lambda: browser.mark("live-chip", "rev"), "no revision") or 0)
    assert rev >= healthy
    browser.until(
        lambda: all(row.get_attribute("data-ready") == "1" for row in browser.all("node-row")),
        "it is dead in the past",
    )
    # what happened to the node since: the diff of two revisions
    browser.move(f"/c/{cluster}/nodes?sel=node/_/node-2&tab=diff&cmp={healthy}")
    browser.until(lambda: "taints" in browser.text("inspector-diff"), "the diff names no taint")
    # and a fork from before lives on without the accident
    browser.move(f"/c/{cluster}/map?rev={healthy}")
    browser.until(lambda: browser.mark("live-chip", "phase") == "past", "not in the past")
    browser.click("fork-button")
    browser.until(lambda: f"/c/{cluster}/" not in browser.driver.current_url, "no fork")
    browser.until(lambda: web_running(browser) == 9, "the fork is not as it was")
    assert browser.complaints() == []


def test_two_people_work_together_until_the_link_is_revoked(
    browser: Browser, new_browser: Callable[[], Browser]
):
    cluster = browser.open_example()
    browser.click("share-button")
    browser.click("share-option-operate")
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.until(lambda: guest.counts().get("running"), "the guest sees no pod")
    assert guest.all("role-chip") == [], "who may operate is not told that they may only look"
    browser.press(Keys.ESCAPE)
    browser.until(lambda: browser.mark("viewers", "viewers") == "2", "nobody else is seen")
    # the guest says who they are, and is followed
    guest.click("viewers")
    guest.type("my-name", "Ada")
    guest.click("my-name-save")
    guest.press(Keys.ESCAPE)
    browser.click("viewers")
    browser.until(
        lambda: any("Ada" in person.text for person in browser.all("person")), "the guest's name is not seen"
    )
    browser.click("follow")
    guest.move(f"/c/{cluster}/nodes?sel=node/_/node-2")
    browser.until(lambda: place(browser).startswith("nodes?sel=node/_/node-2"), "does not follow")
    # both may change things; what the guest does is seen at once
    before = len(browser.until(lambda: browser.all("node-row"), "no nodes"))
    guest.click("node-add")
    browser.until(lambda: len(browser.all("node-row")) == before + 1, "the guest's node is not seen")
    # until the owner ends it
    browser.click("share-button")
    browser.click("share-revoke")
    guest.banner("revoked", timeout_s=5)
    assert guest.fetch("POST", f"/api/clusters/{cluster}/nodes/", '{"add": 1}') == 404
    assert browser.complaints() == guest.complaints() == []


def test_a_large_upload_tells_how_far_it_is_and_can_be_called_off(browser: Browser, tmp_path: Path):
    cluster = browser.open_example()
    many = tmp_path / "many.yaml"
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: many-N}\ndata: {text: some words}\n"
    many.write_text("---\n".join(one.replace("N", str(number)) for number in range(1_900)))
    browser.go(f"/c/{cluster}/apply")
    browser.upload("upload-input", many)
    browser.until(lambda: browser.find("apply-button").is_enabled(), "nothing to apply")
    browser.click("apply-button")
    browser.click("upload-cancel")
    browser.until(lambda: "Nothing was applied" in browser.text("apply-error"), "it was not called off")
    path = f"/k8s/clusters/{cluster}/api/v1/namespaces/default/configmaps/many-0"
    assert browser.fetch("GET", path) == 404


def test_an_account_keeps_what_this_browser_made(browser: Browser, new_browser: Callable[[], Browser]):
    cluster = browser.open_example()
    browser.go("/")
    browser.click("account-button")
    browser.type("account-username", f"keeper-{cluster}")
    browser.type("account-password", "a long pass phrase 7")
    browser.click("account-register")
    browser.click("account-claim")
    elsewhere = new_browser()
    elsewhere.go("/")
    elsewhere.click("account-button")
    elsewhere.type("account-username", f"keeper-{cluster}")
    elsewhere.type("account-password", "a long pass phrase 7")
    elsewhere.click("account-login")
    elsewhere.until(lambda: elsewhere.all("my-cluster"), "the account does not bring the cluster along")
    elsewhere.go(f"/c/{cluster}/map")
    elsewhere.until(lambda: elsewhere.counts().get("running"), "the owner is not let in")


def test_a_cluster_is_renamed_put_away_and_taken_back(browser: Browser):
    browser.open_example()
    browser.go("/")
    browser.click("cluster-rename-open")
    browser.type("cluster-rename", "My shop" + Keys.ENTER)
    browser.until(lambda: "My shop" in browser.text("my-cluster"), "not renamed")
    browser.click("cluster-archive")
    browser.until(lambda: browser.all("my-cluster") == [], "still in the list")
    browser.click("show-archived")
    browser.until(lambda: "My shop" in browser.text("my-cluster"), "not among those put away")
    browser.click("cluster-archive")
    browser.until(lambda: browser.all("my-cluster") == [], "still put away")
    browser.click("show-archived")
    browser.until(lambda: "My shop" in browser.text("my-cluster"), "not back")
