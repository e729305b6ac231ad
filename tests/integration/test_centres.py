"""A counselling centre's questions: what it is shown, what it decides, and what goes to the office. Without a matcher and
without a mail server: each question comes with the topic that answers it."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace

import pytest

from bot.conversation.events import Answer, Emergency, Say, Sentence
from bot.flow import earlier
from bot.flow.centres import Centres, Matched
from bot.flow.decisions import Decisions
from bot.flow.earlier import Earlier
from bot.flow.flood import Daily
from bot.flow.letters import Letters
from bot.flow.post import Post
from bot.handover import requests, tokens
from bot.mailing.forwarded import Question
from bot.mailing.gate import Rules, Thread
from bot.mailing.parsing import parse
from bot.matching.match import Choice, Match
from bot.presentation.render import plain
from bot.storage import approvals, counts, persons, quarantine, queue
from bot.storage.tables import approvals as approvals_table
from bot.storage.tables import inbox
from tests.integration.test_desk import OFFICE, PDF, mail_in, town

__all__ = ["town"]

CENTRE = "anna@beratung.example"
SECRET = b"k" * 32
THREAD = Thread("Frage", "2@beratung.example", ("1@beratung.example", "2@beratung.example"))
KNOWN = Matched(Question("I lost my card", ""), "en", (Answer("lost-card"),), ())
GERMAN = Matched(Question("Karte weg", ""), "de", (Answer("lost-card"),), ())
UNKNOWN = Matched(Question("Who repairs bicycles?", "For my neighbour."), "en", (), ("kita-place", "duldung"))
GONE = Matched(Question("Wo ist das Fest?", ""), "de", (Answer("gone-topic"),), ())


class Counter:
    """The centres' way through the town's desk."""

    def __init__(self, town):
        self.town, self.most = town, 99
        chats = SimpleNamespace(live=town.desk.live, desk=town.desk)
        post = Post(Letters("lotse@bot.example", "antwort@reply.example"), SECRET, lambda: town.now, lambda: self.most)
        self.centres = Centres(chats, post, lambda: town.now, Daily(3))
        self.released = []
        self.decisions = Decisions(post, self.centres, self.release)

    async def release(self, connection, held):
        self.released.append(held.id)
        return held.payload != "empty"

    async def answer(self, *matched, **more):
        """What the centre reads; the mail."""
        await self.town.new()
        await self.town.do(self.centres.answer, CENTRE, THREAD, matched, **more)
        (found,) = await self.town.new() or [None]
        assert found is None or found[:2] == (f"mail:{CENTRE}", None)
        return found and mail_in(found[2])

    async def approval(self):
        """What waits for a word."""
        found = await self.town.do(lambda to: to.execute(approvals_table.select()))
        return [each for each in (approvals.Approval(*row) for row in found.all()) if each.kind != "answered"]

    async def counted(self):
        found = await self.town.do(counts.read, "musterstadt")
        return [(each.topic, each.language, each.channel, each.outcome, each.number) for each in found]


@pytest.fixture
async def counter(town):
    await town.new()
    return Counter(town)


def said(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def names(mail):
    return [part.get_filename() for part in mail.iter_attachments()]


# ---- how its question is read


# the words, what is around them, what the detector says of each; the language
@pytest.mark.parametrize(
    ("words", "around", "detected", "language"),
    [
        ("eins zwei drei vier", "der ganze Brief", {"der ganze Brief": "uk"}, "uk"),  # four words tell no language
        ("eins zwei drei vier fünf", "der ganze Brief", {"der ganze Brief": "uk"}, "en"),
        ("eins zwei drei vier", "весь лист", {"весь лист": "uk"}, "en"),  # other letters: another language
        ("eins zwei drei vier", "der ganze Brief", {"der ganze Brief": ""}, "en"),  # nobody knows
        ("eins zwei drei vier fünf", "", {"eins zwei drei vier fünf": ""}, "de"),
    ],
)
async def test_in_which_language_a_centre_asks(counter, words, around, detected, language):
    matcher = counter.town.current.matcher
    matcher.language = lambda text: detected.get(text, "en")
    matcher.match = lambda text: Match("answer", (Choice("kita-place", 0.9), Choice("duldung", 0.05)))
    question = Question(words, "Kontext")
    assert await counter.centres.match(question, around) == Matched(
        question, language, (Answer("kita-place"),), ("kita-place",)
    )


async def test_what_nobody_knows_has_no_topic(counter):
    matcher = counter.town.current.matcher
    matcher.match = lambda text: Match("clarify", (Choice("duldung", 0.4), Choice("kita-place", 0.3)))
    found = await counter.centres.match(Question("eins zwei drei vier fünf"), "")
    assert (found.says, found.likely) == ((), ("duldung", "kita-place"))


LIKELY = (Choice("kita-place", 0.95),)
EVERYWHERE, CRISIS = Answer("kita-place", everywhere=True), Answer("medical-emergency")


# what the matcher says; what the centre is told, without buttons
@pytest.mark.parametrize(
    ("found", "says"),
    [
        (Match("answer", LIKELY, also="lost-card"), (Answer("kita-place"), Answer("lost-card"))),  # two wishes
        (Match("answer", LIKELY, elsewhere="Leipzig"), (Sentence("other-city", {"name": "Leipzig"}), EVERYWHERE)),
        (Match("answer", LIKELY, emergency="medical-emergency"), (Emergency(), CRISIS, Answer("kita-place"))),  # first
        (Match("handover", (), emergency="medical-emergency"), (Emergency(), CRISIS)),  # no mail that waits for days
        (Match("answer", LIKELY, worry="medical-emergency"), (Answer("kita-place"), Sentence("quiet-line"))),
        (Match("answer", LIKELY, person="callback"), ()),  # a human is wanted
        (Match("answer", (Choice("gone-topic", 0.9),)), ()),
        (Match("clarify", LIKELY), ()),
    ],
)
async def test_a_mail_is_answered_as_a_chat_is(counter, found, says):
    counter.town.current.matcher.match = lambda text: found
    told = await counter.centres.match(Question("eins zwei drei vier fünf", ""), "")
    assert told.says == says


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Was kostet die Kita? Bitte an das Büro.", True),  # as the mail says
        ("Es geht um die Zulassung. Bitte leiten Sie das ans Amt weiter", True),
        ("Please send it to the office: what about the car?", True),
        ("Wann hat das Büro offen?", False),
        ("An wen wende ich mich bitte?", False),
        ("Muss ich an das Amt schreiben?", False),
    ],
)
async def test_who_wants_the_office_gets_no_answer_of_ours_again(counter, words, wanted):
    counter.town.current.matcher.match = lambda text: Match("answer", LIKELY)
    assert ((await counter.centres.match(Question(words, ""), "")).says == ()) is wanted


@pytest.mark.parametrize(
    ("words", "around"),
    [
        ("متى يمكنني تسجيل طفلي في الروضة؟", "Bitte an das Büro.\n\nمتى يمكنني تسجيل طفلي في الروضة؟"),  # in one mail
        ("Коли можна записати дитину в садок?", "Das reicht nicht, bitte ans Büro. Gruß Anna"),  # above a forwarded one
    ],
)
async def test_a_counsellor_says_so_beside_a_client_s_words(counter, words, around):
    counter.town.current.matcher.match = lambda text: Match("answer", LIKELY)
    assert (await counter.centres.match(Question(words, ""), around)).says == ()
    assert (await counter.centres.match(Question(words, ""), words)).says != ()


@pytest.mark.parametrize(
    ("found", "warns"),
    [
        (Match("answer", LIKELY, emergency="medical-emergency"), (Emergency(), CRISIS)),
        (Match("handover", (), emergency="medical-emergency"), (Emergency(), CRISIS)),
        (Match("answer", LIKELY, worry="medical-emergency"), (Sentence("quiet-line"),)),
        (Match("answer", LIKELY), ()),
    ],
)
async def test_who_wants_the_office_is_warned_of_danger_all_the_same(counter, found, warns):
    counter.town.current.matcher.match = lambda text: found
    asked = await counter.centres.match(Question("Sie atmet nicht. Bitte an das Büro.", ""), "")
    assert (asked.says, asked.warns) == ((), warns)


async def test_the_emergency_numbers_stand_above_what_would_go_to_the_office(counter):
    danger = Matched(Question("She is not breathing", ""), "en", (), (), (Emergency(), CRISIS))
    mail = await counter.answer(danger)
    text = said(mail)
    notice = plain(counter.town.current.composer.compose(Say((Emergency(),)), "en", now=0).blocks)
    assert text.index("> She is not breathing") < text.index(notice) < text.index("Auf Deutsch:") < text.index("JA")
    assert text.index(notice) < text.index("Diese E-Mail würde an")
    assert names(mail) == ["Zum-Weiterleiten-1-Englisch.txt"]
    (asked,) = await counter.approval()  # it waits for the centre's word as every question does
    assert json.loads(asked.payload)["drafts"] == [["She is not breathing", "en", []]]
    assert await counter.counted() == [("", "en", "mail", "no-answer", 1)]


async def test_files_that_came_with_what_was_answered_are_named_and_the_way_to_people_is_said(counter):
    text = said(await counter.answer(KNOWN, files=[PDF]))
    assert f"Diese Anhänge hat Lotse nicht gelesen: {PDF.name}." in text
    assert "bitte an das Büro" in text
    assert "bitte an das Büro" not in said(await counter.answer(UNKNOWN, files=[PDF]))  # it goes there anyway


# ---- its next mail: "that does not answer it"


NEXT = Thread(
    "Re: Frage", "4@beratung.example", ("1@beratung.example", "2@beratung.example", "ours", "4@beratung.example")
)
NOT_ENOUGH = Matched(Question("Das beantwortet die Frage nicht.", ""), "de", (), ("kita-place",))


async def next_mail(counter, *matched, thread=NEXT, sender=CENTRE):
    await counter.town.do(counter.centres.answer, sender, thread, matched)
    (found,) = await counter.town.new()
    return mail_in(found[2])


async def test_the_next_mail_brings_the_question_before_and_its_answer_along(counter):
    await counter.answer(KNOWN)
    mail = await next_mail(counter, NOT_ENOUGH)
    text = said(mail)
    first, then = text.index("I lost my card"), text.index("Das beantwortet die Frage nicht.")
    assert text.index("Vorher gefragt (Englisch):") < first < text.index("Lotse hat geantwortet:") < then
    (asked,) = await counter.approval()
    ((words, language, topics),) = json.loads(asked.payload)["drafts"]
    assert (language, topics) == ("en", ["lost-card", "kita-place"])
    assert "I lost my card" in words
    obeyed, ((office, sent), _) = await decide(counter, *word("Ja", to=mail["Reply-To"].partition("@")[0]))
    assert (obeyed, office) == (True, OFFICE)
    assert sent.index("I lost my card") < sent.index("Lotse hat geantwortet:") < sent.index("Das beantwortet die Frage")


async def test_what_was_answered_so_before_goes_to_people_the_second_time(counter):
    await counter.answer(KNOWN)
    assert "Noch ist nichts gesendet." in said(await next_mail(counter, KNOWN))
    another = Matched(Question("Kita?", ""), "de", (Answer("kita-place"),), ())
    assert "Noch ist nichts gesendet." not in said(await next_mail(counter, another))  # another question is answered


@pytest.mark.parametrize(
    "more",
    [
        {"thread": Thread("Frage", "9@beratung.example", ("9@beratung.example",))},  # a mail of its own
        {"sender": "other@beratung.example"},
    ],
)
async def test_of_another_thread_or_sender_nothing_is_told(counter, more):
    await counter.answer(KNOWN)
    assert "I lost my card" not in said(await next_mail(counter, NOT_ENOUGH, **more))


async def test_a_topic_that_has_gone_and_a_mail_without_an_id(counter):
    known = Earlier("I lost my card", "en", "gone-topic")
    await counter.town.do(earlier.remember, CENTRE, THREAD, [known], 0)
    text = said(await next_mail(counter, NOT_ENOUGH))
    assert "I lost my card" in text
    assert "Lotse hat geantwortet" not in text
    await counter.town.do(earlier.remember, "x@y.example", Thread("", "", ()), [known], 0)
    assert await counter.town.do(approvals.of, "answered", "x@y.example") == []


async def test_what_was_answered_goes_with_its_time_and_with_the_address(counter):
    await counter.answer(KNOWN)
    assert len(await counter.town.do(approvals.of, "answered", CENTRE.upper())) == 1
    await counter.town.do(approvals.drop_old, counter.town.now + 1)
    assert await counter.town.do(earlier.of_thread, CENTRE, NEXT) == []
    await counter.answer(KNOWN)
    await counter.town.do(approvals.forget, CENTRE)
    assert await counter.town.do(earlier.of_thread, CENTRE, NEXT) == []


# ---- what a centre is shown


async def test_answers_come_in_the_clients_language_with_the_german_wording_and_a_part_to_forward(counter):
    mail = await counter.answer(KNOWN, GERMAN)
    assert (mail["To"], mail["In-Reply-To"], mail["Subject"]) == (CENTRE, "<2@beratung.example>", "Re: Frage")
    text = said(mail)
    assert text.index("Frage (Englisch):\n> I lost my card") < text.index("€13") < text.index("Auf Deutsch:")
    assert text.index("Auf Deutsch:") < text.index("Frage (Deutsch):\n> Karte weg")
    assert text.count("Auf Deutsch:") == 1
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "Zum-Weiterleiten-1-Englisch.txt"
    assert "€13" in part.get_content()
    assert "13\u00a0€" not in part.get_content()
    assert mail["Reply-To"] == "antwort@reply.example"  # nothing is asked
    assert await counter.approval() == []
    assert await counter.counted() == [
        ("lost-card", "de", "mail", "answered", 1),
        ("lost-card", "en", "mail", "answered", 1),
    ]


async def test_what_has_no_answer_is_shown_as_it_would_be_sent(counter):
    mail = await counter.answer(KNOWN, UNKNOWN, GONE, files=[PDF], unsent=["b.zip", "c.exe"])
    text = said(mail)
    assert text.index("€13") < text.index("Frage 1 (Englisch):") < text.index("Frage 2 (Deutsch):")
    assert "> For my neighbour.\n>\n> Who repairs bicycles?" in text
    assert "| Lotse hat an diese Themen gedacht:\n| - Kita-Platz\n| - Duldung" in text
    assert text.count("Mit diesen Dateien: brief.pdf") == 2
    assert "JA 1 3" in text
    assert "Diese Anhänge hat Lotse nicht gelesen und gibt sie nicht weiter: b.zip, c.exe" in text
    assert "Nicht gelesen" not in text
    (asked,) = await counter.approval()
    assert (asked.kind, asked.address, asked.created_at) == ("centre", CENTRE, counter.town.now)
    assert json.loads(asked.payload) == {
        "drafts": [
            ["For my neighbour.\n\nWho repairs bicycles?", "en", ["kita-place", "duldung"]],
            ["Wo ist das Fest?", "de", []],
        ],
        "thread": json.dumps({"subject": "Frage", "references": list(THREAD.references)}),
        "files": [["brief.pdf", "application/pdf", base64.b64encode(PDF.content).decode()]],
    }
    assert mail["Reply-To"] == f"{tokens.decision(asked.id, CENTRE, SECRET)}@reply.example"
    assert await counter.counted() == [
        ("", "de", "mail", "no-answer", 1),
        ("", "en", "mail", "no-answer", 1),
        ("lost-card", "en", "mail", "answered", 1),
    ]


async def test_numbers_are_masked_names_pointed_out_and_what_was_not_read_is_said(counter):
    private = Matched(Question("Mein Name ist Lea Muster, Pass FE123456", ""), "de", (), ())
    text = said(await counter.answer(private, unread=4))
    assert "FE123456" not in text
    assert "mit ••• verdeckt" in text
    assert "(Mein Name ist Lea Muster)" in text
    assert (
        "Nicht gelesen: 4 weitere Fragen. Lotse liest an einem Tag nur eine begrenzte Zahl von einer Adresse; senden Sie "
        "diese bitte morgen noch einmal."
    ) in text
    assert "JA 1 3" not in text  # there is only one
    plain = said(await counter.answer(UNKNOWN))
    assert "verdeckt" not in plain
    assert "ACHTUNG" not in plain


async def test_so_many_questions_of_one_sender_a_day(counter):
    assert counter.centres.left(CENTRE) == 3
    await counter.answer(KNOWN, UNKNOWN)
    assert counter.centres.left(CENTRE) == 1
    assert counter.centres.left("other@beratung.example") == 3
    await counter.answer(KNOWN, KNOWN)
    assert counter.centres.left(CENTRE) == 0
    counter.town.now += 86_400
    assert counter.centres.left(CENTRE) == 3


async def test_where_no_more_mail_may_leave_nothing_waits_for_an_answer(counter):
    counter.most = 0
    assert await counter.answer(UNKNOWN) is None
    assert await counter.approval() == []


# ---- what it decides


def word(text, *, to="", sender=CENTRE, fields=(), results=None):
    """A reply by mail."""
    lines = [
        results or f"Authentication-Results: mx.bot.example; dmarc=pass header.from={sender.partition('@')[2]}",
        f"Return-Path: <{sender}>",
        f"From: {sender}",
        "Message-ID: <3@beratung.example>",
        "Subject: Re: Frage",
        *fields,
    ]
    return parse("\n".join([*lines, "", text]).encode()), [f"{to or 'antwort'}@reply.example"]


RULES = Rules(
    own={"lotse@bot.example"},
    offices={OFFICE: {"weber@example.org"}},
    centres={CENTRE},
    secret=SECRET,
    authserv_id="mx.bot.example",
)


async def decide(counter, mail, recipients, rules=RULES):
    """Whether the mail is a decision; and what leaves then, as (to whom, words)."""
    async with counter.town.engine.begin() as connection:
        await queue.receive(connection, "mail-in", "mail-in", str(counter.town.now), "{}", counter.town.now)
        (row,) = await queue.claim(connection, inbox, counter.town.now, 60, 1)
    obeyed = await counter.town.do(counter.decisions.obey, row, mail, recipients, rules)
    async with counter.town.engine.begin() as connection:
        left = await queue.waiting(connection, inbox)
        assert left == (0 if obeyed else 1)  # what is no decision is for others to read
        await connection.execute(inbox.delete())
    return obeyed, [(letter.to, said(mail_in(letter))) for _, _, letter in await counter.town.new()]


async def asked(counter, *matched, **more):
    mail = await counter.answer(*(matched or (UNKNOWN,)), **more)
    return mail["Reply-To"].partition("@")[0]


async def test_a_yes_hands_over_what_was_shown_and_says_so(counter):
    to = await asked(counter, UNKNOWN, GONE, files=[PDF])
    obeyed, ((office, first), (_, second), (centre, told)) = await decide(counter, *word("Ja", to=to))
    assert obeyed
    assert (office, centre) == (OFFICE, CENTRE)
    assert "Who repairs bicycles?" in first
    assert "Die Antwort bekommt die Beratungsstelle." in first
    assert "Wo ist das Fest?" in second
    assert (
        told.index("Frage (Englisch)")
        < told.index("(Frage 3)")
        < told.index("Frage (Deutsch)")
        < told.index("(Frage 4)")
    )
    assert await counter.approval() == []
    stored = await counter.town.one(3)
    assert (stored.channel, stored.address, stored.client, stored.language) == ("mail", CENTRE, 1, "en")
    assert json.loads(stored.thread)["references"] == list(THREAD.references)
    assert json.loads(stored.topics) == ["kita-place", "duldung"]
    assert await counter.counted() == [
        ("", "de", "mail", "handed-over", 1),
        ("", "de", "mail", "no-answer", 1),
        ("", "en", "mail", "handed-over", 1),
        ("", "en", "mail", "no-answer", 1),
    ]


async def test_some_of_them_and_none_of_them(counter):
    to = await asked(counter, UNKNOWN, GONE)
    _, sent = await decide(counter, *word("Ja 2", to=to))
    assert [address for address, _ in sent] == [OFFICE, CENTRE]
    assert "Wo ist das Fest?" in sent[0][1]
    to = await asked(counter, UNKNOWN)
    assert await decide(counter, *word("Ja 7", to=to)) == (True, [(CENTRE, requests.NOT_SENT)])
    to = await asked(counter, UNKNOWN)
    assert await decide(counter, *word("Nein", to=to)) == (True, [(CENTRE, requests.NOT_SENT)])
    assert await counter.approval() == []


async def test_what_was_known_of_the_centre_before_stays(counter):
    before = await counter.town.do(persons.save, "mail", CENTRE, '{"a": 1}', None, 0)
    assert await counter.town.do(counter.centres.person, CENTRE) == before
    assert (await counter.town.do(persons.find, "mail", CENTRE)).state == '{"a": 1}'
    assert await counter.town.do(counter.centres.person, "new@beratung.example") != before


async def test_what_is_not_clear_is_asked_again_and_the_answer_stands_in_the_thread(counter):
    to = await asked(counter)
    mail, recipients = word("Vielleicht", to=to, fields=["References: <1@x.example> <2@x.example>"])
    await counter.town.new()
    assert await decide(counter, mail, recipients) == (True, [(CENTRE, requests.UNCLEAR)])
    assert len(await counter.approval()) == 1


# how the mark comes back: in the envelope, noted by a server, or in the thread
@pytest.mark.parametrize(
    ("to", "field"),
    [
        ("{}", ""),
        ("", "Delivered-To: {}@reply.example"),
        ("", "In-Reply-To: <{}@bot.example>"),
        ("", "References: <a@b.example> <{}@bot.example>"),
    ],
)
async def test_the_mark_is_found_wherever_a_mail_program_leaves_it(counter, to, field):
    mark = await asked(counter)
    obeyed, _ = await decide(counter, *word("Nein", to=to.format(mark), fields=[field.format(mark)] if field else []))
    assert obeyed


@pytest.mark.parametrize(
    "why",
    [
        {"to": "antwort"},  # no mark
        {"fields": ["References: <{mark}@bot.example> <a@b.example>"], "to": "antwort"},  # an older mail's
        {"sender": "mallory@beratung.example"},
        {"results": "Authentication-Results: mx.bot.example; dmarc=fail"},
        {"fields": ["From: mallory@x.example"]},  # two senders
        {"fields": ["no field"]},
        {"fields": ["Auto-Submitted: auto-replied"]},
        {"fields": ["Auto-Submitted: Auto-Generated"]},
        {"fields": ["Return-Path: <>"], "sender": ""},
    ],
)
async def test_who_may_not_decide_is_not_obeyed(counter, why):
    mark = await asked(counter)
    fields = [field.format(mark=mark) for field in why.get("fields", [])]
    obeyed, sent = await decide(counter, *word("Ja", **{"to": mark, **why, "fields": fields}))
    assert (obeyed, sent) == (False, [])
    assert len(await counter.approval()) == 1


async def test_a_person_who_says_that_no_machine_wrote_is_believed(counter):
    mark = await asked(counter)
    assert (await decide(counter, *word("Nein", to=mark, fields=["Auto-Submitted: no"])))[0]


async def test_without_dmarc_the_mark_alone_must_do(counter):
    mark = await asked(counter)
    rules = Rules(**{**vars(RULES), "dmarc": False})
    assert (await decide(counter, *word("Nein", to=mark, results="X: y"), rules=rules))[0]


async def test_what_was_decided_is_said_so_to_its_own_sender_alone(counter):
    mark = await asked(counter)
    await decide(counter, *word("Nein", to=mark))
    assert await decide(counter, *word("Ja", to=mark)) == (True, [(CENTRE, requests.GONE)])
    assert await decide(counter, *word("Ja", to=mark, sender="mallory@beratung.example")) == (False, [])
    number = mark.partition(".")[0]
    assert await decide(counter, *word("Ja", to=f"{number}.{'a' * 20}")) == (False, [])


# ---- a mail that is held, which the office may release


async def held(counter, payload="{}"):
    async with counter.town.engine.begin() as connection:
        id_ = await quarantine.hold(connection, payload, "OTHERS", 1, counter.town.now)
        asked = await approvals.ask(connection, "release", OFFICE, approvals.release_of(id_), counter.town.now)
    return id_, tokens.decision(asked, OFFICE, SECRET)


@pytest.mark.parametrize(
    ("text", "payload", "told", "released"),
    [
        ("Ja", "{}", requests.RELEASED, True),
        ("Ja", "empty", requests.GONE, True),  # there was nothing in it to bring
        ("Nein", "{}", requests.NOT_RELEASED, False),
    ],
)
async def test_the_office_decides_on_what_is_held(counter, text, payload, told, released):
    for sender in (OFFICE, "weber@example.org"):  # and whoever may reply for it
        id_, mark = await held(counter, payload)
        other, _ = await held(counter)
        assert await decide(counter, *word(text, to=mark, sender=sender)) == (True, [(sender, told)])
        assert counter.released == ([id_] if released else [])
        left = [each.id for each in await counter.town.do(quarantine.held)]
        assert (id_ in left) is released  # who releases it takes it away
        assert other in left
        counter.released.clear()


async def test_a_held_mail_that_is_gone_is_said_so(counter):
    id_, mark = await held(counter)
    await counter.town.do(quarantine.drop, id_)
    assert await decide(counter, *word("Nein", to=mark, sender=OFFICE)) == (True, [(OFFICE, requests.GONE)])


async def test_another_office_or_a_centre_releases_nothing(counter):
    _, mark = await held(counter)
    for sender in ("buero@andere.example", CENTRE):
        assert await decide(counter, *word("Ja", to=mark, sender=sender)) == (False, [])
    assert counter.released == []
