"""The inputs of ``shared/cases/reports`` (beside the repository, where it is there), made after public bug reports: what
becomes of each mail, of each conversation on Telegram, and of the lists of questions, beside the right value.

Each mail and conversation goes through the whole flow, with Erfurt's knowledge and a database of its own.
"""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_string
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.corpora import ROOT
from bot.channels.telegram import Telegram
from bot.channels.telegram_api import make_bot
from bot.channels.telegram_updates import row_of
from bot.config import load_settings
from bot.content.opening import opening
from bot.flow.chats import Chats
from bot.flow.letters import Letters
from bot.flow.mails import Mails
from bot.flow.office_mail import Office
from bot.knowledge import brain
from bot.knowledge.live import LiveKnowledge
from bot.mailing.arrival import row
from bot.mailing.gate import Rules
from bot.storage import quarantine, queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.tables import outbox, tickets

NOW = 1_796_000_000.0  # 30 November 2026
OFFICE = Office("buero@stadt.example", "lotse@stadt.example", "reply@stadt.example", b"s" * 32, answerable=True)
ASKER = 501


@dataclass
class Outcome:
    """What came of a case: texts to the asker and to the centre, mails to the office, what is held."""

    asker: list[str] = field(default_factory=list)
    files: int = 0
    centre: list[str] = field(default_factory=list)
    office: list[str] = field(default_factory=list)
    held: int = 0
    questions: int = 0

    @property
    def words(self) -> str:
        return "\n".join(self.asker)


class Town:
    """Lotse, and everybody around it."""

    def __init__(self, engine: AsyncEngine, live: LiveKnowledge) -> None:
        self.engine, self.now, self._number = engine, NOW, count(1)
        letters = Letters(OFFICE.sender, OFFICE.reply_to)
        channels = {"telegram": Telegram(make_bot("1:token", "http://127.0.0.1:1")), "mail": letters}
        self.chats = Chats(engine, live, channels, OFFICE, clock=lambda: self.now, alert=lambda _: None)
        self.mails = Mails(self.chats, letters, self._rules, clock=lambda: self.now, alert=lambda _: None)
        self.buttons: list[dict[str, str]] = []  # below each message, the newest last

    def _rules(self) -> Rules:
        return Rules(
            own=(OFFICE.sender, OFFICE.reply_to),
            offices={OFFICE.address: ()},
            centres=("@beratung.example",),
            secret=OFFICE.secret,
            authserv_id="mx.stadt.example",
            topics=tuple(self.chats.live.current.knowledge.topics),
        )

    async def settle(self) -> Outcome:
        """Work everything off, and take what is to be sent."""
        while await self.chats.work() or await self.mails.work():
            pass
        found = Outcome()
        async with self.engine.begin() as connection:
            for sent in await queue.claim(connection, outbox, self.now, 1.0, 1_000):
                _sort(json.loads(sent.payload), found, self.buttons)
                async with queue.working(connection, sent):
                    pass
            found.held = len(await quarantine.held(connection))
            found.questions = int((await connection.execute(select(func.count()).select_from(tickets))).scalar_one())
        return found

    async def all_of_it(self) -> Outcome:
        """``settle`` until nothing is left: a lane gives one message at a time."""
        whole = await self.settle()
        while True:
            more = await self.settle()
            if not (more.asker or more.centre or more.office or more.files):
                return whole
            whole.asker += more.asker
            whole.centre += more.centre
            whole.office += more.office
            whole.files += more.files

    async def update(self, **fields: Any) -> Outcome:
        """An update as Telegram sends it."""
        self.now += 1
        update = {"update_id": next(self._number), **fields}
        await self.chats.receive("telegram", [row_of(update)])
        return await self.all_of_it()

    async def says(self, **fields: Any) -> Outcome:
        return await self.update(message=_message(next(self._number), **fields))

    async def presses(self, label: str, below: int = -1) -> Outcome:
        labels = [buttons for buttons in self.buttons if label in buttons]
        if not labels:
            return Outcome()
        query = {"id": "1", "from": _user(), "chat_instance": "1", "data": labels[below][label]}
        return await self.update(callback_query={**query, "message": _message(next(self._number), text="…")})

    async def asked(self) -> str:
        """A question that went to the office: its mail."""
        await self.says(text="/start lang_de")
        await self.says(text="Wo kann ich mein Fahrrad im Wohnheim abstellen?")
        await self.presses("Einen Menschen fragen")
        return (await self.presses("Ja, so senden")).office[0]

    async def mail(self, raw: bytes, to: str) -> Outcome:
        self.now += 60
        await self.mails.receive([row(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), [to])])
        return await self.all_of_it()


