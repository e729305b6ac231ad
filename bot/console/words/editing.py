"""Topics, places, their forms, history, and changes that wait."""

ENGLISH = {
    "Themen": "Topics",
    "Alle Themen": "All topics",
    "Orte": "Places",
    "Änderungen": "Changes",
    "Alle Änderungen": "All changes",
    "Suchen": "Search",
    "Suchen, in jeder Sprache": "Search, in any language",
    "Zeigen": "Show",
    "alle": "all",
    "Sprache": "Language",
    "Sprachen": "Languages",
    "jede": "any",
    "Thema": "Topic",
    "Zu tun": "To do",
    "{count} von {total} Themen": "{count} of {total} topics",
    "prüfen": "review",
    "Gesetz geändert": "law changed",
    "fehlt": "missing",
    "veraltet": "stale",
    "maschinell": "by machine",
    "geprüft": "reviewed",
    "Sprache fehlt": "language missing",
    "Übersetzung veraltet": "translation stale",
    "nur maschinell übersetzt": "translated by machine only",
    "Übersetzung geprüft": "translation reviewed",
    "bald oder sofort zu prüfen": "review is due",
    "beruht auf einem geänderten Gesetz": "rests on a law that changed",
    "nie gefragt": "never asked",
    "oft nicht beantwortet": "often not answered",
    "Von Hand geändert und noch nicht in git: {count}": "Changed by hand and not in git yet: {count}",
    "Lotse antwortet hier noch mit dem alten Text, weil der neue einen Fehler hat: {what}": (
        "Lotse still answers with the old text here, as the new one has a fault: {what}"
    ),
    "Eine Datei ist beschädigt, weil sie jemand von Hand geändert hat: {what} Bitten Sie Ihre IT-Stelle um Hilfe.": (
        "A file is damaged, as somebody changed it by hand: {what} Ask your IT department for help."
    ),
    "Text für": "Text for",
    "Deutschland": "Germany",
    "Deutsch": "German",
    "Übersetzung": "Translation",
    "Werte und Prüfdatum": "Values and review date",
    "Verlauf": "History",
    "Zurück": "Back",
    "Speichern": "Save",
    "Zur Freigabe geben": "Hand on for publishing",
    "Vorschau": "Preview",
    "Vorschau in allen Sprachen": "Preview in all languages",
    "Abschnitte": "Sections",
    "Weitere Abschnitte, noch leer": "More sections, still empty",
    "Prüfen": "Check",
    "Keine Fehler gefunden.": "No faults found.",
    "Die Vorschau geht nicht, solange der Text Fehler hat. Drücken Sie auf „Prüfen“.": (
        "There is no preview while the text has faults. Press “Check”."
    ),
    "Ich habe die Übersetzung gegen den deutschen Text gelesen. Sie stimmt.": (
        "I have read the translation against the German text. It is right."
    ),
    "Platzhalter einsetzen": "Insert a placeholder",
    "Werte und Adressen stehen nur an einer Stelle. Im Text steht ein Platzhalter; Lotse setzt den Wert ein.": (
        "Values and addresses stand in one place only. The text holds a placeholder; Lotse puts in the value."
    ),
    "Platzhalter": "Placeholder",
    "In das Feld": "Into the field",
    "Einsetzen": "Insert",
    "Werte dieses Themas": "Values of this topic",
    "Was bekämen diese Fragen?": "What would these questions get?",
    "Lotse probiert es mit dem aus, was oben steht, auch wenn es noch nicht gespeichert ist. Das dauert ein paar "
    "Sekunden.": "Lotse tries them with what stands above, even if it is not saved yet. It takes a few seconds.",
    "Lotse probiert es aus …": "Lotse is trying them …",
    "Mit Ihren Änderungen, die noch nicht gespeichert sind:": "With your changes, which are not saved yet:",
    "Sie haben nichts geändert; so antwortet Lotse jetzt:": "You have changed nothing; Lotse answers like this now:",
    "Ausprobieren geht nicht, solange der Text Fehler hat. Drücken Sie auf „Prüfen“.": (
        "There is nothing to try while the text has faults. Press “Check”."
    ),
    "Das Ausprobieren dauert gerade zu lange, weil Lotse noch Texte lernt. Was Sie geschrieben haben, steht noch da. "
    "Bitte versuchen Sie es in einer Minute noch einmal.": (
        "Trying takes too long at the moment, as Lotse is still learning texts. What you have written is still there. "
        "Please try again in a minute."
    ),
    "Was neu ist": "What is new",
    "Fragen, eine in jeder Zeile, in jeder Sprache": "Questions, one a line, in any language",
    "Ausprobieren": "Try",
    "Antwort": "Answer",
    "Rückfrage": "asks back",
    "an Menschen": "to people",
    "Inzwischen geändert": "Changed in the meantime",
    "Steht in diesen Themen": "Stands in these topics",
    "Adressen, Telefonnummern und Öffnungszeiten stehen nur hier. Was Sie hier ändern, gilt in allen Themen und "
    "Sprachen.": (
        "Addresses, phone numbers and opening hours stand here only. A change holds in all topics and languages."
    ),
    "Adresse": "Address",
    "Telefon": "Phone",
    "E-Mail": "E-mail",
    "Internetseite": "Web page",
    "Seite für Termine": "Page for appointments",
    "Öffnungszeiten (Mo-Fr 09:00-12:00)": "Opening hours (Mo-Fr 09:00-12:00)",
    "Telefonzeiten (Mo-Fr 09:00-12:00)": "Phone hours (Mo-Fr 09:00-12:00)",
    "Quelle": "Source",
    "Stand": "As of",
    "Stand (2026-11-30)": "As of (2026-11-30)",
    "gilt bis": "valid until",
    "Prüfung": "Review",
    "Prüfen bis": "Review by",
    "Quellen, eine in jeder Zeile": "Sources, one a line",
    "Betrag in Euro": "Amount in euros",
    "Zahl": "Number",
    "Datum": "Date",
    "Internetadresse": "Web address",
    "Titel": "Title",
    "Text der Stadt": "The city's text",
    "Schritte": "Steps",
    "Unterlagen": "Documents",
    "Kosten": "Cost",
    "Dauer": "Duration",
    "Frist": "Deadline",
    "Wo": "Where",
    "Kontakt": "Contact",
    "Hilfe": "Help",
    "Hinweise": "Notes",
    "Beispielfragen, eine in jeder Zeile": "Example questions, one a line",
    "Fragen, die sicher hierher führen müssen, eine in jeder Zeile": "Questions that must lead here, one a line",
    "weg": "gone",
    "neu": "new",
    "von Hand": "by hand",
    "Diese Änderung zurücknehmen": "Take this change back",
    "Zurückgenommen.": "Taken back.",
    "Bisher wurde hier nichts geändert.": "Nothing has been changed here so far.",
    "Hier gibt es keinen Verlauf: Die Texte liegen nicht in git.": "There is no history: the texts are not in git.",
    "Hier gibt es keinen Verlauf: Das Programm git fehlt. Bitten Sie Ihre IT-Stelle, es einzurichten.": (
        "There is no history: the program git is missing. Please ask your IT department to install it."
    ),
    "git liest den Ordner mit den Texten nicht: Er gehört jemand anderem. Bitte fragen Sie Ihre IT-Stelle.": (
        "git does not read the folder of texts: it belongs to another user. Please ask your IT department for help."
    ),
    "Diese Änderung gibt es nicht.": "There is no such change.",
    "Diese Änderung gibt es nicht mehr.": "This change is no longer there.",
    "Das gibt es nicht.": "There is no such thing.",
    "Dieses Thema gibt es nicht.": "There is no such topic.",
    "Diesen Ort gibt es nicht.": "There is no such place.",
    "Das lässt sich nicht zurücknehmen: Die Stelle wurde danach noch einmal geändert. Es wurde nichts getan.": (
        "It cannot be taken back: it was changed again since. Nothing was done."
    ),
    "Was hier steht, ist noch nicht veröffentlicht: Eine zweite Person liest es zuerst.": (
        "What stands here is not published yet: a second person reads it first."
    ),
    "zurückgegeben": "sent back",
    "Nichts wartet.": "Nothing waits.",
    "Vorgeschlagen von {name}, {time}": "Proposed by {name}, {time}",
    "Zurückgegeben von {name}:": "Sent back by {name}:",
    "Was sich ändert": "What changes",
    "Das wurde seit dem Vorschlag geändert. So sähe es aus, wenn Sie trotzdem veröffentlichen:": (
        "This was changed since the proposal. This is what publishing it anyway would change:"
    ),
    "Zum Text": "To the text",
    "Ich habe beides gelesen. Der Vorschlag soll gelten.": "I have read both. The proposal shall hold.",
    "Veröffentlichen": "Publish",
    "Bemerkung": "Remark",
    "Zurückgeben": "Send back",
    "Vorschlag verwerfen": "Drop the proposal",
    "Die Änderung ist verworfen.": "The change is dropped.",
    "Zurückgegeben.": "Sent back.",
    "Veröffentlicht. Lotse antwortet gleich damit.": "Published. Lotse will answer with it in a moment.",
    "Vier Augen: Ihre eigene Änderung muss jemand anderes veröffentlichen.": (
        "Two pairs of eyes: somebody else must publish your own change."
    ),
    "Jemand hat diese Stelle inzwischen geändert. Es wurde nichts überschrieben. Sehen Sie sich beides an.": (
        "Somebody has changed this in the meantime. Nothing was overwritten. Look at both."
    ),
    "Mit dieser Änderung wären die Texte fehlerhaft.": "With this change the texts would have faults.",
    "Eine Änderung wartet auf eine zweite Person.": "A change waits for a second person.",
    "Änderungen warten auf eine zweite Person.": "Changes wait for a second person.",
    "Gespeichert. Lotse antwortet gleich damit.": "Saved. Lotse will answer with it in a moment.",
    "Gespeichert. Die Änderung wartet auf eine zweite Person, die sie veröffentlicht.": (
        "Saved. The change waits for a second person to publish it."
    ),
    "Es gibt nichts zu speichern: Es ist nichts geändert.": "There is nothing to save: nothing was changed.",
    "Jemand hat das inzwischen geändert. Es wurde nichts überschrieben. Sehen Sie unten, was jetzt dort steht; wenn "
    "Sie noch einmal speichern, gilt Ihr Text.": (
        "Somebody has changed this in the meantime. Nothing was overwritten. See below what stands there now; if you "
        "save once more, your text holds."
    ),
    "Es wurde nicht gespeichert: Bitte beheben Sie zuerst die Fehler.": (
        "It was not saved: please mend the faults first."
    ),
    "Es wurde nicht gespeichert: Mit dieser Änderung wären die Texte fehlerhaft.": (
        "It was not saved: with this change the texts would have faults."
    ),
}
