"""One word decides: a centre's yes, the office's yes to a held reply; what a clerk orders; and "sent" that is true."""

from __future__ import annotations

import base64
from email import message_from_string
from email.policy import default

import pytest

from bot.flow.ports import Delivered, Refused
from bot.flow.releases import AskerGone
from bot.flow.reminders import remind
from bot.storage import queue, tables
from bot.storage.tables import inbox, outbox, tickets
from bot.storage.tickets import withdraw
from tests.integration import test_chats
from tests.integration.test_mails import PROVEN, Mailroom, answer, say


@pytest.fixture
def database_url(tmp_path):
    """SQLite alone: the decisions know no database."""
    return f"sqlite:///{tmp_path}/lotse.db"


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Mailroom(engine, tmp_path)


CENTRE = "anna@beratung.example"


def ask(text, number=1, headers="Content-Type: text/plain; charset=utf-8\n", subject="Frage"):
    return (
        f"Return-Path: <{CENTRE}>\n{PROVEN.format(domain='beratung.example')}From: Anna <{CENTRE}>\n"
        f"To: reply@example.org\nSubject: {subject}\nMessage-ID: <q{number}@beratung.example>\n{headers}\n{text}\n"
    )


def to_office(room):
    return [mail for mail in room.sent() if mail["To"] == "buero@example.org"]


def words(mail):
    return mail.get_body(("plain",)).get_content()


async def consent(room, text, number=1, **more):
    """The mail that shows a centre what would be sent."""
    await room.get(ask(text, number, **more), "reply@example.org")
    return room.sent()[-1]


async def test_a_centre_sees_what_would_be_sent_with_numbers_masked_and_names_marked(room):
    shown = words(
        await consent(room, "Mein Name ist Lea Muster, geboren 1.2.1990, Pass FE123456. Fahrräder reparieren?")
    )
    assert "FE123456" not in shown
    assert "ACHTUNG" in shown
    assert "Lea Muster" in shown.partition("ACHTUNG")[2]
    assert to_office(room) == []


async def test_no_sentence_claims_what_was_not_checked(room):
    asked = await consent(room, "Fahrräder reparieren, wer macht das?")
    await room.get(say(asked, "Ja bitte.\n\nMit freundlichen Grüßen\nAnna"), asked["Reply-To"])
    (mail,) = to_office(room)
    assert "stehen nicht in dieser E-Mail" not in words(mail)
    assert "Die Antwort bekommt die Beratungsstelle." in words(mail)


@pytest.mark.parametrize(
    ("word", "sent", "told"),
    [
        ("JA", 1, "ist an"),
        ("Nein", 0, "wird nichts gesendet"),
        ("Ja, aber bitte ohne den Namen", 0, "nicht eindeutig"),  # that was not shown
        ("Ja\n\nBitte ergänzen: Es eilt, sie zieht morgen um.", 0, "nicht eindeutig"),
        ("Können Sie das bitte erklären?", 0, "nicht eindeutig"),
    ],
)
async def test_the_word(room, word, sent, told):
    asked = await consent(room, "Fahrräder reparieren, wer macht das?")
    await room.get(say(asked, word), asked["Reply-To"])
    assert len(to_office(room)) == sent
    assert told in words([mail for mail in room.sent() if mail["To"] == CENTRE][-1])


async def test_a_word_counts_once_and_from_its_own_sender_alone(room):
    asked = await consent(room, "Fahrräder reparieren, wer macht das?")
    await room.get(say(asked, "Ja", "mallory@beratung.example"), asked["Reply-To"])
    assert to_office(room) == []
    await room.get(say(asked, "Ja").replace("dmarc=pass", "dmarc=fail"), asked["Reply-To"])
    assert to_office(room) == []
    await room.get(say(asked, "Ja"), asked["Reply-To"])
    await room.get(say(asked, "Ja!"), asked["Reply-To"])
    assert len(to_office(room)) == 1
    assert "schon entschieden" in words(room.sent()[-1])


async def test_an_absence_note_decides_nothing_and_is_not_answered(room):
    asked = await consent(room, "Fahrräder reparieren, wer macht das?")
    before = len(room.sent())
    await room.get(say(asked, "Ja", extra="Auto-Submitted: auto-replied\n"), asked["Reply-To"])
    assert len(room.sent()) == before


async def test_several_clients_and_some_of_them(room):
    asked = await consent(
        room, "1. Fahrräder reparieren, wer macht das?\n2. Wo ist das Fundbüro für Drachen?\n3. Wer repariert Schirme?"
    )
    assert "JA 1 3" in words(asked)
    await room.get(say(asked, "Ja 1, 3"), asked["Reply-To"])
    assert len(to_office(room)) == 2
    assert "Drachen" not in "".join(map(words, to_office(room)))


