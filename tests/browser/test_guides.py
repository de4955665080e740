"""Each example's three steps, followed to the letter: what they promise is on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from clusterlab.labs.examples import catalogue
from tests.kit.browser import Browser


class Follower:
    """Somebody who does what the guide says."""

    def __init__(self, browser: Browser, slug: str) -> None:
        self.browser = browser
        self.cluster = browser.open_example(slug)
        steps = browser.find("coach").find_elements("css selector", "li")
        assert [step.text.split(maxsplit=1)[1] for step in steps] == list(catalogue()[slug].steps)

    def go(self, place: str) -> None:
        self.browser.move(f"/c/{self.cluster}/{place}")
        self.browser.settle()

    def see(self, text: str, where: str, *, timeout_s: float = 30.0) -> None:
        self.browser.until(
            lambda: self.browser.all(where) and text in self.browser.text(where), text, timeout_s=timeout_s
        )

    def pods(self, name: str, status: str = "running") -> list[str]:
        """The nodes of the pods of this name and status."""
        return [
            pod["node"]
            for pod in self.browser.pods()
            if pod["name"].startswith(name) and pod["status"] == status
        ]

    def wait_for(self, holds: Callable[[], object], what: str) -> None:
        self.browser.until(holds, what, timeout_s=60)

    def hurry(self) -> None:
        Select(self.browser.find("clock-speed")).select_by_value("60")

    def scale(self, deployment: str, namespace: str, replicas: int) -> None:
        self.go(f"work/deployments?ns={namespace}&q={deployment}")
        self.browser.until(lambda: self.browser.all("pick"), "no row")[0].click()
        self.browser.click("bulk-scale")
        self.browser.type("act-replicas", str(replicas))
        self.browser.click("act-go")
        self.browser.until(lambda: self.browser.mark("outcome-sum", "done") == "1", "not scaled")
        self.browser.click("act-close")

    def node(self, name: str, action: str) -> None:
        self.go("nodes")
        row = next(row for row in self.browser.all("node-row") if row.get_attribute("data-name") == name)
        row.find_element("css selector", f'[data-testid="node-{action}"]').click()

    def conditions_of(self, kind: str, name: str) -> str:
        self.go(f"work?sel={kind}/default/{name}&tab=summary")
        return self.browser.until(lambda: self.browser.text("inspector"), "no inspector")


def first_steps(f: Follower) -> None:
    assert set(f.pods("web")) <= {"node-1", "node-2", "node-3"}
    canvas = f.browser.driver.find_element("css selector", '[role="application"]')
    canvas.send_keys(Keys.ARROW_RIGHT, Keys.ENTER)
    for tab in ("yaml", "summary", "events"):
        f.browser.click(f"inspector-tab-{tab}")
    f.scale("web", "shop", 7)
    f.wait_for(lambda: len(f.pods("web")) == 7, "not seven pods")


def rolling_update(f: Follower) -> None:
    assert len(f.pods("web-")) == 12
    f.go("apply")
    f.browser.click("apply-own")
    f.browser.click("apply-plain")
    field = f.browser.until(lambda: f.browser.find("apply-text"), "no text")
    text = field.get_attribute("value") or ""
    assert "nginx:1.27" in text
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text.replace("nginx:1.27", "nginx:1.28"))
    f.browser.click("apply-button")
    f.see("applied", "apply-result")
    f.hurry()
    f.go("work/replicasets?ns=default")
    f.wait_for(
        lambda: (
            sorted(row.text.split()[2:5] for row in f.browser.all("kind-row"))
            == [["0", "0", "0"], ["12", "12", "12"]]
        ),
        "the old ReplicaSet does not end at zero",
    )


def why_pending(f: Follower) -> None:
    assert f.browser.counts()["pending"] == 5
    f.go("map?sel=pod/default/too-much-memory&tab=events")
    f.see("Insufficient memory", "inspector")
    f.go("sched")
    row = f.browser.until(
        lambda: next((row for row in f.browser.all("sched-pending") if "too-much-cpu" in row.text), None),
        "not listed",
    )
    row.find_element("css selector", "a").click()
    f.browser.click("sched-take")
    f.wait_for(lambda: f.browser.counts()["pending"] == 4, "the fix does not help")


def crash_loop(f: Follower) -> None:
    f.wait_for(lambda: f.pods("crashing", "crashloop"), "nothing crashes")
    f.go("work?q=missing")
    f.wait_for(
        lambda: any("ImagePullBackOff" in row.text for row in f.browser.all("pod-row")), "no pull fails"
    )
    f.hurry()
    f.go("events?q=crashing")
    f.wait_for(lambda: any(p["restarts"] >= 6 for p in f.browser.pods()), "the back-off does not grow")


def node_dies(f: Follower) -> None:
    f.node("node-2", "kill")
    f.hurry()
    f.wait_for(lambda: f.browser.mark("node-row", "name"), "no nodes")
    f.wait_for(
        lambda: any(
            row.get_attribute("data-name") == "node-2" and row.get_attribute("data-ready") != "1"
            for row in f.browser.all("node-row")
        ),
        "it stays Ready",
    )
    f.wait_for(lambda: len(set(f.pods("web")) - {"node-2"}) == 2 and len(f.pods("web")) == 9, "no pod moves")


def probes(f: Follower) -> None:
    f.wait_for(lambda: len(f.pods("slow-start")) == 2, "slow-start is not ready")
    f.go("net?q=never-ready")
    assert f.browser.until(lambda: f.browser.all("net-service"), "no service")
    assert f.pods("never-ready") == []
    name = next(pod["name"] for pod in f.browser.pods() if pod["name"].startswith("falls-ill"))
    f.go(f"map?sel=pod/default/{name}&tab=events")
    f.hurry()
    f.see("Liveness probe failed", "inspector", timeout_s=60)


def daemons(f: Follower) -> None:
    assert "control-plane" in f.pods("everywhere")
    assert "control-plane" not in f.pods("workers-only")
    f.go("nodes")
    f.browser.click("node-add")
    f.wait_for(lambda: len(f.pods("workers-only")) == 5, "no daemon follows")
    f.node("node-1", "cordon")
    f.wait_for(
        lambda: any(row.get_attribute("data-cordoned") == "1" for row in f.browser.all("node-row")),
        "not cordoned",
    )
    assert "node-1" in f.pods("workers-only")


def jobs(f: Follower) -> None:
    f.go("work?q=in-parallel")
    assert len(f.pods("in-parallel")) == 3
    assert "BackoffLimitExceeded" in f.conditions_of("job", "fails")
    f.hurry()
    f.go("work/jobs?ns=default")
    names = lambda: {row.text.split()[0] for row in f.browser.all("kind-row")}  # noqa: E731
    first = f.browser.until(
        lambda: {n for n in names() if n.startswith("every-minute-")}, "no Job each minute"
    )
    f.wait_for(
        lambda: not first & names() and any(n.startswith("every-minute-") for n in names()), "none goes"
    )
    f.wait_for(lambda: len(f.pods("in-parallel", "succeeded")) == 12, "not twelve")


FOLLOW = {
    "first-steps": first_steps,
    "rolling-update": rolling_update,
    "why-pending": why_pending,
    "crash-loop": crash_loop,
    "node-dies": node_dies,
    "probes": probes,
    "daemons": daemons,
    "jobs": jobs,
}


@pytest.mark.parametrize("slug", [slug for slug, example in catalogue().items() if not example.is_large])
def test_a_guide_can_be_followed(browser: Browser, slug: str):
    FOLLOW[slug](Follower(browser, slug))
    assert browser.complaints() == []
