"""The console in a real browser, with Erfurt's texts: set up, a phone number corrected and taken back; judged by axe-core.

Needs Chromium and ChromeDriver, as test_browser.
"""

from __future__ import annotations

import os
import re
import shutil
import time

import pyotp
import pytest
from axe_selenium_python import Axe
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.conftest import ROOT
from tests.office import PASSWORD, in_git
from tests.servers.browser import chromium, running, seen

DESKTOP = (1280, 900)
NARROW = (320, 700)


@pytest.fixture(scope="module")
def lotse(tmp_path_factory):
    """A running `lotse run` on a copy of Erfurt's texts in git: its address, the first administrator's link, the folder."""
    var = tmp_path_factory.mktemp("office")
    knowledge = var / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge, ignore=shutil.ignore_patterns("vectors", "landau", "magdeburg"))
    in_git(knowledge)
    settings = {
        "LOTSE_VAR": str(var / "var"),
        "LOTSE_KNOWLEDGE": str(knowledge),
        "LOTSE_WEB": "127.0.0.1:18180+",
        "LOTSE_LMTP_PORT": "0",
        "LOTSE_TWO_EYES": "true",
    }
    with running(var, settings, r"(http://\S+)/office/first/(\S+)") as (found, _):
        yield found[1], found[0], knowledge


def wait(browser, condition):
    """With patience: Erfurt's texts are many, and the machine may be busy."""
    gone = [StaleElementReferenceException]  # the page was just changing
    return WebDriverWait(browser, 90, 0.1, gone).until(lambda _: condition())


def fill(browser, name, text):
    field = browser.find_element(By.NAME, name)
    field.clear()
    field.send_keys(text)
    return field


def press(browser, name):
    button = seen(browser, name)[0]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def set_up(browser, link, name=""):
    """The account behind a link: its password and second factor."""
    browser.get(link)
    if name:
        fill(browser, "name", name)
    secret = seen(browser, "secret")[0].text.replace(" ", "")
    fill(browser, "password", PASSWORD)
    fill(browser, "repeat", PASSWORD)
    fill(browser, "code", pyotp.TOTP(secret).now())
    press(browser, "save")
    wait(browser, lambda: seen(browser, "sign-out"))


@pytest.fixture(scope="module")
def office(lotse):
    """The administrator, and an editor whom she has invited: two browsers, both signed in."""
    address, link, _ = lotse
    ada, eda = chromium("de", size=DESKTOP), chromium("de", size=DESKTOP)
    try:
        ada.get(link)
        assert problems(ada) == []
        set_up(ada, link, "Ada")
        ada.get(f"{address}/office/accounts")
        fill(ada, "name", "Eda")
        Select(ada.find_element(By.CSS_SELECTOR, "form.narrow [name=role]")).select_by_value("editor")
        press(ada, "save")
        set_up(eda, wait(ada, lambda: seen(ada, "link"))[0].text)
        yield ada, eda
    finally:
        ada.quit()
        eda.quit()


def problems(browser):
    """What axe-core has against the page."""
    axe = Axe(browser)
    axe.inject()
    return [(each["id"], [node["target"] for node in each["nodes"]][:4]) for each in axe.run()["violations"]]


def type_into(browser, name, text):
    """Replace a field's words as somebody types."""
    field = browser.find_element(By.NAME, name)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)


