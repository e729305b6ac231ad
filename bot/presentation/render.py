"""Blocks as Telegram HTML, as HTML of a page, or as plain text, split where a channel's limit asks for it.

Markdown is read by markdown-it; only what Telegram can show is kept: paragraphs, lists, bold, italics, links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.presentation.message import Block

Form = Literal["html", "plain"]
TELEGRAM_LIMIT = 4096

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "code", "fence", "hr", "html_block", "reference", "image", "backticks"]
)


_PAGE = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "code", "fence", "hr", "html_block", "reference", "image", "backticks"]
)
# A number that a German phone dials, the emergency numbers, and an address to look for on a map.
_PHONE = re.compile(r"(?<![\w.,/-])(?<!§ )(?:(?:\+49 ?|0)\d[\d /-]{5,}\d|11[02]|116 ?\d{3})(?![\w/-])")
_ADDRESS = re.compile(r"[A-ZÄÖÜ][\w.ßäöüÄÖÜ -]+? \d+(?:[ -]?[a-z]|-\d+)?, (?:[\w. ]+, )?\d{5} [A-ZÄÖÜ][\wäöüß. -]+")
_MAP = "https://www.openstreetmap.org/search?query="


def _page_text(tokens: Sequence[Token], index: int, *_: object) -> str:
    text = html.escape(tokens[index].content)
    if sum(token.nesting for token in tokens[:index] if token.type.startswith("link_")):
        return text  # no link in a link
    text = _ADDRESS.sub(lambda found: f'<a href="{_MAP}{quote(html.unescape(found[0]))}">{found[0]}</a>', text)
    return _PHONE.sub(lambda found: f'<a href="tel:{re.sub("[^+0-9]", "", found[0])}" dir="ltr">{found[0]}</a>', text)


_PAGE.renderer.rules["text"] = _page_text  # type: ignore[attr-defined]
_PAGE.validateLink = lambda url: url.startswith(("https://", "http://", "mailto:", "tel:"))  # type: ignore[method-assign]


def paragraphs(blocks: Sequence[Block], form: Form) -> list[str]:
    """One text a paragraph, list item run or verbatim block; in HTML each is valid on its own."""
    found: list[str] = []
    for block in blocks:
        if block.kind == "verbatim":
            if form == "html":
                found += [
                    f"<blockquote>{html.escape(part, quote=False)}</blockquote>" for part in _cut(block.text, 3500)
                ]
            else:
                found.append("\n".join(f"| {line}" for line in block.text.splitlines()))
        else:
            found += _markdown(block.text, form)
    return [text for text in found if text.strip()]


def plain(blocks: Sequence[Block]) -> str:
    """The whole message as plain text."""
    return "\n\n".join(paragraphs(blocks, "plain"))


def web(blocks: Sequence[Block]) -> str:
    """The whole message as HTML of a page: paragraphs, lists, bold, italics, links; verbatim text as a quotation."""
    return "\n".join(
        f"<blockquote>{html.escape(block.text)}</blockquote>" if block.kind == "verbatim" else _PAGE.render(block.text)
        for block in blocks
    )


def telegram(blocks: Sequence[Block], limit: int = TELEGRAM_LIMIT) -> list[str]:
    """HTML texts of at most ``limit`` characters each, broken between paragraphs.

    The limit counts the characters of the HTML, which is stricter than Telegram's (it counts after parsing).
    """
    texts: list[str] = []
    for paragraph in paragraphs(blocks, "html"):
        for piece in _pieces(paragraph, limit):
            if texts and len(texts[-1]) + 2 + len(piece) <= limit:
                texts[-1] += f"\n\n{piece}"
            else:
                texts.append(piece)
    return texts


def _pieces(paragraph: str, limit: int) -> list[str]:
    """A paragraph over the limit loses its markup, so that every piece stays valid."""
    if len(paragraph) <= limit:
        return [paragraph]
    bare = html.unescape(_stripped(paragraph))
    return [html.escape(piece, quote=False) for piece in _cut(bare, limit // 2)]


def _stripped(text: str) -> str:
    kept: list[str] = []
    inside = False
    for character in text:
        if character == "<":
            inside = True
        elif character == ">" and inside:
            inside = False
        elif not inside:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, size: int) -> list[str]:
    """Pieces of at most ``size`` characters, cut at a line or word end where there is one."""
    pieces = []
    while len(text) > size:
        end = max(text.rfind("\n", size // 2, size), text.rfind(" ", size // 2, size))
        end = end if end > 0 else size
        pieces.append(text[:end])
        text = text[end:].lstrip()
    return [*pieces, text] if text else pieces


def _markdown(text: str, form: Form) -> list[str]:
    out: list[str] = []
    lists: list[int | None] = []  # per open list: the next number, None for bullets
    prefix = ""
    joins = False  # the next paragraph is a list item: it goes on the line after the one before
    for token in _MARKDOWN.parse(text):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
                joins = len(lists) > 1
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
                joins = len(lists) > 1
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                joins = bool(lists)
            case "list_item_open":
                number = lists[-1]
                prefix = "  " * (len(lists) - 1) + ("• " if number is None else f"{number}. ")
                if number is not None:
                    lists[-1] = number + 1
            case "inline":
                line = prefix + _inline(token.children or [], form)
                if joins and out:
                    out[-1] += f"\n{line}"
                else:
                    out.append(line)
                prefix = ""
                joins = bool(lists)
    return out


_TAGS = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>"}


def _inline(tokens: list[Token], form: Form) -> str:
    parts: list[str] = []
    href = ""
    for token in tokens:
        match token.type:
            case "text":
                parts.append(html.escape(token.content, quote=False) if form == "html" else token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                href = str(token.attrGet("href") or "")
                bare = token.markup == "autolink"
                if href.startswith("mailto:") or (bare and form == "plain"):
                    href = ""
                elif form == "html":
                    parts.append(f'<a href="{html.escape(href)}">')
            case "link_close":
                if href:
                    parts.append("</a>" if form == "html" else f" ({href})")
                href = ""
            case kind if form == "html" and kind in _TAGS:
                parts.append(_TAGS[kind])
    return "".join(parts)
