"""The office's side of two people's questions: whatever is done with the one reaches that person and that office alone.

Without a dialogue and without a mail server: what is written, and to whom, stands in the outbox.
"""

from __future__ import annotations

import json
from email import message_from_string
from email.policy import default
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from bot.conversation.events import Draft
from bot.conversation.state import State
from bot.flow.clerk import Clerk
from bot.flow.desk import BY_COMMAND, BY_MAIL, Desk, NotServed, Reply
from bot.flow.letters import Letters
from bot.flow.office_mail import Office
from bot.flow.orders import Orders, carry_out
from bot.flow.post import Post
from bot.handover.answers import File
from bot.mailing import commands
from bot.mailing.gate import OfficeReply, Thread
from bot.presentation.compose import Composer
from bot.presentation.outgoing import Document, Letter, Text, read
from bot.presentation.render import plain
from bot.storage import entries, persons, queue, tickets
from bot.storage.database import close, engine_for, migrate
from bot.storage.entries import Author
from bot.storage.tables import outbox
from bot.storage.tickets import stored_tickets
from bot.storage.writer import Writer

OFFICE, SECOND, OTHER = "buero@example.org", "zweites@example.org", "kita@example.org"
CONSOLE = Author("console", "Weber")
PDF = File("brief.pdf", "application/pdf", b"%PDF-1")
NOW = 1_795_000_000.0  # a Wednesday in November 2026
DAY = 86400


class Chat:
    """A channel that shows words as they are."""

    def render(self, message, incoming):
        return [Text(to=incoming.address, text=plain(message.blocks))]

    def attach(self, files, incoming):
        return [Document(to=incoming.address, name=file.name, content=file.content) for file in files]


class Town:
    """Anna, who reads German, has asked question 1; Boris, who reads English, question 2."""

    def __init__(self, engine, knowledge, catalogues):
        self.engine, self.now, self.told, self.woken = engine, NOW, [], []
        language = SimpleNamespace(language=lambda text: "de")
        self.current = SimpleNamespace(knowledge=knowledge, composer=Composer(knowledge, catalogues), matcher=language)
        self.desk = Desk(
            SimpleNamespace(current=self.current),
            {"chat": Chat()},
            Office(OFFICE, "lotse@example.org", "antwort@example.org", b"k" * 32, answerable=True, second=SECOND),
            Writer(engine),
            lambda: self.now,
            lambda: self.woken.append(True),
            self.told.append,
        )

    async def do(self, what, *arguments, **named):
        """Call it in a transaction of its own."""
        async with self.engine.begin() as connection:
            return await what(connection, *arguments, **named)

    async def asked(self):
        for name, language in (("anna", "de"), ("boris", "en")):
            state = State(language).to_json()
            person = await self.do(persons.save, "chat", name, state, None, self.now)
            draft = Draft(0, f"Frage von {name}?", language, ("kita-place",), self.now)
            await self.do(self.desk.hand_over, person, draft, self.current, self.now)

    async def new(self):
        """What has come into the outbox since it was last looked at, as (lane, words)."""
        async with self.engine.begin() as connection:
            rows = (
                await connection.execute(select(outbox).where(outbox.c.state == "waiting").order_by(outbox.c.id))
            ).all()
            await connection.execute(outbox.update().values(state="done", attempts=1))
        return [(row.lane, row.ticket, read(row.payload)) for row in rows]

    async def one(self, number=1):
        (found,) = await self.do(stored_tickets, number)
        return found

    async def history(self, number=1):
        return [(each.kind, each.way, each.author, each.text) for each in await self.do(entries.of, number)]


@pytest.fixture
async def town(tmp_path, small, catalogues):
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    await migrate(engine)
    made = Town(engine, small, catalogues)
    await made.asked()
    yield made
    await close(engine)


def mail_in(letter):
    assert isinstance(letter, Letter)
    return message_from_string(letter.mail, policy=default)


def words(letter):
    return mail_in(letter).get_body().get_content()


