"""The questions as the console lists them: every field, their order, their groups; and what a form leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from bot.conversation.events import Draft
from bot.conversation.state import State
from bot.flow import questions
from bot.flow.desk import BY_MAIL, Reply
from bot.flow.office_mail import as_mailed
from bot.flow.questions import Form, Group, Outcome, Question, Questions, Read
from bot.storage import audit, entries, persons, quarantine, tickets
from bot.storage.entries import Author
from tests.integration.test_desk import NOW, OFFICE, OTHER, PDF, mail_in, town, words

__all__ = ["town"]

DAY = 86_400
WEBER = Author("console", "Frau Weber")
ANNA = Question(
    number=1,
    status="open",
    asked=date(2026, 11, 18),
    due=date(2026, 11, 23),
    language="de",
    written_in="de",
    channel="chat",
    topics=("kita-place",),
    office="",
    client=False,
    undelivered=False,
    held=(),
    text="Frage von anna?",
)


@pytest.fixture
def listed(town):
    return Questions(town.desk, lambda address: address == OTHER)


async def ask(town, name, *, city="musterstadt", language="de", at=NOW, client=False):
    person = await town.do(persons.save, "chat", name, State(language).to_json(), None, at)
    given = {"city": city, "office": OFFICE.upper(), "question": f"Frage von {name}?", "language": language}
    return await town.do(
        tickets.open_ticket,
        person=person,
        topics='["gone", "kita-place"]',
        now=at,
        expires_at=9e9,
        client=client,
        **given,
    )


async def test_every_field_of_a_question(town, listed):
    assert await listed.all() == [
        ANNA,
        replace(ANNA, number=2, language="en", written_in="en", text="Frage von boris?"),
    ]
    await ask(town, "clara", language="uk", at=NOW + DAY, client=True)
    await town.do(tickets.set_state, 3, "undelivered")
    for ticket, reason in ((3, "DMARC"), (1, "DMARC"), (3, "OTHERS")):
        await town.do(quarantine.hold, "{}", reason, ticket, NOW)
    clara = await listed.one(3)
    assert clara == Question(
        number=3,
        status="open",
        asked=date(2026, 11, 19),
        due=date(2026, 11, 24),
        language="uk",
        written_in="uk",
        channel="chat",
        topics=("kita-place",),  # those that the knowledge has
        office="",  # the office's own address, in whatever letters
        client=True,
        undelivered=True,
        held=(1, 3),
        text="Frage von clara?",
        stand=clara.stand,
    )
    assert (await listed.one(1)).held == (2,)
    assert await listed.one(9) is None


async def test_another_citys_questions_are_not_listed(town, listed):
    await ask(town, "clara", city="anderstadt")
    assert [each.number for each in await listed.all()] == [1, 2]
    assert await listed.one(3) is None
    assert await listed.preview(3, Reply("Ja.")) is None


async def test_those_that_somebody_must_answer_come_first_the_latest_due_last(town, listed):
    for name, at in (("clara", NOW - 9 * DAY), ("dina", NOW - 5 * DAY), ("emil", NOW), ("fatma", NOW - 9 * DAY)):
        await ask(town, name, at=at)
    for number, state in ((3, "answered"), (4, "overdue"), (6, "waiting")):
        await town.do(tickets.set_state, number, state)
    # 4 is late, 1, 2 and 5 are due on one day; 3 and 6 are nobody's turn here
    assert [each.number for each in await listed.all()] == [4, 1, 2, 5, 3, 6]


# the state that is stored, how many days ago it was asked, with another office; what the console says
@pytest.mark.parametrize(
    ("state", "days", "elsewhere", "status"),
    [
        ("open", 5, False, "open"),  # Wednesday to Monday
        ("open", 6, False, "overdue"),  # on Tuesday three working days are over
        ("undelivered", 0, False, "open"),
        ("open", 5, True, "waiting"),
        ("open", 6, True, "overdue"),
        ("overdue", 0, True, "overdue"),
        ("waiting", 9, False, "waiting"),
        ("answered", 9, True, "answered"),
    ],
)
async def test_whose_turn_it_is(town, listed, state, days, elsewhere, status):
    await town.do(tickets.set_state, 1, state)
    if elsewhere:
        await town.do(tickets.set_office, 1, OTHER)
    town.now += days * DAY
    found = await listed.one(1)
    assert (found.status, found.office) == (status, OTHER if elsewhere else "")


async def test_days_are_those_of_the_city_wherever_the_server_stands(town, listed):
    """Half past midnight in Musterstadt, the day before in London."""
    await ask(town, "clara", at=datetime(2026, 11, 18, 23, 30, tzinfo=UTC).timestamp())
    assert ((await listed.one(3)).asked, (await listed.one(3)).due) == (date(2026, 11, 19), date(2026, 11, 24))
    assert "Frage 3 vom 19. November 2026" in (await town.do(town.desk.open_list, OFFICE))[2]
    assert as_mailed(await town.one(3), town.current).due == "24. November 2026"
    town.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp()  # Tuesday here
    assert [each.status for each in sorted(await listed.all(), key=lambda each: each.number)] == [
        "overdue",
        "overdue",
        "open",
    ]


async def test_without_a_city_the_days_are_those_of_thuringia(town, listed):
    town.current.knowledge = replace(town.current.knowledge, city=None)
    assert (await listed.all())[0].due == date(2026, 11, 23)


# what happens; whether whoever has the page open must look again
@pytest.mark.parametrize(
    ("what", "changes"),
    [
        (lambda town, to: entries.add(to, 1, "note", WEBER, "intern", NOW), False),
        (lambda town, to: entries.add(to, 2, "reply", WEBER, "Ja.", NOW), False),  # of another question
        (lambda town, to: entries.add(to, 1, "reply", WEBER, "Ja.", NOW), True),
        (lambda town, to: entries.add(to, 1, "moved", WEBER, OTHER, NOW), True),
        (lambda town, to: tickets.extend(to, 1, "Und?", NOW + 0.01), True),
        (lambda town, to: tickets.set_state(to, 1, "overdue"), False),
    ],
)
async def test_what_makes_a_page_old(town, listed, what, changes):
    before = (await listed.one(1)).stand
    await town.do(lambda to: what(town, to))
    assert ((await listed.one(1)).stand != before) is changes
    form = Form("key", before, WEBER)
    outcome = await listed.reply(1, form, Reply("Nein."))
    assert outcome is (Outcome.CHANGED if changes else Outcome.DONE)
    assert await listed.reply(1, replace(form, key="other", stand=""), Reply("Doch.")) is Outcome.DONE  # they want it


async def test_the_same_form_counts_once_for_its_question(town, listed):
    form = Form("key", "", WEBER)
    assert [await listed.reply(number, form, Reply("Ja.")) for number in (1, 1, 2)] == [
        Outcome.DONE,
        Outcome.AGAIN,
        Outcome.DONE,
    ]
    assert await listed.reply(9, form, Reply("Ja.")) is Outcome.GONE
    assert len(town.woken) == 2  # for what was done
    town.desk.channels = {}
    assert await listed.reply(1, replace(form, key="other"), Reply("Ja.")) is Outcome.NOT_SERVED
    assert await listed.reply(1, replace(form, key="other"), Reply("Ja.")) is Outcome.NOT_SERVED  # undone: not "again"


async def test_what_is_done_is_told_the_offices_mailbox_and_written_down(town, listed):
    await town.new()

    def form(key):
        return Form(key, "", WEBER)

    reply = Reply("Ja.", [PDF], ("lost-card",))
    assert await listed.reply(1, form("a"), reply) is Outcome.DONE
    (_, _, said), (_, _, _), (lane, _, told) = await town.new()
    assert "Ja." in said.text
    assert (lane, told.to, mail_in(told)["Subject"]) == ("mail:1", OFFICE, "Lotse: Beantwortet: Frage 1")
    assert [line for line in words(told).splitlines() if line.startswith("> ")] == [
        "> Ja.",
        "> Karte verloren",
        "> brief.pdf",
    ]

    await listed.reply(1, form("b"), Reply("Welche?"), asks_back=True)
    assert (await listed.one(1)).status == "waiting"
    assert "> Welche?" in words((await town.new())[-1][2])

    await listed.note(1, replace(form("c"), stand="old"), "intern")  # true whatever happened meanwhile
    assert await town.new() == []
    assert await listed.close(2, form("d")) is Outcome.DONE
    (closed, told) = await town.new()
    assert (closed[0], told[0], mail_in(told[2])["Subject"]) == ("chat:boris", "mail:2", "Lotse: Geschlossen: Frage 2")
    assert await listed.hand_on(1, form("e"), "fremd@example.org") is Outcome.NOT_LISTED
    assert await listed.hand_on(1, form("e"), OTHER) is Outcome.DONE
    (told, asked) = await town.new()
    assert (told[2].to, mail_in(told[2])["Subject"]) == (OFFICE, "Lotse: Weitergegeben: Frage 1")
    assert OTHER in words(told[2])
    assert asked[2].to == OTHER

    log = [(each.at, each.who, each.action, each.object) for each in reversed(await town.do(audit.entries))]
    assert log == [
        (NOW, "Frau Weber", what, f"Frage {number}")
        for what, number in (("reply", 1), ("reply", 1), ("note", 1), ("close-question", 2), ("hand-on", 1))
    ]
    history = (await listed.one(1)).history
    assert [(each.kind, each.author) for each in history] == [
        (kind, "Frau Weber") for kind in ("reply", "topic", "files", "reply", "note", "moved")
    ]


async def test_what_will_be_read_is_shown_before_and_in_which_language(town, listed):
    shown = await listed.preview(2, Reply("Ja."))
    assert shown == town.desk.framed(await town.one(2), Reply("Ja."))
    boris = await listed.one(2)
    assert listed.read_in(boris, ["lost-card", "duldung", "gone"], "Ja.") == Read(
        {"lost-card": "en", "duldung": "de"}, "de"
    )
    assert listed.read_in(boris, [], "") == Read({}, "")


# ---- groups


def question(number, *topics):
    return replace(ANNA, number=number, topics=topics)


@pytest.mark.parametrize(
    ("found", "topic"),
    [
        ([question(1, "a"), question(2, "b", "a"), question(3, "b")], "b"),  # the nearest of each
        ([question(1), question(2, "a")], "a"),
        ([question(1)], ""),
    ],
)
def test_the_topic_of_a_group_is_the_nearest_of_most(found, topic):
    assert Group(tuple(found)).topic == topic


async def test_the_newest_that_have_words_are_grouped_and_the_largest_group_comes_first(town, listed, monkeypatch):
    monkeypatch.setattr(questions, "MOST_GROUPED", 4)
    asked = []

    def likeness(texts):
        asked.append(texts)
        alike = np.zeros((4, 4), np.float32)
        alike[1, 2] = alike[2, 1] = 0.9
        return alike, 0.5

    town.current.matcher.likeness = likeness
    for name in ("clara", "dina", "emil", "fatma"):
        await ask(town, name)
    await town.do(tickets.extend, 5, "", NOW)  # erased
    groups = await listed.groups()
    assert asked == [[f"Frage von {name}?" for name in ("fatma", "dina", "clara", "boris")]]
    assert [each.number for each in groups[0].questions] == [4, 3]
    assert sorted(each.number for group in groups for each in group.questions) == [2, 3, 4, 6]


# ---- the mails that go to the office


async def test_a_later_mail_stands_in_the_thread_and_can_be_answered(town):
    (first, _) = await town.new()
    await town.do(town.desk.add, Draft(0, "Und wann?", "de", (), NOW, joins=1), town.current, NOW + 5)
    ((lane, number, letter),) = await town.new()
    asked, added = mail_in(first[2]), mail_in(letter)
    assert (lane, number, letter.to) == ("mail:1", 1, OFFICE)
    assert added["In-Reply-To"] == asked["Message-ID"]
    assert added["Reply-To"] == asked["Reply-To"]
    assert added["Message-ID"] != asked["Message-ID"]
    assert await town.do(tickets.ticket_of, first[2].id) == 1


async def test_who_asked_by_which_office_can_reply_is_what_the_database_says(town):
    await town.do(tickets.set_office, 1, OTHER)
    await town.new()
    await town.do(town.desk.withdraw, 1, town.current, NOW)
    ((_, _, letter),) = await town.new()
    assert letter.to == OTHER


async def test_for_a_client_the_mail_says_so_and_a_preview_is_what_is_sent(town):
    await town.new()
    draft = Draft(0, "Wo?", "en", ("lost-card", "gone"), NOW, client=True)
    preview = await town.do(town.desk.preview, draft, town.current)
    person = await town.do(persons.save, "chat", "anna", "{}", None, NOW)
    number = await town.do(town.desk.hand_over, person, draft, town.current, NOW, [PDF])
    ((_, _, letter),) = await town.new()
    assert (number, (await town.one(3)).client) == (3, 1)
    assert "Beratungsstelle" in preview
    assert "Karte verloren" in preview
    assert [part.get_filename() for part in mail_in(letter).iter_attachments()] == ["brief.pdf"]
    sent = mail_in(letter).get_body(("plain",)).get_content().splitlines()
    assert preview.splitlines() == sent


async def test_only_what_waits_for_an_answer_can_be_undelivered(town):
    await town.new()
    town.desk.office = replace(town.desk.office, second="")
    await town.do(tickets.set_state, 1, "waiting")
    assert await town.do(town.desk.undelivered, 1, "550") == ""
    await town.do(tickets.set_state, 1, "overdue")
    said = await town.do(town.desk.undelivered, 1, "550")
    assert said == (
        "The mail of question 1 was not delivered (550). Whoever asked was told. Correct LOTSE_OFFICE_EMAIL, restart, "
        "then `lotse resend 1`."
    )
    ((lane, _, message),) = await town.new()
    assert lane == "chat:anna"
    assert "18. November 2026" in message.text
    assert "Telefon: 0361 6551234" in message.text


async def test_an_answer_of_ours_alone_has_no_words_of_the_office(town):
    """Nor has a file: the only words that are quoted are those that were asked."""
    for reply in (Reply(topics=("lost-card",)), Reply(files=[PDF])):
        shown = town.desk.framed(await town.one(), reply)
        assert [block.text for block in shown.blocks if block.kind == "verbatim"] == ["Frage von anna?"]


async def test_by_mail_is_by_nobody_of_the_console(town):
    await town.do(town.desk.relay, 1, Reply("Ja."))
    await town.do(town.desk.close, 2)
    assert await town.history(1) == [("reply", BY_MAIL.way, "", "Ja.")]
    assert await town.history(2) == [("closed", "command", "", "")]
