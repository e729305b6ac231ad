"""Mail that waits in quarantine."""

ENGLISH = {
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
}
