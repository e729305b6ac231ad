"""Who gets in: one row an attack."""

from __future__ import annotations

from base64 import b64encode

import pytest

from bot.handover import tokens
from bot.handover.mail import MARKER
from bot.mailing import gate
from bot.mailing.commands import Command
from bot.mailing.gate import Bounce, CentreQuestion, Issued, OfficeReply, Quarantine, Reason, Rules, Stranger
from bot.mailing.noise import Noise
from bot.mailing.parsing import Why, parse

SECRET = b"s" * 32
OFFICE, OTHER, CENTRE = "buero@city.example", "zweitbuero@city.example", "rat@verein.example"
UNTIL, NOW = 2_000_000, 1_000_000
RULES = Rules(
    own={"lotse@bot.example"},
    offices={OFFICE: {"weber@city.example"}, OTHER: {"@other.example"}},
    centres={CENTRE, "@caritas.example"},
    secret=SECRET,
    authserv_id="mx.bot.example",
    topics={"appointment-book"},
)
TICKETS = {17: Issued(OFFICE, UNTIL), 18: Issued(OFFICE, UNTIL), 19: Issued(OFFICE, 5), 20: Issued(OTHER, UNTIL)}


def token(number: int, office: str | None = None) -> str:
    """The part before the @ that Lotse would write for a ticket."""
    issued = TICKETS.get(number, Issued(OFFICE, UNTIL))
    return tokens.issue(number, office or issued.office, issued.expires, SECRET).local_part


def domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip("> ")


def passed(name: str) -> str:
    return f"Authentication-Results: mx.bot.example; spf=pass; dmarc=pass header.from={name}"


def post(
    *fields: str,
    sender: str = OFFICE,
    results: str | None = None,
    to: str = "",
    text: str = "Ja.",
    rules: Rules = RULES,
):
    """Judge a mail with these fields. ``to`` is the envelope's recipient before the @."""
    results = passed(domain(sender)) if results is None else results
    lines = [
        *results.splitlines(),
        "Return-Path: <x@y.example>",
        f"From: {sender}",
        *fields,
        "Message-ID: <1@x.example>",
    ]
    mail = parse("\n".join([*filter(None, lines), "", text]).encode())
    recipients = [f"{to or 'lotse'}@bot.example"]
    known = {number: TICKETS[number] for number in gate.token_numbers(mail, recipients) if number in TICKETS}
    return gate.judge(mail, recipients, rules, known, NOW, lambda words: words.partition(MARKER)[0])


@pytest.mark.parametrize(
    ("sender", "fields", "to"),
    [
        (OFFICE, (), token(17)),  # replied to the Reply-To
        (OFFICE, (), token(17).upper()),  # a client that changes case
        (f"Büro <{OFFICE.upper()}>", (), token(17)),
        ("weber@city.example", (), token(17)),  # a colleague on the list
        (OFFICE, (f"In-Reply-To: <{token(17)}@bot.example>",), ""),  # a plain mailbox
        (OFFICE, (f"References: <a@b.example>\n <{token(17)}@bot.example> <c@d.example>",), ""),
        (
            OFFICE,
            (f"References: <{token(18)}@bot.example> <{token(17)}@bot.example>",),
            "",
        ),  # a follow-up: the youngest
        (OFFICE, (f"References: <{token(18)}@bot.example> <{token(17)}@bot.example>",), token(17)),  # both ways
        (OFFICE, (f"In-Reply-To: <{token(17)}@bot.example>", "Subject: AW: [#18]"), token(17)),  # subjects mean nothing
    ],
)
def test_the_office_gets_in(sender, fields, to):
    verdict = post(*fields, sender=sender, to=to)
    assert isinstance(verdict, OfficeReply)
    assert (verdict.ticket, verdict.office, verdict.reading.relayed) == (17, OFFICE, "Ja.")


