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
    rows = browser.find("colour-legend").find_elements("css selector", "li")
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