async def test_each_question_is_a_mail_of_its_own_with_its_own_token(town):
    (lane, number, first), (other_lane, other_number, second) = await town.new()
    assert [(lane, number), (other_lane, other_number)] == [("mail:1", 1), ("mail:2", 2)]
    for stored, letter, name in ((await town.one(1), first, "anna"), (await town.one(2), second, "boris")):
        assert letter.to == mail_in(letter)["To"] == stored.office == OFFICE
        assert f"Frage von {name}?" in words(letter)
        assert await town.do(tickets.ticket_of, letter.id) == stored.number
        assert mail_in(letter)["Reply-To"].startswith(f"reply+{stored.number}.")
        assert stored.expires_at == NOW + 180 * DAY
        assert json.loads(stored.topics) == ["kita-place"]
        assert (stored.state, stored.city, stored.client) == ("open", "musterstadt", 0)
    assert mail_in(first)["Reply-To"] != mail_in(second)["Reply-To"]


async def test_an_answer_reaches_who_asked_in_their_language_and_nobody_else(town):
    await town.new()
    await town.desk.relay_reply(2, "Yes, *both*.")
    ((lane, number, message),) = await town.new()
    assert (lane, number, message.to) == ("chat:boris", 2, "boris")
    assert "Yes, *both*." in message.text
    assert "Frage von boris?" in message.text
    assert town.current.composer.sentence("office-reply", "en").split("*")[0].strip() in message.text
    assert town.woken == [True]
    assert [(await town.one(number)).state for number in (1, 2)] == ["open", "answered"]
    assert await town.history(2) == [("reply", "command", "", "Yes, *both*.")]
    assert await town.history(1) == []


async def test_below_german_words_stands_how_to_get_them_explained(town):
    await town.new()
    for number in (1, 2):
        await town.desk.relay_reply(number, "Bringen Sie den Aufenthaltstitel mit.")
    (_, _, to_anna), (_, _, to_boris) = await town.new()
    explained = town.current.composer.sentence("reply-in-german", "en")
    assert explained in to_boris.text
    assert explained not in to_anna.text


async def test_words_then_answers_of_ours_then_files_in_one_go(town):
    await town.new()
    reply = Reply("Siehe unten.", [PDF], ("lost-card",))
    await town.do(town.desk.relay, 1, reply, CONSOLE)
    (lane, _, message), (file_lane, number, file) = await town.new()
    assert (lane, file_lane, number) == ("chat:anna", "chat:anna", 1)
    assert message.text.index("Siehe unten.") < message.text.index("13\u00a0€")
    assert (file.to, file.name, file.content) == ("anna", "brief.pdf", b"%PDF-1")
    assert await town.history() == [
        ("reply", "console", "Weber", "Siehe unten."),
        ("topic", "console", "Weber", "lost-card"),
        ("files", "console", "Weber", "brief.pdf"),
    ]


async def test_an_answer_to_nobody_writes_nothing(town):
    await town.new()
    with pytest.raises(KeyError):
        await town.desk.relay_reply(3, "Ja.")
    town.desk.channels = {}
    with pytest.raises(NotServed, match="chat"):
        await town.desk.relay_reply(1, "Ja.")
    assert await town.new() == []
    assert (await town.one()).state == "open"  # so it is not lost: it waits until the channel runs
    assert await town.history() == []
    assert not await town.do(town.desk.is_served, 1)
    assert await town.do(town.desk.is_served, 3)


async def test_whose_words_were_erased_still_gets_the_answer(town):
    await town.new()
    await town.do(tickets.extend, 1, "", NOW)
    await town.desk.relay_reply(1, "Ja.")
    ((lane, _, message),) = await town.new()
    assert lane == "chat:anna"
    assert town.current.composer.sentence("your-question", "de") not in message.text


async def test_a_question_that_the_office_closes_is_said_so_with_the_way_to_ask_again(town):
    await town.new()
    await town.do(town.desk.close, 1, CONSOLE)
    ((lane, _, message),) = await town.new()
    assert lane == "chat:anna"
    assert "Frage von anna?" in message.text
    assert await town.history() == [("closed", "console", "Weber", "")]
    assert [(await town.one(number)).state for number in (1, 2)] == ["answered", "open"]
    with pytest.raises(KeyError):
        await town.do(town.desk.close, 3)


