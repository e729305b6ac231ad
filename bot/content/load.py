"""From files to ``Knowledge``: parse, validate, lay the city over Germany, and collect every problem.

Nothing is read here: ``files`` maps paths below the knowledge folder to their bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.content.advice import advise
from bot.content.check import check_scopes
from bot.content.entries import TopicEntry, TopicOverlay, WordsEntry
from bot.content.hashing import german_hash, tested_by
from bot.content.law import read_laws
from bot.content.law_watch import check_laws
from bot.content.model import Knowledge, Topic, Words
from bot.content.problems import Place, Problem
from bot.content.scopes import BASE, PLAIN, SOURCE, Scope, read_scope


@dataclass(frozen=True)
class Loaded:
    """What came of a folder: the knowledge when nothing is wrong with it, and every problem."""

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    base: Scope
    city: Scope | None

    def words(self) -> Iterator[WordsEntry]:
        """Every topic's words as they were written, in every language."""
        for scope in (self.base, self.city):
            yield from scope.words.values() if scope else ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


Germany = tuple[Scope, tuple[Problem, ...]]


def read_germany(files: Mapping[str, bytes], root: str = "knowledge") -> Germany:
    """Germany's entries, and what is wrong with them by themselves."""
    problems: list[Problem] = []
    base = read_scope(files, BASE, root, problems)
    return base, tuple(problems)


def load(
    files: Mapping[str, bytes],
    city_id: str,
    root: str = "knowledge",
    today: date | None = None,
    advice: bool | Literal["city"] = True,
    germany: Germany | None = None,
) -> Loaded:
    """Read Germany and one city; without a folder for the city, Germany alone.

    ``knowledge`` is None when there are errors; warnings do not stop a load. With ``today``, review dates are checked;
    without ``advice`` nothing that would only be a warning is looked for, with "city" only in the city's own files.
    ``germany``: as ``read_germany`` gave it for the same files, for whoever reads several cities.
    """
    base, found = germany or read_germany(files, root)
    problems, city = [*found], None
    if any(path.startswith(f"{city_id}/") for path in files):
        city = read_scope(files, city_id, root, problems)
    if not base.topics:
        problems.append(Problem(Place(f"{root}/{BASE}/topics.yaml"), "has no topics.", "Is this the knowledge folder?"))
    knowledge = replace(merge(base, city), digest=_digest(files, (BASE, city_id)))
    if not any(problem.is_error for problem in problems):  # else most of what follows only follows from these
        problems += check_scopes(base, city, knowledge)
        if advice:
            scopes = [scope for scope in (None if advice == "city" else base, city) if scope]
            problems += advise(scopes, base, city, knowledge, today)
            laws, unread = read_laws(files, root)
            problems += unread
            for scope in scopes:
                problems += check_laws(scope, laws)
    problems.sort()
    if any(problem.is_error for problem in problems):
        return Loaded(None, tuple(problems), base, city)
    return Loaded(knowledge, tuple(problems), base, city)


def _digest(files: Mapping[str, bytes], folders: Sequence[str]) -> str:
    found = hashlib.sha256()
    for path in sorted(path for path in files if path.split("/")[0] in folders):
        found.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    return found.hexdigest()


