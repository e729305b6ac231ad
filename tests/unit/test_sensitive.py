"""Numbers that tell who somebody is, found in what people write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.sensitive import MASK, masked, spans, telling


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # account
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN •••• •••• •••• •••• •••• •• bitte"),
        ("mein konto de89370400440532013000", "mein konto ••••••••••••••••••••••"),
        # passport and cards
        ("Pass FE123456", "Pass ••••••••"),
        ("паспорт АН 123456", "паспорт •• ••••••"),
        ("N 012345678 aus Syrien", "• ••••••••• aus Syrien"),
        ("Karte C01X00T47.", "Karte •••••••••."),
        ("رقم جوازي ١٢٣٤٥٦٧٨٩", "رقم جوازي •••••••••"),  # digits of other scripts
        # registers and offices
        ("AZR 160102014101", "AZR ••••••••••••"),
        ("AZR-Nr. 16 01", "AZR-Nr. •• 01"),  # the label's word and no more: see what follows
        ("160 102 014 101", "••• ••• ••• •••"),
        ("65 170839 J 003", "•• •••••• • •••"),
        ("BAMF 7654321-475", "BAMF •••••••-•••"),
        ("Az. 33-4711/24", "Az. ••-••••/••"),
        ("Aktenzeichen 2024/0815.", "Aktenzeichen ••••/••••."),
        ("Klage 5 K 1234/24 We", "Klage • • ••••/•• We"),
        # phone
        ("0361 655-1234", "•••• •••-••••"),
        ("ruf 0151 23456789 an", "ruf •••• •••••••• an"),
        ("+380 67 123 45 67", "+••• •• ••• •• ••"),
        # grouped by the spaces of phones and Word, by dots, in eight digits, with letters before
        ("AZR 160\u00a0102\u00a0014\u00a0101", "AZR •••\u00a0•••\u00a0•••\u00a0•••"),
        (
            "IBAN DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00",
            "IBAN ••••\u202f••••\u202f••••\u202f••••\u202f••••\u202f••",
        ),
        ("Steuer-ID 12.345.678.901", "Steuer-ID ••.•••.•••.•••"),
        ("Steuernummer 123-456-78", "Steuernummer •••-•••-••"),
        ("Steuernummer 123‑456‑78", "Steuernummer •••‑•••‑••"),  # with the hyphen that does not break
        ("Pass N0 123 4567", "Pass •• ••• ••••"),
        ("pasaport FX 123 456", "pasaport •• ••• •••"),
        ("رقمي ١٢٣ ٤٥٦ ٧٨٩ ٠١٢", "رقمي ••• ••• ••• •••"),
        ("شماره ۱۲.۳۴۵.۶۷۸.۹۰۱", "شماره ••.•••.•••.•••"),
        ("tel 0361\u00a06551234", "tel ••••\u00a0•••••••"),
        # as many digits as tell somebody, and one less
        ("Nr. 12 34 56 78", "Nr. •• •• •• ••"),
        ("Nr. 12 34 56 7", None),
        ("Pass N0 123 45", "Pass •• ••• ••"),
        ("Raum N0 12 34", None),
        ("1234567", "•••••••"),
        ("123456", None),
        ("Pass ABC1234567", "Pass ••••••••••"),
        ("Straße AB12345", None),
        # a file number is what is called so, in any writing
        ("AKTENZEICHEN: 77/A-1", "AKTENZEICHEN: ••/•-•"),
        ("GZ 815", "GZ •••"),
        ("Passnummer 4711", "Passnummer ••••"),
        ("my case number is 12", None),  # a word between
        ("case number 12-B", "case number ••-•"),
        ("azr nummer 16-01", "azr nummer ••-••"),
        # a date that a number goes on with is none
        ("12.03.2024-123", "••.••.••••-•••"),
        # amounts in our askers' languages
        ("12 000 000 євро", None),
        ("12 000 000 EURO", None),
        ("12 000 000 zł", None),
        ("12 000 000 ዩሮ", None),
        ("$ 12 000 000", None),
        ("12 000 000 Stück", "•• ••• ••• Stück"),
        # what tells nobody stays
        ("12 000 Euro", None),
        ("Euro 12 500 000", None),
        ("12\u202f000\u202f000 € Umsatz", None),
        ("von 12.000.000 EUR", None),
        ("EUR 45.000.000", None),
        ("am 21.11.2026 14:30 Uhr", None),
        ("21.11.2026 22.11.2026 23.11.2026", None),
        ("٢١.١١.٢٠٢٦ في ١٠:٣٠", None),
        ("2024 2025 2026", None),
        ("21-11-2026 bis 24/12/2026", None),
        ("B1 2025 2026", None),
        ("am 12.03.2024 um 10:30", None),
        ("seit 01.01.2025 bis 31.12.2025", None),
        ("2026-11-21", None),
        ("Schuljahr 2026/27, 2024-2025", None),
        ("99084 Erfurt", None),
        ("1.200 Euro oder 45.934,20 €", None),
        ("§ 24 Abs. 1, SGB II", None),
        ("Mo 09.00-12.00 Uhr, 24/7", None),
        ("110, 112 oder 116117?", None),
        ("3 Kinder, 12 Jahre", None),
    ],
)
def test_what_is_masked(text, shown):
    assert masked(text) == (text if shown is None else shown)


# what is written, what of it may tell who somebody is
@pytest.mark.parametrize(
    ("text", "told"),
    [
        # a name after "my name is", in our askers' languages
        ("Guten Tag, mein Name ist Anna Muster. Wo ist das Amt?", ["mein Name ist Anna Muster"]),
        ("Ich heiße Anna", ["Ich heiße Anna"]),
        ("ich heisse Anna", ["ich heisse Anna"]),
        ("Frau Muster braucht Hilfe", ["Frau Muster braucht Hilfe"]),
        ("Herrn Muster", ["Herrn Muster"]),
        ("Klientin Anna", ["Klientin Anna"]),
        ("Nachname: Muster", ["Nachname: Muster"]),
        ("my name is Anna", ["my name is Anna"]),
        ("My name's Anna", ["My name's Anna"]),
        ("I am called Anna", ["I am called Anna"]),
        ("Mrs. Muster", ["Mrs. Muster"]),
        ("je m'appelle Anna", ["je m'appelle Anna"]),
        ("mon nom est Anna", ["mon nom est Anna"]),
        ("me llamo Ana", ["me llamo Ana"]),
        ("mi nombre es Ana", ["mi nombre es Ana"]),
        ("mă numesc Ana", ["mă numesc Ana"]),
        ("numele meu Ana", ["numele meu Ana"]),
        ("nazywam się Anna", ["nazywam się Anna"]),
        ("mam na imię Anna", ["mam na imię Anna"]),
        ("benim adım Ayşe", ["benim adım Ayşe"]),
        ("ismim Ayşe", ["ismim Ayşe"]),
        ("Меня зовут Анна", ["Меня зовут Анна"]),
        ("мене звати Ганна", ["мене звати Ганна"]),
        ("tôi tên là An", ["tôi tên là An"]),
        ("navê min Azad", ["navê min Azad"]),
        ("magacaygu waa Amina", ["magacaygu waa Amina"]),
        ("اسمي أنا", ["اسمي أنا"]),
        ("نام من آنا", ["نام من آنا"]),
        ("زما نوم انا", ["زما نوم انا"]),
        ("ስመይ ኣና", ["ስመይ ኣና"]),
        # a birthday, a street
        ("geboren am 1.2.1990 in Kiew", ["geboren am 1.2.1990 in Kiew"]),
        ("geb. 1990", ["geb. 1990"]),
        ("born on 1 Feb", ["born on 1 Feb"]),
        ("né le 1 février", ["né le 1 février"]),
        ("nacida el 1 de febrero", ["nacida el 1 de febrero"]),
        ("родилась 1990", ["родилась 1990"]),
        ("народився 1990", ["народився 1990"]),
        ("doğum tarihim 1990", ["doğum tarihim 1990"]),
        ("wohnhaft in Musterstadt", ["wohnhaft in Musterstadt"]),
        ("Anschrift Musterweg", ["Anschrift Musterweg"]),
        ("Adresse: Musterweg", ["Adresse: Musterweg"]),
        ("Ich wohne in der Musterstraße 12", ["Musterstraße 12"]),
        ("Lange-Allee 3, hinten", ["Lange-Allee 3"]),
        # to the end of the sentence, no further; each once; lines are no matter
        ("mein Name ist\tAnna , und", ["mein Name ist Anna"]),
        ("Ich heiße A! Ich heiße B? Ich heiße A!", ["Ich heiße A", "Ich heiße B"]),
        ("Ich heiße\nAnna", ["Ich heiße"]),
        # what tells nobody
        ("die frau kommt morgen", []),  # no name follows
        ("der herr am Schalter", []),
        ("geboren wurde das Kind hier", []),
        ("Bahnhofstraße", []),
        ("musterstraße", []),
        ("Wo ist das Amt?", []),
    ],
)
def test_what_may_tell_who_somebody_is(text, told):
    assert telling(text) == tuple(told)


def test_no_more_of_it_is_shown_than_a_line_ten_times():
    (found,) = telling("Ich heiße " + "a" * 100)
    assert found == "Ich heiße " + "a" * 59  # and the space before
    assert len(telling("\n".join(f"Ich heiße A{number}" for number in range(20)))) == 10
    assert telling("x" * 20_000 + " Ich heiße Anna") == ()


@given(st.text(max_size=200))
def test_masking_changes_letters_and_digits_of_numbers_only(text):
    hidden = masked(text)
    assert len(hidden) == len(text)
    inside = {place for start, end in spans(text) for place in range(start, end)}
    for place, (before, after) in enumerate(zip(text, hidden, strict=True)):
        assert after == (MASK if place in inside and before.isalnum() else before)
    assert masked(hidden) == hidden


@pytest.mark.parametrize("text", ["1 " * 2048, "1-" * 2048, "A" * 4096, "az " + "1./-" * 1024, "0361 " * 800])
def test_a_hostile_message_takes_no_time(text):
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 2
