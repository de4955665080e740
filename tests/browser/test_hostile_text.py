"""Whatever people write, in whatever field, is text: it is shown as it is, and nothing of it runs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.payloads import PAYLOADS
from tests.browser.views import TABS, VIEWS
from tests.faults.kube_client import KubeClient
from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab

PLAIN = tuple(payload for payload in PAYLOADS if payload.isprintable())
NAMES = tuple(payload for payload in PLAIN if len(payload) <= 60 and payload == payload.strip())
ARMED = f"""
  window.hit = () => localStorage.setItem('hits', 'something ran')
  addEventListener('securitypolicyviolation', (event) => localStorage.setItem('hits', event.violatedDirective))
  const payloads = {json.dumps(PLAIN)}, told = new Set(['t', 'slug'])
  let next = 0
  const lie = (value, key) =>
    typeof value === 'string' ? (told.has(key) ? value : value + payloads[next++ % payloads.length])
    : Array.isArray(value) ? value.map((each) => lie(each, key))
    : value === null || typeof value !== 'object' ? value
    : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, lie(each, name)]))
  const honest = window.fetch
  window.__lies = () => next
  window.__server = (isLying) => {{
    window.fetch = !isLying ? honest : (...asked) => honest(...asked).then(async (answer) => {{
      const text = await answer.text()
      try {{ return new Response(JSON.stringify(lie(JSON.parse(text))), answer) }}
      catch {{ return new Response(text, answer) }}
    }})
  }}
"""


def hostile_objects() -> list[dict[str, Any]]:
    """Every payload as data, annotation, environment, argument, log, image and column of a kind."""
    held = {f"p{number}": payload for number, payload in enumerate(PAYLOADS)}
    keys = dict.fromkeys(("__proto__", "constructor", "toString", "hasOwnProperty"), "x")
    meta = {"name": "hostile", "annotations": held, "labels": {"constructor": "constructor"}}
    shouts = {
        "name": "constructor",
        "image": "busybox:1.36",
        "command": ["cat"],  # complains about every argument
        "args": list(PLAIN),
        "env": [{"name": f"P{number}", "value": text} for number, text in enumerate(PLAIN)],
    }
    images = [{"name": f"i{number}", "image": text.strip()} for number, text in enumerate(PLAIN)]
    columns = [
        {"name": text, "type": "string", "jsonPath": ".spec.text", "description": text} for text in PLAIN
    ]
    schema = {"type": "object", "properties": {"spec": {"type": "object", "description": PLAIN[0],
              "properties": {"text": {"type": "string", "description": PLAIN[3]}}}}}  # fmt: skip
    version = {"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": columns,
               "schema": {"openAPIV3Schema": schema}}  # fmt: skip
    names = {"plural": "plots", "singular": "plot", "kind": "Plot"}
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                  "metadata": {"name": "plots.example.org"}, "spec": {"group": "example.org",
                  "scope": "Namespaced", "names": names, "versions": [version]}}  # fmt: skip
    objects = [
        definition,
        {"apiVersion": "example.org/v1", "kind": "Plot", "metadata": meta, "spec": {"text": PLAIN[0]}},
        {"kind": "ConfigMap", "metadata": meta, "data": held | keys},
        {"kind": "Pod", "metadata": meta, "spec": {"containers": [shouts]}},
        {
            "kind": "Pod",
            "metadata": {"name": "constructor", "namespace": "default"},
            "spec": {"containers": images},
        },
    ]
    return [{"apiVersion": "v1", **each} for each in objects]


def hostile_events(uid: str) -> list[dict[str, Any]]:
    """Every payload as the reason, the message and the source of an Event about one pod."""
    about = {"kind": "Pod", "namespace": "default", "name": "hostile", "apiVersion": "v1", "uid": uid}
    when = {"firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"event-{number}"},
            "involvedObject": about,
            "reason": text[:120],
            "message": text,
            "source": {"component": text[:120], "host": text[:120]},
            "type": "Warning",
            "count": 1,
            **when,
        }
        for number, text in enumerate(PLAIN)
    ]


class Attacked:
    """A cluster whose every free field holds every payload, and a browser that counts what runs."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": ARMED})
        self.cluster = browser.open_example()
        self.upload(hostile_objects())
        pods = f"/k8s/clusters/{self.cluster}/api/v1/namespaces/default/pods"
        self.upload(hostile_events(json.loads(browser.body(f"{pods}/hostile"))["metadata"]["uid"]))
        config = folder / "config"
        config.write_text(browser.body(f"/api/clusters/{self.cluster}/kubeconfig/"))
        kube = KubeClient(config)
        conditions = [{"type": f"t{number}", "status": "False", "reason": text, "message": text}
                      for number, text in enumerate(PLAIN)]  # fmt: skip
        status = {"status": {"conditions": conditions, "reason": PLAIN[0], "message": PLAIN[3]}}
        pod = "/api/v1/namespaces/default/pods/constructor/status"
        assert kube.ask("PATCH", pod, status, patch="strategic-merge")[0] == 200
        kube.close()

    def upload(self, objects: list[dict[str, Any]]) -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        body = json.dumps({"documents": [{"name": "hostile.json", "text": text}]})
        assert self.browser.fetch("POST", f"/api/clusters/{self.cluster}/uploads/", body) == 200

    def visit(self, place: str) -> None:
        self.browser.move(f"/c/{self.cluster}/{place}")
        self.browser.settle()

    def is_unharmed(self) -> bool:
        hits = self.browser.script("return localStorage.getItem('hits')")
        complaints = self.browser.complaints()
        assert hits is None, hits
        assert complaints == []
        return True


