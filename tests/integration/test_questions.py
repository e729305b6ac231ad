"""Questions answered in the console: one desk, one outbox and one thread with the mail side. On both databases."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.conversation.events import Draft
from bot.conversation.state import State
from bot.flow.desk import Reply
from bot.flow.questions import Form, Outcome, Questions
from bot.handover.answers import File
from bot.storage import entries, persons
from bot.storage.entries import Author
from bot.storage.tables import ticket_entries, tickets
from tests.integration import test_chats
from tests.integration.test_mails import Mailroom, answer

DAY = 86400
WEBER = Author("console", "Frau Weber")


class Counter(Mailroom):
    """A mailroom whose office also has the console."""

    def __init__(self, engine, folder):
        super().__init__(engine, folder)
        self.questions = Questions(self.chats.desk, lambda address: address.endswith("@amt.example"))
        self.keys = 0

    async def form(self, number=1):
        """As the page of a question holds it."""
        self.keys += 1
        question = await self.questions.one(number)
        return Form(f"key{self.keys}", question.stand if question else "", WEBER)

    async def heard(self):
        """What whoever asked reads next."""
        before = len(self.out.getvalue())
        await self.settle()
        return self.out.getvalue()[before:]

    async def question(self):
        return await self.questions.one(1)


@pytest.fixture
def counter(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Counter(engine, tmp_path)


def frame(text):
    """All but the question itself, and the numbers of the terminal's buttons."""
    return [re.sub(r"\[\d+\]", "[]", line) for line in text.splitlines() if "Fahrräder" not in line]


async def test_whoever_asked_reads_the_same_as_of_a_mail(counter):
    question = await counter.asked()
    by_mail = await counter.get(answer(question, "Bitte fragen Sie das Ordnungsamt."), question["Reply-To"])
    await counter.asked()
    form = await counter.form(2)
    assert await counter.questions.reply(2, form, Reply("Bitte fragen Sie das Ordnungsamt.")) is Outcome.DONE
    assert frame(await counter.heard()) == frame(by_mail)


async def test_the_offices_mailbox_sees_in_its_thread_that_it_was_answered(counter):
    asked = await counter.asked()
    await counter.questions.reply(1, await counter.form(), Reply("Ja, gern.", topics=("appointment-book",)))
    heard = await counter.heard()
    assert "| Ja, gern." in heard
    assert "Termine gibt es online" in heard  # the curated answer, in the same message
    told = counter.sent()[-1]
    assert (told["To"], told["In-Reply-To"]) == ("buero@example.org", asked["Message-ID"])
    assert told["Subject"] == "Lotse: Beantwortet: Frage 1"
    assert "> Ja, gern." in told.get_content()
    (row,) = await counter.rows(tickets, tickets.c.state)
    assert row == ("answered",)


async def test_a_mail_that_comes_later_is_relayed_and_stands_in_the_history(counter):
    asked = await counter.asked()
    await counter.questions.reply(1, await counter.form(), Reply("Ja, gern."))
    await counter.heard()
    assert "| Und bringen Sie den Pass mit." in await counter.get(
        answer(asked, "Und bringen Sie den Pass mit."), asked["Reply-To"]
    )
    history = (await counter.question()).history
    assert [(each.way, each.author, each.text) for each in history] == [
        ("console", "Frau Weber", "Ja, gern."),
        ("mail", "", "Und bringen Sie den Pass mit."),
    ]


async def test_the_same_words_by_both_ways_are_read_once(counter):
    asked = await counter.asked()
    await counter.questions.reply(1, await counter.form(), Reply("Ja, gern."))
    await counter.heard()
    assert "Ja, gern" not in await counter.get(answer(asked, "Ja, gern."), asked["Reply-To"])


async def test_by_mail_and_in_the_console_at_the_same_moment(counter):
    """Whoever comes second knows of the first: the console says so, the mail is not relayed a second time."""
    asked = await counter.asked()
    form = await counter.form()
    before = len(counter.out.getvalue())
    _, outcome = await asyncio.gather(
        counter.get(answer(asked, "Ja, gern."), asked["Reply-To"]),
        counter.questions.reply(1, form, Reply("Ja, gern.")),
    )
    await counter.settle()
    assert outcome in (Outcome.DONE, Outcome.CHANGED)
    assert counter.out.getvalue()[before:].count("| Ja, gern.") == 1


