"""What of a reply is its own words."""

from __future__ import annotations

from textwrap import wrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.handover.mail import MARKER, Ticket, body
from bot.mailing.html_text import text_of_html
from bot.mailing.quotes import Part, Reply, Why, own_words, split

# A reply in German, with a mail's end below it: the end, and why it is cut.
ENDS = [
    # our own line, as mail programs leave it
    (f"{MARKER}\n\nGuten Tag,\n\neine Person hat Lotse etwas gefragt.", Why.MARKER),
    ("–– Bitte über dieser Zeile antworten ––\nGuten Tag,", Why.MARKER),  # dashes made long
    ("**-- Bitte über dieser Zeile antworten --**\nGuten Tag,", Why.MARKER),  # made bold
    (f"Am 21.11.2026 um 09:05 schrieb Lotse:\n> {MARKER}\n>\n> Guten Tag,", Why.MARKER),
    (f"Von: Lotse <lotse@example.org>\nGesendet: Samstag\nAn: Büro\nBetreff: Frage 17\n\n{MARKER}\n\nHi", Why.HEADERS),
    (f"Lotse schrieb am 21.11.2026 um 09:05:\n\n{MARKER}\n\nGuten Tag", Why.ATTRIBUTION),
    # German
    ("Am 21.11.2026 um 09:05 schrieb Kim Beispiel:\n> alter Text\n> noch einer", Why.QUOTE),
    ("Am Fr., 20. Nov. 2026 um 15:57 Uhr schrieb Kim Beispiel <\nkim@example.org>:\n\n> alter Text", Why.QUOTE),
    ("Am Mo., 16. Nov. 2026, 17:03 Kim Beispiel <kim@example.org>\nschrieb:\n\n> alter Text", Why.QUOTE),
    ("Am 13.11.2026 21:11 schrieb Kim <kim@example.org>:\n\nalter Text ohne Zeichen davor", Why.ATTRIBUTION),
    ("Kim Beispiel <kim@example.org> schrieb am Fr., 20. Nov. 2026 um 11:53 Uhr:\n\nalter Text", Why.ATTRIBUTION),
    (
        "Von: Kim <kim@example.org>\nGesendet: Montag, 2. März 2026 17:11\nAn: Büro\nBetreff: AW: Frage\n\nalt",
        Why.HEADERS,
    ),
    ("________________________________\nVon: Kim\nGesendet: Montag\nAn: Büro\nBetreff: Frage\n\nalt", Why.HEADERS),
    ("*Von:* Kim <kim@example.org>\n*Datum:* 2. März\n*An:* Büro\n*Betreff:* Frage\n\nalt", Why.HEADERS),  # bold
    ("-----Ursprüngliche Nachricht-----\nVon: Kim\n\nalt", Why.ORIGINAL),
    ("-- \nKim Beispiel\nStadt Erfurt\nTelefon 0361 000", Why.SIGNATURE),
    ("Gesendet von meinem iPhone", Why.FOOTER),
    ("Von meinem Samsung gesendet", Why.FOOTER),
    ("Gesendet von Outlook für Android<https://example.org>", Why.FOOTER),
    ("> nur ein Zitat am Ende\n>> und ein älteres", Why.QUOTE),
    # English
    ("On 21 Nov 2026, at 18:54, Kim Example <kim@example.org> wrote:\n\n>\n> old", Why.QUOTE),
    ("On Nov 20, 2026, at 12:47 PM, Kim <\nkim-with-a-long-address@example.org>\nwrote:\n\nold", Why.ATTRIBUTION),
    ("2026-11-20 11:28 GMT+01:00 Kim <\nkim@example.org>:\n\n> old", Why.QUOTE),
    ("From: Kim <kim@example.org>\nSent: Monday, March 2, 2026 5:42 PM\nTo: Office\nSubject: Q\n\nold", Why.HEADERS),
    ("-----Original Message-----\nFrom: Kim\n\nold", Why.ORIGINAL),
    ("---- Kim Example wrote ----\n\n> old", Why.QUOTE),
    ("Sent from my iPhone", Why.FOOTER),
    # Ukrainian, Russian
    ("пт, 20 лист. 2026 р. о 10:15 Кім <kim@example.org> пише:\n\n> старе", Why.QUOTE),
    (
        "Від: Кім <kim@example.org>\nНадіслано: 20 листопада 2026 р. 10:15\nКому: Бюро\nТема: Питання\n\nстаре",
        Why.HEADERS,
    ),
    ("ср, 30 апр. 2026 г. в 15:19, Ким <kim@example.org>:\n\nстарое", Why.ATTRIBUTION),
    ("От: Ким\nОтправлено: четверг, 26 июня 2026 г. 15:05\nКому: Бюро\n\nстарое", Why.HEADERS),
    ("Отправлено с iPhone", Why.FOOTER),
    # Arabic, Persian (figures of their own, marks of direction)
    ("\u200fفي الجمعة، ٢٠ نوفمبر ٢٠٢٦ في ١٠:١٥ ص تمت كتابة ما يلي بواسطة Kim <kim@example.org>:\n\n> قديم", Why.QUOTE),
    ("من: Kim <kim@example.org>\nتاريخ الإرسال: الجمعة\nإلى: المكتب\nالموضوع: سؤال\n\nقديم", Why.HEADERS),
    ("در تاریخ جمعه ۲۰ نوامبر ۲۰۲۶،\u200f ۱۰:۱۵ Kim <kim@example.org> نوشت:\n\nقدیمی", Why.ATTRIBUTION),
    ("أُرسل من الـ iPhone", Why.FOOTER),
    # Turkish: the name first, folded
    ("Kim <kim@example.org>, 20 Kas 2026 Cum, 10:15 tarihinde şunu\nyazdı:\n\n> eski", Why.QUOTE),
    ("Kimden: Kim\nGönderildi: 20 Kasım 2026\nKime: Büro\nKonu: Soru\n\neski", Why.HEADERS),
    ("iPhone'umdan gönderildi", Why.FOOTER),
    # French, Spanish, Romanian, Polish, Vietnamese
    ("Le ven. 20 nov. 2026 à 10:15, Kim <kim@example.org> a écrit :\n\n> vieux", Why.QUOTE),
    (
        "De : Kim <kim@example.org>\nEnvoyé : vendredi 20 novembre 2026 16:39\nÀ : Bureau\nObjet : Question\n\nvieux",
        Why.HEADERS,
    ),
    ("El vie, 20 nov 2026 a las 10:15, Kim (<kim@example.org>) escribió:\n\n> viejo", Why.QUOTE),
    ("În vin., 20 nov. 2026 la 10:15, Kim <kim@example.org> a scris:\n\n> vechi", Why.QUOTE),
    ("W dniu 20 listopada 2026 01:53 użytkownik Kim <kim@example.org>\nnapisał:\n\nstare", Why.ATTRIBUTION),
    ("Vào 14:24 20 tháng 11, 2026, Kim <kim@example.org> đã viết:\n\n> cũ", Why.QUOTE),
]


