"""What is stored comes back whole, in its order, and until its time: to the moment, on both databases."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, update

from bot.config import Settings
from bot.storage import (
    accounts,
    approvals,
    audit,
    counts,
    entries,
    forgetting,
    invitations,
    leases,
    moves,
    persons,
    proposals,
    quarantine,
    queue,
    tables,
    tickets,
    webchat,
)
from bot.storage.accounts import Account
from bot.storage.approvals import Approval
from bot.storage.counts import Count
from bot.storage.entries import Author, Entry
from bot.storage.invitations import Invitation
from bot.storage.leases import PROCESS
from bot.storage.mailboxes import Bookmark
from bot.storage.persons import Person
from bot.storage.proposals import Proposal
from bot.storage.quarantine import Held, Room
from bot.storage.queue import TOO_MANY, Row, Unsent, inbox, outbox
from bot.storage.tickets import StoredTicket
from bot.storage.webchat import Session, Shown
from bot.storage.writer import Writer
from tests.rows import open_ticket

NOW = 100.0
END = 1_000.0  # of whatever ends
DAY = 86_400.0


@pytest.fixture
async def to(engine):
    """A connection to a database where account 1, person 1 with question 1, and the chat "chat" are."""
    async with engine.begin() as connection:
        await accounts.add(connection, " Anna  Muster ", "office", NOW, subject="anna@idp")
        await persons.save(connection, "telegram", "5", '{"a": 1}', 50.0, NOW)
        await _question(connection)
        await webchat.begin(connection, "chat", NOW)
        yield connection


async def _question(connection, now=NOW, expires_at=10**9, city="musterstadt"):
    asked = {"question": "Wo?", "language": "ar", "topics": '["kita"]', "client": True}
    given = {"city": city, "office": "buero@example.org", "now": now, "expires_at": expires_at}
    return await open_ticket(connection, 1, **asked, **given)


@asynccontextmanager
async def undone(connection):
    """Whatever is done inside was not done."""
    transaction = await connection.begin_nested()
    yield
    await transaction.rollback()


async def _number(connection, table, *where):
    return (await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one()


# ---- until when something is good


async def _free(connection, now, holder="", table=outbox):
    return not await queue.claim(connection, table, now, 60, 10, holder=holder)


async def _leased(connection):
    await queue.enqueue(connection, "mail", "a", "{}", 0)
    await queue.claim(connection, outbox, 0, END, 10)


async def _put_off(connection):
    await queue.enqueue(connection, "mail", "a", "{}", END)


async def _held_by_a_process(connection):
    await leases.take(connection, PROCESS + "them", "them", 0, END)
    await queue.enqueue(connection, "mail", "a", "{}", 0)
    await queue.claim(connection, outbox, 0, 9 * END, 10, holder="them")


async def _another_waits(connection, now):
    async with undone(connection):
        return not await leases.take(connection, "poll", "them", now, 60)


async def _signed_in(connection):
    await accounts.begin_session(connection, "cookie", 1, "Firefox", NOW, END)


async def _signed_in_until_idle(connection):
    await accounts.begin_session(connection, "cookie", 1, "Firefox", END - 60, 9 * END)


# How it is kept, and how somebody asks for it: good half a second before END, not at END.
GOOD_UNTIL = {
    "a link": (lambda to: accounts.add_link(to, "k", 1, END), lambda to, now: accounts.link(to, "k", now)),
    "a used link": (lambda to: accounts.add_link(to, "k", 1, END), lambda to, now: accounts.use_link(to, "k", now)),
    "a session": (_signed_in, lambda to, now: accounts.session(to, "cookie", now, 9 * END)),
    "one that idles": (_signed_in_until_idle, lambda to, now: accounts.session(to, "cookie", now, 60)),
    "those of an account": (_signed_in, lambda to, now: accounts.sessions(to, 1, now, 9 * END)),
    "those that idle": (_signed_in_until_idle, lambda to, now: accounts.sessions(to, 1, now, 60)),
    "invitations": (lambda to: invitations.add(to, "c", END), invitations.open_ones),
    "an invitation": (lambda to: invitations.add(to, "c", END), lambda to, now: invitations.redeem(to, "c", now)),
    "a chat": (
        lambda to: webchat.add_key(to, "chat", "h", "cookie", END),
        lambda to, now: webchat.opened(to, "h", now),
    ),
    "its links": (
        lambda to: webchat.add_key(to, "chat", "h", "link", END),
        lambda to, now: webchat.keys(to, "chat", now),
    ),
    "a way to another channel": (
        lambda to: moves.offer(to, "chat", "k", END - moves.SECONDS),
        lambda to, now: moves.redeem(to, "k", now),
    ),
    "a claimed row": (_leased, _free),
    "a row that is put off": (_put_off, _free),
    "what a process holds": (_held_by_a_process, lambda to, now: _free(to, now, holder="us")),
    "who polls": (lambda to: leases.take(to, "poll", "us", 0, END), _another_waits),
}


async def test_what_is_good_for_a_time_is_good_to_its_last_moment(to):
    for what, (keep, ask) in GOOD_UNTIL.items():
        async with undone(to):
            await keep(to)
            assert not await ask(to, END), what
            assert await ask(to, END - 0.5), what


# ---- when something is erased


async def _answered(connection):
    await tickets.answered(connection, 1, END)
    await entries.add(connection, 1, "reply", Author("mail"), "words", END)


async def _row_as(connection, state):
    await queue.receive(connection, "gone", "a", "1", "{}", END)
    await queue.enqueue(connection, "gone", "a", "{}", END)
    for table in (inbox, outbox):
        await connection.execute(update(table).values(state=state))


async def _silent_chat(connection):
    await webchat.begin(connection, "silent", END)
    await webchat.show(connection, "silent", "u", "{}", 0, NOW)


async def _settled(connection):
    await persons.save(connection, "telegram", "5", "", None, 9 * END)
    await tickets.answered(connection, 1, END)


def _tidied(*, seen=0.0, done=0.0, now=0.0):
    return lambda to, at: forgetting.drop_old(to, at * seen, at * done, at * now)


# How it is kept, how it is erased, what is counted, and whether it goes at the moment itself already.
ERASED = {
    "sessions": (_signed_in, accounts.drop_expired, (tables.office_sessions,), True),
    "links": (lambda to: accounts.add_link(to, "k", 1, END), accounts.drop_expired, (tables.office_links,), True),
    "invitations": (lambda to: invitations.add(to, "c", END), invitations.drop_expired, (tables.invitations,), True),
    "decisions": (
        lambda to: approvals.ask(to, "centre", "a", "{}", END),
        approvals.drop_old,
        (tables.approvals,),
        False,
    ),
    "mails done": (lambda to: approvals.obey_once(to, "i", END), approvals.drop_old, (tables.obeyed,), False),
    "the log": (lambda to: audit.note(to, END, "anna", "publish", "kita"), audit.drop_old, (tables.audit,), False),
    "leases": (lambda to: leases.take(to, "poll", "us", 0, END), leases.drop_old, (tables.leases,), False),
    "held mail": (
        lambda to: quarantine.hold(to, "{}", "DMARC", None, END),
        quarantine.drop_old,
        (tables.quarantine,),
        False,
    ),
    "words of an answered question": (
        _answered,
        forgetting.erase_words,
        (tables.tickets, tables.tickets.c.question != ""),
        False,
    ),
    "words of its answer": (
        _answered,
        forgetting.erase_words,
        (tables.ticket_entries, tables.ticket_entries.c.text != ""),
        False,
    ),
    "a question's token": (
        lambda to: _question(to, expires_at=int(END)),
        _tidied(now=1),
        (tables.tickets, tables.tickets.c.number != 1),
        False,
    ),
    "an answered question": (_settled, _tidied(seen=1), (tables.tickets,), False),
    "a silent person": (
        lambda to: persons.save(to, "mail", "silent", "", None, END),
        _tidied(seen=1),
        (tables.persons, tables.persons.c.channel == "mail"),
        False,
    ),
    "a silent chat": (
        _silent_chat,
        _tidied(seen=1),
        (tables.web_sessions, tables.web_sessions.c.id == "silent"),
        False,
    ),
    "keys of a chat": (
        lambda to: webchat.add_key(to, "chat", "h", "link", END),
        _tidied(now=1),
        (tables.web_keys,),
        False,
    ),
    **{
        f"{state} rows of the {table.name}": (
            lambda to, state=state: _row_as(to, state),
            _tidied(seen=int(state != "done"), done=int(state == "done")),
            (table,),
            False,
        )
        for state in ("done", "dead", "waiting")
        for table in (inbox, outbox)
    },
}


@pytest.mark.parametrize("what", ERASED)
async def test_what_is_kept_for_a_time_is_erased_after_it(to, what):
    keep, erase, counted, then = ERASED[what]
    for at, there in ((END - 0.5, True), (END, not then), (END + 0.5, False)):
        async with undone(to):
            await keep(to)
            assert await _number(to, *counted) == 1
            await erase(to, at)
            assert await _number(to, *counted) == there, at


async def test_what_is_shown_in_a_chat_ends_while_the_chat_goes_on(to):
    await webchat.seen(to, "chat", 9 * END)
    await webchat.show(to, "chat", "old", "{}", 0, END - 1)
    await webchat.show(to, "chat", "new", "{}", 0, END)
    await webchat.drop_old(to, END, 0)
    assert [each.at for each in await webchat.messages(to, "chat", 0)] == [END]


async def test_a_silent_chat_stays_while_its_person_waits_for_the_office(to):
    await persons.save(to, "web", "chat", "", None, NOW)
    await persons.save(to, "telegram", "other", "", None, NOW)
    await webchat.begin(to, "other", NOW)  # a person of this name is in Telegram, not here
    await webchat.drop_old(to, END, END)
    assert await webchat.find(to, "chat") == Session("chat", NOW, "", told=False)
    assert await webchat.find(to, "other") is None


@pytest.mark.parametrize(
    ("state", "stays"), [("open", True), ("overdue", True), ("waiting", False), ("answered", False)]
)
async def test_whoever_waits_for_the_office_stays_however_silent(to, state, stays):
    await tickets.set_state(to, 1, state)
    await forgetting.drop_old(to, 9 * END, 0, 0)
    assert await _number(to, tables.persons) == stays
    assert await _number(to, tables.tickets) == stays


async def test_erased_are_the_words_of_what_the_office_has_done_and_of_nothing_else(to):
    for kind, text in (
        ("reply", "Ja."),
        ("note", "Frau Muster"),
        ("files", "Plan.pdf"),
        ("topic", "kita"),
        ("moved", "b@x"),
    ):
        await entries.add(to, 1, kind, Author("mail"), text, NOW)
    await tickets.set_thread(to, 1, "thread")
    open_ = await _question(to)
    await entries.add(to, open_, "note", Author("mail"), "open", NOW)
    for state, words in (("open", 3), ("overdue", 3), ("undelivered", 3), ("waiting", 0), ("answered", 0)):
        async with undone(to):
            await tickets.set_state(to, 1, state)
            await forgetting.erase_words(to, END)
            left = [each.text for each in await entries.of(to, 1)]
            assert left == (["Ja.", "Frau Muster", "Plan.pdf", "kita", "b@x"] if words else ["", "", "", "kita", "b@x"])
            (ticket,) = await tickets.stored_tickets(to, 1)
            assert (ticket.question, ticket.thread) == (("Wo?", "thread") if words else ("", "")), state
            assert [each.text for each in await entries.of(to, open_)] == ["open"]


async def test_old_drafts_are_found_to_the_moment(to):
    assert await persons.with_old_drafts(to, 50.0) == []
    assert await persons.with_old_drafts(to, 50.5) == [Person(1, "telegram", "5", '{"a": 1}')]
    await persons.write_state(to, 1, "{}", None)
    assert await persons.with_old_drafts(to, 50.5) == []
    assert await persons.find(to, "telegram", "5") == Person(1, "telegram", "5", "{}")


async def test_held_mail_that_is_about_to_end(to):
    for at in (END, END - 1, END - 2):
        await quarantine.hold(to, "{}", "DMARC", None, at)
    assert await quarantine.ending(to, END) == [2, 3]
    assert await quarantine.count(to) == 3


# ---- what comes back


async def test_an_account_and_where_it_is_signed_in(to):
    anna = Account(1, "Anna  Muster", "office", "", "", 0, "anna@idp", NOW, disabled=False)
    assert await accounts.by_id(to, 1) == anna
    assert await accounts.by_name(to, "anna MUSTER") == anna
    assert accounts.name_key(" Anna  Muster ") == "anna muster"  # as rows of older versions have it
    assert await accounts.by_name(to, "annamuster") is None
    assert await accounts.by_subject(to, "anna@idp") == anna
    assert await accounts.add(to, "ANNA muster", "editor", NOW) == 0  # taken
    assert await accounts.add(to, "Aaron", "administrator", NOW) == 2
    assert [each.name for each in await accounts.every(to)] == ["Aaron", "Anna  Muster"]
    for key, at in (("old", 1.0), ("new", 3.0), ("middle", 2.0)):
        await accounts.begin_session(to, key, 1, f"Firefox {key}", at, END)
    newest, *rest = await accounts.sessions(to, 1, 4.0, 60)
    assert newest == accounts.Session(accounts.hashed("new"), 1, "Firefox new", 3.0, 3.0, END)
    assert [each.created_at for each in rest] == [2.0, 1.0]
    await accounts.seen(to, accounts.hashed("old"), 9.0)
    assert (await accounts.session(to, "old", 10.0, 60))[0].seen_at == 9.0
    assert await accounts.session(to, "\udce4", 10.0, 60) is None  # whatever a browser sends is a key, or none
    await to.execute(update(tables.accounts).values(disabled=1))
    assert await accounts.session(to, "old", 10.0, 60) is None


async def test_somebody_can_administer_who_can_sign_in(to):
    ways = (({}, 0), ({"password": "hash"}, 1), ({"subject": "b@idp"}, 1), ({"password": "hash", "disabled": 1}, 0))
    for values, able in ways:
        async with undone(to):
            id_ = await accounts.add(to, "Bea", "administrator", NOW)
            await accounts.change(to, id_, **{"disabled": 0, **values})
            assert await accounts.administrators(to, "administrator") == able
    assert await accounts.administrators(to, "office") == 1
    assert await accounts.any_at_all(to)
    await accounts.drop(to, 1)
    assert not await accounts.any_at_all(to)


async def test_the_code_of_a_step_is_good_once_and_no_older_one_after_it(to):
    assert [await accounts.take_step(to, 1, step) for step in (5, 5, 4, 6)] == [True, False, False, True]


async def test_a_new_link_takes_the_place_of_the_old(to):
    for account in (None, 1):
        await accounts.add_link(to, f"old {account}", account, END)
        await accounts.add_link(to, f"new {account}", account, END)
        assert await accounts.link(to, f"old {account}", NOW) is None
        assert await accounts.link(to, f"new {account}", NOW) == (account,)
    assert await accounts.use_link(to, "new None", NOW)
    assert not await accounts.use_link(to, "new None", NOW)


async def test_what_waits_for_a_word(to):
    assert approvals.release_of(7) == '{"quarantine": 7}'  # as rows of older versions have it
    id_ = await approvals.ask(to, "centre", "a@b.example", "{}", NOW)
    assert await approvals.find(to, id_) == Approval(id_, "centre", "a@b.example", "{}", NOW)
    assert [await approvals.decided(to, id_) for _ in range(2)] == [True, False]
    assert await approvals.find(to, id_) is None
    other = await approvals.ask(to, "centre", "a@b.example", approvals.release_of(7), NOW)
    await approvals.forget_releases(to, [7])  # a centre's question of that number is no release
    assert await approvals.find(to, other)
    assert [await approvals.obey_once(to, "mail", NOW) for _ in range(2)] == [True, False]


async def test_who_changed_what(to):
    for at, action in ((1.0, "publish"), (2.0, "return"), (3.0, "invite")):
        await audit.note(to, at, "anna", action, "x" * 600)
    first = audit.Entry(1, 1.0, "anna", "publish", "x" * 500)
    assert (await audit.entries(to))[-1] == first

    async def actions(**period):
        return [each.action for each in await audit.entries(to, **period)]

    assert await actions() == ["invite", "return", "publish"]
    assert await actions(since=2.0) == ["invite", "return"]
    assert await actions(until=2.0) == ["publish"]
    assert await actions(before=3) == ["return", "publish"]
    assert await actions(most=1) == ["invite"]


async def test_weeks_are_counted_with_their_borders_and_by_city(to):
    for week in ("2026-W48", "2026-W49", "2026-W50"):
        await counts.add(to, "musterstadt", [Count(week, "kita", "ar", "web", "answered", 2)])
    await counts.add(to, "musterstadt", [Count("2026-W49", "", "de", "mail", "no-answer")])
    await counts.add(to, "anderstadt", [Count("2026-W49", "", "de", "mail", "no-answer")])
    assert await counts.read(to, "musterstadt", "2026-W49", "2026-W49") == [
        Count("2026-W49", "", "de", "mail", "no-answer", 1),
        Count("2026-W49", "kita", "ar", "web", "answered", 2),
    ]
    assert [each.week for each in await counts.read(to, "musterstadt")] == [
        "2026-W48",
        "2026-W49",
        "2026-W49",
        "2026-W50",
    ]
    assert await counts.totals(to, "musterstadt") == {("web", "answered"): 6, ("mail", "no-answer"): 1}


async def test_what_was_done_with_a_question(to):
    await entries.add(to, 1, "note", Author("console", "anna"), "words", 2.0)
    await entries.add(to, 1, "reply", Author("mail"), "Ja.", 3.0)
    found = await entries.of(to, 1)
    assert found == [Entry(1, 2.0, "note", "console", "anna", "words"), Entry(2, 3.0, "reply", "mail", "", "Ja.")]
    assert [each.told for each in found] == [False, True]


async def test_how_long_people_wait_for_the_first_answer(to):
    asked = 10 * DAY
    numbers = [await _question(to, now=asked) for _ in range(6)]
    for number, kind, days in [
        (numbers[0], "note", 1),  # of which nobody hears
        (numbers[0], "reply", 3),
        (numbers[0], "files", 2),  # the first that does
        (numbers[1], "topic", 4),
        (numbers[2], "moved", 1),
        (numbers[3], "closed", 1),
        (numbers[4], "reply", -1),  # words were added since: the wait began anew
    ]:
        await entries.add(to, number, kind, Author("mail"), "", asked + days * DAY)
    await _question(to, now=asked, city="anderstadt")
    assert sorted(await entries.waits(to, "musterstadt", asked, asked + 1), key=str) == [
        0.0,
        2.0,
        4.0,
        None,
        None,
        None,
    ]
    assert await entries.waits(to, "musterstadt", asked + 1, asked + DAY) == []
    assert await entries.waits(to, "musterstadt", NOW + 1, asked) == []  # the end is not in it


async def test_an_invitation_is_found_again_newest_first(to):
    for code, end in (("a", END), ("c", END + 2), ("b", END + 1)):
        await invitations.add(to, code, end, now=NOW, author="anna", purpose=f"Kurs {code}")
    newest, *rest = await invitations.open_ones(to, NOW)
    assert newest == Invitation(invitations._hashed("c"), END + 2, NOW, "anna", "Kurs c")
    assert [each.purpose for each in rest] == ["Kurs b", "Kurs a"]
    assert await invitations.take_back(to, newest.hash)
    assert not await invitations.take_back(to, newest.hash)


async def test_a_proposal_waits_once_and_goes_back_once(to):
    files = '{"a.yaml": "..."}'
    first, other = [await proposals.add(to, who, "kita", files, NOW) for who in ("anna", "bea")]
    assert await proposals.add(to, "anna", "kita", files, NOW) == first  # sent twice
    assert await proposals.find(to, first) == Proposal(first, "anna", "kita", files, "waiting", "", "", NOW)
    assert await proposals.waiting(to) == 2
    assert [await proposals.send_back(to, first, "bea", "Bitte kürzer") for _ in range(2)] == [True, False]
    assert await proposals.find(to, first) == Proposal(
        first, "anna", "kita", files, "returned", "Bitte kürzer", "bea", NOW
    )
    assert await proposals.waiting(to) == 1
    again = await proposals.add(to, "anna", "kita", files, NOW)  # after it was returned
    assert [each.id for each in await proposals.every(to)] == [first, other, again]
    for changed in ({"author": "x"}, {"topic": "x"}, {"files": "x"}):
        row = {"author": "anna", "topic": "kita", "files": files} | changed
        assert await proposals.add(to, **row, now=NOW) > again
    assert [await proposals.drop(to, first) for _ in range(2)] == [True, False]


async def test_held_mail_comes_back_oldest_first(to):
    for reason in ("DMARC", "AUTO"):
        await quarantine.hold(to, f"mail {reason}", reason, 1, NOW, "i" + reason, sender="A@x.example", size=5)
    assert await quarantine.held(to) == [Held(1, NOW, "DMARC", 1, "mail DMARC"), Held(2, NOW, "AUTO", 1, "mail AUTO")]
    assert await quarantine.held(to, 2) == [Held(2, NOW, "AUTO", 1, "mail AUTO")]
    assert await quarantine.is_held(to, "iAUTO")
    assert [await quarantine.drop(to, 1) for _ in range(2)] == [True, False]


# how much there may be, and what goes: (id, size) 1 is vouched for by our server, 2 by nobody, 3 is about a question, 4 by nobody
@pytest.mark.parametrize(
    ("room", "gone"),
    [
        (Room(mails=4, size=100), []),  # it just fits
        (Room(mails=3, size=100), [2]),
        (Room(mails=2, size=100), [2, 4]),
        (Room(mails=1, size=100), [2, 4, 1]),
        (Room(mails=4, size=99), [2]),
        (Room(mails=4, size=50), [2, 4]),  # 30 and 20 are left
        (Room(mails=4, size=49), [2, 4, 1]),
        (Room(mails=0, size=100), [2, 4, 1, 3]),
    ],
)
async def test_the_oldest_that_nobody_vouches_for_makes_room(to, room, gone):
    for size, ticket, proven in ((30, None, True), (25, None, False), (20, 1, False), (25, None, False)):
        await quarantine.hold(to, "{}", "DMARC", ticket, NOW, proven=proven, size=size)
    assert await quarantine.make_room(to, room) == gone
    assert [each.id for each in await quarantine.held(to)] == [id_ for id_ in (1, 2, 3, 4) if id_ not in gone]


def test_how_much_is_held_where_nothing_is_set():
    settings = Settings(_env_file=None)
    assert Room() == Room(settings.quarantine_mails, settings.quarantine_mb * 1_000_000, unproven=1_000_000)


async def test_a_question_comes_back_as_it_was_asked(to):
    stored = {"number": 1, "channel": "telegram", "address": "5", "state": "open", "question": "Wo?", "language": "ar"}
    stored |= {"person_state": '{"a": 1}', "office": "buero@example.org", "created_at": NOW, "topics": '["kita"]'}
    stored |= {"expires_at": 10**9, "thread": "", "client": 1, "city": "musterstadt"}
    assert await tickets.stored_tickets(to) == [StoredTicket(**stored)]
    await tickets.set_office(to, 1, "b@example.org")
    await tickets.set_thread(to, 1, "thread")
    await tickets.answered(to, 1, 200.0)
    await tickets.extend(to, 1, "Und wann?", 300.0)  # the wait begins anew
    stored |= {"office": "b@example.org", "thread": "thread", "question": "Und wann?", "created_at": 300.0}
    assert await tickets.stored_tickets(to, state="open") == [StoredTicket(**stored)]
    assert (await to.execute(select(tables.tickets.c.answered_at))).scalar_one() is None
    await tickets.set_message_id(to, 1, "<id@example.org>")
    assert await tickets.ticket_of(to, "id@example.org") == 1
    assert await tickets.ticket_of(to, "other@example.org") is None
    await _question(to)
    await tickets.set_state(to, 1, "waiting")
    assert await tickets.by_state(to) == {"waiting": 1, "open": 1}


# its state and when it was asked by what the reminder knows; whether it is this call that reminds
@pytest.mark.parametrize(
    ("state", "known", "reminded"),
    [
        ("open", NOW, True),
        ("open", NOW - 1, False),  # words were added since
        ("overdue", NOW, False),  # everybody was told
        ("answered", NOW, False),
        ("waiting", NOW, False),
    ],
)
async def test_a_question_is_overdue_once(to, state, known, reminded):
    await tickets.set_state(to, 1, state)
    assert await tickets.mark_overdue(to, 1, known) is reminded
    ((found,),) = (await to.execute(select(tables.tickets.c.state))).all()
    assert found == ("overdue" if reminded else state)


async def test_only_what_could_not_be_delivered_is_opened_again(to):
    for state, then in (
        ("undelivered", "open"),
        ("answered", "answered"),
        ("overdue", "overdue"),
        ("waiting", "waiting"),
    ):
        await tickets.set_state(to, 1, state)
        await tickets.reopen(to, 1)
        assert await tickets.by_state(to) == {then: 1}


# the mails of a question that is withdrawn as (state, attempts); whether the office may have got one, and what is left
@pytest.mark.parametrize(
    ("mails", "may_have", "left"),
    [
        ([("waiting", 0)], False, 0),
        ([("waiting", 1)], True, 0),  # it was tried: it may have arrived
        ([("dead", 0)], False, 0),
        ([("done", 0)], True, 1),
        ([("waiting", 0), ("done", 1)], True, 1),
        ([], True, 0),  # tidied away since
    ],
)
async def test_a_withdrawn_question_leaves_no_mail_that_waits(to, mails, may_have, left):
    await queue.enqueue(to, "telegram", "telegram:5", "to the asker", NOW, ticket=1)
    for state, attempts in mails:
        id_ = await queue.enqueue(to, "mail", "mail:1", "{}", NOW, ticket=1)
        await to.execute(update(outbox).where(outbox.c.id == id_).values(state=state, attempts=attempts))
    assert await tickets.withdraw(to, 1) is may_have
    assert await _number(to, outbox, outbox.c.channel == "mail") == left
    assert await _number(to, outbox, outbox.c.channel == "telegram") == 1
    assert await tickets.stored_tickets(to) == []


async def test_a_chat_shows_the_newest_in_order_and_each_once(to):
    await webchat.add_key(to, "chat", "h", "cookie", END)
    await webchat.set_notify(to, "chat", "a@x.example")
    assert [await webchat.mark_told(to, "chat") for _ in range(2)] == [True, False]
    assert await webchat.opened(to, "h", NOW) == Session("chat", NOW, "a@x.example", told=True)
    assert await webchat.find(to, "chat") == Session("chat", NOW, "a@x.example", told=True)
    await webchat.seen(to, "chat", 200.0)
    assert await webchat.find(to, "chat") == Session("chat", 200.0, "a@x.example", told=False)
    for number in (1, 2, 3):
        assert await webchat.show(to, "chat", f"u{number}", f"p{number}", 0, 200.0 + number)
    newest = [Shown(2, "p2", 202.0), Shown(3, "p3", 203.0)]
    assert await webchat.messages(to, "chat", 0, most=2) == newest
    assert await webchat.messages(to, "chat", 1) == newest
    assert await webchat.message(to, "chat", 2) == newest[0]
    await webchat.mark_told(to, "chat")
    await webchat.set_notify(to, "chat", "b@x.example")  # whom nobody has told
    assert await webchat.mark_told(to, "chat")
    await webchat.set_notify(to, "chat", "")
    assert not await webchat.mark_told(to, "chat")


async def test_a_way_to_another_channel_is_no_link_that_stays(to):
    await webchat.add_key(to, "chat", "h", "link", END)
    await moves.offer(to, "chat", "first", NOW)
    await moves.offer(to, "chat", "second", NOW)
    assert await webchat.keys(to, "chat", NOW) == 2  # the link, and the second way
    assert await moves.redeem(to, "first", NOW) == ""
    assert await moves.redeem(to, "second", NOW) == "chat"
    assert await webchat.opened(to, "h", NOW)


# ---- the queues


async def test_a_row_comes_back_as_it_was_put_in(to):
    await queue.enqueue(to, "mail", "mail:1", "words", NOW, ticket=1, message_id="id@x")
    await queue.receive(to, "telegram", "telegram:5", "7", "{}", NOW)
    assert await queue.received(to, "telegram", "7") == Row(1, "telegram", "telegram:5", "{}", 0, NOW)
    assert await queue.claim(to, outbox, NOW, 60, 10) == [Row(1, "mail", "mail:1", "words", 1, NOW, 1, "outbox")]
    assert await queue.claim(to, inbox, NOW, 60, 10) == [Row(1, "telegram", "telegram:5", "{}", 1, NOW, None, "inbox")]
    assert await queue.received(to, "telegram", "7") is None  # somebody has it
    assert await queue.received(to, "telegram", "8") is None
    assert await queue.unsent(to) == [Unsent(1, "mail", "waiting", 1, 1, "")]
    assert await queue.sent_as(to, "id@x") == (1, 1)


async def test_rows_are_claimed_by_channel_and_number_the_oldest_first(to):
    for number in range(4):
        await queue.receive(to, ("web", "telegram")[number % 2], f"lane{number}", str(number), "{}", NOW)
    assert [row.id for row in await queue.claim(to, inbox, NOW, 60, 10, ["telegram"])] == [2, 4]
    assert [row.id for row in await queue.claim(to, inbox, NOW, 60, 1)] == [1]
    assert [row.id for row in await queue.claim(to, inbox, NOW, 60, 10, holder="us")] == [3]
    assert await queue.claim(to, inbox, NOW, 60, 10, holder="us") == []  # our own: only when its lease is over
    assert [row.id for row in await queue.claim(to, inbox, NOW, 60, 10, holder="new")] == [3]  # we live no more


async def test_what_waits_behind_a_row(to):
    for number in range(4):
        await queue.receive(to, "web", "lane", str(number), f"p{number}", NOW)
    await queue.receive(to, "web", "other", "9", "{}", NOW)
    await to.execute(update(inbox).where(inbox.c.id == 2).values(state="done"))
    (row,) = [each for each in await queue.claim(to, inbox, NOW, 60, 10) if each.lane == "lane"]
    assert await queue.behind(to, row) == [Row(number + 1, "web", "lane", f"p{number}", 0, NOW) for number in (2, 3)]
    assert [each.id for each in await queue.behind(to, row, limit=1)] == [3]


async def test_the_oldest_that_waits_but_for_whoever_writes_too_much(to):
    assert await queue.oldest(to, inbox) is None
    for lane, at in (("flood", 1.0), ("done", 2.0), ("calm", 3.0), ("calm", 4.0)):
        await queue.receive(to, "web", lane, f"{lane}{at}", "{}", at)
    await to.execute(update(inbox).where(inbox.c.lane == "done").values(state="done", error=TOO_MANY))
    await to.execute(update(inbox).where(inbox.c.lane == "flood").values(error=TOO_MANY))
    assert await queue.oldest(to, inbox) == 3.0
    assert await queue.slowed(to, inbox, ["flood", "calm", "done"]) == {"flood"}
    assert await queue.slowed(to, inbox, ["calm"]) == set()
    assert await queue.waiting(to, inbox) == 3
    assert await queue.waiting(to, inbox, "done") == 1


async def test_what_was_given_up_counts_while_it_has_words(to):
    for number in (1, 2, 3):
        await queue.receive(to, "web", f"lane{number}", str(number), "words", NOW)
    for row in await queue.claim(to, inbox, NOW, 60, 2):
        async with queue.working(to, row) as work:
            work.bury("refused", wordless=row.id == 2)
    assert await queue.given_up(to, inbox) == 1
    assert await queue.waiting(to, inbox, "dead") == 2
    rows = await to.execute(select(inbox.c.id, inbox.c.payload, inbox.c.lane, inbox.c.error).order_by(inbox.c.id))
    assert [tuple(row) for row in rows] == [
        (1, "words", "lane1", "refused"),
        (2, "", "", "refused"),
        (3, "words", "lane3", ""),
    ]


async def test_a_row_is_free_again_with_what_became_of_it(to):
    await queue.enqueue(to, "mail", "a", "words", NOW)
    (row,) = await queue.claim(to, outbox, NOW, 9 * END, 10, holder="us")
    async with queue.working(to, row) as work:
        work.put_off(200.0, "busy")
    assert await queue.unsent(to) == [Unsent(1, "mail", "waiting", 1, None, "busy")]
    assert await queue.claim(to, outbox, 199.0, 60, 10) == []
    assert await queue.revive(to, 1, 150.0)  # an operator does not want to wait
    (row,) = await queue.claim(to, outbox, 150.0, 9 * END, 10)
    assert row.attempts == 2
    async with queue.working(to, row) as work:
        work.bury("refused")
    assert await queue.claim(to, outbox, END, 60, 10) == []
    assert await queue.revive(to, 1, 300.0)
    assert await queue.claim(to, outbox, 299.0, 60, 10) == []
    (row,) = await queue.claim(to, outbox, 300.0, 60, 10)
    assert (row.attempts, row.payload) == (1, "words")
    async with queue.working(to, row):
        pass
    assert await queue.unsent(to) == []


# state of the question's mail, whether it has words; what a clerk's withdrawal finds of it
async def test_mails_that_were_given_up_are_taken_back_in_order(to):
    for lane, ticket, state, payload in [
        ("mail:1", 1, "dead", "first"),
        ("mail:1", 1, "waiting", "waits"),
        ("mail:1", 1, "dead", ""),  # without words
        ("mail:1", 1, "dead", "second"),
        ("mail:a@x", 1, "dead", "to a centre"),
        ("mail:1", 2, "dead", "of another"),
    ]:
        id_ = await queue.enqueue(to, "mail", lane, payload, NOW, ticket=ticket)
        await to.execute(update(outbox).where(outbox.c.id == id_).values(state=state))
    assert await queue.take_back(to, 1) == ["first", "second"]
    assert [row.id for row in await queue.unsent(to)] == [2, 5, 6]


async def test_up_to_where_a_mailbox_was_read(engine):
    one, other = (Bookmark(Writer(engine), name) for name in ("one", "other"))
    assert await one.read() is None
    await one.write(7, 100)
    await other.write(8, 200)
    await one.write(9, 101)
    assert (await one.read(), await other.read()) == ((9, 101), (8, 200))
