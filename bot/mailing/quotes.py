"""The words of a reply, without the mail it answers: cut at our own mail, at other programs' quotes, at signatures.

Losing words of a reply is the worse error: what may be either stays, and where our own mail may be among it, the reply
is not ``clear``. Every line is looked at a bounded number of times and at most its first ``SEEN`` characters, so time
grows with the text's length alone, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.handover.mail import MARKER
from bot.mailing import our_mail, signatures
from bot.mailing.introductions import (
    FORWARDED,
    SEEN,
    Found,
    Why,
    above_rule,
    attributions,
    introduction,
    is_quoted,
    near_introduction,
)

__all__ = ["Part", "Reply", "Why", "own_words", "split"]

LINES = 4_000  # lines looked at; what follows them is one more line
CONTEXT = 12  # a quote of up to this many lines stays above its answer
_ABOVE = 24  # lines above our mail in which what introduces it is looked for
_WARNING = 5  # lines of a gateway's warning between an introduction and the mail


@dataclass(frozen=True)
class Part:
    why: Why
    text: str


@dataclass(frozen=True)
class Reply:
    """``words``: the reply's own words, without blank lines around them; ``cut``: the rest, in its order.

    Not ``clear``: some of the words may be of our own mail, so a person has to look at them.
    """

    words: str
    cut: tuple[Part, ...] = ()
    clear: bool = True


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_INVISIBLE[0xA0] = _INVISIBLE[0x202F] = " "
_BLANK_LINES = re.compile(r"\n[^\S\n]*+\n(?:[^\S\n]*+\n)++")
_ENDS_ADDRESS = re.compile(r">\s?[:：]?$")


@dataclass(frozen=True)
class _Run:
    """Lines ``start`` to ``stop`` of one kind; a quoted run begins at ``quote``, above it stands its attribution."""

    quoted: bool
    start: int
    quote: int
    stop: int


@dataclass(frozen=True)
class _Old:
    """Our own mail in a reply: from its introduction on; ``line``: of its beginning; ``why`` it was cut."""

    line: int
    begin: int
    stop: int
    why: Why
    clear: bool = True


def own_words(text: str) -> str:
    """What the sender wrote, without what they answered to. Our marker stands above words that are not clear."""
    reply = split(text, MARKER)
    return reply.words if reply.clear or MARKER in reply.words else f"{MARKER}\n\n{reply.words}"


def split(text: str, marker: str) -> Reply:
    """The reply's own words, and what was cut and why. ``marker`` is the line above which the office answers."""
    lines = _BLANK_LINES.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n", LINES)
    seen = [line[:SEEN].translate(_INVISIBLE).strip() for line in lines]
    _mend(seen)
    span = our_mail.find(seen, marker)
    found = attributions(seen, span.start if span else None)
    ours = _ours(seen, found, span) if span else None
    if span and ours is None:
        rest = "\n".join(line for number, line in enumerate(seen) if number not in span.ours)
        if not signatures.said(rest):
            return Reply("", (Part(Why.MARKER, text.strip()),))
        return Reply(text.strip(), clear=False)
    desk = next((number for number, line in enumerate(seen) if line), None)
    first = 0
    parts: list[Part] = []
    if desk is not None and signatures.is_desk_line(seen[desk]) and not (ours and ours.begin <= desk < ours.stop):
        parts.append(Part(Why.FOOTER, lines[desk].strip()))
        first = desk + 1
        found[:first] = [(0, False)] * first
        seen[:first] = [""] * first
        lines[:first] = [""] * first
    if span and ours:
        for number in range(ours.begin, ours.stop):
            old = not span.quoted or number in span.ours or number < span.start
            if old and seen[number] and not seen[number].startswith(">"):
                seen[number] = f"> {seen[number]}"
        found = attributions(seen, ours.line)
    end, why = _where_old_begins(seen, found, ours)
    cut = [Part(why, "\n".join(lines[end:]))] if end < len(lines) else []
    kept, inside = _without_quotes(lines[:end], seen[:end], found, ours)
    words = _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()
    if ours and ours.begin:
        words, parts[len(parts) :] = _below_alone(
            words, "\n".join(line for line in lines[: ours.begin] if not line.lstrip().startswith(">")).strip()
        )
    clear = (not ours or ours.clear) and not _may_be_ours(words)
    return Reply(words, (*parts, *inside, *cut), clear)


def _below_alone(words: str, above: str) -> tuple[str, list[Part]]:
    """An answer below our mail without the footer, the rule or the signature that stands above it."""
    below = words.removeprefix(above).strip()
    empty = bool(re.search(r"\w{2}|[-_=]{3}", above)) and not signatures.said(above)
    if empty and words.startswith(above) and below and signatures.said(below):
        return below, [Part(Why.FOOTER, above)]
    return words, []


def _mend(seen: list[str]) -> None:
    """A line ``>:`` closes an address that was folded; it is no quote."""
    for number in range(1, len(seen)):
        if seen[number][:1] == ">" and len(seen[number]) <= 12 and "<" in seen[number - 1]:
            rest = seen[number][1:].strip()
            if (
                (not rest or rest[-1] in ":：")
                and seen[number - 1].rpartition("<")[2].count("@")
                and ">" not in seen[number - 1].rpartition("<")[2]
                and rest
            ):
                seen[number - 1] += ">"
                seen[number] = rest


