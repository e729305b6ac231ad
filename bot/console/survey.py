"""All topics at a glance: how far each language is, what is due, what rests on a law that changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.law import read_laws
from bot.content.law_watch import check_laws
from bot.content.progress import State, overview
from bot.content.scopes import BASE, read_scope
from bot.errors import KnowledgeError

FILTERS = ("missing", "stale", "machine", "reviewed", "due", "law", "never", "unanswered")


@dataclass(frozen=True)
class Survey:
    """``states``: topic to language to state. ``due``, ``law``: topics. ``fault``: why there is nothing, English."""

    languages: tuple[str, ...] = ()
    states: Mapping[str, Mapping[str, State]] | None = None
    due: frozenset[str] = frozenset()
    law: frozenset[str] = frozenset()
    fault: str = ""

    def counts(self, topic: str) -> dict[State, int]:
        """Languages of a topic by state."""
        found: dict[State, int] = {}
        for state in (self.states or {}).get(topic, {}).values():
            found[state] = found.get(state, 0) + 1
        return found

    def has(self, topic: str, wanted: str, language: str) -> bool:
        """Whether a topic passes a filter. ``language``: "" for any."""
        if wanted in ("due", "law"):
            return topic in (self.due if wanted == "due" else self.law)
        states = (self.states or {}).get(topic, {})
        return wanted in ([states.get(language)] if language else states.values())


def survey(files: Mapping[str, bytes], city: str, today: date) -> Survey:
    """Germany's topics with the city's laid over them."""
    try:
        found = overview(files, [city] if any(path.startswith(f"{city}/") for path in files) else [], "", today)
    except KnowledgeError as error:
        return Survey(fault=str(error).partition("\n")[0])
    laws, _ = read_laws(files, "")
    law = set()
    for id_ in (BASE, city):
        scope = read_scope(files, id_, "", [])
        lines = {
            problem.place.line
            for problem in check_laws(scope, laws)
            if problem.severity == "warning" and problem.what.startswith("rests on")
        }
        for topic, entry in scope.topics.items():
            if any(scope.place("topics", topic, at=("law", at)).line in lines for at in range(len(entry.law))):
                law.add(topic)
    return Survey(found.languages, found.states, found.due, frozenset(law))
