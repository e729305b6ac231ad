"""A place as people read it: its contact lines, whether it is open now, and where it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.content.entries import PlaceEntry
from bot.content.model import Knowledge
from bot.content.opening import opening
from bot.presentation import formats
from bot.presentation.i18n import begun
from bot.presentation.message import Venue

_OPENING = {  # open, open until, closed, opens today, opens on a later day
    "hours": ("open", "open-until", "closed", "opens-today", "opens-on"),
    "phone_hours": ("phone-open", "phone-open-until", "phone-closed", "phone-opens-today", "phone-opens-on"),
}
_VALUE = {"opening-hours": "hours", "phone": "phone", "phone-hours": "hours", "email": "email"}


class Sentence(Protocol):
    def __call__(self, key: str, language: str, **values: str | int) -> str: ...


class Cards:
    """Cards of one city's places; ``sentence`` gives the bot's own sentences."""

    def __init__(self, knowledge: Knowledge, sentence: Sentence) -> None:
        self._knowledge, self._say = knowledge, sentence

    def card(self, place: PlaceEntry, texts: list[str], language: str, now: datetime) -> str:
        """A place's contact lines: what is confirmed, and not said in the text above already.

        Whether it is open now stands wherever its hours are shown, here or above (there with the note to check).
        """
        said = " ".join(texts)
        lines = [f"**{formats.escape(place.name)}**"]
        for name, key in (
            ("address", ""),
            ("hours", "opening-hours"),
            ("phone", "phone"),
            ("phone_hours", "phone-hours"),
            ("email", "email"),
            ("url", ""),
        ):
            above = f"{{{place.id}.{name}}}" in said
            if not place.get(name) or (name in place.unconfirmed and not above):
                continue
            if not above:
                shown = formats.value(name, place.get(name), language, self.hour_words(language))
                lines.append(self._say(key, language, **{_VALUE[key]: shown}) if key else shown)
            if name in _OPENING and (state := self._opening(place, name, language, now)):
                lines.append(state)
        return "\n".join(begun(line, language) for line in lines) if len(lines) > 1 else ""

    def hour_words(self, language: str) -> dict[str, str]:
        """What stands for OpenStreetMap's own words in hours."""
        closed = self._say("hours-closed", language)
        return {
            "PH": self._say("hours-holidays", language),
            "off": closed,
            "closed": closed,
            "24/7": self._say("hours-always", language),
            "||": self._say("hours-else", language),
            "week": self._say("hours-week", language),
            "easter": self._say("hours-easter", language),
            "nth": self._say("hours-nth", language, day="{day}", number="{number}"),
            "last": self._say("hours-last", language, day="{day}"),
        }

    def _opening(self, place: PlaceEntry, name: str, language: str, now: datetime) -> str:
        """Whether it is open now, or the phone answered, and until when; "" where more than the time decides that."""
        city = self._knowledge.city if place.id in self._knowledge.local_places else None
        found = opening(place.get(name), now, self._knowledge.land, city.closed if city else ())
        if found is None:
            return ""
        open_, open_until, closed, opens_today, opens_on = _OPENING[name]
        change = found.change
        if change is None or (found.is_open and change - now >= timedelta(days=1)):
            return self._say(open_ if found.is_open else closed, language)
        time = formats.clock(change, language)
        if found.is_open or change.date() == now.date():
            return self._say(open_until if found.is_open else opens_today, language, time=time)
        return self._say(opens_on, language, day=formats.next_day(change, now, language), time=time)

    def whole(self, place: PlaceEntry, language: str, now: datetime) -> str:
        """A place on its own: also one of which nothing but the name is confirmed."""
        card = self.card(place, [], language, now) or f"**{formats.escape(place.name)}**"
        as_of = self._say("as-of", language, date=formats.day(place.as_of, language))
        return f"{card}\n\n_{as_of}_"

    def venue(self, place: PlaceEntry) -> Venue:
        """The map needs an address: where none is confirmed, the city's name."""
        city = self._knowledge.city.name if self._knowledge.city else "Deutschland"
        address = city if "address" in place.unconfirmed else place.address or city
        latitude, longitude = (float(part) for part in place.position.split(","))
        return Venue(place.name, address, latitude, longitude)
