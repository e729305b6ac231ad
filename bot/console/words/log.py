"""Who did what."""

ENGLISH = {
    "Protokoll": "Log",
    "Wer was wann getan hat. Worte von Menschen, die fragen, stehen hier nicht.": (
        "Who did what, and when. No words of people who ask stand here."
    ),
    "Zeit": "Time",
    "Wer": "Who",
    "Was": "What",
    "Woran": "To what",
    "Ältere": "Older",
    "angemeldet": "signed in",
    "abgemeldet": "signed out",
    "Passwort gesetzt": "set a password",
    "Anmeldung beendet": "ended a sign-in",
    "Konto angelegt": "made an account",
    "Konto geändert": "changed an account",
    "ohne Antwort geschlossen": "closed without an answer",
    "weitergegeben": "handed on",
    "Notiz geschrieben": "wrote a note",
    "E-Mail freigegeben": "released a mail",
    "E-Mail gelöscht": "deleted a mail",
    "noch einmal gesendet": "sent again",
    "Nachricht gelöscht": "deleted a message",
    "Einladung gemacht": "made an invitation",
    "Einladung zurückgenommen": "took an invitation back",
    "Einstellung geändert": "changed a setting",
    "Als Tabelle (CSV)": "As a table (CSV)",
    "Nichts in dieser Auswahl.": "Nothing in this choice.",
}
