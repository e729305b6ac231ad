"""`lotse mail test`: does mail go out, does it come in, and can the mail server tell a forger? In plain words."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

from dns.asyncresolver import Resolver

from bot.channels.imap import UNREACHABLE, Imap
from bot.channels.signing import Published, Signature
from bot.flow.ports import Delivered, Sender
from bot.handover import tokens
from bot.handover.answers import compose
from bot.mailing.parsing import Mail, parse
from bot.mailing.senders import MICROSOFT, dmarc_passed
from bot.presentation.outgoing import Letter

ROUNDS, PAUSE = 12, 5.0  # a minute for a mail to come round


async def run(
    sender: Sender,
    box: Imap | None,
    own: str,
    to: str,
    authserv_id: str,
    signature: Signature | None = None,
    resolver: Resolver | None = None,
) -> AsyncIterator[tuple[bool, str]]:
    """(well, sentence) for each step. ``to``: an address whose mail ends in the mailbox that is read."""
    if signature is not None:
        yield await _record(signature, resolver)
    letter, mark = _forged(_letter(own, to), authserv_id, own)
    outcome = await sender.send("mail:test", letter)
    if not isinstance(outcome, Delivered):
        yield False, f"Sending failed: {outcome.reason} Check LOTSE_SMTP_HOST, _PORT, _USER and _PASSWORD."
        return
    yield True, f"Sending works: the mail server took a test mail to {to}."
    if box is None:
        yield True, "No mailbox is read (LOTSE_IMAP_HOST is not set), so receiving was not tried."
        return
    for _ in range(ROUNDS):
        try:
            raw = await asyncio.to_thread(box.peek, letter.id)
        except UNREACHABLE as error:
            yield False, box.complaint(error)
            return
        if raw:
            break
        await asyncio.sleep(PAUSE)
    else:
        yield False, f"The test mail did not arrive within a minute. Does mail to {to} end in {box.user}?"
        return
    yield True, "Receiving works: the test mail arrived."
    if signature is not None:
        yield (
            (True, "The signature of Lotse still holds on arrival.")
            if signature.holds(raw)
            else (
                False,
                (
                    "The signature of Lotse does not hold on arrival: something on the way changes mail "
                    "(a footer, a virus scanner). Let it leave Lotse's mail alone, or let your mail server sign."
                ),
            )
        )
    read = parse(raw)
    everything = read.headers.all("authentication-results") if isinstance(read, Mail) else ()
    results = [value for value in everything if mark not in value]
    yield (
        (True, "A verdict in your mail server's name that a mail brings along is taken away on arrival.")
        if len(results) == len(everything)
        else (
            False,
            (
                "A mail may bring a verdict in your mail server's name: it arrived with one, and on a day when the "
                "server adds none of its own a forger would be believed. Let it remove Authentication-Results with its "
                "own name from mail that comes in (RFC 8601, section 5)."
            ),
        )
    )
    if not results:
        yield (
            False,
            (
                "Your mail server adds no Authentication-Results: nobody could be told from a forger, "
                "and every reply would be held. Let it check SPF, DKIM and DMARC."
            ),
        )
        return
    name = re.split(r"[;\s]", results[0].strip(), maxsplit=1)[0]
    if name.lower() != authserv_id.lower():
        yield False, f'Your mail server calls itself "{name}": set LOTSE_AUTHSERV_ID={name}.'
        return
    yield True, f'Your mail server calls itself "{name}", as LOTSE_AUTHSERV_ID says.'
    for check in ("spf", "dkim", "dmarc"):
        said = re.search(rf"\b{check}=(\w+)", results[0])
        well = bool(said and said.group(1) == "pass")
        yield well, f"{check.upper()} of {own}: {said.group(1) if said else 'not checked'}."
    async for step in _envelope(sender, box, own, to):
        yield step
    yield (
        dmarc_passed(read.headers, authserv_id, own),
        "Replies from a domain like this would be let in."
        if dmarc_passed(read.headers, authserv_id, own)
        else "A reply from a domain like this would be held: publish SPF, DKIM and DMARC for it.",
    )


def _letter(own: str, to: str, recipient: str = "") -> Letter:
    """A mail to ``to`` whose envelope names ``recipient``, where that is another."""
    message_id = f"test.{uuid.uuid4().hex}@{own.rpartition('@')[2]}"
    mail = compose(
        to=to,
        sender=own,
        subject="Lotse: Test",
        text="Dies ist ein Test von Lotse. Niemand muss antworten.\n",
        message_id=message_id,
        now=datetime.now(UTC),
    )
    return Letter(recipient or to, mail.as_bytes().decode("ascii"), message_id)


def _forged(letter: Letter, authserv_id: str, own: str) -> tuple[Letter, str]:
    """The letter with a verdict that it brings along in the server's name, and what marks that one."""
    mark = f"lotse-{uuid.uuid4().hex}"
    name = "" if authserv_id in {"", MICROSOFT} else f"{authserv_id}; "
    field = f"Authentication-Results: {name}dmarc=pass ({mark})\r\n header.from={own.rpartition('@')[2]}\r\n"
    return replace(letter, mail=field + letter.mail), mark


async def _envelope(sender: Sender, box: Imap, own: str, to: str) -> AsyncIterator[tuple[bool, str]]:
    """A mail whose token stands in the envelope alone, as when a mail program answers to an address it shortened."""
    local, _, domain = to.partition("@")
    address = f"{tokens.issue(0, to, 0, uuid.uuid4().bytes).local_part}@{domain}"
    letter = _letter(own, to, address)
    plus = f"Mail to {address.partition('.')[0]}...@{domain}"
    outcome = await sender.send("mail:test", letter)
    if not isinstance(outcome, Delivered):
        yield False, f"{plus} is refused: {outcome.reason} Replies go there: let the server take name+anything."
        return
    for _ in range(ROUNDS):
        raw = await asyncio.to_thread(box.peek, letter.id)
        if raw:
            noted = [each.lower() for each in Imap.recipients(raw)]
            yield (
                (True, f"{plus} arrives, and your mail server notes that address in the mail.")
                if address in noted
                else (
                    False,
                    (
                        f"{plus} arrives, but the address it went to stands nowhere in it: a reply is then told by its "
                        "thread alone. Let the server write Delivered-To or X-Original-To with the whole address."
                    ),
                )
            )
            return
        await asyncio.sleep(PAUSE)
    yield False, f"{plus} did not arrive. Replies go there: let the server deliver name+anything to {local}@{domain}."


async def _record(signature: Signature, resolver: Resolver | None) -> tuple[bool, str]:
    """What DNS says of the key that Lotse signs with."""
    wanted = f'{signature.name} TXT "{signature.record}"'
    match await signature.published(resolver):
        case Published.YES:
            return True, f"DNS has the key that Lotse signs with: {signature.name}."
        case Published.NO:
            return False, f"DNS does not have the key that Lotse signs with. Publish: {wanted}"
        case Published.OTHER:
            return False, (
                f"DNS has another key than the one Lotse signs with. Publish this one, or set another "
                f"LOTSE_DKIM_SELECTOR: {wanted}"
            )
        case Published.UNKNOWN:
            return False, f"DNS could not be asked for the key that Lotse signs with. It must be: {wanted}"
