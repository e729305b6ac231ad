"""What a centre's mail asks: the client's own words, in the ways that mail programs forward them."""

from __future__ import annotations

import time

import pytest

from bot.mailing import closings, forwarded
from bot.mailing.parsing import Headers, Mail, parse

ASKED = "Wo bekomme ich einen Termin?"


def asked(text: str, subject: str = "", **fields: str):
    head = (("subject", subject), *((name.replace("_", "-"), value) for name, value in fields.items()))
    return [each.words for each in forwarded.questions(Mail(Headers(head), text), lambda words: words)]


FORWARDS = [
    (
        "Outlook, German",
        "WG: Termin",
        (f"Können Sie helfen?\n\nVon: Olena <o@x.example>\nGesendet: Montag, 2. November 2026 10:00\n"
        f"An: Rat <rat@verein.example>\nBetreff: Termin\n\n{ASKED}\n\nViele Grüße\nOlena"),
    ),
    ("Outlook, English", "FW: x", f"\n\nFrom: A <a@x.example>\nSent: Monday\nTo: B\nSubject: x\n\n{ASKED}"),
    ("bold labels from HTML", "WG: x", f"*Von:* A <a@x.example>\n*Gesendet:* Montag\n*An:* B\n*Betreff:* x\n\n{ASKED}"),
    (
        "Gmail",
        "Fwd: x",
        (f"---------- Forwarded message ---------\nVon: A <a@x.example>\nDate: Mo., 2. Nov. 2026\nSubject: x\n"
        f"To: <b@y.example>\n\n\n{ASKED}\n\n-- \nA"),
    ),
    (
        "Thunderbird",
        "Fwd: x",
        (f"-------- Weitergeleitete Nachricht --------\nBetreff: \tx\nDatum: \tMo, 2 Nov 2026\nVon: \tA <a@x.example>\n"
        f"An: \tb@y.example\n\n\n{ASKED}"),
    ),
    (
        "Apple Mail, quoted",
        "Fwd: x",
        (f"FYI\n\n> Anfang der weitergeleiteten Nachricht:\n> \n> Von: A <a@x.example>\n> Betreff: x\n> Datum: 2. November\n"
        f"> An: B\n> \n> {ASKED}\n> \n> Von meinem iPhone gesendet"),
    ),
    ("a long list of recipients", "WG: x", f"Von: A\nGesendet: Mo\nAn: B <b@y.example>;\nC <c@y.example>\nBetreff: x\n\n{ASKED}"),
    ("French", "TR: x", f"De : A <a@x.example>\nEnvoyé : lundi\nÀ : B\nObjet : x\n\n{ASKED}"),
    ("Spanish", "RV: x", f"De: A\nEnviado el: lunes\nPara: B\nAsunto: x\n\n{ASKED}"),
    ("Russian", "Пересл: x", f"-------- Пересылаемое сообщение --------\nОт: A\nОтправлено: 2 ноября\nКому: B\nТема: x\n\n{ASKED}"),
    ("Ukrainian", "Пер: x", f"Від: A\nНадіслано: 2 листопада\nКому: B\nТема: x\n\n{ASKED}"),
    ("Turkish", "Yönl: x", f"Kimden: A\nGönderildi: Pazartesi\nKime: B\nKonu: x\n\n{ASKED}"),
    ("Turkish, Outlook", "İLT: x", f"Gönderen: A\nTarih: Pazartesi\nKime: B\nKonu: x\n\n{ASKED}"),
    ("Polish", "PD: x", f"Od: A\nWysłano: poniedziałek\nDo: B\nTemat: x\n\n{ASKED}"),
    ("Romanian", "Fwd: x", f"De la: A\nTrimis: luni\nCătre: B\nSubiect: x\n\n{ASKED}"),
    ("Vietnamese", "Chuyển tiếp: x", f"Từ: A\nNgày: 2 tháng 11\nĐến: B\nChủ đề: x\n\n{ASKED}"),
    ("Arabic", "إعادة توجيه: x", f"من: A\nتاريخ الإرسال: 2\nإلى: B\nالموضوع: x\n\n{ASKED}"),
    ("Persian", "Fwd: x", f"از: A\nتاریخ: 2\nبه: B\nموضوع: x\n\n{ASKED}"),
    ("Italian", "I: x", f"Da: A\nInviato: lunedì\nA: B\nOggetto: x\n\n{ASKED}"),
    ("an older mail below it", "WG: AW: x", f"Von: A\nGesendet: Di\nAn: B\nBetreff: AW: x\n\n{ASKED}\n\nVon: B\nGesendet: Mo\nAn: A\nBetreff: x\n\nHallo, wie können wir helfen?"),
    ("only the subject has changed", "Frage einer Klientin", f"Von: A\nGesendet: Di\nAn: B\nBetreff: x\n\n{ASKED}"),
    ("a new mail", "Frage", f"{ASKED}\n\nMit freundlichen Grüßen\nAnna Schmidt\nBeratungsstelle"),
    ("forwarded without a header block", "WG: Frage", ASKED),
    ("nothing but a subject", f"Fwd: Re: {ASKED}", "\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "subject", "text"), FORWARDS, ids=[row[0] for row in FORWARDS])
def test_the_clients_own_words(name, subject, text):
    assert asked(text, subject) == [ASKED]


def test_a_reply_to_us_asks_with_the_words_above_not_with_ours():
    text = "Und was kostet das?\n\nVon: Lotse\nGesendet: Mo\nAn: Rat\nBetreff: x\n\nEinen Termin bekommen Sie ..."
    assert asked(text, "AW: x", in_reply_to="<1@bot.example>")[0].startswith("Und was kostet das?")


def test_attached_mails_are_one_question_each():
    inner = "Content-Type: message/rfc822\n\nFrom: {0}@x.example\nSubject: s\nContent-Type: text/plain; charset=utf-8\n\n{1}\n\nViele Grüße\n{0}\n"
    parts = [inner.format(name, words) for name, words in (("A", "Was kostet der Pass?"), ("B", "Де офіс?"))]
    raw = 'Subject: WG: zwei Fragen\nContent-Type: multipart/mixed; boundary="b"\n\n'
    raw += "".join(f"--b\n{part}" for part in ["\nBitte um Hilfe!\n", *parts]) + "--b--\n"
    found = forwarded.questions(parse(raw.encode()), lambda words: words)
    assert [each.words for each in found] == ["Was kostet der Pass?", "Де офіс?"]


def test_several_forwards_in_one_text_are_separate():
    block = "---------- Forwarded message ---------\nFrom: {0}\nDate: Mo\nSubject: {1}\nTo: B\n\n{2}\n\n"
    text = block.format("A", "Pass", "Was kostet der Pass?") + block.format("C", "Kurs", "Wo ist der Kurs?")
    assert asked(text, "Fwd: zwei") == ["Was kostet der Pass?", "Wo ist der Kurs?"]


@pytest.mark.parametrize(
    ("text", "questions", "context"),
    [
        ("1. Was kostet das?\n2. Wie lange dauert es?", ["Was kostet das?", "Wie lange dauert es?"], ""),
        ("Familie aus Syrien.\n\n1) Kita?\n2) Schule?", ["Kita?", "Schule?"], "Familie aus Syrien."),
        ("(1) Kita?\nab wann?\n(2) Schule?", ["Kita?\nab wann?", "Schule?"], ""),
        ("Frage 1: Kita?\nFrage 2: Schule?", ["Kita?", "Schule?"], ""),
        ("١. كم السعر؟\n٢. أين المكتب؟", ["كم السعر؟", "أين المكتب؟"], ""),
        ("1. Pass\n2. Urkunde\nWas fehlt noch?", ["1. Pass\n2. Urkunde\nWas fehlt noch?"], ""),  # a list of papers
        ("Wann ist der\n3. Termin?\n4. Stock?", ["Wann ist der\n3. Termin?\n4. Stock?"], ""),  # counts from 3
        ("1. Was kostet das?", ["1. Was kostet das?"], ""),
    ],
)
def test_numbered_questions(text, questions, context):
    found = forwarded.questions(Mail(Headers(), text), lambda words: words)
    assert [each.words for each in found] == questions
    assert {each.context for each in found} == {context}


@pytest.mark.parametrize(
    ("subject", "rest", "is_forward"),
    [
        ("Fwd: x", "x", True),
        ("WG: AW: Fwd: x", "x", True),
        ("[EXTERN] WG: x", "x", True),
        ("Re[2]: x", "x", False),
        ("AW : x", "x", False),
        ("Wichtig: x", "Wichtig: x", False),
        ("In Erfurt: x", "In Erfurt: x", False),
        ("", "", False),
    ],
)
def test_prefixes(subject, rest, is_forward):
    assert forwarded.stripped(subject) == (rest, is_forward)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Wo?\n\nMfG\nAnna", "Wo?"),
        ("Wo?\nViele Grüße, Anna", "Wo?"),
        ("Wo?\n-- \nAnna", "Wo?"),
        ("Wo?\n\nСпасибо\nС уважением,\nОльга", "Wo?\n\nСпасибо"),
        ("Wo?\n\nSent from my iPhone", "Wo?"),
        ("Wo?\n\nGet Outlook for Android", "Wo?"),
        ("Viele Grüße\n\nUnd wo ist das Amt?", "Viele Grüße\n\nUnd wo ist das Amt?"),  # the question comes after
        ("Beste Grüße kann man wie schreiben", "Beste Grüße kann man wie schreiben"),
        ("Gruß", ""),
        ("", ""),
    ],
)
def test_signatures_go_and_questions_stay(text, left):
    assert closings.without(text) == left


@pytest.mark.parametrize(
    "text",
    ["Von:\n" * 200_000, "> " * 500_000, "\n" * 1_000_000, "MfG\n" * 200_000, "1. ?\n" * 200_000, "-" * 1_000_000,
     "a " * 500_000, "--- original " * 80_000, "Von: a\nAn: b\n\n" * 60_000,
     "".join(f"Von: a\nBetreff: {number}\n\nx\n" for number in range(30_000))],
    ids=range(10),
)  # fmt: skip
def test_hostile_text_takes_a_few_seconds_at_most(text):
    start = time.process_time()
    asked(text, "WG: x")
    assert time.process_time() - start < 5  # on two slow cores
