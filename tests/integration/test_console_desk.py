"""The office's pages over a real socket: answer, hand on, note, close; quarantine, outbox, figures, invitations, log."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bot.conversation.events import Draft
from bot.conversation.state import State
from bot.mailing.arrival import row as arrived
from bot.presentation.outgoing import Text, read
from bot.storage import audit, counts, persons, quarantine, queue, tables, webchat
from bot.storage.counts import Count
from tests.office import Site, running, words

WORDS = "Wo repariere ich mein Wunderfahrrad?"


class OfficeSite(Site):
    """With questions of somebody in a browser, who reads English."""

    async def asked(self, text=WORDS, session="s1", city=""):
        async def part(connection):
            if await webchat.find(connection, session) is None:
                await webchat.begin(connection, session, self.now)
            person = await persons.save(connection, "web", session, State(language="en").to_json(), None, self.now)
            draft = Draft(1, text, "de", ("appointment-book",), self.now)
            number = await self.chats.desk.hand_over(connection, person, draft, self.live.current, self.now)
            if city:
                await connection.execute(
                    update(tables.tickets).where(tables.tickets.c.number == number).values(city=city)
                )
            return number

        return await self.writer.run(part)

    async def heard(self, session="s1"):
        """What somebody reads, once everything is delivered."""
        while await self.delivery.work():
            pass
        found = await self.writer.run(lambda connection: webchat.messages(connection, session, 0))
        said = [read(each.payload) for each in found]
        return [words(each.text if isinstance(each, Text) else each.name) for each in said]

    async def log(self):
        return [(each.who, each.action, each.object) for each in await self.writer.run(audit.entries)]


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    async with running(OfficeSite(engine, tmp_path, catalogues)) as found:
        yield found


def hidden(html):
    """The first form's fields of its page."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("csrf", "key", "stand")}


async def test_a_question_is_read_and_answered(site):
    await site.asked()
    office = await site.signed_in("office", "Frau Weber")
    listed = (await office.get("/questions")).text
    assert WORDS in listed
    assert "1 offene Fragen" in words((await office.get("")).text)
    page = (await office.get("/questions/1")).text
    assert "Englisch" in words(page)
    assert "Terminbuchung" in words(page) or "appointment-book" in page
    form = {**hidden(page), "text": "Bitte fragen Sie <b>Frau Ö</b>.", "topic": "appointment-book", "other_topic": ""}
    shown = (await office.client.post("/office/questions/1/preview", data=form)).text
    assert "&lt;b&gt;Frau Ö" in shown
    assert "Ihre eigenen Worte liest die Person auf Deutsch" in words(shown)
    assert await site.heard() == []  # nothing was sent
    found = await office.client.post("/office/questions/1/reply", data={**form, **hidden(shown)})
    assert "Gesendet." in words(found.text)
    (said,) = await site.heard()
    assert "&lt;b&gt;Frau Ö" in said
    assert said.index("Frau Ö") < said.index("Wunderfahrrad")
    assert "Frau Weber" in words((await office.get("/questions/1")).text)  # in the history
    assert await site.log() == [("Frau Weber", "reply", "Frage 1"), ("Frau Weber", "sign-in", "")]


async def test_a_double_click_sends_once_and_the_back_button_sends_nothing(site):
    await site.asked()
    office = await site.signed_in("office")
    form = {**hidden((await office.get("/questions/1")).text), "text": "Ja."}
    both = await asyncio.gather(*(office.client.post("/office/questions/1/reply", data=form) for _ in range(2)))
    assert {each.status_code for each in both} == {200}
    again = await office.client.post("/office/questions/1/reply", data=form)
    assert "nur einmal" in words(again.text)
    assert len(await site.heard()) == 1


async def test_two_tabs_and_the_second_keeps_its_words(site):
    await site.asked()
    office = await site.signed_in("office")
    tabs = [hidden((await office.get("/questions/1")).text) for _ in range(2)]
    await office.client.post("/office/questions/1/reply", data={**tabs[0], "text": "Ja."})
    second = await office.client.post("/office/questions/1/reply", data={**tabs[1], "text": "Nein, doch nicht."})
    assert second.status_code == 409
    assert "Es wurde nichts gesendet" in words(second.text)
    assert "Nein, doch nicht." in second.text
    assert len(await site.heard()) == 1
    third = await office.client.post(
        "/office/questions/1/reply", data={**hidden(second.text), "text": "Nein, doch nicht."}
    )
    assert third.status_code == 200
    assert len(await site.heard()) == 2


