"""Photograph Lotse's pages as people see them, for README.md and docs/: `make pictures` writes docs/pictures/.

A real `lotse run` with Erfurt's texts and the model, on a copy, and a real Chromium: somebody asks in Arabic on a phone
and hands a question over; the office answers it, edits a text and looks at its figures. Persons and numbers are
invented. Looks are the light ones.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from selenium.webdriver.common.by import By

from bot.config import Settings
from bot.content.load import load
from bot.flow.figures import week_of
from bot.knowledge.folder import read_folder, read_translations
from bot.presentation.compose import Composer
from bot.printing import postcards, typesetting
from bot.storage import counts
from bot.storage.counts import Count
from bot.storage.database import close, engine_for, migrate
from tests.e2e.test_browser import ask, wait
from tests.e2e.test_console import press, set_up, type_into
from tests.office import in_git
from tests.servers.browser import chromium, running, seen

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
CITY = "erfurt"
PHONE, DESK = (390, 844), (1180, 900)
MOST_BYTES = 120_000
TOPIC = "appointment-book"
ANSWERED, HANDED_OVER = "كيف أحجز موعدًا في دائرة الأجانب؟", "هل لديكم دراجات مجانية للاجئين؟"
REPLY = (
    "Ja: Die Werkstatt am Nordbahnhof verschenkt gebrauchte Räder, dienstags ab 15 Uhr. Bringen Sie Ihren Ausweis mit."
)
NOTE = "Mit der Werkstatt telefoniert: Es sind gerade acht Räder da."


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    os.environ["LANGUAGE"] = "de"  # Chromium's own words: how a date is written in a field
    with tempfile.TemporaryDirectory() as folder:
        settings = _prepared(Path(folder))
        with running(Path(folder), settings, r"(http://\S+)/office/first/\S+", 600) as (link, _):
            _asker(link[1])
            _office(link[1], link[0])
    _keep("postcards", _cards())


def _prepared(folder: Path) -> dict[str, str]:
    """A copy of the texts in git, and a database with what people asked in the last weeks."""
    knowledge, var = folder / "knowledge", folder / "var"
    shutil.copytree(ROOT / "knowledge", knowledge)
    in_git(knowledge)
    settings = Settings(_env_file=None, var=var)
    settings.make_var()
    asyncio.run(_asked_before(settings.database, date.today()))  # noqa: DTZ011 # weeks before today, wherever that is
    return {
        "LOTSE_VAR": str(var),
        "LOTSE_KNOWLEDGE": str(knowledge),
        "LOTSE_CITY": CITY,
        "LOTSE_MODEL": "e5",
        "LOTSE_CACHE": str(ROOT / "var" / "cache"),
        "LOTSE_WEB": "127.0.0.1:18380+",
        "LOTSE_LMTP_PORT": "0",
    }


async def _asked_before(database: str, today: date) -> None:
    chance = random.Random(1)  # noqa: S311 # invented
    topics = {
        TOPIC: 90,
        "kita-place": 40,
        "child-benefit": 25,
        "lost-document": 18,
        "duldung": 12,
        "bank-account": 5,
        "driving-licence": 3,
        "": 20,
    }
    outcomes = {"answered": 1.0, "clarified": 0.15, "handed-over": 0.06, "did-not-help": 0.08, "no-answer": 0.05}
    found = [
        Count(week_of(today - timedelta(weeks=week)), topic, language, channel, outcome, number)
        for week in range(10)
        for topic, often in topics.items()
        for language, share in {"ar": 0.3, "uk": 0.3, "de": 0.2, "en": 0.15, "fa": 0.05}.items()
        for channel, part in {"web": 0.7, "telegram": 0.3}.items()
        for outcome, rate in outcomes.items()
        if (topic or outcome in ("no-answer", "handed-over"))
        and (number := round(often * share * part * rate * chance.uniform(0.2, 1.2) * (1 if topic else 9)))
    ]
    engine = engine_for(database)
    await migrate(engine)
    async with engine.begin() as connection:
        await counts.add(connection, CITY, found)
    await close(engine)


def _asker(address: str) -> None:
    """On a phone, in Arabic."""
    browser = chromium("ar", size=PHONE)
    try:
        _screen(browser, PHONE, 2, mobile=True)
        browser.get(f"{address}/")
        ask(browser, ANSWERED)
        _show(browser, "article.own")
        _shoot(browser, "chat-arabic")
        ask(browser, HANDED_OVER)
        before = seen(browser, "answer")[-1].get_attribute("data-id")
        next(each for each in reversed(seen(browser, "button")) if each.get_attribute("value") == "p").click()
        wait(browser, lambda: seen(browser, "answer")[-1].get_attribute("data-id") != before)
        _show(browser, "article[data-test=answer]")
        _shoot(browser, "handover")
        seen(browser, "consent-yes")[-1].click()
        wait(browser, lambda: not seen(browser, "consent-yes") or "✅" in browser.page_source)
        time.sleep(2)  # what is sent is written to the office
    finally:
        browser.quit()


def _office(address: str, link: str) -> None:
    """At a desk, in German."""
    browser = chromium("de", size=DESK)
    try:
        _screen(browser, DESK, 1.5)
        set_up(browser, link, "Frau Weber")
        browser.get(f"{address}/office/topics/{TOPIC}?language=ar")
        type_into(browser, "de.title", "Einen Termin buchen")
        press(browser, "preview")
        wait(browser, lambda: seen(browser, "phone"))
        _screen(browser, (DESK[0], 1180), 1.5)
        _show(browser, "#below", 80)
        _shoot(browser, "topic")
        _screen(browser, DESK, 1.5)
        browser.get(f"{address}/office/questions")
        seen(browser, "question-row")[0].find_element(By.TAG_NAME, "a").click()
        wait(browser, lambda: seen(browser, "reply"))
        seen(browser, "reply")[0].send_keys(REPLY)
        press(browser, "send-reply")
        wait(browser, lambda: seen(browser, "note"))
        browser.get(f"{address}/office/questions/1")
        note = browser.find_elements(By.NAME, "note")
        if note:
            browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
            note[0].send_keys(NOTE)
            note[0].find_element(By.XPATH, "ancestor::form").find_element(By.TAG_NAME, "button").click()
            wait(browser, lambda: NOTE in browser.page_source)
            browser.get(f"{address}/office/questions/1")
        _shoot(browser, "question")
        browser.get(f"{address}/office/report")
        _show(browser, "article h2")
        _shoot(browser, "report")
        browser.get(f"{address}/office/figures")
        _shoot(browser, "figures")
    finally:
        browser.quit()


def _screen(browser: Chrome, size: tuple[int, int], scale: float, *, mobile: bool = False) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": scale, "mobile": mobile}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})


def _show(browser: Chrome, selector: str, below: int = 12) -> None:
    """Scroll the last element that ``selector`` finds to the top, so many pixels ``below`` it."""
    element = browser.find_elements(By.CSS_SELECTOR, selector)[-1]
    script = "window.scrollTo(0, arguments[0].getBoundingClientRect().top + window.scrollY - arguments[1])"
    browser.execute_script(script, element, below)
    time.sleep(0.5)


def _shoot(browser: Chrome, name: str) -> None:
    browser.execute_script("document.activeElement.blur()")
    _keep(name, Image.open(io.BytesIO(browser.get_screenshot_as_png())))


def _cards() -> Image.Image:
    """Two cards, front and back, as they are printed."""
    composer = _composer()
    data = postcards.data(composer, "https://lotse.example", ["ar", "uk"], [TOPIC], postcards.CARD)
    pages = [Image.open(io.BytesIO(png)) for png in typesetting.pictures(postcards.TEMPLATE, data, 110)]
    wide, high = pages[0].size
    sheet = Image.new("RGB", (2 * wide, 2 * high), "white")
    for at, each in enumerate(pages):
        sheet.paste(each, (at % 2 * wide, at // 2 * high))
    return sheet


def _composer() -> Composer:
    settings = Settings(_env_file=None)
    knowledge = load(read_folder(ROOT / "knowledge"), CITY, advice=False).knowledge
    assert knowledge is not None
    return Composer(knowledge, read_translations(settings.translations))


def _keep(name: str, image: Image.Image) -> None:
    """As PNG; letters need few colours, and as few as make it small enough."""
    path = PICTURES / f"{name}.png"
    for colours in (96, 48, 24, 12):
        image.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
