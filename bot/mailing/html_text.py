"""An HTML mail as text, in time that grows with its length alone, whoever wrote it."""

from __future__ import annotations

import re
from html import unescape

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree, html

ELEMENTS, LETTERS, DEPTH = 10_000, 100_000, 120  # what inscriptis lays out in time; of more only the text is taken
TAGS = 50_000  # what lxml reads in time; of more only the text is taken


def text_of_html(source: str) -> str:
    """The text of an HTML mail: quotes begin with ``> ``, a link's address stands behind its words."""
    if not source.strip():
        return ""
    if source.count("<") > TAGS:
        return _tidy(unescape(re.sub(r"<[^<>]*+>", "\n", source)))
    # Bytes with their encoding said: lxml refuses a text that declares one itself.
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        document = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except etree.ParserError:  # nothing but comments
        return ""
    etree.strip_elements(document, "script", "style", "head", with_tail=False)
    _mark_quotes(document)
    _flatten(document)
    if not _is_small(document):
        return _tidy("\n".join(document.itertext()))
    for link in document.iter("a"):
        address = link.get("href", "")
        if address.startswith(("http://", "https://")) and address.rstrip("/") not in "".join(link.itertext()):
            link.tail = f" ({address}){link.tail or ''}"
    return _tidy(Inscriptis(document, ParserConfig(css=STRICT_CSS_PROFILE)).get_text())


def _flatten(document: html.HtmlElement) -> None:
    """Tables become lines, and styles go but for what is hidden: their padding turns 1 MB of HTML into gigabytes."""
    for element in document.iter("*"):
        if re.search(r"display\s*:\s*none", element.attrib.pop("style", "")[:1_000], re.IGNORECASE):
            element.attrib["style"] = "display: none"
        if element.tag in ("table", "tbody", "thead", "tfoot", "tr"):
            element.tag = "div"
        elif element.tag in ("td", "th"):
            element.tag = "span"
            element.tail = f" {element.tail or ''}"


def _is_small(document: html.HtmlElement) -> bool:
    if document.xpath("count(//*)") > ELEMENTS or document.xpath("string-length()") > LETTERS:
        return False
    depth = {document: 0}
    for element in document.iterdescendants():
        depth[element] = depth[element.getparent()] + 1
    return max(depth.values()) <= DEPTH


def _tidy(text: str) -> str:
    stripped = "\n".join(line.strip() for line in text.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", stripped).strip()


def _mark_quotes(document: html.HtmlElement) -> None:
    """Gmail, Apple Mail, Thunderbird and Yahoo say which block is the quoted mail."""
    found = []
    walk = etree.iterwalk(document, events=("start",), tag="blockquote")
    for _, quote in walk:
        kind = quote.get("class", "")
        if quote.get("type") == "cite" or "gmail_quote" in kind or "yahoo" in kind:
            found.append(quote)
            walk.skip_subtree()
    for quote in found:
        text, tail = _tidy("\n".join(quote.itertext())), quote.tail
        quote.clear()
        quote.tag, quote.tail = "pre", tail
        quote.text = "\n" + "\n".join(f"> {line}" for line in text.split("\n")) + "\n"