async def test_withdrawn_meanwhile_and_nothing_typed_is_lost(site):
    await site.asked()
    office = await site.signed_in("office")
    form = {
        **hidden((await office.get("/questions/1")).text),
        "text": "Eine lange Antwort, die nicht verloren sein soll.",
    }
    await site.writer.run(lambda connection: site.chats.desk.withdraw(connection, 1, site.live.current, site.now))
    found = await office.client.post("/office/questions/1/reply", data=form)
    assert found.status_code == 410
    assert "zurückgezogen oder alles gelöscht" in words(found.text)
    assert "nicht verloren sein soll" in found.text


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"text": " \n "}, "Schreiben Sie eine Antwort"),
        ({"topic": "no-such-topic"}, "Ein Thema gibt es nicht mehr"),
        ({"text": "\x07"}, "Steuerzeichen"),
        ({"text": "x" * 30_000}, "zu lang"),
        ({"text": "Ja.", "csrf": "forged"}, "andere"),
    ],
)
async def test_bad_input_is_a_clear_word_and_nothing_sent(site, values, word):
    await site.asked()
    office = await site.signed_in("office")
    form = {**hidden((await office.get("/questions/1")).text), **values}
    found = await office.client.post("/office/questions/1/reply", data=form)
    assert found.status_code in (400, 403, 413)
    assert word in words(found.text)
    assert await site.heard() == []


@pytest.mark.parametrize(
    ("name", "content", "goes"),
    [
        ("Antrag.pdf", b"%PDF-1.7 x", True),
        ("foto.PNG", b"\x89PNG\r\n\x1a\n...", True),
        ("Antrag.pdf", b"MZ no paper", False),  # its content says what it is
        ("makro.docm", b"PK\x03\x04", False),
        ("gross.pdf", b"%PDF-" + b"x" * 10_000_001, False),
    ],
)
async def test_files(site, name, content, goes):
    await site.asked()
    office = await site.signed_in("office")
    form = {**hidden((await office.get("/questions/1")).text), "text": "Anbei."}
    found = await office.client.post(
        "/office/questions/1/reply", data=form, files=[("file", (name, content, "application/octet-stream"))]
    )
    assert ("Gesendet." in words(found.text)) is goes
    heard = await site.heard()
    assert (len(heard) == 2) is goes
    assert not goes or name.rpartition(".")[0] in heard[1]
    assert goes or "Nur PDF und Bilder" in words(found.text)


async def test_note_hand_on_and_close(site):
    await site.asked()
    office = await site.signed_in("office", "Frau Weber")

    async def press(what, **values):
        form = hidden((await office.get("/questions/1")).text)
        return await office.client.post(f"/office/questions/1/{what}", data={**form, **values})

    assert "Notiz gespeichert" in words((await press("note", note="Nur für uns.")).text)
    assert "Die Notiz ist leer" in words((await press("note", note=" ")).text)
    assert "E-Mail-Adresse an" in words((await press("hand-on", other="nowhere\n")).text)
    assert "nicht auf der Liste" in words((await press("hand-on", other="x@evil.example")).text)
    assert "Weitergegeben" in words((await press("hand-on", other="Jugend@example.org")).text)
    assert "Geschlossen" in words((await press("close")).text)
    heard = await site.heard()
    assert len(heard) == 1  # of the closing alone
    assert "Nur für uns" not in str(heard)
    assert [entry[1] for entry in await site.log()] == ["close-question", "hand-on", "note", "sign-in"]
    assert "Wunderfahrrad" not in str(await site.log())
    assert "Nur für uns" not in str(await site.log())


async def test_the_office_of_one_city_sees_only_its_own(site):
    await site.asked(city="anderstadt")
    office = await site.signed_in("office")
    everything = [(await office.get(path)).text for path in ("/questions?state=all", "/figures/groups", "/outbox")]
    assert "Wunderfahrrad" not in "".join(everything)
    assert (await office.get("/questions/1")).status_code == 404
    form = {"csrf": await office.token("/questions"), "key": "k", "stand": "", "text": "Ja."}
    for what in ("reply", "preview", "close", "note", "hand-on"):
        assert (await office.client.post(f"/office/questions/1/{what}", data=form)).status_code == 410
    assert await site.heard() == []


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("figures", {"/figures"}),
        ("editor", {"/figures"}),
        (
            "office",
            {"/figures", "/questions", "/questions/1", "/quarantine", "/outbox", "/figures/groups", "/invitations"},
        ),
        ("administrator", None),
    ],
)
async def test_who_sees_what(site, role, allowed):
    await site.asked()
    browser = await site.signed_in(role)
    pages = (
        "/figures",
        "/questions",
        "/questions/1",
        "/quarantine",
        "/outbox",
        "/figures/groups",
        "/invitations",
        "/settings",
        "/audit",
        "/audit.csv",
    )
    seen = {page for page in pages if (await browser.get(page)).status_code == 200}
    assert seen == (set(pages) if allowed is None else allowed)