@pytest.mark.parametrize(("end", "why"), ENDS)
def test_the_old_mail_is_cut(end, why):
    reply = split(f"Guten Tag,\n\nja, bis Freitag.\n\n{end}\n", MARKER)
    assert (reply.words, [part.why for part in reply.cut]) == ("Guten Tag,\n\nja, bis Freitag.", [why])


# What looks like a quote and is not: nothing may be lost.
WHOLE = [
    "Am Freitag haben wir geöffnet:\n9 bis 12 Uhr.",
    "Am 12.03.2026 um 10:00 Uhr hat mir das Amt geschrieben:\nBitte kommen Sie vorbei.",
    "Hallo,\nam 12.03.2026 hat das Jobcenter geschrieben:\n\nIhr Antrag fehlt. Was soll ich tun?",
    "Bitte bringen Sie mit:\n- Pass\n- Foto\n--\nund den Bescheid.\n--\nDanach " + "wird geprüft.\n" * 15,
    "Die Sprechzeiten:\n\nDatum: 3. März\nVon: 10 Uhr\nBis: 12 Uhr",  # labels, but of a table
    "Der Bus fährt\nVon: Erfurt\nNach: Weimar",
    "Erste Frage: ja.\n________________\nZweite Frage: nein.",
    "Gesendet von meinem Bruder wurde der Brief im Mai.\nIst er da?",
    "Ja.\n\nVon meinem Konto wird nichts gesendet.",
    "Ja.\n\nGesendet von Frau Beispiel per E-Mail.",
    "Ja.\n\nOutlook für Windows ist nicht nötig.",
    "Das Wort Original Message steht auf dem Brief.",
    "On the surface this is a quote.\nOn average it is none:\nnothing is cut.",
    "Fwd\n\n---------- Forwarded message ---------\nFrom: Kim <kim@example.org>\nDate: Fri\nSubject: x\nTo: y\n\nText",
    "-- \nnur das",
    "x > y gilt auch für a > b",
]


