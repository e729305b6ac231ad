"""Figures, and the report of a month."""

ENGLISH = {
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
    "alles": "everything",
    "unter 5": "under 5",
    "zusammen": "together",
    "kein Thema": "no topic",
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
}