def _user() -> dict[str, Any]:
    return {"id": ASKER, "is_bot": False, "first_name": "A", "language_code": "de"}


def _message(number: int, **fields: Any) -> dict[str, Any]:
    chat = {"id": ASKER, "type": "private", "first_name": "A"}
    if str(fields.get("text", "")).startswith("/"):
        fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(fields["text"].split()[0])}]
    return {"message_id": number, "date": 1, "chat": chat, "from": _user(), **fields}


def _sort(payload: dict[str, Any], found: Outcome, buttons: list[dict[str, str]]) -> None:
    if "mail" in payload:
        text = message_from_string(payload["mail"], policy=default)
        body = text.get_body(("plain",))
        said = body.get_content() if body is not None else ""
        if payload["to"] == OFFICE.address:
            found.office.append(payload["mail"])
        else:
            found.centre.append(said)
    elif "file" in payload:
        found.files += 1
    elif "html" in payload:
        found.asker.append(html.unescape(re.sub("<[^<>]*>", "", payload["html"])))
        buttons.append({text: data for row_ in payload.get("buttons") or [] for text, data in row_})


# What is right. A reply of the office: what the asker gets. A mail of the centre: what it gets.
Right = Callable[[Outcome], bool]


def _relayed(*texts: str, without: Sequence[str] = (), files: int = 0) -> Right:
    def right(found: Outcome) -> bool:
        there = all(text in found.words for text in texts) and not any(text in found.words for text in without)
        return len(found.asker) == 1 and there and found.files == files

    return right


def _held(found: Outcome) -> bool:
    return not found.asker and found.held == 1


def _left_alone(found: Outcome) -> bool:
    return not (found.centre or found.office or found.questions or found.held)


def _answers(*titles: str) -> Right:
    return lambda found: len(found.centre) == 1 and all(title in found.centre[0] for title in titles)


REPLIES: dict[str, Right] = {
    "calendar-reply": _relayed("kommen Sie bitte am 8. Dezember um 10:30 Uhr zu uns, Zimmer 12."),
    "cp1252-as-latin1": _relayed("wir haben Mo–Do 8–12 Uhr geöffnet. Die Gebühr ist 93 €. Bringen Sie den „eAT“ mit."),
    "dashes-between-answers": _relayed(
        "mit der Fiktionsbescheinigung.", "Die Frist endet am Freitag.", "Mietvertrag mit."
    ),
    "delivered-twice": _relayed("Ja, kommen Sie am Dienstag."),
    "exchange-cid-mailto": _relayed(
        "bitte schreiben Sie an auslaenderbehoerde@stadt.example.\nMehr steht auf www.stadt.example",
        without=["cid:", "mailto:"],
    ),
    "flowed-delsp": _relayed("Ihren Pass und den letzten", "/verlaengerung?standort=12&sprache=de"),
    "gmail-reaction": _held,
    "html-strike": lambda found: (
        "am 4. Dezember" in re.sub(r"\S?3\. Dezember\S* ", "", found.words)
        and "3. Dezember 4. Dezember" not in found.words
    ),
    "logo-45kB": _relayed("ja, das geht."),
    "logo-4kB-mixed": _relayed("ja, das geht."),
    "precedence-bulk": _held,
    "win1256-undeclared": _relayed("مرحبا، يرجى الاتصال"),
}
CENTRES: dict[str, Right] = {
    "bullets-questions": _answers("Wie melde ich meine Wohnung an?", "Was kostet der Aufenthaltstitel?"),
    "centre-ack": _left_alone,
    "centre-thanks": _left_alone,
    "smalltalk": _left_alone,
    "two-clients-same-subject": _answers(
        "mein Aufenthaltstitel läuft am 20.12. ab", "wie melde ich meine neue Wohnung an?"
    ),
}
SENT = "nicht ansehen"


