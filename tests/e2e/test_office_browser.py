"""The issue's trial in a real browser: asked in Arabic, handed over, answered in the console, read by the code.

And every page of the office, judged by axe-core in both themes, at 320 pixels, without scripts.
"""

from __future__ import annotations

import os
import re
import shutil
import time

import pyotp
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.conftest import ROOT
from tests.e2e.test_browser import ask, judge, wait
from tests.office import in_git
from tests.servers.browser import chromium, running, seen

PASSWORD = "Der Fluss fließt nach Norden"
DESK = (1280, 900)


@pytest.fixture(scope="module")
def lotse(tmp_path_factory):
    """A running `lotse run` with Erfurt's knowledge, by words alone; its address, and the first administrator's link."""
    folder = tmp_path_factory.mktemp("office")
    knowledge = folder / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge, ignore=shutil.ignore_patterns("vectors", "landau", "magdeburg"))
    in_git(knowledge)
    settings = {
        "LOTSE_VAR": str(folder / "var"),
        "LOTSE_KNOWLEDGE": str(knowledge),
        "LOTSE_WEB": "127.0.0.1:18180+",
        "LOTSE_LOG_FORMAT": "json",
    }
    with running(folder, settings, r"(http://\S+)/office/first/\S+") as (link, _):
        yield link[1], link[0]


@pytest.fixture(scope="module")
def clerk(lotse):
    """A browser in which the first administrator has signed in."""
    browser = chromium("de", size=DESK)
    browser.get(lotse[1])
    secret = seen(browser, "secret")[0].text.replace(" ", "")
    for name, value in (("name", "Frau Weber"), ("password", PASSWORD), ("repeat", PASSWORD)):
        browser.find_element(By.NAME, name).send_keys(value)
    browser.find_element(By.NAME, "code").send_keys(pyotp.TOTP(secret).now())
    browser.find_element(By.CSS_SELECTOR, "main form button").click()
    wait(browser, lambda: "Frau Weber" in browser.find_element(By.TAG_NAME, "h1").text)
    browser.second_factor = pyotp.TOTP(secret)
    yield browser
    browser.quit()


def handed_over(address):
    """Three questions in Arabic on a phone, the last one to the office; the code to come back with."""
    browser = chromium("ar")
    try:
        browser.get(f"{address}/")
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("dir") == "rtl"
        ask(browser, "كيف أحجز موعدًا في دائرة الأجانب؟")
        ask(browser, "أين أتعلم اللغة الألمانية؟")
        ask(browser, "أين يمكنني إصلاح دراجتي الهوائية؟")
        # Buttons are found by what they do: their words are Arabic.
        _press(browser, next(each for each in seen(browser, "button") if each.get_attribute("value") == "p"))
        _press(browser, seen(browser, "consent-yes")[-1])
        browser.find_elements(By.CSS_SELECTOR, "summary")[0].click()
        seen(browser, "make-keys")[0].click()
        return wait(browser, lambda: seen(browser, "back-code"))[0].text
    finally:
        browser.quit()


def _press(browser, button):
    before = seen(browser, "answer")[-1].get_attribute("data-id")
    button.click()
    wait(browser, lambda: seen(browser, "answer")[-1].get_attribute("data-id") != before)


def test_asked_in_arabic_answered_in_the_console_and_read_by_the_code(lotse, clerk):
    code = handed_over(lotse[0])
    clerk.get(f"{lotse[0]}/office/questions")
    row = seen(clerk, "question-row")[0]
    assert "Arabisch" in row.text
    row.find_element(By.TAG_NAME, "a").click()
    assert "دراجتي" in seen(clerk, "question-text")[0].text
    seen(clerk, "reply")[0].send_keys("Die Werkstatt im Norden hilft.")
    Select(seen(clerk, "other-topic")[0]).select_by_value("appointment-book")
    seen(clerk, "preview")[0].click()
    shown = wait(clerk, lambda: seen(clerk, "shown"))[0]
    assert shown.get_attribute("dir") == "rtl"
    assert "Die Werkstatt im Norden hilft." in shown.text
    assert "Ihre eigenen Worte liest die Person auf Deutsch." in clerk.find_element(By.TAG_NAME, "main").text
    assert seen(clerk, "reply")[0].get_attribute("value") == "Die Werkstatt im Norden hilft."
    judge(clerk)
    ActionChains(clerk).double_click(seen(clerk, "send-reply")[0]).perform()
    said = wait(clerk, lambda: seen(clerk, "note"))[0].text
    assert "Gesendet" in said or "nur einmal" in said  # the second click came before, or after, the first was done
    clerk.back()  # the page with the form: sending it again sends nothing
    if seen(clerk, "send-reply") and seen(clerk, "reply")[0].get_attribute("value"):
        seen(clerk, "send-reply")[0].click()
        said = wait(clerk, lambda: seen(clerk, "note") + seen(clerk, "problem"))[0].text
        assert "nur einmal" in said or "nichts gesendet" in said
    browser = chromium("ar")
    try:
        browser.get(f"{lotse[0]}/")
        browser.find_elements(By.CSS_SELECTOR, "summary")[0].click()
        seen(browser, "code")[0].send_keys(code.lower())
        seen(browser, "enter")[0].click()
        wait(browser, lambda: any("Die Werkstatt im Norden hilft." in each.text for each in seen(browser, "answer")))
        assert sum("Die Werkstatt im Norden hilft." in each.text for each in seen(browser, "answer")) == 1
    finally:
        browser.quit()


