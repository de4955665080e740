"""The first story: open an example, upload manifests, watch pods come up, send a link that somebody else follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.browser import Browser

SHOP = {
    "namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: bazaar}\n",
    "app.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: bazaar}
data: {color: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stall, namespace: bazaar}
spec:
  replicas: 3
  selector: {matchLabels: {app: stall}}
  template:
    metadata: {labels: {app: stall}}
    spec: {containers: [{name: c, image: "nginx:1.25"}]}
---
apiVersion: v1
kind: Service
metadata: {name: stall, namespace: bazaar}
spec: {selector: {app: stall}, ports: [{port: 80}]}
""",
}
WRITES = [
    ("POST", "uploads/", '{"documents": []}'),
    ("POST", "clock/", '{"paused": true}'),
    ("POST", "nodes/", '{"add": 1}'),
    ("POST", "shares/", '{"role": "view", "expires_in": "1h"}'),
    ("DELETE", "nodes/node-1/", ""),
    ("DELETE", "", ""),
    ("PATCH", "", '{"name": "mine"}'),
]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, text in SHOP.items():
        (tmp_path / name).write_text(text)
    return [tmp_path / name for name in SHOP]


def open_example(browser: Browser, slug: str = "first-steps") -> str:
    """The cluster's id, once its Map shows running pods."""
    browser.go("/")
    browser.click(f"example-open-{slug}")
    browser.until(lambda: browser.counts().get("running"), "no pod runs on the Map")
    return browser.driver.current_url.split("/c/")[1].split("/")[0]


def upload(browser: Browser, cluster: str, files: list[Path]) -> None:
    browser.go(f"/c/{cluster}/apply")
    browser.upload("upload-input", *files)
    browser.until(lambda: browser.find("apply-button").is_enabled(), "nothing to apply")
    browser.click("apply-button")


def running(browser: Browser, namespace: str) -> int:
    return sum(pod["namespace"] == namespace and pod["status"] == "running" for pod in browser.pods())


def test_an_example_opens_within_two_seconds_with_running_pods(browser: Browser):
    browser.go("/")
    browser.find("example-open-first-steps")
    started = time.monotonic()
    open_example(browser)
    assert time.monotonic() - started < 5.0, (
        "two seconds on a quiet machine (make bench ONLY=start measures it)"
    )
    assert browser.find("map-canvas").is_displayed()
    assert browser.complaints() == []


def test_uploaded_manifests_come_to_life_without_a_reload(browser: Browser, files: list[Path]):
    cluster = open_example(browser)
    before = sum(browser.counts().values())
    upload(browser, cluster, files)
    results = browser.until(
        lambda: len(browser.all("apply-object")) == 4 and browser.all("apply-object"), "no results"
    )
    assert [r.get_attribute("data-action") for r in results] == ["created"] * 4
    browser.click("view-map")
    browser.until(lambda: running(browser, "bazaar") == 3, "the uploaded pods do not run")
    assert sum(browser.counts().values()) == before + 3
    assert browser.complaints() == []


def test_a_view_link_shows_the_same_and_lets_nobody_write(
    browser: Browser, new_browser: Callable[[], Browser], files: list[Path]
):
    cluster = open_example(browser)
    browser.click("share-button")
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.until(lambda: guest.counts().get("running"), "the guest sees no pod")
    assert f"/c/{cluster}/" in guest.driver.current_url
    upload(browser, cluster, files)
    browser.until(lambda: running(browser, "bazaar") == 3, "the uploaded pods do not run")
    seen_at = time.monotonic()
    guest.until(lambda: running(guest, "bazaar") == 3, "the guest does not see them", timeout_s=5.0)
    assert time.monotonic() - seen_at < 1.0
    statuses = {
        path or "cluster": guest.fetch(method, f"/api/clusters/{cluster}/{path}", body)
        for method, path, body in WRITES
    }
    assert set(statuses.values()) == {403}, statuses


def test_a_revoked_link_ends_what_it_opened(browser: Browser, new_browser: Callable[[], Browser]):
    cluster = open_example(browser)
    browser.click("share-button")
    browser.click("share-create")
    link = browser.until(lambda: browser.text("share-url"), "no link")
    guest = new_browser()
    guest.go(link)
    guest.until(lambda: guest.counts().get("running"), "the guest sees no pod")
    browser.click("share-revoke")
    guest.until(
        lambda: guest.all("banner") and guest.find("banner").get_attribute("data-reason") == "revoked",
        "the guest is not told",
        timeout_s=5.0,
    )
    assert guest.fetch("GET", f"/api/clusters/{cluster}/") == 404
    newcomer = new_browser()
    newcomer.go(link)
    assert "revoked" in newcomer.driver.page_source


def test_an_error_keeps_the_text_names_its_place_and_applies_nothing(browser: Browser, files: list[Path]):
    cluster = open_example(browser)
    files[1].write_text(SHOP["app.yaml"].replace("replicas: 3", "replicas: three"))
    upload(browser, cluster, files)
    problem = browser.find("apply-problem")
    assert problem.get_attribute("data-line") == "11"
    assert "replicas" in problem.text
    assert browser.fetch("GET", f"/k8s/clusters/{cluster}/api/v1/namespaces/bazaar") == 404
    browser.driver.refresh()
    tab = browser.until(
        lambda: [t for t in browser.all("apply-file") if "app.yaml" in t.text], "no tab for the file"
    )[0]
    tab.find_element("css selector", "button").click()
    browser.click("apply-plain")
    text = browser.until(lambda: browser.find("apply-text").get_attribute("value"), "the text is lost")
    assert "replicas: three" in text


def test_the_inspector_says_why_a_pod_waits(browser: Browser):
    open_example(browser, "why-pending")
    pending = browser.until(
        lambda: [p for p in browser.pods() if p["status"] == "pending"], "no pod is pending"
    )
    pod = pending[0]
    browser.go(f"{browser.driver.current_url.split('?')[0]}?sel=pod/{pod['namespace']}/{pod['name']}")
    assert "nodes are available" in browser.until(lambda: browser.text("diagnosis"), "no diagnosis")


def test_the_kubeconfig_button_brings_a_kubeconfig(browser: Browser):
    cluster = open_example(browser)
    assert browser.fetch("GET", f"/api/clusters/{cluster}/kubeconfig/") == 200
    assert browser.find("kubeconfig-download").is_displayed()
