"""A headless Chromium of the test's own, and what the tests look for on the dashboard."""

import contextlib
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--no-proxy-server", "--hide-scrollbars", "--force-color-profile=srgb")
PATIENCE_S = 120  # a test that waits this long has failed, on a busy machine too


@contextlib.contextmanager
def chromium(*switches, width=1280, height=900, preferences=None):
    """A browser with a profile of its own, which is deleted afterwards."""
    profile = tempfile.mkdtemp(prefix="chromium-", dir="/tmp")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (*SWITCHES, f"--user-data-dir={profile}", f"--window-size={width},{height}", *switches):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", preferences or {})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Page(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


class Page:
    """The dashboard in a browser."""

    def __init__(self, driver):
        self.driver = driver
        self.expected = []  # words of the complaints that the console may make

    # --- looking ---

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return self.script("return document.querySelectorAll(arguments[0]).length", selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        """All of it, whatever part is visible."""
        return self.one(selector).get_property("textContent")

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def wait(self, condition, what):
        """What `condition()` returns once it is true."""
        def attempt(_):
            return condition()
        return WebDriverWait(self.driver, PATIENCE_S, 0.05).until(attempt, f"waited in vain for {what}")

    def wait_text(self, selector, part):
        return self.wait(lambda: part in self.text(selector), f"'{part}' in {selector}")

    def event(self, number):
        """The row of that event, once it exists."""
        selector = f".event[data-number='{number}']"
        return self.wait(lambda: self.all(selector), f"event {number}")[0]

    def requests(self, count):
        """The rows of recent requests, newest first, once there are so many."""
        self.wait(lambda: self.count(".request") == count, f"{count} requests")
        return self.all(".request")

    def details(self, row):
        """Opens the row; its details as {name: text}."""
        row.find_element(By.TAG_NAME, "summary").click()
        self.wait(lambda: row.find_elements(By.CSS_SELECTOR, ".details dt"), "its details")
        names, texts = ([one.text for one in row.find_elements(By.CSS_SELECTOR, f".details {tag}")]
                        for tag in ("dt", "dd"))
        return dict(zip(names, texts))

    def hashes(self, row):
        """Opens the row; before, digest and after in full."""
        row.find_element(By.TAG_NAME, "summary").click()
        codes = self.wait(lambda: row.find_elements(By.CSS_SELECTOR, ".details .hash"), "its details")
        return [code.get_property("textContent") for code in codes[:3]]

    def register(self, name):
        return self.text(f"#register-{name} .register .hash")

    def complaints(self):
        """What the console has said since the last call; it lists refused answers too."""
        messages = [entry["message"] for entry in self.driver.get_log("browser")]
        return [message for message in messages if not any(word in message for word in self.expected)]

    # --- doing ---

    def open(self, url):
        self.driver.get(url)
        self.wait_text("#link", "live")
        return self

    def resize(self, width, height=900):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def theme(self, name):
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def fill(self, selector, text):
        field = self.one(selector)
        field.clear()
        field.send_keys(text)

    def choose(self, selector, value):
        Select(self.one(selector)).select_by_value(value)

    def choose_text(self, selector, text):
        Select(self.one(selector)).select_by_visible_text(text)

    def click(self, selector):
        self.one(selector).click()

    def unfold(self, selector):
        """Opens a folded panel, by its summary."""
        if self.one(selector).get_attribute("open") is None:
            self.script("arguments[0].scrollIntoView({ block: 'center' })", self.one(selector))
            self.click(f"{selector} > summary")

    def emit(self, name, payload=""):
        self.fill("#event-name", name)
        self.fill("#event-payload", payload)
        self.click("#emit .primary")
        self.wait_text("#emit-result", name)

    def quote(self, report_data=""):
        self.fill("#report-data", report_data)
        self.click("#quote .primary")
        self.wait_text("#quote-result", "A quote of")

    def verdict(self):
        """Verifies the quote that was taken; the verdict's kind and headline."""
        self.click("#verify")
        self.wait(lambda: self.all(".verdict"), "the verdict")
        return self.one(".verdict").get_attribute("class").split()[1], self.one(".verdict h3").text
