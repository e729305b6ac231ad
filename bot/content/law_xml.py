"""A federal law as its site publishes it (XML): which paragraphs it has, and their words.

What the form does not say, and what is therefore not asked of it: ``builddate`` is the day the file was built, on
every norm alike; ``standangabe`` speaks of the whole law. A paragraph is a ``norm`` with ``enbez``; headings have
none. Footnotes stand beside and inside the words and are none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

MAX_BYTES = 60_000_000  # the largest federal law has a tenth of it
MAX_PARAGRAPHS = 20_000

_ASIDE = frozenset({"Footnotes", "Footnote", "FnR", "fussnoten", "FnArea", "TOC", "kommentar", "Title", "Ident"})
_LINES = frozenset({"P", "LA", "DD", "entry", "row", "BR", "DT", "DL", "pre", "table", "Revision"})
_UNIT = re.compile(r"(?:\(XXXX\) )?(§ \d+[a-z]{0,2}|Art(?:ikel|\.)? ?\d+[a-z]?|Anlage ?(?:\d+[a-z]?)?)")
_RANGE = re.compile(r"§§ (\d+)([a-z]?) (bis|und) (\d+)([a-z]?)")


class NotALaw(Exception):
    """What is wrong with a file that should hold a law."""


@dataclass(frozen=True)
class Norm:
    """``text``: one line a paragraph or list item; "" for what was repealed."""

    text: str
    title: str = ""


@dataclass(frozen=True)
class Statute:
    """``called``: the abbreviations it gives itself; ``state``: its own note of the last change."""

    called: tuple[str, ...]
    title: str
    state: str
    norms: Mapping[str, Norm]  # by unit: § 61, Anlage 11


def read_statute(raw: bytes) -> Statute:
    """Read one law. Nothing outside is fetched and no entity is expanded. Raises NotALaw."""
    if len(raw) > MAX_BYTES:
        raise NotALaw(f"is larger than {MAX_BYTES:,} bytes")
    if re.match(rb"\s*(<!doctype html|<html)", raw[:500], re.IGNORECASE):
        raise NotALaw("is a web page and no law: the server answered with HTML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise NotALaw(f"is no XML ({str(error).splitlines()[0] if str(error) else 'empty'})") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise NotALaw("declares entities of its own, which no law does")
    if root.tag != "dokumente":
        raise NotALaw(f"holds <{root.tag}> where a law has <dokumente>")
    norms = root.findall("norm")
    if not norms or len(norms) > MAX_PARAGRAPHS:
        raise NotALaw(f"holds {len(norms)} norms")
    head = norms[0]
    called = [_said(head, "metadaten/jurabk"), _said(head, "metadaten/amtabk")]
    states = [_said(each, "standkommentar") for each in head.iterfind("metadaten/standangabe")]
    found: dict[str, Norm] = {}
    for norm in norms:
        title = _said(norm, "metadaten/titel")
        text = _text(norm.find("textdaten/text"))
        for unit in _units(_said(norm, "metadaten/enbez")):
            found.setdefault(unit, Norm(text, title))
    return Statute(
        tuple(dict.fromkeys(name for name in called if name)),
        _said(head, "metadaten/langue"),
        "; ".join(state for state in states if state),
        found,
    )


def _said(parent: etree._Element, path: str) -> str:
    element = parent.find(path)
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _units(enbez: str) -> Iterator[str]:
    """The units a norm stands for: one, or those of a repealed range (§§ 15 bis 20)."""
    if (several := _RANGE.search(enbez)) is not None:
        first, _, link, last, _ = several.groups()
        numbers = range(int(first), int(last) + 1) if link == "bis" else (int(first), int(last))
        yield from (f"§ {number}" for number in numbers)
    elif (one := _UNIT.match(enbez)) is not None:
        yield re.sub(r"^Art(ikel|\.)? ?", "Art. ", one[1]).strip()


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    lines = "".join(_pieces(element)).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _pieces(element: etree._Element) -> Iterator[str]:
    """The words in order; a line end around what stands on a line of its own, a list's sign before its words."""
    if not isinstance(element.tag, str):  # a comment, an instruction, an entity that is not expanded
        return
    if element.tag in _ASIDE:
        return
    own_line = element.tag in _LINES and element.tag not in ("DD", "LA")
    if own_line:
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield " " if element.tag == "DT" else "\n" if own_line else ""
