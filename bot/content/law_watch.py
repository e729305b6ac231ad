"""Which answers rest on a paragraph that has changed since somebody compared them with it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.content.law import HOW, Citation, Comparison, Kept, Law, Laws, Paragraph, citation, unknown_law, words_hash
from bot.content.law_xml import Norm, Statute
from bot.content.problems import Problem
from bot.content.scopes import BASE, Scope

NO_TEXT = "nothing has been fetched yet: there is no text to compare with."
_BETWEEN = re.compile(r"(?<=[^\d\s]\.) (?=[A-ZÄÖÜ(])|(?<=;) ")


@dataclass(frozen=True)
class Resting:
    """One topic that rests on a paragraph. ``scope``: germany, or the city whose words they are."""

    topic: str
    scope: str
    cited: Citation
    index: int


def resting(scopes: Sequence[Scope]) -> Iterator[Resting]:
    """Every well-written citation, in the order of the files."""
    for scope in scopes:
        for id_, entry in scope.topics.items():
            for index, text in enumerate(entry.law):
                if (cited := citation(text)) is not None:
                    yield Resting(id_, scope.id, cited, index)


def check_laws(scope: Scope, laws: Laws) -> Iterator[Problem]:
    """A warning at each citation that cannot be read, is not known, is repealed, or has changed since compared.

    A note where there is no text to compare with.
    """
    for id_, entry in scope.topics.items():
        for index, text in enumerate(entry.law):
            place = scope.place("topics", id_, at=("law", index))
            if (cited := citation(text)) is not None and unfetched(cited, laws):
                yield Problem(place, f"law: of {cited.paragraph} {NO_TEXT}", "Run `lotse law update`.", "note")
            elif (found := _fault(id_, text, laws)) is not None:
                yield Problem(place, found[0], found[1], "warning")


def unfetched(cited: Citation, laws: Laws) -> bool:
    """Whether a paragraph is to be watched, and its words are not here."""
    known = laws.known.get(cited.law)
    return known is not None and bool(known.folder) and laws.find(cited) is None


def _fault(topic: str, text: str, laws: Laws) -> tuple[str, str] | None:
    cited = citation(text)
    if cited is None:
        return f'law: "{text}" names no paragraph.', HOW
    if cited.law not in laws.known:
        return f'law: there is no law "{cited.law}" on the list.', unknown_law(cited, laws.known)
    paragraph = laws.find(cited)
    if paragraph is None:
        return None  # compared by hand
    if paragraph.repealed:
        return (
            f"rests on {cited.paragraph}, which is repealed (seen on {paragraph.since}).",
            "Find where it stands now, correct the words, and then `law:`.",
        )
    comparison = laws.compared.get(topic)
    known = comparison.paragraphs.get(cited.paragraph) if comparison else None
    if known == paragraph.hash:
        return None
    remedy = f"Compare the words with it, then run `lotse law compared {topic}`."
    if comparison is None or known is None:
        return f"rests on {cited.paragraph}, with which nobody has compared it yet.", remedy
    return (
        f"rests on {cited.paragraph}, which changed on {paragraph.since}; compared last on {comparison.on}.",
        remedy,
    )


@dataclass(frozen=True)
class Change:
    """What happened to one cited paragraph. ``old`` is None for one that is new here; ``moved_to`` a unit or ""."""

    paragraph: str
    old: Paragraph | None
    new: Paragraph
    moved_to: str = ""

    def lines(self) -> list[str]:
        """The difference, a line a sentence: - what went, + what came."""
        old = _sentences(self.old.text) if self.old else []
        found = difflib.ndiff(old, _sentences(self.new.text))
        return [line for line in found if line[:2] in ("- ", "+ ")]


def _sentences(text: str) -> list[str]:
    """Pieces short enough to see in: a line, cut after each sentence, but not after a list's number."""
    return [piece for line in text.splitlines() for piece in _BETWEEN.split(line) if piece]


