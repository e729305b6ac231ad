"""Every column that holds text: what it holds, why it is kept, and until when. A test compares this with the tables.

The words are German: the papers for a city's data protection officer are made of them (`lotse papers`). {days} is
`LOTSE_RETENTION_DAYS`. What ends in time is erased by `flow.retention`, what ends with its person by `forgetting`.
"""

from __future__ import annotations

from dataclasses import dataclass

ANSWERED_DAYS = 7  # after the answer: to quote the question, and for an addition to it
APPROVAL_DAYS = 14  # what waits for one word of somebody
AUDIT_DAYS = 730  # who changed what in the console
DONE_DAYS = 7  # rows that are done, without words, for whoever looks into a fault


@dataclass(frozen=True)
class Kept:
    """``personal``: it says something of somebody. ``what``, ``why``, ``end``: German."""

    what: str
    why: str
    end: str
    personal: bool = True


_PERSON = "nach {days} Tagen ohne Nachricht der Person, wenn keine Frage offen ist; sofort mit /delete"
_QUESTION = f"{ANSWERED_DAYS} Tage nach der Antwort; spätestens nach 180 Tagen; sofort mit /delete"
_ROW = "sobald die Nachricht bearbeitet ist; was endgültig nicht ging, nach {days} Tagen; sofort mit /delete"
_TRACE = f"{DONE_DAYS} Tage nach dem Eingang, ohne Worte; was endgültig nicht ging, nach {{days}} Tagen"
_HELD = "sobald entschieden ist; nach {days} Tagen; sofort mit /delete der Person, zu deren Frage sie gehört"
_WAITS = f"sobald entschieden ist; nach {APPROVAL_DAYS} Tagen"
_WEB = "nach {days} Tagen, in denen niemand den Chat öffnet; sofort mit „Alles löschen“"
_ACCOUNT = "wenn die Administration das Konto löscht"
_SESSION = "mit dem Abmelden; spätestens nach 12 Stunden"
_AUDIT = f"nach {AUDIT_DAYS} Tagen"
_PROPOSAL = "mit der Entscheidung; spätestens, wenn der Text veröffentlicht oder verworfen ist"
_NOBODY = Kept("Technischer Wert, ohne Bezug zu einer Person", "Betrieb", "mit der Zeile", personal=False)
_COUNT = Kept("wie oft in einer Woche gefragt wurde", "was Menschen brauchen", "bleibt, ist niemandes", personal=False)