@pytest.mark.parametrize("text", WHOLE)
def test_on_doubt_everything_stays(text):
    assert split(text, MARKER) == Reply(text.strip())


# Answers between quotes.
BETWEEN = [
    # the quotes say what is answered
    (
        "Am 20.11.2026 um 10:15 schrieb Kim <kim@example.org>:\n> Wann?\n\nUm neun.\n\n> Wo?\n\nIm Amt.\n\n> Danke",
        "> Wann?\n\nUm neun.\n\n> Wo?\n\nIm Amt.",
    ),
    # one quote above: the whole old mail, answered below
    ("On 20 Nov 2026 10:15, Kim wrote:\n> When?\n> Where?\n\nAt nine.", "At nine."),
    # our mail, answered below and in its middle: it is known, the answers are not
    (f"> {MARKER}\n> Guten Tag,\n\nUm neun.\n", "Um neun."),
    (
        f"Siehe unten.\n\n> {MARKER}\n> Frage eins?\n\nJa.\n\n> Frage zwei?\n\nNein.",
        "Siehe unten.\n\nJa.\n\n> Frage zwei?\n\nNein.",
    ),
    # a footer below the quote is no answer
    ("Ja.\n\n> Wann?\n\nGesendet von meinem iPad", "Ja."),
    # a long quote goes, its answer stays
    ("Hallo,\n" + "> Zeile\n" * 40 + "Ja.\n> Ende", "Hallo,\n\nJa."),
]


@pytest.mark.parametrize(("text", "words"), BETWEEN)
def test_answers_between_quotes_stay(text, words):
    assert split(text, MARKER).words == words


def test_what_was_cut_can_be_read_back():
    reply = split("Ja.\r\n\r\n-- \r\nAmt\r\n\r\nAm 20.11.2026 um 10:15 schrieb K:\r\n> alt", MARKER)
    assert reply.words == "Ja."
    assert reply.cut == (
        Part(Why.SIGNATURE, "-- \nAmt"),
        Part(Why.QUOTE, "Am 20.11.2026 um 10:15 schrieb K:\n> alt"),
    )


def test_words_before_our_line_are_not_cut_by_an_older_looking_quote():
    """With our line in the mail, only what stands directly above it introduces the old mail."""
    above = (
        "Wir haben beim Amt gefragt.\n\nAm 3.3.2026 um 10:00 schrieb das Amt:\n\nDer Pass ist da.\nBitte abholen.\n"
        + ("Bringen Sie den alten mit.\n" * 6)
    )
    assert split(f"{above}\n{MARKER}\nGuten Tag", MARKER).words == above.strip()


# Letters of several scripts and the marks of sentences; no colon, dash or ">" that could begin a quote.
sentences = st.text(alphabet="abc äß ІїЖ عبي ?!.,\n", max_size=400)


@given(sentences, st.sampled_from([end for end, _ in ENDS]), st.text(max_size=200))
@example("", ENDS[0][0], "")
@example("?", ENDS[3][0], "0")  # a sign may be an answer
def test_no_word_before_the_first_quote_is_lost(before, end, after):
    reply = split(f"{before}\n\n{end}\n{after}", MARKER)
    assert reply.words.split()[: len(before.split())] == before.split()


