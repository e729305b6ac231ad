"""Invitations for counselling centres."""

ENGLISH = {
    "Einladungen": "Invitations",
    "Einladungen für Beratungsstellen": "Invitations for counselling centres",
    "Wer den Link auf Telegram öffnet, kann Fragen von Ratsuchenden weiterleiten und bekommt die Antwort in deren "
    "Sprache und auf Deutsch.": (
        "Whoever opens the link on Telegram can forward clients' questions, and gets the answer in the client's "
        "language and in German."
    ),
    "Geben Sie das {purpose}. Es gilt einmal, {days} Tage lang, und es steht nur jetzt hier.": (
        "Give this to {purpose}. It is good once, for {days} days, and stands here only now."
    ),
    "Der Name des Bots bei Telegram ist nicht bekannt. {purpose} schreibt dem Bot diese Zeile; sie gilt einmal, {days} "
    "Tage lang, und steht nur jetzt hier.": (
        "The bot's name on Telegram is not known. {purpose} writes this line to the bot; it is good once, for {days} "
        "days, and stands here only now."
    ),
    "QR-Code der Einladung": "QR code of the invitation",
    "Für wen?": "For whom?",
    "Zum Beispiel der Name der Beratungsstelle. Das steht nur hier, damit Sie die Einladung wiederfinden.": (
        "The counselling centre's name, say. It stands only here, so that you find the invitation again."
    ),
    "Bitte schreiben Sie, für wen sie ist: höchstens 80 Zeichen.": "Please write for whom it is, in 80 characters.",
    "Einladung machen": "Make an invitation",
    "Noch nicht benutzt": "Not used yet",
    "Gilt bis": "Good until",
    "auf der Befehlszeile gemacht": "made on the command line",
    "Zurücknehmen": "Take back",
    "Diese Einladung gab es nicht mehr: Sie wurde benutzt oder zurückgenommen.": (
        "This invitation was no more: it was used or taken back."
    ),
    "Keine.": "None.",
}