EVIL = "evil@x.example"
REPLY = f"In-Reply-To: <{token(17)}@bot.example>"
QUARANTINED = [
    # who it says it is
    ("an address as the name of another", {"sender": f"{OFFICE} <{EVIL}>"}, Reason.SENDER),
    ("the same in quotes", {"sender": f'"{OFFICE}" <{EVIL}>'}, Reason.NOT_LISTED),
    ("two From", {"fields": [f"From: {EVIL}"]}, Reason.SENDER),
    ("two From, evil first", {"sender": EVIL, "fields": [f"From: {OFFICE}"]}, Reason.SENDER),
    ("two addresses in one From", {"sender": f"{OFFICE}, {EVIL}"}, Reason.SENDER),
    ("an address in an encoded word", {"sender": "=?utf-8?q?buero=40city.example?="}, Reason.SENDER),
    ("an encoded word before another", {"sender": f"=?utf-8?q?buero=40city.example?= <{EVIL}>"}, Reason.NOT_LISTED),
    ("encoded angle brackets", {"sender": f"=?utf-8?q?=3Cbuero=40city.example=3E?= <{EVIL}>"}, Reason.NOT_LISTED),
    ("group", {"sender": f"Team: {OFFICE};"}, Reason.SENDER),
    ("empty group before an address", {"sender": f"{OFFICE}:; <{EVIL}>"}, Reason.SENDER),
    ("comment", {"sender": f"{OFFICE} ({EVIL})"}, Reason.SENDER),
    ("two pairs of brackets", {"sender": f"<{OFFICE}> <{EVIL}>"}, Reason.SENDER),
    ("source route", {"sender": f"<@x.example:{OFFICE}>"}, Reason.SENDER),
    ("a quoted local part", {"sender": f'"{OFFICE}"@x.example'}, Reason.SENDER),
    ("nothing", {"sender": ""}, Reason.SENDER),
    ("letters that look alike", {"sender": "buero@сity.example"}, Reason.SENDER),
    ("a domain that begins alike", {"sender": f"{OFFICE}.evil.example"}, Reason.NOT_LISTED),
    ("a domain that ends alike", {"sender": "a@notother.example", "to": token(20), "fields": []}, Reason.NOT_LISTED),
    ("Reply-To of the office", {"sender": EVIL, "fields": [f"Reply-To: {OFFICE}", REPLY]}, Reason.NOT_LISTED),
    ("Sender of the office", {"sender": EVIL, "fields": [f"Sender: {OFFICE}", REPLY]}, Reason.NOT_LISTED),
    ("the office in Cc", {"sender": EVIL, "fields": [f"Cc: {OFFICE}", f"To: {OFFICE}", REPLY]}, Reason.NOT_LISTED),
    ("a line that hides the second From", {"fields": ["no field", f"From: {EVIL}", REPLY]}, Reason.HEADERS),
    ("a space before the colon", {"fields": [f"From : {EVIL}", REPLY]}, Reason.HEADERS),
    ("a bare carriage return", {"fields": [f"X: y\rFrom: {EVIL}", REPLY]}, Reason.HEADERS),
    # what it answers
    ("guessed", {"to": f"reply+17.{'a' * 20}"}, Reason.TOKEN),
    ("a question that never was", {"to": token(99)}, Reason.TOKEN),
    ("token of another question", {"to": f"reply+17.{token(18).partition('.')[2]}"}, Reason.TOKEN),
    ("made for another office", {"to": token(17, OTHER)}, Reason.TOKEN),
    ("a false one, and a good one below", {"to": f"reply+17.{'a' * 20}", "fields": [REPLY]}, Reason.TOKEN),
    ("stolen", {"sender": EVIL, "to": token(17)}, Reason.NOT_LISTED),
    ("a counselling centre with a stolen one", {"sender": CENTRE, "to": token(17)}, Reason.NOT_LISTED),
    ("foreign: of the other office", {"to": token(20)}, Reason.NOT_LISTED),
    ("expired", {"to": token(19)}, Reason.EXPIRED),
    ("an address completed wrongly", {"to": token(18), "fields": [REPLY]}, Reason.SEVERAL),
    ("the same, References alone", {"to": token(17), "fields": [f"References: <{token(18)}@x>"]}, Reason.SEVERAL),
    ("somebody else's number in the subject", {"fields": ["Subject: Re: [#18] Frage 18"]}, Reason.NO_TOKEN),
    ("a token in To, not in the envelope", {"fields": [f"To: {token(17)}@bot.example"]}, Reason.NO_TOKEN),
    # what our mail server says
    ("nothing", {"results": "X: y", "to": token(17)}, Reason.DMARC),
    ("fail", {"results": "Authentication-Results: mx.bot.example; dmarc=fail", "to": token(17)}, Reason.DMARC),
    ("none", {"results": "Authentication-Results: mx.bot.example; dmarc=none", "to": token(17)}, Reason.DMARC),
    ("no dmarc", {"results": "Authentication-Results: mx.bot.example; dkim=pass", "to": token(17)}, Reason.DMARC),
    (
        "forged below the real one",
        {"results": f"Authentication-Results: mx.bot.example; dmarc=fail\n{passed('city.example')}", "to": token(17)},
        Reason.DMARC,
    ),
    (
        "of another server",
        {"results": "Authentication-Results: mx.evil.example; dmarc=pass", "to": token(17)},
        Reason.DMARC,
    ),
    (
        "our name as the beginning of another",
        {"results": "Authentication-Results: mx.bot.example.evil.example; dmarc=pass", "to": token(17)},
        Reason.DMARC,
    ),
    (
        "in a comment",
        {"results": "Authentication-Results: mx.bot.example; dmarc=fail (; dmarc=pass)", "to": token(17)},
        Reason.DMARC,
    ),
    (
        "in a quoted string that a stranger chose",
        {
            "results": 'Authentication-Results: mx.bot.example; spf=pass smtp.mailfrom="; dmarc=pass "@x',
            "to": token(17),
        },
        Reason.DMARC,
    ),
    (
        "a comment that does not end",
        {"results": "Authentication-Results: mx.bot.example; dmarc=pass (", "to": token(17)},
        Reason.DMARC,
    ),
    (
        "both pass and fail",
        {"results": "Authentication-Results: mx.bot.example; dmarc=pass; dmarc=fail", "to": token(17)},
        Reason.DMARC,
    ),
    ("for another From", {"results": passed("x.example"), "to": token(17)}, Reason.DMARC),
    ("ARC's alone", {"results": f"ARC-{passed('city.example')}", "to": token(17)}, Reason.DMARC),
    ("a centre without dmarc", {"sender": CENTRE, "results": "X: y", "fields": []}, Reason.DMARC),
    # what it holds
    ("absence", {"to": token(17), "text": "Guten Tag,\n\nich bin bis 5.1. nicht im Büro."}, Reason.ABSENCE),
    ("absence", {"to": token(17), "text": "Hi, I am currently out of the office until Monday."}, Reason.ABSENCE),
    ("nothing", {"to": token(17), "text": f"\n{MARKER}\nGuten Tag"}, Reason.EMPTY),
    ("encrypted", {"to": token(17), "text": "-----BEGIN PGP MESSAGE-----\nhQEM"}, Reason.PGP),
    ("a centre's empty mail", {"sender": CENTRE, "text": "", "fields": []}, Reason.EMPTY),
    ("S/MIME", {"to": token(17), "fields": ["Content-Type: application/pkcs7-mime"], "text": "MII"}, Reason.SMIME),
]


