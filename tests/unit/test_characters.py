"""Letters get through whatever charset a mail program says that they are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mailing.characters import clean, decoded, from_bytes


@pytest.mark.parametrize(
    ("words", "written", "claimed"),
    [
        # the small name of a larger set, as Outlook writes it
        ("Mo–Fr 9–13 Uhr, „nur bar“: 30 €", "cp1252", "iso-8859-1"),
        ("Ağustos – Eylül", "cp1254", "iso-8859-9"),
        ("Święto – zamknięte", "cp1250", "iso-8859-2"),
        ("Ціна 50 € – „так“", "cp1251", "iso-8859-5"),
        ("9–13 Uhr", "cp1252", "iso-8859-15"),
        ("30 € im Café", "iso8859-15", "iso-8859-15"),
        ("“مرحبا” – نعم", "cp1256", "iso-8859-6"),
        ("漢字 ㈱", "cp932", "shift_jis"),
        ("镕基", "gb18030", "gb2312"),
        # UTF-8 under another name, and another one under its name
        ("Schöne Grüße – 9 Uhr", "utf-8", "iso-8859-1"),
        ("Дякую", "utf-8", "windows-1251"),
        ("Schöne Grüße aus Erfurt", "cp1252", "utf-8"),
        ("Приходите завтра в десять", "cp1251", "utf-8"),
        # no name at all
        ("Schöne Grüße", "utf-8", ""),
        ("Mañana está cerrado, señora", "cp1252", ""),
        ("L’accueil est fermé à midi", "cp1252", ""),
        ("Öğleden sonra görüşürüz, teşekkürler", "cp1254", ""),
        ("Proszę zadzwonić w środę, będę w biurze", "cp1250", ""),
        ("Приходите завтра в десять", "koi8-r", ""),
        ("Прийдіть, будь ласка, у середу", "cp1251", "x-unknown"),
        ("نحن نعمل من الاثنين إلى الجمعة", "cp1256", ""),
    ],
)
def test_words_come_as_they_were_written(words, written, claimed):
    assert from_bytes(words.encode(written), claimed) == words


def test_the_senders_language_helps_to_guess():
    assert from_bytes("ş".encode("cp1254"), "", "tr") == "ş"
    assert from_bytes("Müller".encode("cp1252"), "", "tr") == "Müller"


def test_what_cannot_be_read_is_a_sign():
    assert from_bytes("Дякую за ".encode() + b"\xd0", "utf-8") == "Дякую за �"
    assert clean("a\x96b\ud800c") == "a�b�c"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("Öffnung =?iso-8859-1?q?9=9613_Uhr?=", "Öffnung 9–13 Uhr"),
        ("Gr\udcfc\udcdfe =?utf-8?q?aus_Gera?=", "Grüße aus Gera"),  # raw bytes beside an encoded word
        ("=?utf-8?b?0JQ=?= =?utf-8?b?0Y8=?=", "Дя"),
        ("=?utf-8?q?=D0?= =?utf-8?q?=94?=", "Д"),  # cut within a letter
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),  # with a language
        ("a =?utf-8?q?b?=c", "a bc"),  # nothing between
        ("=?utf-8?q?zwei Worte?=", "zwei Worte"),  # a space that should not be there
        ("2 =? 3 ?= x", "2 =? 3 ?= x"),
    ],
)
def test_header_words(field, subject):
    assert decoded(field) == subject


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "iso-8859-1", "iso-8859-9", "x", "utf-7", "big5"]))
def test_no_bytes_are_too_odd(content, charset):
    clean(from_bytes(content, charset)).encode()