@given(st.text(max_size=2_000))
@example("\u2028> a\x0b")
@example("Von:\n" * 20)
@example("> \n\nOn 1.1.2026 10:10 a@b.c wrote:\n\n>")
def test_every_text_can_be_split_and_nothing_is_invented(text):
    reply = split(text, MARKER)
    whole = text.split()
    assert set(reply.words.split()) <= set(whole)
    assert sorted([*reply.words.split(), *(word for part in reply.cut for word in part.text.split())]) == sorted(whole)


@given(st.text(alphabet="a1 >:-@.\nOnAmVonwrote", max_size=2_000))
def test_every_text_of_quote_signs_keeps_all_its_words_somewhere(text):
    reply = split(text, MARKER)
    given = [*reply.words.split(), *(word for part in reply.cut for word in part.text.split())]
    assert sorted(given) == sorted(text.split())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Guten Tag,</p><p>ja.</p>", "Guten Tag,\n\nja."),
        ("Ja<br>nein", "Ja\nnein"),
        ("<style>p {color: red}</style><script>alert(1)</script><p>Ja</p>", "Ja"),
        ("", ""),
        ("<!-- nichts -->", ""),
        ("<?xml version='1.0' encoding='latin-1'?><p>Grüße</p>", "Grüße"),
        (
            'Hier: <a href="https://example.org/amt">Amt</a>.',
            "Hier: Amt (https://example.org/amt).",
        ),  # the address is kept
        ('<a href="https://example.org/">https://example.org</a>', "https://example.org"),  # but not twice
        ("<ul><li>Pass<li>Foto</ul>", "* Pass\n* Foto"),
        ('Ja.<blockquote type="cite"><p>Wann?</p><p>Wo?</p></blockquote>Nein.', "Ja.\n\n> Wann?\n>\n> Wo?\n\nNein."),
        ("<blockquote>§ 4 gilt.</blockquote>", "§ 4 gilt."),  # a quote from a law is the clerk's own
    ],
)
def test_html_becomes_text(source, text):
    assert text_of_html(source) == text


@pytest.mark.parametrize(
    "source",
    [
        # Gmail
        (
            '<div>Ja, bis Freitag.</div><br><div class="gmail_quote"><div class="gmail_attr">Am Fr., 20. Nov. 2026 um 10:15&nbsp;Uhr schrieb '
            'Kim &lt;<a href="mailto:kim@example.org">kim@example.org</a>&gt;:<br></div><blockquote class="gmail_quote">Alt</blockquote></div>'
        ),
        # Outlook
        (
            '<p class="MsoNormal">Ja, bis Freitag.</p><div style="border-top:solid"><p><b>Von:</b> Kim &lt;kim@example.org&gt;<br>'
            "<b>Gesendet:</b> Montag<br><b>An:</b> Büro<br><b>Betreff:</b> Frage</p></div><p>Alt</p>"
        ),
        # Thunderbird, Apple Mail
        (
            '<p>Ja, bis Freitag.</p><div class="moz-cite-prefix">Am 20.11.26 um 10:15 schrieb Kim:<br></div>'
            '<blockquote type="cite"><p>Alt</p><blockquote type="cite">Älter</blockquote></blockquote>'
        ),
    ],
)
def test_html_replies(source):
    assert split(text_of_html(source), MARKER).words == "Ja, bis Freitag."


@given(st.text(max_size=500))
@example("<p>" * 300 + "tief")
@example("<table><tr><td>" * 50 + "tief")
@example("\x00<p>\ud800")
def test_every_html_becomes_text(source):
    assert isinstance(text_of_html(source), str)


@pytest.mark.parametrize("around", ["<div>", "<table><tr><td>", "<blockquote type=cite>", "<p>x</p>" * 60])
def test_html_that_is_not_laid_out_keeps_its_words(around):
    assert "Wort" in text_of_html(around * 200 + "Wort")


