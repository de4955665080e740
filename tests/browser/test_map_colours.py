"""The Map's colours tell what the person chose; the address says what that is."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.kit.browser import Browser

COLOURS = """
const canvas = document.querySelector('[data-testid="map-canvas"]')
const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
const seen = {}
for (let at = 0; at < data.length; at += 4) {
  const key = `${data[at]},${data[at + 1]},${data[at + 2]}`
  if (data[at + 3] === 255) seen[key] = (seen[key] ?? 0) + 1
}
return Object.keys(seen).filter((key) => seen[key] > 60)
"""


@pytest.fixture
def shop(browser: Browser) -> Browser:
    browser.open_example()
    return browser


def chips(browser: Browser) -> dict[str, int]:
    rows = browser.find("colour-legend").find_elements("css selector", "button")
    return {
        row.find_element("css selector", "[title]").text: int(row.get_attribute("data-count") or 0)
        for row in rows
    }


def choose(browser: Browser, colouring: str) -> None:
    Select(browser.find("colour-select")).select_by_value(colouring)
    browser.until(lambda: f"colour={colouring}" in browser.driver.current_url, "not in the address")


def test_colours_are_chosen_explained_kept_and_taken_back(shop: Browser):
    by_status = set(shop.script(COLOURS))
    choose(shop, "namespace")
    pods = shop.pods()
    namespaces = {pod["namespace"] for pod in pods}
    shop.until(lambda: set(chips(shop)) == namespaces, "the legend does not name the namespaces")
    shop.until(lambda: set(shop.script(COLOURS)) - by_status, "the canvas has no new colour")
    choose(shop, "age")
    shop.until(
        lambda: len(chips(shop)) == 5 and sum(chips(shop).values()) == len(shop.pods()), "not five ages"
    )
    shop.driver.find_element("css selector", '[role="application"]').send_keys(Keys.ARROW_RIGHT, Keys.ENTER)
    shop.until(lambda: "sel=pod/" in shop.driver.current_url, "nothing is selected")
    assert "colour=age" in shop.driver.current_url, "selecting loses the colours"
    shop.driver.back()
    shop.driver.back()
    shop.until(lambda: shop.driver.current_url.endswith("colour=namespace"), "Back does not lead back")
    shop.driver.back()
    shop.until(lambda: shop.all("colour-legend") == [], "Back does not lead to the status")
    assert "colour" not in shop.driver.current_url
    shop.find("colour-select").send_keys("Colour: o")
    shop.until(lambda: "colour=owner" in shop.driver.current_url, "no keyboard")
    assert shop.complaints() == []


def press(browser: Browser, name: str) -> None:
    rows = browser.find("colour-legend").find_elements("css selector", "button")
    next(row for row in rows if row.find_element("css selector", "[title]").text == name).click()


def test_colours_by_image_filter_survive_a_reload_other_views_and_the_past(shop: Browser):
    choose(shop, "image")
    counts = shop.until(lambda: chips(shop), "the legend names no image")
    assert sum(counts.values()) == len(shop.pods())
    image = sorted(counts)[0]
    press(shop, image)
    shop.until(lambda: f"image:%3D{image}" in shop.driver.current_url, "the chip is no filter")
    assert chips(shop) == counts, "a chip's filter changes its own legend"
    address = shop.driver.current_url
    shop.driver.refresh()
    shop.until(lambda: shop.all("colour-legend") and chips(shop) == counts, "lost with a reload")
    assert shop.driver.current_url == address
    shop.press("g", "w")
    shop.until(lambda: "/work" in shop.driver.current_url, "no other view")
    shop.until(lambda: len(shop.all("pod-row")) == counts[image], "the filter is not the same in Work")
    shop.driver.back()
    shop.until(lambda: shop.driver.current_url == address, "Back does not lead back")
    shop.go(f"{address}&rev={shop.until(shop.revision, 'no revision')}")
    shop.until(lambda: shop.all("colour-legend") and chips(shop) == counts, "the past has other images")
    choose(shop, "cpu")
    shop.until(lambda: len(chips(shop)) == 5 and sum(chips(shop).values()) == counts[image], "not five steps")
    assert shop.complaints() == []


def test_the_map_zooms_from_sums_of_zones_to_names_of_pods_and_stays_there(shop: Browser):
    placed = [pod for pod in shop.pods() if pod["node"]]
    shop.click("zoom-zones")
    cards = shop.until(lambda: shop.all("zone-card"), "no zones")
    assert sum(int(card.get_attribute("data-pods") or 0) for card in cards) == len(placed)
    assert shop.all("map-canvas") == []
    shop.driver.refresh()
    shop.until(lambda: shop.all("zone-card"), "the zoom is forgotten")
    cards = shop.all("zone-card")
    cards[0].find_element("css selector", "button").click()
    shop.find("map-canvas")
    shop.click("zoom-names")
    shop.until(lambda: pressed(shop, "zoom-names"), "no names")
    shop.driver.find_element("css selector", '[role="application"]').send_keys(Keys.ARROW_RIGHT, Keys.ENTER)
    shop.until(lambda: "sel=pod/" in shop.driver.current_url, "no pod is found by keyboard among names")
    shop.press("0")
    shop.until(lambda: pressed(shop, "zoom-fit"), "0 does not fit")
    shop.press("-")
    shop.until(lambda: not pressed(shop, "zoom-fit"), "- does not zoom")
    assert shop.complaints() == []


def pressed(browser: Browser, testid: str) -> bool:
    return browser.find(testid).get_attribute("aria-pressed") == "true"
