"""The paragraphs that answers rest on: how they are cited, what is kept of them, and what was compared with them.

Below ``knowledge/laws/`` stand ``laws.yaml`` (which laws there are: written by editors), one file a law with the
words of its cited paragraphs (written by `lotse law update`), and ``compared.yaml`` (by `lotse law compared`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.content.problems import Place, Problem
from bot.content.yaml_source import Document, Value, parse

FOLDER = "laws"
LIST = f"{FOLDER}/laws.yaml"
COMPARED = f"{FOLDER}/compared.yaml"
GONE = "weggefallen"
HOW = "Write the law as in knowledge/laws/laws.yaml, then the paragraph: AsylG § 61 Abs. 1, or FeV Anlage 11."

_CITATION = re.compile(
    r"(?P<law>[^§\s][^§]*?) (?P<unit>§ ?\d+[a-z]{0,2}|Art\. ?\d+[a-z]?|Anlage ?(\d+[a-z]?)?)"
    r"(?P<more>( (Abs\.|Satz|S\.|Nr\.|Buchst\.|Halbsatz|Alt\.) ?\w+)*)"
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, order=True)
class Citation:
    """``unit`` is what the law's file calls it (§ 61, Anlage 11); ``more`` only points a reader (Abs. 1)."""

    law: str
    unit: str
    more: str = ""

    @property
    def paragraph(self) -> str:
        """What is watched: a whole paragraph, since its other sentences say when this one holds."""
        return f"{self.law} {self.unit}"


def citation(text: str) -> Citation | None:
    """One entry of ``law:``; None when it is not written as ``HOW`` says."""
    found = _CITATION.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    unit = re.sub(r"^(§|Art\.|Anlage) ?", r"\1 ", found["unit"]).strip()
    return Citation(found["law"], unit, found["more"].strip())


def words_hash(text: str) -> str:
    """Sixteen hex digits over the words alone: neither markup nor line ends nor signs change it."""
    return hashlib.sha256(" ".join(_WORD.findall(text)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Law:
    """A law that may be cited. Without ``folder`` (its name on the federal site) it is compared by hand."""

    name: str
    folder: str = ""
    title: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Its words as they stood when they were last fetched. ``since``: the day on which they were first seen."""

    text: str
    since: str
    title: str = ""

    @property
    def hash(self) -> str:
        return words_hash(self.text)

    @property
    def repealed(self) -> bool:
        return not _WORD.findall(self.text) or GONE in f"{self.title} {self.text[:40]}"


@dataclass(frozen=True)
class Kept:
    """What is kept of one law. ``called``: its own abbreviations; ``state``: the last change it names of itself."""

    law: str
    folder: str
    fetched: str
    called: tuple[str, ...] = ()
    state: str = ""
    paragraphs: Mapping[str, Paragraph] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """When somebody last held a topic's words against the law. ``paragraphs``: paragraph to the hash of its words."""

    on: str
    paragraphs: Mapping[str, str]


@dataclass(frozen=True)
class Laws:
    """Everything below ``laws/``."""

    known: Mapping[str, Law] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)  # by the law's name
    compared: Mapping[str, Comparison] = field(default_factory=dict)  # by topic

    def find(self, cited: Citation) -> Paragraph | None:
        """The cited paragraph's words, where they were fetched."""
        kept = self.kept.get(cited.law)
        return kept.paragraphs.get(cited.unit) if kept else None


def read_laws(files: Mapping[str, bytes], root: str) -> tuple[Laws, list[Problem]]:
    """What stands below ``laws/`` of the knowledge's ``files``; what cannot be read is a problem and left out."""
    problems: list[Problem] = []
    known: dict[str, Law] = {}
    kept: dict[str, Kept] = {}
    compared: dict[str, Comparison] = {}
    for path in sorted(files):
        if not path.startswith(f"{FOLDER}/"):
            continue
        document, found = parse(f"{root}/{path}", files[path])
        problems += [Problem(each.place, each.what, each.remedy, "warning") for each in found]
        value = document.value if isinstance(document.value, dict) else {}
        try:
            if path == LIST:
                known = {law.name: law for law in _laws(value.get("laws"), document, problems)}
            elif path == COMPARED:
                compared = {topic: _comparison(each) for topic, each in _mapping(value.get("compared")).items()}
            else:
                law = _kept(value)
                if law.law not in kept or kept[law.law].fetched <= law.fetched:  # it may have stood in another folder
                    kept[law.law] = law
        except (TypeError, KeyError, AttributeError) as error:
            place = Place(document.path)
            problems.append(Problem(place, f"is not as `lotse law` writes it ({error}).", "Run it anew.", "warning"))
    return Laws(known, kept, compared), problems


def _laws(rows: Value | None, document: Document, problems: list[Problem]) -> Iterator[Law]:
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        fields = {key: str(value) for key, value in row.items()} if isinstance(row, dict) else {}
        if not fields.get("law") or set(fields) - {"law", "folder", "title"}:
            place = document.place("laws", index)
            remedy = "Write `law:` (its abbreviation), `folder:` (its name on the federal site) and `title:`."
            problems.append(Problem(place, "is no law.", remedy, "warning"))
            continue
        yield Law(fields["law"], fields.get("folder", ""), fields.get("title", ""))


def _mapping(value: Value | None) -> dict[str, Value]:
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise TypeError("expected `key: value`")
    return value


def _comparison(value: Value) -> Comparison:
    fields = _mapping(value)
    return Comparison(str(fields["on"]), {key: str(each) for key, each in _mapping(fields["paragraphs"]).items()})


def _kept(value: dict[str, Value]) -> Kept:
    paragraphs = {
        unit: Paragraph(str(_mapping(each)["text"]), str(_mapping(each)["since"]), str(_mapping(each).get("title", "")))
        for unit, each in _mapping(value.get("paragraphs")).items()
    }
    called = tuple(name for name in str(value.get("called", "")).split(" | ") if name)
    return Kept(
        str(value["law"]), str(value["folder"]), str(value["fetched"]), called, str(value.get("state", "")), paragraphs
    )


def unknown_law(cited: Citation, known: Mapping[str, Law]) -> str:
    """The remedy for a law that is not on the list."""
    near = get_close_matches(cited.law, known, 1)
    if near:
        return f"Did you mean `{near[0]} {cited.unit}`?"
    return "Correct its name, or add it to knowledge/laws/laws.yaml."
