"""Signing in, accounts, and what every page has."""

ENGLISH = {
    "Lotse im Büro": "Lotse at the office",
    "Zum Inhalt": "To the content",
    "Bereiche": "Sections",
    "Abmelden": "Sign out",
    "Abgemeldet.": "Signed out.",
    "Gespeichert.": "Saved.",
    "Anmelden": "Sign in",
    "Anmelden mit {provider}": "Sign in with {provider}",
    "Oder mit Name und Passwort": "Or with name and password",
    "Name": "Name",
    "Passwort": "Password",
    "Passwort noch einmal": "Password once more",
    "Code aus der App": "Code from the app",
    "Sechs Ziffern; die App zeigt alle 30 Sekunden neue.": "Six digits; the app shows new ones every 30 seconds.",
    "Passwort vergessen oder das Telefon verloren? Die Administration gibt Ihnen einen neuen Link.": (
        "Forgotten the password or lost the phone? The administration gives you a new link."
    ),
    "Name, Passwort oder Code stimmen nicht. Der Code aus der App gilt nur 30 Sekunden und nur einmal.": (
        "Name, password or code are wrong. The code from the app is good for 30 seconds, and once."
    ),
    "Zu viele Versuche. Bitte warten Sie eine Viertelstunde.": "Too many tries. Please wait a quarter of an hour.",
    "Konto einrichten": "Set up the account",
    "Für {name}": "For {name}",
    "Sie richten das erste Konto ein. Es darf alles, auch weitere Konten anlegen.": (
        "You set up the first account. It may do everything, also make more accounts."
    ),
    "Mindestens 12 Zeichen. Ein ganzer Satz ist gut.": "At least 12 characters. A whole sentence is good.",
    "Zweiter Schlüssel: Ihr Telefon": "Second key: your phone",
    "Öffnen Sie eine App für Einmal-Codes (etwa Aegis, FreeOTP oder die Ihres Passwort-Managers) und lesen Sie dieses "
    "Bild ein.": "Open an app for one-time codes (Aegis, FreeOTP, or your password manager's) and scan this picture.",
    "QR-Code für die App": "QR code for the app",
    "Ohne Kamera tippen Sie diesen Schlüssel in die App:": "Without a camera, type this key into the app:",
    "Dieser Link gilt nicht mehr: Er wurde schon benutzt oder ist abgelaufen. Lassen Sie sich einen neuen geben.": (
        "This link is no longer good: it was used or has expired. Ask for a new one."
    ),
    "Bitte geben Sie einen Namen an, höchstens 80 Zeichen.": "Please give a name, at most 80 characters.",
    "Das Passwort ist zu kurz: Es braucht mindestens 12 Zeichen. Ein ganzer Satz ist gut.": (
        "The password is too short: it needs at least 12 characters. A whole sentence is good."
    ),
    "Das Passwort ist zu lang: höchstens 200 Zeichen.": "The password is too long: at most 200 characters.",
    "Das Passwort ist zu leicht zu erraten. Ein ganzer Satz ist gut.": (
        "The password is too easy to guess. A whole sentence is good."
    ),
    "Die beiden Passwörter sind nicht gleich.": "The two passwords are not the same.",
    "Der Code stimmt nicht. Er gilt nur 30 Sekunden: Nehmen Sie den, der jetzt in der App steht.": (
        "The code is wrong. It is good for 30 seconds: take the one that the app shows now."
    ),
    "Guten Tag, {name}": "Good day, {name}",
    "Was auf Sie wartet": "What waits for you",
    "Das ging nicht": "That did not work",
    "Was Sie geschrieben haben": "What you wrote",
    "Nichts davon ist verloren: Sie können es von hier kopieren.": "None of it is lost: you can copy it from here.",
    "Zur Startseite": "To the start page",
    "Meine Anmeldungen": "Where I am signed in",
    "Hier sehen Sie, in welchen Browsern Sie angemeldet sind. Eine Anmeldung endet nach 12 Stunden, und nach einer "
    "Stunde, in der nichts geschieht.": (
        "Here you see in which browsers you are signed in. A session ends after 12 hours, and after an hour in which "
        "nothing happens."
    ),
    "Browser": "Browser",
    "seit": "since",
    "zuletzt": "last used",
    "dieser hier": "this one",
    "Diese Anmeldung war schon beendet.": "This session had ended already.",
    "Konten": "Accounts",
    "Rolle": "Role",
    "Zustand": "State",
    "Ändern": "Change",
    "Rolle ändern": "Change role",
    "Rolle von {name}": "Role of {name}",
    "gesperrt": "blocked",
    "über den Anmeldedienst": "by the identity provider",
    "eingerichtet": "set up",
    "Link noch nicht benutzt": "link not used yet",
    "Neuer Link": "New link",
    "Entsperren": "Unblock",
    "Sperren": "Block",
    "Löschen": "Delete",
    "Neues Konto": "New account",
    "Konto anlegen": "Make account",
    "Geben Sie diesen Link {name}. Er gilt 24 Stunden und nur einmal, und er steht nur jetzt hier.": (
        "Give this link to {name}. It is good for 24 hours, once, and stands here only now."
    ),
    "Was darf welche Rolle?": "What may which role do?",
    "Redaktion: Texte lesen und ändern, Postkarten drucken.": "Editor: read and change texts, print postcards.",
    "Freigabe: wie Redaktion, und Änderungen anderer veröffentlichen.": (
        "Reviewer: as an editor, and publish what others have changed."
    ),
    "Büro: Fragen lesen und beantworten, Beratungsstellen einladen, Texte vorschlagen.": (
        "Office: read and answer questions, invite counselling centres, propose texts."
    ),
    "nur Zahlen: Zahlen und Berichte, keine Worte von Menschen.": (
        "Figures only: counts and reports, no words of people."
    ),
    "Administration: alles, auch Konten und Einstellungen.": "Administration: everything, also accounts and settings.",
    "Redaktion": "Editor",
    "Freigabe": "Reviewer",
    "Büro": "Office",
    "nur Zahlen": "Figures only",
    "Administration": "Administration",
    "Das geht nicht: Es muss ein Konto der Administration bleiben, das sich anmelden kann.": (
        "Not possible: an administration account that can sign in must remain."
    ),
    "Diese Rolle gibt es nicht.": "There is no such role.",
    "Diesen Namen gibt es schon.": "This name is taken.",
    "Dieses Konto gibt es nicht.": "There is no such account.",
    "Dieses Formular wurde von einer anderen Seite geschickt. Es wurde nichts getan.": (
        "This form was sent from another site. Nothing was done."
    ),
    "Das ist kein Formular von dieser Seite.": "This is no form of this site.",
    "Das ist zu viel auf einmal. Es wurde nichts gespeichert. Bitte kürzen Sie den Text.": (
        "This is too much at once. Nothing was saved. Please shorten the text."
    ),
    "Die Verbindung ist abgebrochen.": "The connection was cut.",
    "Ihre Anmeldung ist abgelaufen. Es wurde nichts gespeichert. Bitte melden Sie sich neu an.": (
        "Your session has ended. Nothing was saved. Please sign in again."
    ),
    "Ihre Rolle darf das nicht. Fragen Sie die Administration.": "Your role may not do this. Ask the administration.",
    "Diese Seite ist zu alt oder gehört zu einer anderen Anmeldung. Es wurde nichts getan. Bitte laden Sie die Seite "
    "neu.": "This page is too old or belongs to another session. Nothing was done. Please load the page again.",
    "Ein Feld enthält Steuerzeichen, die man nicht sieht. Bitte löschen Sie sie.": (
        "A field holds control characters, which cannot be seen. Please delete them."
    ),
    "Ein Feld ist zu lang: höchstens {most} Zeichen.": "A field is too long: at most {most} characters.",
    "Ein Anmeldedienst ist hier nicht eingerichtet.": "No identity provider is set up here.",
    "Der Anmeldedienst antwortet nicht. Bitte versuchen Sie es später noch einmal.": (
        "The identity provider does not answer. Please try again later."
    ),
    "Die Anmeldung wurde nicht beendet oder ist zu alt. Bitte beginnen Sie noch einmal.": (
        "Signing in was not finished, or is too old. Please begin again."
    ),
    "Sie sind angemeldet, aber Ihr Konto hat hier keine Rolle. Fragen Sie Ihre IT-Stelle.": (
        "You are signed in, but your account has no role here. Ask your IT department."
    ),
}