def test_a_clerk_corrects_a_phone_number_sees_it_in_four_languages_and_takes_it_back(lotse, office):
    address, _, knowledge = lotse
    ada, _ = office
    file = knowledge / "erfurt" / "places.yaml"
    before = file.read_text("utf-8")
    ada.get(f"{address}/office/places")
    fill(ada, "q", "Erfurt").send_keys(Keys.ENTER)
    wait(ada, lambda: seen(ada, "place-row"))
    row = next(each for each in seen(ada, "place-row") if re.search(r"\d{3} \d", each.text.rpartition("\n")[2]))
    row.find_element(By.TAG_NAME, "a").click()
    wait(ada, lambda: seen(ada, "save"))
    page, old = ada.current_url, ada.find_element(By.NAME, "place.phone").get_attribute("value")
    type_into(ada, "place.phone", "anrufen")
    assert "ist keine Telefonnummer" in wait(ada, lambda: seen(ada, "problem"))[0].text  # while typing
    type_into(ada, "place.phone", "0361 655-4321")
    wait(ada, lambda: seen(ada, "fine"))
    press(ada, "preview")
    wait(ada, lambda: seen(ada, "phone"))
    shown = {each.get_attribute("data-language"): each.get_attribute("textContent") for each in seen(ada, "phone")}
    for language in ("de", "en", "ar", "uk"):
        assert "03616554321" in re.sub(r"\D", "", shown[language]), language
    assert file.read_text("utf-8") == before
    press(ada, "save")
    wait(ada, lambda: seen(ada, "note"))
    assert file.read_text("utf-8") == before.replace(old, "0361 655-4321", 1)
    ada.get(page.replace("?", "/history?") if "?" in page else f"{page}/history")
    press(ada, "undo")
    assert "Zurückgenommen" in wait(ada, lambda: seen(ada, "note"))[0].text
    assert file.read_text("utf-8") == before


def test_questions_are_tried_with_what_is_typed(lotse, office):
    address, _, knowledge = lotse
    ada, _ = office
    file = knowledge / "germany" / "de" / "kids-school.yaml"
    before = file.read_text("utf-8")
    ada.get(f"{address}/office/topics/kita-place?language=en")
    type_into(ada, "de.title", "Ein Platz in der Kita")
    type_into(ada, "questions", "Wo finde ich einen Kita-Platz?")
    press(ada, "try")
    assert "Ein Platz in der Kita" in wait(ada, lambda: seen(ada, "tried"))[0].text
    assert ada.find_element(By.NAME, "de.title").get_attribute("value") == "Ein Platz in der Kita"
    assert problems(ada) == []
    assert file.read_text("utf-8") == before


def test_an_editor_s_change_waits_and_is_published_by_somebody_else(lotse, office):
    address, _, knowledge = lotse
    ada, eda = office
    file = knowledge / "germany" / "de" / "appointments.yaml"
    before = file.read_text("utf-8")
    eda.get(f"{address}/office/topics?q=Termin+vereinbaren")
    row = next(each for each in seen(eda, "topic-row") if "appointment-book" in each.text)
    row.find_element(By.TAG_NAME, "a").click()
    wait(eda, lambda: seen(eda, "save"))
    # A placeholder is put where the cursor is.
    answer = eda.find_element(By.NAME, "de.answer")
    answer.send_keys(Keys.CONTROL, Keys.END)
    answer.send_keys(" Telefon: ")
    Select(eda.find_element(By.ID, "placeholder")).select_by_value("{police.phone}")
    press(eda, "insert")
    assert answer.get_attribute("value").rstrip().endswith("Telefon: {police.phone}")
    press(eda, "save")
    assert "wartet" in wait(eda, lambda: seen(eda, "note"))[0].text
    assert file.read_text("utf-8") == before
    ada.get(f"{address}/office/changes")
    seen(ada, "proposal")[0].click()
    assert "{police.phone}" in wait(ada, lambda: seen(ada, "difference"))[0].text
    assert problems(ada) == []
    press(ada, "publish")
    assert "Veröffentlicht" in wait(ada, lambda: seen(ada, "note"))[0].text
    assert "Telefon: {police.phone}" in file.read_text("utf-8")
    visitor = chromium("de")
    try:  # and people read it
        for _ in range(40):
            visitor.get(f"{address}/?topic=appointment-book&lang=de")
            if "Telefon: 110" in visitor.find_element(By.TAG_NAME, "body").text.replace("\u2068", "").replace(
                "\u2069", ""
            ):
                break
            time.sleep(0.25)
        else:
            raise AssertionError(visitor.find_element(By.TAG_NAME, "body").text)
    finally:
        visitor.quit()