MIXED = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
WITH_A_FILE = (
    "--b\nContent-Type: text/plain; charset=utf-8\n\nFahrräder reparieren, wer macht das? Siehe Anhang.\n--b\n"
    'Content-Type: application/pdf; name="Brief.pdf"\nContent-Disposition: attachment; filename="Brief.pdf"\n'
    f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(b'%PDF-1.4 letter').decode()}\n--b--\n"
)


async def test_a_file_goes_with_see_attached(room):
    asked = await consent(room, WITH_A_FILE, headers=MIXED)
    assert "Brief.pdf" in words(asked)
    await room.get(say(asked, "ja"), asked["Reply-To"])
    (mail,) = to_office(room)
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Brief.pdf", b"%PDF-1.4 letter")


async def test_an_answer_in_another_language_has_a_part_to_forward_as_it_is(room):
    await room.get(ask("How do I get an appointment at the foreigners' office, please?"), "reply@example.org")
    mail = room.sent()[-1]
    (part,) = mail.iter_attachments()
    assert "Englisch" in part.get_filename()
    assert "Appointments are online" in part.get_content()
    assert "Termine gibt es online" not in part.get_content()
    assert "Termine gibt es online" in words(mail)


async def test_a_clients_question_among_the_counsellors_words_is_answered_in_its_language(room):
    question = "Hello,\n\nhow do I get an appointment at the foreigners' office, please?"
    await room.get(ask(f"Guten Tag,\n\nein Klient möchte Folgendes wissen:\n{question}"), "reply@example.org")
    (part,) = room.sent()[-1].iter_attachments()
    assert "Appointments are online" in part.get_content()
    assert "> how do I get an appointment" in words(room.sent()[-1])


async def test_what_nobody_decides_goes_after_two_weeks(room):
    await consent(room, "Fahrräder reparieren, wer macht das?")
    room.now += 15 * 86400
    await room.tidy(30)
    assert await room.rows(tables.approvals, tables.approvals.c.payload) == []


async def test_a_note_with_cc_waits_for_the_offices_word(room):
    question = await room.asked()
    mail = answer(question, "Bitte fragen Sie im Bürgerbüro.", extra="Cc: kollegin@example.org\n")
    assert await room.get(mail, question["Reply-To"]) == ""
    asked = room.sent()[-1]
    assert asked["To"] == "buero@example.org"
    assert "andere Empfänger" in words(asked)
    assert "| Bitte fragen Sie im Bürgerbüro." in words(asked)
    heard = await room.get(say(asked, "ja"), asked["Reply-To"])
    assert "| Bitte fragen Sie im Bürgerbüro." in heard
    assert await room.held() == []


async def test_an_answer_from_a_colleagues_own_address_is_released_with_one_word(room):
    question = await room.asked()
    assert await room.get(answer(question, "Ja, gern.", "ben@example.org"), question["Reply-To"]) == ""
    asked = room.sent()[-1]
    assert asked["To"] == "buero@example.org"
    assert "ben@example.org" in words(asked)
    assert await room.get(say(asked, "Nein"), asked["Reply-To"]) == ""
    assert await room.held() == []
    assert await room.rows(tickets, tickets.c.state) == [("open",)]


async def test_what_may_be_the_answer_to_a_withdrawn_question_reaches_nobody(room):
    question = await room.asked()
    await room.get(answer(question, "Ja, gern.", "ben@example.org"), question["Reply-To"])
    asked = room.sent()[-1]
    await room.chats.desk.writer.run(
        lambda connection: room.chats.desk.withdraw(connection, 1, room.live.current, room.now)
    )
    await room.settle()  # the office has read of it: mails of two lanes go side by side
    assert await room.held() == []
    assert await room.get(say(asked, "ja"), asked["Reply-To"]) == ""
    assert room.sent()[-1]["To"] == "buero@example.org"
    assert "das ist schon entschieden" in words(room.sent()[-1])
    assert [row for row in await room.rows(inbox, inbox.c.state) if row != ("done",)] == []


async def test_nor_where_the_question_went_by_itself(room):
    question = await room.asked()
    await room.get(answer(question, "Ja, gern.", "ben@example.org"), question["Reply-To"])
    asked = room.sent()[-1]
    await room.chats.desk.writer.run(lambda connection: withdraw(connection, 1))
    with pytest.raises(AskerGone):
        await room.postbox.releases.release(1, None)
    assert await room.get(say(asked, "ja"), asked["Reply-To"]) == ""
    assert "das ist schon entschieden" in words(room.sent()[-1])
    assert [row for row in await room.rows(inbox, inbox.c.state) if row != ("done",)] == []


