"""The city's settings, as an administrator sees them."""

ENGLISH = {
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
}