def test_without_scripts_somebody_signs_in_edits_a_text_looks_at_it_and_answers(lotse, clerk):
    handed_over(lotse[0])
    browser = chromium("de", scripts=False, size=DESK)
    try:
        browser.get(f"{lotse[0]}/office")
        code = clerk.second_factor.at(time.time() + 30)  # the one of now has been used
        for name, value in (("name", "Frau Weber"), ("password", PASSWORD), ("code", code)):
            browser.find_element(By.NAME, name).send_keys(value)
        browser.find_element(By.CSS_SELECTOR, "main form button").click()
        wait(browser, lambda: seen(browser, "sign-out"))

        browser.get(f"{lotse[0]}/office/topics/kita-place?language=ar")
        title = browser.find_element(By.NAME, "de.title")
        title.clear()
        title.send_keys("Ein Platz in der Kita")
        seen(browser, "preview")[0].click()
        phones = wait(browser, lambda: seen(browser, "phone"))
        assert {"de", "ar", "uk", "en"} <= {each.get_attribute("data-language") for each in phones}
        assert "Ein Platz in der Kita" in phones[0].text
        box = browser.find_element(By.NAME, "questions")
        box.send_keys("Wo finde ich einen Kita-Platz?")
        seen(browser, "try")[0].click()
        assert "Ein Platz in der Kita" in wait(browser, lambda: seen(browser, "tried"))[0].text  # of what is typed
        seen(browser, "save")[0].click()
        assert "Gespeichert" in wait(browser, lambda: seen(browser, "note"))[0].text

        browser.get(f"{lotse[0]}/office/questions")
        seen(browser, "question-row")[0].find_element(By.TAG_NAME, "a").click()
        seen(browser, "reply")[0].send_keys("Die Werkstatt im Süden hilft.")
        seen(browser, "preview")[0].click()
        assert "Die Werkstatt im Süden hilft." in wait(browser, lambda: seen(browser, "shown"))[0].text
        seen(browser, "send-reply")[0].click()
        assert "Gesendet" in wait(browser, lambda: seen(browser, "note"))[0].text
    finally:
        browser.quit()


PAGES = (
    "report",
    "postcards",
    "questions",
    "questions?state=all",
    "questions/1",
    "quarantine",
    "outbox",
    "figures",
    "figures/groups",
    "invitations",
    "settings",
    "settings/city",
    "topics/new?question=1",
    "audit",
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_cut_off(lotse, clerk, dark, width):
    theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    clerk.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": theme})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    clerk.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for page in PAGES:
        clerk.get(f"{lotse[0]}/office/{page}?lang=de" if "?" not in page else f"{lotse[0]}/office/{page}")
        for summary in clerk.find_elements(By.CSS_SELECTOR, "summary"):
            clerk.execute_script("arguments[0].parentElement.open = true", summary)
        judge(clerk)
        assert clerk.execute_script("return document.documentElement.scrollWidth") <= width, page
        if shots := os.environ.get("LOTSE_SHOTS"):
            name = re.sub(r"\W+", "-", page)
            height = clerk.execute_script("return document.documentElement.scrollHeight")
            clerk.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": min(height, 4000)})
            clerk.save_screenshot(f"{shots}/{name}-{width}-{'dark' if dark else 'light'}.png")
            clerk.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert [line for line in clerk.get_log("browser") if line["level"] == "SEVERE"] == []