OUR_MAIL = body(
    Ticket(
        17, "Erfurt", "Чи потрібно брати дитину із собою на зустріч у понеділок о десятій?", "uk", ("Termin buchen",), 3
    ),
    True,
)
ANSWER = "Guten Tag,\n\nja, der Termin bleibt."


def signed(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def wrapped(text: str) -> str:
    """Quoted, and then wrapped so that the ends of long lines lose their signs."""
    return "\n".join("\n".join(wrap(line, 72) or [">"]) for line in signed(text).split("\n"))


OUTLOOK = "Von: Lotse <lotse@bot.example>\nGesendet: Montag, 30. November 2026 10:00\nAn: Büro\nBetreff: Frage 17\n\n"
LAYOUTS = [  # what stands before our mail, and our mail
    ("", OUTLOOK + OUR_MAIL),
    ("", f"-----Ursprüngliche Nachricht-----\n{OUTLOOK}{OUR_MAIL}"),
    ("On Mon, Nov 30, 2026 at 10:00 AM Lotse <lotse@bot.example>\nwrote:\n\n", signed(OUR_MAIL)),
    ('Am 30.11.2026 10:00 schrieb "Lotse" <lotse@bot.example\n>:\n\n', signed(OUR_MAIL)),
    ("On Mon, 30 Nov 2026 10:00:43 +0100 Lotse <lotse@bot.example> wrote\n\n", OUR_MAIL),
    ("Am 30.11.2026 um 10:00 schrieb Lotse:\n", wrapped(OUR_MAIL)),
    ("30.11.2026, 10:00 von lotse@bot.example:\n\n", OUR_MAIL),
    ("Zitat von Lotse <lotse@bot.example>:\n\n", signed(OUR_MAIL)),
    (">>> Lotse <lotse@bot.example> 30.11.2026 10:00 >>>\n", OUR_MAIL.replace(MARKER, "")),  # without our line
]


@pytest.mark.parametrize(("before", "old"), LAYOUTS)
def test_our_own_mail_goes_wherever_the_answer_stands(before, old):
    above = split(f"{ANSWER}\n\n{before}{old}", MARKER)
    assert (above.words, above.clear) == (ANSWER, True)
    below = split(f"{before}{old}\n\n{ANSWER}", MARKER)
    assert (below.words, below.clear) == (ANSWER, True)
    nothing = split(f"{before}{old}", MARKER)
    assert (nothing.words, nothing.clear) == ("", True)


def test_words_among_ours_are_not_clear():
    assert not split(
        OUTLOOK + OUR_MAIL.replace("So antworten Sie:", "Ja, das geht auch ohne.\n\nSo antworten Sie:"), MARKER
    ).clear
    assert not split(f"{MARKER}\n\nGuten Tag,\n\nUnter der Linie beantwortet.", MARKER).clear
    assert MARKER in own_words(f"{ANSWER}\n\nName und Kontakt der Person stehen nicht in dieser E-Mail.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ja.\n\n--\nAmt für Migration\nMusterstraße 1\nTel.: 0361 555 0\n--", "Ja."),  # a help desk's pair
        ("Ja.\n\n---------------------\nSupport powered by FreeScout", "Ja."),
        ("-- Please reply above this line --\n\nJa.", "Ja."),
        (
            "Zu eins: ja.\n\n--\n\nZu zwei: bitte um 10 Uhr kommen.",
            "Zu eins: ja.\n\n--\n\nZu zwei: bitte um 10 Uhr kommen.",
        ),
    ],
)
def test_help_desks_lines_go_and_paragraphs_stay(text, words):
    assert split(text, MARKER).words == words


def test_our_mail_of_an_earlier_version_is_known_too():
    line = "- Lotse schreibt keinen Namen und keine Adresse der Person dazu."
    former = OUR_MAIL.replace(line, "- Name und Kontakt der Person stehen nicht in dieser E-Mail.")
    assert former != OUR_MAIL
    reply = split(f"{OUTLOOK}{former}\n\n{ANSWER}", MARKER)
    assert (reply.words, reply.clear) == (ANSWER, True)
