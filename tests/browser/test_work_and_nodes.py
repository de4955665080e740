"""What people do to whatever they have selected: each object's fate is told, and nothing happens unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.kit.browser import Browser

BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "all-twelve"},
    "spec": {"minAvailable": 12, "selector": {"matchLabels": {"app": "web"}}},
}
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"


@pytest.fixture
def rolling(browser: Browser) -> Browser:
    browser.open_example("rolling-update")
    return browser


def visit(browser: Browser, place: str) -> None:
    browser.move(f"/c/{browser.cluster}/{place}")
    browser.settle()


def write(browser: Browser, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    request = {"method": method, "path": path, **({} if body is None else {"body": body})}
    batch = json.dumps({"requests": [request]})
    assert browser.fetch("POST", f"/api/clusters/{browser.cluster}/batch/", batch) == 200


def names(browser: Browser, testid: str) -> list[str]:
    return [str(row.get_attribute("data-name")) for row in browser.all(testid)]


def web_pods(browser: Browser) -> set[str]:
    return {pod["name"] for pod in browser.pods() if pod["name"].startswith("web-")}


def test_three_pods_are_picked_and_deleted_and_their_owner_makes_others(rolling: Browser):
    visit(rolling, "work?q=web")
    rolling.until(lambda: len(rolling.all("pod-row")) == 12, "not twelve pods")
    before, doomed = web_pods(rolling), names(rolling, "pod-row")[:3]
    rolling.all("pick")[0].click()
    boxes = rolling.all("pick")
    ActionChains(rolling.driver).key_down(Keys.SHIFT).click(boxes[2]).key_up(Keys.SHIFT).perform()
    assert "3" in rolling.text("bulk-bar")
    assert rolling.all("bulk-scale") == [], "pods have no scale"
    rolling.click("bulk-delete")
    assert [line.split()[1] for line in rolling.text("act-hit").splitlines()] == doomed
    assert web_pods(rolling) == before, "deleted unasked"
    rolling.click("act-go")
    rolling.until(lambda: rolling.mark("outcome-sum", "done") == "3", "not all are done")
    assert {row.text.split()[-1] for row in rolling.all("outcome")} == set(doomed)
    rolling.click("act-close")
    rolling.until(lambda: rolling.all("bulk-bar") == [], "what is gone is still selected")
    rolling.until(lambda: len(web_pods(rolling) - set(doomed)) == 12, "no others come", timeout_s=60)
    assert rolling.complaints() == []


def test_the_tree_of_owners_opens_by_keyboard_and_scales_what_is_picked_in_it(rolling: Browser):
    visit(rolling, "work/owners?ns=default")
    rolling.until(lambda: len(rolling.all("pod-row")) == 12, "a small tree is not open")
    assert names(rolling, "owner-row")[0] == "web"
    tree = rolling.find("owner-tree")
    tree.send_keys(Keys.ARROW_DOWN, Keys.ARROW_LEFT)
    rolling.until(lambda: rolling.all("pod-row") == [], "Left does not close")
    assert "sel=deployment/default/web" in rolling.driver.current_url
    tree.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    rolling.until(lambda: "sel=replicaset/default/web-" in rolling.driver.current_url, "Right does not go in")
    rolling.press("k")
    rolling.until(lambda: "sel=deployment/default/web" in rolling.driver.current_url, "k does not go up")
    rolling.press("x")
    rolling.click("bulk-scale")
    rolling.type("act-replicas", "3")
    rolling.click("act-go")
    rolling.until(lambda: rolling.mark("outcome-sum", "done") == "1", "not scaled")
    rolling.click("act-close")
    rolling.until(lambda: len(web_pods(rolling)) == 3, "not three pods", timeout_s=60)
    rolling.until(
        lambda: rolling.mark("owner-row", "health") == "ok", "an owner with all its pods is not well"
    )
    assert rolling.complaints() == []


def test_a_drain_foretells_whom_a_budget_holds_asks_again_and_comes_to_its_end(rolling: Browser):
    write(rolling, "POST", BUDGETS, BUDGET)
    visit(rolling, "nodes")
    row = rolling.until(
        lambda: next(
            (row for row in rolling.all("node-row") if row.get_attribute("data-name") == "node-1"), None
        ),
        "no node-1",
    )
    row.find_element("css selector", '[data-testid="node-drain"]').click()
    rolling.until(
        lambda: (
            all("all-twelve" in pod.text for pod in rolling.all("drain-pod")) and rolling.all("drain-pod")
        ),
        "the budget is not foretold",
    )
    leaving = len(rolling.all("drain-pod"))
    rolling.click("drain-start")
    rolling.until(
        lambda: {pod.get_attribute("data-phase") for pod in rolling.all("drain-pod")} == {"refused"},
        "not refused",
    )
    assert all("disruption budget" in pod.text for pod in rolling.all("drain-pod"))
    assert len(rolling.all("drain-pod")) == leaving
    write(rolling, "DELETE", f"{BUDGETS}/all-twelve")
    rolling.until(lambda: rolling.mark("drain-state", "done") == "true", "not drained", timeout_s=90)
    assert not [pod for pod in rolling.pods() if pod["node"] == "node-1" and pod["namespace"] == "default"]
    rolling.press(Keys.ESCAPE)
    rolling.until(lambda: rolling.all("drain-dialog") == [], "Escape does not close")
    row.find_element("css selector", '[data-testid="node-uncordon"]').click()
    rolling.until(lambda: row.get_attribute("data-cordoned") == "0", "still cordoned")
    assert rolling.complaints() == []


def test_who_may_only_look_sees_what_could_be_done_and_does_nothing(
    rolling: Browser, new_browser: Callable[[], Browser]
):
    rolling.click("share-button")
    rolling.click("share-option-view")
    rolling.click("share-create")
    guest = new_browser()
    guest.go(rolling.until(lambda: rolling.text("share-url"), "no link"))
    guest.until(lambda: guest.counts().get("running"), "the guest sees no pod")
    visit(guest, "work?q=web")
    guest.until(lambda: guest.all("pick"), "no rows")[0].click()
    assert not guest.find("bulk-delete").is_enabled()
    visit(guest, "nodes")
    assert not guest.find("node-cordon").is_enabled()
    assert not guest.find("node-drain").is_enabled()
    batch = json.dumps({"requests": [{"method": "DELETE", "path": "/api/v1/nodes/node-1"}]})
    assert guest.fetch("POST", f"/api/clusters/{rolling.cluster}/batch/", batch) == 403


@pytest.mark.parametrize("view", ["map", "work", "work/owners"])
def test_a_filter_that_hides_all_says_so_and_how_to_get_rid_of_it(rolling: Browser, view: str):
    visit(rolling, f"{view}?q=nothing-is-called-so")
    text = rolling.until(lambda: rolling.text("filter-empty"), "an empty view without a word")
    assert text.startswith("0 of 23 match.")
    rolling.click("filter-clear")
    rolling.until(lambda: rolling.all("filter-empty") == [], "not cleared")
    assert "q=" not in rolling.driver.current_url
