"""Every mail survives: it is read, or it is unreadable for a reason; nothing raises."""

from __future__ import annotations

import base64
import codecs
from email.message import EmailMessage
from encodings.aliases import aliases

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.mailing.html_text import text_of_html
from bot.mailing.parsing import Mail, Unreadable, Why, parse

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
PDF = b"%PDF-1.7\n" + b"x" * 100


def raw(body: bytes = b"Hallo\n", *fields: str) -> bytes:
    """A mail with ``fields`` instead of the usual Content-Type."""
    head = ["From: weber@city.example", "Subject: Frage", *(fields or ("Content-Type: text/plain; charset=utf-8",))]
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def parts(kind: str, *inside: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + each + b"\r\n" for each in inside) + b"--b--\r\n"
    return raw(body, f'Content-Type: {kind}; boundary="b"')


def nested(depth: int, words: bytes = b"innen") -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(depth)
    )
    return b"From: weber@city.example\r\n" + head + b"Content-Type: text/plain\r\n\r\n" + words


@pytest.mark.parametrize(
    ("mail", "text"),
    [
        (raw("Grüße".encode()), "Grüße"),
        (raw("Grüße".encode("latin-1"), "Content-Type: text/plain; charset=iso-8859-1"), "Grüße"),
        (raw("Grüße".encode("cp1252")), "Grüße"),  # claims UTF-8, is not
        (raw("Дякую, ".encode() * 3 + b"\xff"), "Дякую, Дякую, Дякую, �"),  # UTF-8 with one false byte
        (raw("Grüße".encode("cp1252"), "Content-Type: text/plain"), "Grüße"),  # claims nothing
        (raw("Дякую".encode(), "Content-Type: text/plain; charset=x-unknown"), "Дякую"),
        (raw("Дякую".encode("koi8-u"), "Content-Type: text/plain; charset=koi8-u"), "Дякую"),
        (raw("Дякую".encode(), "Content-Type: text/plain; charset=us-ascii"), "Дякую"),  # a false claim
        (raw(b"a-b", "Content-Type: text/plain; charset=punycode"), "a-b"),  # no charset of mail
        (raw(b"ab", "Content-Type: text/plain; charset=zlib"), "ab"),  # no charset at all
        (raw(b"a\0b\x1bc"), "abc"),  # no database takes NUL
        (raw(b"+2AA-x", "Content-Type: text/plain; charset=utf-7"), None),  # half a surrogate pair
        (raw(b""), ""),
        (b"From: a@b.example", ""),
        (b"", ""),
        (raw(b"!!not base64!!", "Content-Transfer-Encoding: base64"), None),  # garbage, but no crash
        (raw(b"begin 644 x\nM\n", "Content-Transfer-Encoding: x-uuencode"), None),
        (raw(b"a=ZZb", "Content-Transfer-Encoding: quoted-printable"), "a=ZZb"),
        (raw(b"<p>Guten Tag</p><p>Zimmer&nbsp;12</p>", "Content-Type: text/html"), "Guten Tag\n\nZimmer 12"),
        (raw(b"<style>p{color:red}</style><!-- x --><b>ja</b>", "Content-Type: text/html"), "ja"),
        (raw(b"<!-- nichts -->", "Content-Type: text/html"), ""),
        (raw(b'<div style="display:none">Vorschau</div>ja', "Content-Type: text/html"), "ja"),  # as the clerk sees it
        (raw(b"<table><tr><td>Mo</td><td>8-12</td></tr></table>", "Content-Type: text/html"), "Mo 8-12"),
        (
            parts("multipart/alternative", b"Content-Type: text/plain\n\nplain", b"Content-Type: text/html\n\n<p>html"),
            "plain",
        ),
        (
            parts("multipart/alternative", b"Content-Type: text/plain\n\n \n", b"Content-Type: text/html\n\n<p>html"),
            "html",  # an empty plain part says nothing
        ),
        (
            parts("multipart/mixed", b"\n\noben", b"Content-Type: image/png\n\nx", b"\n\nunten"),
            "oben\n\nunten",  # Apple Mail puts pictures between
        ),
        (raw(b"kein Ende", 'Content-Type: multipart/mixed; boundary="nie"'), "kein Ende"),
        (nested(200), "innen"),
        (b"".join(b"X-%d: y\n" % number for number in range(10_000)) + raw(b"da"), "da"),
    ],
)
def test_the_words_of_a_mail(mail, text):
    read = parse(mail)
    assert isinstance(read, Mail)
    read.text.encode()
    if text is not None:
        assert read.text.strip() == text


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (raw(b"MII", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"), Why.SMIME),
        (raw(b"MII", "Content-Type: application/pkcs7-mime; smime-type=signed-data"), Why.SMIME),
        (parts("multipart/mixed", b'Content-Type: application/octet-stream; name="smime.p7m"\n\nx'), Why.SMIME),
        (parts("multipart/encrypted", b"Content-Type: application/pgp-encrypted\n\nVersion: 1"), Why.PGP),
        # A server added its footer to it: the footer is not the reply.
        (
            parts("multipart/mixed", b'Content-Type: multipart/encrypted; boundary="c"\n\n--c--', b"\n\nok"),
            Why.PGP,
        ),
        (raw(b"Hallo\n-----BEGIN PGP MESSAGE-----\nhQEM"), Why.PGP),
        (parts("multipart/mixed", b"\n\n", b'Content-Type: application/ms-tnef; name="winmail.dat"\n\nx'), Why.WINMAIL),
        (nested(5_000), Why.TOO_NESTED),
        (b"Content-Type: message/rfc822\n\n" * 5_000, Why.TOO_NESTED),
        (nested(300, b"\n" * 100_000), Why.TOO_NESTED),  # each line would be compared 300 times
        (raw(b"\n" * 300_000), Why.TOO_LARGE),  # more lines than a letter has
        (raw(b"x", *(f"X-{number}: {'y' * 70}" for number in range(4_000))), Why.TOO_LARGE),  # and more header
        (raw(b"x" * 41_000_000), Why.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_says_why_and_keeps_its_headers(mail, why):
    read = parse(mail)
    assert isinstance(read, Unreadable)
    assert read.why is why
    if mail.startswith(b"From:"):
        assert read.headers.first("from") == "weber@city.example"


def test_signed_mail_is_read_without_its_signature():
    mail = parts(
        'multipart/signed; protocol="application/pgp-signature"',
        b"Content-Type: text/plain\n\nMit Unterschrift",
        b"Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----",
    )
    read = parse(mail)
    assert (read.text, read.attachments) == ("Mit Unterschrift", ())


def test_winmail_beside_a_text_is_named():
    mail = parse(parts("multipart/mixed", b"\n\nText", b'Content-Type: application/ms-tnef; name="winmail.dat"\n\nx'))
    assert [(each.name, each.content) for each in mail.attachments] == [("winmail.dat", None)]


def attached(content: bytes, name: str, kind: str = "application/octet-stream"):
    mail = EmailMessage()
    mail["From"] = "weber@city.example"
    mail.set_content("Anbei")
    main, sub = kind.split("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return parse(mail.as_bytes()).attachments[0]


@pytest.mark.parametrize(
    ("content", "name", "claimed", "shown", "kind", "kept"),
    [
        (PDF, "Merkblatt.pdf", "application/pdf", "Merkblatt.pdf", "application/pdf", True),
        (PDF, "Merkblatt.pdf", "application/octet-stream", "Merkblatt.pdf", "application/pdf", True),
        (PNG, "karte.png", "image/png", "karte.png", "image/png", True),
        (b"MZ" + b"x" * 50, "Merkblatt.pdf", "application/pdf", "Merkblatt.pdf", "application/pdf", False),  # a program
        (PDF, "Merkblatt.pdf.exe", "application/pdf", "Merkblatt.pdf.exe.pdf", "application/pdf", True),
        (PDF, "..\\..\\C:\\boot.pdf", "application/pdf", "boot.pdf", "application/pdf", True),
        (PDF, "../../etc/passwd", "application/pdf", "passwd.pdf", "application/pdf", True),
        (PDF, "x\u202efdp.pdf", "application/pdf", "xfdp.pdf", "application/pdf", True),  # turned letters
        (b"<svg onload=x>", "bild.svg", "image/svg+xml", "bild.svg", "image/svg+xml", False),  # holds scripts
        (b"PK", "Formular.docx", "application/msword", "Formular.docx", "application/msword", False),
        (PDF + b"x" * 10_000_000, "groß.pdf", "application/pdf", "groß.pdf", "application/pdf", False),
    ],
)
def test_pdf_and_pictures_are_kept_and_the_rest_named(content, name, claimed, shown, kind, kept):
    found = attached(content, name, claimed)
    assert (found.name, found.kind, found.size, found.content is not None) == (shown, kind, len(content), kept)


def test_no_more_than_the_limits_are_kept():
    mail = EmailMessage()
    mail.set_content("Anbei")
    for number in range(12):
        mail.add_attachment(PNG, maintype="image", subtype="png", filename=f"{number}.png")
    kept = [each.content is not None for each in parse(mail.as_bytes()).attachments]
    assert kept == [True] * 10 + [False] * 2


def test_a_logo_in_a_signature_is_no_attachment_but_a_pasted_map_is():
    def inside(size):
        picture = b"Content-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64\n\n"
        picture += base64.b64encode(PNG + b"x" * size)
        return parse(parts("multipart/related", b"Content-Type: text/html\n\n<p>Hier</p><img src=cid:a>", picture))

    assert inside(100).attachments == ()
    assert len(inside(50_000).attachments) == 1


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?q?Termin=0D=0ABcc:_evil@x.example?=", "Termin Bcc: evil@x.example"),  # line breaks in disguise
        ("=?utf-8?b?0JTRj9C60YPRjg==?=", "Дякую"),
        ("=?x-none?q?a?= b", "a b"),
        ("=?utf-8?b?!!!?=", None),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),  # raw UTF-8
        ("Frage\r\n weiter", "Frage weiter"),
    ],
)
def test_a_subject_is_one_line(field, subject):
    found = parse(f"From: a@b.example\r\nSubject: {field}\r\n\r\nx".encode("utf-8", "surrogateescape")).headers.subject
    assert "\n" not in found
    assert "\r" not in found
    if subject is not None:
        assert found == subject


def test_attached_mails_are_read_and_deep_ones_named():
    mail = parse(
        parts("multipart/mixed", b"\n\nsiehe unten", b"Content-Type: message/rfc822\n\nSubject: innen\n\nWort")
    )
    assert [(each.headers.subject, each.text) for each in mail.forwarded] == [("innen", "Wort")]
    deep = parse(b"Content-Type: message/rfc822\n\n" * 50 + b"Subject: x\n\nx")
    depth = 0
    while deep.forwarded:
        deep, depth = deep.forwarded[0], depth + 1
    assert depth == 5
    assert deep.attachments[0].content is None


def test_a_bounce_names_the_mail_that_did_not_arrive():
    mail = parts(
        "multipart/report; report-type=delivery-status",
        b"\n\nSorry",
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b"Final-Recipient: rfc822; Buero@city.example\nAction: failed\nStatus: 5.1.1\n\n"
        b"Final-Recipient: rfc822; zweite@city.example\nAction: delayed\nStatus: 4.0.0\n",
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: <reply+17.abc@bot.example>\nSubject: x\n",
    )
    found = parse(mail).delivery
    assert (found.action, found.status, found.recipient, found.message_id) == (
        "failed",
        "5.1.1",
        "buero@city.example",
        "reply+17.abc@bot.example",
    )


@pytest.mark.parametrize(
    ("head", "intact"),
    [
        (b"From: a@b.example\r\nSubject: x", True),
        (b"From: a@b.example\nSubject: x\n  y", True),
        (b"From sender Mon Jan 1\nFrom: a@b.example", True),  # mbox
        (b"From: a@b.example\nkein Feld\nFrom: evil@x.example", False),  # Python stops at the line, others do not
        (b"From : evil@x.example\nFrom: a@b.example", False),  # some take the first for a From
        (b"X: y\rFrom: a@b.example", False),  # a line break for Python, not for a mail server
        (b"From: a@b.example\0", False),
    ],
)
def test_a_header_that_programs_read_differently_is_not_intact(head, intact):
    assert parse(head + b"\n\nx").headers.intact is intact


def test_html_tables_and_styles_do_not_grow():
    assert len(text_of_html("<table>" + "<tr><td>a</td><td>b</td></tr>" * 1_000 + f"<tr><td>{'x' * 10_000}")) < 20_000
    assert len(text_of_html('<p style="margin-top:9999em;padding-left:9999em">x</p>')) < 10


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_make_it_raise(content):
    assert isinstance(parse(content), Mail | Unreadable)


# Codecs of Python; not all are charsets, and some of the others raise at whatever they are given.
CODECS = sorted({*aliases, *aliases.values(), "idna", "undefined", "punycode", "unicode_escape", "raw_unicode_escape"})


@given(
    codec=st.sampled_from(CODECS),
    kind=st.sampled_from(["text/plain", "text/html", "multipart/report", "image/png"]),
    content=st.binary(max_size=50),
)
@example("undefined", "multipart/report", b"\xff\xfe\x80 body")
@example("idna", "text/plain", b"\xff body")
def test_a_mail_is_read_whatever_charset_it_claims(codec, kind, content):
    read = parse(raw(content, f"Content-Type: {kind}; charset={codec}", "Content-Transfer-Encoding: 8bit"))
    assert isinstance(read, Mail)
    read.text.encode()


def test_words_get_through_in_every_charset_that_can_write_them():
    for codec in CODECS:
        try:
            content = "Bitte kommen Sie mit.".encode(codec)
        except (LookupError, UnicodeError):  # base64 and others: no charsets, and the next test's
            continue
        if codecs.lookup(codec).name != "punycode":  # writes a name, not a text
            read = parse(raw(content, f"Content-Type: text/plain; charset={codec}"))
            assert (codec, read.text.strip()) == (codec, "Bitte kommen Sie mit.")


@pytest.mark.parametrize(
    "codec",
    [
        "idna",
        "undefined",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "base64",
        "zlib",
        "rot13",
        "hex",
        "bz2",
        "mbcs",
    ],
)
def test_what_claims_a_codec_that_is_no_charset_is_utf8_or_western(codec):
    for encoding, words in (("utf-8", "Grüße, дякую"), ("cp1252", "Grüße")):
        read = parse(raw(words.encode(encoding), f"Content-Type: text/plain; charset={codec}"))
        assert read.text.strip() == words


_PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\r\n\r\n", b": ", b";", b'"', b"(", b"\\", b"\0", b"\xff", b"=?utf-8?b?", b"?=", b"--b",
        b"--b--", b"From: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed", b"multipart/alternative", b"text/html",
        b"multipart/report; report-type=delivery-status", b"message/delivery-status", b"message/rfc822", b"boundary=b",
        b"; charset=", b"utf-16", b"utf-7", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode",
        b"Content-Disposition: attachment; filename*0*=", b"''%ff", b"<table>", b"<!--", b"<a href=", b"References: <",
        b"begin 644 a", b"Action: failed",
    ]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(_PIECES | st.binary(max_size=5), max_size=60))
