"""An HTML mail as text, in time that grows with its length alone, whoever wrote it.

Tags are read one after the other and nothing is built of them: what follows ``</html>``, and a second document, are
text like the rest. Paragraphs, lists, quotes and links stay; bold, colours, columns and what is struck out go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from bot.mailing.quoted_lines import Lines, quoting

_MOST_TAGS = 25_000  # after so many, each is a line break
_LONGEST_TAG = 20_000  # characters
_MOST_OPEN = 200  # elements remembered as open; deeper ones are text all the same

_NAME = re.compile(r"/?([a-zA-Z][\w:-]{0,40})")
_ATTRIBUTE = re.compile(
    r"""\s*+/?\s*+([^\s"'<>/=]{1,100}+)(?:\s{0,100}+=\s{0,100}+("[^"]{0,10000}+"|'[^']{0,10000}+'|[^\s"'<>]{0,10000}+))?"""
)
_REST_OF_TAG = re.compile(r"[^<>]*+")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_HIDDEN = re.compile(
    r"display\s{0,9}:\s{0,9}none|mso-hide\s{0,9}:\s{0,9}all|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE
)
_TOLD = re.compile(r"\w@\w|://")  # "<amt@stadt.example>" that somebody typed
_KEEPS_LINES = re.compile(r"white-space\s{0,9}:\s{0,9}(pre|break-spaces)", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[\w-]{0,9}\s{0,9}:[^;]{0,60}line-through", re.IGNORECASE)

# Elements whose words are no text. Up to their end, and no further than the next that cannot be inside.
_SKIPPED = {"script", "style", "title", "template", "noframes", "svg", "math", "head", "xml", "noscript"}
_PARAGRAPHS = {"p", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"}
_LINES = {
    "div", "tr", "table", "tbody", "thead", "tfoot", "li", "dt", "dd", "form", "fieldset", "address", "article",
    "aside",
    "center", "caption", "details", "summary", "figure", "figcaption", "footer", "header", "main", "nav", "section",
    "body", "html", "option", "legend",
}  # fmt: skip
_EMPTY = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "param", "source", "track", "wbr"}
# A start tag that ends the element of the same kind before it.
_CLOSES = {"p": {"p"}, "li": {"li"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"}, "a": {"a"}}
_WALLS = {"body", "html", "table", "tbody", "tr", "td", "th", "blockquote", "head", "div", "ul", "ol"}
_STRIKES = {"s", "strike", "del"}


@dataclass
class _Open:
    """An element that has begun. ``address`` and ``start``: of a link, and where its words begin."""

    name: str
    hidden: bool = False
    pre: bool = False
    quote: bool = False
    address: str = ""
    start: int = 0
    number: int | None = None  # of the next item in a numbered list


@dataclass(frozen=True)
class Document:
    """``pictures``: what the HTML shows by ``cid:``, with the length of the text that stands before each."""

    text: str
    pictures: dict[str, int] = field(default_factory=dict)


def text_of_html(source: str) -> str:
    """The text of an HTML mail: quotes begin with ``> ``, a link's address stands behind its words."""
    return read_html(source).text


def read_html(source: str) -> Document:
    """The text, as ``text_of_html``, and which pictures it shows where."""
    writer = _Writer()
    position = tags = 0
    while position < len(source):
        if (tags := tags + 1) > _MOST_TAGS:
            writer.plain(unescape(re.sub(r"<[^<>]{0,20000}+>?", "\n", source[position:])))
            break
        start = source.find("<", position)
        if start < 0:
            writer.text(source[position:])
            break
        if start > position:
            writer.text(source[position:start])
        position = writer.markup(source, start)
    return writer.document()


