"""From ``Say`` to a ``Message``: the words of the knowledge and the bot's own sentences, put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.content.model import Knowledge, PlaceEntry, Topic, Words
from bot.conversation.events import (
    Answer,
    Button,
    Emergency,
    Pin,
    PlaceCard,
    Preview,
    Quoted,
    Say,
    Sentence,
)
from bot.presentation import formats
from bot.presentation.i18n import Catalogues, fallbacks, name_in, own_name
from bot.presentation.message import Block, Label, Message, Venue

# Emergency numbers hold even where a broken knowledge base has lost them.
EMERGENCY = {"police": "110", "ambulance": "112"}


@dataclass(frozen=True)
class Composer:
    """Composes in one city's words. ``office`` is the name askers read; ``reply_days`` are working days."""

    knowledge: Knowledge
    catalogues: Catalogues

    @property
    def office(self) -> str:
        city = self.knowledge.city
        place = self.knowledge.places.get(city.office) if city else None
        return place.name if place else "Integrationsbüro"

    @property
    def reply_days(self) -> int:
        return int(self.knowledge.city.reply_days) if self.knowledge.city else 5

    def sentence(self, key: str, language: str, **values: str | int) -> str:
        """One of the bot's sentences, with what every sentence may name (city, office, emergency numbers)."""
        common: dict[str, str | int] = {
            "city": formats.escape(self.knowledge.city.name if self.knowledge.city else "Deutschland"),
            "office": formats.escape(self.office),
            "count": self.reply_days,
        }
        numbers = {
            id_: formats.value("phone", self.knowledge.places[id_].phone or default, language)
            if id_ in self.knowledge.places
            else default
            for id_, default in EMERGENCY.items()
        }
        return self.catalogues.sentence(language, key, {**common, **numbers, **values})

    def compose(self, say: Say, language: str, preview: str = "") -> Message:
        """One message. ``preview`` is the mail a ``Preview`` shows."""
        blocks: list[Block] = []
        venue = None
        for part in say.parts:
            match part:
                case Sentence():
                    blocks.append(Block("markdown", self._own(part, language)))
                case Emergency():
                    blocks.append(Block("markdown", self.sentence("emergency", language)))
                case Preview():
                    blocks.append(Block("verbatim", preview))
                case Answer(topic=id_, section=section) if id_ in self.knowledge.topics:
                    text = "\n\n".join(self._answer(self.knowledge.topics[id_], section, language))
                    blocks.append(Block("markdown", text))
                case PlaceCard(place=id_) if id_ in self.knowledge.places:
                    blocks.append(Block("markdown", self._whole_card(self.knowledge.places[id_], language)))
                case Pin(place=id_) if id_ in self.knowledge.places:
                    venue = self._venue(self.knowledge.places[id_])
                case Quoted():
                    blocks.append(Block("verbatim", part.text))
        buttons = tuple(tuple(self._label(button, language) for button in row) for row in say.buttons)
        return Message(tuple(blocks), buttons, say.edit, venue)

    def _own(self, sentence: Sentence, language: str) -> str:
        key, values = sentence.key, sentence.values
        if values.get("count") == 0 and key == "status":
            key = "status-none"
        elif values.get("count", 0) and key == "delete-confirm":
            key = "delete-confirm-open"
        if "date" in values:
            values = {**values, "date": formats.day(str(values["date"]), language)}
        return self.sentence(key, language, **values)

    def title(self, topic: str, language: str) -> str:
        """The topic's title in the language, or in the one askers get instead."""
        return self.knowledge.topics[topic].words_for(self._order(language))[1].title

    def language_of(self, topic: str | None, language: str) -> str:
        """The language an answer with ``topic`` comes in; without one, that of the bot's own sentences."""
        if topic is None:
            return self.catalogues.choose(language)
        return self.knowledge.topics[topic].words_for(self._order(language))[0]

    def _order(self, language: str) -> tuple[str, ...]:
        return (language, *fallbacks(language), *self.knowledge.languages)

    def _label(self, button: Button, language: str) -> Label:
        kind, _, name = button.label.partition(":")
        match kind:
            case "topic":
                text = self.title(name, language)
            case "language":
                text = own_name(name)
            case "group" | "section":
                text = self._named(kind, name, language)
            case "pin":
                text = f"📍 {self.knowledge.places[name].name}"
            case "join":
                text = self.sentence("button-join", language, number=name)
            case "withdraw":
                text = self.sentence("button-withdraw", language, number=name)
            case _:
                text = self.sentence(button.label, language)
        return Label(text, button.action.encode())

    def _named(self, kind: str, name: str, language: str) -> str:
        """Groups and sections have sentences; a group that an editor invented shows its own id."""
        try:
            return self.sentence(f"{kind}-{name}", language)
        except KeyError:
            return name.replace("-", " ").capitalize()

    def _answer(self, topic: Topic, section: str, language: str) -> Iterator[str]:
        used, words = topic.words_for(self._order(language))
        if used != language and not (language == "de-simple" and used == "de"):
            yield f"_{self.sentence('other-language', language, name=name_in(self.catalogues.choose(language), used))}_"
        heading = f"{words.title}: {self._named('section', section, used)}" if section else words.title
        yield f"**{formats.escape(heading)}**"
        texts = [words.sections.get(section, "")] if section else [words.answer]
        yield formats.fill(texts[0], topic, self.knowledge, used)
        if words.local and not section:
            texts.append(words.local)
            yield self.sentence("local", used) + "\n" + formats.fill(words.local, topic, self.knowledge, used)
        if not section:
            yield from (self._card(self.knowledge.places[id_], texts, used) for id_ in topic.places)
        yield from self._notes(topic, words, texts, used, section)

    def _card(self, place: PlaceEntry, texts: list[str], language: str) -> str:
        """A place's contact lines: what is confirmed, and not said in the text above already."""
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
            if not place.get(name) or name in place.unconfirmed or f"{{{place.id}.{name}}}" in said:
                continue
            shown = formats.value(name, place.get(name), language)
            lines.append(self.sentence(key, language, **{_VALUE[key]: shown}) if key else shown)
        return "\n".join(lines) if len(lines) > 1 else ""

    def _whole_card(self, place: PlaceEntry, language: str) -> str:
        """A place on its own: also one of which nothing but the name is confirmed."""
        card = self._card(place, [], language) or f"**{formats.escape(place.name)}**"
        as_of = self.sentence("as-of", language, date=formats.day(place.as_of, language))
        return f"{card}\n\n_{as_of}_"

    def _venue(self, place: PlaceEntry) -> Venue:
        """The map needs an address: where none is confirmed, the city's name."""
        city = self.knowledge.city.name if self.knowledge.city else "Deutschland"
        address = city if "address" in place.unconfirmed else place.address or city
        latitude, longitude = (float(part) for part in place.position.split(","))
        return Venue(place.name, address, latitude, longitude)

    def _notes(self, topic: Topic, words: Words, texts: list[str], language: str, section: str) -> Iterator[str]:
        pages = formats.unconfirmed_pages(texts, topic, self.knowledge)
        if pages is not None:
            contacts = " ".join(formats.link(page) for page in pages)
            yield self.sentence("unconfirmed", language, contacts=contacts)
        if topic.links and not section:
            links = ", ".join(f"[{formats.escape(_host(url))}]({url})" for url in dict.fromkeys(topic.links.values()))
            yield self.sentence("more-at", language, links=links)
        notes = []
        if "legal-caution" in topic.flags:
            notes.append(self.sentence("legal-caution", language))
        if "volatile" in topic.flags:
            notes.append(self.sentence("volatile", language))
        notes.append(self.sentence("as-of", language, date=formats.day(topic.as_of, language)))
        if words.machine:
            notes.append(self.sentence("machine", language))
        yield "\n".join(f"_{note}_" for note in notes)


_VALUE = {"opening-hours": "hours", "phone": "phone", "phone-hours": "hours", "email": "email"}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
