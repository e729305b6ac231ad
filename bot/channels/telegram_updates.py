"""Updates as Telegram wrote them, on their way into the inbox: without anybody's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from bot.flow.ports import TELEGRAM, Store
from bot.storage.persons import lane_of

log = structlog.get_logger()

WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]


async def taken(updates: Sequence[Any], store: Store) -> int | None:
    """Store ``updates``; the offset that acknowledges them. One that cannot be stored stops none of the others."""
    rows = []
    for update in updates:
        try:
            rows.append(row_of(update))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.error("an update that is none was left out", error=type(error).__name__)
    try:
        await store(rows)
    except Exception:
        if len(rows) < 2:
            raise  # the caller waits and asks for it again: it may be the database that is away
        for row in rows:
            await store([row])
    numbers = [update["update_id"] for update in updates if isinstance(update, dict) and "update_id" in update]
    return max(numbers) + 1 if numbers else None


def row_of(update: Any) -> tuple[str, str, Any]:
    """What to store of an update as Telegram wrote it. Raises ValueError on what is none."""
    match update:
        case {"update_id": int(number)}:
            pass
        case _:
            raise ValueError("not an update")
    event: dict[str, Any] = next((update[name] for name in WANTED if isinstance(update.get(name), dict)), {})
    chat = event.get("chat") or (event.get("message") or {}).get("chat") or {}
    lane = lane_of(TELEGRAM, str(chat["id"])) if "id" in chat else f"{TELEGRAM}:none"
    return lane, str(number), _nameless(update)


def _nameless(value: Any) -> Any:
    """The update without anybody's name: it is stored until it is answered, and names are not needed for that."""
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    # Emptied, not left out: the library wants them to be there.
    return {key: _EMPTY[key] if key in _EMPTY else _nameless(item) for key, item in value.items()}


_NAMES = ("first_name", "last_name", "username", "title", "phone_number", "vcard", "sender_user_name", "file_name")
_EMPTY: dict[str, Any] = {**dict.fromkeys(_NAMES, ""), "author_signature": "", "latitude": 0.0, "longitude": 0.0}
_EMPTY["sender_user"] = {"id": 0, "is_bot": False, "first_name": ""}  # who wrote what a counsellor forwards
