"""Numbers that tell who somebody is: passport, AZR, file, account and phone numbers, found and masked.

Too much masked is a small harm (the asker sees it and can show the numbers), too little is a great one.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

MASK = "•"

_LETTER = r"[^\W\d_]"
_CALLED = "az|azr|gz|aktenzeichen|geschäftszeichen|file number|case number|passport number|passnummer"
_GROUPS = r"(?<![\w.,])\d{1,6}(?:[ .\-/]\d{1,6}){1,7}(?!\w)"
_PATTERNS = (
    # IBAN: DE89 3704 0044 0532 0130 00
    r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z\d]{4}){2,7}(?:[ -]?[A-Za-z\d]{1,3})?\b(?<=\d)",
    # passport or residence card: FE123456, N 012345678, АН 123456
    rf"\b{_LETTER}{{1,3}}\d{{6,9}}\b",
    r"\b[A-ZА-ЯІЇЄҐ]{1,2}[ -]\d{6,9}\b",
    # the same in groups: N0 123 4567, FX 123 456
    r"\b(?P<grouped>[A-ZА-ЯІЇЄҐ]{1,2}\d{0,2}(?:[ -]\d{2,5}){2,4})\b",
    # German serial number, nine characters without vowels: C01X00T47
    r"\b(?=(?:\w*\d){3})[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\b",
    # social insurance number: 65 170839 J 003
    r"\b\d{2} ?\d{6} ?[A-Z] ?\d{3}\b",
    # AZR, tax or customer number: seven digits and more, or nine in groups
    r"\b\d{7,}\b",
    r"\b\d{7,}(?:[ -]\d{2,}){1,5}\b",
    _GROUPS,
    # file number of an authority or a court: 33-4711/24, 32.1-AB-1234/2024, 5 K 1234/24
    r"\b\d{1,3}(?:[-. ](?:[A-Za-z]{1,4}|\d{1,4})){0,3}[-. ]\d{1,6}/\d{2,4}\b",
    # whatever is called a file number: Az. 2024/0815, AZR-Nr. 12 34
    rf"(?i:\b(?:{_CALLED})\b(?:[ -]?(?:nr|nummer|number|no)\b)?[.:# ]*)(?P<number>[\w./-]*\d[\w./-]*\b)",
)
_NUMBERS = tuple(re.compile(pattern) for pattern in _PATTERNS)
_GROUPED = _NUMBERS[_PATTERNS.index(_GROUPS)]
_GROUPED_DIGITS = 8
_LETTERED_DIGITS = 6
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY, _MONTH, _YEARS = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:(?:19|20)\d\d|\d\d)"
# Dates and times tell nobody.
_DATES = re.compile(
    rf"(?<![\w./-])(?:{_DAY}[./-] ?{_MONTH}[./-] ?{_YEARS}|(?:19|20)\d\d[./-]{_MONTH}[./-]{_DAY}"
    rf"|(?:[01]?\d|2[0-3])[:.][0-5]\d)(?![./]?\d)(?!-\d{{3}})"
)
_AMOUNT = re.compile(
    r"(?:[.,]\d\d?)? ?(?:€|\$|%|m²|euro|eur\b|usd|ev|євро|евро|يورو|یورو|avro|ዩሮ|yuuro|lei\b|zł|грн|руб|đồng)",
    re.IGNORECASE,
)
_CURRENCY_BEFORE = re.compile(r"(?:€|\$|EUR|Euro) ?$")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")


def spans(text: str) -> list[tuple[int, int]]:
    """Where such numbers stand: (start, end) in ``text``, sorted, possibly overlapping."""
    found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, "DE")]
    plain = _plain(text)
    if plain != text:
        found += [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(plain, "DE")]
    dateless = _DATES.sub(lambda date: "\x1f" * len(date.group()), plain)
    for pattern in _NUMBERS:
        for match in pattern.finditer(plain if "number" in pattern.groupindex else dateless):
            if pattern is _GROUPED and not _tells(dateless, match):
                continue
            if "grouped" in pattern.groupindex and _digits(_YEAR.sub("", match.group())) < _LETTERED_DIGITS:
                continue
            found.append(match.span("number" if "number" in pattern.groupindex else 0))
    return sorted(found)


def _plain(text: str) -> str:
    """The same length, with plain digits, spaces and hyphens: a number is one in whatever digits and spaces."""
    if text.isascii():
        return text
    plain = []
    for character in text.translate(_DASHES):
        digit = unicodedata.decimal(character, None)
        plain.append(" " if character.isspace() and character != "\n" else character if digit is None else str(digit))
    return "".join(plain)


def _tells(text: str, match: re.Match[str]) -> bool:
    """Whether a number in groups may tell who somebody is: not an amount, and no years."""
    if _digits(match.group()) < _GROUPED_DIGITS:
        return False
    if all(_YEAR.fullmatch(group) for group in re.split(r"\D", match.group())):
        return False
    return not _AMOUNT.match(text, match.end()) and not _CURRENCY_BEFORE.search(text[: match.start()][-6:])


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def masked(text: str) -> str:
    """``text`` with every letter and digit of such numbers replaced; everything else stands where it stood."""
    characters = list(text)
    for start, end in spans(text):
        for place in range(start, end):
            if characters[place].isalnum():
                characters[place] = MASK
    return "".join(characters)


# "My name is ..." in the languages of our askers, and what tells who somebody is besides: a birthday, a street.
_TELLING = re.compile(
    r"(?:\b(?:mein name ist|ich hei(?:ß|ss)e|(?:klientin|klient|frau|herrn?) (?-i:(?=[A-ZÄÖÜ]))"
    r"|(?:vor|nach)?name:"
    r"|my name(?:'s| is)|i am called|m(?:r|rs|s)\.? (?-i:(?=[A-Z]))"
    r"|je m.appelle|mon nom est|me llamo|mi nombre es|mă numesc|numele meu"
    r"|nazywam się|mam na imię|benim adım|adım|ismim"
    r"|меня зовут|моё имя|мое имя|мене звати|моє ім.я|tôi tên(?: là)?|tên tôi là|navê min|magacaygu(?: waa)?|magaceygu"
    r"|geboren(?: am)? (?=\d)|geb\. (?=\d)|born(?: on)? (?=\d)|né(?:e)? le|nacid[oa] el"
    r"|родил(?:ся|ась)|народи(?:вся|лася)|doğum tarihi(?:m)?"
    r"|wohnhaft in|anschrift|adresse:)"
    r"|(?:اسمي|إسمي|نام من|اسم من|نوم مې|زما نوم|ስመይ|ሽመይ))"
    r"(?:[^\n.,;!?؟]|\.(?=\d)){0,60}"
    r"|\b[A-ZÄÖÜ][\w-]{1,30}(?:straße|str\.|strasse|weg|allee|platz|gasse) \d{1,4}\b",
    re.IGNORECASE,
)


def telling(text: str) -> tuple[str, ...]:
    """Words of ``text`` that may tell who somebody is: a name after "my name is", a birthday, a street with number."""
    found = (" ".join(match.group().split()) for match in _TELLING.finditer(text[:20_000]))
    return tuple(dict.fromkeys(found))[:10]