def test_no_pieces_of_mail_make_it_raise(pieces):
    read = parse(b"".join(pieces))
    read.headers.subject.encode()
    if isinstance(read, Mail):
        read.text.encode()
        assert "\0" not in read.text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        # a link and a paragraph that a program folded (RFC 3676)
        (b"Bitte hier \nbuchen: \nhttps://amt.example/termin/ver \nlaengern?x=1\n\nBis bald", "Bitte hier buchen: https://amt.example/termin/verlaengern?x=1\n\nBis bald"),
        (b"> alt und  \n> noch mehr\nNeu", "> alt und noch mehr\nNeu"),  # as the standard has it
        (b"> eins \n>> zwei", "> eins\n> > zwei"),  # another level: another paragraph
        (b"Ja \n-- \nAmt", "Ja\n-- \nAmt"),  # a signature does not flow
        (b" >kein Zitat", ">kein Zitat"),  # stuffed
    ],
)  # fmt: skip
def test_flowed_lines_are_joined(body, text):
    assert parse(raw(body, "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes")).text == text


def test_without_delsp_the_space_between_words_stays():
    assert parse(raw(b"eins \nzwei", "Content-Type: text/plain; format=flowed")).text == "eins zwei"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Schreiben Sie an amt@x.example<mailto:amt@x.example>.", "Schreiben Sie an amt@x.example."),
        ("Mehr: www.x.example<http://www.x.example/> und mehr", "Mehr: www.x.example und mehr"),
        ("Mehr <https://x.example/a>", "Mehr <https://x.example/a>"),  # the only one
        ("hier<https://x.example/a>", "hier<https://x.example/a>"),
        ("Ja.\n\n[cid:image001.png@01D0.ABC]", "Ja.\n\n"),
    ],
)
def test_what_exchange_writes_into_its_text_is_said_once(written, read):
    assert parse(raw(written.encode())).text == read.strip("\n")


