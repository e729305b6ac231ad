"""`lotse papers`: what a city's data protection officer asks for, in German, filled from the settings.

The templates lie beside this file; what nobody can know here is marked, so that it is found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

from bot.config import Settings
from bot.content.model import Knowledge
from bot.errors import StorageError
from bot.presentation import formats
from bot.storage.kept import ANSWERED_DAYS, KEPT

NAMES = (
    "verarbeitungsverzeichnis",
    "loeschkonzept",
    "datenschutzhinweise",
    "impressum",
    "barrierefreiheit",
    "empfaenger",
)
BLANK = "[BITTE EINTRAGEN"
_BLANKS = {
    "controller": "Name und Anschrift der Stadt, E-Mail, Telefon",
    "officer": "Name oder Funktion, E-Mail, Telefon",
    "represented": "Oberbürgermeisterin oder Oberbürgermeister",
    "vat": "Nummer oder „keine“",
    "operator": "wer den Server betreibt",
    "authority": "Aufsichtsbehörde des Landes, Anschrift",
    "law": "Landesgesetz mit Fundstelle",
    "test": "wann, von wem",
    "gaps": "was die Prüfung ergeben hat",
    "contact": "Adresse für Barrieren",
    "enforcement": "Stelle des Landes",
    "office_role": "bitte angeben",
    "backup_place": "wo sie liegen, wer sie löscht",
    "log_days": "wie viele Tage, wo",
}
_TELEGRAM = (
    "Wer über Telegram fragt, hat dort selbst ein Konto. Was in einem Chat mit einem Bot steht, ist nicht Ende zu Ende "
    "verschlüsselt: Telegram kann es lesen und speichert es auf eigenen Servern, auch außerhalb der EU, nach eigenen "
    "Regeln (telegram.org/privacy). Telegram ist dafür selbst verantwortlich und kein Auftragsverarbeiter der Stadt; "
    "/delete löscht bei Lotse, nicht bei Telegram. Deshalb gibt es denselben Dienst im Browser, ohne Telegram."
)


def write(settings: Settings, knowledge: Knowledge, folder: Path, today: date) -> tuple[list[Path], int]:
    """Write the papers as Markdown; the files, and how many blanks are left in them. Raises StorageError."""
    values = _values(settings, knowledge, today)
    made, blanks = [], 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            template = files("bot.tools.papers").joinpath(f"{name}.md").read_text(encoding="utf-8")
            text = re.sub(r"\n{3,}", "\n\n", template.format_map(values))
            blanks += text.count(BLANK)
            path = folder / f"{name}.md"
            path.write_text(text, encoding="utf-8")
            made.append(path)
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror}. Name another folder with --out.") from error
    return made, blanks


def _values(settings: Settings, knowledge: Knowledge, today: date) -> Mapping[str, str]:
    city = knowledge.city
    place = knowledge.places.get(city.office) if city else None
    telegram, days = bool(settings.telegram_token.get_secret_value()), settings.retention_days
    office = place.name if place else "das Büro"
    ways = [("Telegram", telegram), ("Browser", bool(settings.web)), ("E-Mail", settings.reads_mail)]
    server = settings.database.startswith("postgres")
    mail = "{} | E-Mails an das Büro und an Beratungsstellen | Mailserver der Stadt oder Auftragsverarbeiter |"
    card = (place.name, place.address, place.phone, place.email) if place else ()
    return {
        **{name: f"{BLANK}: {what}]" for name, what in _BLANKS.items()},
        "today": formats.day(today.isoformat(), "de"),
        "city": city.name if city else "der Stadt",
        "office": office,
        "office_email": settings.office_email or f"{BLANK}: LOTSE_OFFICE_EMAIL]",
        "office_card": ", ".join(str(part) for part in card if part) or office,
        "channels": ", ".join(name for name, served in ways if served) or "Terminal (nur zum Ausprobieren)",
        "days": str(days),
        "answered_days": str(ANSWERED_DAYS),
        "backup_days": str(settings.backup_days),
        "centres": settings.centres or "zurzeit keine",
        "web": settings.web_url or f"{BLANK}: Adresse]",
        "database": "Die Datenbank ist PostgreSQL auf einem Server der Stadt."
        if server
        else "Die Datenbank ist eine Datei.",
        "third_countries": "über Telegram, durch Telegram selbst (siehe empfaenger.md)" if telegram else "keine",
        "telegram": _TELEGRAM if telegram else "Telegram wird zurzeit nicht angeboten.",
        "telegram_notice": _TELEGRAM if telegram else "",
        "telegram_row": "| Telegram | was jemand dort schreibt und liest | eigener Verantwortlicher, siehe unten |"
        if telegram
        else "",
        "mail_row": f"| {mail.format(settings.smtp_host)}" if settings.smtp_host else "",
        "columns": "\n".join(sorted({f"- {kept.what}" for kept in KEPT.values() if kept.personal})),
        "table": "\n".join(
            f"| `{name}` | {kept.what} | {kept.why} | {kept.end.format(days=days)} |"
            for name, kept in KEPT.items()
            if kept.personal
        ),
    }
