"""Draw docs/conversation.png, the README's picture: three conversations as phones show them.

Run by `make picture`. What the phones show is what the bot says: the real matcher, dialogue and composer, and the HTML
that Telegram gets. It is written to docs/conversation.html first; then Chromium takes the picture. With --page only
the page is written.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from html import escape, unescape
from pathlib import Path

from bot.config import Settings
from bot.conversation.actions import decode
from bot.conversation.events import Asked, Event, Pressed, Preview, Say
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.handover import mail
from bot.knowledge.brain import load_current
from bot.matching.match import Choice, Match
from bot.presentation.compose import Composer
from bot.presentation.i18n import RIGHT_TO_LEFT
from bot.presentation.message import Label
from bot.presentation.render import telegram

DOCS = Path(__file__).parent.parent / "docs"
STYLE = Path(__file__).with_suffix(".css")
PAGE, PICTURE = DOCS / "conversation.html", DOCS / "conversation.png"
CITY = "erfurt"
NOW = 1_795_424_460.0  # Monday, 23 November 2026, 10:01 in Erfurt
WIDTH = 1180  # CSS pixels
CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=2",
)

Matching = Callable[[str], Match]


@dataclass(frozen=True)
class Talk:
    """A conversation. A turn is a question, or "[...]": the button with that label. ``caption`` stands below."""

    language: str
    caption: str
    turns: tuple[str, ...]


TALKS = (
    Talk(
        "de",
        "Checked answers, and what to ask next",
        ("Wo ist die Ausländerbehörde?", "Ich finde keinen freien Termin, was soll ich machen?"),
    ),
    Talk(
        "uk",
        "A section opens in place; a follow-up is understood",
        ("Мій документ скоро закінчується. Що робити?", "[Кроки]", "Скільки це коштує?"),
    ),
    Talk(
        "ar",
        "No checked answer: a person, with consent",
        ("هل لديكم دراجات مجانية للاجئين؟", "[أريد أن أسأل إنسانًا]"),
    ),
)


@dataclass
class Bubble:
    """A message on the phone: the asker's with what the matcher ``found``, or the bot's with its buttons."""

    html: str
    found: Match | None = None
    buttons: tuple[tuple[Label, ...], ...] = ()


@dataclass
class Phone:
    """One asker's phone while a talk is played."""

    talk: Talk
    composer: Composer
    match: Matching
    state: State = field(init=False)
    bubbles: list[Bubble] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(language=self.talk.language)
        for turn in self.talk.turns:
            self._turn(turn)

    @property
    def city(self) -> str:
        return self.composer.knowledge.city.name if self.composer.knowledge.city else ""

    def _turn(self, turn: str) -> None:
        pressed = turn[1:-1] if turn.startswith("[") else ""
        event = self._press(pressed) if pressed else self._ask(turn)
        self.state, effects = step(self.state, event, self.composer.knowledge, NOW)
        for say in effects:
            if isinstance(say, Say):
                self._show(say)

    def _ask(self, text: str) -> Event:
        found = self.match(text)
        self.bubbles.append(Bubble(escape(text, quote=False), found))
        return Asked(text, found, self.talk.language, self.talk.language)

    def _press(self, label: str) -> Event:
        labels = {each.text: each.data for row in self.bubbles[-1].buttons for each in row}
        if label not in labels:
            raise SystemExit(f"{self.talk.language}: there is no button {label!r}, only {list(labels)}. Change TALKS.")
        return Pressed(decode(labels[label]))

    def _show(self, say: Say) -> None:
        message = self.composer.compose(say, self.talk.language, self._preview(say), now=NOW)
        bubbles = [Bubble(text) for text in telegram(message.blocks)]
        bubbles[-1].buttons = message.buttons
        if message.edit:
            self.bubbles.pop()
        self.bubbles += bubbles

    def _preview(self, say: Say) -> str:
        for part in say.parts:
            if isinstance(part, Preview):
                topics = tuple(self.composer.title(topic, "de") for topic in part.draft.topics)
                days = self.composer.reply_days
                ticket = mail.Ticket(0, self.city, part.draft.question, part.draft.language, topics, days)
                return mail.body(ticket, answerable=False)
        return ""


def page(composer: Composer, match: Matching) -> str:
    """The whole page: three phones, side by side."""
    phones = "\n".join(_phone(Phone(talk, composer, match)) for talk in TALKS)
    return _PAGE.replace("{style}", STYLE.read_text(encoding="utf-8")).replace("{phones}", phones)


