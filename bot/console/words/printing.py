"""The report, postcards and signs."""

ENGLISH = {
    "Bericht": "Report",
    "Als PDF": "As PDF",
    "Das PDF kann hier nicht gemacht werden: {reason}": "The PDF cannot be made here: {reason}",
    "Postkarten": "Postcards",
    "Postkarten und Schilder": "Postcards and signs",
    "Vorn in der gewählten Sprache, hinten auf Deutsch. Der Code führt zum Chat, und wenn Sie ein Thema wählen, gleich "
    "zu seiner Antwort. Das PDF hat 3 mm Beschnitt und Schnittmarken.": (
        "The front in the chosen language, the back in German. The code leads to the chat, and where you choose a "
        "topic, straight to its answer. The PDF has 3 mm of bleed and cut marks."
    ),
    "Die Adresse des Chats fehlt (LOTSE_WEB_URL). Bitten Sie Ihre IT-Stelle, sie zu setzen.": (
        "The address of the chat is missing (LOTSE_WEB_URL). Ask your IT department to set it."
    ),
    "Themen (ohne Auswahl: Karten zum Chat allgemein)": "Topics (none chosen: cards for the chat in general)",
    "Postkarten A6 (PDF)": "Postcards A6 (PDF)",
    "Schilder A4 (PDF)": "Signs A4 (PDF)",
    "Das sind mehr als {most} Karten. Wählen Sie weniger Sprachen oder Themen.": (
        "That is more than {most} cards. Choose fewer languages or topics."
    ),
}
