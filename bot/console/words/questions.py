"""Questions to the office."""

ENGLISH = {
    "Die Datenbank ist gerade nicht zu erreichen. Es wurde nichts getan. Bitte versuchen Sie es gleich noch einmal.": (
        "The database cannot be reached at the moment. Nothing was done. Please try again in a moment."
    ),
    "Fragen": "Questions",
    "Welche Fragen?": "Which questions?",
    "Offen": "Open",
    "Überfällig": "Overdue",
    "Wartet": "Waiting",
    "Beantwortet": "Answered",
    "Alle": "All",
    "Alle Fragen": "All questions",
    "Frage": "Question",
    "Frage {number}": "Question {number}",
    "Gefragt": "Asked",
    "Zugesagt bis": "Promised by",
    "bei {office}": "with {office}",
    "Liegt bei": "Is with",
    "E-Mail kam nicht an": "The mail did not arrive",
    "E-Mail in Quarantäne": "A mail is in quarantine",
    "Beratungsstelle": "Counselling centre",
    "Es sind noch mehr. Hier stehen die ersten 200.": "There are more. These are the first 200.",
    "Hier wartet nichts.": "Nothing waits here.",
    "Die Worte sind gelöscht.": "The words are deleted.",
    "Die Worte sind gelöscht, wie es versprochen ist: eine Woche nach der Antwort.": (
        "The words are deleted, as promised: a week after the answer."
    ),
    "nur auf {named}": "only in {named}",
    "Die Person liest": "The person reads",
    "Weg": "Way",
    "Chat im Browser": "Chat in the browser",
    "Terminal": "Terminal",
    "eine Beratungsstelle fragt für jemanden": "a counselling centre asks for somebody",
    "Die E-Mail mit dieser Frage kam beim Büro nicht an; die Person weiß das. Sie können hier antworten.": (
        "The mail with this question did not reach the office; the person knows. You can answer here."
    ),
    "Zu dieser Frage wartet eine E-Mail in der Quarantäne.": "A mail about this question waits in quarantine.",
    "Ansehen": "Look at it",
    "Die Frage im Wortlaut": "The question word for word",
    "per E-Mail": "by mail",
    "vom Betrieb": "by the operator",
    "geprüfte Antwort": "reviewed answer",
    "Dateien": "Files",
    "Notiz, nur für das Büro": "note, for the office alone",
    "weitergegeben an": "handed on to",
    "geschlossen": "closed",
    "Antworten": "Answer",
    "Noch etwas antworten": "Answer something more",
    "In eigenen Worten": "In your own words",
    "Die Person liest {named}. Ihr Text geht im Wortlaut hinaus, Lotse übersetzt ihn nicht. Schreiben Sie kurz und "
    "einfach; unter deutschen Worten steht in ihrer Sprache, wer sie erklären kann.": (
        "The person reads {named}. Your text goes out word for word; Lotse does not translate it. Write short and "
        "plain sentences; below German words stands, in their language, who can explain them."
    ),
    "Ihr Text geht im Wortlaut hinaus. Schreiben Sie kurz und einfach.": (
        "Your text goes out word for word. Write short and plain sentences."
    ),
    "Geprüfte Antworten dazu": "Reviewed answers with it",
    "Sie gehen in der Sprache der Person hinaus, unter Ihren Worten.": (
        "They go out in the person's language, below your words."
    ),
    "Noch eine geprüfte Antwort": "One more reviewed answer",
    "Eine geprüfte Antwort dazu": "A reviewed answer with it",
    "PDF und Bilder, jede Datei bis 10 MB. Wählen Sie sie zuletzt: Die Vorschau behält sie nicht.": (
        "PDF and pictures, each file up to 10 MB. Choose them last: the preview does not keep them."
    ),
    "Das ist eine Rückfrage: Die Frage wartet dann auf die Person.": (
        "This asks back: the question then waits for the person."
    ),
    "Senden": "Send",
    "So liest es die Person": "This is what the person reads",
    "„{topic}“ gibt es nicht in der Sprache der Person. Sie liest es auf {named}.": (
        "“{topic}” does not exist in the person's language. They read it in {named}."
    ),
    "Ihre eigenen Worte liest die Person auf Deutsch.": "The person reads your own words in German.",
    "Was sonst geht": "What else you can do",
    "Notiz für Kolleginnen und Kollegen": "Note for colleagues",
    "Notiz": "Note",
    "Die Person liest das nie.": "The person never reads this.",
    "Notiz speichern": "Save the note",
    "An eine andere Stelle weitergeben": "Hand on to another office",
    "Die Stelle bekommt die Frage per E-Mail und antwortet selbst. Es geht nur an Adressen Ihrer Stadt und an solche, "
    "die der Betrieb eingetragen hat.": (
        "The office gets the question by mail and answers itself. Only addresses of your city, and those that the "
        "operator has listed, are possible."
    ),
    "Stelle": "Office",
    "Eine andere Adresse": "Another address",
    "E-Mail-Adresse": "Mail address",
    "Weitergeben": "Hand on",
    "Ohne Antwort schließen": "Close without an answer",
    "Die Person erfährt, dass es keine Antwort gibt, und wo sie das Büro erreicht. Sie kann noch einmal fragen.": (
        "The person learns that there is no answer, and where to reach the office. They can ask again."
    ),
    "Frage schließen": "Close the question",
    "Daraus etwas für alle machen": "Make something for everybody of it",
    "Wenn dieselbe Frage öfter kommt, gehört die Antwort in die Wissensbasis.": (
        "When the same question comes again and again, the answer belongs into the knowledge."
    ),
    "Neues Thema daraus": "New topic from it",
    "Als Frage zu diesem Thema": "As a question of this topic",
    "Gesendet. Die Person bekommt die Antwort gleich.": "Sent. The person gets the answer in a moment.",
    "Geschlossen. Die Person erfährt es.": "Closed. The person is told.",
    "Weitergegeben. Die andere Stelle bekommt die Frage per E-Mail.": (
        "Handed on. The other office gets the question by mail."
    ),
    "Notiz gespeichert.": "Note saved.",
    "Das war schon getan: Es ist nur einmal hinausgegangen.": "That was done already: it went out once only.",
    "Diese Frage gibt es nicht mehr: Die Person hat sie zurückgezogen oder alles gelöscht. Es wurde nichts gesendet.": (
        "This question is no more: the person has withdrawn it or deleted everything. Nothing was sent."
    ),
    "Es wurde nichts gesendet: Inzwischen ist zu dieser Frage etwas geschehen, siehe Verlauf. Ihr Text steht noch "
    "unten. Wenn er trotzdem hinaus soll, senden Sie ihn noch einmal; Dateien wählen Sie bitte neu aus.": (
        "Nothing was sent: meanwhile something happened to this question, see the history. Your text still stands "
        "below. If it is to go out all the same, send it again; please choose files anew."
    ),
    "Es wurde nichts gesendet: Der Kanal, über den die Frage kam, läuft gerade nicht. Bitte sagen Sie es dem Betrieb; "
    "Ihr Text steht noch unten.": (
        "Nothing was sent: the channel that the question came by does not run at the moment. Please tell the operator; "
        "your text still stands below."
    ),
    "An diese Adresse darf Lotse keine Fragen geben: Sie steht nicht auf der Liste. Der Betrieb kann sie eintragen "
    "(LOTSE_OFFICE_SENDERS).": (
        "Lotse may not give questions to this address: it is not on the list. The operator can add it "
        "(LOTSE_OFFICE_SENDERS)."
    ),
    "Bitte wählen Sie eine Stelle, oder geben Sie eine E-Mail-Adresse an.": (
        "Please choose an office, or give a mail address."
    ),
    "Die Notiz ist leer.": "The note is empty.",
    "Ein Thema gibt es nicht mehr. Es wurde nichts gesendet; bitte prüfen Sie die Auswahl.": (
        "A topic is no more. Nothing was sent; please check what you chose."
    ),
    "Das sind zu viele Themen: höchstens fünf. Es wurde nichts gesendet.": (
        "These are too many topics: five at most. Nothing was sent."
    ),
    "Es wurde nichts gesendet: Nur PDF und Bilder gehen mit, höchstens zehn Dateien, jede bis 10 MB, zusammen bis "
    "20 MB. Bitte wählen Sie die Dateien neu aus.": (
        "Nothing was sent: only PDF and pictures can go with an answer, ten files at most, each up to 10 MB, together "
        "up to 20 MB. Please choose the files anew."
    ),
    "Es wurde nichts gesendet: Schreiben Sie eine Antwort, oder wählen Sie ein Thema.": (
        "Nothing was sent: write an answer, or choose a topic."
    ),
    "{open} offene und {late} überfällige Fragen": "Questions: {open} open, {late} overdue",
    "{open} offene Fragen": "Open questions: {open}",
}