@pytest.fixture(scope="module")
def attacked(
    lab: Lab, chromium_paths: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Attacked]:
    browser = opened(lab.url, *chromium_paths)
    yield Attacked(browser, tmp_path_factory.mktemp("kubeconfig"))
    browser.quit()


def test_there_are_enough_of_them():
    assert len(set(PAYLOADS)) >= 200
    assert len(PLAIN) >= 200


def test_no_view_runs_what_a_cluster_holds_now_or_in_the_past(attacked: Attacked):
    browser = attacked.browser
    rev = browser.until(browser.revision, "no revision")
    for view in (
        *VIEWS,
        "logs/default/hostile",
        "sched/default/constructor",
        "work/configmaps",
        "work/plots",
    ):
        for pod, then in [("hostile", ""), ("constructor", f"&rev={rev - 1}&cmp=40")]:
            attacked.visit(f"{view}?sel=pod/default/{pod}{then}")
    for tab in TABS:
        for name in ("pod/default/hostile", "pod/default/constructor", "configmap/default/hostile"):
            attacked.visit(f"work?sel={name}&tab={tab}")
    assert attacked.is_unharmed()


def test_texts_are_shown_unchanged(attacked: Attacked):
    browser = attacked.browser
    attacked.visit("work?sel=configmap/default/hostile&tab=yaml")
    shown = browser.text("inspector-yaml")
    assert [text for text in PLAIN if not set(text) & set("'\"\\") and text not in shown] == []
    attacked.visit("logs/default/hostile")
    browser.until(lambda: browser.all("log-lines") and PLAIN[-1] in browser.text("log-lines"), "no log")
    attacked.visit("work?sel=pod/default/constructor&tab=summary")
    said = browser.until(lambda: browser.text("inspector"), "no inspector")
    assert [text for text in PLAIN if " ".join(text.split()) not in " ".join(said.split())] == []
    titles = browser.script(
        "return [...document.querySelectorAll('[data-testid=inspector] tr')].map((row) => row.title)"
    )
    assert set(PLAIN) <= set(titles), "a condition's message"
    attacked.visit("work?sel=pod/default/hostile&tab=events")
    told = browser.until(lambda: browser.text("inspector"), "no events")
    assert sum(text in told for text in PLAIN) >= 200
    assert attacked.is_unharmed()


def test_addresses_and_searches_are_texts(attacked: Attacked):
    """Each payload in every part of the address at once, then typed into the palette and the filter."""
    browser = attacked.browser
    browser.driver.execute_async_script(
        """const [views, payloads, cluster, done] = arguments
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
        const go = async () => {
          for (const [index, payload] of payloads.entries()) {
            const text = encodeURIComponent(payload)
            const names = ['ns', 'q', 'tab', 'from', 'to', 'rev', 'cmp', 'attempt', 'example']
            const asked = names.map((name) => `${name}=${text}`).join('&')
            const view = views[index % views.length]
            history.pushState(null, '', `/c/${cluster}/${view}/${text}/${text}?sel=pod/${text}/${text}&${asked}`)
            dispatchEvent(new PopStateEvent('popstate'))
            await frame()
          }
        }
        go().then(done)""",
        [*VIEWS, "r/core/v1"],
        PLAIN,
        attacked.cluster,
    )
    attacked.visit("work")
    browser.find("filter-input").send_keys(PAYLOADS[0] + Keys.ENTER)
    browser.press(Keys.ESCAPE)
    attacked.visit("map")
    browser.click("palette-button")
    browser.find("palette-input").send_keys(":cm default/" + PAYLOADS[4])
    browser.settle()
    for path in (
        f"/c/{PAYLOADS[8]}/map",
        f"/{PAYLOADS[0]}",
        f"/s/{PAYLOADS[9]}",
        f"/new?example={PAYLOADS[5]}",
    ):
        browser.go(path)
        browser.until(lambda: browser.driver.find_elements("css selector", "h1"), "no page")
        assert attacked.browser.script("return localStorage.getItem('hits')") is None
    browser.complaints()  # such pages are missing, and say so
    browser.go(f"/c/{attacked.cluster}/map")


