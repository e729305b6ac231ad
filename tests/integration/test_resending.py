"""What an operator does with mail that was not taken: once more to the same address, or to the one that is right."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.config import Settings
from bot.flow.resending import resend
from bot.storage import queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.entries import Author
from bot.storage.tables import outbox, tickets
from bot.tools import operating
from tests.integration.test_mail_decisions import MIXED, WITH_A_FILE, ask, handed_over, with_server
from tests.integration.test_mails import Mailroom, say


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(Mailroom, "catalogues", catalogues)
    return Mailroom(engine, tmp_path)


WRONG = ("buero@example.org", "zweites@example.org")


async def again(room):
    async with room.engine.begin() as connection:
        return await resend(room.chats.desk, connection, 1)


async def test_a_corrected_address_gets_the_question_with_all_that_belongs_to_it(room):
    server = with_server(room, *WRONG)
    await handed_over(room)
    assert await room.rows(tickets, tickets.c.state) == [("undelivered",)]
    room.chats.desk.office = replace(room.chats.desk.office, address="richtig@example.org")
    assert await again(room) == "richtig@example.org"
    await room.settle()
    assert server.took == ["richtig@example.org"]
    assert await room.rows(tickets, tickets.c.state, tickets.c.office) == [("open", "richtig@example.org")]
    async with room.engine.connect() as connection:
        assert await queue.waiting(connection, outbox, "dead") == 0


async def test_files_of_a_centre_go_with_it_to_the_second_and_to_the_corrected_address(room):
    server = with_server(room)
    await room.get(ask(WITH_A_FILE, headers=MIXED), "reply@example.org")
    asked = server.mails[-1]
    server.refused = WRONG
    await room.get(say(asked, "ja", "anna@beratung.example"), asked["Reply-To"])
    room.chats.desk.office = replace(room.chats.desk.office, address="richtig@example.org")
    await again(room)
    await room.settle()
    (mail,) = [mail for mail in server.mails if mail["To"] == "richtig@example.org"]
    assert [file.get_filename() for file in mail.iter_attachments()] == ["Brief.pdf"]


async def test_what_a_clerk_has_handed_on_stays_there(room):
    with_server(room)
    await handed_over(room)
    async with room.engine.begin() as connection:
        await room.chats.desk.move(connection, 1, "kollegin@example.org", Author("mail"))
    assert await again(room) == "kollegin@example.org"


async def test_there_must_be_a_question_that_waits(room):
    with pytest.raises(KeyError):
        await again(room)
    await handed_over(room)
    await room.chats.desk.relay_reply(1, "Ja.")
    with pytest.raises(KeyError):
        await again(room)


async def test_a_row_is_retried_with_all_its_tries_and_its_question_waits_again(tmp_path):
    settings = Settings(_env_file=None, var=tmp_path)
    engine = engine_for(settings.database)
    await migrate(engine)
    async with engine.begin() as connection:
        number = await queue.enqueue(connection, "mail", "mail:7", "{}", 1.0, ticket=7)
        (row,) = await queue.claim(connection, outbox, 2.0, 60.0, 5)
        async with queue.working(connection, row) as work:
            work.bury("550 5.1.1 unknown")
    assert (await operating.list_outbox(settings))[0].startswith(f"{number}\tmail\tdead\t1 tries\t7\t550")
    assert await operating.change_outbox(settings, number, "retry")
    assert not await operating.change_outbox(settings, 99, "retry")
    async with engine.begin() as connection:
        assert (await connection.execute(select(outbox.c.state, outbox.c.attempts))).all() == [("waiting", 0)]
        # one that is being sent is not taken from whoever sends it
        (row,) = await queue.claim(connection, outbox, 1e12, 60.0, 5)
    assert await operating.change_outbox(settings, number, "retry")
    async with engine.begin() as connection:
        assert await queue.claim(connection, outbox, 1e12, 60.0, 5) == []
        async with queue.working(connection, row):
            pass
    assert not await operating.change_outbox(settings, number, "retry")
    await close(engine)
