"""A person at the page: real Chromium, driven by what can be seen and clicked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

T = TypeVar("T")
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1440,900", "--lang=en",
)  # fmt: skip


def opened(url: str, chromium: str, driver: str) -> Browser:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Browser(webdriver.Chrome(options=options, service=Service(driver)), url)


class Browser:
    """`url` is the lab's address. Elements are named by data-testid."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver, self.url = driver, url

    def go(self, path: str) -> None:
        self.driver.get(path if path.startswith("http") else self.url + path)

    def find(self, testid: str) -> WebElement:
        return self.until(lambda: next(iter(self.all(testid)), None), f"no {testid} on the page")

    def all(self, testid: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{testid}"]')

    def click(self, testid: str) -> None:
        self.find(testid).click()

    def upload(self, testid: str, *files: Path) -> None:
        self.find(testid).send_keys("\n".join(map(str, files)))

    def text(self, testid: str) -> str:
        return self.find(testid).text

    def counts(self) -> dict[str, int]:
        """Pods by status, as the live model holds them."""
        return self.script("return window.__clusterlab ? window.__clusterlab.counts() : {}")

    def pods(self) -> list[dict[str, Any]]:
        return self.script("return window.__clusterlab ? window.__clusterlab.pods() : []")

    def revision(self) -> int:
        return self.script("return window.__clusterlab ? window.__clusterlab.rev() : -1")

    def fetch(self, method: str, path: str, body: str = "{}") -> int:
        """The status that the page itself gets for a request, its cookies and CSRF token included."""
        return self.driver.execute_async_script(_FETCH, method, path, body)  # type: ignore[no-any-return]  # a number

    def script(self, text: str) -> Any:
        return self.driver.execute_script(text)

    def until(self, look: Callable[[], T | None], otherwise: str, *, timeout_s: float = 20.0) -> T:
        """The first true answer. Raises: AssertionError after the time-out."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                if found := look():
                    return found
            except StaleElementReferenceException:
                pass  # the page was drawn anew while we looked
            assert time.monotonic() < deadline, f"{otherwise}; at {self.driver.current_url}"
            time.sleep(0.02)

    def complaints(self) -> list[str]:
        """Errors of scripts and violations of the content security policy; what a server refuses is no error."""
        log = self.driver.get_log("browser")
        return [e["message"] for e in log if e["level"] == "SEVERE" and e["source"] != "network"]

    def quit(self) -> None:
        self.driver.quit()


_FETCH = """
const [method, path, body, done] = arguments
const token = document.cookie.split('; ').find((c) => c.startsWith('csrftoken='))?.slice('csrftoken='.length) ?? ''
const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
fetch(path, { method, headers, body: method === 'GET' ? undefined : body }).then((r) => done(r.status))
"""