KEPT: dict[str, Kept] = {
    "persons.channel": Kept("Kanal (Telegram, Browser, E-Mail)", "damit die Antwort ankommt", _PERSON),
    "persons.address": Kept("Nummer des Chats oder E-Mail-Adresse", "damit die Antwort ankommt", _PERSON),
    "persons.state": Kept(
        "Sprache, Stand des Gesprächs, letzte Frage und Entwurf",
        "damit das Gespräch weitergehen kann",
        f"die Worte darin nach 24 Stunden; alles {_PERSON}",
    ),
    "inbox.channel": _NOBODY,
    "inbox.lane": Kept("Kanal und Nummer des Chats", "Reihenfolge der Nachrichten", _ROW),
    "inbox.payload": Kept("die Nachricht, ohne Namen", "wird beantwortet", _ROW),
    "inbox.state": _NOBODY,
    "inbox.holder": _NOBODY,
    "inbox.error": Kept("Art des Fehlers, ohne Worte der Person", "Fehlersuche", _TRACE),
    "inbox.external_id": Kept("laufende Nummer des Absenders", "damit nichts doppelt beantwortet wird", _TRACE),
    "outbox.channel": _NOBODY,
    "outbox.lane": Kept("Kanal und Nummer des Chats, oder Nummer der Frage", "Reihenfolge der Nachrichten", _ROW),
    "outbox.payload": Kept("die Nachricht, die gesendet wird", "bis sie angekommen ist", _ROW),
    "outbox.state": _NOBODY,
    "outbox.holder": _NOBODY,
    "outbox.error": Kept("was der andere Server gesagt hat", "Fehlersuche", _TRACE),
    "outbox.message_id": Kept("Kennung der E-Mail", "damit eine Rückmeldung ihre Frage findet", _TRACE),
    "tickets.city": _NOBODY,
    "tickets.office": Kept("E-Mail-Adresse des Büros", "wer antworten darf", "mit der Frage", personal=False),
    "tickets.question": Kept("die Frage im Wortlaut", "damit das Büro antworten kann", _QUESTION),
    "tickets.language": Kept("Sprache der Frage", "damit die Antwort verstanden wird", "mit der Frage"),
    "tickets.topics": Kept("ähnliche Themen", "Hinweis für das Büro", "mit der Frage"),
    "tickets.message_id": Kept("Kennung der E-Mail", "damit eine Rückmeldung ihre Frage findet", "mit der Frage"),
    "tickets.state": _NOBODY,
    "tickets.thread": Kept("Betreff der E-Mail, mit der gefragt wurde", "damit die Antwort darunter steht", _QUESTION),
    "ticket_entries.kind": _NOBODY,
    "ticket_entries.way": _NOBODY,
    "ticket_entries.author": Kept("wer im Büro geantwortet hat", "Übersicht für Kolleginnen", "mit der Frage"),
    "ticket_entries.text": Kept("Antwort und Notizen des Büros", "Übersicht für Kolleginnen", _QUESTION),
    "counts.city": _NOBODY,
    "counts.week": _COUNT,
    "counts.topic": _COUNT,
    "counts.language": _COUNT,
    "counts.channel": _COUNT,
    "counts.outcome": _COUNT,
    "quarantine.reason": _NOBODY,
    "quarantine.payload": Kept("eine E-Mail, die nicht zugeordnet werden durfte", "bis jemand entscheidet", _HELD),
    "quarantine.identity": Kept("Prüfsumme der E-Mail", "damit nichts doppelt kommt", _HELD),
    "quarantine.sender": Kept("Absender der E-Mail", "Grenzen je Absender; Löschung auf Verlangen", _HELD),
    "approvals.kind": _NOBODY,
    "approvals.address": Kept("wer entscheiden darf (Beratungsstelle, Büro)", "Zustimmung", _WAITS),
    "approvals.payload": Kept(
        "Frage und Dateien, denen noch niemand zugestimmt hat; Fragen einer Beratungsstelle, die Lotse beantwortet hat",
        "Zustimmung; damit das Büro bei einer Nachfrage die erste Frage sieht",
        _WAITS,
    ),
    "obeyed.identity": Kept("Prüfsumme einer E-Mail", "damit nichts doppelt kommt", f"nach {APPROVAL_DAYS} Tagen"),
    "mailboxes.name": _NOBODY,
    "invitations.code_hash": Kept(
        "Prüfsumme einer Einladung", "damit nur Eingeladene beraten", "nach 7 Tagen", personal=False
    ),
    "invitations.author": Kept("wer im Büro eingeladen hat", "Übersicht für Kolleginnen", "nach 7 Tagen"),
    "invitations.purpose": Kept("wofür die Einladung ist", "damit das Büro sie zurücknehmen kann", "nach 7 Tagen"),
    "leases.name": _NOBODY,
    "leases.holder": _NOBODY,
    "web_sessions.id": Kept("Nummer des Chats im Browser", "damit die Antwort ankommt", _WEB),
    "web_sessions.notify": Kept("E-Mail-Adresse, wenn jemand sie angibt", "Nachricht, dass eine Antwort da ist", _WEB),
    "web_keys.hash": Kept("Prüfsumme des Schlüssels zum Chat", "damit nur diese Person ihn öffnet", _WEB),
    "web_keys.session": Kept("Nummer des Chats im Browser", "gehört zum Schlüssel", _WEB),
    "web_keys.kind": _NOBODY,
    "web_messages.session": Kept("Nummer des Chats im Browser", "gehört zur Nachricht", _WEB),
    "web_messages.uid": _NOBODY,
    "web_messages.payload": Kept("was Lotse geschrieben hat", "wird beim nächsten Öffnen gezeigt", _WEB),
    "accounts.name": Kept("Name einer Mitarbeiterin oder eines Mitarbeiters", "Anmeldung im Büro", _ACCOUNT),
    "accounts.key": Kept("derselbe Name, klein geschrieben", "Anmeldung im Büro", _ACCOUNT),
    "accounts.role": Kept("was das Konto darf", "Anmeldung im Büro", _ACCOUNT),
    "accounts.password": Kept("Prüfsumme des Passworts (Argon2)", "Anmeldung im Büro", _ACCOUNT),
    "accounts.totp": Kept("zweiter Schlüssel, verschlüsselt", "Anmeldung im Büro", _ACCOUNT),
    "accounts.subject": Kept("Kennung beim Anmeldedienst der Stadt", "Anmeldung im Büro", _ACCOUNT),
    "office_sessions.hash": Kept("Prüfsumme des Schlüssels im Browser", "Anmeldung im Büro", _SESSION),
    "office_sessions.device": Kept("Art des Browsers (Firefox, Windows)", "eigene Anmeldungen erkennen", _SESSION),
    "office_links.hash": Kept("Prüfsumme eines Links", "Konto einrichten", "nach 24 Stunden", personal=False),
    "audit.who": Kept("Name des Kontos, das etwas geändert hat", "jede Änderung hat einen Urheber", _AUDIT),
    "audit.action": Kept("was getan wurde", "jede Änderung hat einen Urheber", _AUDIT),
    "audit.object": Kept("woran: Nummer oder Name, nie Worte von Fragenden", "jede Änderung hat einen Urheber", _AUDIT),
    "proposals.author": Kept("Name des Kontos, das etwas ändern will", "Freigabe durch eine zweite Person", _PROPOSAL),
    "proposals.topic": _NOBODY,
    "proposals.files": Kept("der vorgeschlagene Text", "Freigabe durch eine zweite Person", _PROPOSAL, personal=False),
    "proposals.state": _NOBODY,
    "proposals.remark": Kept("Bemerkung der Kollegin oder des Kollegen", "Rückfrage zum Text", _PROPOSAL),
    "proposals.decided_by": Kept("Name des Kontos, das entschieden hat", "Rückfrage zum Text", _PROPOSAL),
}
