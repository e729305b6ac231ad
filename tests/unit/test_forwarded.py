"""What a centre's mail asks: the client's own words, in the ways that mail programs forward them."""

from __future__ import annotations

import pytest

from bot.mailing import closings, forwarded
from bot.mailing.client_words import clients_part
from bot.mailing.forwarded import Question
from bot.mailing.parsing import Headers, Mail, parse
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from tests.dialogue import NoCache

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


CLIENT = "Olena Probe <olena@klient.example>"
MORE_FORWARDS = [
    (
        "all in one line",
        f'----- Weitergeleitete Nachricht ----- Von: {CLIENT}An: "rat" <rat@verein.example>Gesendet: Montag, 9:26 MEZBetreff: x\n {ASKED}',
    ),
    ("a line and an indent", f'\ufeffAm 30.11.26, 12:46 schrieb "Olena" <olena@klient.example>:\n\n    {ASKED}'),
    (
        "names of fields in Ukrainian",
        f"> Початок листа, що пересилається:\n> \n> Від кого: {CLIENT}\n> Тема: x\n> Кому: rat@verein.example\n> \n> {ASKED}",
    ),
    (
        "French, with a copy",
        f"-------- Message transféré --------\nSujet : x\nDate : lundi\nDe : {CLIENT}\nPour : rat@verein.example\nCopie à : a@x.example,\n b@x.example\n\n{ASKED}",
    ),
    ("a quote of which a line lost its sign", f"> Begin forwarded message:\n> \n> From: {CLIENT}\n> Subject: x\n> \n> Wo bekomme ich\neinen Termin?"),
    (
        "a line with date and sender, and an end",
        f'-------- Пересылаемое сообщение --------\n30.11.2026, 14:25, "Olena" <olena@klient.example>:\n\n{ASKED}\n\n-------- Конец пересылаемого сообщения --------',
    ),
    ("no blank line", f"Von: {CLIENT}\nDatum: Montag\nAn: rat@verein.example\nBetreff: x\n{ASKED}"),
    ("no colons", f'------ Weitergeleitete Nachricht ------\nVon "Olena" <olena@klient.example>\nAn rat@verein.example\nBetreff x\n\n{ASKED}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), MORE_FORWARDS, ids=[row[0] for row in MORE_FORWARDS])
def test_no_name_and_no_address_of_the_client_is_part_of_the_question(name, text):
    found = asked(text, "WG: x", in_reply_to="<1@klient.example>")
    assert [" ".join(each.split()) for each in found] == [ASKED]


BLOCK = "Von: {0} <{0}@klient.example>\nDatum: Mo\nAn: rat@verein.example\nBetreff: Frage\n\n{1}\n\n"


def found_in(text: str):
    return [
        (each.words, each.context) for each in forwarded.questions(Mail(Headers((("subject", "WG: x"),)), text), str)
    ]


def test_the_counsellors_own_question_and_words_are_kept():
    above = "Darf sie in der Zwischenzeit arbeiten?\n\n"
    assert found_in(above + BLOCK.format("a", ASKED)) == [("Darf sie in der Zwischenzeit arbeiten?", ""), (ASKED, "")]
    assert found_in("Die Familie ist seit zwei Wochen hier.\n\n" + BLOCK.format("a", ASKED)) == [
        (ASKED, "Die Familie ist seit zwei Wochen hier.")
    ]
    assert found_in("Bitte diese Frage beantworten.\n\n" + BLOCK.format("a", ASKED)) == [(ASKED, "")]


def test_a_second_client_with_the_same_subject_is_not_lost():
    text = BLOCK.format("a", ASKED) + BLOCK.format("b", "Was kostet der Pass?")
    assert [words for words, _ in found_in(text)] == [ASKED, "Was kostet der Pass?"]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("- Was kostet das Visum?\n- Wie lange dauert das?\n\nDanke\nKim", ["Was kostet das Visum?", "Wie lange dauert das?"]),
        ("Wir sind neu. Wo melden wir uns an? Was kostet das alles?", ["Wir sind neu. Wo melden wir uns an?", "Was kostet das alles?"]),
        ("Ich brauche einen Pass. Und wann?", ["Ich brauche einen Pass. Und wann?"]),
        ("Die Klientin fragt:\n\nأين يمكنني تسجيل طفلي؟\n\nViele Grüße\nKim", ["أين يمكنني تسجيل طفلي؟"]),
        ("- Pass\n- Foto\nReicht das aus?", ["- Pass\n- Foto\nReicht das aus?"]),
    ],
)  # fmt: skip
def test_several_questions_of_one_text(text, questions):
    assert asked(text) == questions


@pytest.mark.parametrize(
    ("sender", "end"),
    [
        ("Olena Muster <olena@mail.example>", "Olena Muster, Beispielweg 5"),
        ('"Muster, Olena" <olena@mail.example>', "Olena Muster\nBeispielweg 5\n99084 Erfurt"),
        ("Olena Muster <olena@mail.example>", "Olena"),
        ("Олена Зразок <olena@mail.example>", "Олена Зразок, вул. Прикладна 5"),
    ],
)
def test_a_name_at_the_end_goes_even_without_a_greeting(sender, end):
    text = f"Von: {sender}\nGesendet: Montag\nAn: Rat <rat@verein.example>\nBetreff: Termin\n\n{ASKED}\n{end}"
    assert asked(text, "WG: Termin") == [ASKED]


def test_a_name_that_asks_stays():
    head = "Von: Olena Muster <o@mail.example>\nGesendet: Montag\nAn: Rat <rat@verein.example>\nBetreff: x\n\n"
    assert asked(f"{head}Guten Tag.\nOlena Muster: so steht es im Pass. Ist das richtig?", "WG: x")[0].endswith(
        "richtig?"
    )


TURKISH = "Oturma iznimin süresi gelecek ay doluyor. Uzatmak için hangi belgelere ihtiyacım var?"


@pytest.mark.parametrize(
    ("words", "theirs", "around"),
    [
        # the counsellor's German around, by paragraph, or below a line that ends with a colon
        (
            f"Guten Tag,\n\neine Klientin fragt mich Folgendes:\n{TURKISH}",
            TURKISH,
            "eine Klientin fragt mich Folgendes:",
        ),
        (f"Hallo,\n\nes geht um eine Familie.\n\n{TURKISH}\n\nDanke und viele Grüße", TURKISH, "Danke und viele Grüße"),
        (
            "Können Sie bitte helfen?\n\nHello,\n\nwhich documents do I need to extend my residence permit?",
            "Hello,\n\nwhich documents do I need to extend my residence permit?",
            "Können Sie bitte helfen?",
        ),
        # another script, line by line
        (
            "Bitte um Antwort\nЯкі документи потрібні для посвідки?\nDanke",
            "Які документи потрібні для посвідки?",
            "Danke",
        ),
        # only the German asks; the rest is a name, an address, what somebody said
        (f"Was heißt das?\n\n{TURKISH.replace('?', '.')}", None, ""),
        ("Wo melde ich sie an?\n\nVerein Beispiel, info@verein.example, www.verein.example", None, ""),
        # a third language: nobody knows whose is whose
        (
            f"Guten Tag, bitte helfen Sie.\n\n{TURKISH}\n\nje voudrais inscrire mon enfant à l'école maternelle.",
            None,
            "",
        ),
        (TURKISH, None, ""),
        ("Wie bekomme ich einen Termin?", None, ""),
    ],
)
def test_two_languages_are_told_apart(small, words, theirs, around):
    found = clients_part(Question(words), Matcher(small, None, NoCache(), LanguageDetector()).language)
    assert found.words == (theirs or words)
    assert around in found.context