# Handing on, adding, withdrawing: the office that has the question now is told


async def test_a_question_that_is_handed_on_is_that_offices_with_its_files(town):
    await town.new()
    await town.do(town.desk.move, 1, OTHER, BY_MAIL, [PDF])
    ((lane, _, letter),) = await town.new()
    assert (lane, letter.to, mail_in(letter)["To"]) == ("mail:1", OTHER, OTHER)
    assert [part.get_filename() for part in mail_in(letter).iter_attachments()] == ["brief.pdf"]
    assert await town.do(tickets.ticket_of, letter.id) == 1
    assert [(await town.one(number)).office for number in (1, 2)] == [OTHER, OFFICE]
    assert await town.history() == [("moved", "mail", "", OTHER)]
    with pytest.raises(KeyError):
        await town.do(town.desk.move, 3, OTHER)

    more = Draft(0, "Und wann?", "de", (), NOW, joins=1)
    assert "Und wann?" in await town.do(town.desk.preview, more, town.current)
    await town.do(town.desk.add, more, town.current, NOW + 5)
    await town.do(town.desk.withdraw, 2, town.current, NOW + 6)
    (first, second) = await town.new()
    assert (first[0], first[2].to, second[0], second[2].to) == ("mail:1", OTHER, "mail:2", OFFICE)
    assert "Und wann?" in words(first[2])
    assert (await town.one()).question == "Frage von anna?\n\nUnd wann?"


async def test_a_question_that_has_not_left_is_withdrawn_without_a_word_to_the_office(town):
    await town.do(town.desk.withdraw, 1, town.current, NOW)
    ((lane, _, _),) = await town.new()
    assert lane == "mail:2"
    assert await town.do(stored_tickets, 1) == []


async def test_open_questions_are_listed_for_their_own_office(town):
    await town.do(town.desk.move, 2, OTHER)
    (line,) = await town.do(town.desk.open_list, OFFICE.upper())
    assert line.startswith("Frage 1 vom 18. November 2026 (Deutsch), zugesagt bis ")
    assert "Kita-Platz" in line
    assert "anna" not in line  # no words of anybody
    await town.do(tickets.set_state, 1, "overdue")
    assert len(await town.do(town.desk.open_list, OFFICE)) == 1
    await town.desk.relay_reply(1, "Ja.")
    assert await town.do(town.desk.open_list, OFFICE) == []


# A mail that the office's server does not take


async def test_what_the_first_address_does_not_take_goes_to_the_second_and_then_whoever_asked_is_told(town):
    ((_, _, _), _) = await town.new()
    said = await town.do(town.desk.undelivered, 1, "550", [PDF])
    assert said == "The mail of question 1 was not delivered (550). It went to the second office address."
    ((lane, _, letter),) = await town.new()
    assert (lane, letter.to) == ("mail:1", SECOND)
    assert [part.get_filename() for part in mail_in(letter).iter_attachments()] == ["brief.pdf"]
    assert (await town.one()).state == "open"
    said = await town.do(town.desk.undelivered, 1, "550")
    assert said.startswith("The mail of question 1 was not delivered (550). Whoever asked was told.")
    ((lane, _, message),) = await town.new()
    assert lane == "chat:anna"
    assert "Frage von anna?" in message.text
    assert [(await town.one(number)).state for number in (1, 2)] == ["undelivered", "open"]
    assert await town.do(town.desk.undelivered, 1, "550") == ""  # told once
    assert await town.do(town.desk.undelivered, 3, "550") == ""
    assert await town.new() == []


@pytest.mark.parametrize(
    ("lane", "channel", "ticket", "counts"),
    [
        ("mail:1", "mail", 1, True),  # the question's own mail
        ("mail:anna@example.org", "mail", 1, False),  # our answer to a centre
        ("mail:anna@example.org", "mail", None, False),
        ("chat:anna", "chat", 1, False),  # who blocked the bot
    ],
)
async def test_only_a_refused_mail_to_the_office_makes_a_question_undelivered(town, lane, channel, ticket, counts):
    await town.new()
    row = queue.Row(9, channel, lane, "{}", 1, NOW, ticket, "outbox")
    assert bool(await town.do(town.desk.refused, row, "550")) is counts
    assert bool(await town.new()) is counts


