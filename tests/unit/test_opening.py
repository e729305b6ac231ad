"""Whether an office is open: weekdays, holidays of three Länder, midnight, summer time; and how an asker reads it."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.model import LAENDER, PlaceEntry
from bot.content.opening import fault, opening
from bot.conversation.events import Answer, Say
from bot.presentation.compose import Composer
from bot.presentation.render import plain

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
