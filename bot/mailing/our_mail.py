"""Our own mail within a reply to it: where it begins and ends, whatever a mail program has made of its lines.

What we write is known word for word, but for the asker's question and the topics: so it is found without its signs of
quoting, hard-wrapped, or without the line above which the office answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.handover import notice
from bot.handover.mail import MARKER, Ticket, body

_GAP = "\ue000"  # stands for what differs from mail to mail
# What earlier versions wrote: their mails still wait in an office's mailbox. {} stands for what differs.
_FORMER = """\
eine Person in {} hat Lotse etwas gefragt, worauf es keine geprüfte Antwort gibt.
eine Beratungsstelle in {} hat Lotse für eine andere Person etwas gefragt, worauf es keine geprüfte Antwort gibt.
Sie hat zugestimmt, dass ihre Frage an Sie geht.
Die Antwort bekommt die Beratungsstelle. Sie hat zugestimmt, dass die Frage an Sie geht.
Sprache der Frage: {}
Frage im Wortlaut:
Lotse hat an diese Themen gedacht:
Lotse kennt dazu kein passendes Thema.
So antworten Sie:
Antworten Sie einfach auf diese E-Mail. Ihr Text geht im Wortlaut an die fragende Person.
Antworten Sie einfach auf diese E-Mail. Der Betrieb von Lotse leitet Ihren Text im Wortlaut weiter.
Schreiben Sie über der Linie ganz oben. Kurze, einfache Sätze helfen.
Schreiben Sie auf Deutsch oder in der Sprache der Frage: Lotse übersetzt Ihren Text nicht.
Der Person ist eine Antwort innerhalb von etwa {} Arbeitstagen zugesagt.
Der Person ist eine Antwort innerhalb eines Arbeitstags zugesagt.
Name und Kontakt der Person stehen nicht in dieser E-Mail.
die Person, die Frage {} gestellt hat, schreibt dazu etwas. Sie hat zugestimmt, dass es an Sie geht.
auf die Frage {} vom {} ist noch keine Antwort gekommen. Der Person waren etwa {} Arbeitstage genannt;
Lotse hat ihr heute geschrieben, dass es länger dauert.
Lotse, der Auskunfts-Bot"""
_NUMBER, _DAYS = 987_654, 987_655
_WORDS = re.compile(r"\w+")
_QUOTING = re.compile(r"[\s>|]*")
_LONG = 4  # words of ours in one line that are no accident
_WRAP = 62  # letters after which a program may have wrapped a line
_BLANKS = 3


@dataclass(frozen=True)
class Span:
    """Our mail: lines ``start`` to before ``stop``. ``ours``: those of it that are ours, or the question's.

    ``ended``: its last line is there, so that what follows is not ours. ``quoted``: with signs of quoting.
    """

    start: int
    stop: int
    ours: frozenset[int]
    ended: bool
    quoted: bool


@dataclass(frozen=True)
class _Known:
    stream: str  # all words of ours, between spaces; gaps between those that need not follow each other
    pieces: tuple[str, ...]  # words in a row within one line
    openings: tuple[str, ...]  # shorter ones, that lines begin with
    question: frozenset[str]  # headings below which the asker's words stand
    topics: frozenset[str]
    last: str


@cache
def _known() -> _Known:
    texts = []
    for client in (True, False):
        for considered in ((_GAP,), ()):
            for days in (1, _DAYS):
                ticket = Ticket(_NUMBER, _GAP, _GAP, "uk", considered, days, client)
                texts += [body(ticket, answerable) for answerable in (True, False)]
                texts += [notice.addition(ticket, _GAP), notice.reminder(ticket, _GAP)]
    texts.append(notice.withdrawal(_NUMBER))
    first = texts[0]
    texts.append(_FORMER.replace("{}", _GAP))
    language = _letters("Ukrainisch")
    question = {_letters("Frage im Wortlaut:"), _letters("Neu, im Wortlaut:"), _letters("Bisher:")}
    topics = {_letters("Lotse hat an diese Themen gedacht:")}
    runs: set[str] = set()
    parts: set[str] = set()  # of one line each
    for text in texts:
        lines = text.split("\n")
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            if below.startswith("> ") and _GAP in below:
                question.add(_letters(line))
            elif below.startswith("- ") and _GAP in below:
                topics.add(_letters(line))
        joined = re.sub(rf"{_NUMBER}|{_DAYS}|[\ue000\u2066-\u2069]", f" {_GAP} ", text.replace("\n\n", f" {_GAP} "))
        runs |= {_letters(run) for run in joined.split(_GAP)}
        parts |= {_letters(run).removesuffix(f" {language}") for run in re.split(rf"{_GAP}|\n", joined)}
    pieces = tuple(part for part in parts if len(part.split()) >= _LONG and len(part) > 20)
    openings = tuple(part for part in parts if len(part.split()) == _LONG - 1)
    last = _letters(first.rstrip().rpartition("\n")[2])
    stream = f" {' | '.join(sorted(run for run in runs if run))} "
    return _Known(stream, pieces, openings, frozenset(question), frozenset(topics), last)


def _letters(line: str) -> str:
    """Without quote signs and dashes, which mail programs change."""
    return " ".join(_WORDS.findall(line)).casefold()


def is_ours(line: str, words: int = _LONG) -> bool:
    """Whether a line holds at least ``words`` words in a row that only we write."""
    letters = _letters(line)
    if len(letters.split()) < words:
        return False
    known = _known()
    if f" {letters} " in known.stream or any(piece in letters for piece in known.pieces):
        return True
    return words < _LONG and letters.startswith(known.openings)


def marker_lines(seen: Sequence[str], marker: str = MARKER) -> list[int]:
    """The lines above which the office answers, and others that read the same."""
    sought = _letters(marker)
    first = sought.partition(" ")[0]
    return [i for i, line in enumerate(seen) if first in line.casefold() and _letters(line).startswith(sought)]


def find(seen: Sequence[str], marker: str) -> Span | None:
    """Our mail in the lines of a reply; None where it is not quoted."""
    start = _start(seen, marker)
    if start is None:
        return None
    known = _known()
    quoted = seen[start].startswith((">", "|"))
    ours: set[int] = set()
    zone = ""
    stop, ended = start, False
    for number in range(start, len(seen)):
        line = seen[number]
        letters = _letters(line)
        if not letters:
            ours.update({number} if line else ())
            continue
        signed = line.startswith((">", "|"))
        if letters == known.last and number > start:
            ours.add(number)
            stop, ended = number + 1, True
            break
        if letters in known.question or letters in known.topics:
            zone = "question" if letters in known.question else "topics"
            ours.add(number)
        elif is_ours(line, 3) or number == start:
            ours.add(number)
            zone = ""
        elif (
            (f" {letters} " in known.stream and (signed or not quoted or _is_rest(seen, number, ours)))
            or (quoted and signed)
            or (zone and not quoted and (zone == "question" or _is_item(line)))
            or (_is_rest(seen, number, ours) and (signed or quoted or zone))
        ):
            ours.add(number)
        if number in ours:
            stop = number + 1
    return Span(start, stop, frozenset(i for i in ours if i < stop), ended, quoted)


def _start(seen: Sequence[str], marker: str) -> int | None:
    candidates = marker_lines(seen, marker)
    if len(candidates) > 1 and not any(seen[: candidates[0]]):
        # A help desk has a first line of its own that may read like ours: no word of ours follows it.
        between = seen[candidates[0] + 1 : candidates[1]]
        if not any(is_ours(line) for line in between):
            return candidates[1]
    if candidates:
        return candidates[0]
    certain = [number for number, line in enumerate(seen) if is_ours(line)]
    first = next((one for one, other in zip(certain, certain[2:], strict=False) if other - one <= 20), None)
    if first is None:
        return None
    above = next(
        (number for number in range(first - 1, max(-1, first - 1 - _BLANKS), -1) if _letters(seen[number])), None
    )
    greets = above is not None and f" {_letters(seen[above])} " in _known().stream
    return above if greets else first


def _is_rest(seen: Sequence[str], number: int, ours: set[int]) -> bool:
    """Whether a line without signs is the end of a long one above it that a program wrapped after quoting."""
    above = seen[number - 1] if number else ""
    if not above or (number - 1) not in ours:
        return False
    words = seen[number].split()
    joined = f"{above} {words[0]}" if words else above
    sentence = above.rstrip().endswith((".", "?", "!", ":")) and words and words[0][:1].isupper()
    return len(joined) >= _WRAP and not sentence


def _is_item(line: str) -> bool:
    return bool(re.match(r"[\s>|]*(?:[-*•·–]|\d{1,2}[.)])\s", line))
