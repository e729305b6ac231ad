"""Questions, quarantine, what was not sent, figures, invitations, settings, the log."""

ENGLISH = {
    "Die Datenbank ist gerade nicht zu erreichen. Es wurde nichts getan. Bitte versuchen Sie es gleich noch einmal.": (
        "The database cannot be reached at the moment. Nothing was done. Please try again in a moment."
    ),
    # questions
    "Fragen": "Questions",
    "Welche Fragen?": "Which questions?",
    "Zu tun": "To do",
    "Offen": "Open",
    "Überfällig": "Overdue",
    "Wartet": "Waiting",
    "Beantwortet": "Answered",
    "Alle": "All",
    "Alle Fragen": "All questions",
    "Frage": "Question",
    "Frage {number}": "Question {number}",
    "Zustand": "State",
    "Gefragt": "Asked",
    "Zugesagt bis": "Promised by",
    "Sprache": "Language",
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
    "E-Mail": "Mail",
    "Terminal": "Terminal",
    "eine Beratungsstelle fragt für jemanden": "a counselling centre asks for somebody",
    "Die E-Mail mit dieser Frage kam beim Büro nicht an; die Person weiß das. Sie können hier antworten.": (
        "The mail with this question did not reach the office; the person knows. You can answer here."
    ),
    "Zu dieser Frage wartet eine E-Mail in der Quarantäne.": "A mail about this question waits in quarantine.",
    "Ansehen": "Look at it",
    "Die Frage im Wortlaut": "The question word for word",
    "Verlauf": "History",
    "per E-Mail": "by mail",
    "vom Betrieb": "by the operator",
    "Antwort": "answer",
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
    "Vorschau": "Preview",
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
    "Thema": "Topic",
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
    # a new topic
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
    # quarantine
    "Quarantäne": "Quarantine",
    "E-Mails, die nicht tun dürfen, was sie wollen, bis jemand entscheidet. Sehen Sie nach, von wem sie wirklich "
    "kommen.": "Mails that may not do what they want until somebody decides. Make sure who really wrote them.",
    "Angekommen": "Arrived",
    "Warum sie wartet": "Why it waits",
    "E-Mail {id}": "Mail {id}",
    "Von, wie es in der E-Mail steht": "From, as the mail says",
    "Betreff": "Subject",
    "Anhänge": "Attachments",
    "Text": "Text",
    "So kam sie an": "As it came",
    "Entscheiden": "Decide",
    "Nummer der Frage, auf die sie antwortet": "Number of the question it answers",
    "Wenn Sie freigeben, stehen Sie dafür ein, dass sie echt ist. Ihre eigenen Worte gehen dann an die Person.": (
        "If you release it, you vouch that it is genuine. Its own words then go to the person."
    ),
    "Freigeben und senden": "Release and send",
    "Löschen": "Delete",
    "Gelöscht.": "Deleted.",
    "Ihre Worte sind unterwegs.": "Its words are on their way.",
    "Diese E-Mail wartet nicht mehr: Jemand hat schon entschieden, oder ihre Zeit ist um. Es wurde nichts getan.": (
        "This mail does not wait any more: somebody has decided, or its time is over. Nothing was done."
    ),
    "Bitte geben Sie die Nummer einer Frage an, die es gibt.": "Please give the number of a question that there is.",
    "Diese Frage gibt es nicht mehr. Es wurde nichts gesendet.": "This question is no more. Nothing was sent.",
    "Darin steht nichts, was man senden könnte: Sie ist nicht lesbar, privat, oder über der Linie steht nichts. "
    "Schreiben Sie die Antwort bei der Frage selbst.": (
        "It holds nothing to send: it cannot be read, is private, or nothing stands above the line. Write the answer "
        "at the question itself."
    ),
    "Der Kanal, über den die Frage kam, läuft gerade nicht.": (
        "The channel that the question came by does not run at the moment."
    ),
    "{count} E-Mails in Quarantäne": "Mails in quarantine: {count}",
    # outbox
    "Nicht gesendet": "Not sent",
    "Nachrichten, die noch einmal versucht werden oder die die andere Seite nicht annimmt. Worte stehen hier nicht.": (
        "Messages that are tried again, or that the other side does not take. No words stand here."
    ),
    "Nachricht": "Message",
    "Grund": "Reason",
    "Was tun?": "What to do?",
    "aufgegeben": "given up",
    "wird wieder versucht": "is tried again",
    "{count} Versuche": "tries: {count}",
    "Noch einmal senden": "Send again",
    "Alles ist gesendet.": "Everything is sent.",
    "Diese Nachricht wartet nicht mehr. Es wurde nichts getan.": (
        "This message does not wait any more. Nothing was done."
    ),
    "Das ist kein Formular von dieser Seite.": "This is no form of this page.",
    "Wird noch einmal gesendet.": "It is sent again.",
    "Gelöscht. Niemand liest sie mehr.": "Deleted. Nobody will read it.",
    "{count} Nachrichten gingen nicht hinaus": "Messages that did not go out: {count}",
    # figures
    "Zahlen": "Figures",
    "Was Menschen fragen": "What people ask",
    "Vom {first} bis {last}, ganze Wochen. Gezählt wird ohne Worte und ohne Personen; kleine Zahlen stehen als "
    "„unter 5“. Wo man eine ausrechnen könnte, ist eine andere „verdeckt“.": (
        "From {first} to {last}, whole weeks. Counted without words and without persons; small numbers stand as "
        "“under 5”. Where one could be worked out, another is “hidden”."
    ),
    "verdeckt": "hidden",
    "So oft kamen diese Menschen zu einem Thema. Was daraus wurde, steht bei allen zusammen.": (
        "So often these people came to a topic. What came of it stands with everybody together."
    ),
    "Von": "From",
    "Bis": "To",
    "alle": "all",
    "alles": "everything",
    "Zeigen": "Show",
    "unter 5": "under 5",
    "zusammen": "together",
    "kein Thema": "no topic",
    "Themen": "Topics",
    "Sprachen": "Languages",
    "Wege": "Ways",
    "Wochen": "Weeks",
    "beantwortet": "answered",
    "zurückgefragt": "asked back",
    "an das Büro gegeben": "handed to the office",
    "half nicht": "did not help",
    "keine Antwort": "no answer",
    "In dieser Zeit hat niemand gefragt.": "Nobody asked in this time.",
    "Was bedeuten die Spalten?": "What do the columns mean?",
    "beantwortet: Lotse hat die geprüfte Antwort zu einem Thema gezeigt, auf eine Frage oder einen Knopf hin.": (
        "answered: Lotse showed the reviewed answer of a topic, to a question or a button."
    ),
    "zurückgefragt: Lotse war nicht sicher und hat Themen zur Wahl gestellt.": (
        "asked back: Lotse was not sure and offered topics to choose from."
    ),
    "an das Büro gegeben: Die Person hat zugestimmt, und die Frage ging zu Ihnen.": (
        "handed to the office: the person agreed, and the question went to you."
    ),
    "half nicht: Die Person hat unter einer Antwort gesagt, dass sie etwas anderes braucht.": (
        "did not help: the person said below an answer that they need something else."
    ),
    "keine Antwort: Lotse wusste nichts und hat einen Menschen angeboten.": (
        "no answer: Lotse knew nothing and offered a person."
    ),
    "Was an das Büro ging, nach Bedeutung geordnet": "What went to the office, by meaning",
    "Nach Bedeutung geordnet": "By meaning",
    "Das sind Fragen, die Menschen mit Zustimmung an Sie geschickt haben und die noch gespeichert sind, die neuesten "
    "150. Was oft kommt, gehört in die Wissensbasis.": (
        "These are questions that people have sent you, with consent, and that are still stored, the newest 150. What "
        "comes often belongs into the knowledge."
    ),
    "{count} Fragen, die sich ähneln": "{count} questions that are alike",
    "Eine Frage für sich": "A question of its own",
    "und {count} weitere": "and {count} more",
    "Thema für Frage {number}": "Topic for question {number}",
    "Es ist keine Frage gespeichert.": "No question is stored.",
    "Dieses Thema oder diese Frage gibt es nicht.": "There is no such topic or question.",
    # invitations
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
    "Zurückgenommen.": "Taken back.",
    "Diese Einladung gab es nicht mehr: Sie wurde benutzt oder zurückgenommen.": (
        "This invitation was no more: it was used or taken back."
    ),
    "Keine.": "None.",
    # settings
    "Einstellungen": "Settings",
    "Was die Stadt festlegt": "What the city sets",
    "Stadt": "City",
    "Antwort innerhalb von": "Answer within",
    "{days} Arbeitstagen": "{days} working days",
    "Büro, wie die Menschen es lesen": "The office, as people read it",
    "Gruppen von Themen": "Groups of topics",
    "{count} Themen": "topics: {count}",
    "Was der Betrieb festlegt": "What the operator sets",
    "Das steht in der Umgebung des Servers und wird dort geändert (docs/settings.md).": (
        "This stands in the server's environment and is changed there (docs/settings.md)."
    ),
    "Lotse liest zurzeit keine E-Mails: Antworten gehen nur hier in der Konsole.": (
        "Lotse reads no mail at the moment: answers are possible here in the console only."
    ),
    "Wert": "Value",
    "Adresse und Öffnungszeiten des Büros": "The office's address and hours",
    "Hier gibt es keine Stadt, nur Deutschland.": "There is no city here, only Germany.",
    "Sie entstehen aus den Themen: Jedes nennt seine Gruppe, das erste Thema einer Gruppe bestimmt ihren Platz.": (
        "They come from the topics: each names its group, and the first topic of a group sets its place."
    ),
    "Arbeitstage bis zur Antwort, die der Person genannt werden": ("Working days until the answer, as people are told"),
    "Tage, an denen das Büro außerdem zu ist, einer in jeder Zeile (12-24 oder 2027-05-07)": (
        "Days on which the office is closed besides, one a line (12-24 or 2027-05-07)"
    ),
    "Einstellung": "Setting",
    "Postfach des Büros": "The office's mailbox",
    "Zweites Postfach, wenn das erste nicht annimmt": "A second mailbox, when the first does not take mail",
    "Wer sonst für das Büro antworten darf": "Who else may reply for the office",
    "Beratungsstellen, die per E-Mail fragen dürfen": "Counselling centres that may ask by mail",
    "Was andere bekommen, die schreiben": "What others who write get",
    "Postfach, das Antworten liest": "Mailbox that reads replies",
    "Tage, nach denen eine stille Person vergessen wird": "Days after which a silent person is forgotten",
    "E-Mails an eine Adresse in einer Stunde, höchstens": "Mails to one address in an hour, at most",
    "Nachrichten einer Person in einer Minute, höchstens": "Messages of one person in a minute, at most",
    "Adresse im Netz": "Address on the web",
    # log
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
