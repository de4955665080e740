"""A person at the page: real Chromium, driven by what can be seen and clicked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
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

    def move(self, path: str) -> None:
        """To another address of the page, without loading it anew."""
        self.driver.execute_script(
            "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))", path
        )

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

    def mark(self, testid: str, name: str) -> str | None:
        """The `data-<name>` of the first element; None without one."""
        found = self.all(testid)
        return found[0].get_attribute(f"data-{name}") if found else None

    def press(self, *keys: str) -> None:
        """Keys, one after the other, wherever the focus is."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def type(self, testid: str, text: str) -> None:
        """Replaces what a field holds."""
        field = self.find(testid)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text)

    def open_example(self, slug: str = "first-steps") -> str:
        """From the gallery to the Map with running pods. The cluster's id."""
        self.go("/")
        self.click(f"example-open-{slug}")
        self.until(lambda: self.counts().get("running"), "no pod runs on the Map")
        return self.cluster

    @property
    def cluster(self) -> str:
        """The id of the cluster in the address."""
        return self.driver.current_url.split("/c/")[1].split("/")[0]

    def banner(self, reason: str, *, timeout_s: float = 20.0) -> str:
        """The text of the banner that tells of this trouble."""
        self.until(
            lambda: self.mark("banner", "reason") == reason, f"no banner: {reason}", timeout_s=timeout_s
        )
        return self.text("banner")

    def prefer(self, theme: str, language: str) -> None:
        """From the next page on."""
        wish = json.dumps(json.dumps({"theme": theme, "language": language}))
        self.script(f"localStorage.setItem('clusterlab.preferences', {wish})")

    def settle(self) -> None:
        """Waits until nothing is loading, and the page has stood still for two frames."""
        self.until(lambda: self.driver.execute_async_script(_QUIET), "the page never comes to rest")

    def axe(self, script: str) -> list[str]:
        """What axe-core (`script` is its source) finds against WCAG 2.1 A and AA."""
        if not self.script("return 'axe' in window"):
            self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
        return self.driver.execute_async_script(_AXE)  # type: ignore[no-any-return]  # a list of strings

    def forget(self) -> None:
        """From now on somebody else's: no cookies, nothing remembered, an empty log."""
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
        self.driver.get("about:blank")
        self.driver.delete_all_cookies()
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.complaints()

    def counts(self) -> dict[str, int]:
        """Pods by status, as the live model holds them."""
        return self.script("return window.__clusterlab ? window.__clusterlab.counts() : {}")

    def pods(self) -> list[dict[str, Any]]:
        return self.script("return window.__clusterlab ? window.__clusterlab.pods() : []")

    def revision(self) -> int:
        return self.script("return window.__clusterlab ? window.__clusterlab.rev() : 0")

    def fetch(self, method: str, path: str, body: str = "{}") -> int:
        """The status that the page itself gets for a request, its cookies and CSRF token included."""
        return self.driver.execute_async_script(_FETCH, method, path, body)  # type: ignore[no-any-return]  # a number

    def body(self, path: str) -> str:
        """What the page itself gets for a GET."""
        return self.driver.execute_async_script(  # type: ignore[no-any-return]  # a text
            "const [path, done] = arguments; fetch(path).then((answer) => answer.text()).then(done)", path
        )

    def script(self, text: str, *arguments: object) -> Any:
        return self.driver.execute_script(text, *arguments)

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
        """Errors of scripts, violations of the content security policy, and answers that nobody can have meant."""
        log = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [e["message"] for e in log if e["source"] != "network" or _UNMEANT.search(e["message"])]

    def quit(self) -> None:
        self.driver.quit()


_UNMEANT = re.compile(r"/static/\S* .*status of 4|status of (405|415|5\d\d)")
"""Refusals have their place in a test; a missing file, a request that no view takes and a server's fault have none."""
_QUIET = """
const done = arguments[0]
const main = document.querySelector('main')
const isLoading = main === null || /^(Loading|불러오)/m.test(document.body.innerText)
const isLive = !location.pathname.startsWith('/c/') || !window.__clusterlab || window.__clusterlab.rev() !== null
requestAnimationFrame(() => requestAnimationFrame(() => done(!isLoading && isLive)))
"""
_AXE = """
const done = arguments[0]
axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160)).join(' | '))),
  (error) => done([String(error)]),
)
"""
_FETCH = """
const [method, path, body, done] = arguments
const token = document.cookie.split('; ').find((c) => c.startsWith('csrftoken='))?.slice('csrftoken='.length) ?? ''
const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
fetch(path, { method, headers, body: method === 'GET' ? undefined : body }).then((r) => done(r.status))
"""
