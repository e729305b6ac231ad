"""Who did what, and when: read, filtered, and exported. No words of people who ask."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import ZONE, Visit
from bot.storage import audit

PAGE = 100  # rows
ACTIONS = {
    "sign-in": "angemeldet",
    "sign-out": "abgemeldet",
    "set-password": "Passwort gesetzt",
    "end-session": "Anmeldung beendet",
    "add-account": "Konto angelegt",
    "change-account": "Konto geändert",
    "reply": "beantwortet",
    "close-question": "ohne Antwort geschlossen",
    "hand-on": "weitergegeben",
    "note": "Notiz geschrieben",
    "release-mail": "E-Mail freigegeben",
    "drop-mail": "E-Mail gelöscht",
    "retry-message": "noch einmal gesendet",
    "drop-message": "Nachricht gelöscht",
    "invite": "Einladung gemacht",
    "take-back-invitation": "Einladung zurückgenommen",
    "settings": "Einstellung geändert",
}
EXPORT = 100_000  # rows of a file


def _period(visit: Visit) -> tuple[float, float, str, str]:
    """From, until (seconds, the day included), and as the form shows them; what is no day does not count."""
    query = visit.request.query_params
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    since = datetime.combine(first, datetime.min.time(), ZONE).timestamp() if first else 0.0
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE).timestamp() if last else float("inf")
    return since, until, first.isoformat() if first else "", last.isoformat() if last else ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1971 < found.year < 9000 else None


async def _entries(visit: Visit, most: int) -> list[audit.Entry]:
    query = visit.request.query_params
    since, until, _, _ = _period(visit)
    before = query.get("before", "")
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else 0
    found = await visit.read(lambda connection: audit.entries(connection, since, until, EXPORT, last))
    who, action = query.get("who", ""), query.get("action", "")
    return [each for each in found if who in ("", each.who) and action in ("", each.action)][:most]


async def listing(visit: Visit) -> Response:
    """The newest first, a hundred at a time."""
    found = await _entries(visit, PAGE + 1)
    everything = await visit.read(lambda connection: audit.entries(connection, most=EXPORT))
    query = visit.request.query_params
    _, _, first, last = _period(visit)
    return visit.show(
        "log.html",
        entries=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else 0,
        people=sorted({each.who for each in everything}),
        actions=sorted({each.action for each in everything}),
        names=lambda action: visit.t(ACTIONS.get(str(action), str(action))),
        chosen={"who": query.get("who", ""), "action": query.get("action", ""), "from": first, "to": last},
    )


async def export(visit: Visit) -> Response:
    """The same as a table for a spreadsheet."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow([visit.t(each) for each in ("Zeit", "Wer", "Was", "Woran")])
    for each in await _entries(visit, EXPORT):
        at = datetime.fromtimestamp(each.at, ZONE).isoformat(timespec="seconds")
        lines.writerow([at, *(_cell(text) for text in (each.who, each.action, each.object))])
    return Response(
        "\ufeff" + out.getvalue(),  # so that Excel reads it as UTF-8
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="lotse-protokoll.csv"'},
    )


def _cell(text: str) -> str:
    """A spreadsheet must not take it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


PAGES = (
    Page("/audit", "audit", May.AUDIT, listing, nav="Protokoll"),
    Page("/audit.csv", "audit-export", May.AUDIT, export),
)