async def test_nobody_is_told_that_no_answer_came_while_one_waits(room):
    room.now = test_chats.MONDAY
    question = await room.asked()
    await room.get(answer(question, "Ja, gern.", extra="Precedence: bulk\n"), question["Reply-To"])
    (held,) = await room.held()
    assert (held.reason, held.ticket) == ("BULK", 1)
    room.now += 4 * 86400
    assert await remind(room.chats.desk) == 0


async def test_the_same_mail_by_another_way_is_one_mail(room):
    question = await room.asked()
    mail = answer(question, "Ja, gern.")
    other = mail.replace("Return-Path:", "Received: by mx2.example.org; Mon, 30 Nov 2026 10:00:00 +0100\nReturn-Path:")
    assert "| Ja, gern." in await room.get(mail, question["Reply-To"])
    assert await room.get(other, question["Reply-To"], "lotse@example.org") == ""
    text = ask("Wie bekomme ich einen Termin?")
    await room.get(text, "reply@example.org")
    before = len(room.sent())
    await room.get(text, "lotse@example.org")
    assert len(room.sent()) == before


async def test_a_copy_that_is_not_proven_does_not_stand_in_the_way_of_the_right_one(room):
    question = await room.asked()
    mail = answer(question, "Ja, gern.")
    await room.get(mail.replace("dmarc=pass", "dmarc=fail"), question["Reply-To"])
    await room.get(mail.replace("dmarc=pass", "dmarc=none"), question["Reply-To"])
    assert len(await room.held()) == 1  # held once
    assert "| Ja, gern." in await room.get(mail, question["Reply-To"])
    assert await room.held() == []


# --- the clerk


async def test_after_closing_the_asker_is_told(room):
    question = await room.asked()
    heard = await room.get(answer(question, "#schließen"), question["Reply-To"])
    assert "wurde beendet, ohne dass eine Antwort geschrieben wurde" in heard
    assert "| Fahrräder reparieren" in heard
    assert await room.rows(tickets, tickets.c.state) == [("answered",)]


async def test_a_topic_by_its_place_and_a_place_that_is_not_there(room):
    await room.hear("ask", "command")
    await room.hear("Ein Termin für Fahrräder")
    await room.press(1)
    question = room.sent()[-1]
    assert "#antwort 1" in words(question)
    assert "bis " in str(question["Subject"])
    listed = "Lotse hat an diese Themen gedacht" in words(question)
    heard = await room.get(answer(question, "#antwort 1"), question["Reply-To"])
    assert bool(heard) is listed
    await room.get(answer(question, "#antwort 9"), question["Reply-To"])
    assert "kein Thema Nummer 9" in words(room.sent()[-1])


async def test_handing_on_to_a_colleagues_office(room):
    question = await room.asked()
    await room.get(answer(question, "#weiter wohnen@example.org"), question["Reply-To"])
    to = {str(mail["To"]): mail for mail in room.sent()[-2:]}
    assert "ist jetzt bei wohnen@example.org" in words(to["buero@example.org"])
    again = to["wohnen@example.org"]
    heard = await room.get(answer(again, "Kommen Sie vorbei.", "wohnen@example.org"), again["Reply-To"])
    assert "| Kommen Sie vorbei." in heard


async def test_nothing_is_handed_on_to_anybody(room):
    question = await room.asked()
    await room.get(answer(question, "#weiter mallory@evil.example"), question["Reply-To"])
    assert "darf Lotse keine Fragen geben" in words(room.sent()[-1])
    assert len(to_office(room)) == 2  # the question, and this


async def test_help_and_the_open_list_with_and_without_a_question(room):
    question = await room.asked()
    await room.get(answer(question, "#hilfe\n#offen"), question["Reply-To"])
    said = words(room.sent()[-1])
    assert "#vorlage NAME" in said
    assert "Frage 1 vom" in said
    assert "Fahrräder" not in said
    alone = answer(question, "#offen").replace(f"In-Reply-To: {question['Message-ID']}\n", "").replace("<a1@", "<a2@")
    await room.get(alone, "reply@example.org")
    assert "Frage 1 vom" in words(room.sent()[-1])
    assert await room.held() == []