PAGES = [
    "",
    "/topics",
    "/topics?show=stale&language=ar",
    "/topics/appointment-book?language=ar",
    "/topics/appointment-book/values",
    "/topics/appointment-book/history",
    "/places",
    "/places/foreigners-office",
    "/places/foreigners-office/history",
    "/changes",
    "/accounts",
    "/me",
    "/topics/nonsense",
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page_and_nothing_needs_scrolling_sideways(lotse, office, dark):
    address, _, _ = lotse
    ada, _ = office
    browser = chromium("de", dark=dark, size=DESKTOP)
    shots = os.environ.get("LOTSE_SHOTS", "")
    try:
        browser.get(f"{address}/office")
        assert problems(browser) == []
        browser.add_cookie(
            {"name": "lotse_office", "value": ada.get_cookie("lotse_office")["value"], "path": "/office"}
        )
        for path in PAGES:
            for size in (DESKTOP, NARROW):
                browser.set_window_size(*size)
                if size == NARROW:  # 400 % zoom of 1280 pixels
                    browser.execute_cdp_cmd(
                        "Emulation.setDeviceMetricsOverride",
                        {"width": 320, "height": 700, "deviceScaleFactor": 1, "mobile": False},
                    )
                else:
                    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
                browser.get(f"{address}/office{path}")
                if path.startswith(("/topics/appointment-book?", "/places/")) and "history" not in path:
                    for button, sign in (("check", "[id=problems]"), ("preview", "[data-test=phone]")):
                        press(browser, button)
                        wait(browser, lambda sign=sign: browser.find_elements(By.CSS_SELECTOR, sign))
                        assert problems(browser) == [], (path, button)
                assert problems(browser) == [], path
                width = browser.execute_script("return document.documentElement.scrollWidth")
                assert width <= size[0], (path, width)
                if shots:
                    name = re.sub(r"\W+", "-", path) or "start"
                    browser.execute_script("window.scrollTo(0, 0)")
                    browser.save_screenshot(f"{shots}/{name}-{size[0]}-{'dark' if dark else 'light'}.png")
    finally:
        browser.quit()


def test_without_scripts_a_text_is_checked_and_saved(lotse, office):
    address, _, knowledge = lotse
    ada, _ = office
    browser = chromium("de", scripts=False, size=DESKTOP)
    try:
        browser.get(f"{address}/office")
        browser.add_cookie(
            {"name": "lotse_office", "value": ada.get_cookie("lotse_office")["value"], "path": "/office"}
        )
        browser.get(f"{address}/office/topics/tax-id?language=en")
        title = browser.find_element(By.NAME, "en.title")
        title.clear()
        title.send_keys("Your tax ID (anew)")
        seen(browser, "check")[0].click()
        wait(browser, lambda: seen(browser, "fine") or seen(browser, "problem"))
        assert browser.find_element(By.NAME, "en.title").get_attribute("value") == "Your tax ID (anew)"
        seen(browser, "insert")[0].click()
        wait(browser, lambda: "{" in browser.find_element(By.NAME, "de.answer").get_attribute("value"))
        seen(browser, "save")[0].click()
        wait(browser, lambda: seen(browser, "note"))
        assert "Your tax ID (anew)" in "".join(
            path.read_text("utf-8") for path in (knowledge / "germany" / "en").glob("*.yaml")
        )
    finally:
        browser.quit()


def test_by_keyboard_alone(lotse, office):
    """The first key leads past the navigation; the form is sent by Enter."""
    address, _, _ = lotse
    _, eda = office
    eda.get(f"{address}/office/topics")
    body = eda.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert eda.switch_to.active_element.text == "Zum Inhalt"
    eda.switch_to.active_element.send_keys(Keys.ENTER)
    assert eda.switch_to.active_element.get_attribute("id") == "main"
    eda.switch_to.active_element.send_keys(Keys.TAB)
    eda.switch_to.active_element.send_keys("Kita", Keys.ENTER)
    wait(eda, lambda: "q=Kita" in eda.current_url)
    assert any("kita-place" in row.text for row in seen(eda, "topic-row"))