async def test_an_operator_is_told_once_that_a_channel_does_not_run(town):
    await town.new()
    town.desk.channels = {}
    for number in (1, 2):
        await town.do(town.desk.close, number)
    assert len(town.told) == 1
    assert town.told[0].startswith("Question 1 came by chat, which does not run here")
    assert await town.new() == []


# What a clerk orders


async def test_what_was_answered_by_mail_and_pasted_into_the_console_is_read_once(town):
    await town.new()
    await town.do(lambda to: carry_out(town.desk, to, Orders(1, BY_MAIL, [Reply("Ja.")])))
    await town.do(lambda to: carry_out(town.desk, to, Orders(1, CONSOLE, [Reply("Ja."), Reply("Bis Mai.")])))
    await town.do(lambda to: carry_out(town.desk, to, Orders(2, CONSOLE, [Reply("Ja.")])))  # somebody else's
    said = [(lane, "Bis Mai." in message.text) for lane, _, message in await town.new()]
    assert said == [("chat:anna", False), ("chat:anna", True), ("chat:boris", False)]

    town.now += 60  # the same by the same way is meant; with files, too; and after new words of the asker's
    await town.do(lambda to: carry_out(town.desk, to, Orders(1, CONSOLE, [Reply("Bis Mai.")])))
    await town.do(lambda to: carry_out(town.desk, to, Orders(1, CONSOLE, [Reply("Ja.", [PDF])])))
    assert len(await town.new()) == 3
    await town.do(tickets.extend, 1, "Wirklich?", town.now + 1)
    await town.do(lambda to: carry_out(town.desk, to, Orders(1, CONSOLE, [Reply("Ja.")])))
    assert len(await town.new()) == 1


@pytest.mark.parametrize(
    ("orders", "state", "lanes"),
    [
        (Orders(1, BY_COMMAND, [Reply("Ja.")]), "answered", ["chat:anna"]),
        (Orders(1, BY_COMMAND, [Reply("Ja.")], close=True), "answered", ["chat:anna"]),  # an answer ends it anyway
        (Orders(1, BY_COMMAND, close=True), "answered", ["chat:anna"]),
        (Orders(1, BY_COMMAND, [Reply("Welche?")], asks_back=True), "waiting", ["chat:anna"]),
        (Orders(1, BY_COMMAND, note="intern"), "open", []),  # for the office alone
        (Orders(1, BY_COMMAND, forward=[OTHER, SECOND]), "open", ["mail:1", "mail:1"]),
        (Orders(1, BY_COMMAND, [Reply("Ja.")], forward=[OTHER]), "answered", ["chat:anna", "mail:1"]),
    ],
)
async def test_what_is_ordered_is_done_in_its_order(town, orders, state, lanes):
    await town.new()
    await town.do(lambda to: carry_out(town.desk, to, orders))
    sent = await town.new()
    assert [lane for lane, _, _ in sent] == lanes
    assert (await town.one()).state == state
    assert (await town.one()).office == (orders.forward[-1] if orders.forward else OFFICE)
    assert all("intern" not in message.text for _, _, message in sent if isinstance(message, Text))
    assert [text for kind, _, _, text in await town.history() if kind == "note"] == (
        [orders.note] if orders.note else []
    )
    assert (await town.one(2)).state == "open"


# What a clerk's mail orders


TEMPLATES = {"termin": {"de": "Kommen Sie am Montag.", "en": "Come on Monday."}, "frist": {"de": "Bis Mai."}}