def _ours(seen: Sequence[str], found: Found, span: our_mail.Span) -> _Old | None:
    """What is to be cut as our own mail; None when nobody can tell it from the answer."""
    begin, why = span.start, Why.MARKER
    for start in range(max(0, span.start - _ABOVE), span.start):
        length, kind = introduction(seen, found, start)
        length = length or (found[start][0] if span.quoted else 0)
        if length and sum(bool(line) for line in seen[start + length : span.start]) <= _WARNING:
            begin, why = above_rule(seen, start), kind
            break
    else:
        nearest = near_introduction(seen, span.start)
        if nearest is not None:
            begin, why = nearest, Why.ATTRIBUTION
    if span.quoted:
        return _Old(span.start, begin, span.stop, Why.MARKER)
    above = any(seen[:begin])
    if not span.ended:
        return _Old(span.start, begin, len(seen), why) if above else None
    odd = [number for number in range(span.start, span.stop) if seen[number] and number not in span.ours]
    # Words between our lines, that may be answers; a mail program's translation of ours is all odd.
    clear = not odd or len(odd) > len(span.ours)
    below = "\n".join(line for line in seen[span.stop :] if not line.startswith(">"))
    if above and signatures.said(below) and signatures.is_disclaimer(below):
        return _Old(span.start, begin, len(seen), why, clear)
    return _Old(span.start, begin, span.stop, why, clear)


def _may_be_ours(words: str) -> bool:
    """Whether lines that only we write are left, or what introduces our mail."""
    for line in words.splitlines()[:LINES]:
        if our_mail.is_ours(line[:SEEN]):
            return True
    return bool(our_mail.marker_lines(words.splitlines()[:LINES]))


def _where_old_begins(seen: Sequence[str], found: Found, ours: _Old | None) -> tuple[int, Why]:
    """The first line below which everything is the old mail, though no ``>`` says so; past the end without one."""
    nothing = len(seen), Why.QUOTE
    position = ours.stop if ours else 0
    words = bool(ours)  # below our own mail, an older one may follow at once
    while position < len(seen):
        if FORWARDED.match(seen[position]) and not ours:
            return nothing  # a mail passed on is part of the reply
        length, why = introduction(seen, found, position)
        if length and words:
            return above_rule(seen, position), why
        words = words or (not length and bool(seen[position]) and not seen[position].startswith(">"))
        position += length or 1
    return nothing


def _without_quotes(
    lines: Sequence[str], seen: Sequence[str], found: Found, ours: _Old | None
) -> tuple[list[str], list[Part]]:
    runs = _runs(seen, found)
    bodies: dict[int, tuple[int, list[Part]]] = {}
    words = False
    last = -1  # the last run with own words
    # One quote with nothing above it is the whole old mail, answered below; others say what is answered.
    quoted = [run for run in runs if run.quoted]
    whole = quoted[0] if len(quoted) == 1 and not any(seen[: quoted[0].start]) else None
    for index, run in enumerate(runs):
        if not run.quoted:
            bodies[index] = _without_signature(lines, seen, run, words)
            if any(seen[run.start : bodies[index][0]]):
                words, last = True, index
    kept: list[str] = []
    parts: list[Part] = []
    for index, run in enumerate(runs):
        if not run.quoted:
            stop, cut = bodies[index]
            kept += lines[run.start : stop]
            parts += cut
            if cut:
                kept.append("")
            continue
        holds_ours = ours is not None and run.start <= ours.line < run.stop
        written = ours is not None and any(our_mail.is_ours(line, 3) for line in seen[run.start : run.stop])
        if index < last and run is not whole and not holds_ours and not written and run.stop - run.quote <= CONTEXT:
            if run.start < run.quote:
                parts.append(Part(Why.ATTRIBUTION, "\n".join(lines[run.start : run.quote]).strip()))
            kept += lines[run.quote : run.stop]
        else:
            why = ours.why if ours and holds_ours else Why.QUOTE
            parts.append(Part(why, "\n".join(lines[run.start : run.stop]).strip()))
            kept.append("")
    return kept, parts


def _runs(seen: Sequence[str], found: Found) -> list[_Run]:
    runs: list[_Run] = []
    position = begin = 0
    while position < len(seen):
        line = seen[position]
        length = found[position][0]
        if not (line.startswith(">") or (length and is_quoted(seen, position + length))):
            position += 1
            continue
        quote = position + length
        while not seen[quote]:
            quote += 1
        stop = quote
        for following in range(quote, len(seen)):
            if seen[following].startswith(">"):
                stop = following + 1
            elif seen[following]:
                break
        if begin < position:
            runs.append(_Run(False, begin, begin, position))
        runs.append(_Run(True, position, quote, stop))
        position = begin = stop
    if begin < len(seen):
        runs.append(_Run(False, begin, begin, len(seen)))
    return runs


def _without_signature(
    lines: Sequence[str], seen: Sequence[str], run: _Run, words_above: bool
) -> tuple[int, list[Part]]:
    """Where the run's own words end, and what stands below: a footer of the mail program, a signature."""
    stop = run.stop
    parts: list[Part] = []
    for start, is_footer in signatures.ending(lines, seen, run.start, run.stop, words_above=words_above):
        parts.insert(0, Part(Why.FOOTER if is_footer else Why.SIGNATURE, "\n".join(lines[start:stop]).strip("\n")))
        stop = start
    while parts and stop > run.start and not seen[stop - 1]:
        stop -= 1
    return stop, parts