def test_files_and_their_faults_are_told_by_name(attacked: Attacked, tmp_path: Path):
    browser = attacked.browser
    attacked.visit("apply")
    names = [f"{text.replace('/', '-')}.yaml" for text in PLAIN]
    browser.script(
        """const [names, texts] = arguments, carried = new DataTransfer()
        names.forEach((name, index) => carried.items.add(new File([texts[index]], name)))
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }))""",
        names,
        [
            f"apiVersion: v1\nkind: {json.dumps(text)}\nmetadata: {{name: {json.dumps(text)}}}"
            for text in PLAIN
        ],
    )
    browser.until(lambda: len(browser.all("apply-file")) == len(set(names)), "not all files were taken")
    tabs = browser.script(
        "return [...document.querySelectorAll('[data-testid=apply-file]')].map((each) => each.textContent.trim())"
    )
    assert set(tabs) == set(names)
    browser.click("dry-run-button")
    browser.until(lambda: len(browser.all("apply-problem")) >= len(set(names)), "their faults are not told")
    browser.until(lambda: browser.all("lint-problem"), "nothing is linted")
    archive = tmp_path / "hostile.zip"
    with zipfile.ZipFile(archive, "w") as opened_archive:
        for name in names:
            opened_archive.writestr(f"folder/{name}", "kind: ConfigMap")
    browser.upload("upload-input", archive)
    browser.until(lambda: len(browser.all("apply-file")) >= 2 * len(set(names)), "the archive was not read")
    broken = tmp_path / f"{PAYLOADS[7].replace('/', '-')}.zip"
    broken.write_bytes(b"no archive")
    browser.upload("upload-input", broken)
    browser.find("toast")
    assert attacked.is_unharmed()
    browser.script(f"localStorage.removeItem('clusterlab.draft.{attacked.cluster}')")


def test_names_of_clusters_people_and_requests_are_texts(attacked: Attacked):
    browser = attacked.browser
    for number in (0, 4, 8):
        name = json.dumps({"name": NAMES[number]})
        assert browser.fetch("PATCH", f"/api/clusters/{attacked.cluster}/", name) == 200
        assert browser.fetch("PATCH", "/api/me/", name) in (200, 400)
    browser.driver.execute_async_script(
        """const [texts, root, done] = arguments
        const ask = (text) => fetch(`${root}/${encodeURIComponent(text)}?labelSelector=${encodeURIComponent(text)}`)
        texts.reduce((before, text) => before.then(() => ask(text)), Promise.resolve()).then(() => done())""",
        PLAIN,
        f"/k8s/clusters/{attacked.cluster}/api/v1/namespaces/default/pods",
    )
    browser.complaints()  # none of them is there
    browser.go(f"/c/{attacked.cluster}/requests")
    browser.until(lambda: browser.all("request-row"), "no request is seen")
    browser.click("viewers")
    browser.settle()
    browser.go("/")
    browser.until(lambda: NAMES[8] in browser.text("my-cluster"), "the cluster's name is not shown as it is")
    assert attacked.is_unharmed()


def test_a_server_whose_every_word_is_hostile_runs_nothing(attacked: Attacked):
    """Whatever else an answer may hold, in a field that nobody thought of: a payload stands behind each text of it."""
    browser = attacked.browser
    browser.go(f"/c/{attacked.cluster}/map")
    browser.until(browser.revision, "no revision")
    browser.script("window.__server(true)")
    for view in VIEWS:
        attacked.visit(f"{view}?sel=pod/default/hostile&rev=50")
        attacked.visit(f"{view}?sel=pod/default/hostile")
    for tab in TABS:
        attacked.visit(f"map?sel=pod/default/constructor&tab={tab}")
    assert browser.script("return window.__lies()") > 10 * len(PLAIN)
    assert browser.script("return localStorage.getItem('hits')") is None