def updated(
    before: Kept | None, law: Law, statute: Statute, units: Sequence[str], today: date
) -> tuple[Kept, list[Change]]:
    """What is now kept of ``law``, and what changed in the cited ``units``. A unit that is gone stays as repealed."""
    paragraphs: dict[str, Paragraph] = {}
    changes = []
    for unit in dict.fromkeys(units):
        old = before.paragraphs.get(unit) if before else None
        norm = statute.norms.get(unit)
        new = Paragraph(norm.text if norm else "", str(today), norm.title if norm else "")
        if old is not None and old.hash == new.hash and old.repealed == new.repealed:
            paragraphs[unit] = replace(new, since=old.since)
            continue
        paragraphs[unit] = new
        moved = _moved(old, statute.norms) if old is not None and new.repealed else ""
        changes.append(Change(f"{law.name} {unit}", old, new, moved))
    return Kept(law.name, law.folder, str(today), statute.called, statute.state, paragraphs), changes


def _moved(old: Paragraph, norms: Mapping[str, Norm]) -> str:
    """Where the words of a paragraph that went stand now."""
    return next((unit for unit, norm in norms.items() if norm.text and words_hash(norm.text) == old.hash), "")


def with_compared(laws: Laws, topic: str, cited: Sequence[Citation], today: date) -> dict[str, Comparison]:
    """All comparisons, with ``topic`` compared today with what it cites."""
    paragraphs = {each.paragraph: found.hash for each in cited if (found := laws.find(each)) is not None}
    return {**laws.compared, topic: Comparison(str(today), paragraphs)}


def kept_text(kept: Kept) -> str:
    """The file of one law. Everything in quotes or blocks: any YAML reader sees text."""
    lines = [
        "# Written by `lotse law update`: the cited paragraphs' words. Not for askers, and not to be edited.",
        f"law: {_quoted(kept.law)}",
        f"folder: {_quoted(kept.folder)}",
        f"called: {_quoted(' | '.join(kept.called))}",
        f"state: {_quoted(kept.state)}",
        f"fetched: {_quoted(kept.fetched)}",
        "paragraphs:" if kept.paragraphs else "paragraphs: {}",
    ]
    for unit, paragraph in sorted(kept.paragraphs.items(), key=lambda item: _in_order(item[0])):
        lines += [f"  {_quoted(unit)}:", f"    title: {_quoted(paragraph.title)}"]
        lines += [f"    since: {_quoted(paragraph.since)}", f"    hash: {_quoted(paragraph.hash)}"]
        if paragraph.text:
            lines += ["    text: |2-", *(f"      {line}" for line in paragraph.text.splitlines())]
        else:
            lines.append('    text: ""')
    return "\n".join(lines) + "\n"


def compared_text(compared: Mapping[str, Comparison]) -> str:
    """The file of what was compared."""
    lines = [
        "# Written by `lotse law compared`: topics, and the words they were compared with.",
        "compared:",
    ]
    for topic, found in sorted(compared.items()):
        lines += [f"  {topic}:", f"    on: {_quoted(found.on)}"]
        lines.append("    paragraphs:" if found.paragraphs else "    paragraphs: {}")
        lines += [f"      {_quoted(name)}: {_quoted(hash_)}" for name, hash_ in sorted(found.paragraphs.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _in_order(unit: str) -> tuple[str, int, str]:
    digits = "".join(sign for sign in unit if sign.isdigit())
    return unit.split(maxsplit=1)[0], int(digits or 0), unit


def whose(found: Sequence[Resting], paragraph: str, languages: Mapping[str, int], cities: Sequence[str]) -> list[str]:
    """Who rests on a paragraph: a line a topic, with how many languages say it and in which cities."""
    lines = []
    for each in found:
        if each.cited.paragraph != paragraph:
            continue
        where = "all cities: " + ", ".join(cities) if each.scope == BASE else each.scope
        lines.append(f"{each.topic} ({languages.get(each.topic, 0)} languages; {where})")
    return list(dict.fromkeys(lines))
