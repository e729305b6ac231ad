"""A question that becomes a topic."""

ENGLISH = {
    "Neues Thema": "New topic",
    "Aus Frage {number}": "From question {number}",
    "Schreiben Sie die Frage so um, dass niemand darin zu erkennen ist.": (
        "Word the question so that nobody can be recognised in it."
    ),
    "Gruppe": "Group",
    "Wie Menschen wirklich fragen, auf Deutsch, am besten acht oder mehr.": (
        "As people really ask, in German, best eight or more."
    ),
    "Kurz, in einfachem Deutsch, höchstens 700 Zeichen. Die Übersetzungen kommen danach.": (
        "Short, in plain German, 700 characters at most. Translations come afterwards."
    ),
    "Quelle (Internetadresse)": "Source (web address)",
    "Kennung": "Id",
    "Leer lassen: Sie wird aus dem Titel gemacht. Kleinbuchstaben, Ziffern und Striche.": (
        "Leave it empty: it is made from the title. Small letters, digits and hyphens."
    ),
    "Thema anlegen": "Make the topic",
    "Es fehlt noch: {what}.": "Still missing: {what}.",
    "Beispielfragen": "Example questions",
    "Diese Kennung ist vergeben oder nicht möglich: Kleinbuchstaben, Ziffern und Striche.": (
        "This id is taken or not possible: small letters, digits and hyphens."
    ),
    "Die Texte haben gerade Fehler. Bitte beheben Sie zuerst diese, oder fragen Sie die IT-Stelle.": (
        "The texts have errors at the moment. Please mend these first, or ask your IT."
    ),
    "Das Thema ist angelegt. Lotse antwortet gleich damit.": "The topic is made. Lotse answers with it in a moment.",
    "Die Frage steht jetzt unten bei den Beispielfragen, ist aber noch nicht gespeichert. Schreiben Sie sie so um, "
    "dass niemand darin zu erkennen ist.": (
        "The question stands below among the example questions now, but is not saved yet. Word it so that nobody can "
        "be recognised in it."
    ),
}
