"""Telegram from end to end, beyond questions: links, maps, groups, edits, blocking, the webhook."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from email import message_from_bytes
from email.policy import default

import pytest

from tests.conftest import ROOT
from tests.e2e.conftest import TOKEN, Process
from tests.e2e.test_telegram import ANSWER, FOREIGN, QUESTION, until


async def quiet(api, chat):
    """Whether a chat stays silent: a question of somebody else, asked later, is answered first."""
    other = api.person(id=99, first_name="B", language_code="de")
    await other.says(QUESTION)
    await other.hears(1)
    return api.messages(chat) == []


async def test_commands_and_descriptions_stand_in_every_language_and_are_set_once(api, lotse):
    def asked(calls):
        return sum(call.method == "getMyShortDescription" for call in calls)

    languages = 17  # German and the 15 with two letters, Kurmanji as ku, and "" for all others
    await until(lambda: sum(name == "short_description" for name, _ in api.descriptions) == languages, seconds=60)
    assert api.descriptions["description", "de"].startswith("Lotse ist ein Programm.")
    assert "112" in api.descriptions["description", "uk"]
    assert "Ausländerbehörde" in api.descriptions["description", "ku"]
    assert api.descriptions["short_description", ""].startswith("Questions about")
    assert {"command": "status", "description": "My open questions"} in api.commands["en"]
    assert {call.outcome for call in api.calls if "My" in call.method} == {"ok"}
    # Telegram allows few changes: after the next start nothing is set that is so already.
    await lotse.end()
    before = len(api.calls)
    await lotse.start()
    await until(lambda: asked(api.calls[before:]) == languages, seconds=60)
    assert [call.method for call in api.calls[before:] if call.method.startswith("setMy")] == []


async def test_a_postcards_link_is_answered_at_once(api, lotse):
    person = api.person(id=2, language_code="de-AT")
    await person.says("/start topic_appointment-book")
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text
    await person.presses(answer, "📍 Integrationsbüro *Musterstadt*")
    (pin,) = await person.hears(1)
    assert pin.text == "Integrationsbüro *Musterstadt*, Marktplatz 1, 99999 Musterstadt (50.9787, 11.0328)"
    await person.says("/start lang_en__place_integration-office")
    (card,) = await person.hears(1)
    assert "Phone" in card.text
    await person.says("/start something-old")
    (welcome,) = await person.hears(1)
    assert "Which language" in welcome.text
    assert next(label for row in welcome.buttons for label, _ in row) == "Deutsch"  # the app's own


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]}, "pictures and documents"),
        ({"document": {"file_id": "x", "file_unique_id": "x"}}, "pictures and documents"),
        ({"voice": {"file_id": "x", "file_unique_id": "x", "duration": 3}}, "voice messages"),
        ({"location": {"latitude": 50.9, "longitude": 11.0}}, "contacts or locations"),
        (
            {
                "location": {"latitude": 50.9, "longitude": 11.0},
                "venue": {"location": {"latitude": 50.9, "longitude": 11.0}, "title": "Zuhause", "address": "Weg 1"},
            },
            "contacts or locations",
        ),
        ({"contact": {"phone_number": "+4915123456789", "first_name": "Amina"}}, "contacts or locations"),
        (
            {
                "sticker": {
                    "file_id": "x",
                    "file_unique_id": "x",
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "only read text",
        ),
        (
            {
                "poll": {
                    "id": "1",
                    "question": "?",
                    "options": [{"text": "a", "voter_count": 0, "persistent_id": "1"}],
                    "total_voter_count": 0,
                    "is_closed": False,
                    "is_anonymous": True,
                    "type": "regular",
                    "allows_multiple_answers": False,
                    "allows_revoting": False,
                    "members_only": False,
                }
            },
            "only read text",
        ),
        ({"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 3, "type": "private"}}}, None),  # a note
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_no_text(fields, expected, catalogues):
    """Read as the process reads it; the round trip is tested with the photo in test_telegram."""
    from bot.channels.telegram import Telegram
    from bot.channels.telegram_api import make_bot
    from bot.channels.telegram_updates import row_of
    from bot.conversation.machine import _OTHER

    bot = make_bot("1:token", "http://127.0.0.1:1")
    user = {"id": 3, "is_bot": False, "first_name": "Amina", "language_code": "en"}
    message = {"message_id": 9, "date": 1, "chat": {"id": 3, "type": "private"}, "from": user, **fields}
    _, _, payload = row_of({"update_id": 1, "message": message})
    for secret in ("Amina", "4915123456789", "50.9", "Zuhause"):
        assert secret not in str(payload)
    incoming = Telegram(bot).parse(payload)
    assert (incoming is None) is (expected is None)
    if incoming is not None:
        key = "sent-file" if incoming.text == "file" else _OTHER[incoming.text]
        assert expected in catalogues.sentence("en", key)


async def test_a_corrected_question_is_answered_anew_and_other_edits_are_not(api, lotse):
    person = api.person(id=4, language_code="de")
    edit = {"message_id": 7, "date": 1, "edit_date": 2, "chat": person._chat, "from": person._user}
    await api.push(edited_message={**edit, "location": {"latitude": 1.0, "longitude": 1.0, "live_period": 60}})
    await api.push(edited_message={**edit, "text": "/delete"})
    assert await quiet(api, 4)
    await api.push(edited_message={**edit, "text": QUESTION})
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text


async def test_a_question_in_several_messages_goes_as_one_and_an_older_preview_stays_good(api, lotse):
    person = api.person(id=8, language_code="de")
    await person.says("/ask")
    await person.hears(1)
    first = {"message_id": 7001, "date": 1, "chat": person._chat, "from": person._user, "text": "Mein Sohn ist zwölf"}
    await api.push(message=first)
    (preview,) = await person.hears(1)
    await person.says("er fährt gern Rad")
    (whole,) = await person.hears(1)
    assert "Mein Sohn ist zwölf" in whole.text
    # a reaction: Telegram says that the message was edited
    await api.push(edited_message={**first, "edit_date": 2})
    await person.presses(preview, "Ja, so senden")
    await until(lambda: len(lotse.mails) == 1)
    (sent,) = lotse.mails
    await person.presses(whole, "Ja, so senden")
    await until(lambda: len(lotse.mails) == 2)
    paths = (sent, next(path for path in lotse.mails if path != sent))
    question, addition = (message_from_bytes(path.read_bytes(), policy=default) for path in paths)
    assert "Mein Sohn ist zwölf" in question.get_body(["plain"]).get_content()
    assert "gern Rad" not in question.get_body(["plain"]).get_content()
    assert "er fährt gern Rad" in addition.get_body(["plain"]).get_content()
    assert addition["In-Reply-To"] == question["Message-ID"]


async def test_an_album_with_a_question_is_one_question(api, lotse):
    person = api.person(id=9, language_code="de")
    photo = {"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}], "media_group_id": "7"}
    await person.sends(**photo, caption=QUESTION)
    for _ in range(4):
        await person.sends(**photo)
    said, answer = await person.hears(2)
    assert "Bilder und Dokumente kann ich nicht ansehen" in said.text
    assert ANSWER in answer.text
    await person.says("/menu")
    (menu,) = await person.hears(1)  # and nothing before it
    assert "Wählen Sie" in menu.text


async def test_groups_get_one_polite_sentence_and_channels_none(api, lotse):
    user = {"id": 5, "is_bot": False, "first_name": "A", "language_code": "en"}
    me = {"id": 123456, "is_bot": True, "first_name": "Lotse"}

    def member(chat, old, new):
        return {
            "chat": {"id": chat, "type": "channel" if chat == -200 else "supergroup", "title": "Secret group"},
            "from": user,
            "date": 1,
            "old_chat_member": {"status": old, "user": me},
            "new_chat_member": {"status": new, "user": me},
        }

    await api.push(my_chat_member=member(-100, "left", "member"))
    (sentence,) = await api.wait_for(-100, 1)
    assert "only in a private chat" in sentence.text
    assert sentence.buttons == []
    group = {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "supergroup", "title": "G"}, "from": user}
    await api.push(message={**group, "text": QUESTION})
    await api.push(message={**group, "text": "/start@lotse_bot"})
    await api.push(my_chat_member=member(-100, "member", "left"))
    await api.push(channel_post={"message_id": 1, "date": 1, "chat": {"id": -200, "type": "channel"}, "text": "x"})
    assert await quiet(api, -200)
    assert len(api.messages(-100)) == 1
    assert "Secret group" not in lotse.log


async def test_somebody_who_blocks_and_comes_back(api, lotse):
    person = api.person(id=6, language_code="de")
    await person.says(QUESTION)
    await person.hears(1)

    def member(old, new):
        me = {"id": 123456, "is_bot": True, "first_name": "Lotse"}
        banned = {"until_date": 0}
        return {
            "chat": person._chat,
            "from": person._user,
            "date": 1,
            "old_chat_member": {"status": old, "user": me, **(banned if old == "kicked" else {})},
            "new_chat_member": {"status": new, "user": me, **(banned if new == "kicked" else {})},
        }

    await person.says("Karte verloren")
    await person.blocks()
    await api.push(my_chat_member=member("member", "kicked"))
    await person.unblocks()
    await api.push(my_chat_member=member("kicked", "member"))
    before = len(api.messages(6))
    await person.says("/start")  # the button that Telegram shows
    await until(lambda: any("In welcher Sprache" in message.text for message in api.messages(6)[before:]))
    await until(lambda: "needs an operator" not in lotse.log)


async def test_a_button_of_a_month_ago_and_one_pressed_twice(api, lotse):
    person = api.person(id=7, language_code="de")
    await person.says(FOREIGN)
    (offer,) = await person.hears(1)
    await person.presses(offer, "Einen Menschen fragen")
    (preview,) = await person.hears(1)
    await asyncio.gather(person.presses(preview, "Ja, so senden"), person.presses(preview, "Ja, so senden"))
    (second,) = await person.hears(1)  # the first changed the preview in place
    assert "schon gesendet" in second.text
    assert "Gesendet" in preview.text
    await until(lambda: lotse.mails)
    assert len(lotse.mails) == 1
    # Telegram no longer says what an old message held, and does not let it be changed.
    old = {"id": "old", "from": person._user, "chat_instance": "1", "data": "s:appointment-book:steps"}
    await api.push(callback_query={**old, "message": {"chat": person._chat, "message_id": 1, "date": 0}})
    (section,) = await person.hears(1)
    assert "Öffnen Sie das Formular" in section.text


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def test_by_webhook_and_back_to_polling(api, tmp_path):
    port = free_port()
    hooked = {"LOTSE_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "LOTSE_WEBHOOK_PORT": str(port)}
    process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", hooked)
    await process.start()
    person = api.person(id=9, language_code="de")
    await person.says(QUESTION)
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text
    assert not any(call.method == "getUpdates" for call in api.calls)
    url, secret = api.webhook
    assert (url, len(secret)) == (hooked["LOTSE_WEBHOOK_URL"], 64)
    assert secret not in process.log
    # killed while people write: what was not acknowledged comes again
    for number in range(3):
        for _ in range(5):
            await person.says(QUESTION)
        await asyncio.sleep(0.2 * number)
        await process.end(9)
        await process.start()
    await until(lambda: len(api.messages(9)) >= 16, seconds=200)
    await process.end()
    # the same bot without the setting takes the webhook away and polls again
    process.environment.clear()
    await process.start()
    await until(lambda: api.webhook is None)
    await person.says("Karte verloren")
    await until(lambda: any("Melden Sie es sofort" in message.text for message in api.messages(9)))
    assert await process.end() == 0


async def test_an_update_that_cannot_be_read_holds_nobody_up(api, lotse):
    """The library refuses a poll without fields that are new; an old note about a pinned message it reads oddly."""
    person = api.person(id=10, language_code="de")
    await person.sends(poll={"id": "1", "question": "?"})
    await person.sends(pinned_message={"message_id": 1, "date": 0, "chat": {"id": 10, "type": "private"}})
    other = api.person(id=11, language_code="de")
    await other.says(QUESTION)
    (answer,) = await other.hears(1)
    assert ANSWER in answer.text
    assert lotse.process.returncode is None


async def invited(api, lotse, *, token=TOKEN):
    """What `lotse invite counsellor` prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "invite", "counsellor", "Frau Beispiel"),
        cwd=ROOT,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))},
            "LOTSE_TELEGRAM_API": api.base_url.removesuffix("/bot"),
            "LOTSE_VAR": str(lotse.var),
            "TELEGRAM_TOKEN": token,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().strip()