def run() -> dict[str, Any]:
    """``right`` of ``cases``, and the names of those that are ``wrong``."""
    folder = next(
        (each / "shared" / "cases" / "reports" for each in ROOT.parents if (each / "shared" / "cases").exists()), None
    )
    if folder is None:
        raise SystemExit(f"There is no folder shared/cases beside {ROOT} or above it.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # only the table
    live, _ = brain.load_live(load_settings(), "erfurt")
    found = asyncio.run(_mails(folder, live)) | asyncio.run(_chats(folder, live)) | _lists(folder, live)
    wrong = sorted(name for name, right in found.items() if not right)
    table = Table("case", "right")
    for name, right in sorted(found.items()):
        table.add_row(name, "yes" if right else "NO")
    Console(width=120).print(table, f"{len(found) - len(wrong)} of {len(found)} right")
    return {"right": len(found) - len(wrong), "cases": len(found), "wrong": wrong}


async def _mails(folder: Path, live: LiveKnowledge) -> dict[str, bool]:
    found = {}
    for name, right in {**REPLIES, **CENTRES}.items():
        async with _Town(live) as town:
            raw = (folder / f"{name}.eml").read_bytes()
            to = OFFICE.sender
            if name in REPLIES:
                asked = message_from_string(await town.asked(), policy=default)
                to = str(asked["Reply-To"])
                raw = raw.replace(b"{REPLY_TO}", to.encode()).replace(
                    b"{MESSAGE_ID}", str(asked["Message-ID"]).encode()
                )
            outcome = await town.mail(raw, to)
            if name == "delivered-twice":
                again = await town.mail(
                    b"Received: from b by mx.stadt.example; Mon, 30 Nov 2026 09:05:00 +0100\n" + raw, to
                )
                outcome.asker += again.asker
            found[name] = right(outcome)
            if not found[name]:
                Console(width=120).print(name, outcome, markup=False)
    return found


async def _chats(folder: Path, live: LiveKnowledge) -> dict[str, bool]:
    found = {}
    async with _Town(live) as town:  # the caption's answer, and once that pictures are not read
        said = []
        for fields in json.loads((folder / "album.json").read_text("utf-8")):
            said += (await town.says(**fields)).asker
        found["album"] = sum(SENT in text for text in said) == 1 and len(said) <= 2
    async with _Town(live) as town:  # silence, and the preview stays good
        first, _, edited, _ = json.loads((folder / "false-edit.json").read_text("utf-8"))
        await town.update(message=first["message"])
        await town.presses("Einen Menschen fragen")
        silent = not (await town.update(edited_message=edited["edited_message"])).asker
        found["false-edit"] = silent and len((await town.presses("Ja, so senden")).office) == 1
    async with _Town(live) as town:  # one question with all of its letters, and nothing twice
        parts = json.loads((folder / "split-long.json").read_text("utf-8"))
        text = "Mein Vermieter will, dass ich ausziehe, und ich weiß nicht, was ich tun soll. " * 80
        lengths = [part["message_text_length"] for part in parts if "message_text_length" in part]
        await town.says(text="/start lang_de")
        await town.says(text="/ask")
        for start, length in zip((0, lengths[0]), lengths, strict=True):
            await town.says(text=text[start : start + length])
        sent = (await town.presses("Ja, so senden")).office
        whole = " ".join(text[: sum(lengths)].split())
        found["split-long"] = len(sent) == 1 and whole in _flat(sent[0])
    async with _Town(live) as town:  # "and what does it cost?" belongs to the answer that it replies to
        one, two, three = json.loads((folder / "reply-to-older.json").read_text("utf-8"))
        older = (await town.says(text=one["text"])).asker[0]
        buttons = town.buttons[-1]
        await town.says(text=two["text"])
        keyboard = [[{"text": label, "callback_data": data}] for label, data in buttons.items()]
        replied = _message(1, text=older, reply_markup={"inline_keyboard": keyboard})
        answer = (await town.says(text=three["text"], reply_to_message=replied)).words
        found["reply-to-older"] = "96" in answer and "93" in answer
    return found


def _flat(mail: str) -> str:
    body = message_from_string(mail, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().replace("\n> ", " ").split())


def _lists(folder: Path, live: LiveKnowledge) -> dict[str, bool]:
    matcher, found = live.current.matcher, {}
    city = live.current.knowledge.city
    closed = city.closed if city is not None else ()
    for line in (folder / "mixed-language.txt").read_text("utf-8").splitlines():
        right, text = line.split("\t")
        found[f"mixed-language: {text}"] = matcher.language(text) in (right, "")
    for text in (folder / "other-city.txt").read_text("utf-8").splitlines():
        match = matcher.match(text)
        found[f"other-city: {text}"] = bool(match.elsewhere) or match.topic is None
    for line in (folder / "open-on-24-december.txt").read_text("utf-8").splitlines()[1:]:
        hours, land, moment, _ = line.split("\t")
        at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        state = opening(hours, at, land or None, closed)
        found[f"open-on-24-december: {hours}"] = state is None or not state.is_open
    return found


class _Town:
    """A town with a database of its own, for as long as the block lasts."""

    def __init__(self, live: LiveKnowledge) -> None:
        self._live = live

    async def __aenter__(self) -> Town:
        self._folder = tempfile.TemporaryDirectory()
        self._engine = engine_for(f"sqlite+aiosqlite:///{self._folder.name}/lotse.db")
        await migrate(self._engine)
        return Town(self._engine, self._live)

    async def __aexit__(self, *_: object) -> None:
        await close(self._engine)
        self._folder.cleanup()
