"""Numbers that tell who somebody is: passport, AZR, file, account and phone numbers, found and masked.

Too much masked is a small harm (the asker sees it and can show the numbers), too little is a great one.
"""

from __future__ import annotations

import re

import phonenumbers

MASK = "•"

_LETTER = r"[^\W\d_]"
_CALLED = "az|azr|gz|aktenzeichen|geschäftszeichen|file number|case number|passport number|passnummer"
_PATTERNS = (
    # IBAN: DE89 3704 0044 0532 0130 00
    r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z\d]{4}){2,7}(?:[ -]?[A-Za-z\d]{1,3})?\b(?<=\d)",
    # passport or residence card: FE123456, N 012345678, АН 123456
    rf"\b{_LETTER}{{1,3}}\d{{6,9}}\b",
    r"\b[A-ZА-ЯІЇЄҐ]{1,2}[ -]\d{6,9}\b",
    # German serial number, nine characters without vowels: C01X00T47
    r"\b(?=(?:\w*\d){3})[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\b",
    # social insurance number: 65 170839 J 003
    r"\b\d{2} ?\d{6} ?[A-Z] ?\d{3}\b",
    # AZR, tax or customer number: seven digits and more, or nine in groups
    r"\b\d{7,}\b",
    r"\b\d{2,}(?:[ -]\d{2,}){1,5}\b",
    # file number of an authority or a court: 33-4711/24, 32.1-AB-1234/2024, 5 K 1234/24
    r"\b\d{1,3}(?:[-. ](?:[A-Za-z]{1,4}|\d{1,4})){0,3}[-. ]\d{1,6}/\d{2,4}\b",
    # whatever is called a file number: Az. 2024/0815, AZR-Nr. 12 34
    rf"(?i:\b(?:{_CALLED})\b(?:[ -]?(?:nr|nummer|number|no)\b)?[.:# ]*)(?P<number>[\w./-]*\d[\w./-]*\b)",
)
_NUMBERS = tuple(re.compile(pattern) for pattern in _PATTERNS)
_GROUPED = _NUMBERS[_PATTERNS.index(r"\b\d{2,}(?:[ -]\d{2,}){1,5}\b")]
_GROUPED_DIGITS = 9  # "2026-11-21" and "2026 2027" have eight: dates and years are no secret


def spans(text: str) -> list[tuple[int, int]]:
    """Where such numbers stand: (start, end) in ``text``, sorted, possibly overlapping."""
    found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, "DE")]
    for pattern in _NUMBERS:
        for match in pattern.finditer(text):
            if pattern is _GROUPED and sum(letter.isdigit() for letter in match.group()) < _GROUPED_DIGITS:
                continue
            found.append(match.span("number" if "number" in pattern.groupindex else 0))
    return sorted(found)


def masked(text: str) -> str:
    """``text`` with every letter and digit of such numbers replaced; everything else stands where it stood."""
    characters = list(text)
    for start, end in spans(text):
        for place in range(start, end):
            if characters[place].isalnum():
                characters[place] = MASK
    return "".join(characters)