async def test_figures_are_added_up_and_small_ones_hidden(site):
    def count(topic, outcome, number, language="ar", week="2027-W02"):
        return Count(week, topic, language, "web", outcome, number)

    found = [
        count("appointment-book", "answered", 12),
        count("appointment-book", "did-not-help", 4),
        count("", "no-answer", 7, "en"),
        count("gone-topic", "answered", 6, "en", week="2027-W01"),
        count("lost-card", "did-not-help", 20, "en"),
        count("lost-card", "answered", 1040, "de"),
        count("lost-card", "did-not-help", 9, "de", week="2027-W01"),
    ]
    await site.writer.run(lambda connection: counts.add(connection, "musterstadt", found))
    browser = await site.signed_in("figures")
    text = words((await browser.get("/figures?from=2027-01-01&to=2027-01-17")).text)
    assert "1.058 beantwortet" in text
    assert "33 half nicht" in text
    assert "Termin vereinbaren verdeckt 0 0 unter 5 0 16" in text  # 16 less 12 would say it
    assert "kein Thema 0 0 0 0 7 7" in text
    assert "gone-topic" in text
    text = words((await browser.get("/figures?from=2027-01-01&to=2027-01-17&language=en")).text)
    assert "Themen: Englisch" in text
    assert "Karte verloren 20 kein Thema 7 gone-topic 6" in text
    text = words((await browser.get("/figures?from=2027-01-01&to=2027-01-17&language=ar")).text)
    assert "Termin vereinbaren 16" in text
    assert "niemand gefragt" in words((await browser.get("/figures?from=2020-01-01&to=2020-01-17")).text)
    assert (await browser.get("/figures?from=x&to=9999-99-99&language=';--&channel=%00")).status_code == 200
    english = words((await browser.get("/figures?from=2027-01-01&to=2027-01-17&lang=en")).text)
    assert "1,058 answered" in english
    assert "hidden 0 0 under 5 0 16" in english


async def test_what_means_the_same_stands_together_and_one_click_makes_a_topic_of_it(site):
    for number, text in enumerate(
        ("Ich suche einen Babysitter", "Babysitter gesucht für abends", "Was kostet Angeln?")
    ):
        await site.asked(text, session=f"s{number}")
    admin = await site.signed_in("administrator")
    page = (await admin.get("/figures/groups")).text
    assert "2 Fragen, die sich ähneln" in words(page)
    link = re.search(r'href="(/office/topics/new\?question=\d+)"', page)[1]
    assert link.endswith(("=1", "=2"))
    moved = await admin.client.get("/office/figures/add?topic=appointment-book&question=3", follow_redirects=False)
    assert moved.headers["location"] == "/office/topics/appointment-book?add_question=3"
    assert (await admin.get("/figures/add?topic=x&question=3")).status_code == 404
    assert (await admin.get("/figures/add?topic=appointment-book&question=x%0a")).status_code == 404
    office = await site.signed_in("office")
    page = (await office.get("/figures/groups")).text
    assert "topics/new" in page  # it waits until it is published
    assert "Als Frage zu diesem Thema" in page  # an example waits for them


MAIL = b"From: B\xc3\xbcro <kollegin@example.org>\r\nTo: reply@example.org\r\nSubject: AW: Frage\r\n\r\nJa, gern.\r\n"


async def held(site, ticket=1, mail=MAIL):
    import json

    payload = json.dumps(arrived(mail, ["reply@example.org"])[2])
    return await site.writer.run(
        lambda connection: quarantine.hold(connection, payload, "NOT_LISTED", ticket, site.now)
    )


async def test_a_held_mail_is_shown_released_once_or_dropped(site):
    await site.asked()
    first, second = await held(site), await held(site)
    office = await site.signed_in("office", "Frau Weber")
    assert "2 E-Mails in Quarantäne" in words((await office.get("")).text)
    assert "E-Mail in Quarantäne" in words((await office.get("/questions")).text)
    page = (await office.get(f"/quarantine/{first}")).text
    assert "kollegin@example.org" in page
    assert "Ja, gern." in page
    wrong = await office.post(f"/quarantine/{first}/release", page="/quarantine", number="77")
    assert wrong.status_code == 400
    found = await office.post(f"/quarantine/{first}/release", page="/quarantine", number="1")
    assert "unterwegs" in words(found.text)
    assert (await office.post(f"/quarantine/{first}/release", page="/quarantine", number="1")).status_code == 410
    assert "Gelöscht" in words((await office.post(f"/quarantine/{second}/drop", page="/quarantine")).text)
    assert (await office.post(f"/quarantine/{second}/drop", page="/quarantine")).status_code == 410
    (said,) = await site.heard()
    assert "Ja, gern." in said
    assert [entry[1:] for entry in await site.log()][:2] == [
        ("drop-mail", f"E-Mail {second}"),
        ("release-mail", f"E-Mail {first}"),
    ]


