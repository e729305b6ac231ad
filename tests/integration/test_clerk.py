"""What a clerk is told by mail, word for word, and the mail that carries a question: by city, by day, by office."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.clerk import Clerk
from bot.flow.letters import Letters
from bot.flow.office_mail import Office, as_mailed, message_of, ticket_of
from bot.flow.post import Post
from bot.handover import tokens
from bot.mailing import commands
from bot.mailing.gate import Thread
from bot.storage import tickets
from tests.integration import test_desk
from tests.integration.test_desk import CLERK, NOW, OFFICE, OTHER, PDF, mail_in, replied, town

__all__ = ["town"]

THREAD = Thread("Frage", "1@x", ("1@x",))


async def informed(town, verbs, thread=THREAD, templates=test_desk.TEMPLATES):
    """The one mail that a clerk gets of it; None for none."""
    await town.new()
    town.desk.live.templates = lambda: templates
    post = Post(Letters("lotse@example.org", "antwort@example.org"), b"k" * 32, lambda: town.now, lambda: 99)
    clerk = Clerk(town.desk, post, town.desk.live, lambda _: False)
    await town.do(clerk.inform, "weber@example.org", OFFICE, thread, verbs)
    found = await town.new()
    return mail_in(found[0][2]) if found else None


def said(mail):
    return mail.get_content().replace("\r\n", "\n")


async def test_open_questions_and_help_come_in_one_mail(town):
    both = await informed(town, {"open", "help", "close"})
    assert both["Subject"] == "Re: Frage"
    first, second = (
        f"- Frage {number} vom 18. November 2026 ({language}), zugesagt bis 23. November 2026, Kita-Platz"
        for number, language in ((1, "Deutsch"), (2, "Englisch"))
    )
    assert said(both) == (
        f"Guten Tag,\n\nOffene Fragen:\n{first}\n{second}\n\n{commands.HELP}\n\n"
        "Vorlagen Ihres Büros: frist, termin\n\nLotse, der Auskunfts-Bot\n"
    )
    assert await informed(town, {"close", "answer"}) is None


async def test_where_nothing_is_open_and_nothing_was_written_it_says_so(town):
    for number in (1, 2):
        await town.do(tickets.answered, number, NOW)
    alone = await informed(town, {"open"}, None)
    assert alone["Subject"] == "Lotse: Befehle"
    assert said(alone) == "Guten Tag,\n\nOffene Fragen:\n- keine\n\nLotse, der Auskunfts-Bot\n"
    assert "Vorlagen Ihres Büros: noch keine\n" in said(await informed(town, {"help"}, templates={}))


async def test_a_question_without_topics_or_a_promised_day_is_listed_all_the_same(town):
    await town.do(tickets.withdraw, 2)
    await town.do(lambda to: to.execute(tickets.tickets.update().values(topics='["gone"]')))
    assert await town.do(town.desk.open_list, OFFICE) == [
        "Frage 1 vom 18. November 2026 (Deutsch), zugesagt bis 23. November 2026"
    ]


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        ("#antwort 2", ["chat:anna"]),  # the last of the list
        ("#antwort 1\n#antwort 2", ["chat:anna", "chat:anna"]),
        ("#antwort 3", None),
    ],
)
async def test_the_places_of_the_list_are_those_that_the_mail_showed(town, text, lanes):
    await town.new()
    await town.do(lambda to: to.execute(tickets.tickets.update().values(topics='["kita-place", "gone", "lost-card"]')))
    shown = await replied(town, text)
    if lanes is None:
        assert shown == ["Die E-Mail mit Frage 1 nennt kein Thema Nummer 3."]
    else:
        assert [lane for lane, _ in shown] == lanes
        assert "13\u00a0€" in shown[-1][1]


async def test_what_cannot_be_done_is_said_in_whole_sentences(town):
    await town.new()
    assert await replied(town, "#vorlage Umzug") == ["„Umzug“ ist keine Vorlage. Es gibt: frist, termin."]
    assert await replied(town, "#weiter fremd@example.org") == [
        (
            "An fremd@example.org darf Lotse keine Fragen geben: Die Adresse steht nicht auf der Liste. Wer Lotse betreibt, "
            "kann sie eintragen (LOTSE_OFFICE_SENDERS)."
        )
    ]
    await town.do(tickets.extend, 1, "", NOW)
    assert await replied(town, "#weiter kita@example.org") == [
        (
            "Frage 1 kann nicht mehr weitergegeben werden: Sie ist beantwortet, und ihr Wortlaut ist bei Lotse gelöscht. "
            "Leiten Sie unsere E-Mail selbst weiter."
        )
    ]
    assert len(await replied(town, "#vorlage Umzug\n#antwort 9")) == 2


async def test_files_alone_are_an_answer_and_names_alone_are_none(town):
    await town.new()
    shown = await replied(town, "", files=[PDF])
    assert [lane for lane, _ in shown] == ["chat:anna"] * 2
    assert shown[-1][1] == "brief.pdf"
    assert [lane for lane, _ in await replied(town, "Ja.", unsent=("b.zip",))] == ["chat:anna"]
    assert await replied(town, "#privat intern", files=[PDF], unsent=("b.zip",)) == []
    assert [lane for lane, _ in await replied(town, "#offen", unsent=("b.zip",))] == [CLERK]


async def test_whoever_hands_on_is_told_where_it_is(town):
    await town.new()
    (_, (lane, text)) = await replied(town, "#weiter kita@example.org")
    assert (lane, text.splitlines()) == (CLERK, ["Guten Tag,", "", "die Frage 1 ist jetzt bei kita@example.org."])


# ---- the mail that carries a question


async def test_a_question_as_it_is_mailed(town):
    stored = await town.one()
    mailed = as_mailed(stored, town.current)
    assert (mailed.number, mailed.city, mailed.question, mailed.language) == (1, "Musterstadt", "Frage von anna?", "de")
    assert (mailed.considered, mailed.reply_days, mailed.client) == (("Kita-Platz",), 3, False)
    assert mailed.due == "23. November 2026"
    assert as_mailed(replace(stored, client=1), town.current).client is True
    preview = ticket_of(0, "?", "de", ("gone", "lost-card"), town.current, client=True)
    assert (preview.due, preview.considered, preview.client) == ("", ("Karte verloren",), True)
    town.current.knowledge = replace(town.current.knowledge, city=None)
    nowhere = as_mailed(stored, town.current)
    assert (nowhere.city, nowhere.due) == ("Deutschland", "")


@pytest.mark.parametrize("answerable", [True, False])
async def test_an_answer_comes_back_by_the_token_where_replies_are_read(town, answerable):
    ours = Office(OFFICE, "lotse@bot.example", "antwort@reply.example", b"k" * 32, answerable=answerable)
    ticket = as_mailed(await town.one(), town.current)
    mail = message_of(ours, ticket, OTHER, 9_000_000_000, NOW, [PDF])
    token = tokens.issue(1, OTHER, 9_000_000_000, ours.secret).local_part
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (OTHER, "lotse@bot.example")
    assert mail["Reply-To"] == (f"{token}@reply.example" if answerable else "antwort@reply.example")
    assert mail["Message-ID"].startswith(f"<{token}")
    assert mail["Message-ID"].endswith("@bot.example>")
    assert mail["Date"].datetime.timestamp() == NOW
    assert [part.get_filename() for part in mail.iter_attachments()] == ["brief.pdf"]
    assert "Frage von anna?" in words_of(mail)
    assert ("#weiter ADRESSE" in words_of(mail)) is answerable


def words_of(mail):
    return mail.get_body(("plain",)).get_content()


async def test_below_german_words_our_own_topics_words_for_them_are_named(town):
    """To somebody who reads another language; where the office wrote in it, nothing need be explained."""
    await town.new()
    stored = await town.one(2)
    text = town.desk.framed(stored, test_desk.Reply("Bringen Sie die Karte."))
    explained = town.current.composer.sentence("reply-in-german", "en")
    assert sum(explained in block.text for block in text.blocks) == 1
    town.current.matcher.language = lambda _: "en"
    assert not any(explained in block.text for block in town.desk.framed(stored, test_desk.Reply("Bring it.")).blocks)
    town.current.matcher.language = lambda _: ""  # nobody knows
    assert any(explained in block.text for block in town.desk.framed(stored, test_desk.Reply("Ja.")).blocks)
    ((helped, again),) = text.buttons
    assert (helped.data, again.data) == ("y", "a:2")
