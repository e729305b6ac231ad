"""From ``Say`` to a ``Message``: the words of the knowledge and the bot's own sentences, put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.content.entries import Fact
from bot.content.model import Knowledge, Topic, Words, placeholders
from bot.content.said_inside import paragraph_of, said_of
from bot.content.widths import button_text
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
from bot.presentation.cards import Cards
from bot.presentation.i18n import Catalogues, fallbacks, name_in, own_name
from bot.presentation.message import Block, Label, Message, in_rows

# Emergency numbers hold even where a broken knowledge base has lost them.
EMERGENCY = {"police": "110", "ambulance": "112"}
LONG_TERM = 8  # letters: a shorter title may be any word
MANY_TERMS = 4


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

    def messages(self, say: Say, language: str, preview: str = "", *, now: float) -> tuple[Message, ...]:
        """As ``compose``; what a counsellor's client reads comes first, in a message that can be forwarded as it is."""
        curated = tuple(part for part in say.parts if isinstance(part, Answer | Emergency))
        topics = [part.topic if isinstance(part, Answer) else None for part in curated]
        if not say.client or all(self.language_of(topic, say.client) == "de" for topic in topics):
            return (self.compose(say, language, preview, now=now),)
        to_forward = self.compose(Say(curated), say.client, now=now)
        return to_forward, self.compose(replace(say, edit=False), language, preview, now=now)

    def compose(self, say: Say, language: str, preview: str = "", *, now: float) -> Message:
        """One message. ``preview`` is the mail a ``Preview`` shows; ``now`` (seconds since the epoch) what is open."""
        local = datetime.fromtimestamp(now, ZoneInfo(self.knowledge.time_zone))
        blocks: list[Block] = []
        venue = None
        for part in say.parts:
            match part:
                case Sentence():
                    blocks.append(Block("markdown", self._own(part, language)))
                case Emergency():
                    blocks += self._german_begins(say, language, None)
                    blocks.append(Block("markdown", self.sentence("emergency", "de" if say.client else language)))
                case Preview():
                    if language not in ("de", "de-simple"):
                        blocks.append(Block("markdown", self.sentence("preview-frame", language)))
                    blocks.append(Block("verbatim", preview))
                case Answer(topic=id_, everywhere=True) if id_ in self.knowledge.topics:
                    blocks.append(
                        Block("markdown", "\n\n".join(self._everywhere(self.knowledge.topics[id_], language)))
                    )
                case Answer(topic=id_, section=section, paragraph=at) if id_ in self.knowledge.topics:
                    blocks += self._german_begins(say, language, id_)
                    own = "de" if say.client else language
                    text = "\n\n".join(self._answer(self.knowledge.topics[id_], section, own, local, at))
                    blocks.append(Block("markdown", text))
                case PlaceCard(place=id_) if id_ in self.knowledge.places:
                    blocks.append(Block("markdown", self._cards.whole(self.knowledge.places[id_], language, local)))
                case Pin(place=id_) if id_ in self.knowledge.places:
                    venue = self._cards.venue(self.knowledge.places[id_])
                case Quoted():
                    blocks.append(Block("verbatim", part.text))
        labels = [[self._label(button, language) for button in row] for row in say.buttons]
        buttons = tuple(row for given in labels for row in in_rows(given))
        return Message(tuple(blocks), buttons, say.edit, venue)

    def _german_begins(self, say: Say, language: str, topic: str | None) -> list[Block]:
        """The line above the German wording of what a client reads in another language; else nothing."""
        if not say.client or self.language_of(topic, say.client) == "de":
            return []
        return [Block("markdown", self.sentence("in-german", language))]

    def _own(self, sentence: Sentence, language: str) -> str:
        key, values = sentence.key, sentence.values
        if values.get("count") == 0 and key == "status":
            key = "status-none"
        elif values.get("count", 0) and key == "delete-confirm":
            key = "delete-confirm-open"
        if "topic" in values:
            values = {**values, "topic": formats.escape(self.title(str(values["topic"]), language))}
        if "section" in values:
            values = {**values, "section": self._named("section", str(values["section"]), language)}
        if "date" in values:
            values = {**values, "date": formats.day(str(values["date"]), language)}
        return self.sentence(key, language, **values)

    def topic_titled(self, text: str) -> str:
        """The topic whose answer, or a section of it, ``text`` is, told by its first line; "" for none."""
        line = text.strip().partition("\n")[0].strip()
        begins = [line, *(line[: colon.start()] for colon in reversed(list(re.finditer(": ", line))))]
        return next((self._titled[begin] for begin in begins if begin in self._titled), "")

    @cached_property
    def _cards(self) -> Cards:
        return Cards(self.knowledge, self.sentence)

    @cached_property
    def _titled(self) -> dict[str, str]:
        """Whose each title is, in every language."""
        topics = reversed(list(self.knowledge.topics.values()))  # of two that share one, the first has it
        return {words.title: topic.id for topic in topics for words in topic.words.values()}

    def title(self, topic: str, language: str) -> str:
        """The topic's title in the language, or in the one askers get instead."""
        return self.knowledge.topics[topic].words_for(self._order(language))[1].title

    def group(self, group: str, language: str) -> str:
        """What a group of topics is called."""
        return self._named("group", group, language)

    def terms_in(self, german: str, language: str) -> list[tuple[str, str]]:
        """Titles of topics that occur in German words, escaped, each with what it is called in ``language``.

        Only titles of one or two words: they are terms (Fiktionsbescheinigung, Deutschlandticket), not sentences.
        """
        found, folded = [], " ".join(["", *re.findall(r"[\w-]+", german.casefold()), ""])
        for topic in self.knowledge.topics.values():
            term = self.title(topic.id, "de")
            words = " ".join(re.findall(r"[\w-]+", term.casefold()))
            own = self.title(topic.id, language)
            if 0 < len(words.split()) <= 2 and len(words) >= LONG_TERM and f" {words} " in folded and own != term:
                found.append((formats.escape(term), formats.escape(own)))
        return found[:MANY_TERMS]

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
                words = self.knowledge.topics[name].words_for(self._order(language))[1]
                text = button_text(words.title, words.short)
            case "language":
                text = own_name(name)
            case "group" | "section":
                text = self._named(kind, name, language)
            case "stay":
                text = self.sentence("button-stay", language, name=own_name(name))
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

    def _answer(
        self, topic: Topic, section: str, language: str, now: datetime, paragraph: int | None = None
    ) -> Iterator[str]:
        order = self._order(language)
        if section:  # not every language has every section
            order = tuple(code for code in order if section in topic.words.get(code, _NO_WORDS).sections) or order
        used, words = topic.words_for(order)
        if used != language and not (language == "de-simple" and used == "de"):
            yield f"_{self.sentence('other-language', language, name=name_in(self.catalogues.choose(language), used))}_"
        heading = f"{words.title}: {self._named('section', section, used)}" if section else words.title
        yield f"**{formats.escape(heading)}**"
        said, local = (words.sections.get(section, ""), "") if section else (words.answer, words.local)
        if section and not said:
            said, local = said_of(topic, words, section)
        if paragraph is not None:
            said, local = paragraph_of(topic, words, paragraph)
        texts = [said]

        def filled(text: str) -> str:
            hours = self._cards.hour_words(used)
            return formats.fill(text, topic, self.knowledge, used, hours, lambda fact: self._expired(fact, used, now))

        if said:
            yield filled(said)
        if local:
            texts.append(local)
            yield self.sentence("local", used) + "\n" + filled(local)
        if not section and paragraph is None:
            yield from (self._cards.card(self.knowledge.places[id_], texts, used, now) for id_ in topic.places)
        yield from self._notes(topic, words, texts, used, section)

    def _expired(self, fact: Fact, language: str, now: datetime) -> str:
        """What is said of a value from the day after ``valid_until`` on, until an editor has confirmed a new one."""
        if fact.valid_until is None or now.date() <= date.fromisoformat(fact.valid_until):
            return ""
        if fact.kind == "euro":
            return self.sentence("amount-of-year", language, year=fact.valid_until[:4])
        return self.sentence("as-of", language, date=formats.day(fact.valid_until, language))

    def _everywhere(self, topic: Topic, language: str) -> Iterator[str]:
        """What holds in all Germany: no paragraph that refers to a place or a page of this city."""
        used, words = topic.words_for(self._order(language))
        title, answer = words.everywhere
        yield f"**{formats.escape(title or self._named('group', topic.group, used))}**"
        for paragraph in answer.split("\n\n"):
            if any(name.partition(".")[0] in self.knowledge.local_places for name in placeholders(paragraph)):
                continue
            yield formats.fill(paragraph, topic, self.knowledge, used, self._cards.hour_words(used))
        for id_ in topic.places:
            if id_ not in self.knowledge.local_places:
                place = self.knowledge.places[id_]
                yield f"[{formats.escape(place.name)}]({place.url})" if place.url else formats.escape(place.name)

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
        if words.stale:
            notes.append(self.sentence("stale", language))
        if words.tested_by:
            notes.append(self.sentence("tested-by", language, group=formats.escape(words.tested_by)))
        yield "\n".join(f"_{note}_" for note in notes)


_NO_WORDS = Words("")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
