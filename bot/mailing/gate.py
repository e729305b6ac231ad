"""Who gets in: what a mail is, and whether it may do what it wants. The destination of a reply is never decided here.

A mail is noise, or a bounce, or a reply of the office, or a question. A reply needs all three: a valid token, one clear
From on the list of the office that the token was made for, and dmarc=pass by our own mail server. What has all three
is an answer, or waits with the reason: it is never left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.handover import tokens
from bot.handover.mail import MARKER
from bot.handover.tokens import Token
from bot.mailing import absences, addressed, commands, failures, forwarded, noise, senders, signatures
from bot.mailing.failures import Bounce
from bot.mailing.headers import Headers
from bot.mailing.noise import Noise
from bot.mailing.parsing import Attachment, Mail, Unreadable, Why
from bot.mailing.reasons import Reason

__all__ = [
    "Bounce",
    "CentreQuestion",
    "Issued",
    "Noise",
    "OfficeReply",
    "Quarantine",
    "Reason",
    "Rules",
    "Stranger",
    "Thread",
    "Verdict",
    "judge",
    "token_numbers",
]


@dataclass(frozen=True)
class Rules:
    """What the operator has set. Lists hold addresses or whole domains (``@city.de``).

    ``offices``: an office's address, and who may reply for it besides. ``topics``: ids of the knowledge that runs.
    """

    own: Collection[str]
    offices: Mapping[str, Collection[str]]
    centres: Collection[str]
    secret: bytes = field(repr=False)
    authserv_id: str = ""
    dmarc: bool = True
    topics: Collection[str] = ()


@dataclass(frozen=True)
class Issued:
    """What the database says of a ticket: the office its token was made for, and until when (epoch seconds).

    ``question``: its words, if they are known here; a name in them may be greeted.
    """

    office: str
    expires: int
    question: str = field(default="", repr=False)


@dataclass(frozen=True)
class Thread:
    """What an answer needs to stand below this mail in every mail program. Ids without angle brackets."""

    subject: str
    message_id: str
    references: tuple[str, ...]  # for the answer's References: oldest first, this mail last


@dataclass(frozen=True)
class OfficeReply:
    """A clerk's answer. ``reading`` holds commands, problems to report to ``sender``, and the text.

    While there are problems nothing is done and nothing relayed. If it is private, nothing is relayed, attachments
    included. ``attachments`` have content; ``unsent`` are names of those that are not relayed.
    """

    ticket: int
    office: str
    sender: str
    reading: commands.Reading
    attachments: tuple[Attachment, ...]
    unsent: tuple[str, ...]
    thread: Thread


@dataclass(frozen=True)
class CentreQuestion:
    """A counselling centre asks, for itself or a client. ``sender`` is who gets the answers."""

    sender: str
    questions: tuple[forwarded.Question, ...]
    unsent: tuple[str, ...]  # names of attachments that are not kept
    thread: Thread
    attachments: tuple[Attachment, ...] = ()  # those that are, with content


@dataclass(frozen=True)
class Stranger:
    """Anybody else. Answer only who is ``proven``: a forged sender would get what they never asked for."""

    sender: str
    proven: bool
    questions: tuple[forwarded.Question, ...]
    thread: Thread


@dataclass(frozen=True)
class Quarantine:
    """Kept for the operator. ``tell``: a proven sender who may be told the reason; empty: nobody is told.

    ``asks``: only "is it meant for the asker?" is open, which the ticket's office may answer with a word.
    """

    reason: Reason
    tell: str = ""
    ticket: int | None = None
    asks: bool = False


Verdict = OfficeReply | CentreQuestion | Stranger | Bounce | Noise | Quarantine


def token_numbers(mail: Mail | Unreadable, recipients: Iterable[str]) -> frozenset[int]:
    """The tickets that the mail claims to belong to. ``judge`` needs what the database says of them."""
    envelope, thread = _tokens(mail.headers, recipients)
    return frozenset(token.number for token in (*envelope, *thread))


def judge(
    mail: Mail | Unreadable,
    recipients: Collection[str],
    rules: Rules,
    tickets: Mapping[int, Issued],
    now: int,
    own_words: Callable[[str], str],
) -> Verdict:
    """What to do with a mail.

    ``recipients``: of the envelope, never of To or Cc. The mail server's ``Return-Path`` stands among the headers (an
    LMTP adapter puts it there). ``tickets``: for ``token_numbers``. ``now``: epoch seconds. ``own_words`` leaves of a
    text what its sender wrote (quotes cut).
    """
    own_words = cache(own_words)  # asked several times about the same text
    headers = mail.headers
    readable = mail if isinstance(mail, Mail) else None
    # Mail servers report with an empty Return-Path: ask before it counts as noise.
    bounce = failures.failure(readable) if readable else None
    if bounce:
        return bounce
    if noise.is_own(headers, rules.own):
        return Noise.OWN
    if noise.is_receipt(headers, readable):
        return Noise.RECEIPT
    if readable and failures.is_report(readable):
        return Noise.DELIVERY
    marked = noise.marked(headers, readable)
    sender = senders.author(headers)
    proven = sender is not None and (not rules.dmarc or senders.dmarc_passed(headers, rules.authserv_id, sender))
    found = envelope, thread = _tokens(headers, recipients)
    if marked and not (headers.intact and proven and _allowed(found, sender or "", rules, tickets)):
        return marked
    if not headers.intact:
        return Quarantine(Reason.HEADERS)
    if sender is None:
        return Quarantine(Reason.SENDER)
    is_centre = senders.listed(sender, rules.centres)
    is_office = any(_may_reply(sender, office, rules) for office in rules.offices)
    # A centre may answer a mail that came from an office's thread: only the envelope makes that a reply to it.
    if envelope or (thread and (is_office or not is_centre)):
        return _reply(mail, sender, proven, found, rules, tickets, now, own_words, marked)
    told = sender if proven else ""
    if (is_centre or is_office) and not proven:
        return Quarantine(Reason.DMARC)
    if isinstance(mail, Unreadable):
        return Quarantine(_unread(mail.why), told if is_centre or is_office else "")
    if is_office and not is_centre:
        return Quarantine(Reason.NO_TOKEN, told)
    return _question(mail, sender, proven, is_centre, own_words)


def _question(
    mail: Mail, sender: str, proven: bool, is_centre: bool, own_words: Callable[[str], str]
) -> CentreQuestion | Stranger | Noise | Quarantine:
    headers = mail.headers
    asked = forwarded.questions(mail, own_words)
    if not mail.forwarded:
        words = own_words(mail.text).replace(MARKER, "")
        away = noise.says_absence(headers) and absences.read_in(words) and "?" not in words
        empty = Noise.ABSENCE if away else noise.wordless(mail, words)
        if empty and not _asks_elsewhere(mail, asked, words):
            return empty
        if noise.titled_absence(headers) and "?" not in words and "?" not in headers.subject:
            return Quarantine(Reason.ABSENCE) if is_centre else Noise.ABSENCE
    if not is_centre:
        return Stranger(sender, proven, asked, _thread(headers))
    if not asked:
        return Quarantine(Reason.EMPTY, sender)
    kept = tuple(each for each in mail.attachments if each.content is not None)
    unsent = tuple(each.name for each in mail.attachments if each.content is None)
    return CentreQuestion(sender, asked, unsent, _thread(headers), kept)


def _asks_elsewhere(mail: Mail, asked: tuple[forwarded.Question, ...], words: str) -> bool:
    """Whether a question stands in the subject, or below polite words in a mail that was forwarded."""
    subject, passed_on = forwarded.stripped(mail.headers.subject)
    return "?" in subject or bool(mail.attachments) or (passed_on and any(each.words not in words for each in asked))


def _allowed(
    found: tuple[tuple[Token, ...], tuple[Token, ...]], sender: str, rules: Rules, tickets: Mapping[int, Issued]
) -> bool:
    """Whether a valid token stands behind a mail of ``sender``, who may reply with it."""
    token = next(iter((*found[0], *found[1])), None)
    return (
        token is not None and _holds(token, tickets, rules) and _may_reply(sender, tickets[token.number].office, rules)
    )


def _reply(
    mail: Mail | Unreadable,
    sender: str,
    proven: bool,
    found: tuple[tuple[Token, ...], tuple[Token, ...]],
    rules: Rules,
    tickets: Mapping[int, Issued],
    now: int,
    own_words: Callable[[str], str],
    marked: Noise | None,
) -> OfficeReply | Quarantine | Noise:
    envelope, thread = found
    token = (envelope or thread)[0]
    issued = tickets.get(token.number)
    # Without the expiry first, so that a clerk who is late is told so, and a guesser nothing.
    if not issued or not tokens.holds(token, issued.office, issued.expires, issued.expires, rules.secret):
        return Quarantine(Reason.TOKEN)
    if not _may_reply(sender, issued.office, rules):
        # A colleague's own address, or a shared mailbox: the office can say that it is right.
        near = proven and senders.same_organisation(sender, issued.office)
        return Quarantine(Reason.NOT_LISTED, ticket=token.number, asks=near)
    if not proven:
        return Quarantine(Reason.DMARC, ticket=token.number)
    told = "" if marked and marked is not Noise.INVITATION and marked is not Noise.LIST else sender
    if now > issued.expires:
        return Quarantine(Reason.EXPIRED, told, token.number)
    # An address that a mail program completed wrongly would bring the answer to somebody else.
    answered = [each for each in thread[:1] if _holds(each, tickets, rules)]
    if any(each.number != token.number for each in (*envelope, *answered)):
        return Quarantine(Reason.SEVERAL, told, token.number)
    if isinstance(mail, Unreadable):
        return Quarantine(_unread(mail.why), told, token.number)
    words = own_words(mail.text)
    doubt = _doubt(mail, words, marked)
    if doubt is None and noise.is_desk_receipt(mail.headers):
        return Noise.ACKNOWLEDGED
    if doubt:
        return Quarantine(doubt, ticket=token.number)
    kept = tuple(each for each in mail.attachments if each.content is not None)
    if MARKER in words:
        return Quarantine(Reason.UNCLEAR, told, token.number)
    reading = commands.read(words, rules.topics)
    if not reading.problems and not signatures.said(reading.text):
        reading = commands.Reading(reading.commands, (), "")  # a greeting and a signature are no answer
    unsent = [each.name for each in mail.attachments if each.content is None]
    unsent += [each.headers.subject or "E-Mail" for each in mail.forwarded]
    if not (reading.text or reading.commands or reading.problems or kept):
        return Quarantine(Reason.EMPTY, told, token.number)
    if reading.relayed or (kept and not reading.private):
        if addressed.others(mail.headers, {*rules.own, sender, issued.office}):
            return Quarantine(Reason.OTHERS, ticket=token.number, asks=True)
        if addressed.greets_somebody(reading.text, issued.question):
            return Quarantine(Reason.ADDRESSED, ticket=token.number, asks=True)
    return OfficeReply(token.number, issued.office, sender, reading, kept, tuple(unsent), _thread(mail.headers))


def _doubt(mail: Mail, words: str, marked: Noise | None) -> Reason | None:
    """Why what has a right to be an answer may be none: a program's words, or nobody's."""
    own = words.replace(MARKER, "")
    if noise.says_absence(mail.headers) or absences.read_in(own):
        return Reason.ABSENCE
    empty = noise.wordless(mail, own) if own.strip() and not own.lstrip().startswith("#") else None
    if empty is Noise.ACKNOWLEDGED:
        return None if noise.is_desk_receipt(mail.headers) else Reason.RECEIPT
    if empty and not any(each.content is not None for each in mail.attachments) and signatures.said(own):
        return Reason.THANKS
    if empty is Noise.REACTION or mail.reaction:
        return Reason.THANKS
    return (
        {Noise.AUTOMATIC: Reason.AUTOMATIC, Noise.NO_RETURN: Reason.AUTOMATIC, Noise.BULK: Reason.BULK}.get(marked)
        if marked
        else None
    )


def _holds(token: Token, tickets: Mapping[int, Issued], rules: Rules) -> bool:
    issued = tickets.get(token.number)
    return issued is not None and tokens.holds(token, issued.office, issued.expires, issued.expires, rules.secret)


def _may_reply(sender: str, office: str, rules: Rules) -> bool:
    others = {address.lower(): entries for address, entries in rules.offices.items()}.get(office.lower())
    return others is not None and senders.listed(sender, [office, *others])


def _tokens(headers: Headers, recipients: Iterable[str]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Tokens of the envelope, and of the mail answered to: In-Reply-To, then References from the youngest on.

    A server that changes the envelope (an alias, a catch-all) notes where the mail was delivered to; a sender's own
    server may write the token into the Message-ID.
    """
    envelope = _read(recipients) or _read(addressed.paths(headers))
    return envelope, _read((*headers.in_reply_to, *reversed(headers.references)))


def _read(addresses: Iterable[str]) -> tuple[Token, ...]:
    found = (tokens.read(address.partition("@")[0]) for address in addresses)
    return tuple(dict.fromkeys(filter(None, found)))


def _thread(headers: Headers) -> Thread:
    before = headers.references or headers.in_reply_to
    this = (headers.message_id,) if headers.message_id else ()
    return Thread(headers.subject, headers.message_id, (*before, *this))


def _unread(why: Why) -> Reason:
    return Reason[why.name]