def cities(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Ids of the folders that hold a city."""
    return tuple(sorted(path.split("/")[0] for path in files if path.count("/") == 1 and path.endswith("/city.yaml")))


def merge(base: Scope, city: Scope | None) -> Knowledge:
    """Germany's entries with the city's laid over them."""
    topics: dict[str, Topic] = {}
    own = city.topics if city else {}
    entries = {
        **{id_: entry for id_, entry in base.topics.items() if isinstance(entry, TopicEntry)},
        **{id_: entry for id_, entry in own.items() if isinstance(entry, TopicEntry)},
    }
    languages = sorted({language for scope in (base, city) if scope for language, _ in scope.words})
    for id_, entry in entries.items():
        overlay = own.get(id_)
        if not isinstance(overlay, TopicOverlay):
            overlay = TopicOverlay(id=id_)
        words = {code: _words(base, city, code, id_) for code in languages}
        topics[id_] = Topic(
            id=id_,
            group=entry.group,
            flags=frozenset(entry.flags if overlay.flags is None else overlay.flags),
            related=tuple(entry.related if overlay.related is None else overlay.related),
            places=tuple(entry.places if overlay.places is None else overlay.places),
            links={**entry.links, **overlay.links},
            facts={**entry.facts, **overlay.facts},
            sources=tuple(dict.fromkeys([*entry.sources, *overlay.sources])),
            as_of=overlay.as_of or entry.as_of,
            review_by=date.fromisoformat(overlay.review_by or entry.review_by),
            words={code: found for code, found in words.items() if found is not None},
            law=tuple(dict.fromkeys([*entry.law, *overlay.law])),
            see={str(section): name for section, name in (*entry.see.items(), *overlay.see.items())},
            leika=tuple(dict.fromkeys([*entry.leika, *overlay.leika])),
        )
    return Knowledge(
        city_id=city.id if city else BASE,
        city=city.city if city else None,
        topics=topics,
        places={**base.places, **(city.places if city else {})},
        crisis=(*base.crisis, *(city.crisis if city else [])),
        outside=_joined(base.outside, city.outside if city else {}),
        smalltalk=_frozen(base.smalltalk),
        followups=_frozen(base.followups),
        replies=_frozen(base.replies),
        cities={name: tuple(spellings) for name, spellings in base.cities.items()},
        local_places=frozenset(city.places if city else ()),
        calm=_joined(base.calm, city.calm if city else {}),
        personal=_joined(base.personal, city.personal if city else {}),
    )


def _frozen(phrases: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {kind: {code: tuple(texts) for code, texts in by.items()} for kind, by in phrases.items()}


def _joined(first: Mapping[str, list[str]], second: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {code: (*first.get(code, ()), *second.get(code, ())) for code in [*first, *(set(second) - set(first))]}


def _said(scope: Scope, language: str, topic: str) -> WordsEntry | None:
    """One folder's words without those parts that its German text has not: what German does not say, nobody says."""
    words, german = scope.words.get((language, topic)), scope.words.get((SOURCE, topic))
    if words is None or german is None:
        return None
    if (words.local and not german.local.strip()) or set(words.sections) - set(german.sections):
        sections = {name: text for name, text in words.sections.items() if name in german.sections}
        return words.model_copy(update={"local": words.local if german.local.strip() else "", "sections": sections})
    return words


def _words(base: Scope, city: Scope | None, language: str, topic: str) -> Words | None:
    inherited = _said(base, language, topic)
    own = _said(city, language, topic) if city else None
    both = [words for words in (own, inherited) if words is not None]
    answer = next((words.answer for words in both if words.answer.strip()), "")
    title = next((words.title for words in both if words.title), "")
    if not answer or not title:
        return None
    having = [scope for scope, words in ((city, own), (base, inherited)) if scope and words is not None]
    status = [scope.status.get((language, topic)) for scope in having]
    groups = [tested_by(scope.status.get((language, topic)), scope.words[language, topic]) for scope in having]
    return Words(
        title=title,
        short=next((words.short for words in both if words.short), ""),
        questions=tuple(question for words in reversed(both) for question in words.questions),
        answer=answer.strip(),
        local=own.local.strip() if own else "",
        sections={key: text for words in reversed(both) for key, text in words.sections.items()},
        must_match=tuple(question for words in reversed(both) for question in words.must_match),
        machine=language != SOURCE and any(entry is None or entry.state != "reviewed" for entry in status),
        stale=language != SOURCE
        and any(
            entry is not None and entry.translated_from != german_hash(scope.words[SOURCE, topic])
            for scope, entry in zip(having, status, strict=True)
        ),
        everywhere=(inherited.title, inherited.answer.strip()) if inherited else ("", ""),
        # Germany's words and the city's must both have been tested.
        tested_by=", ".join(dict.fromkeys(groups)) if language == PLAIN and all(groups) else "",
    )
