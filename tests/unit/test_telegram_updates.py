"""Updates as Telegram sends them: when they are acknowledged, and which of them want an answer."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram import Telegram
from bot.channels.telegram_api import make_bot
from bot.channels.telegram_updates import row_of

A_MEMBER = {"status": "member", "user": {"id": 1, "is_bot": True, "first_name": ""}}
GONE = {"status": "left", "user": {"id": 1, "is_bot": True, "first_name": ""}}
RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)
AN_ADMIN = {**A_MEMBER, "status": "administrator", **dict.fromkeys(RIGHTS.split(), False)}
BLOCKED = {**GONE, "status": "kicked", "until_date": 0}


def changed(chat, old, new):
    chat = {"id": -5, "type": chat, "title": ""}
    sender = {"id": 7, "is_bot": False, "first_name": ""}
    return {
        "update_id": 1,
        "my_chat_member": {"chat": chat, "from": sender, "date": 0, "old_chat_member": old, "new_chat_member": new},
    }


# where, what we were, what we are; whether one sentence is said ("write to me privately")
@pytest.mark.parametrize(
    ("chat", "old", "new", "said"),
    [
        ("group", GONE, A_MEMBER, True),  # somebody put the bot into a group
        ("supergroup", BLOCKED, A_MEMBER, True),
        ("group", A_MEMBER, AN_ADMIN, False),  # it was there already
        ("group", AN_ADMIN, A_MEMBER, False),
        ("group", A_MEMBER, GONE, False),  # and nobody is left to read it
        ("private", A_MEMBER, BLOCKED, False),
        ("private", BLOCKED, A_MEMBER, False),  # they begin with /start by themselves
        ("channel", GONE, AN_ADMIN, False),
    ],
)
def test_changes_of_membership(chat, old, new, said):
    found = Telegram(make_bot("1:abc", "https://api.telegram.org")).parse(changed(chat, old, new))
    assert (found is not None and found.kind == "group") is said


async def test_an_update_is_acknowledged_only_once_it_is_stored(monkeypatch):
    """The offset of the next call acknowledges: while nothing is stored it must not move."""
    real_sleep, asked, tries = asyncio.sleep, [], []
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", lambda _: real_sleep(0))
    done = asyncio.Event()

    class Bot:
        async def updates(self, offset):
            asked.append(offset)
            if offset is not None:
                done.set()
                await real_sleep(3600)
            return [{"update_id": 41, "message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}}]

    async def store(rows):
        tries.append(rows)
        if len(tries) < 3:
            raise OSError("the disk is full")
        return 1

    async def held():
        return True

    task = asyncio.create_task(Telegram(Bot()).poll(store, held))
    await asyncio.wait_for(done.wait(), 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert asked == [None, None, None, 42]


def test_no_name_is_stored_not_even_that_of_a_file():
    document = {
        "file_id": "x",
        "file_unique_id": "y",
        "file_name": "Reisepass_Anna_Muster.pdf",
        "mime_type": "application/pdf",
    }
    sender = {"id": 5, "is_bot": False, "first_name": "Anna", "last_name": "Muster", "username": "anna"}
    message = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private", "first_name": "Anna"}, "from": sender}
    lane, number, kept = row_of({"update_id": 7, "message": {**message, "document": document}})
    assert (lane, number) == ("telegram:5", "7")
    assert "anna" not in str(kept).lower()
    assert Telegram(make_bot("1:abc", "https://api.telegram.org")).parse(kept).text == "file"
