"""What a counselling centre's mail asks: the client's own words, without headers, quotes and signatures.

The ways a question comes: a new mail, a forwarded one in the text (below a block of header lines) or attached, and
several in one mail: numbered, or one forward each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.mailing import closings
from bot.mailing.parsing import Mail

_MAX_QUESTIONS = 20


@dataclass(frozen=True)
class Question:
    """``context``: what stood before a list of numbered questions; for a person to read, not for the matcher."""

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

# Names of header fields, folded, as mail programs write them above a forwarded text.
_FROM_LABEL = re.compile(
    r"von|from|de(?: la)?|da|expéditeur|remitente|od|от(?:правитель)?|від(?:правник)?|kimden|gönderen|nadawca|"
    r"expeditor|từ|người gửi|من|از|فرستنده|ارسال\u200cکننده|لخوا|ji|ka|laga"
)
_SUBJECT_LABEL = re.compile(
    r"betreff|subject|objet|asunto|oggetto|temat|тема|konu|subiect(?:ul)?|chủ đề|الموضوع|موضوع|mijar|mawduuc"
)
_OTHER_LABEL = re.compile(
    r"gesendet|datum|an|kopie|b?cc|antwort an|priorität|wichtigkeit|sent|date|to|reply-to|importance|envoyé|à|cci?|"
    r"enviado(?: el)?|fecha|para|inviato|data|a|wysłano|do|dw|отправлено|дата|кому|копи[яі]|копія|надіслано|"
    r"gönderilen|gönderilme tarihi|gönderme tarihi|tarih|kime|bilgi|trimis|către|la|đã gửi|ngày|đến|tới|"
    r"التاريخ|تاريخ|تاريخ الإرسال|أرسلت|إلى|الى|نسخة|تاریخ|به|ارسال\u200cشده|نېټه|ته|roj|dîrok|ji bo|taariikh|ku"
)
_LABEL = re.compile(
    r"[\s>*_\u200e\u200f\u2066-\u2069\u202a-\u202e]*([^\W\d_][\w\u200c' -]{0,24}?)[*_\s]*[:：][*_]*(?:\s+(.*))?"
)

# "-------- Weitergeleitete Nachricht --------": dashes and words; or Apple's line without dashes.
_MARK_WORDS = re.compile(
    r"weitergeleitete|forwarded|transféré|reenviado|inoltrato|przekazana|пересланн|переслан[аое]|iletilen|yönlendirilen|"
    r"redirecționat|redirecţionat|chuyển tiếp|مُ?عاد توجيه|محو[لّ]|هدایت|بازارسال|doorgestuurd|ursprüngliche|original|"
    r"d'origine|исходное|оригінальн|oryginalna|özgün|الأصلية|اصلی",
    re.IGNORECASE,
)
_APPLE = re.compile(
    r"[\s>]*(?:anfang der weitergeleiteten nachricht|begin forwarded message|début du message (?:transféré|réexpédié)|"
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|początek przekazywanej wiadomości|"
    r"начало переадресованного сообщения|початок листа, що пересилається)\s*:?\s*",
    re.IGNORECASE,
)
_LONGEST = 1_000  # characters of a header line
_MAX_LINES = 5_000  # in which header blocks are looked for

_NUMBER = re.compile(
    r"\s*(?:\(?(\d{1,2})\s?[.)]|(?:frage|question|pregunta|întrebarea|soru|вопрос|питання|سؤال|pirs|pytanie)"
    r"\s*(\d{1,2})\s*[.:)])\s*(.*)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?؟፧]")


def questions(mail: Mail, own_words: Callable[[str], str]) -> tuple[Question, ...]:
    """The questions of a centre's mail, in order; empty when there are no words in it.

    ``own_words`` leaves of a text what its sender wrote, without what is quoted below.
    """
    found = [question for each in mail.forwarded for question in questions(each, own_words)]
    if not found:
        found = [question for text in _forwards(mail) for question in _numbered(_own(text, own_words))]
    if not found:
        found = list(_numbered(_own(mail.text, own_words)))
    if not found:  # "Was kostet der Aufenthaltstitel?" as the subject, and nothing else
        subject, _ = stripped(mail.headers.subject)
        found = [Question(subject)] if subject else []
    return tuple(found[:_MAX_QUESTIONS])


def stripped(subject: str) -> tuple[str, bool]:
    """A subject without its Fwd:, WG:, Re: ..., and whether one of them says that it is forwarded."""
    forwarded = False
    while found := _PREFIX.match(subject):
        forwarded = forwarded or bool(found.group("forward"))
        subject = subject[found.end() :]
    return subject.strip(), forwarded


@dataclass(frozen=True)
class _Block:
    """Header lines in a text: lines ``start`` to before ``end``; ``marked``: a line above says "forwarded"."""

    start: int
    end: int
    subject: str
    marked: bool


def _forwards(mail: Mail) -> list[str]:
    lines = mail.text.splitlines()
    blocks = _blocks(lines[:_MAX_LINES])
    if not blocks:
        return []
    _, forwarded = stripped(mail.headers.subject)
    if not forwarded and not blocks[0].marked and (mail.headers.in_reply_to or mail.headers.references):
        return []  # a reply with the older mail below it
    # A later block is another forward if it has another subject, else what the client had answered to.
    subjects = {blocks[0].subject}
    texts = []
    for number, block in enumerate(blocks[: 10 * _MAX_QUESTIONS]):
        if number == 0 or (block.subject and block.subject not in subjects):
            subjects.add(block.subject)
            end = blocks[number + 1].start if number + 1 < len(blocks) else len(lines)
            texts.append(_unquoted(lines[block.end : end]))
    return texts[:_MAX_QUESTIONS]


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    number = 0
    while number < len(lines):
        found = _block(lines, number)
        if found:
            blocks.append(found)
            number = found.end
        else:
            number += 1
    return blocks


def _block(lines: list[str], number: int) -> _Block | None:
    start = number
    marked = _is_mark(lines[number])
    if marked:
        number += 1
        while number < len(lines) and number < start + 4 and not lines[number].strip(" >\t"):
            number += 1
    labels: list[str] = []
    subject = ""
    while number < len(lines) and len(labels) < 12:
        label, value = _labelled(lines[number])
        if _is_label(label):
            labels.append(label)
            subject = stripped(value)[0].casefold() if _SUBJECT_LABEL.fullmatch(label) else subject
        elif not (labels and lines[number].strip(" >\t") and _labelled_soon(lines, number)):
            break  # neither a header line nor the rest of a long one
        number += 1
    senders = [bool(_FROM_LABEL.fullmatch(label)) for label in labels]
    if len(set(labels)) < 2 or not (senders[0] or (marked and any(senders))):
        return None
    return _Block(start, number, subject, marked)


def _is_mark(line: str) -> bool:
    bare = line.strip("> \t")
    dashed = bare.startswith("--") and bare.endswith("--") and _MARK_WORDS.search(bare[:200])
    return len(bare) <= 200 and bool(dashed or _APPLE.fullmatch(bare))


def _is_label(label: str) -> bool:
    return any(names.fullmatch(label) for names in (_FROM_LABEL, _SUBJECT_LABEL, _OTHER_LABEL))


def _labelled(line: str) -> tuple[str, str]:
    found = _LABEL.fullmatch(line.rstrip()) if len(line) <= _LONGEST else None
    return (found.group(1).strip().casefold(), found.group(2) or "") if found else ("", "")


def _labelled_soon(lines: list[str], number: int) -> bool:
    """Whether one of the next two lines goes on with the header block."""
    return any(_is_label(_labelled(line)[0]) for line in lines[number + 1 : number + 3])


def _unquoted(lines: list[str]) -> str:
    """Apple Mail quotes a forwarded text: one level of > goes if all lines have it."""
    if any(line.strip() for line in lines) and all(line.startswith(">") for line in lines if line.strip()):
        lines = [line[1:].removeprefix(" ") for line in lines]
    return "\n".join(lines)


def _own(text: str, own_words: Callable[[str], str]) -> str:
    words = own_words(text)
    return closings.without("\n".join(line for line in words.splitlines() if not line.startswith(">")))


def _numbered(text: str) -> tuple[Question, ...]:
    """One question, or those of a list that counts from 1 and asks in every item ("1. Pass 2. Urkunde" does not)."""
    if not text.strip():
        return ()
    before: list[str] = []
    items: list[list[str]] = []
    for line in text.splitlines():
        found = _NUMBER.fullmatch(line) if len(line) <= _LONGEST else None
        if found and int(found.group(1) or found.group(2)) == len(items) + 1:
            items.append([found.group(3)])
        else:
            (items[-1] if items else before).append(line)
    words = ["\n".join(item).strip() for item in items]
    if len(words) < 2 or not all(_ASKS.search(each) for each in words):
        return (Question(text.strip()),)
    context = "\n".join(before).strip()
    return tuple(Question(each, context) for each in words)