async def test_a_counsellor_is_invited_and_forwards_a_clients_question(api, lotse):
    client = {"id": 777001, "is_bot": False, "first_name": "Oksana", "username": "oksana"}
    forwarded = {"forward_origin": {"type": "user", "date": 1, "sender_user": client}}
    counsellor = api.person(id=12, first_name="Berta", language_code="de")
    link = await invited(api, lotse)
    assert link.startswith("https://t.me/lotse_bot?start=invite_")
    start = f"/start {link.partition('=')[2]}"
    code = start.removeprefix("/start invite_").encode()
    assert not any(code in file.read_bytes() for file in lotse.var.glob("lotse.db*"))  # only its hash
    await counsellor.says(start)
    (welcome,) = await counsellor.hears(1)
    assert "Sie können mir jetzt Fragen" in welcome.text
    await counsellor.presses(welcome, "Deutsch")
    await counsellor.hears(1)

    await counsellor.sends(text="I lost my card", **forwarded)
    theirs, ours = await counsellor.hears(2)  # one to forward as it is, one to read
    assert "not legal advice" in theirs.text
    assert "keine Rechtsberatung" not in theirs.text
    assert "keine Rechtsberatung" in ours.text
    await counsellor.sends(text="/delete", **forwarded)  # somebody else's words command nothing
    (no_answer,) = await counsellor.hears(1)
    assert "alles löschen" not in no_answer.text
    await counsellor.sends(
        text="Do you repair bicycles, too?",
        forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "Oksana"},
    )
    (whose,) = await counsellor.hears(1)
    await counsellor.presses(whose, "Ich")
    await until(lambda: "eine Beratungsstelle in Musterstadt" in whose.text)
    await counsellor.presses(whose, "Ja, so senden")
    await until(lambda: lotse.mails)
    assert "Do you repair bicycles" in lotse.mails[0].read_text()

    # the link is used up; the next person is told so, and can ask all the same
    other = api.person(id=13, language_code="de")
    await other.says(start)
    (late,) = await other.hears(1)
    assert "schon benutzt oder ist abgelaufen" in late.text
    await other.sends(text="I lost my card", **forwarded)
    (alone,) = await other.hears(1)
    assert "not legal advice" in alone.text
    assert "keine Rechtsberatung" not in alone.text
    await until(lambda: not any(word in lotse.log for word in ("Oksana", "777001", "bicycles", "Beispiel")))


async def test_without_the_bots_name_an_invitation_is_a_text_to_send(api, lotse):
    text = await invited(api, lotse, token="")
    assert text.startswith("/start invite_")
    person = api.person(id=14, language_code="de")
    await person.says(text)
    (welcome,) = await person.hears(1)
    assert "Sie können mir jetzt Fragen" in welcome.text
