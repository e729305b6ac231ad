"""The knowledge as a city's askers get it: read-only, Germany's entries with the city's laid over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from bot.content.entries import TIME_ZONE, CityEntry, CrisisEntry, Fact, PlaceEntry


@dataclass(frozen=True)
class Words:
    """A topic's words in one language, the city's laid over Germany's."""

    title: str
    short: str = ""  # what stands on a button where the title is too wide
    questions: tuple[str, ...] = ()
    answer: str = ""
    local: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)
    must_match: tuple[str, ...] = ()
    machine: bool = False
    stale: bool = False  # the German text has changed since, and nobody has compared the two
    everywhere: tuple[str, str] = ("", "")  # title and answer as all Germany has them
    tested_by: str = ""  # the group whose test makes plain German Leichte Sprache


@dataclass(frozen=True)
class Topic:
    """One entry of the knowledge as one city's askers get it."""

    id: str
    group: str
    flags: frozenset[str]
    related: tuple[str, ...]
    places: tuple[str, ...]
    links: Mapping[str, str]
    facts: Mapping[str, Fact]
    sources: tuple[str, ...]
    as_of: str
    review_by: date
    words: Mapping[str, Words]
    law: tuple[str, ...] = ()
    see: Mapping[str, str] = field(default_factory=dict)
    leika: tuple[str, ...] = ()

    def words_for(self, languages: tuple[str, ...]) -> tuple[str, Words]:
        """The first of ``languages`` that has words, and these. Raises KeyError when none has."""
        for language in languages:
            if language in self.words:
                return language, self.words[language]
        raise KeyError(f"{self.id} has no words in {', '.join(languages)}")


@dataclass(frozen=True)
class Knowledge:
    """Everything the bot may say in one city. Never changed: a reload makes a new one."""

    city_id: str
    city: CityEntry | None
    topics: Mapping[str, Topic]
    places: Mapping[str, PlaceEntry]
    crisis: tuple[CrisisEntry, ...]
    outside: Mapping[str, tuple[str, ...]]
    smalltalk: Mapping[str, Mapping[str, tuple[str, ...]]]
    followups: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    personal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calm: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replies: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    cities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    local_places: frozenset[str] = frozenset()
    digest: str = field(default="", compare=False)  # of the files it was read from

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages offered: the city's list, else all that have words; German first."""
        having = {language for topic in self.topics.values() for language in topic.words}
        offered = self.city.languages if self.city else sorted(having, key=lambda code: (code != "de", code))
        return tuple(code for code in offered if code in having)

    @property
    def time_zone(self) -> str:
        """The clock that opening hours are read by."""
        return self.city.time_zone if self.city else TIME_ZONE

    @property
    def land(self) -> str | None:
        """Whose public holidays hold; None: only those of all Germany."""
        return self.city.land if self.city else None

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of their first topic."""
        return tuple(dict.fromkeys(topic.group for topic in self.topics.values()))

    def in_group(self, group: str) -> tuple[Topic, ...]:
        return tuple(topic for topic in self.topics.values() if topic.group == group)

    def resolve(self, topic: Topic, name: str) -> Fact | str | tuple[PlaceEntry, str] | None:
        """What the placeholder ``name`` in words of ``topic`` stands for; None when nothing.

        ``fact`` and ``link`` of the topic itself, ``place.field``, ``other-topic.fact``.
        """
        first, dot, second = name.partition(".")
        if not dot:
            return topic.facts.get(first) or topic.links.get(first)
        if (place := self.places.get(first)) is not None:
            return (place, second) if place.get(second) else None
        if (other := self.topics.get(first)) is not None:
            return other.facts.get(second) or other.links.get(second)
        return None


PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def placeholders(text: str) -> Iterator[str]:
    """Names in braces, in order."""
    return (match.group(1) for match in PLACEHOLDER.finditer(text))
