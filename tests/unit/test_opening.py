"""Whether an office is open: weekdays, holidays of three Länder, midnight, summer time; and how an asker reads it."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.content.entries import LAENDER, CityEntry, PlaceEntry
from bot.content.opening import fault, opening
from bot.conversation.events import Answer, Say
from bot.handover import working_days
from bot.presentation import formats
from bot.presentation.cards import Cards
from bot.presentation.compose import Composer
from bot.presentation.render import plain
from tests.conftest import ROOT

LANGUAGES = ("de", *sorted(path.parts[-3] for path in (ROOT / "translations").glob("*/LC_MESSAGES/lotse.po")))
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = "Mo-Th 09:00-12:00,14:00-16:00; Fr 09:00-12:00"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "change"),
    [
        # an ordinary week; 1 March 2027 is a Monday
        (OFFICE, "2027-03-01 08:59", False, "2027-03-01 09:00"),
        (OFFICE, "2027-03-01 09:00", True, "2027-03-01 12:00"),  # the first minute
        (OFFICE, "2027-03-01 12:00", False, "2027-03-01 14:00"),  # the first minute after
        (OFFICE, "2027-03-01 15:59", True, "2027-03-01 16:00"),
        (OFFICE, "2027-03-01 16:00", False, "2027-03-02 09:00"),
        (OFFICE, "2027-03-05 12:00", False, "2027-03-08 09:00"),  # Friday noon: Monday
        (OFFICE, "2027-03-07 23:59", False, "2027-03-08 09:00"),  # Sunday night
        ("Mo 09:00-12:00,12:00-16:00", "2027-03-01 10:00", True, "2027-03-01 16:00"),  # no gap at noon
        # midnight
        ("Fr 22:00-02:00", "2027-03-05 23:00", True, "2027-03-06 02:00"),
        ("Fr 22:00-02:00", "2027-03-06 01:59", True, "2027-03-06 02:00"),
        ("Fr 22:00-02:00", "2027-03-06 02:00", False, "2027-03-12 22:00"),
        ("Mo 09:00-24:00", "2027-03-01 23:59", True, "2027-03-02 00:00"),
        ("Mo-Su 00:00-24:00", "2027-03-01 23:59", True, "2027-03-26 00:00"),  # until Good Friday
        # summer time begins on 28 March 2027 at 2:00 and ends on 31 October 2027 at 3:00
        ("Sa 22:00-04:00", "2027-03-28 01:30", True, "2027-03-28 04:00"),
        ("Mo 09:00-12:00", "2027-03-27 10:00", False, "2027-04-05 09:00"),  # over Easter, into summer time
        ("Sa 22:00-04:00; PH 00:00-04:00", "2027-10-31 02:30", True, "2027-10-31 04:00"),  # 2:30 comes twice
        # longer than a week, and longer than a year
        ("Mo[1] 09:00-12:00", "2027-03-01 12:00", False, "2027-04-05 09:00"),
        ("2026 Mo 09:00-12:00", "2027-03-01 10:00", False, None),
        ("off", "2027-03-01 10:00", False, None),
        ("24/7", "2027-03-01 10:00", True, None),
        ("24/7", "2027-12-25 10:00", True, None),  # always is always
        # the office names days it is closed
        (f"{OFFICE}; 2027 Mar 01-05 off", "2027-03-01 10:00", False, "2027-03-08 09:00"),
        (f'{OFFICE}; Dec 20-Jan 05 off "Weihnachten; Neujahr"', "2027-12-21 10:00", False, "2028-01-06 09:00"),
        # more than the time decides: nothing is promised
        ('Mo 09:00-12:00; Tu 09:00-12:00 "nur mit Termin"', "2027-03-01 12:00", False, None),
    ],
)
def test_open_or_closed(hours, now, is_open, change):
    found = opening(hours, at(now), "TH")
    assert (found.is_open, found.change) == (is_open, at(change) if change else None)


@pytest.mark.parametrize("hours", ['"nach Vereinbarung"', 'Mo 09:00-12:00 "nur mit Termin"', "Mo 09:00-12:00 unknown"])
def test_nothing_is_said_where_more_than_the_time_decides(hours):
    assert opening(hours, at("2027-03-01 10:00"), "TH") is None


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "change"),
    [
        # otherwise it is to be asked: open while it is certainly open, and no word where it may be
        ('Mo-Fr 09:00-12:00 || "nach Vereinbarung"', "2027-03-01 10:00", True, "2027-03-01 12:00"),
        ('Mo-Fr 09:00-12:00 || "nach Vereinbarung"', "2027-03-01 13:00", None, None),
        ('Mo-Fr 09:00-12:00 "|| ist kein Zeichen"', "2027-03-01 10:00", None, None),
    ],
)
def test_times_that_leave_something_to_ask(hours, now, is_open, change):
    found = opening(hours, at(now), "TH")
    assert (found and (found.is_open, found.change)) == (is_open and (is_open, at(change)))


CLOSED = ["12-24", "12-31", "2027-05-07"]


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "change"),
    [
        # 24 December 2027 is a Friday, the 31st too; 7 May 2027 is the Friday after Himmelfahrt
        (OFFICE, "2027-12-24 10:00", False, "2027-12-27 09:00"),
        (OFFICE, "2027-12-30 16:00", False, "2028-01-03 09:00"),
        (OFFICE, "2027-05-05 16:00", False, "2027-05-10 09:00"),  # the bridge day, once
        (OFFICE, "2028-05-05 10:00", True, "2028-05-05 12:00"),  # and no other year's
        (OFFICE, "2026-12-23 16:00", False, "2026-12-28 09:00"),  # over the holidays
        (f"{OFFICE}; Dec 24 09:00-11:00", "2027-12-24 10:00", True, "2027-12-24 11:00"),  # the place says otherwise
        ("24/7", "2027-12-24 10:00", True, None),
    ],
)
def test_days_on_which_a_city_is_closed(hours, now, is_open, change):
    found = opening(hours, at(now), "TH", CLOSED)
    assert (found.is_open, found.change) == (is_open, at(change) if change else None)


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2027-12-23", 1, "2027-12-27"),  # not on the 24th, nor at Christmas
        ("2027-12-30", 1, "2028-01-03"),
        ("2027-05-05", 2, "2027-05-11"),  # Himmelfahrt and the bridge day
        ("2028-05-04", 1, "2028-05-05"),
    ],
)
def test_they_are_no_working_days(asked, days, due):
    asked, due = date.fromisoformat(asked), date.fromisoformat(due)
    assert working_days.after(asked, days, "TH", CLOSED) == due
    assert working_days.between(asked, due, "TH", CLOSED) == days - 1
    assert working_days.is_working_day(due, "TH", CLOSED)
    assert not working_days.is_working_day(date(2027, 12, 24), "TH", CLOSED)


def test_a_citys_days_hold_for_its_own_places(small, catalogues):
    """A nationwide number is answered on Christmas Eve, where the city is closed."""
    city = small.city.model_copy(update={"closed": CLOSED})
    closed = dataclasses.replace(small, city=city)
    assert "Öffnet am Montag" in shown(closed, catalogues, "2027-12-24 10:00", hours=OFFICE)
    elsewhere = dataclasses.replace(closed, local_places=frozenset())
    assert "Jetzt geöffnet" in shown(elsewhere, catalogues, "2027-12-24 10:00", hours=OFFICE)


@pytest.mark.parametrize("day", ["12-24", "02-29", "2027-05-07"])
def test_a_day_of_city_yaml(small, day):
    assert CityEntry(name="A", land="TH", languages=["de"], office="a", closed=[day]).closed == [day]


@pytest.mark.parametrize("day", ["24.12.", "13-24", "12-32", "Heiligabend", "2027-02-29"])
def test_a_day_that_is_none(day):
    with pytest.raises(ValidationError, match="is no day"):
        CityEntry(name="A", land="TH", languages=["de"], office="a", closed=[day])


@pytest.mark.parametrize("lang", ["en_US.UTF-8", "tr_TR.UTF-8", "uk", "C"])
def test_the_servers_language_changes_nothing(monkeypatch, lang):
    for name in ("LANG", "LANGUAGE", "LC_ALL"):
        monkeypatch.setenv(name, lang)
    names = country_holidays("DE", subdiv="TH", years=2031, language="de")
    assert names[date(2031, 4, 11)] == "Karfreitag"
    assert not opening(OFFICE, at("2031-04-11 10:00"), "TH").is_open


@pytest.mark.parametrize(
    ("day", "name", "closed_in"),
    [
        ("2024-10-31", "Reformationstag, a Thursday", {"TH", "ST"}),
        ("2024-09-20", "Weltkindertag, a Friday", {"TH"}),
        ("2027-05-27", "Fronleichnam", {"RP"}),
        ("2027-01-06", "Heilige Drei Könige", {"ST"}),
        ("2027-11-01", "Allerheiligen", {"RP"}),
        ("2027-03-08", "Frauentag, a holiday in Berlin", set()),
        ("2027-03-26", "Karfreitag", {"TH", "ST", "RP", None}),
        ("2027-03-29", "Ostermontag", {"TH", "ST", "RP", None}),
        ("2027-05-06", "Himmelfahrt", {"TH", "ST", "RP", None}),
        ("2028-10-03", "Tag der Deutschen Einheit", {"TH", "ST", "RP", None}),
        ("2027-12-24", "Heiligabend is no public holiday", set()),
    ],
)
def test_public_holidays_are_those_of_the_land(day, name, closed_in):
    closed = {land for land in ("TH", "ST", "RP", None) if not opening(OFFICE, at(f"{day} 10:00"), land).is_open}
    assert closed == closed_in, name


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "change"),
    [
        # Reformationstag in Thuringia is Thursday, 31 October 2024
        (OFFICE, "2024-10-30 16:00", False, "2024-11-01 09:00"),  # over the holiday
        (OFFICE, "2024-10-31 00:00", False, "2024-11-01 09:00"),
        (f"{OFFICE}; PH off", "2024-10-31 10:00", False, "2024-11-01 09:00"),
        (f"{OFFICE}; PH 10:00-11:00", "2024-10-31 09:30", False, "2024-10-31 10:00"),  # holidays have their own hours
        (f"{OFFICE}; PH 10:00-11:00", "2024-10-31 10:30", True, "2024-10-31 11:00"),
        (f"PH 10:00-11:00; {OFFICE}", "2024-10-31 11:00", False, "2024-11-01 09:00"),  # in any order
        ("Mo-Fr,PH 09:00-12:00", "2024-10-31 10:00", True, "2024-10-31 12:00"),  # open as on other days
        ("PH,Su 10:00-11:00", "2024-10-31 10:00", True, "2024-10-31 11:00"),
        ('Mo-Fr 09:00-12:00 "PH"', "2024-10-31 10:00", False, None),  # a comment names nothing
        ("24/7; PH off", "2024-10-31 10:00", False, "2024-11-01 00:00"),
        # a holiday next year is known this year: 1 January 2028 is a Saturday
        ("Sa 09:00-12:00", "2027-12-25 10:00", False, "2028-01-08 09:00"),
        ("Fr 09:00-12:00", "2026-12-31 23:00", False, "2027-01-08 09:00"),  # New Year's Day is a Friday
    ],
)
def test_what_hours_say_of_holidays(hours, now, is_open, change):
    found = opening(hours, at(now), "TH")
    assert (found.is_open, found.change) == (is_open, at(change) if change else None)


def test_a_year_before_the_clocks_go_forward():
    assert opening("Mo-Su 09:00-12:00", at("2028-03-25 02:00"), "TH").change == at("2028-03-25 09:00")


@pytest.mark.parametrize("land", LAENDER)
def test_every_land_has_holidays(land):
    assert not opening("24/7; PH off", at("2027-05-01 10:00"), land).is_open


DAYS = st.sampled_from(["Mo", "Tu-Th", "Mo,We", "Sa", "Mo-Su"])
TIMES = st.sampled_from(["09:00-12:00", "08:00-12:00,13:00-18:00", "00:00-24:00", "14:30-16:00"])
RULES = st.lists(st.tuples(DAYS, TIMES).map(" ".join), min_size=1, max_size=3).map("; ".join)


@given(
    RULES,
    st.datetimes(*(at(f"{year}-01-01").replace(tzinfo=None) for year in (2024, 2035))),
    st.sampled_from([*LAENDER, None]),
)
def test_it_changes_when_it_says(hours, now, land):
    now = now.replace(tzinfo=BERLIN)
    found = opening(hours, now, land)
    assert now < found.change <= now + timedelta(days=365)
    assert opening(hours, found.change, land).is_open is not found.is_open
    if found.change - now > timedelta(minutes=1):
        assert opening(hours, found.change - timedelta(minutes=1), land).is_open is found.is_open


@pytest.mark.parametrize(
    ("hours", "what"),
    [
        ("Mo-Do 09:00-12:00", 'Not understood from "Do 09:00-12:00" on. Write it like this: Mo-Th'),
        ("Mo-Fr 9-12", 'Not understood from "9-12" on.'),
        ("nach Vereinbarung", 'Not understood from "nach Vereinbarung" on.'),
        ("Mo-Fr 09:00-12:00;", "Write it like this"),
        ("mo-fr 09:00-12:00", "should be capitalized"),
        ("Mo-Fr 09:00+", "Write when it closes"),
        ("Mo-Fr sunrise-12:00", "The sun is not known"),
        ("Mo-Fr 09:00-12:00; SH off", "no school holidays"),
        ("PH -1 day 09:00-12:00", "Write PH alone"),
        # valid, and another thing than the clerk means
        ("Mo, We 08:00-13:00", "Mo, with a space behind the comma is the whole day. Write Mo,We 08:00-13:00."),
        ("Mo[1], We[2] 08:00-13:00", "Mo[1], with a space behind the comma"),
        ("PH, Su 10:00-12:00", "PH, with a space"),
        ("Dec 24, Dec 31 off; Mo-Fr 09:00-12:00", "Dec 24, with a space"),
        ("Mo-Fr", "Mo-Fr without a time is the whole day"),
        ("Mo-Fr 09:00-12:00; Sa", "Sa without a time is the whole day"),
        ('Mo-Fr 09:00-12:00; "nach Vereinbarung"', "A comment alone replaces all before it. Write || in front"),
        ("Mo-Fr 08:00-12:00, Tu 14:00-16:00", ""),  # besides
        ("Mo-Fr 09:00-12:00, 14:00-16:00", ""),
        ('Mo-Fr 09:00-12:00 || "nach Vereinbarung"', ""),
        ('"nach Vereinbarung"', ""),
        # nobody has words for these in every language
        ("week 2-52/2 Mo 09:00-12:00", "Every second week"),
        ("easter -2 days off; Mo-Fr 09:00-12:00", "Days before or after Easter"),
        ("Mo[-2] 09:00-12:00", "only the last one is known"),
        ("Mo 09:00-12:00 unknown", 'Mo 09:00-12:00 "by appointment"'),
        ("Mo[-1] 09:00-12:00", ""),
        ("week 10-20 Mo 09:00-12:00", ""),
        ("Dec PH 10:00-11:00", "PH (public holidays) needs a rule of its own"),
        (OFFICE, ""),
        (f'{OFFICE}; PH off "SH+"', ""),
    ],
)
def test_faults(hours, what):
    assert what in fault(hours)
    assert bool(what) == bool(fault(hours))


@given(st.text(max_size=40))
def test_any_text_is_a_fault_or_can_be_asked(hours):
    if not fault(hours):
        opening(hours, at("2027-03-01 10:00"), "TH")


def shown(small, catalogues, now, language="de", land="TH", **fields):
    """What a place with ``fields`` shows below an answer."""
    place = PlaceEntry(id="integration-office", name="Amt", source="erfunden", as_of="2027", **fields)
    city = small.city.model_copy(update={"land": land})
    knowledge = dataclasses.replace(small, city=city, places={**small.places, "integration-office": place})
    say = Say((Answer("appointment-book"),))
    return plain(Composer(knowledge, catalogues).compose(say, language, now=at(now).timestamp()).blocks)


@pytest.mark.parametrize(
    ("language", "now", "line"),
    [
        ("de", "2027-03-01 09:00", "Jetzt geöffnet, bis 12:00 Uhr."),
        ("de", "2027-03-01 12:30", "Jetzt geschlossen. Öffnet heute um 14:00 Uhr."),
        ("de", "2027-03-01 16:00", "Jetzt geschlossen. Öffnet am Dienstag um 09:00 Uhr."),
        ("de", "2027-03-25 16:00", "Jetzt geschlossen. Öffnet am Dienstag um 09:00 Uhr."),  # Easter: five days
        ("de-simple", "2027-03-01 16:00", "Jetzt ist geschlossen. Wieder offen: Dienstag, ab 09:00 Uhr."),
        ("en", "2027-03-01 16:00", "Closed now. Opens on Tuesday at 09:00."),
        ("uk", "2027-03-01 16:00", "Зараз зачинено. Наступне відкриття: вівторок, 09:00."),
        ("ru", "2027-03-01 16:00", "Сейчас закрыто. Следующее открытие: вторник, 09:00."),
        # in writing from right to left the time stands in isolates
        ("ar", "2027-03-01 09:00", "مفتوح الآن حتى الساعة \u206812:00\u2069."),
        ("ar", "2027-03-01 16:00", "مغلق الآن. يفتح يوم \u2068الثلاثاء\u2069 الساعة \u206809:00\u2069."),
        ("fa", "2027-03-01 16:00", "اکنون بسته است. \u2068سه‌شنبه\u2069 ساعت \u20689:00\u2069 باز می‌شود."),
        ("ps", "2027-03-01 09:00", "اوس خلاص دی، تر \u206812:00\u2069 بجو پورې."),
        ("tr", "2027-03-01 16:00", "Şu anda kapalı. Açılış: Salı, saat 09:00."),
        ("fr", "2027-03-01 16:00", "Fermé maintenant. Ouvre mardi à 09:00."),
        ("vi", "2027-03-01 16:00", "Bây giờ đang đóng cửa. Mở cửa lại: Thứ Ba, lúc 9:00."),
        ("es", "2027-03-01 16:00", "Cerrado ahora. Abre el martes a las 9:00."),
        ("ro", "2027-03-01 16:00", "Închis acum. Se deschide marți la 09:00."),
        ("pl", "2027-03-01 16:00", "Teraz zamknięte. Najbliższe otwarcie: wtorek, 09:00."),
        # Pashto was read before these: Babel must not lend them its days
        ("ti", "2027-03-01 16:00", "ሕጂ ዕጹው እዩ። ሰሉስ 09:00 (ሰዓት ጀርመን) ይኽፈት።"),
        ("kmr", "2027-03-01 16:00", "Niha girtî ye. Dema vebûnê: sêşem, saet 09:00."),
        ("so", "2027-03-01 16:00", "Hadda waa xiran yahay. Wuxuu furmayaa Talaado, 09:00 (saacadda Jarmalka)."),
    ],
)
def test_what_askers_read(small, catalogues, language, now, line):
    topic = small.topics["appointment-book"]
    words = {**topic.words, language: topic.words["de"]}
    knowledge = dataclasses.replace(
        small, topics={**small.topics, "appointment-book": dataclasses.replace(topic, words=words)}
    )
    read = shown(knowledge, catalogues, now, language, hours=OFFICE).replace("\u200f", "")  # right-to-left marks
    assert line in read.splitlines()


@pytest.mark.parametrize(
    ("now", "fields", "line"),
    [
        ("2027-03-01 10:00", {"phone_hours": OFFICE}, "Telefonisch jetzt erreichbar, bis 12:00 Uhr."),
        (
            "2027-03-01 13:00",
            {"phone_hours": OFFICE},
            "Telefonisch jetzt nicht erreichbar. Wieder erreichbar heute ab 14:00 Uhr.",
        ),
        (
            "2027-03-05 13:00",
            {"phone_hours": OFFICE},
            "Telefonisch jetzt nicht erreichbar. Wieder erreichbar am Montag ab 09:00 Uhr.",
        ),
        ("2027-03-01 10:00", {"phone_hours": "24/7"}, "Telefonisch jetzt erreichbar."),
        ("2027-03-01 10:00", {"phone_hours": "off"}, "Telefonisch jetzt nicht erreichbar."),
        ("2027-03-01 10:00", {"hours": "Mo-Su 00:00-24:00"}, "Jetzt geöffnet."),  # not until a day in weeks
        ("2027-03-01 10:00", {"hours": "off"}, "Jetzt geschlossen."),
        ("2027-03-05 23:00", {"hours": "Fr 22:00-02:00"}, "Jetzt geöffnet, bis 02:00 Uhr."),
        # a week and more ahead the weekday alone would mislead
        (
            "2027-03-01 16:00",
            {"hours": f"{OFFICE}; Mar 02-10 off"},
            "Jetzt geschlossen. Öffnet am Donnerstag, 11. März 2027 um 09:00 Uhr.",
        ),
        (
            "2027-03-01 16:00",
            {"hours": "Mo 09:00-12:00"},
            "Jetzt geschlossen. Öffnet am Montag, 8. März 2027 um 09:00 Uhr.",
        ),
        # Fronleichnam, a Thursday, in Landau's Land alone
        ("2027-05-27 10:00", {"hours": OFFICE, "land": "RP"}, "Jetzt geschlossen. Öffnet am Freitag um 09:00 Uhr."),
        ("2027-05-27 10:00", {"hours": OFFICE, "land": "TH"}, "Jetzt geöffnet, bis 12:00 Uhr."),
    ],
)
def test_hours_and_phone_hours(small, catalogues, now, fields, line):
    assert line in shown(small, catalogues, now, **fields).splitlines()


def test_hours_are_those_of_the_citys_clock(small, catalogues):
    """9:30 in Berlin is 8:30 in London."""
    london = dataclasses.replace(small, city=small.city.model_copy(update={"time_zone": "Europe/London"}))
    text = shown(london, catalogues, "2027-03-01 09:30", hours=OFFICE)
    assert "Öffnet heute um 09:00 Uhr" in text


def test_without_a_city_the_clock_is_berlins_and_only_all_germanys_holidays_hold(small, catalogues):
    place = PlaceEntry(id="office", name="Amt", source="erfunden", as_of="2027", hours=OFFICE)
    topic = dataclasses.replace(small.topics["appointment-book"], places=("office",))
    topics = {**small.topics, "appointment-book": topic}
    germany = dataclasses.replace(small, city=None, places={**small.places, "office": place}, topics=topics)
    composer = Composer(germany, catalogues)
    for day, line in (("2024-10-31", "Jetzt geöffnet, bis 12:00 Uhr."), ("2024-10-03", "Jetzt geschlossen.")):
        now = at(f"{day} 10:00").timestamp()
        assert line in plain(composer.compose(Say((Answer("appointment-book"),)), "de", now=now).blocks)


def test_unconfirmed_hours_promise_nothing_unless_the_words_show_them_with_the_note(small, catalogues):
    now, fields = "2027-03-01 10:00", {"hours": OFFICE, "unconfirmed": ["hours"], "email": "a@example.org"}
    text = shown(small, catalogues, now, **fields)
    assert "geöffnet" not in text
    assert "09:00" not in text
    topic = small.topics["appointment-book"]
    words = dataclasses.replace(topic.words["de"], local="Geöffnet: {integration-office.hours}")
    topics = {**small.topics, topic.id: dataclasses.replace(topic, words={**topic.words, "de": words})}
    text = shown(dataclasses.replace(small, topics=topics), catalogues, now, **fields)
    assert "Jetzt geöffnet, bis 12:00 Uhr." in text
    assert "konnten wir nicht bestätigen" in text


def test_hours_that_the_words_name_already_are_not_repeated(small, catalogues):
    topic = small.topics["appointment-book"]
    words = dataclasses.replace(topic.words["de"], local="Geöffnet: {integration-office.hours}")
    topics = {**small.topics, topic.id: dataclasses.replace(topic, words={**topic.words, "de": words})}
    text = shown(dataclasses.replace(small, topics=topics), catalogues, "2027-03-01 10:00", hours=OFFICE)
    assert text.count("Mo–Do 09:00–12:00") == 1
    assert text.count("Jetzt geöffnet, bis 12:00 Uhr.") == 1


@pytest.mark.parametrize(
    ("hours", "language", "line"),
    [
        ("Mo-Fr 09:00-12:00; PH off", "de", "Öffnungszeiten: Mo–Fr 09:00–12:00; Feiertage geschlossen"),
        ("Mo-Fr,PH 09:00-12:00", "en", "Opening hours: Mon–Fri, public holidays 09:00–12:00"),
        ("24/7", "en", "Opening hours: around the clock"),
        ("Dec 20-31 off", "de", "Öffnungszeiten: Dez 20–31 geschlossen"),
        ('Mo 09:00-12:00 "PH off"', "de", 'Öffnungszeiten: Mo 09:00–12:00 "PH off"'),  # an editor's own words stay
    ],
)
def test_hours_in_words(small, catalogues, hours, language, line):
    assert line in shown(small, catalogues, "2027-03-01 10:00", language, hours=hours).splitlines()


@pytest.mark.parametrize(
    ("hours", "language", "said"),
    [
        # one form of time in a language, the same as in "open until"
        ("Mo-Fr 09:00-12:00", "vi", "Thứ 2–Thứ 6 9:00–12:00"),
        ("Mo-Fr 09:00-24:00", "es", "lun–vie 9:00–24:00"),
        ("Mo-Fr 9:00-12:00", "de", "Mo–Fr 09:00–12:00"),
        # nothing of OpenStreetMap's own stays
        ('Mo 09:00-12:00 || "nach Vereinbarung"', "de", 'Mo 09:00–12:00 sonst "nach Vereinbarung"'),
        ("week 10-20 Mo 09:00-12:00", "de", "Kalenderwoche 10–20 Mo 09:00–12:00"),
        ("week10-20 Mo 09:00-12:00", "fr", "semaine 10–20 lun 09:00–12:00"),
        ("Mo[1,3] 09:00-12:00", "de", "Mo (Nr. 1, 3 im Monat) 09:00–12:00"),
        ("Fr[-1] 09:00-12:00", "en", "Fri (the last of the month) 09:00–12:00"),
        ("Mo-Fr 09:00-12:00; easter off", "tr", "Pzt–Cum 09:00–12:00; Paskalya Pazarı kapalı"),
        ('Mo 09:00-12:00 open "nur mit Termin, PH"', "de", 'Mo 09:00–12:00 "nur mit Termin, PH"'),
    ],
)
def test_every_sign_has_words(small, catalogues, hours, language, said):
    assert (
        formats.hours(hours, language, Cards(small, Composer(small, catalogues).sentence).hour_words(language)) == said
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_shows_raw_signs(small, catalogues, language):
    hours = 'week 10-20 Mo[1] 09:00-12:00; Fr[-1] 09:00-12:00; easter off; PH off; Sa 24/7 || "x"'
    words = Cards(small, Composer(small, catalogues).sentence).hour_words(language)
    said = formats.hours(hours, language, words)
    assert not re.search(r"\b(week1?0?|easter|PH|off|24/7)\b|\|\||\[|\{", said.removeprefix("calendar week")), said


def test_times_are_said_in_words_only_where_they_are_certain(small, catalogues):
    text = shown(small, catalogues, "2027-03-01 10:00", hours='Mo-Fr 09:00-12:00 "nur mit Termin"')
    assert "Öffnungszeiten: Mo–Fr 09:00–12:00" in text
    assert "Jetzt" not in text


def test_the_real_holidays_of_a_year_in_each_of_our_lands():
    """The list as the Länder publish it: a new release of `holidays` may not change it unseen."""
    own = {"TH": ["2027-09-20", "2027-10-31"], "ST": ["2027-01-06", "2027-10-31"], "RP": ["2027-05-27", "2027-11-01"]}
    everywhere = ["01-01", "03-26", "03-29", "05-01", "05-06", "05-17", "10-03", "12-25", "12-26"]
    for land, days in own.items():
        year = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
        closed = [d for d in year if not opening("24/7; PH off", at(f"{d} 10:00"), land).is_open]
        assert [str(d) for d in closed] == sorted([*days, *(f"2027-{d}" for d in everywhere)])