ASKED = {"foreign: of the other office"}  # of one organisation: where a word of the office could put it right


@pytest.mark.parametrize(
    ("name", "mail", "reason"), QUARANTINED, ids=[f"{row[2].name}: {row[0]}" for row in QUARANTINED]
)
def test_what_fails_a_condition_waits_for_the_operator(name, mail, reason):
    verdict = post(*mail.pop("fields", [REPLY] if "to" not in mail else []), **mail)
    assert isinstance(verdict, Quarantine)
    assert verdict.reason is reason
    assert verdict.reason.german != verdict.reason.english
    assert verdict.asks is (name in ASKED)


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ({"to": token(19)}, OFFICE),  # too late: the clerk should know
        ({"to": token(17), "text": "-----BEGIN PGP MESSAGE-----"}, OFFICE),
        ({"to": token(17), "text": ""}, OFFICE),
        ({"sender": CENTRE, "text": "", "to": ""}, CENTRE),
        ({"sender": CENTRE, "text": "-----BEGIN PGP MESSAGE-----\nhQEM"}, CENTRE),
        ({"sender": EVIL, "text": "-----BEGIN PGP MESSAGE-----\nhQEM"}, ""),  # anybody else's
        ({"to": token(19), "results": "X: y"}, ""),  # perhaps forged
        ({"to": f"reply+17.{'a' * 20}"}, ""),  # a guesser learns nothing
        ({"to": token(17), "sender": EVIL}, ""),
        ({"to": token(17), "text": "Ich bin im Urlaub."}, ""),  # two robots would talk for ever
    ],
)
def test_only_a_proven_sender_is_told(mail, told):
    assert post(**mail).tell == told


@pytest.mark.parametrize(
    ("mail", "reason", "ticket"),
    [
        ({"to": token(17), "results": "X: y"}, Reason.DMARC, 17),
        ({"to": token(19)}, Reason.EXPIRED, 19),
        ({"to": token(17), "sender": EVIL}, Reason.NOT_LISTED, 17),
        ({"to": token(17), "text": "Ich bin im Urlaub."}, Reason.ABSENCE, 17),
        ({"to": token(17), "text": "-----BEGIN PGP MESSAGE-----\nhQEM"}, Reason.PGP, 17),
        ({"to": token(17), "text": ""}, Reason.EMPTY, 17),
        ({"to": f"reply+17.{'a' * 20}"}, Reason.TOKEN, None),  # it proves nothing of question 17
    ],
)
def test_what_is_held_says_for_which_question(mail, reason, ticket):
    """While it waits nobody is told that no answer has come; it goes when the question goes."""
    verdict = post(**mail)
    assert (verdict.reason, verdict.ticket) == (reason, ticket)