async def replied(town, text, number=1, *, files=(), unsent=()):
    """The office's mail is read and obeyed; problems, or what went out as (lane, words)."""
    town.desk.live.templates = lambda: TEMPLATES
    letters = Letters("lotse@example.org", "antwort@example.org")
    post = Post(letters, b"k" * 32, lambda: town.now, lambda: 99)
    clerk = Clerk(town.desk, post, town.desk.live, lambda address: address == OTHER)
    reading = commands.read(text, set(town.current.knowledge.topics))
    assert not reading.problems
    thread = Thread("Frage", "1@x", ("1@x",))
    reply = OfficeReply(number, OFFICE, "weber@example.org", reading, (), unsent, thread)
    if found := await town.do(clerk.problems, reply):
        return found
    await town.do(clerk.obey, reply, list(files))
    shown = []
    for lane, _, message in await town.new():
        shown.append(
            (
                lane,
                message.name
                if isinstance(message, Document)
                else words(message)
                if isinstance(message, Letter)
                else message.text,
            )
        )
    return shown


CLERK = "mail:weber@example.org"


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("Ja.", 1, [("chat:anna", "| Ja.")]),  # and no mail to the clerk
        ("#vorlage termin", 1, [("chat:anna", "Kommen Sie am Montag.")]),
        ("#vorlage Termin", 2, [("chat:boris", "Come on Monday.")]),  # in the asker's language
        ("#vorlage frist", 2, [("chat:boris", "Bis Mai.")]),  # in German where the office has no other
        ("#antwort lost-card", 1, [("chat:anna", "13\u00a0€")]),
        ("#antwort 1", 1, [("chat:anna", "Kita")]),  # the first of the list in the mail
        (
            "#antwort lost-card\n#vorlage frist\nBis bald",
            1,
            [("chat:anna", "13"), ("chat:anna", "Bis Mai."), ("chat:anna", "Bis bald")],
        ),
        (
            "#weiter kita@example.org",
            1,
            [("mail:1", "Frage von anna?"), (CLERK, "die Frage 1 ist jetzt bei kita@example.org")],
        ),
        ("#offen", 1, [(CLERK, "- Frage 1 vom 18. November 2026")]),
        ("#hilfe", 1, [(CLERK, "Vorlagen Ihres Büros: frist, termin")]),
        ("#privat Frau Weber fragen", 1, []),  # for the office alone
    ],
)
async def test_a_clerks_commands(town, text, number, expected):
    await town.new()
    shown = await replied(town, text, number)
    assert [lane for lane, _ in shown] == [lane for lane, _ in expected]
    for (_, said), (_, part) in zip(shown, expected, strict=True):
        assert part in said


async def test_private_words_and_files_stay_at_the_office_and_are_noted(town):
    await town.new()
    assert await replied(town, "#privat\nErst Frau Weber fragen", files=[PDF], unsent=("b.zip",)) == []
    assert await town.history() == [("note", "mail", "", "Erst Frau Weber fragen")]
    assert (await town.one()).state == "open"


async def test_files_come_along_and_those_that_do_not_are_named(town):
    await town.new()
    shown = await replied(town, "Anbei.", files=[PDF], unsent=("b.zip", "c.exe"))
    assert [lane for lane, _ in shown] == ["chat:anna", "chat:anna"]
    assert "Anbei." in shown[0][1]
    assert "(b.zip, c.exe: –)" in shown[0][1]
    assert shown[1][1] == "brief.pdf"


@pytest.mark.parametrize(
    ("text", "erased", "problem"),
    [
        ("#antwort 2", False, "nennt kein Thema Nummer 2"),
        ("#vorlage unbekannt", False, "ist keine Vorlage. Es gibt: frist, termin."),
        ("#weiter fremd@example.org", False, "An fremd@example.org darf Lotse keine Fragen geben"),
        ("#weiter kita@example.org", True, "ihr Wortlaut ist bei Lotse gelöscht"),
    ],
)
async def test_what_cannot_be_done_is_said_and_nothing_is_done(town, text, erased, problem):
    await town.new()
    if erased:
        await town.do(tickets.extend, 1, "", NOW)
    (said,) = await replied(town, f"{text}\n\nJa.")
    assert problem in said
    assert await town.new() == []
    assert await town.history() == []
