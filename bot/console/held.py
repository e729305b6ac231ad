"""Mail in quarantine: why it waits, what it says, and the same choices as `lotse quarantine`."""

from __future__ import annotations

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import Visit
from bot.flow.desk import NotServed
from bot.mailing.characters import decoded
from bot.mailing.gate import Reason
from bot.mailing.parsing import Mail
from bot.storage import quarantine, tickets
from bot.storage.entries import Author
from bot.storage.quarantine import Held

GONE = "Diese E-Mail wartet nicht mehr: Jemand hat schon entschieden, oder ihre Zeit ist um. Es wurde nichts getan."
SOURCE = 20_000  # characters of a mail as it came


async def _held(visit: Visit, id_: int | None = None) -> list[Held]:
    """All, or the one; none about a question of another city."""
    city = visit.office.questions.city

    async def read(connection: AsyncConnection) -> list[Held]:
        others = {ticket.number for ticket in await tickets.stored_tickets(connection) if ticket.city != city}
        return [each for each in await quarantine.held(connection, id_) if each.ticket not in others]

    return await visit.read(read)


async def _asked(visit: Visit) -> Held | None:
    id_ = visit.request.path_params["id"]
    found = await _held(visit, id_) if id_ < 2**53 else []
    return found[0] if found else None


async def listing(visit: Visit) -> Response:
    """What waits; no words, no names."""
    return visit.show("quarantine.html", held=await _held(visit), why=_why(visit))


def _why(visit: Visit) -> dict[str, str]:
    return {reason.name: reason.german if visit.language == "de" else reason.english for reason in Reason}


async def one(visit: Visit) -> Response:
    """A mail as it came, read by a process with limits."""
    held = await _asked(visit)
    return await _page(visit, held) if held else visit.refuse(GONE, 404)


async def _page(visit: Visit, held: Held, fault: str = "", status: int = 200) -> Response:
    raw, _ = await visit.office.mails.unpacked(held.payload)
    mail = await visit.office.mails.reader.read(raw)
    headers = mail.headers
    return visit.show(
        "held.html",
        status,
        held=held,
        why=_why(visit)[held.reason],
        sender=_printable(", ".join(decoded(each) for each in headers.all("from"))) or "–",
        subject=_printable(headers.subject),
        text=_printable(mail.text) if isinstance(mail, Mail) else "",
        files=[_printable(file.name) for file in mail.attachments] if isinstance(mail, Mail) else [],
        source=raw.decode("utf-8", "replace")[:SOURCE],
        fault=visit.t(fault) if fault else "",
    )


def _printable(text: str) -> str:
    """Bytes that were no letters, as far as they can be shown."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def release(visit: Visit) -> Response:
    """Whoever presses vouches for it: its own words go to whoever asked."""
    held = await _asked(visit)
    if held is None:
        return visit.refuse(GONE, 410)
    given = visit.value("number")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None
    if number is None or await visit.office.questions.one(number) is None:
        return await _page(visit, held, "Bitte geben Sie die Nummer einer Frage an, die es gibt.", 400)
    try:
        done = await visit.office.mails.releases.release(held.id, number, Author("console", visit.name))
    except KeyError:
        return await _page(visit, held, "Diese Frage gibt es nicht mehr. Es wurde nichts gesendet.", 410)
    except ValueError:
        return await _page(
            visit,
            held,
            "Darin steht nichts, was man senden könnte: Sie ist nicht lesbar, privat, oder über der Linie steht "
            "nichts. Schreiben Sie die Antwort bei der Frage selbst.",
            409,
        )
    except NotServed:
        return await _page(visit, held, "Der Kanal, über den die Frage kam, läuft gerade nicht.", 409)
    if not done:
        return visit.refuse(GONE, 410)
    return visit.go("/quarantine", "Ihre Worte sind unterwegs.")


async def drop(visit: Visit) -> Response:
    """Nobody will read it."""
    held = await _asked(visit)
    if held is None or not await visit.change(partial(quarantine.drop, id_=held.id), f"E-Mail {held.id}"):
        return visit.refuse(GONE, 410)
    return visit.go("/quarantine", "Gelöscht.")


async def summary(visit: Visit) -> str:
    count = len(await _held(visit))
    return visit.t("{count} E-Mails in Quarantäne", count=count) if count else ""


PAGES = (
    Page("/quarantine", "quarantine", May.ANSWER, listing, nav="Quarantäne", summary=summary),
    Page("/quarantine/{id:int}", "held-mail", May.ANSWER, one),
    Page("/quarantine/{id:int}/release", "release-mail", May.ANSWER, release, "POST"),
    Page("/quarantine/{id:int}/drop", "drop-mail", May.ANSWER, drop, "POST"),
)