@pytest.mark.parametrize("words", ["👍", "", "Anna hat auf Ihre Nachricht reagiert", "#anna 👍"])
def test_a_clerks_thumb_is_no_answer(words):
    """Gmail sends a reaction as a mail, with a line of text that the program wrote and nobody said."""
    text = f"--b\n\n{words}\n--b\nContent-Type: text/vnd.google.email-reaction+json\n\n{{}}\n--b--"
    verdict = post('Content-Type: multipart/alternative; boundary="b"', to=token(17), text=text)
    assert isinstance(verdict, Quarantine)
    assert verdict.reason in {Reason.THANKS, Reason.EMPTY}
    assert verdict.ticket == 17


def test_what_still_holds_our_own_mail_is_not_relayed():
    """Where the quote could not be cut off, the asker would read what only the office is told."""
    text = f"Ja.\n> {MARKER}\n> Der Mensch ist 17 Jahre alt"
    mail = parse("\n".join([passed(domain(OFFICE)), f"From: {OFFICE}", "Message-ID: <1@x.example>", "", text]).encode())
    verdict = gate.judge(mail, [f"{token(17)}@bot.example"], RULES, TICKETS, NOW, str)
    assert isinstance(verdict, Quarantine)
    assert (verdict.reason, verdict.tell, verdict.ticket) == (Reason.UNCLEAR, OFFICE, 17)


@pytest.mark.parametrize(
    ("results", "authserv_id", "holds"),
    [
        ("mx.bot.example 1; dmarc=pass", "MX.bot.example", True),  # a version, any case
        (
            "mx.bot.example;\n dkim=pass header.d=city.example;\n DMARC = pass (p=reject) header.from=City.example",
            "",
            None,
        ),
        (
            "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=x; dmarc=pass action=none header.from=city.example",
            "microsoft365",
            True,
        ),
        ("spf=fail; dmarc=fail action=none header.from=city.example;compauth=pass", "microsoft365", False),
        ("mx.evil.example; dmarc=pass", "microsoft365", False),  # Microsoft's has no id
        ("dmarc=pass", "mx.bot.example", False),
    ],
)
def test_servers_write_it_differently(results, authserv_id, holds):
    rules = Rules(**{**vars(RULES), "authserv_id": authserv_id or "mx.bot.example"})
    verdict = post(to=token(17), results=f"Authentication-Results: {results}", rules=rules)
    assert isinstance(verdict, OfficeReply) is (True if holds is None else holds)


def test_no_authserv_id_passes_nobody_and_the_setting_switches_dmarc_off():
    empty = Rules(**{**vars(RULES), "authserv_id": ""})
    assert post(to=token(17), rules=empty).reason is Reason.DMARC
    assert post(to=token(17), results="Authentication-Results: ; dmarc=pass", rules=empty).reason is Reason.DMARC
    off = Rules(**{**vars(RULES), "dmarc": False})
    assert isinstance(post(to=token(17), results="X: y", rules=off), OfficeReply)
    assert post(to=token(17), sender=EVIL, results="X: y", rules=off).reason is Reason.NOT_LISTED


MARKED = [
    ("Auto-Submitted: auto-replied", Noise.AUTOMATIC, Reason.AUTOMATIC),
    ("Auto-Submitted: Auto-Generated; x=y", Noise.AUTOMATIC, Reason.AUTOMATIC),
    ("X-Autoreply: yes", Noise.AUTOMATIC, Reason.AUTOMATIC),
    ("Precedence: bulk", Noise.BULK, Reason.BULK),
    ("Precedence: Junk", Noise.BULK, Reason.BULK),
    ("Precedence: list", Noise.LIST, None),
    ("List-Id: <news.city.example>", Noise.LIST, None),
    ('Content-Type: multipart/mixed; boundary="b"', Noise.INVITATION, None),
]
INVITED = "--b\n\nJa.\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VEVENT\n--b--"


@pytest.mark.parametrize(("field", "noise", "reason"), MARKED)
def test_a_mark_silences_nobody_who_may_reply(field, noise, reason):
    """Gateways and help desks mark people's mail so: an answer is relayed or waits; all other mail is left alone."""
    text = INVITED if noise is Noise.INVITATION else "Ja."
    for sender in (CENTRE, EVIL):
        assert post(field, sender=sender, text=text) is noise
    assert post(field, sender=EVIL, to=token(17), text=text) is noise  # stolen
    assert post(field, to=token(17), results="X: y", text=text) is noise  # forged
    verdict = post(field, to=token(17), text=text)
    if reason:
        assert (verdict.reason, verdict.tell, verdict.ticket) == (reason, "", 17)  # two robots would talk for ever
    else:
        assert verdict.reading.relayed == "Ja."


def test_a_report_that_a_mail_was_read_may_go():
    assert post("Content-Type: multipart/report; report-type=disposition-notification", to=token(17)) is Noise.RECEIPT


