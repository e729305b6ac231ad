"""What a counselling centre's mail asks: the client's own words, without headers, quotes and signatures.

The ways a question comes: a new mail, a forwarded one in the text (below a block of header lines) or attached, and
several in one mail: numbered, or one forward each.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from bot.handover.mail import MARKER
from bot.mailing import closings, forward_blocks, signatures
from bot.mailing.labels import labelled
from bot.mailing.parsing import Mail

_MAX_QUESTIONS = 20
_LONGEST = 1_000  # letters of a line in a list
_LONGEST_TEXT = 5_000  # letters of a text that is taken apart
_RULE = re.compile(r"[-_=—–*]{5,}")
_ADDRESS = re.compile(r"[\w.+=-]{1,100}+@[\w-]{1,100}(?:\.[\w-]{1,100})+")
_SCRIPTS = {
    "cyrillic": ("\u0400", "\u052f"),
    "arabic": ("\u0600", "\u08ff"),
    "ethiopic": ("\u1200", "\u139f"),
    "greek": ("\u0370", "\u03ff"),
    "georgian": ("\u10a0", "\u10ff"),
    "armenian": ("\u0530", "\u058f"),
    "devanagari": ("\u0900", "\u097f"),
    "han": ("\u3040", "\u9fff"),
}


@dataclass(frozen=True)
class Question:
    """``context``: what stood before a list of questions or above a forward; for a person to read, not the matcher."""

    words: str
    context: str = ""


_FORWARD = (
    r"fwd?|wg|wtr|doorst|tr|rv|i|enc|pd|vs|vb|fs|редирект|пересл\w*|перес|переслано|пер|yönl|[iİı]lt|i̇lt|redir\w*|"
    r"chuyển tiếp|إعادة توجيه|محوّ?ل|بازارسال|هدایت|ارسال مجدد|لېږل شوی"
)
_REPLY = r"re|aw|antw|sv|odp|ynt|yan|rép|res|rif|r|отв|відп|ha|رد|پاسخ|ځواب|tl|trả lời"
_PREFIX = re.compile(
    rf"\s*(?:\[[^\]]{{1,20}}\]\s*)?(?:(?P<forward>{_FORWARD})|{_REPLY})(?:\s?\[\d+\])?\s?[:：]\s*", re.IGNORECASE
)

_NUMBER = re.compile(
    r"\s*(?:\(?(\d{1,2})\s?[.)]|(?:frage|question|pregunta|întrebarea|soru|вопрос|питання|سؤال|pirs|pytanie)"
    r"\s*(\d{1,2})\s*[.:)])\s*(.*)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*[-*•·–—▪◦]\s+(.*)")
_ASKS = re.compile(r"[?؟፧]")
_SENTENCE = re.compile(r"[^.!?؟፧\n]*(?:[.!](?!\s|$)[^.!?؟፧\n]*)*[.!?؟፧\n]*\s*")
_FEWEST = 3  # words of a question that can stand alone
# A counsellor's words above a forward that only say that there is one.
_BARE_NOTE = re.compile(
    r"\b(?:fyi|z\.?\s?k\.?|info|kenntnis\w*|weiterleit\w*|weitergeleitet\w*|(?:diese|folgende|untenstehende|eine|die) (?:frage|anfrage|nachricht|e-?mail|mail)"
    r"|siehe unten|s\.u\.|helfen|beantwort\w*|anbei|forward\w*|see below|please help|below|bitte um|was (?:sagen|meinen) sie|können sie|wissen sie|voir ci-dessous"
    r"|дивіться|нижче|ниже|перес(?:ила|ыла)\w*|poniżej|przekazuję|mai jos|aşağıda)\b",
    re.IGNORECASE,
)
_BARE_WORDS = 12
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NAMED = re.compile(r"([^\W\d_]+[ -][^\W\d_]+)[\"')]*\s*<")
_SIGNATURE_LINES = 8


def questions(mail: Mail, own_words: Callable[[str], str]) -> tuple[Question, ...]:
    """The questions of a centre's mail, in order; empty when there are no words in it.

    ``own_words`` leaves of a text what its sender wrote, without what is quoted below. The counsellor's own question
    above a forward is one more; other words there are the context of what is forwarded.
    """
    inside = [question for each in mail.forwarded for question in questions(each, own_words)]
    note, texts = _taken_apart(mail)
    forwarded = [question for text in texts for question in _asked(_own(text, own_words))]
    if inside or forwarded:
        own, context = _note(_own(note, own_words))
        told = [
            Question(each.words, "\n\n".join(filter(None, (context, each.context)))) for each in (*forwarded, *inside)
        ]
        found = [*own, *told]
    else:
        found = list(_asked(_own(mail.text, own_words)))
    if not found:  # "Was kostet der Aufenthaltstitel?" as the subject, and nothing else
        subject, _ = stripped(mail.headers.subject)
        found = [Question(subject)] if subject else []
    return tuple(found[:_MAX_QUESTIONS])


def _note(words: str) -> tuple[list[Question], str]:
    """A counsellor's words above a forward: questions of their own, else what is worth knowing."""
    said = signatures.said(words)
    bare = bool(_BARE_NOTE.search(said)) and len(said.split()) <= _BARE_WORDS
    if not said or bare:
        return [], ""
    own = list(_asked(said)) if _ASKS.search(said) and len(said.split()) > _FEWEST else []
    return own, "" if own else said


