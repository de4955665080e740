"""Every view shows what it is there for, by its own address and by the rail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.views import VIEWS
from tests.kit.browser import Browser, opened
from tests.kit.lab import Lab

IN_THE_RAIL = tuple(view for view in VIEWS if view != "compare")  # which is opened from the timeline


@pytest.fixture(scope="module")
def shop(lab: Lab, chromium_paths: tuple[str, str]) -> Iterator[Browser]:
    """One browser with one cluster for all these tests."""
    browser = opened(lab.url, *chromium_paths)
    browser.open_example()
    browser.until(lambda: running(browser) >= 7, "the shop does not run")
    yield browser
    browser.quit()


def running(browser: Browser) -> int:
    return sum(pod["namespace"] == "shop" and pod["status"] == "running" for pod in browser.pods())


def visit(browser: Browser, place: str) -> None:
    browser.move(f"/c/{browser.cluster}/{place}")
    browser.settle()


def a_pod(browser: Browser) -> str:
    return next(f"shop/{pod['name']}" for pod in browser.pods() if pod["namespace"] == "shop")


@pytest.mark.parametrize("view", IN_THE_RAIL)
def test_the_rail_leads_to_every_view_and_marks_it(shop: Browser, view: str):
    shop.click(f"view-{view}")
    shop.until(lambda: f"/{view}" in shop.driver.current_url, "the address does not change")
    shop.settle()
    assert shop.find(f"view-{view}").get_attribute("aria-current") == "page"
    assert shop.driver.find_elements("css selector", "main h2"), "a view without a title"
    assert shop.complaints() == []


@pytest.mark.parametrize("view", IN_THE_RAIL)
def test_every_view_has_a_past(shop: Browser, view: str):
    visit(shop, f"{view}?rev=60")
    shop.until(lambda: shop.mark("live-chip", "phase") == "past", "not in the past")
    assert shop.mark("live-chip", "rev") == "60"
    shop.press("L")
    shop.until(lambda: shop.mark("live-chip", "phase") == "live", "L does not lead back")
    assert shop.complaints() == []


def test_the_map_opens_a_pod_by_keyboard(shop: Browser):
    visit(shop, "map")
    shop.driver.find_element("css selector", '[role="application"]').send_keys(Keys.ARROW_RIGHT, Keys.ENTER)
    shop.find("inspector-title")


def test_the_map_has_a_table_for_those_who_cannot_see_it(shop: Browser):
    visit(shop, "map")
    shop.click("map-twin")
    assert len(shop.until(lambda: shop.all("node-row"), "no table")) >= 3
    shop.click("map-twin")
    shop.find("map-canvas")


def test_the_pods_are_listed_filtered_and_walked_through(shop: Browser):
    visit(shop, "work")
    everything = len(shop.until(lambda: shop.all("pod-row"), "no pods"))
    shop.find("filter-input").send_keys("web status:running")
    shop.until(lambda: 0 < len(shop.all("pod-row")) < everything, "the filter does nothing")
    assert "q=web" in shop.driver.current_url
    shop.find("view-work").send_keys("j")
    shop.until(lambda: "sel=pod/shop/web-" in shop.driver.current_url, "j selects nothing")


def test_every_kind_is_listed_as_kubectl_lists_it_now_and_then(shop: Browser):
    visit(shop, "work/deployments?ns=shop")
    heads = shop.until(lambda: shop.text("kind-list"), "no list")
    assert all(column in heads for column in ("Name", "Namespace", "Ready", "Up-to-date", "Available", "Age"))
    assert {row.text.split()[2] for row in shop.all("kind-row")} == {"4/4", "3/3"}
    visit(shop, "work/deployments?ns=shop&rev=60")
    shop.until(
        lambda: {row.text.split()[2] for row in shop.all("kind-row")} == {"0/4", "0/3"}, "not as it was"
    )
    visit(shop, "work/services?q=web")
    shop.until(lambda: shop.all("kind-row"), "no services")[0].click()
    assert shop.text("inspector-title") == "web"


def test_the_nodes_say_how_full_they_are(shop: Browser):
    visit(shop, "nodes")
    rows = shop.until(lambda: shop.all("node-row"), "no nodes")
    assert all(row.find_elements("css selector", "meter") for row in rows)
    assert {row.get_attribute("data-ready") for row in rows} == {"1"}


def test_a_service_leads_to_the_pods_that_answer(shop: Browser):
    visit(shop, "net?q=web")
    service = next(each for each in shop.all("net-service") if each.get_attribute("data-key") == "shop/web")
    assert "ready" in service.text
    assert "web-" in service.text


def test_a_packet_is_walked_from_a_pod_to_a_service(shop: Browser):
    visit(shop, f"net?sel=pod/{a_pod(shop)}")
    shop.click("walk-open")
    shop.until(lambda: f"from=pod/{a_pod(shop)}" in shop.driver.current_url, "the selected pod does not ask")
    visit(shop, f"net/walk?from=pod/{a_pod(shop)}&to=svc/shop/web:80")
    assert " 200." in shop.until(lambda: shop.text("walk-verdict"), "no answer")
    kinds = [leg.get_attribute("data-kind") for leg in shop.all("walk-leg")]
    assert kinds[0] == "dns"
    assert "dnat" in kinds
    assert kinds[-1] == "server"


def test_the_trace_goes_from_apply_to_ready_and_is_walked_by_keys(shop: Browser):
    visit(shop, "trace")
    steps = shop.until(lambda: shop.all("trace-step"), "no steps")
    assert any(step.get_attribute("data-critical") == "true" for step in steps)
    here = shop.driver.find_element("css selector", '[data-testid="trace-step"][data-here="true"]')
    here.send_keys(Keys.ARROW_RIGHT)
    shop.until(lambda: mark_of_step(shop) != steps[0].get_attribute("data-rev"), "the key walks nowhere")


def mark_of_step(browser: Browser) -> str | None:
    found = browser.driver.find_elements("css selector", '[data-testid="trace-step"][data-here="true"]')
    return found[0].get_attribute("data-rev") if found else None


def test_the_metrics_show_cpu_memory_and_pods(shop: Browser):
    visit(shop, "metrics")
    charts = shop.until(
        lambda: len(shop.all("metrics-chart")) >= 3 and shop.all("metrics-chart"), "no charts"
    )
    assert all(chart.find_elements("css selector", "canvas") for chart in charts)


def test_an_event_leads_to_its_revision(shop: Browser):
    visit(shop, "events")
    link = shop.until(lambda: shop.all("rev-link"), "no events")[0]
    rev = link.get_attribute("data-rev")
    link.click()
    shop.until(lambda: shop.mark("live-chip", "rev") == rev, "it does not lead there")


def test_a_pods_log_is_read(shop: Browser):
    visit(shop, f"logs/{a_pod(shop)}")
    shop.until(lambda: shop.all("log-lines") and len(shop.text("log-lines")) > 40, "no lines")


def test_a_pods_place_is_explained_by_scores(shop: Browser):
    visit(shop, f"sched/{a_pod(shop)}")
    assert " went to node-" in shop.text("sched-sentence")
    assert shop.all("sched-scores")


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("summary", "diagnosis"),
        ("why", "why-reason"),
        ("diff", "inspector-diff"),
        ("yaml", "inspector-yaml"),
        ("events", "event"),
        ("logs", "inspector-log"),
        ("metrics", "inspector-demands"),
    ],
)
def test_the_inspector_has_a_tab_by_address(shop: Browser, tab: str, shown: str):
    visit(shop, f"map?sel=pod/{a_pod(shop)}&tab={tab}")
    shop.find(shown)


def test_letters_choose_the_inspectors_tabs(shop: Browser):
    visit(shop, f"work?sel=pod/{a_pod(shop)}")
    shop.find("inspector")
    for letter, tab in [("y", "yaml"), ("d", "diff"), ("w", "why")]:
        shop.press(letter)
        shop.until(lambda tab=tab: f"tab={tab}" in shop.driver.current_url, f"{letter} opens no {tab}")


def test_keys_lead_everywhere_and_are_listed(shop: Browser):
    visit(shop, "map")
    for letter, view in [
        ("w", "work"),
        ("n", "nodes"),
        ("s", "sched"),
        ("t", "trace"),
        ("b", "break"),
        ("m", "map"),
    ]:
        shop.press("g", letter)
        shop.until(lambda view=view: f"/{view}" in shop.driver.current_url, f"g {letter} leads nowhere")
    shop.press("?")
    assert "Keys" in shop.until(
        lambda: shop.driver.find_element("css selector", "dialog[open]").text, "no list"
    )
    shop.press(Keys.ESCAPE)
    shop.until(lambda: shop.driver.find_elements("css selector", "dialog[open]") == [], "it stays")


def test_keys_go_through_time_and_rows_and_each_has_a_button(shop: Browser):
    pod = a_pod(shop)
    visit(shop, f"work?sel=pod/{pod}")
    shop.until(lambda: shop.all("timeline-marker"), "no history")
    shop.press("[")
    shop.until(lambda: shop.mark("live-chip", "phase") == "past", "[ does not go back")
    for key, is_further in [("[", False), ("]", True), ("{", False), ("}", True)]:
        was = int(shop.mark("live-chip", "rev") or 0)
        shop.press(key)
        shop.until(
            lambda was=was, is_further=is_further: (
                (rev := int(shop.mark("live-chip", "rev") or 0)) != was and (rev > was) == is_further
            ),
            f"{key} does not lead there",
        )
    assert len(shop.driver.find_elements("css selector", '[data-testid="timeline"] button[aria-label]')) >= 4
    shop.press("L")
    shop.until(lambda: shop.mark("live-chip", "phase") == "live", "L does not lead back")
    shop.press("c")
    shop.until(lambda: "/trace" in shop.driver.current_url, "c shows no chain")
    visit(shop, "work")
    shop.find("pod-row")
    shop.press("j", "j", "k", Keys.ENTER)
    shop.until(lambda: shop.driver.find_element("css selector", "h1"), "Enter opens nothing")
    visit(shop, "work")
    shop.press("/")
    assert shop.script("return document.activeElement.id") == "filter"
    shop.press("w", Keys.ESCAPE)
    assert "/work" in shop.driver.current_url, "a letter of a text is no key"
    visit(shop, "map")
    before = shop.driver.current_url
    shop.press("f")
    shop.until(lambda: shop.driver.current_url.split("/c/")[1][:6] not in before, "f does not fork")
    shop.driver.back()


def test_the_palette_finds_pods_and_views(shop: Browser):
    visit(shop, "map")
    shop.click("palette-button")
    shop.find("palette-input").send_keys("metrics" + Keys.ENTER)
    shop.until(lambda: "/metrics" in shop.driver.current_url, "no such view")
    shop.press(":")
    shop.find("palette-input").send_keys("deploy shop/web")
    shop.until(lambda: any("shop/web" in option.text for option in shop.all("palette-option")), "not found")
    shop.find("palette-input").send_keys(Keys.ENTER)
    shop.until(lambda: "deployment" in shop.driver.current_url, "no jump to a kind")


def test_an_object_has_a_page_of_its_own(shop: Browser):
    visit(shop, f"r/core/v1/pod/{a_pod(shop)}?tab=yaml")
    assert "kind: Pod" in shop.text("inspector-yaml")


def test_requests_are_seen_through(shop: Browser):
    assert shop.fetch("GET", f"/k8s/clusters/{shop.cluster}/api/v1/namespaces/shop/configmaps") == 200
    visit(shop, "requests?q=configmaps")
    row = shop.until(lambda: shop.all("request-row"), "no request is seen")[0]
    row.find_element("css selector", "a").click()
    assert len(shop.find("request-stages").find_elements("css selector", "li")) >= 3


def test_the_clock_pauses_steps_and_goes_on(shop: Browser):
    visit(shop, "map")
    shop.press(" ")
    shop.until(
        lambda: "paused" in shop.text("timeline") or "paused" in shop.driver.page_source, "it does not pause"
    )
    then = shop.text("clock")
    assert shop.text("clock") == then
    shop.click("clock-step")
    shop.press(" ")
    shop.until(lambda: shop.text("clock") != then, "time does not go on")


def test_time_runs_until_something_holds(shop: Browser):
    visit(shop, "map")
    shop.click("run-until")
    shop.type("until-text", "deployment/shop/web available")
    shop.click("until-run")
    shop.until(lambda: shop.mark("goal", "state") == "reached", "the goal is not reached")
    assert "deployment/shop/web available" in shop.text("goal")


def test_both_languages_and_both_themes_are_one_press_away(shop: Browser):
    visit(shop, "map")
    shop.click("language-toggle")
    shop.until(lambda: shop.text("view-map") == "맵", "not Korean")
    shop.click("language-toggle")
    shop.until(lambda: shop.text("view-map") == "Map", "not English")
    before = shop.script("return document.documentElement.dataset.theme")
    shop.click("theme-toggle")
    assert shop.script("return document.documentElement.dataset.theme") != before
    shop.click("theme-toggle")