def test_an_invitation_is_relayed_with_what_it_says():
    event = "BEGIN:VEVENT\nSUMMARY:Beratung\nLOCATION:Zimmer 4\nEND:VEVENT"
    verdict = post("Content-Type: text/calendar; method=REQUEST", to=token(17), text=event)
    assert verdict.reading.relayed == "Beratung\nOrt: Zimmer 4"


ABSENT_SUBJECTS = [
    "Automatische Antwort: Lotse: Frage 17",
    "Abwesenheitsnotiz: Lotse: Frage 17",
    "=?utf-8?q?Automatische_Antwort=3A_Frage?=",
    "Automatic reply: Lotse",
    "Out of Office: Lotse",
    "=?utf-8?q?R=C3=A9ponse_automatique_=3A?= Lotse",
    "=?utf-8?b?0JDQstGC0L7QvNCw0YLQuNGH0L3QsCDQstGW0LTQv9C+0LLRltC00Yw6?= Lotse",
]


@pytest.mark.parametrize("subject", ABSENT_SUBJECTS)
def test_a_subject_alone_drops_nothing(subject):
    assert post(f"Subject: {subject}", to=token(17)).reason is Reason.ABSENCE
    assert post(f"Subject: {subject}", sender=CENTRE).reason is Reason.ABSENCE
    asked = post(f"Subject: {subject}", sender=CENTRE, text="Was bedeutet diese Antwort?")
    assert isinstance(asked, CentreQuestion)
    both = post(f"Subject: {subject}", sender=CENTRE, text="Ich bin bis zum 7. Januar im Urlaub.")
    assert both is Noise.ABSENCE


@pytest.mark.parametrize(
    "subject",
    ["Auto: Zulassung", "Automatische Antwort vom Amt, was nun", "Gelesen: und jetzt", "Lesebrille: wer zahlt"],
)
def test_a_centre_may_write_what_reads_like_a_robots_subject(subject):
    text = "Mein Klient hat ein Auto. Wo meldet er es um?"
    assert isinstance(post(f"Subject: {subject}", sender=CENTRE, text=text), CentreQuestion)


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Subject: Gelesen: Frage",
        "Subject: AW: Automatische Antwort: Frage",  # a person answers a robot
        "Subject: Abwesenheit vom Integrationskurs",
        "Subject: Automatenantwort",
        "Subject: Ready: Termin",
    ],
)
def test_a_person_is_no_noise(field):
    assert isinstance(post(field, to=token(17)), OfficeReply)


def test_an_office_may_say_when_it_is_closed():
    text = "Guten Tag,\ndas Büro ist am 24.12. nicht besetzt. Die Kollegin ist im Urlaub, kommen Sie am 2.1."
    assert isinstance(post(to=token(17), text=text), OfficeReply)


def test_our_own_mail_is_left_alone():
    assert post(sender="Lotse <lotse@bot.example>") is Noise.OWN
    assert post(sender=f"{token(17)}@bot.example") is Noise.OWN
    ours = f"From: {OFFICE}\nMessage-ID: <{token(17)}@bot.example>\n\nx".encode()
    assert gate.judge(parse(ours), [], RULES, {}, NOW, str) is Noise.OWN


def test_mail_servers_come_with_an_empty_return_path():
    mail = parse(f"Return-Path: <>\nReturn-Path: <a@b.example>\nFrom: {OFFICE}\n\nx".encode())
    assert gate.judge(mail, ["lotse@bot.example"], RULES, TICKETS, NOW, str) is Noise.NO_RETURN
    answer = parse(f"Return-Path: <>\n{passed('city.example')}\nFrom: {OFFICE}\n\nx".encode())
    assert gate.judge(answer, [f"{token(17)}@bot.example"], RULES, TICKETS, NOW, str).reason is Reason.AUTOMATIC


def report(action: str) -> bytes:
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {OFFICE}\nAction: {action}\nStatus: 5.1.1\n\n"
        "--b\nContent-Type: message/rfc822\n\nMessage-ID: <abc@bot.example>\n\nFrage\n--b--\n"
    ).encode()


def test_a_failed_delivery_is_a_bounce_and_a_delayed_one_noise():
    assert gate.judge(parse(report("failed")), [], RULES, {}, NOW, str) == Bounce("abc@bot.example", OFFICE, "5.1.1")
    assert gate.judge(parse(report("delayed")), [], RULES, {}, NOW, str) is Noise.DELIVERY
    assert gate.judge(parse(report("delivered")), [], RULES, {}, NOW, str) is Noise.DELIVERY


def test_a_centre_asks():
    verdict = post("Subject: Frage", "Reply-To: evil@x.example", sender=f"Rat <{CENTRE}>", text="Was kostet das?")
    assert isinstance(verdict, CentreQuestion)
    assert verdict.sender == CENTRE  # never the Reply-To
    assert [each.words for each in verdict.questions] == ["Was kostet das?"]
    assert verdict.thread.references == ("1@x.example",)


