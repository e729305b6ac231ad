"""The webhook's endpoint: who may call it, what it takes, and that 200 comes after the commit."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.channels import webhook
from bot.storage import queue
from bot.storage.tables import inbox

SECRET = "a" * 64
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


@pytest.fixture
async def endpoint(engine):
    """A client of the endpoint, whose store is the real inbox; what it does before a commit can be set."""

    async def store(rows):
        async with engine.begin() as connection:
            new = 0
            for lane, id_, payload in rows:
                new += await queue.receive(connection, "telegram", lane, id_, str(payload), 1.0)
            if client.failing:
                raise OperationalError("INSERT", {}, Exception("disk full"))
        return new

    client = TestClient(TestServer(webhook.application("/telegram", SECRET, store)))
    client.failing = False
    async with client:
        yield client


async def stored(engine):
    async with engine.connect() as connection:
        return [row.external_id for row in await connection.execute(select(inbox.c.external_id))]


async def post(endpoint, secret=SECRET, path="/telegram", **body):
    headers = {webhook.SECRET_HEADER: secret} if secret is not None else {}
    async with endpoint.post(path, headers=headers, **body) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("call", "status", "rows"),
    [
        ({"json": UPDATE}, 200, ["7"]),
        # strangers
        ({"json": UPDATE, "secret": None}, 403, []),
        ({"json": UPDATE, "secret": ""}, 403, []),
        ({"json": UPDATE, "secret": "a" * 63}, 403, []),
        ({"json": UPDATE, "secret": "b" * 64}, 403, []),
        ({"json": UPDATE, "path": "/"}, 404, []),
        # no update
        ({"data": b"{broken"}, 400, []),
        ({"data": b"\xff\xfe"}, 400, []),
        ({"json": []}, 400, []),
        ({"json": {"message": UPDATE["message"]}}, 400, []),
        ({"json": {"update_id": "7"}}, 400, []),
        # an update of a kind that nobody knows yet: kept, and looked at later
        ({"json": {"update_id": 8, "message": {"text": "x"}}}, 200, ["8"]),
        ({"json": {"update_id": 9, "something_new": []}}, 200, ["9"]),
        # too long
        ({"data": b"x" * (webhook.MAX_BYTES + 1)}, 413, []),
    ],
)
async def test_who_may_store_what(endpoint, engine, call, status, rows):
    assert await post(endpoint, **call) == status
    assert await stored(engine) == rows


async def test_an_update_is_acknowledged_after_the_commit_and_stored_once(endpoint, engine):
    endpoint.failing = True
    assert await post(endpoint, json=UPDATE) == 503  # Telegram will send it again
    assert await stored(engine) == []
    endpoint.failing = False
    assert [await post(endpoint, json=UPDATE), await post(endpoint, json=UPDATE)] == [200, 200]
    assert await stored(engine) == ["7"]


async def test_no_name_is_stored(endpoint, engine):
    await post(endpoint, json=UPDATE)
    async with engine.connect() as connection:
        assert "Amina" not in str((await connection.execute(select(inbox))).all())