def test_a_named_text_is_the_text_when_there_is_no_other():
    named = b'Content-Type: text/plain; name="antwort.txt"\n\nJa, gern.'
    only = parse(parts("multipart/mixed", named))
    assert (only.text, only.attachments) == ("Ja, gern.", ())
    beside = parse(parts("multipart/mixed", b"\n\nSiehe Datei", named))
    assert (beside.text, [each.name for each in beside.attachments]) == ("Siehe Datei", ["antwort.txt"])


def shown(html: str, size: int, kind: str = "multipart/mixed"):
    picture = b"Content-Type: image/png; name=bild.png\nContent-ID: <b@x>\nContent-Transfer-Encoding: base64\n\n"
    return parse(
        parts(
            kind,
            b"Content-Type: text/html; charset=utf-8\n\n" + html.encode(),
            picture + base64.b64encode(PNG + b"x" * size),
        )
    ).attachments


def test_pictures_of_a_signature_are_no_files():
    signature = "<p>Ja.</p><p>Mit freundlichen Grüßen<br>Kim Beispiel<br><img src='cid:b@x'></p>"
    assert shown(signature, 100) == ()
    assert shown(signature, 90_000) == ()  # a large logo
    assert shown("<p>Hier ist der Weg:</p><img src='cid:b@x'>", 100) == ()  # small: an emoji, a line
    assert len(shown("<p>Hier ist der Weg:</p><img src='cid:b@x'>", 90_000)) == 1
    assert len(shown("<p>Siehe Datei</p>", 100)) == 1  # nobody shows it: a file