def test_a_centres_files_come_with_its_question_or_are_named():
    text = (
        "--b\n\nWas steht in dem Brief?\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n"
        "--b\nContent-Type: application/zip; name=b.zip\n\nPK\n--b--"
    )
    verdict = post('Content-Type: multipart/mixed; boundary="b"', sender=CENTRE, text=text)
    assert isinstance(verdict, CentreQuestion)
    assert [each.name for each in verdict.attachments] == ["a.pdf"]
    assert verdict.unsent == ("b.zip",)


def test_a_centre_on_a_domain_may_go_on_in_a_thread_of_the_office():
    verdict = post(REPLY, sender="anna@caritas.example", text="Und wann?")
    assert isinstance(verdict, CentreQuestion)
    assert isinstance(post(sender="anna@sub.caritas.example", text="x"), Stranger)


@pytest.mark.parametrize(("results", "proven"), [(passed("x.example"), True), ("X: y", False)])
def test_a_stranger_is_answered_only_if_proven(results, proven):
    verdict = post(sender=EVIL, results=results, text="Wo ist das Amt?")
    assert isinstance(verdict, Stranger)
    assert (verdict.sender, verdict.proven, verdict.questions[0].words) == (EVIL, proven, "Wo ist das Amt?")


def test_commands_and_problems_come_with_the_reply():
    reading = post(to=token(17), text="#antwort appointment-book\n#schliessen\n\nBis bald").reading
    assert reading.commands == (Command("answer", "appointment-book"), Command("close"))
    assert reading.relayed == "Bis bald"
    wrong = post(to=token(17), text="#privt\nNicht weitersagen").reading
    assert wrong.problems
    assert wrong.relayed == ""


def test_attachments_come_with_the_reply_or_are_named():
    text = (
        "--b\n\nAnbei\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n"
        "--b\nContent-Type: application/zip; name=b.zip\n\nPK\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Alt\n\nx\n--b--"
    )
    verdict = post('Content-Type: multipart/mixed; boundary="b"', to=token(17), text=text)
    assert [each.name for each in verdict.attachments] == ["a.pdf"]
    assert verdict.unsent == ("b.zip", "Alt")


def test_every_unreadable_mail_has_its_reason():
    assert {why.name for why in Why} <= set(Reason.__members__)


@pytest.mark.parametrize(
    ("sender", "judged", "passes"),
    [
        ("anna@amt.city.example", "city.example", True),  # the policy stands at the organisation's domain
        ("anna@amt.city.example", "example", False),  # nobody's domain
        ("anna@amt.city.co.uk", "co.uk", False),
        ("anna@city.example", "amt.city.example", False),  # a child says nothing of its parent
        ("anna@notcity.example", "city.example", False),
    ],
)
def test_dmarc_may_name_the_domain_above(sender, judged, passes):
    rules = Rules(**{**vars(RULES), "offices": {OFFICE: {sender}}})
    verdict = post(sender=sender, results=passed(judged), to=token(17), rules=rules)
    assert isinstance(verdict, OfficeReply) is passes


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        (f"=?iso-8859-1?Q?M=FCller,=20Kim?= <{OFFICE}>", OFFICE),  # a comma inside an encoded word
        (f"{OFFICE} (Kim Beispiel)", OFFICE),  # the old form
        (f"{OFFICE} <{OFFICE}>", OFFICE),  # the address as its own name
        (f"Kim (Amt) <{OFFICE}>", OFFICE),
    ],
)
def test_senders_that_are_clear(sender, author):
    assert post(sender=sender, results=passed("city.example"), to=token(17)).sender == author


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_token_that_only_our_server_noted_counts(field):
    assert post(f"{field}: {token(17)}@bot.example").ticket == 17


def folded(name, *ids):
    """The field as a Python before 3.13.18 folds ids of over 77 letters: as encoded words."""
    words = "\n ".join(f"=?utf-8?q?{part}?=" for each in ids for part in _cut(f"<{each}>"))
    return f"{name}: {words}"


def _cut(text, length=48):
    quoted = text.replace("=", "=3D").replace("<", "=3C").replace(">", "=3E").replace("@", "=40").replace("_", "=5F")
    return [quoted[start : start + length] for start in range(0, len(quoted), length)]


