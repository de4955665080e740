"""Whatever people write into names, data, images and logs is text: it is shown as it is, and nothing of it runs."""

from __future__ import annotations

import json

from tests.browser.payloads import PAYLOADS
from tests.kit.browser import Browser

VIEWS = (
    "map",
    "work",
    "nodes",
    "net",
    "sched",
    "trace",
    "metrics",
    "events",
    "requests",
    "apply",
    "break",
    "logs/default/hostile",
)
TABS = ("summary", "why", "diff", "yaml", "events", "logs", "metrics")
PLAIN = tuple(payload for payload in PAYLOADS if payload.isprintable())


def manifests() -> str:
    """Every payload in a ConfigMap, in annotations, in a container's arguments and in its log; some as images."""
    held = {f"p{number}": payload for number, payload in enumerate(PAYLOADS)}
    meta = {"name": "hostile", "annotations": held}
    container = {
        "name": "c",
        "image": "busybox:1.36",
        "command": ["cat"],  # complains about every argument
        "args": list(PLAIN),
        "env": [{"name": f"P{number}", "value": text} for number, text in enumerate(PLAIN)],
    }
    objects = [
        {"kind": "ConfigMap", "metadata": meta, "data": held},
        {"kind": "Pod", "metadata": meta, "spec": {"containers": [container]}},
    ]
    for number, text in enumerate(PLAIN[:20]):
        spec = {"containers": [{"name": "c", "image": text}]}
        objects.append({"kind": "Pod", "metadata": {"name": f"image-{number}"}, "spec": spec})
    items = [{"apiVersion": "v1", **each} for each in objects]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def arm(browser: Browser) -> None:
    """From now on every page counts what runs and what the policy refuses."""
    source = (
        "window.hits = []; window.hit = () => window.hits.push(1);"
        "addEventListener('securitypolicyviolation', (event) => window.hits.push(event.violatedDirective))"
    )
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})


def nothing_ran(browser: Browser) -> bool:
    return browser.script("return window.hits.length === 0") and "alert" not in browser.driver.title


def test_there_are_enough_of_them():
    assert len(set(PAYLOADS)) >= 200


def test_hostile_text_is_shown_unchanged_in_every_view_and_nothing_runs(browser: Browser):
    arm(browser)
    cluster = browser.open_example()
    body = json.dumps({"documents": [{"name": "hostile.json", "text": manifests()}]})
    assert browser.fetch("POST", f"/api/clusters/{cluster}/uploads/?partial=true", body) in (200, 422)
    name = json.dumps({"name": PAYLOADS[0] + PAYLOADS[4]})
    assert browser.fetch("PATCH", f"/api/clusters/{cluster}/", name) == 200
    assert browser.fetch("PATCH", "/api/me/", json.dumps({"name": PAYLOADS[0]})) in (200, 400)
    browser.go(f"/c/{cluster}/map")
    for view in VIEWS:
        browser.move(f"/c/{cluster}/{view}?sel=pod/default/hostile")
        browser.settle()
        assert nothing_ran(browser), view
    for tab in TABS:
        browser.move(f"/c/{cluster}/work?sel=pod/default/hostile&tab={tab}")
        browser.settle()
        assert nothing_ran(browser), tab
    browser.move(f"/c/{cluster}/work?sel=configmap/default/hostile&tab=yaml")
    shown = browser.text("inspector-yaml")
    plain = [text for text in PLAIN if not set(text) & set("'\"\\")]
    assert [text for text in plain if text not in shown] == []
    browser.move(f"/c/{cluster}/logs/default/hostile")
    browser.until(
        lambda: browser.all("log-lines") and PLAIN[-1] in browser.text("log-lines"),
        "the log does not show it",
    )
    browser.go("/")
    browser.find("my-cluster")
    assert PAYLOADS[0] in browser.text("my-cluster")
    assert nothing_ran(browser)
    assert browser.complaints() == []