def test_a_reaction_is_known_and_no_file():
    found = parse(
        parts(
            "multipart/alternative",
            "Content-Type: text/plain; charset=utf-8\n\n👍".encode(),
            b'Content-Type: text/vnd.google.email-reaction+json\n\n{"emoji":"x"}',
        )
    )
    assert (found.reaction, found.attachments) == (True, ())


def test_an_invitation_without_words_says_what_it_is():
    event = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Beratung\nDTSTART:20261208T093000Z\nLOCATION:Markt 1\\, Zimmer 4\n"
        b"DESCRIPTION:Bitte den\n  Pass mitbringen\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = parse(raw(event, "Content-Type: text/calendar; method=REQUEST"))
    assert found.calendar
    assert (
        found.text == "Beratung\nBeginn: 08.12.2026, 09:30 Uhr (UTC)\nOrt: Markt 1, Zimmer 4\nBitte den Pass mitbringen"
    )


OURS = "reply+17.abcdefghijklmnopqrst@bot.example"


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        # a comment, another word, none at all
        ("delivery-status", b"Final-Recipient: rfc822; a@x.example\nAction: failed (mailbox unknown)\nStatus: 5.1.1"),
        ("delivery-status", b"Final-Recipient: rfc822; a@x.example\nAction: Failure\nStatus: 5.1.1 (no such user)"),
        ("delivery-status", b"Final-Recipient: rfc822; a@x.example\nStatus: 5.1.1"),
        ("global-delivery-status", b"Final-Recipient: utf-8; a@x.example\nAction: failed\nStatus: 5.1.1"),
        ("global-delivery-status", b"Reporting-MTA: dns; mx\n\nFinal-Recipient: utf-8; a@x.example\nAction: failed\nStatus: 5.1.1"),
    ],
)  # fmt: skip
def test_failures_are_written_in_many_ways(kind, inside):
    if kind == "delivery-status":
        inside = b"Reporting-MTA: dns; mx\n\n" + inside
    mail = parts(
        "multipart/report; report-type=delivery-status",
        f"Content-Type: message/{kind}\n\n".encode() + inside,
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{OURS}>\n".encode(),
    )
    found = parse(mail).delivery
    assert (found.action, found.status, found.recipient, found.message_id) == ("failed", "5.1.1", "a@x.example", OURS)


@pytest.mark.parametrize(
    "mail",
    [
        raw(f"550 no such user\n\n--- The header ---\nMessage-ID: <{OURS}>".encode()),  # Exim, qmail
        raw(f"Reply-To: {OURS}".encode()),
        raw(f"Message-ID: <{OURS[:20]}=\n{OURS[20:]}>".encode(), "Content-Transfer-Encoding: quoted-printable"),
        parts("multipart/mixed", b"\n\nx", f"Content-Type: message/rfc822\n\nMessage-ID: <{OURS}>\n\nx".encode()),
        parts("multipart/mixed", b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(f"Message-ID: <{OURS}>".encode())),
    ],
)  # fmt: skip
def test_our_message_is_found_wherever_it_is_named(mail):
    assert parse(mail).mentions == (OURS,)