async def test_a_template_of_the_office(room, tmp_path, monkeypatch):
    folder = tmp_path / "knowledge" / "musterstadt" / "vorlagen"
    folder.mkdir(parents=True)
    (folder / "Termin.txt").write_text("Bitte kommen Sie am Montag.\n")
    (folder / "termin.en.txt").write_text("Please come on Monday.\n")
    monkeypatch.setattr(room.live, "_folder", tmp_path / "knowledge")
    question = await room.asked()
    assert "| Bitte kommen Sie am Montag." in await room.get(answer(question, "#vorlage termin"), question["Reply-To"])
    await room.get(answer(question, "#vorlage umzug"), question["Reply-To"])
    assert "keine Vorlage. Es gibt: termin" in words(room.sent()[-1])


async def test_a_german_reply_to_somebody_else_says_who_explains_it(room):
    await room.hear("start", "command")
    await room.press(2)
    await room.hear("ask", "command")
    preview = await room.hear("Who repairs bicycles in this town?")
    assert "The text around the question is in German." in preview
    await room.press(1)
    question = room.sent()[-1]
    heard = await room.get(
        answer(question, "Bitte wenden Sie sich an das Ordnungsamt in der Stadt."), question["Reply-To"]
    )
    assert "This answer is in German. A counselling centre can explain it to you." in heard


async def test_a_preview_with_a_name_says_so(room):
    await room.hear("ask", "command")
    assert "vielleicht ein Name" in await room.hear("Ich heiße Lea Muster. Wer repariert Fahrräder?")


# --- "sent" must be true


class Server:
    """Takes mail or refuses it, by recipient."""

    def __init__(self, room, refused):
        self.room, self.refused, self.took, self.mails = room, refused, [], []

    async def send(self, lane, letter):
        if letter.to in self.refused:
            return Refused("550 5.1.1 unknown")
        self.took.append(letter.to)
        self.mails.append(message_from_string(letter.mail, policy=default))
        return Delivered()


def with_server(room, *refused):
    server = Server(room, refused)
    room.delivery.senders = {"terminal": room.terminal, "mail": server}
    room.delivery.refused = room.chats.desk.refused
    room.delivery.alert = room.alerts.append
    return server


async def handed_over(room):
    await room.hear("ask", "command")
    await room.hear("Fahrräder reparieren")
    return await room.press(1)


async def test_a_refusal_tries_the_second_office(room):
    server = with_server(room, "buero@example.org")
    await handed_over(room)
    assert server.took == ["zweites@example.org"]
    assert "second office" in room.alerts[-1]
    assert await room.rows(tickets, tickets.c.state) == [("open",)]


async def test_where_no_office_takes_it_the_asker_is_told_with_the_phone_and_an_operator_alerted(room):
    with_server(room, "buero@example.org", "zweites@example.org")
    heard = await handed_over(room)
    assert "konnte ich nicht zustellen" in heard
    assert "Marktplatz 1" in heard
    assert "Whoever asked was told" in room.alerts[-1]
    assert await room.rows(tickets, tickets.c.state) == [("undelivered",)]
    assert "keine offene Frage" in await room.hear("status", "command")
    room.now += 30 * 86400
    assert await remind(room.chats.desk) == 0  # nobody is told that anybody was reminded


async def test_a_row_that_cannot_be_read_is_buried_and_told_and_its_question_goes_another_way(room):
    server = with_server(room)
    await handed_over(room)
    async with room.engine.begin() as connection:
        await queue.enqueue(connection, "mail", "mail:1", '{"to": 7}', room.now, ticket=1)
        await queue.enqueue(connection, "terminal", "terminal:you", "of a later version", room.now)
    await room.settle()
    assert [state for (state,) in await room.rows(outbox, outbox.c.state)].count("dead") == 2
    assert [alert for alert in room.alerts if "nothing that this version of Lotse can send" in alert]
    assert server.took == ["buero@example.org", "zweites@example.org"]
    assert "Termine gibt es online" in await room.hear("Termin buchen")  # the lane goes on


async def test_a_bounce_of_an_answer_to_a_centre_is_told(room):
    await room.get(ask("Wie bekomme ich einen Termin?"), "reply@example.org")
    ((message_id,),) = await room.rows(outbox, outbox.c.message_id)
    await room.get(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nTo: lotse@example.org\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {CENTRE}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{message_id}>\n\n--b--\n",
        "lotse@example.org",
    )
    assert "was not delivered (status 5.1.1)" in room.alerts[-1]
    assert CENTRE not in room.alerts[-1]
    async with room.engine.connect() as connection:
        assert await queue.sent_as(connection, message_id)