async def test_a_held_mail_without_words_is_not_sent(site):
    await site.asked()
    empty = await held(site, mail=b"From: x@example.org\r\nSubject: x\r\n\r\n#privat\r\nNur so\r\n")
    office = await site.signed_in("office")
    found = await office.post(f"/quarantine/{empty}/release", page="/quarantine", number="1")
    assert found.status_code == 409
    assert "nichts, was man senden könnte" in words(found.text)
    assert await site.heard() == []


async def test_what_was_not_sent_is_tried_again_or_dropped(site):
    await site.asked()

    async def dead(connection):
        id_ = await queue.enqueue(connection, "web", "web:s1", '{"html": "<p>Hallo</p>", "uid": "u1"}', site.now)
        values = {"state": "dead", "attempts": 5, "error": "refused <b>"}
        await connection.execute(update(tables.outbox).where(tables.outbox.c.id == id_).values(values))
        return id_

    one, two = [await site.writer.run(dead) for _ in range(2)]
    office = await site.signed_in("office")
    page = (await office.get("/outbox")).text
    assert "refused &lt;b&gt;" in page
    assert "Hallo" not in page
    assert "2 Nachrichten gingen nicht hinaus" in words((await office.get("")).text)
    assert "noch einmal" in words((await office.post(f"/outbox/{one}", page="/outbox", what="retry")).text)
    assert "Niemand liest" in words((await office.post(f"/outbox/{two}", page="/outbox", what="drop")).text)
    assert (await office.post(f"/outbox/{two}", page="/outbox", what="drop")).status_code == 410
    assert (await office.post(f"/outbox/{one}", page="/outbox", what="burn")).status_code == 400


async def test_an_invitation_is_shown_once_listed_and_taken_back(site):
    office = await site.signed_in("office", "Frau Weber")
    found = await office.post("/invitations", page="/invitations", purpose="Caritas <Nord>")
    link = re.search(r'data-test="link">([^<]+)<', found.text)[1]
    assert link == "https://t.me/testbot?start=" + link.rpartition("=")[2]
    assert "<svg" in found.text
    page = (await office.get("/invitations")).text
    assert "Caritas &lt;Nord&gt;" in page
    assert link not in page
    hash_ = re.search(r'name="invitation" value="([^"]+)"', page)[1]
    assert "Zurückgenommen" in words(
        (await office.post("/invitations/back", page="/invitations", invitation=hash_)).text
    )
    gone = await office.post("/invitations/back", page="/invitations", invitation=hash_)
    assert "benutzt oder zurückgenommen" in words(gone.text)
    assert (await office.post("/invitations", page="/invitations", purpose=" ")).status_code == 400
    assert [entry[1] for entry in await site.log()] == ["take-back-invitation", "invite", "sign-in"]


async def test_the_log_is_filtered_paged_and_exported(site):
    admin = await site.signed_in("administrator", "=cmd()")

    async def many(connection):
        for number in range(150):
            await audit.note(connection, site.now - number, "Frau Weber", "reply", f"Frage {number}")

    await site.writer.run(many)
    first = (await admin.get("/audit")).text
    assert first.count('data-test="log-row"') == 100
    older = re.search(r'href="/office(/audit\?[^"]*before=\d+)"', first)[1].replace("&amp;", "&")
    assert (await admin.get(older)).text.count('data-test="log-row"') == 51
    only = (await admin.get("/audit?who=%3Dcmd()")).text
    assert only.count('data-test="log-row"') == 1
    assert (await admin.get("/audit?from=2020-01-01&to=2020-01-02")).text.count('data-test="log-row"') == 0
    assert (await admin.get("/audit?from=x&to=99999999&before=-1")).status_code == 200
    exported = await admin.get("/audit.csv")
    assert exported.headers["content-disposition"].startswith("attachment")
    assert exported.text.count("\n") == 152
    assert "'=cmd()" in exported.text  # no formula


async def test_a_full_disk_is_a_clear_word_and_what_was_typed_is_there(site, monkeypatch):
    await site.asked()
    office = await site.signed_in("office")
    form = {**hidden((await office.get("/questions/1")).text), "text": "Eine Antwort, die nicht verloren sein soll."}

    async def full(*_):
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr("bot.flow.questions.carry_out", full)
    found = await office.client.post("/office/questions/1/reply", data=form)
    assert found.status_code == 503
    assert "nicht zu erreichen" in words(found.text)
    assert "nicht verloren sein soll" in found.text
    monkeypatch.undo()
    again = await office.client.post("/office/questions/1/reply", data=form)  # nothing was half done
    assert "Gesendet." in words(again.text)
    assert len(await site.heard()) == 1