@pytest.mark.parametrize(
    "fields",
    [
        [folded("In-Reply-To", f"{token(17)}@{'x' * 60}.bot.example")],
        [folded("References", f"{'a' * 90}@else.example", f"{token(17)}@{'x' * 60}.bot.example")],
        [f"References: <a@else.example> {folded('', token(17) + '@' + 'x' * 60 + '.bot.example')[2:]}"],
        [f"In-Reply-To: =?us-ascii?Q?=3C{token(17)}=40bot=2Eexample=3E?="],
        [f"In-Reply-To: =?utf-8?b?{b64encode(f'<{token(17)}@bot.example>'.encode()).decode()}?="],
    ],
    ids=["in-reply-to", "references", "beside a plain one", "q", "b"],
)
def test_ids_that_were_written_as_encoded_words_are_read(fields):
    assert post(*fields).ticket == 17


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        (("Cc: team@city.example",), "Ja.", Reason.OTHERS),
        ((f"To: {token(17)}@bot.example, Kim <kim@else.example>",), "Ja.", Reason.OTHERS),
        ((), "Hallo Kim,\n\nkannst du das übernehmen", Reason.ADDRESSED),
        ((), "Liebe Kolleginnen,\n\nwer weiß das", Reason.ADDRESSED),
    ],
)
def test_what_may_be_for_others_waits_with_the_question(fields, text, reason):
    verdict = post(*fields, to=token(17), text=text)
    assert (verdict.reason, verdict.ticket, verdict.asks) == (reason, 17, True)


@pytest.mark.parametrize(
    "text", ["Guten Tag,\nja.", "Sehr geehrte Damen und Herren,\nja.", "Hallo,\nja.", "Liebe Ratsuchende,\nja."]
)
def test_a_greeting_of_anybody_is_no_hindrance(text):
    assert post(f"Cc: {OFFICE}, lotse@bot.example", to=token(17), text=text).reading.relayed == text


FILE = "--b\n\n{}\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n--b--"


# what a clerk writes with others in Cc, and with a file; whether anything of it would go to whoever asked
@pytest.mark.parametrize(
    ("text", "file", "waits"),
    [
        ("Ja.", False, True),
        ("#schliessen", False, False),
        ("#antwort appointment-book", False, False),
        ("#privat\nintern", False, False),
        ("#privat\nintern", True, False),
        ("", True, True),
        ("#schliessen", True, True),
    ],
)
def test_only_what_would_be_relayed_waits_for_the_sake_of_others(text, file, waits):
    fields = ["Cc: team@city.example", *(['Content-Type: multipart/mixed; boundary="b"'] if file else [])]
    verdict = post(*fields, to=token(17), text=FILE.format(text) if file else text)
    assert isinstance(verdict, Quarantine) is waits
    assert not waits or verdict.reason is Reason.OTHERS


def test_a_mail_that_answers_two_questions_says_which_it_was_sent_to():
    verdict = post(REPLY, to=token(18))
    assert (verdict.reason, verdict.tell, verdict.ticket, verdict.asks) == (Reason.SEVERAL, OFFICE, 18, False)


# the fields of a mail; what an answer to it refers to
@pytest.mark.parametrize(
    ("fields", "references"),
    [
        ((), ("1@x.example",)),
        (("In-Reply-To: <a@b.example>",), ("a@b.example", "1@x.example")),
        (
            ("References: <a@b.example> <c@d.example>", "In-Reply-To: <e@f.example>"),
            ("a@b.example", "c@d.example", "1@x.example"),
        ),
    ],
)
def test_an_answer_stands_below_all_that_was_said(fields, references):
    for mail in ({"sender": CENTRE}, {"sender": EVIL}, {"to": token(17)}):
        thread = post("Subject: Frage", *fields, text="Wo ist das?", **mail).thread
        assert (thread.subject, thread.message_id, thread.references) == ("Frage", "1@x.example", references)


def test_neither_the_key_nor_words_of_a_question_stand_where_a_fault_is_logged():
    assert "ssss" not in repr(RULES)
    assert "Olena" not in repr(Issued(OFFICE, UNTIL, question="Ich bin Olena Probe."))


def test_a_name_from_the_question_may_be_greeted():
    known = {17: Issued(OFFICE, UNTIL, question="Ich bin Olena Probe. Wann ist mein Termin?")}
    mail = parse(f"{passed('city.example')}\nFrom: {OFFICE}\n\nSehr geehrte Frau Probe,\n\nam Montag.".encode())
    assert isinstance(gate.judge(mail, [f"{token(17)}@bot.example"], RULES, known, NOW, str), OfficeReply)


def test_a_colleague_of_the_office_waits_with_the_question_and_a_stranger_without():
    assert post(sender="neu@city.example", to=token(17)).asks
    assert not post(sender=EVIL, to=token(17)).asks