def stripped(subject: str) -> tuple[str, bool]:
    """A subject without its Fwd:, WG:, Re: ..., and whether one of them says that it is forwarded."""
    first: bool | None = None
    while found := _PREFIX.match(subject):
        first = bool(found.group("forward")) if first is None else first
        subject = subject[found.end() :]
    return subject.strip(), bool(first)


def _taken_apart(mail: Mail) -> tuple[str, list[str]]:
    """What stands above the first forwarded mail in the text, and the text of each; nothing when none is forwarded."""
    lines = mail.text.replace("\ufeff", "").splitlines()
    _, passed_on = stripped(mail.headers.subject)
    answers = bool(mail.headers.in_reply_to or mail.headers.references)
    blocks = forward_blocks.find(lines)
    # Without a separator, a block or "Am ... schrieb" may stand above the older mail of a reply to us.
    first = next((each for each in blocks if each.marked or passed_on or not (answers or each.attributed)), None)
    if first is None or (answers and not passed_on and not (first.sender or first.subject)):
        return mail.text if mail.forwarded else "", []
    blocks = blocks[blocks.index(first) :]
    ours = _addresses(f"{mail.headers.first('from')} {first.to}".casefold())
    texts = []
    for number, block in enumerate(blocks):
        if number and not _is_another(first, block, ours):
            continue
        end = blocks[number + 1].start if number + 1 < len(blocks) else len(lines)
        inside = lines[block.end : end]
        last = next((index for index, line in enumerate(inside) if forward_blocks.is_end(line)), len(inside))
        texts.append(_unsigned(_unquoted(inside[:last]), block))
        if block is first and first.attributed and not block.marked:
            texts[-1] = _unsigned(_unquoted(lines[block.end :]), block)
            break
    above = [line for line in lines[: first.start] if not _RULE.fullmatch(line.strip())]
    return "\n".join(above), texts[:_MAX_QUESTIONS]


def _is_another(first: forward_blocks.Block, block: forward_blocks.Block, ours: frozenset[str]) -> bool:
    """Whether a later block is a second forward, and not what the client had answered to."""
    senders = _addresses(block.sender)
    if block.attributed or (senders and senders <= ours) or (not senders and not block.sender):
        return False
    if not senders:
        return block.sender != first.sender and (not block.to or block.to == first.to)
    if senders & _addresses(first.sender) and stripped(block.subject)[0] == stripped(first.subject)[0]:
        return False
    to = _addresses(block.to)
    return (
        not to or not _addresses(first.to) or bool(to & ours) or (not (to & _addresses(first.sender)) and block.marked)
    )


def _addresses(text: str) -> frozenset[str]:
    return frozenset(_ADDRESS.findall(text[:2_000]))


def _unquoted(lines: list[str]) -> str:
    """Without one level of ``>`` (Apple), of which some lines were wrapped, or without the same indent (Outlook, Mac)."""
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith(">"):
        kept: list[str] = []
        quoted = False
        for line in lines:
            bare = line.lstrip()
            if bare.startswith(">"):
                kept.append(bare[1:].removeprefix(" "))
                quoted = bool(kept[-1].strip())
            elif line.strip() and quoted:
                kept[-1] = f"{kept[-1].rstrip()} {line.strip()}"  # the end of a long line that lost its sign
            elif line.strip():
                break  # below the quote: somebody else's words
            else:
                kept.append("")
                quoted = False
        lines = kept
    return textwrap.dedent("\n".join(lines))


