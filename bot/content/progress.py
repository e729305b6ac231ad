"""How far each language is: which texts are missing, stale, a machine's or reviewed, and what is due for review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.content.advice import REVIEW_SOON
from bot.content.entries import TopicEntry
from bot.content.hashing import german_hash, tested_by
from bot.content.problems import Problem
from bot.content.scopes import BASE, PLAIN, SOURCE, Scope, errors_but_blanks, read_scope
from bot.errors import KnowledgeError

# So long an answer is taken to hold after somebody has held it against its sources.
OLD = timedelta(days=3 * 365)
OLD_WITH = {"volatile": timedelta(days=365), "legal-caution": timedelta(days=2 * 365)}

State = Literal["missing", "stale", "machine", "reviewed"]
STATES: tuple[State, ...] = ("missing", "stale", "machine", "reviewed")  # the worst first


@dataclass(frozen=True)
class Overview:
    """``states``: topic to language to state. ``due``: topics whose review date is passed or near, or whose
    ``as_of`` is old for their flags. ``tested``: those whose plain German a group has tested, wherever it has words."""

    languages: tuple[str, ...]
    states: dict[str, dict[str, State]]
    due: frozenset[str]
    tested: frozenset[str] = frozenset()

    def totals(self) -> dict[str, dict[str, int]]:
        """Per language: topics, how many are in each state (these add up to the topics), how many are
        due, and how many a group has tested (plain German only)."""
        table: dict[str, dict[str, int]] = {}
        for language in self.languages:
            found = [row[language] for row in self.states.values()]
            counts: dict[str, int] = {state: found.count(state) for state in STATES}
            table[language] = {"topics": len(found), **counts, "due": len(self.due)}
            table[language]["tested"] = len(self.tested) if language == PLAIN else 0
        return table


def overview(files: Mapping[str, bytes], cities: Sequence[str], root: str, today: date) -> Overview:
    """Germany with ``cities`` (ids) laid over it. Raises KnowledgeError when a file cannot be read.

    Where several folders have words of a topic, the worst state counts. German is the source and counts as reviewed.
    Words with a blank of a template in them are missing. A city without a single text in a language asks for none in
    it, but for the topics that are its own.
    """
    problems: list[Problem] = []
    scopes = [read_scope(files, id_, root, problems) for id_ in (BASE, *cities)]
    if errors := errors_but_blanks(problems):
        raise KnowledgeError(errors)
    codes = {language for scope in scopes for language, _ in scope.words}
    codes |= {language for scope in scopes if scope.city for language in scope.city.languages}
    languages = tuple(sorted(codes, key=lambda code: (code != SOURCE, code)))
    spoken = [(scope, {language for language, _ in scope.words}) for scope in scopes]
    topics = [id_ for scope in scopes for id_, entry in scope.topics.items() if isinstance(entry, TopicEntry)]
    states: dict[str, dict[str, State]] = {}
    for id_ in dict.fromkeys(topics):
        states[id_] = {}
        for language in languages:
            asked = [
                _state(scope, language, id_)
                for scope, having in spoken
                if (SOURCE, id_) in scope.words
                and (language in having or isinstance(scope.topics.get(id_), TopicEntry))
            ]
            states[id_][language] = min(asked, key=STATES.index, default="missing")
    base, *own = scopes
    views = [[base, city] for city in own] or [[base]]
    due = {id_ for view in views for id_ in states if _due(view, id_, today)}
    tested = {id_ for id_ in states if _tested(scopes, id_)}
    return Overview(languages, states, frozenset(due), frozenset(tested))


def _state(scope: Scope, language: str, topic: str) -> State:
    if language == SOURCE:
        return "reviewed"
    words = scope.words.get((language, topic))
    if words is None or (language, topic) in scope.blank:
        return "missing"
    status = scope.status.get((language, topic))
    if status is None or status.translated_from != german_hash(scope.words[SOURCE, topic]):
        return "stale"
    return status.state


def _tested(scopes: Sequence[Scope], topic: str) -> bool:
    having = [scope for scope in scopes if (PLAIN, topic) in scope.words]
    return bool(having) and all(
        tested_by(scope.status.get((PLAIN, topic)), scope.words[PLAIN, topic]) for scope in having
    )


def _due(view: Sequence[Scope], topic: str, today: date) -> bool:
    """By the review date, or because nobody has held it against its sources for long. What a city has replaces
    Germany's."""
    entries = [entry for scope in view if (entry := scope.topics.get(topic))]
    dates = [entry.review_by for entry in entries if entry.review_by]
    states = [entry.as_of for entry in entries if entry.as_of]
    flags = [entry.flags for entry in entries if entry.flags is not None]
    if not dates or not states:
        return False
    begun = date.fromisoformat(f"{states[-1]}-01-01"[:10])  # of a year or a month its first day
    holds = min([OLD, *(OLD_WITH[flag] for flag in flags[-1] if flag in OLD_WITH)])
    return date.fromisoformat(dates[-1]) <= today + REVIEW_SOON or begun + holds <= today