@pytest.mark.parametrize(
    ("text", "reason", "noise"),
    [
        ("Vielen Dank für die Antwort!\n\nViele Grüße\nKim Beispiel", Reason.THANKS, Noise.THANKS),
        ("OK, danke", Reason.THANKS, Noise.THANKS),
        ("Danke, das hilft uns sehr!", Reason.THANKS, Noise.THANKS),
        ("Ok, gebe ich weiter.", Reason.THANKS, Noise.THANKS),
        ("Дуже дякую, передам", Reason.THANKS, Noise.THANKS),
        ("Vielen Dank für Ihre Nachricht, wir melden uns.", Reason.RECEIPT, Noise.ACKNOWLEDGED),
        ("👍", Reason.THANKS, Noise.THANKS),
        ("👍\n\nKim Beispiel hat über Gmail reagiert", Reason.THANKS, Noise.REACTION),
        ("Ihre Anfrage ist eingegangen. Wir melden uns in Kürze.", Reason.RECEIPT, Noise.ACKNOWLEDGED),
        ("Hallo", Reason.EMPTY, Noise.THANKS),
        ("Gesendet von meinem iPhone", Reason.EMPTY, Noise.THANKS),
    ],
)
def test_what_says_nothing_is_neither_answer_nor_question(text, reason, noise):
    kind = "Content-Type: text/plain; charset=utf-8"
    assert post(kind, to=token(17), text=text).reason is reason
    assert post(kind, sender=CENTRE, text=text) is noise


def test_a_help_desks_receipt_that_says_so_in_its_id_alone_is_no_answer():
    receipt = (
        f"{passed('city.example')}\nFrom: {OFFICE}\nMessage-ID: <FS_autoreply-3@desk.example>\n\nDanke, eingegangen."
    )
    verdict = gate.judge(parse(receipt.encode()), [f"{token(17)}@bot.example"], RULES, TICKETS, NOW, str)
    assert verdict is Noise.ACKNOWLEDGED


def test_a_greeting_above_a_file_is_a_file():
    text = (
        "--b\n\nMit freundlichen Grüßen\nKim Beispiel\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n--b--"
    )
    verdict = post('Content-Type: multipart/mixed; boundary="b"', to=token(17), text=text.encode().decode("utf-8"))
    assert (verdict.reading.text, [each.name for each in verdict.attachments]) == ("", ["a.pdf"])


@pytest.mark.parametrize(
    ("subject", "text", "status"),
    [
        ("failure notice", "no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("Mail delivery failed: returning message to sender", "550 unknown user", ""),
        ("Unzustellbar: Frage", "Der Empfänger existiert nicht.", ""),
    ],
)
def test_a_failure_that_only_quotes_our_mail_is_a_bounce(subject, text, status):
    ours = f"{token(17)}@bot.example"
    mail = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: {subject}\n\n{text}\n\nMessage-ID: <{ours}>\n"
    found = gate.judge(parse(mail.encode()), [], RULES, {}, NOW, str)
    assert isinstance(found, Bounce)
    assert (found.message_id, found.status) == (ours, status)
    later = mail.replace(text, "The server will keep trying.").replace(subject, "Delivery delayed")
    assert gate.judge(parse(later.encode()), [], RULES, {}, NOW, str) is Noise.DELIVERY


@pytest.mark.parametrize(
    "text",
    [
        "Je suis en congés jusqu'au 4 janvier.",
        "Yıllık izindeyim, pazartesi ofise döneceğim.",
        "Я у відпустці до понеділка.",
        "Я в отпуске до среды.",
        "Jestem na urlopie do piątku.",
        "Sunt în concediu până luni.",
        "Estoy de vacaciones hasta el lunes.",
        "أنا في إجازة حتى يوم الأحد.",
        "Ich kehre am 12.01. aus dem Urlaub zurück.",
        "Frau Beispiel ist nicht mehr im Amt beschäftigt.",
        "Bin im Urlaub bis 5.1., Vertretung: Herr Muster.",
        "Мене немає в офісі до 12 грудня.",
        "Меня не будет до понедельника.",
        "Nie ma mnie w biurze do czwartku.",
        "Nu sunt la birou până joi.",
        "Bugün ofiste yokum.",
        "Je ne serai pas au bureau avant jeudi.",
        "I'm not in today, please call my colleague.",
    ],
)
def test_absences_in_many_languages_wait(text):
    assert post("Content-Type: text/plain; charset=utf-8", to=token(17), text=text).reason is Reason.ABSENCE


@pytest.mark.parametrize(
    "text",
    [
        "У мене немає доступу до справи, приходьте в понеділок.",
        "У меня нет этих данных, позвоните нам.",
        "Das hilft Ihnen weiter: www.stadt.example",
        "Bringen Sie bitte den Pass mit, wir melden uns dann mit einem Termin.",
    ],
)
def test_an_answer_that_sounds_like_one_is_an_answer(text):
    assert post("Content-Type: text/plain; charset=utf-8", to=token(17), text=text).reading.relayed == text