def _unsigned(text: str, block: forward_blocks.Block) -> str:
    """Without the client's name at the end, known from the block, and what stands below it: an address, a number."""
    sender = block.sender.casefold()
    if block.attributed:  # a whole line: "Am 30.11. schrieb Olena Beispiel <olena@...>:"
        named = _NAMED.search(sender)
        sender = named.group(1) if named else ""
    names = _LETTERS.findall(_ADDRESS.sub(" ", sender))
    lines = text.rstrip().splitlines()
    for number in range(max(1, len(lines) - _SIGNATURE_LINES), len(lines)):
        words = _LETTERS.findall(lines[number].casefold())
        whole = len(names) > 1 and sorted(words[: len(names)]) == sorted(names)
        if (whole or (len(words) == 1 and words[0] in names)) and not _ASKS.search("\n".join(lines[number:])):
            return "\n".join(lines[:number])
    return text


def _own(text: str, own_words: Callable[[str], str]) -> str:
    words = own_words(text).replace(MARKER, "")
    kept = [line for line in words.splitlines() if not line.startswith(">")]
    # Nobody's name or address becomes part of a question.
    first = next((i for i, line in enumerate(kept) if line.strip() and not _is_header_line(line)), len(kept))
    return closings.without("\n".join(kept[first:]))


def _is_header_line(line: str) -> bool:
    kind, value = labelled(line[:300])
    return kind in ("from", "to", "cc", "reply", "date") and bool(_ADDRESS.search(value.casefold()) or not value)


def _asked(text: str) -> tuple[Question, ...]:
    """One question, or those of a list, of a paragraph with several, or in another script than the words around it.

    A list counts from 1, or has signs, and asks in every item ("1. Pass 2. Urkunde" does not).
    """
    if not text.strip():
        return ()
    if len(text) > _LONGEST_TEXT:
        return _listed(text) or (Question(text.strip()),)
    return _listed(text) or _foreign(text) or _several(text) or (Question(text.strip()),)


def _listed(text: str) -> tuple[Question, ...]:
    for item_of in (_numbered_item, _bullet_item):
        before: list[str] = []
        items: list[list[str]] = []
        for line in text.splitlines():
            item = item_of(line, len(items) + 1) if len(line) <= _LONGEST else None
            if item is not None:
                items.append([item])
            else:
                (items[-1] if items else before).append(line)
        words = ["\n".join(item).strip() for item in items]
        last, blank, below = words[-1].partition("\n\n") if words else ("", "", "")
        if blank and not _ASKS.search(below):  # thanks, a name: below the list, not of its last item
            words[-1] = last
        if len(words) >= 2 and all(_ASKS.search(each) for each in words):
            context = "\n".join(before).strip()
            return tuple(Question(each, context) for each in words)
    return ()


def _numbered_item(line: str, number: int) -> str | None:
    found = _NUMBER.fullmatch(line)
    return found.group(3) if found and int(found.group(1) or found.group(2)) == number else None


def _bullet_item(line: str, _: int) -> str | None:
    found = _BULLET.fullmatch(line)
    return found.group(1) if found else None


def _foreign(text: str) -> tuple[Question, ...]:
    """A question in another script than the counsellor's words around it: those are its context, or ask themselves."""
    lines = [line for line in text.splitlines() if line.strip()]
    scripts = [_script(line) for line in lines]
    others = [script for script in scripts if script not in ("latin", "")]
    if not others or "latin" not in scripts or len(set(others)) > 1:
        return ()
    asked = "\n".join(line for line, script in zip(lines, scripts, strict=True) if script not in ("latin", ""))
    around = "\n".join(line for line, script in zip(lines, scripts, strict=True) if script in ("latin", ""))
    if len(asked.split()) < _FEWEST or not _ASKS.search(asked):
        return ()
    own = _ASKS.search(around) and not _BARE_NOTE.search(around)
    return (*(_several(around) or (Question(around),) if own else ()), Question(asked, "" if own else around))


def _script(line: str) -> str:
    counts: dict[str, int] = {}
    for letter in line[:1_000]:
        if letter.isalpha():
            name = next((name for name, (low, high) in _SCRIPTS.items() if low <= letter <= high), "latin")
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else ""


def _several(text: str) -> tuple[Question, ...]:
    """Several questions in one text: each with what is told before it; what is told first is the context of all."""
    parts: list[str] = []
    pending = ""
    for sentence in _SENTENCE.findall(text):
        pending += sentence
        if _ASKS.search(sentence) and len(re.findall(r"\w+", sentence)) >= _FEWEST:
            parts.append(pending)
            pending = ""
    if len(parts) < 2:
        return ()
    parts[-1] += pending
    told = _SENTENCE.findall(parts[0])
    context = "".join(sentence for sentence in told if not _ASKS.search(sentence)).strip()
    if not re.search(r"\w{4}", signatures.said(context)):
        context = ""
    return tuple(Question(part.strip(), context if number else "") for number, part in enumerate(parts))
