"""Who gets in: what a mail is, and whether it may do what it wants. The destination of a reply is never decided here.

A mail is noise, or a bounce, or a reply of the office, or a question. A reply needs all three: a valid token, one clear
From on the list of the office that the token was made for, and dmarc=pass by our own mail server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.handover import tokens
from bot.handover.tokens import Token
from bot.mailing import commands, forwarded, noise, senders
from bot.mailing.noise import Noise
from bot.mailing.parsing import Attachment, Headers, Mail, Unreadable, Why


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
    """What the database says of a ticket: the office its token was made for, and until when (epoch seconds)."""

    office: str
    expires: int


class Reason(Enum):
    """Why a mail waits for the operator: in German and English."""

    HEADERS = (
        "Der Kopf der E-Mail ist beschädigt: Verschiedene Programme würden Verschiedenes darin lesen.",
        "The mail's header is damaged: programs would read different things in it.",
    )
    SENDER = (
        "Der Absender ist nicht eindeutig: Die From-Zeile fehlt, ist mehrfach da oder nennt mehr als eine Adresse.",
        "The sender is not clear: a From line is missing, there are several, or it names more than one address.",
    )
    TOKEN = (
        "Das Kennzeichen der Frage stimmt nicht. Vielleicht hat jemand geraten, oder eine Adresse ist abgeschnitten.",
        "The question's token is not valid. Somebody may have guessed, or an address was cut.",
    )
    EXPIRED = (
        "Die Frist für Antworten auf diese Frage ist abgelaufen.",
        "The time for replies to this question is over.",
    )
    SEVERAL = (
        "Die E-Mail gehört zu mehr als einer Frage: Empfänger und beantwortete E-Mail passen nicht zusammen.",
        "The mail belongs to more than one question: recipient and answered mail do not fit.",
    )
    NOT_LISTED = (
        "Der Absender darf für dieses Büro nicht antworten: Er steht nicht auf dessen Liste.",
        "The sender may not reply for this office: they are not on its list.",
    )
    DMARC = (
        "Unser Mailserver bestätigt den Absender nicht (kein dmarc=pass). Er kann gefälscht sein.",
        "Our mail server does not confirm the sender (no dmarc=pass). It may be forged.",
    )
    NO_TOKEN = (
        "Das Büro schreibt, aber nicht als Antwort auf eine Frage. Eine Nummer im Betreff genügt nicht.",
        "The office writes, but not in reply to a question. A number in the subject is not enough.",
    )
    ABSENCE = (
        "Die Antwort liest sich wie eine Abwesenheitsnotiz.",
        "The reply reads like an out-of-office note.",
    )
    EMPTY = (
        "In der E-Mail steht kein Text, der weitergegeben werden könnte.",
        "There is no text in the mail that could be passed on.",
    )
    NOT_SERVED = (
        "Der Weg, auf dem die Frage kam, ist gerade abgeschaltet. Die Antwort wartet.",
        "The channel that the question came by does not run here. Set it up, restart, then release the mail.",
    )
    SMIME = (
        "Die E-Mail ist mit S/MIME verschlüsselt oder verpackt und nicht lesbar. Bitte unverschlüsselt senden.",
        "The mail is encrypted or wrapped with S/MIME and cannot be read. Please send it unencrypted.",
    )
    PGP = (
        "Die E-Mail ist mit PGP verschlüsselt und kann nicht gelesen werden. Bitte unverschlüsselt senden.",
        "The mail is encrypted with PGP and cannot be read. Please send it unencrypted.",
    )
    WINMAIL = (
        "Outlook hat die E-Mail in winmail.dat verpackt. Bitte als Nur-Text oder HTML senden.",
        "Outlook has wrapped the mail in winmail.dat. Please send it as plain text or HTML.",
    )
    TOO_LARGE = (
        "Die E-Mail ist zu groß. Bitte ohne große Anhänge senden.",
        "The mail is too large. Please send it without large attachments.",
    )
    TOO_NESTED = (
        "Die E-Mail ist zu tief verschachtelt, um gelesen zu werden. Bitte als neue, einfache E-Mail senden.",
        "The mail is nested too deeply to be read. Please send it as a new, simple mail.",
    )
    TOO_COSTLY = (
        "Die E-Mail zu lesen dauert zu lange oder braucht zu viel Speicher. Bitte als neue, einfache E-Mail senden.",
        "Reading the mail takes too long or too much memory. Please send it as a new, simple mail.",
    )
    DAMAGED = (
        "Die E-Mail ist beschädigt und kann nicht gelesen werden. Bitte noch einmal senden.",
        "The mail is damaged and cannot be read. Please send it again.",
    )

    @property
    def german(self) -> str:
        return str(self.value[0])

    @property
    def english(self) -> str:
        return str(self.value[1])


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
    unsent: tuple[str, ...]  # names of attachments: they are not passed on
    thread: Thread


@dataclass(frozen=True)
class Stranger:
    """Anybody else. Answer only who is ``proven``: a forged sender would get what they never asked for."""

    sender: str
    proven: bool
    questions: tuple[forwarded.Question, ...]
    thread: Thread


@dataclass(frozen=True)
class Bounce:
    """A mail of ours was not delivered. ``message_id`` (empty: not told) is looked up in the outbox by the caller."""

    message_id: str
    recipient: str
    status: str  # RFC 3463, for example 5.1.1


@dataclass(frozen=True)
class Quarantine:
    """Kept for the operator. ``tell``: a proven sender who may be told the reason; empty: nobody is told."""

    reason: Reason
    tell: str = ""
    ticket: int | None = None


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
    headers = mail.headers
    readable = mail if isinstance(mail, Mail) else None
    # Mail servers report with an empty Return-Path: ask before it counts as noise.
    if readable and readable.delivery and readable.delivery.action == "failed":
        return Bounce(readable.delivery.message_id, readable.delivery.recipient, readable.delivery.status)
    left_alone = noise.find(headers, readable, rules.own)
    if left_alone:
        return left_alone
    if not headers.intact:
        return Quarantine(Reason.HEADERS)
    sender = senders.author(headers)
    if sender is None:
        return Quarantine(Reason.SENDER)
    proven = not rules.dmarc or senders.dmarc_passed(headers, rules.authserv_id, sender)
    envelope, thread = _tokens(headers, recipients)
    is_centre = senders.listed(sender, rules.centres)
    is_office = any(_may_reply(sender, office, rules) for office in rules.offices)
    # A centre may answer a mail that came from an office's thread: only the envelope makes that a reply to it.
    if envelope or (thread and (is_office or not is_centre)):
        return _reply(mail, sender, proven, (envelope, thread), rules, tickets, now, own_words)
    told = sender if proven else ""
    if (is_centre or is_office) and not proven:
        return Quarantine(Reason.DMARC)
    if isinstance(mail, Unreadable):
        return Quarantine(_unread(mail.why), told if is_centre or is_office else "")
    if is_office and not is_centre:
        return Quarantine(Reason.NO_TOKEN, told)
    asked = forwarded.questions(mail, own_words)
    if is_centre:
        unsent = tuple(attachment.name for attachment in mail.attachments)
        return CentreQuestion(sender, asked, unsent, _thread(headers)) if asked else Quarantine(Reason.EMPTY, told)
    return Stranger(sender, proven, asked, _thread(headers))


def _reply(
    mail: Mail | Unreadable,
    sender: str,
    proven: bool,
    found: tuple[tuple[Token, ...], tuple[Token, ...]],
    rules: Rules,
    tickets: Mapping[int, Issued],
    now: int,
    own_words: Callable[[str], str],
) -> OfficeReply | Quarantine:
    envelope, thread = found
    token = (envelope or thread)[0]
    issued = tickets.get(token.number)
    # Without the expiry first, so that a clerk who is late is told so, and a guesser nothing.
    if not issued or not tokens.holds(token, issued.office, issued.expires, issued.expires, rules.secret):
        return Quarantine(Reason.TOKEN)
    if not _may_reply(sender, issued.office, rules):
        return Quarantine(Reason.NOT_LISTED, ticket=token.number)
    if not proven:
        return Quarantine(Reason.DMARC, ticket=token.number)
    if now > issued.expires:
        return Quarantine(Reason.EXPIRED, sender, token.number)
    # An address that a mail program completed wrongly would bring the answer to somebody else.
    answered = [each for each in thread[:1] if _holds(each, tickets, rules)]
    if any(each.number != token.number for each in (*envelope, *answered)):
        return Quarantine(Reason.SEVERAL, sender, token.number)
    if isinstance(mail, Unreadable):
        return Quarantine(_unread(mail.why), sender, token.number)
    if noise.reads_like_absence(mail.text):
        return Quarantine(Reason.ABSENCE, ticket=token.number)
    reading = commands.read(own_words(mail.text), rules.topics)
    kept = tuple(each for each in mail.attachments if each.content is not None)
    if not (reading.text or reading.commands or reading.problems or kept):
        return Quarantine(Reason.EMPTY, sender, token.number)
    unsent = [each.name for each in mail.attachments if each.content is None]
    unsent += [each.headers.subject or "E-Mail" for each in mail.forwarded]
    return OfficeReply(token.number, issued.office, sender, reading, kept, tuple(unsent), _thread(mail.headers))


def _holds(token: Token, tickets: Mapping[int, Issued], rules: Rules) -> bool:
    issued = tickets.get(token.number)
    return issued is not None and tokens.holds(token, issued.office, issued.expires, issued.expires, rules.secret)


def _may_reply(sender: str, office: str, rules: Rules) -> bool:
    others = {address.lower(): entries for address, entries in rules.offices.items()}.get(office.lower())
    return others is not None and senders.listed(sender, [office, *others])


def _tokens(headers: Headers, recipients: Iterable[str]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Tokens of the envelope, and of the mail answered to: In-Reply-To, then References from the youngest on."""
    envelope = (tokens.read(recipient.partition("@")[0]) for recipient in recipients)
    answered = (*headers.in_reply_to, *reversed(headers.references))
    thread = (tokens.read(message_id.partition("@")[0]) for message_id in answered)
    return tuple(dict.fromkeys(filter(None, envelope))), tuple(dict.fromkeys(filter(None, thread)))


def _thread(headers: Headers) -> Thread:
    before = headers.references or headers.in_reply_to
    this = (headers.message_id,) if headers.message_id else ()
    return Thread(headers.subject, headers.message_id, (*before, *this))


def _unread(why: Why) -> Reason:
    return Reason[why.name]