class _Writer(Lines):
    def __init__(self) -> None:
        super().__init__()
        self._open: list[_Open] = []
        self._count: dict[str, int] = {}  # open elements by name, so that an end tag of none costs nothing
        self._lists: list[_Open] = []
        self._hidden = self._pre = 0  # open elements that are so
        self._pictures: dict[str, tuple[int, int]] = {}
        self._no_comment_end = False

    def document(self) -> Document:
        self._break(1)
        self._flush_line()
        lengths = [0]
        for line in self._lines:
            lengths.append(lengths[-1] + len(line) + 1)
        text = "\n".join(self._lines)
        tidy = re.sub(r"\n{3,}", "\n\n", text).strip()
        return Document(tidy, {cid: lengths[min(line, len(self._lines))] for cid, (line, _) in self._pictures.items()})

    # -- what the source says

    def markup(self, source: str, start: int) -> int:
        """Read what begins with ``<`` at ``start``; where it ends. Every character is looked at once."""
        if source.startswith("<!--", start):
            return self._comment(source, start)
        following = source[start + 1 : start + 2]
        if following in ("!", "?"):
            end = source.find(">", start, start + _LONGEST_TAG)
            rest = _REST_OF_TAG.match(source, start + 1)
            return end + 1 if end >= 0 else (rest.end() if rest else start + 1)
        name = _NAME.match(source, start + 1)
        if not name:
            self.text("<")
            return start + 1
        closing = source[start + 1] == "/"
        tag = name.group(1).lower()
        attributes: dict[str, str] = {}
        position = name.end()
        while position < start + _LONGEST_TAG and (found := _ATTRIBUTE.match(source, position)):
            attributes.setdefault(found.group(1).lower(), (found.group(2) or "").strip("\"'"))
            position = found.end()
        rest = _REST_OF_TAG.match(source, position)
        odd = source[name.end() : name.end() + 1] not in (">", "/", " ", "\n", "\t", "\r", "\f")
        told = odd and bool(_TOLD.search(source, start, min(rest.end() if rest else position, start + 300)))
        position = rest.end() if rest else position
        if source[position : position + 1] != ">" or told:
            position += source[position : position + 1] == ">"
            # "<heute 9 Uhr" is text; nobody's words are lost.
            self.text(source[start:position])
            return position
        position += 1
        if closing:
            self._end(tag)
            return position
        if tag in _SKIPPED and not source.startswith("/>", position - 2):
            return self._skip(source, tag, position)
        self._start(tag, attributes)
        return position

    def _comment(self, source: str, start: int) -> int:
        end = -1 if self._no_comment_end else source.find("-->", start + 2)
        if end >= 0:
            return end + 3
        self._no_comment_end = True
        return start + 4

    def _skip(self, source: str, tag: str, position: int) -> int:
        """Past the end of a script or the like; of a head, past what cannot be text."""
        if tag in ("head", "xml", "noscript", "svg", "math"):
            self._push(_Open(tag, hidden=True))
            return position
        end = re.compile(rf"</{tag}\b[^<>]{{0,100}}>?", re.IGNORECASE).search(source, position)
        return end.end() if end else len(source)

    def text(self, text: str) -> None:
        """Words as they stand between two tags."""
        if self._hidden:
            return
        text = unescape(text) if "&" in text else text
        if self._pre:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            if not text.strip() and self._wanted:
                return
            self._write(first)
            for line in others:
                self._flush_line()
                self._wanted = 0
                self._write(line)
            return
        if not text.strip(" \t\r\n\f\v"):
            self._space = self._space or bool(text)
            return
        self._space = self._space or text[0] in " \t\r\n\f\v"
        self._write(_SPACES.sub(" ", text.strip(" \t\r\n\f\v")))
        self._space = text[-1] in " \t\r\n\f\v"

    def plain(self, text: str) -> None:
        """The rest, when there is too much of it to lay out."""
        self._break(1)
        self._flush_line()
        self._lines += (quoting(self._quoted) + line.strip() for line in text.split("\n") if line.strip())

    # -- elements

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "body":
            self._end("head")
        closes = _CLOSES.get(tag) or ({"p"} if tag in _PARAGRAPHS or tag in ("div", "table") else None)
        if closes and self._open and any(self._count.get(name) for name in closes):
            self._close_before(tag, closes)
        style = unescape(attributes.get("style", "")[:1_000])
        hidden = bool(_HIDDEN.search(style)) or "hidden" in attributes
        if tag in _PARAGRAPHS:
            self._break(2 if tag != "hr" else 1)
        elif tag in _LINES:
            self._break(1)
        if tag == "br":
            self._newline()
        elif tag == "hr":
            self._write("________________________________")
            self._break(1)
        elif tag == "img":
            self._picture(attributes.get("src", ""))
        elif tag in ("td", "th"):
            self._space = True
        if tag in _EMPTY:
            return
        opened = _Open(tag, hidden, tag == "pre" or bool(_KEEPS_LINES.search(style)))
        kind = attributes.get("class", "")
        if tag == "blockquote":
            cited = attributes.get("type", "").lower() == "cite"
            opened.quote = cited or "gmail_quote" in kind or "yahoo" in kind or "protonmail_quote" in kind
        elif tag == "a":
            opened.address, opened.start = unescape(attributes.get("href", "")).strip(), self._mark()
        elif tag == "ol":
            start = attributes.get("start", "1")
            opened.number = int(start) if re.fullmatch(r"\d{1,4}", start) else 1
        elif tag == "li":
            self._item(attributes)
        # What somebody struck out is no longer said.
        opened.hidden = opened.hidden or tag in _STRIKES or bool(_STRUCK.search(style))
        self._push(opened)

    def _close_before(self, tag: str, closes: set[str]) -> None:
        """``<li>`` ends the item before it, but never one of a list around its own."""
        walls = {"ul", "ol", "table", "blockquote", "body"} if tag != "a" else {"body"}
        for index in range(len(self._open) - 1, max(-1, len(self._open) - 30), -1):
            name = self._open[index].name
            if name in closes:
                self._end(name)
                return
            if name in walls:
                return

    def _push(self, opened: _Open) -> None:
        if len(self._open) < _MOST_OPEN:
            self._open.append(opened)
            self._count[opened.name] = self._count.get(opened.name, 0) + 1
            self._lists += [opened] if opened.name in ("ol", "ul") else []
            self._counted(opened, 1)

    def _counted(self, element: _Open, by: int) -> None:
        self._hidden += by * element.hidden
        self._pre += by * element.pre
        self._quoted += by * element.quote

    def _end(self, tag: str) -> None:
        if tag == "br":
            self._newline()
        if not self._count.get(tag):
            if tag in _LINES or tag in _PARAGRAPHS:
                self._break(1)
            return
        if tag not in _WALLS and any(each.name in _WALLS for each in self._within(tag)):
            return  # a "</b>" does not end the cell or the quote that it stands in
        while self._open:
            closed = self._open.pop()
            self._count[closed.name] -= 1
            if self._lists and self._lists[-1] is closed:
                self._lists.pop()
            self._left(closed)
            self._counted(closed, -1)
            if closed.name == tag:
                break
        if tag in _PARAGRAPHS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)

    def _within(self, tag: str) -> Iterator[_Open]:
        """The elements open inside the last ``tag``; of very many, the innermost."""
        for element in islice(reversed(self._open), 50):
            if element.name == tag:
                return
            yield element

    def _left(self, closed: _Open) -> None:
        if closed.name == "a" and closed.address and not closed.hidden:
            self._link(closed)
        if closed.quote:
            self._break(2)

    def _link(self, link: _Open) -> None:
        words = "".join(self._line[link.start :]) if link.start <= len(self._line) else ""
        scheme, _, rest = link.address.partition(":")
        if scheme.lower() in ("http", "https"):
            told = link.address.rstrip("/")
            bare = told.partition("://")[2].removeprefix("www.")
            if words and (told in words or words.strip().rstrip("/").removeprefix("www.") == bare):
                return
            shown = link.address
        elif scheme.lower() in ("mailto", "tel", "sms"):
            shown = re.sub(r"%40", "@", rest.partition("?")[0])
            digits = re.sub(r"\D", "", shown)
            known = re.sub(r"\D", "", words)
            if (
                not shown
                or shown.lower() in words.lower()
                or (digits and known and known.lstrip("0") in digits and scheme.lower() != "mailto")
            ):
                return
        else:
            return
        if words.strip():
            space, self._space = self._space, False
            self._line.append(f" ({shown})")
            self._space = space
        else:
            self._write(shown)

    def _item(self, attributes: dict[str, str]) -> None:
        parent = self._lists[-1] if self._lists else None
        depth = len(self._lists)
        mark = "* "
        if parent and parent.number is not None:
            value = attributes.get("value", "")
            parent.number = int(value) if re.fullmatch(r"\d{1,4}", value) else parent.number
            mark = f"{parent.number}. "
            parent.number += 1
        self._write_mark("  " * min(max(depth - 1, 0), 5) + mark)

    def _picture(self, source: str) -> None:
        if source.lower().startswith("cid:") and len(self._pictures) < 100:
            self._pictures.setdefault(source[4:].strip(), (len(self._lines) + bool(self._line), 0))
