"""The webhook's endpoint: who may call it, what it takes, and that 200 comes after the commit."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from bot.storage import queue
from bot.storage.tables import inbox
from bot.web import webhook
from bot.web.server import listen, serve

SECRET = "a" * 64
KNOWN = SECRET.encode()
UPDATE = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 5, "type": "private", "first_name": "Amina"},
        "from": {"id": 5, "is_bot": False, "first_name": "Amina", "language_code": "de"},
        "text": "Hallo",
    },
}


class Endpoint:
    """The webhook on a real socket, over the real inbox; what it does before a commit can be set."""

    def __init__(self, engine):
        self.engine, self.failing, self.now = engine, False, 0.0
        self.socket = listen("127.0.0.1:0")
        self.port = self.socket.getsockname()[1]
        url = "https://bot.city.example/telegram"
        self.app = Starlette(routes=[webhook.route(url, SECRET, self.store, lambda: self.now)])

    async def store(self, rows):
        async with self.engine.begin() as connection:
            new = 0
            for lane, id_, payload in rows:
                new += await queue.receive(connection, "telegram", lane, id_, str(payload), 1.0)
            if self.failing:
                raise OperationalError("INSERT", {}, Exception("disk full"))
        return new

    async def raw(self, head, body=b"", *, cut=False):
        """What is answered to these bytes: the status, 0 when nothing came."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head + body)
        await writer.drain()
        if cut:
            writer.close()
            await writer.wait_closed()
            return 0
        answer = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        return int(answer.split()[1])

    async def post(self, body, secret=KNOWN, path="/telegram", length=True):
        lines = [f"POST {path} HTTP/1.1".encode(), b"Host: x", b"Connection: close"]
        lines += [b"X-Telegram-Bot-Api-Secret-Token: " + secret] if secret is not None else []
        if length:
            lines.append(f"Content-Length: {len(body)}".encode())
        else:
            lines.append(b"Transfer-Encoding: chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        return await self.raw(b"\r\n".join(lines) + b"\r\n\r\n", body)


@pytest.fixture
async def endpoint(engine):
    found = Endpoint(engine)
    task = asyncio.create_task(serve(found.app, found.socket))
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def stored(engine):
    async with engine.connect() as connection:
        return [row.external_id for row in await connection.execute(select(inbox.c.external_id))]


GOOD = json.dumps(UPDATE).encode()
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("call", "status", "rows"),
    [
        ({"body": GOOD}, 200, ["7"]),
        ({"body": GOOD, "length": False}, 200, ["7"]),  # in pieces, without saying how long it is
        # strangers
        ({"body": GOOD, "secret": None}, 403, []),
        ({"body": GOOD, "secret": b""}, 403, []),
        ({"body": GOOD, "secret": b"a" * 63}, 403, []),
        ({"body": GOOD, "secret": b"b" * 64}, 403, []),
        ({"body": GOOD, "secret": b"\xff\xfe" * 32}, 403, []),  # bytes that are no letters
        ({"body": GOOD, "secret": "ä".encode() * 32}, 403, []),
        ({"body": GOOD, "secret": b"\xed\xa0\x80"}, 403, []),  # a lone surrogate
        ({"body": GOOD, "path": "/"}, 404, []),
        # no update
        ({"body": b""}, 400, []),
        ({"body": b"{broken"}, 400, []),
        ({"body": b"\xff\xfe"}, 400, []),
        ({"body": DEEP}, 400, []),
        ({"body": b"[]"}, 400, []),
        ({"body": json.dumps({"message": UPDATE["message"]}).encode()}, 400, []),
        ({"body": b'{"update_id": "7"}'}, 400, []),
        # an update of a kind that nobody knows yet: kept, and looked at later
        ({"body": b'{"update_id": 8, "message": {"text": "x"}}'}, 200, ["8"]),
        ({"body": b'{"update_id": 9, "something_new": []}'}, 200, ["9"]),
        ({"body": b'{"update_id": 10, "message": {"text": "\\ud800"}}'}, 200, ["10"]),
        # too long
        ({"body": b"x" * (webhook.MAX_BYTES + 1)}, 413, []),
        ({"body": b"x" * (webhook.MAX_BYTES + 1), "length": False}, 413, []),
    ],
)
async def test_who_may_store_what(endpoint, engine, call, status, rows):
    assert await endpoint.post(**call) == status
    assert await stored(engine) == rows


async def test_an_update_is_acknowledged_after_the_commit_and_stored_once(endpoint, engine):
    endpoint.failing = True
    assert await endpoint.post(GOOD) == 503  # Telegram will send it again
    assert await stored(engine) == []
    endpoint.failing = False
    assert [await endpoint.post(GOOD), await endpoint.post(GOOD)] == [200, 200]
    assert await stored(engine) == ["7"]


async def test_no_name_is_stored(endpoint, engine):
    await endpoint.post(GOOD)
    async with engine.connect() as connection:
        assert "Amina" not in str((await connection.execute(select(inbox))).all())


async def test_strangers_do_not_fill_the_log(endpoint, caplog, capsys):
    for _ in range(50):
        await endpoint.post(GOOD, secret=b"guess")
    endpoint.now += 61
    await endpoint.post(GOOD, secret=b"guess")
    said = capsys.readouterr()
    assert (said.out + said.err).count("webhook called without its secret") == 2
    assert not caplog.records  # and no traceback of the server's


async def test_a_call_that_is_cut_off_is_no_fault_of_ours(endpoint, engine, caplog):
    head = b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
    head += f"{webhook.SECRET_HEADER}: {SECRET}\r\n\r\n".encode()
    with caplog.at_level(logging.DEBUG):
        await endpoint.raw(head, b"{", cut=True)
        assert await endpoint.post(GOOD) == 200
    assert not [record for record in caplog.records if record.exc_info]
    assert await stored(engine) == ["7"]