async def test_a_double_click_is_one(counter):
    await counter.asked()
    form = await counter.form()
    both = await asyncio.gather(*(counter.questions.reply(1, form, Reply("Ja.")) for _ in range(2)))
    assert sorted(each.value for each in both) == ["again", "done"]
    assert (await counter.heard()).count("| Ja.") == 1


async def test_two_clerks_at_once_and_the_second_is_told(counter):
    await counter.asked()
    forms = [await counter.form(), replace(await counter.form(), author=Author("console", "Herr Demir"))]
    both = await asyncio.gather(*(counter.questions.reply(1, form, Reply(form.author.name)) for form in forms))
    assert sorted(each.value for each in both) == ["changed", "done"]
    assert (await counter.heard()).count("| Frau Weber") + counter.out.getvalue().count("| Herr Demir") == 1
    # Whoever still wants to says so: the page is shown anew, with what the other one has sent.
    assert await counter.questions.reply(1, await counter.form(), Reply("Noch etwas.")) is Outcome.DONE


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [
        ("answered by mail", Outcome.CHANGED),
        ("the asker adds something", Outcome.CHANGED),
        ("withdrawn", Outcome.GONE),
        ("the channel is switched off", Outcome.NOT_SERVED),
        ("a note", Outcome.DONE),  # nobody was told anything
        ("overdue", Outcome.DONE),
    ],
)
async def test_what_happened_while_the_page_was_open(counter, meanwhile, outcome):
    asked = await counter.asked()
    form = await counter.form()
    desk, current = counter.chats.desk, counter.live.current
    async with counter.engine.begin() as connection:
        if meanwhile == "the asker adds something":
            await desk.add(
                connection, Draft(9, "Es ist rot.", "de", (), counter.now, joins=1), current, counter.now + 1
            )
        if meanwhile == "withdrawn":
            await desk.withdraw(connection, 1, current, counter.now)
        if meanwhile == "overdue":
            await connection.execute(update(tickets).values(state="overdue"))
    if meanwhile == "answered by mail":
        await counter.get(answer(asked, "Nein."), asked["Reply-To"])
    if meanwhile == "a note":
        await counter.questions.note(1, await counter.form(), "Ich frage nach.")
    if meanwhile == "the channel is switched off":
        desk.channels = {}
    assert await counter.questions.reply(1, form, Reply("Zu spät?")) is outcome
    assert ("| Zu spät?" in await counter.heard()) is (outcome is Outcome.DONE)


async def test_another_citys_question_is_not_there(counter):
    await counter.asked()
    form = await counter.form()
    async with counter.engine.begin() as connection:
        await connection.execute(update(tickets).values(city="anderstadt"))
    assert await counter.questions.all() == []
    assert await counter.question() is None
    assert await counter.questions.preview(1, Reply("Ja.")) is None
    for done in (
        counter.questions.reply(1, form, Reply("Ja.")),
        counter.questions.close(1, form),
        counter.questions.hand_on(1, form, "x@amt.example"),
        counter.questions.note(1, form, "?"),
    ):
        assert await done is Outcome.GONE
    assert await counter.heard() == ""


async def test_handed_on_to_an_office_on_the_list_alone(counter):
    await counter.asked()
    form = await counter.form()
    assert await counter.questions.hand_on(1, form, "x@woanders.example") is Outcome.NOT_LISTED
    assert await counter.questions.hand_on(1, form, "jugend@amt.example") is Outcome.DONE
    await counter.settle()
    told, asked = counter.sent()[-2:]
    assert (told["To"], told["Subject"]) == ("buero@example.org", "Lotse: Weitergegeben: Frage 1")
    assert (asked["To"], asked["Subject"]) == ("jugend@amt.example", counter.sent()[0]["Subject"])
    question = await counter.question()
    assert (question.status, question.office) == ("waiting", "jugend@amt.example")


async def test_closed_without_an_answer_and_whoever_asked_is_told(counter):
    await counter.asked()
    assert await counter.questions.close(1, await counter.form()) is Outcome.DONE
    assert "geschlossen" in await counter.heard() or "beendet" in counter.out.getvalue()
    assert (await counter.question()).status == "answered"
    assert counter.sent()[-1]["Subject"] == "Lotse: Geschlossen: Frage 1"


async def test_a_question_back_waits_for_whoever_asked(counter):
    await counter.asked()
    await counter.questions.reply(1, await counter.form(), Reply("Welches Fahrrad?"), asks_back=True)
    await counter.settle()
    assert (await counter.question()).status == "waiting"
    await counter.hear("Fahrräder reparieren, das rote")
    async with counter.engine.begin() as connection:
        draft = Draft(9, "Das rote.", "de", (), counter.now, joins=1)
        await counter.chats.desk.add(connection, draft, counter.live.current, counter.now)
    question = await counter.question()
    assert question.status == "open"
    assert "Das rote." in question.text


