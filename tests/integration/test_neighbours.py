"""Two of everything, alike but for their names: what is done to the one leaves the other as it was, on both databases.

The fault that hurts most in a table is a condition too few: an answer, a withdrawal, a /delete that takes the neighbour's.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.storage import (
    accounts,
    approvals,
    entries,
    forgetting,
    invitations,
    leases,
    moves,
    persons,
    proposals,
    quarantine,
    queue,
    tickets,
    webchat,
)
from bot.storage.entries import Author
from bot.storage.tables import metadata
from bot.storage.writer import Writer
from tests.rows import open_ticket

NOW = 1_000.0
LATER = 2_000.0
MAIL = {"one": "one@example.org", "two": "two@example.org"}


@pytest.fixture
async def two(engine):
    """A database with one and two in each table."""
    async with engine.begin() as connection:
        for name in ("one", "two"):
            await _settle(connection, name)
        for table in (queue.outbox, queue.inbox):
            await connection.execute(update(table).values(state="dead", error="refused", attempts=8))
    return engine


async def _settle(connection, name):
    person = await persons.save(connection, "telegram", name, "{}", NOW, NOW)
    number = await open_ticket(connection, person, now=NOW, expires_at=9_000)
    await entries.add(connection, number, "note", Author("mail"), "words", NOW)
    await queue.enqueue(connection, "mail", f"mail:{number}", "words", NOW, ticket=number, message_id=name)
    await queue.receive(connection, "telegram", f"telegram:{name}", name, "words", NOW)
    held = await quarantine.hold(connection, "mail", "dmarc", number, NOW, name, sender=MAIL[name])
    await approvals.ask(connection, "release", MAIL[name], approvals.release_of(held), NOW)
    await approvals.obey_once(connection, name, NOW)
    await invitations.add(connection, name, 9_000.0)
    await leases.take(connection, name, "us", NOW, 60)
    await proposals.add(connection, name, "kita-place", "{}", NOW)
    account = await accounts.add(connection, name, "office", NOW, subject=name)
    await accounts.begin_session(connection, name, account, "Firefox", NOW, 9_000.0)
    await accounts.add_link(connection, name, account, 9_000.0)
    await webchat.begin(connection, name, NOW)
    await webchat.add_key(connection, name, f"cookie-{name}", "cookie", 9_000.0)
    await webchat.add_key(connection, name, f"link-{name}", "link", 9_000.0)
    await moves.offer(connection, name, name, 8_100.0)
    await webchat.set_notify(connection, name, MAIL[name])
    await webchat.show(connection, name, f"uid-{name}", '{"text": "words"}', 0, NOW)
    asker = await persons.save(connection, "web", name, "{}", NOW, NOW)
    assert asker in (2, 4)


# The primary keys of what is one's: first in its table, or with its name in it.
OF_ONE = {
    *(1, "one", "cookie-one", "link-one"),
    *(invitations._hashed("one"), accounts.hashed("one"), moves._hashed("one")),
}
OF_ONE_IN_THE_BROWSER = OF_ONE | {2}  # the second person


async def everything(engine):
    """Every row of every table, by table and primary key."""
    async with engine.connect() as connection:
        found = {}
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                key = tuple(row[column.name] for column in table.primary_key)
                found[table.name, key] = dict(row)
        return found


QUESTION = {"tickets", "ticket_entries"}
CHAT = {"web_sessions", "web_keys", "web_messages"}


@pytest.mark.parametrize(
    ("what", "tables"),
    [
        # a question at the office
        (lambda to: tickets.set_message_id(to, 1, "<new>"), {"tickets"}),
        (lambda to: tickets.answered(to, 1, LATER), {"tickets"}),
        (lambda to: tickets.set_state(to, 1, "overdue"), {"tickets"}),
        (lambda to: tickets.set_office(to, 1, "other@example.org"), {"tickets"}),
        (lambda to: tickets.set_thread(to, 1, "{}"), {"tickets"}),
        (lambda to: tickets.extend(to, 1, "more", LATER), {"tickets"}),
        (lambda to: tickets.mark_overdue(to, 1, NOW), {"tickets"}),
        (lambda to: tickets.withdraw(to, 1), {*QUESTION, "outbox"}),
        (lambda to: entries.add(to, 1, "reply", Author("mail"), "words", NOW), set()),  # a new row alone
        # what waits or was given up
        (lambda to: queue.revive(to, 1, LATER), {"outbox"}),
        (lambda to: queue.take_back(to, 1), {"outbox"}),
        (lambda to: queue.drop(to, 1), {"outbox"}),
        # a person
        (lambda to: persons.save(to, "telegram", "one", "new", LATER, LATER), {"persons"}),
        (lambda to: persons.write_state(to, 1, "", None), {"persons"}),
        (
            lambda to: forgetting.forget(to, "telegram", "one"),
            {"persons", *QUESTION, "outbox", "inbox", "quarantine", "approvals"},
        ),
        (lambda to: forgetting.forget_address(to, "ONE@Example.org"), {"quarantine", "approvals", "web_sessions"}),
        # a chat in a browser
        (lambda to: webchat.seen(to, "one", LATER), {"web_sessions"}),
        (lambda to: webchat.set_notify(to, "one", ""), {"web_sessions"}),
        (lambda to: webchat.mark_told(to, "one"), {"web_sessions"}),
        (lambda to: webchat.revoke(to, "one"), {"web_keys"}),
        (lambda to: webchat.show(to, "one", "new", "{}", 1, LATER), {"web_messages"}),  # in the place of message 1
        (lambda to: webchat.show(to, "two", "new", "{}", 1, LATER), set()),  # which is none of two's
        (lambda to: webchat.show(to, "one", "uid-one", "{}", 0, LATER), set()),  # shown already
        (lambda to: webchat.show(to, "three", "new", "{}", 1, LATER), set()),  # a chat that is gone
        (lambda to: moves.redeem(to, "one", NOW), {"web_keys"}),
        (lambda to: moves.offer(to, "one", "new", NOW), {"web_keys"}),
        # mail that is held
        (lambda to: quarantine.drop(to, 1), {"quarantine"}),
        (lambda to: quarantine.drop_same(to, "one"), {"quarantine"}),
        (lambda to: quarantine.drop_of(to, [1]), {"quarantine"}),
        (lambda to: quarantine.drop_from(to, "one@example.org"), {"quarantine"}),
        (lambda to: quarantine.make_room(to, quarantine.Room(mails=1)), {"quarantine"}),
        (lambda to: approvals.decided(to, 1), {"approvals"}),
        (lambda to: approvals.forget(to, "One@example.org"), {"approvals"}),
        (lambda to: approvals.forget_releases(to, [1]), {"approvals"}),
        # the office
        (lambda to: invitations.redeem(to, "one", NOW), {"invitations"}),
        (lambda to: invitations.take_back(to, invitations._hashed("one")), {"invitations"}),
        (lambda to: leases.release(to, "one", "us"), {"leases"}),
        (lambda to: leases.release(to, "one", "them"), set()),
        (lambda to: leases.take(to, "one", "them", NOW, 60), set()),
        (lambda to: proposals.send_back(to, 1, "two", "no"), {"proposals"}),
        (lambda to: proposals.drop(to, 1), {"proposals"}),
        (lambda to: accounts.change(to, 1, totp="x"), {"accounts"}),
        (lambda to: accounts.change(to, 1, role="editor"), {"accounts", "office_sessions"}),
        (lambda to: accounts.change(to, 1, disabled=1), {"accounts", "office_sessions"}),
        (lambda to: accounts.change(to, 1, password="x"), {"accounts", "office_sessions"}),
        (lambda to: accounts.drop(to, 1), {"accounts", "office_sessions", "office_links"}),
        (lambda to: accounts.take_step(to, 1, 5), {"accounts"}),
        (lambda to: accounts.add_link(to, "new", 1, 9_000.0), {"office_links"}),
        (lambda to: accounts.add_link(to, "new", None, 9_000.0), set()),  # for the first administrator
        (lambda to: accounts.use_link(to, "one", NOW), {"office_links"}),
        (lambda to: accounts.use_link(to, "one", 9_000.0), set()),  # too late
        (lambda to: accounts.seen(to, accounts.hashed("one"), LATER), {"office_sessions"}),
        (lambda to: accounts.end_session(to, accounts.hashed("one"), 1), {"office_sessions"}),
        (lambda to: accounts.end_session(to, accounts.hashed("two"), 1), set()),  # somebody else's
    ],
)
async def test_what_is_done_to_one_leaves_two_alone(two, what, tables):
    before = await everything(two)
    await Writer(two).run(what)
    after = await everything(two)
    changed = {place for place in before if after.get(place) != before[place]}
    assert {key for _, key in changed} <= {(key,) for key in OF_ONE}
    assert {table for table, _ in changed} == tables


async def test_a_chat_in_a_browser_is_forgotten_alone(two):
    before = await everything(two)
    await Writer(two).run(lambda connection: forgetting.forget(connection, "web", "one"))
    after = await everything(two)
    gone = before.keys() - after.keys()
    assert {key for _, key in gone} <= {(key,) for key in OF_ONE_IN_THE_BROWSER}
    assert {table for table, _ in gone} == {"persons", *CHAT}


async def test_what_belongs_to_one_is_found_by_one_alone(two):
    async with two.begin() as connection:
        assert (await tickets.stored_tickets(connection, number=1))[0].address == "one"
        assert [each.number for each in await tickets.of_person(connection, 1)] == [1]
        assert await tickets.stored_tickets(connection, state="overdue") == []
        assert [each.text for each in await entries.of(connection, 1)] == ["words"]
        assert await queue.sent_as(connection, "one") == (1, 1)
        assert await queue.sent_as(connection, "") is None
        assert (await webchat.opened(connection, "cookie-one", NOW)).id == "one"
        assert await webchat.opened(connection, "cookie-one", 9_000.0) is None
        assert [each.id for each in await webchat.messages(connection, "one", 0)] == [1]
        assert await webchat.messages(connection, "one", 1) == []
        assert (await webchat.message(connection, "one", 1)).payload == '{"text": "words"}'
        assert await webchat.message(connection, "two", 1) is None
        assert await webchat.keys(connection, "one", NOW) == 2  # the cookie is no way in for others
        assert await webchat.keys(connection, "one", 9_000.0) == 0
        assert [each.id for each in await quarantine.held(connection, 1)] == [1]
        assert not await quarantine.is_held(connection, "three")
        assert not await quarantine.is_held(connection, "")
        assert await quarantine.about(connection) == {1, 2}
        assert (await approvals.find(connection, 2)).address == "two@example.org"
        assert await approvals.is_obeyed(connection, "one")
        assert not await approvals.is_obeyed(connection, "three")
        assert (await accounts.by_name(connection, " ONE ")).id == 1
        assert (await accounts.by_subject(connection, "two")).id == 2
        assert await accounts.by_subject(connection, "") is None
        session, account = await accounts.session(connection, "one", NOW, 60)
        assert (session.account, account.id) == (1, 1)
        assert await accounts.session(connection, "one", NOW + 60, 60) is None  # idle
        assert await accounts.session(connection, "one", 9_000.0, 9_999) is None  # over
        assert [each.account for each in await accounts.sessions(connection, 2, NOW, 60)] == [2]
        assert await accounts.link(connection, "one", NOW) == (1,)
        assert await accounts.link(connection, "one", 9_000.0) is None
        assert (await proposals.find(connection, 2)).author == "two"


async def test_what_was_given_up_goes_back_as_one_mail_of_its_question(two):
    async with two.begin() as connection:
        assert await queue.given_up(connection, queue.outbox) == 2
        assert await queue.take_back(connection, 1) == ["words"]
        assert [row.id for row in await queue.unsent(connection)] == [2]
        assert await queue.revive(connection, 2, LATER)
        assert not await queue.drop(connection, 2)  # it waits: whoever drops it loses a mail
        assert await queue.take_back(connection, 2) == []
        assert not await queue.revive(connection, 1, LATER)
        (row,) = await queue.claim(connection, queue.outbox, LATER, 60, 10)
        assert (row.id, row.attempts, row.ticket) == (2, 1, 2)
        assert not await proposals.send_back(connection, 3, "two", "no")
