"""The chat in a real browser: asked on a phone in Arabic, handed over, answered days later; and judged by axe-core.

Needs Chromium and ChromeDriver (Debian: chromium, chromium-driver); `.ci/run` installs them.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from axe_selenium_python import Axe
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import ROOT, SMALL
from tests.servers.browser import chromium, running, seen


@pytest.fixture(scope="module")
def lotse(tmp_path_factory):
    """A running `lotse run` with the small knowledge; its address and its folder."""
    var = tmp_path_factory.mktemp("var")
    settings = {
        "LOTSE_VAR": str(var),
        "LOTSE_KNOWLEDGE": str(SMALL),
        "LOTSE_WEB": "127.0.0.1:18080+",
        "LOTSE_LMTP_PORT": "0",
        "LOTSE_LOG_FORMAT": "json",
    }
    with running(var, settings, r'"address": ?"([^"]+)"') as (found, environment):
        yield found[1], var, environment


def wait(browser, condition):
    gone = [StaleElementReferenceException]  # the page was just changing
    return WebDriverWait(browser, 20, 0.1, gone).until(lambda _: condition())


def ask(browser, text):
    before = len(seen(browser, "answer"))
    seen(browser, "message")[0].send_keys(text)
    time.sleep(1)  # a form that is sent in no time is a robot's
    seen(browser, "send")[0].click()
    wait(browser, lambda: len(seen(browser, "answer")) > before)
    return seen(browser, "answer")[-1].text


def last(browser):
    """The last answer's id; "" while the page is fetched anew, as it is without scripts."""
    return next((each.get_attribute("data-id") for each in seen(browser, "answer")[-1:]), "")


def press(browser, words):
    button = next(
        each for each in reversed(seen(browser, "button") + seen(browser, "consent-yes")) if words in each.text
    )
    before = last(browser)
    button.click()
    wait(browser, lambda: last(browser) not in ("", before))
    return seen(browser, "answer")[-1].text


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_question_is_asked_handed_over_and_answered_by_the_code(lotse, scripts):
    address, _, settings = lotse
    browser = chromium("de", scripts=scripts)
    try:
        browser.get(f"{address}/")
        assert "Termine gibt es online" in ask(browser, "Wie bekomme ich einen Termin?")
        ask(browser, "Fahrräder reparieren")
        press(browser, "Menschen")
        press(browser, "so senden")
        browser.find_elements(By.CSS_SELECTOR, "summary")[0].click()
        seen(browser, "make-keys")[0].click()
        code = wait(browser, lambda: seen(browser, "back-code"))[0].text
    finally:
        browser.quit()
    listed = subprocess.run(
        [sys.executable, "-m", "bot", "tickets"], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    ticket = listed.stdout.splitlines()[-1].split("\t")[0]
    subprocess.run(
        [sys.executable, "-m", "bot", "reply", ticket, "-"],
        cwd=ROOT,
        env=settings,
        input="Die Werkstatt hilft.",
        text=True,
        check=True,
    )
    browser = chromium("de", scripts=scripts)
    try:
        browser.get(f"{address}/")
        browser.find_elements(By.CSS_SELECTOR, "summary")[0].click()
        seen(browser, "code")[0].send_keys(code.lower())
        seen(browser, "enter")[0].click()

        def reply():
            if not scripts:
                browser.refresh()
            return any("Die Werkstatt hilft." in each.text for each in seen(browser, "answer"))

        wait(browser, reply)
    finally:
        browser.quit()


@pytest.mark.parametrize(("language", "dark"), [("ar", False), ("de", True), ("en", False)])
def test_axe_finds_nothing_and_nothing_is_cut_off_at_320_pixels(lotse, language, dark):
    address, _, _ = lotse
    browser = chromium(language, dark=dark, size=(500, 800))
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        browser.get(f"{address}/")
        ask(browser, "Wie bekomme ich einen Termin?")
        for summary in browser.find_elements(By.CSS_SELECTOR, "summary"):
            browser.execute_script("arguments[0].parentElement.open = true", summary)
        judge(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
        seen(browser, "make-keys")[0].click()
        wait(browser, lambda: seen(browser, "back-code"))
        judge(browser)
        assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []  # nor by the policy
    finally:
        browser.quit()


def judge(browser):
    axe = Axe(browser)
    axe.inject()
    found = axe.run()["violations"]
    assert found == [], axe.report(found)


def test_everything_is_reached_with_the_keyboard_alone(lotse):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    address, _, _ = lotse
    browser = chromium("de")
    try:
        browser.get(f"{address}/")
        browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        ActionChains(browser).send_keys(Keys.ENTER).perform()  # the skip link
        ActionChains(browser).send_keys(Keys.TAB).perform()
        question = seen(browser, "message")[0]
        if browser.switch_to.active_element != question:
            browser.execute_script("arguments[0].focus()", question)
        ActionChains(browser).send_keys("Wie bekomme ich einen Termin?").pause(1).send_keys(Keys.ENTER).perform()
        wait(browser, lambda: seen(browser, "answer"))
        reached = set()
        for _ in range(60):
            ActionChains(browser).send_keys(Keys.TAB).perform()
            reached.add(browser.switch_to.active_element.get_attribute("data-test"))
        assert {"button", "message", "send", "menu", "language"} <= reached
    finally:
        browser.quit()