async def test_a_note_is_for_colleagues_and_goes_with_the_question(counter):
    asked = await counter.asked()
    assert await counter.questions.note(1, await counter.form(), "Herr Demir fragt nach.") is Outcome.DONE
    assert await counter.heard() == ""
    await counter.get(answer(asked, "#privat\nErst nach der Sitzung"), asked["Reply-To"])
    question = await counter.question()
    assert [(each.kind, each.way, each.text) for each in question.history] == [
        ("note", "console", "Herr Demir fragt nach."),
        ("note", "mail", "Erst nach der Sitzung"),
    ]
    assert question.status == "open"
    await counter.hear("delete", "command")
    await counter.press(1)
    assert await counter.rows(ticket_entries, ticket_entries.c.text) == []


async def test_files_go_with_the_answer(counter):
    await counter.asked()
    paper = File("Antrag.pdf", "application/pdf", b"%PDF-1.7")
    assert await counter.questions.reply(1, await counter.form(), Reply("Anbei.", [paper])) is Outcome.DONE
    assert "Antrag.pdf" in await counter.heard()
    assert "> Antrag.pdf" in counter.sent()[-1].get_content()


@pytest.mark.parametrize(
    ("days", "state", "office", "status"),
    [
        (0, "open", "", "open"),
        (3, "open", "", "open"),
        (14, "open", "", "overdue"),  # the reminder has not run yet
        (0, "overdue", "", "overdue"),
        (14, "answered", "", "answered"),
        (14, "waiting", "", "waiting"),  # it is the asker's turn: nobody is late
        (0, "open", "jugend@amt.example", "waiting"),
        (14, "open", "jugend@amt.example", "overdue"),
        (0, "undelivered", "", "open"),
    ],
)
async def test_where_a_question_stands(counter, days, state, office, status):
    await counter.asked()
    values = {"state": state, **({"office": office} if office else {})}
    async with counter.engine.begin() as connection:
        await connection.execute(update(tickets).values(values))
    counter.now += days * DAY
    question = await counter.question()
    assert question.status == status
    assert question.undelivered is (state == "undelivered")


async def test_what_waits_longest_comes_first_and_what_is_answered_last(counter):
    for _ in range(3):
        await counter.asked()
        counter.now += DAY
    await counter.questions.reply(1, await counter.form(1), Reply("Ja."))
    assert [question.number for question in await counter.questions.all()] == [2, 3, 1]


async def test_what_will_be_read_in_which_language(counter):
    await counter.asked()
    async with counter.engine.begin() as connection:
        person = await persons.find(connection, "terminal", "terminal")
        found = person or (await connection.execute(select(tickets.c.person))).first()
        assert found is not None
        await connection.execute(update(tickets).values(language="en"))
        await persons.write_state(connection, 1, State(language="en").to_json(), None)
    question = await counter.question()
    read = counter.questions.read_in(question, ["appointment-book", "nowhere"], "Bitte bringen Sie Ihren Pass mit.")
    assert question.language == "en"
    assert read.topics["appointment-book"] == "en"
    assert "nowhere" not in read.topics
    assert read.words == "de"


async def test_an_entry_survives_whatever_letters_it_holds(counter):
    await counter.asked()
    await counter.questions.note(1, await counter.form(), "\0 \ud800 ہ 🎈")
    async with counter.engine.connect() as connection:
        (entry,) = await entries.of(connection, 1)
    assert entry.text == "\ufffd \ufffd ہ 🎈"


async def test_a_weeks_time_after_the_answer_its_words_are_gone_and_it_can_still_be_added_to(counter):
    await counter.asked()
    await counter.questions.note(1, await counter.form(), "Herr Demir fragt nach.")
    await counter.questions.reply(1, await counter.form(), Reply("Ja, gern."))
    await counter.settle()
    counter.now += 8 * DAY
    await counter.tidy(30)
    question = await counter.question()
    assert question.text == ""
    assert [(each.kind, each.author, each.text) for each in question.history] == [
        ("note", "Frau Weber", ""),
        ("reply", "Frau Weber", ""),
    ]
    assert await counter.questions.reply(1, await counter.form(), Reply("Noch etwas.")) is Outcome.DONE
    assert "| Noch etwas." in await counter.heard()
