"""Facts as a language writes them, and placeholders filled into Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType

import phonenumbers
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

from bot.content.entries import Fact
from bot.content.model import PLACEHOLDER, Knowledge, Topic
from bot.presentation.i18n import isolated, locale_of

_SHORT_NUMBER = 6  # 110, 116117: dialled as they are
_GERMANY = 49


def euro(amount: str, language: str) -> str:
    """ "93" as 93 €, "6.50" as 6,50 €. Ukrainian and Romanian would have EUR: askers see € on bills and forms."""
    locale, value = locale_of(language), Decimal(amount)
    pattern = locale.currency_formats["standard"].pattern
    if value == value.to_integral_value():
        pattern = re.sub(r"\.0+", "", pattern)
    return format_currency(value, "EUR", format=pattern, locale=locale, currency_digits=False).replace("EUR", "€")


def day(value: str, language: str) -> str:
    """ "2026-02-09", "2026-02" or "2026" in the words of the language."""
    locale = locale_of(language)
    match value.count("-"):
        case 0:
            return value
        case 1:
            # The skeleton, not "MMMM y": a month without a day stands in the nominative (липень, not липня).
            return format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=locale)
        case _:
            return format_date(date.fromisoformat(value), "long", locale=locale)


def clock(moment: datetime, language: str) -> str:
    """The time of day, with 24 hours as it stands on the doors: 09:00, 9:00."""
    return isolated(format_skeleton("Hm", moment, tzinfo=moment.tzinfo, locale=locale_of(language)), language)


def next_day(moment: datetime, now: datetime, language: str) -> str:
    """The weekday of ``moment``; from a week after ``now`` on with the date, for there the weekday is not enough."""
    near = (moment.date() - now.date()).days < 7
    return isolated(format_date(moment, "EEEE" if near else "full", locale=locale_of(language)), language)


def phone(number: str) -> str:
    """National form, of numbers abroad the international one; short numbers stay as they are."""
    digits = re.sub(r"\D", "", number)
    if len(digits) <= _SHORT_NUMBER:
        return digits
    try:
        parsed = phonenumbers.parse(number, "DE")
    except phonenumbers.NumberParseException:
        return number
    abroad = parsed.country_code != _GERMANY
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL if abroad else phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(parsed, form)


def escape(text: str) -> str:
    """``text`` so that Markdown reads it as plain characters (Mitbürger*innen)."""
    return re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", text)


def link(url: str) -> str:
    """A bare address as Markdown."""
    return f"<{url}>"


def value(kind: str, text: str, language: str, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """One fact's value as Markdown in ``language``; kinds as in ``model.FACT_KINDS`` and ``PLACE_FIELDS``.

    ``words``: as in ``hours``.
    """
    match kind:
        case "euro":
            return isolated(euro(text, language), language)
        case "number":
            return isolated(format_decimal(Decimal(text), locale=locale_of(language)), language)
        case "date":
            return day(text, language)
        case "phone":
            return isolated(phone(text), language)
        case "url" | "email":
            return link(text)
        case "hours" | "phone_hours":
            return isolated(escape(hours(text, language, words)), language)
        case _:
            return isolated(escape(text), language)


_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_PART = re.compile(
    r"""(?P<comment>"[^"]*")|(?P<day>\b(?:Mo|Tu|We|Th|Fr|Sa|Su))\[(?P<nth>[\d,\s-]+)\]|(?P<hour>\b\d{1,2}):(?P<minute>\d\d)\b
    |(?P<code>24/7|\|\||\b[A-Za-z]+(?=\d|\b))|\s*(?P<sign>,)\s*|(?P<dash>-)|(?P<spaces>[ ]+)""",
    re.VERBOSE,
)


def hours(text: str, language: str, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """OpenStreetMap hours in the language's words: Mo-Th 09:00-15:00 as Mo–Do 09:00–15:00.

    ``words`` are the language's for what Babel does not know: PH, off, 24/7, ||, week, easter; ``nth`` and ``last``
    with {day} and {number}. Comments in "..." stay as they are.
    """
    locale = locale_of(language)
    # Not "stand-alone": where that is inherited, Babel gives the names of a language it has read before.
    days, months = locale.days["format"]["abbreviated"], locale.months["format"]["abbreviated"]
    names = {code: str(days[number]).rstrip(".") for number, code in enumerate(_DAYS)}
    names |= {code: str(months[number]).rstrip(".") for number, code in enumerate(_MONTHS, 1)}
    names |= {"open": ""} | dict(words)

    def said(found: re.Match[str]) -> str:
        match found.lastgroup:
            case "nth":
                which = "last" if found["nth"].strip() == "-1" else "nth"
                return words[which].format(day=names[found["day"]], number=re.sub(r"\s*,\s*", ", ", found["nth"]))
            case "minute" if int(found["hour"]) < 24:
                return format_skeleton("Hm", time(int(found["hour"]), int(found["minute"])), locale=locale)
            case "code":
                name = names.get(found["code"], found["code"])
                return f"{name} " if text[found.end() : found.end() + 1].isdecimal() else name
            case "sign":
                return ", "
            case "dash":
                return "–"
            case "spaces":
                return " "
        return found[0]

    return re.sub(r" +(?=[ ;]|$)", "", _PART.sub(said, text))


def fill(
    text: str,
    topic: Topic,
    knowledge: Knowledge,
    language: str,
    words: Mapping[str, str] = MappingProxyType({}),
    remark: Callable[[Fact], str] = lambda _: "",
) -> str:
    """``text`` with every placeholder replaced; one that stands for nothing (``check`` refuses it) is left out.

    ``words``: as in ``hours``. ``remark`` gives what has to be said of a fact where it stands, in brackets behind it.
    """

    def replaced(found: re.Match[str]) -> str:
        target = knowledge.resolve(topic, found.group(1))
        if target is None:
            return ""
        if isinstance(target, Fact):
            kind, raw = target.kind, target.value
        elif isinstance(target, str):
            kind, raw = "url", target
        else:
            kind, raw = target[1], target[0].get(target[1])
        if text[: found.start()].endswith("](") and kind in {"url", "email"}:
            return raw if kind == "url" else f"mailto:{raw}"
        shown = value(kind, raw, language, words)
        said = remark(target) if isinstance(target, Fact) else ""
        return f"{shown} ({said})" if said else shown

    return PLACEHOLDER.sub(replaced, text)


def unconfirmed_pages(texts: list[str], topic: Topic, knowledge: Knowledge) -> list[str] | None:
    """Official pages to check what no person has confirmed yet; None when everything shown is confirmed."""
    pages: list[str] = []
    found = False
    for text in texts:
        for match in PLACEHOLDER.finditer(text):
            target = knowledge.resolve(topic, match.group(1))
            if isinstance(target, Fact) and target.unconfirmed == "true":
                found = True
                pages += list(topic.links.values())[:1]
            elif isinstance(target, tuple) and target[1] in target[0].unconfirmed:
                found = True
                pages += [target[0].url] if target[0].url else list(topic.links.values())[:1]
    return list(dict.fromkeys(pages)) if found else None