def recorded(text: str) -> Matching:
    """The matcher's findings that a page keeps with its questions: a matcher for these questions alone."""
    found = {}
    for raw in re.findall(r'data-found="([^"]*)"', text):
        question, values = json.loads(unescape(raw))
        choices = tuple(Choice(**choice) for choice in values.pop("choices"))
        found[question] = Match(choices=choices, **values)
    return found.__getitem__


def _phone(phone: Phone) -> str:
    language = phone.talk.language
    way = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    bubbles = "\n".join(_bubble(bubble) for bubble in phone.bubbles)
    return f"""<figure>
<div class="phone" lang="{language}" dir="{way}">
<div class="status" dir="ltr"><span>10:01</span><span class="island"></span><span class="battery"></span></div>
<header>
<span class="back"></span><span class="face">{_WHEEL}</span><span class="name">Lotse<small>{phone.city}</small></span>
</header>
<main>
{bubbles}
</main>
<footer><span class="field">{_MESSAGE[language]}</span><span class="send">{_SEND}</span></footer>
</div>
<figcaption>{phone.talk.caption}</figcaption>
</figure>"""


def _bubble(bubble: Bubble) -> str:
    if bubble.found is not None:
        values = asdict(bubble.found)
        values["choices"] = [{**choice, "confidence": round(choice["confidence"], 3)} for choice in values["choices"]]
        kept = escape(json.dumps([unescape(bubble.html), values], ensure_ascii=False))
        return f'<div class="mine" data-found="{kept}">{bubble.html}</div>'
    rows = "".join(
        "<div>" + "".join(f"<button>{escape(label.text)}</button>" for label in row) + "</div>"
        for row in bubble.buttons
    )
    text = bubble.html.replace("</blockquote>\n", "</blockquote>")  # a quotation ends its line itself
    return f'<div class="bot">{text}</div>' + (f"\n<nav>{rows}</nav>" if rows else "")


_MESSAGE = {"de": "Nachricht", "uk": "Повідомлення", "ar": "رسالة"}
# A ship's wheel: Lotse is a pilot.
_WHEEL = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="#fff" stroke-width="1.7" stroke-linecap="round">'
    '<circle cx="12" cy="12" r="5.6"/><circle cx="12" cy="12" r="1.5" fill="#fff"/>'
    '<path d="M12 2.5v8M12 13.5v8M2.5 12h8M13.5 12h8M5.3 5.3l5.6 5.6M13.1 13.1l5.6 5.6'
    'M18.7 5.3l-5.6 5.6M10.9 13.1l-5.6 5.6"/>'
    "</svg>"
)
_SEND = '<svg viewBox="0 0 16 16" fill="currentColor"><path d="M1 1l15 7-15 7 2-6 7-1-7-1z"/></svg>'
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Conversations with Lotse</title>
<!-- Made by `make picture` from what the bot says. -->
<style>{style}</style></head>
<body>
{phones}
<script>document.documentElement.dataset.height = document.documentElement.scrollHeight</script>
</body></html>
"""


def photograph() -> None:
    """Chromium's picture of the page, as high as the page is. Raises SystemExit where that fails."""
    from PIL import Image  # the page alone does without

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit(
            f"{PAGE} is written. For the picture install Chromium: apt-get install chromium fonts-noto-core"
        )
    with tempfile.TemporaryDirectory() as profile:

        def run(*options: str) -> str:
            command = [chromium, *CHROMIUM, f"--user-data-dir={profile}", *options, PAGE.as_uri()]
            done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603
            return done.stdout

        found = re.search(r'data-height="(\d+)"', run(f"--window-size={WIDTH},800", "--dump-dom"))
        if found is None:
            raise SystemExit(f"{PAGE}: Chromium did not say how high it is. Open it in a browser and look.")
        run(f"--window-size={WIDTH},{found[1]}", f"--screenshot={PICTURE}")
    # Letters need few colours: a quarter of the bytes, and nobody sees it.
    Image.open(PICTURE).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


def main() -> None:
    """Write the page and take the picture."""
    current = load_current(Settings(_env_file=None), CITY)
    PAGE.write_text(page(current.composer, current.matcher.match), encoding="utf-8")
    if "--page" not in sys.argv[1:]:
        photograph()
        print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
