"""Postcards and signs with a code to scan: the front in one language, the back in German."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno

from bot.content.model import Knowledge
from bot.errors import UsageError
from bot.presentation.compose import Composer
from bot.presentation.i18n import RIGHT_TO_LEFT, name_in, own_name
from bot.printing import typesetting
from bot.web.languages import html_code

TEMPLATE = "cards.typ"
CODE_MM = 52  # printed; from 25 on a phone reads it at arm's length
QUIET = 4  # modules of white around the code, as its standard asks


@dataclass(frozen=True)
class Paper:
    """Trimmed size in millimetres; ``scale``: of letters and margins; ``code``: the printed code's side."""

    width: int
    height: int
    scale: float
    code: float


CARD = Paper(105, 148, 1.0, CODE_MM)
SIGN = Paper(210, 297, 2.0, CODE_MM * 2)


def link(address: str, language: str, topic: str) -> str:
    """What the code holds. ``topic``: "" for none."""
    return f"{address}/?{urlencode({'topic': topic, 'lang': language} if topic else {'lang': language})}"


def chosen(knowledge: Knowledge, languages: Sequence[str], topics: Sequence[str]) -> tuple[list[str], list[str]]:
    """The languages (all where none is named) and topics ("" for none). Raises UsageError for what there is not."""
    for language in languages:
        if language not in knowledge.languages:
            raise UsageError(f'There is no language "{language}". There are: {", ".join(knowledge.languages)}.')
    for topic in topics:
        if topic not in knowledge.topics:
            raise UsageError(f'There is no topic "{topic}". `lotse status` lists them.')
    return list(languages or knowledge.languages), list(topics or [""])


def data(
    composer: Composer,
    address: str,
    languages: Sequence[str],
    topics: Sequence[str],
    paper: Paper,
) -> dict[str, Any]:
    """For the template. Cards have a back, signs one line of German. ``address``: of the site, without a slash."""
    cards = []
    for topic in topics:
        for language in languages:
            cards.append(_front(composer, address, language, topic, paper))
            if paper is CARD:
                cards.append(_back(composer, address, language, topic))
    return {"width": paper.width, "height": paper.height, "scale": paper.scale, "code": paper.code, "cards": cards}


def pdf(
    composer: Composer,
    address: str,
    languages: Sequence[str],
    topics: Sequence[str],
    paper: Paper,
) -> bytes:
    """One page a side, with 3 mm of bleed and cut marks. Raises UsageError where no address is set."""
    if not address:
        raise UsageError("LOTSE_WEB_URL is not set: the codes would lead nowhere. Set it to https://lotse.your.city.")
    return typesetting.pdf(TEMPLATE, data(composer, address, languages, topics, paper))


def _front(composer: Composer, address: str, language: str, topic: str, paper: Paper) -> dict[str, Any]:
    title = composer.title(topic, language) if topic else composer.sentence("web-title", language)
    german = composer.title(topic, "de") if topic else composer.sentence("web-title", "de")
    return {
        "front": True,
        "name": own_name(language),
        "lang": html_code(language).split("-")[0],
        "rtl": language in RIGHT_TO_LEFT,
        "title": title,
        "size": _size(title),
        "ask": composer.sentence("postcard-ask", language),
        "how": composer.sentence("postcard-how", language),
        "code": _code(link(address, language, topic)),
        "address": address.partition("//")[2],
        "foot": german if paper is SIGN and language != "de" else "",
    }


def _back(composer: Composer, address: str, language: str, topic: str) -> dict[str, Any]:
    title = composer.title(topic, "de") if topic else composer.sentence("web-title", "de")
    intro = composer.sentence("web-intro", "de").replace("**", "").split("\n\n")
    return {
        "front": False,
        "name": f"Diese Karte auf Deutsch (vorn: {name_in('de', language)})",
        "title": title,
        "size": _size(title),
        "lines": [
            composer.sentence("postcard-ask", "de"),
            composer.sentence("postcard-how", "de"),
            *intro,
        ],
        "address": address.partition("//")[2],
    }


def _size(title: str) -> float:
    """Points: a long title has smaller letters."""
    return 17.0 if len(title) <= 40 else 14.0 if len(title) <= 70 else 11.5


def _code(text: str) -> str:
    """SVG; error level M: an eighth of it may be dirty."""
    found = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(
        found, kind="svg", border=QUIET, xmldecl=True, svgns=True, light="white", scale=4
    )
    return found.getvalue().decode()
