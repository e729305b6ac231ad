"""Numbers that tell who somebody is, found in what people write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.sensitive import MASK, masked, spans


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
