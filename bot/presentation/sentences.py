"""The bot's own sentences in German, by key. translations/ holds the same in every other language.

{names} are filled in; no sentence is glued together from parts. A pair is singular and plural by {count}.
Sentences are Markdown (**bold**, lists, blank lines between paragraphs).
"""

from __future__ import annotations

SENTENCES: dict[str, str | tuple[str, str]] = {
    # the chat in a browser
    "web-title": "Lotse: Fragen zu Behörden und Beratung in {city}",
    "web-intro": (
        "Ich bin ein Programm, kein Mensch. Ich beantworte Fragen zu Ausländerbehörde, Terminen und Beratung in {city} "
        "mit fertigen Texten. Weiß ich etwas nicht, kann Ihre Frage an einen Menschen gehen.\n\n"
        "In Gefahr rufen Sie die Polizei **{police}** oder den Rettungsdienst **{ambulance}**."
    ),
    "web-question": "Ihre Frage",
    "web-send": "Senden",
    "web-menu": "Alle Themen",
    "web-status": "Meine Fragen",
    "web-language": "Sprache",
    "web-choose": "Wählen",
    "web-you": "Sie",
    "web-map": "Auf der Karte zeigen",
    "web-waiting": "Lotse schreibt …",
    "web-offline": "Keine Verbindung. Ich versuche es weiter.",
    "web-back": "Später wiederkommen",
    "web-back-text": (
        "Ein Mensch antwortet oft erst nach Tagen. Mit einem Link oder einem Code kommen Sie wieder in diesen Chat. "
        "Geben Sie beides niemandem: Wer den Link hat, kann alles lesen."
    ),
    "web-make-keys": "Link und Code zeigen",
    "web-your-link": "Ihr Link",
    "web-your-code": "Ihr Code",
    "web-keys-once": "Schreiben Sie beides **jetzt** auf. Es wird nur dieses eine Mal gezeigt und gilt bis {date}.",
    "web-revoke": "Link und Code ungültig machen",
    "web-revoked": "Link und Code gelten nicht mehr.",
    "web-notify": (
        "E-Mail-Adresse (freiwillig): Ich schreibe Ihnen, wenn eine Antwort da ist. In der E-Mail steht nur ein Link."
    ),
    "web-telegram": "Auf Telegram weitermachen",
    "web-telegram-text": (
        "Öffnen Sie diesen Link in Telegram. Er gilt einmal, und nur 15 Minuten. Ihre Fragen an einen Menschen "
        "gehen mit: Die Antworten kommen dann dort an. Geben Sie den Link niemandem."
    ),
    "web-save": "Speichern",
    "web-saved": "Gespeichert.",
    "web-no-address": "Das ist keine E-Mail-Adresse. Schreiben Sie sie bitte so: name@example.org",
    "web-have-code": "Ich habe einen Code",
    "web-open": "Öffnen",
    "web-code-wrong": "Dieser Link oder Code gilt nicht. Prüfen Sie die Zeichen, oder stellen Sie Ihre Frage neu.",
    "web-too-many": "Das waren viele Anfragen. Warten Sie bitte eine Minute, und versuchen Sie es dann noch einmal.",
    "web-too-long": "Ihre Nachricht ist zu lang. Höchstens {most} Zeichen.",
    "web-again": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    "web-away": (
        "Ich kann gerade nichts speichern. Ihre Nachricht ist nicht angekommen. Bitte versuchen Sie es in einer "
        "Minute noch einmal."
    ),
    "web-go-on": "Weiter zum Chat",
    "web-privacy": "Was wird gespeichert?",
    "web-privacy-text": (
        "- Was Lotse Ihnen hier schreibt, und Ihre Sprache. Wenn Sie lange nichts tun, wird es gelöscht.\n"
        "- Ihre letzte Frage, höchstens einen Tag lang.\n"
        "- Eine Frage, die Sie an einen Menschen senden ({office}), bis 7 Tage nach der Antwort.\n\n"
        "Ihren Namen und woher Sie schreiben, speichert Lotse nicht. Ein Cookie hält nur den Chat offen. "
        "Was gelöscht ist, steht in Sicherungskopien noch höchstens 30 Tage."
    ),
    "web-delete": "Alles löschen",
    "web-notice-subject": "Lotse: Es gibt eine Antwort für Sie",
    "web-notice": "Es gibt eine Antwort für Sie. Öffnen Sie diesen Link. Geben Sie ihn niemandem.",
    # on postcards and signs
    "postcard-ask": "Haben Sie Fragen? Fragen Sie in Ihrer Sprache.",
    "postcard-how": "Scannen Sie den Code mit dem Handy. Es kostet nichts, und Sie brauchen kein Konto.",
    # first contact
    "welcome-choose-language": "Willkommen bei **Lotse**! In welcher Sprache möchten Sie schreiben?",
    "choose-language": "In welcher Sprache möchten Sie schreiben?",
    "intro": (
        "Ich bin ein Programm, kein Mensch. Ich beantworte Fragen zu Ausländerbehörde, Terminen und Beratung in {city} "
        "mit fertigen Texten und erfinde nichts dazu.\n\n"
        "Weiß ich etwas nicht, kann Ihre Frage an einen Menschen gehen: **{office}**. Vorher zeige ich Ihnen, "
        "was gesendet wird.\n\n"
        "Mit /delete löschen Sie alles, was über Sie gespeichert ist.\n\n"
        "Schreiben Sie jetzt Ihre Frage."
    ),
    "help": (
        "So geht es:\n\n"
        "- Schreiben Sie Ihre Frage in einer Nachricht, mit Ihren eigenen Worten.\n"
        "- /menu zeigt alle Themen.\n"
        "- /ask schickt eine Frage an einen Menschen ({office}).\n"
        "- /status zeigt, ob Fragen von Ihnen offen sind.\n"
        "- /language wechselt die Sprache.\n"
        "- /privacy sagt, was gespeichert wird, /delete löscht es.\n\n"
        "In Gefahr rufen Sie die Polizei **{police}** oder den Rettungsdienst **{ambulance}**."
    ),
    "privacy": (
        "Das speichert Lotse:\n\n"
        "- eine Nummer, damit die Antwort zu Ihnen findet, und Ihre Sprache;\n"
        "- Ihre letzte Frage, höchstens einen Tag lang;\n"
        "- eine Frage, die Sie senden ({office}), bis 7 Tage nach der Antwort.\n\n"
        "Ihren Namen und Ihre Telefonnummer speichert Lotse nicht. Ohne Ihre Zustimmung sieht kein Mensch Ihre Frage. "
        "/delete löscht alles. In Sicherungskopien steht es noch höchstens 30 Tage. "
        "Eine E-Mail, die schon gesendet ist, kann Lotse nicht zurückholen. "
        "Für Telegram gelten die Regeln von Telegram."
    ),
    # asking
    "write-your-question": (
        "Schreiben Sie Ihre Frage bitte in **einer** Nachricht. "
        "Vor dem Senden zeige ich Ihnen genau, was gesendet wird."
    ),
    "smalltalk-nothing": "In dieser Nachricht finde ich keinen Text. Schreiben Sie Ihre Frage bitte mit Worten.",
    "only-text": "Ich kann nur Text lesen. Schreiben Sie Ihre Frage bitte mit Worten.",
    "sent-file": "Bilder und Dokumente kann ich nicht ansehen, und ich bewahre sie nicht auf.",
    "sent-letter": (
        "Haben Sie einen Brief vom Amt? Schreiben Sie mir, von welchem Amt er ist und welche Überschrift er hat. "
        "Steht darin ein Datum, bis wann Sie antworten müssen, dann warten Sie nicht: Eine Beratungsstelle liest den "
        "Brief kostenlos mit Ihnen."
    ),
    "sent-voice": "Sprachnachrichten und Videos kann ich nicht verstehen. Schreiben Sie Ihre Frage bitte mit Worten.",
    "sent-personal": (
        "Kontakte und Standorte brauche ich nicht, und ich bewahre sie nicht auf. "
        "Schreiben Sie Ihre Frage bitte mit Worten."
    ),
    "groups": "Fragen beantworte ich nur im privaten Chat, damit niemand mitliest. Schreiben Sie mir bitte dort.",
    "failed": (
        "Bei mir ist ein Fehler passiert, ich kann diese Nachricht nicht beantworten. "
        "Fragen Sie bitte einen Menschen, oder schreiben Sie es anders."
    ),
    "did-you-mean": "Meinen Sie eines davon?",
    "no-answer": (
        "Darauf habe ich keine sichere Antwort. Ich kann Ihre Frage an einen Menschen weitergeben: **{office}**."
    ),
    "none-of-these": (
        "Dann habe ich Sie nicht richtig verstanden. Schreiben Sie es bitte mit anderen Worten, oder fragen Sie einen "
        "Menschen."
    ),
    "not-clear": "Das war nicht klar genug. Ein Mensch kann es Ihnen besser erklären.",
    "fits-best": "Am besten passt dazu dieser Teil der Antwort:",
    "comes-nearest": "Ich bin nicht sicher, ob das Ihre Frage beantwortet. Am nächsten kommt dieser Teil:",
    "nothing-known": (
        "Dazu steht in meinen Texten nichts: **{section}**, {topic}. Ich möchte nicht raten. Fragen Sie bitte einen "
        "Menschen."
    ),
    "said-all": (
        "Mehr weiß ich dazu nicht: {topic}. Vielleicht steht es in einem dieser Abschnitte. "
        "Sonst fragen Sie bitte einen Menschen."
    ),
    "person-wish": (
        "Ich bin ein Programm. Einen Menschen erreichen Sie so: Gehen Sie hin, rufen Sie an, oder schreiben Sie Ihre "
        "Frage. Dann antwortet ein Mensch hier im Chat, meist innerhalb von {count} Arbeitstagen."
    ),
    "person-wish-write": (  # where neither address nor phone of the office is known for sure
        "Ich bin ein Programm. Einen Menschen erreichen Sie so: Schreiben Sie Ihre Frage. Dann antwortet ein Mensch "
        "hier im Chat, meist innerhalb von {count} Arbeitstagen."
    ),
    "callback-wish": (
        "Anrufen kann ich nicht: Ich bin ein Programm und kenne Ihre Telefonnummer nicht. Rufen Sie selbst an, oder "
        "schreiben Sie Ihre Frage: Ein Mensch antwortet hier im Chat. Einen Rückruf kann ich nicht versprechen. "
        "Möchten Sie darum bitten, schreiben Sie Ihre Nummer in die Frage und wählen Sie vor dem Senden "
        "„Mit den Nummern senden“."
    ),
    "person-crisis": (
        "Sie müssen damit nicht allein sein. Das Büro antwortet erst in einigen Tagen. Hier hört Ihnen sofort jemand "
        "zu:"
    ),
    "other-city": (
        "Ich kenne nur {city}. Für **{name}** kann ich keine Adresse nennen. Das gilt überall in Deutschland:"
    ),
    "other-city-office": (
        "Zuständig ist das Amt in {name}. Suchen Sie auf der Internetseite von {name} nach „Ausländerbehörde“ oder "
        "„Bürgeramt“. Beratung überall in Deutschland finden Sie hier: {link}"
    ),
    "rest-added": "Der Rest Ihrer Nachricht ist angekommen und gehört jetzt dazu.",
    "person-recommended": "Hier hilft oft ein Mensch am besten. Ich kann Ihre Frage weitergeben: {office}.",
    "smalltalk-greeting": "Guten Tag! Schreiben Sie Ihre Frage, oder wählen Sie ein Thema.",
    "smalltalk-howareyou": (
        "Danke, dass Sie fragen! Ich bin ein Programm, mir geht es immer gut. Was möchten Sie wissen?"
    ),
    "smalltalk-ok": "Gut! Wenn Sie noch eine Frage haben, schreiben Sie einfach.",
    "smalltalk-sorry": "Kein Problem! Schreiben Sie einfach, auch in Ihrer Sprache.",
    "smalltalk-goodwishes": "Danke, Ihnen auch alles Gute! Wenn Sie eine Frage haben, schreiben Sie einfach.",
    "smalltalk-laughter": "Schön, dass Sie lachen! Wenn Sie eine Frage haben, schreiben Sie einfach.",
    "smalltalk-insult": (
        "Es tut mir leid, dass ich Ihnen nicht geholfen habe. Schreiben Sie es bitte noch einmal anders, oder fragen "
        "Sie einen Menschen."
    ),
    "smalltalk-thanks": "Gern! Wenn Sie noch eine Frage haben, schreiben Sie einfach.",
    "smalltalk-goodbye": "Auf Wiedersehen! Wenn Sie wieder eine Frage haben, schreiben Sie einfach.",
    "glad": "Das freut mich. Wenn Sie noch eine Frage haben, schreiben Sie einfach.",
    "choose-group": "Wählen Sie ein Thema:",
    "choose-topic": "Worum geht es genau?",
    "button-unknown": "Diesen Knopf kenne ich nicht mehr. Schreiben Sie Ihre Frage, oder wählen Sie ein Thema.",
    "too-many": "Das waren viele Nachrichten auf einmal. Bitte warten Sie eine Minute, dann lese ich weiter.",
    # counsellors
    "counsellor-welcome": (
        "Sie können mir jetzt Fragen von Menschen weiterleiten, die Sie beraten. Leiten Sie einfach ihre Nachricht an "
        "mich weiter: Die Antwort kommt in der Sprache der Frage und darunter auf Deutsch.\n\n"
        "Was Sie selbst schreiben, beantworte ich wie immer. /delete löscht alles, auch diese Berechtigung."
    ),
    # from the browser
    "moved-here": (
        "Ab jetzt geht es hier weiter. Ihre Fragen an einen Menschen sind mitgekommen: Die Antworten kommen hier an."
    ),
    "moved-away": "Ihre Fragen an einen Menschen sind jetzt auf Telegram. Die Antworten kommen dort an.",
    "moved-invalid": (
        "Dieser Link wurde schon benutzt oder ist abgelaufen. Holen Sie sich im Browser einen neuen. Fragen "
        "stellen können Sie auch ohne ihn: Schreiben Sie einfach."
    ),
    "invitation-invalid": (
        "Dieser Einladungslink wurde schon benutzt oder ist abgelaufen. Bitten Sie dort, wo Sie ihn bekommen haben, um "
        "einen neuen. Fragen stellen können Sie auch ohne ihn: Schreiben Sie einfach."
    ),
    "in-german": "**Auf Deutsch:**",
    "reply-to-whom": (
        "Wer soll die Antwort eines Menschen bekommen? Senden Sie nur, wenn die Person einverstanden ist, von der die "
        "Frage kommt."
    ),
    # handing over
    "preview": "Empfänger: **{office}**. Diese E-Mail würde ich senden, Wort für Wort so:",
    "preview-consent": (
        "Ein Mensch liest sie. Bitte nur senden, wenn darin nichts steht, was Sie nicht zeigen möchten. "
        "Ihr Name und Ihre Telefonnummer werden nicht mitgeschickt. Darf ich senden?"
    ),
    "sent": (
        "Gesendet. Empfänger: {office}. Die Antwort bekommen Sie hier, meist innerhalb eines Arbeitstags.",
        "Gesendet. Empfänger: {office}. Die Antwort bekommen Sie hier, meist innerhalb von {count} Arbeitstagen.",
    ),
    "added": "Gesendet. Empfänger: {office}. Es gehört jetzt zu Ihrer Frage {number}.",
    "open-limit": (
        "Sie haben schon 3 offene Fragen. Mehr gehen nicht auf einmal. Ergänzen Sie eine davon mit dem Knopf unten, "
        "oder ziehen Sie eine zurück: /status"
    ),
    "send-limit": (
        "Heute haben Sie schon viele Fragen gesendet. Morgen geht es wieder. Wenn es eilt, fragen Sie dort bitte "
        "selbst nach:"
    ),
    "not-sent": "Gut, ich sende nichts.",
    "preview-numbers-hidden": (
        "Darin steht etwas, das wie eine Ausweis-, Akten-, Konto- oder Telefonnummer aussieht. "
        "Ich habe es mit ••• verdeckt. Die Antwort kommt auch ohne diese Nummern zu Ihnen."
    ),
    "preview-numbers-shown": "**Achtung:** Die Nummern werden mitgesendet, und ein Mensch liest sie.",
    "question-closed": "Diese Frage ist nicht mehr offen.",
    "withdrawn": (
        "Ihre Frage {number} ist zurückgezogen und hier gelöscht. "
        "War sie schon gesendet, schreibe ich dem Empfänger, dass keine Antwort mehr nötig ist."
    ),
    "overdue": (
        "Auf Ihre Frage {number} vom {date} ist noch keine Antwort gekommen. Das tut mir leid. "
        "Ich habe heute noch einmal daran erinnert. Sie können auch selbst dort nachfragen:"
    ),
    "not-delivered": (
        "Ihre Frage {number} vom {date} konnte ich nicht zustellen. Die E-Mail wurde nicht angenommen, und niemand hat "
        "Ihre Frage gelesen. Das tut mir leid. Bitte fragen Sie selbst dort nach:"
    ),
    "closed-by-office": (
        "Ihre Frage {number} wurde beendet, ohne dass eine Antwort geschrieben wurde. "
        "Brauchen Sie noch Hilfe? Fragen Sie noch einmal, oder fragen Sie selbst dort nach:"
    ),
    "reply-in-german": "Diese Antwort ist auf Deutsch. Eine Beratungsstelle kann sie Ihnen erklären.",
    "preview-frame": (
        "Der Text um die Frage ist auf Deutsch. Er sagt nur, woher die Frage kommt und wie man darauf antwortet. "
        "Die Frage selbst wird nicht übersetzt."
    ),
    "preview-name": (
        "**Achtung:** Im Text steht vielleicht ein Name, ein Geburtsdatum oder eine Adresse. "
        "Wenn das niemand lesen soll, schreiben Sie die Frage anders."
    ),
    "draft-gone": "Diese Frage ist schon gesendet oder nicht mehr da. Schreiben Sie sie bitte noch einmal.",
    "office-reply": "Eine Antwort auf Ihre Frage ist da. Absender: **{office}**",
    "your-question": "Ihre Frage:",
    "status-none": "Sie haben keine offene Frage.",
    "status": (
        "Eine Frage von Ihnen ist offen. Die Antwort bekommen Sie hier.",
        "{count} Fragen von Ihnen sind offen. Die Antworten bekommen Sie hier.",
    ),
    "status-question": "**Frage {number}**, {date}. Empfänger: {office}. Arbeitstage bis zur Antwort, meist: {count}",
    # deleting
    "delete-confirm": "Soll ich alles löschen, was über Sie gespeichert ist?",
    "delete-confirm-open": (
        (
            "Soll ich alles löschen, was über Sie gespeichert ist? Eine Frage von Ihnen ist noch offen. "
            "Nach dem Löschen kann die Antwort Sie nicht mehr erreichen."
        ),
        (
            "Soll ich alles löschen, was über Sie gespeichert ist? {count} Fragen von Ihnen sind noch offen. "
            "Nach dem Löschen können die Antworten Sie nicht mehr erreichen."
        ),
    ),
    "deleted": "Alles ist gelöscht. Wenn Sie wieder schreiben, fangen wir neu an.",
    "kept": "Gut, es bleibt alles, wie es ist.",
    # around an answer
    "emergency": (
        "**In Gefahr rufen Sie sofort an:**\n\n"
        "- **{ambulance}** Rettungsdienst und Feuerwehr\n"
        "- **{police}** Polizei\n\n"
        "Der Anruf ist kostenlos. Sagen Sie, wo Sie sind und was passiert ist."
    ),
    "quiet-line": (
        "Ist jemand in Gefahr? Dann rufen Sie an: **{ambulance}** (Rettungsdienst, Feuerwehr) "
        "oder **{police}** (Polizei)."
    ),
    "local": "**In {city}:**",
    "phone": "Telefon: {phone}",
    "phone-hours": "Telefonzeiten: {hours}",
    "opening-hours": "Öffnungszeiten: {hours}",
    "hours-holidays": "Feiertage",
    "hours-closed": "geschlossen",
    "hours-always": "rund um die Uhr",
    "hours-else": "sonst",
    "hours-week": "Kalenderwoche",
    "hours-easter": "Ostersonntag",
    "hours-nth": "{day} (Nr. {number} im Monat)",
    "hours-last": "{day} (der letzte im Monat)",
    "open": "Jetzt geöffnet.",
    "open-until": "Jetzt geöffnet, bis {time} Uhr.",
    "closed": "Jetzt geschlossen.",
    "opens-today": "Jetzt geschlossen. Öffnet heute um {time} Uhr.",
    "opens-on": "Jetzt geschlossen. Öffnet am {day} um {time} Uhr.",
    "phone-open": "Telefonisch jetzt erreichbar.",
    "phone-open-until": "Telefonisch jetzt erreichbar, bis {time} Uhr.",
    "phone-closed": "Telefonisch jetzt nicht erreichbar.",
    "phone-opens-today": "Telefonisch jetzt nicht erreichbar. Wieder erreichbar heute ab {time} Uhr.",
    "phone-opens-on": "Telefonisch jetzt nicht erreichbar. Wieder erreichbar am {day} ab {time} Uhr.",
    "email": "E-Mail: {email}",
    "as-of": "Stand: {date}",
    "amount-of-year": "Betrag von {year}",
    "more-at": "Mehr dazu: {links}",
    "legal-caution": (
        "Das ist allgemeine Information und keine Rechtsberatung. "
        "Ihren Fall prüft die Behörde oder eine Beratungsstelle."
    ),
    "volatile": "Das ändert sich oft: Bitte fragen Sie vor wichtigen Schritten nach.",
    "unconfirmed": "Diese Angaben konnten wir nicht bestätigen. Bitte prüfen Sie auf der offiziellen Seite: {contacts}",
    "machine": "Maschinell übersetzt. Es gilt der deutsche Text.",
    "stale": "Der deutsche Text hat sich seit der Übersetzung geändert. Es gilt der deutsche Text.",
    "tested-by": "Leichte Sprache, geprüft von: {group}",
    "other-language": "Diesen Text gibt es noch nicht in Ihrer Sprache. Hier ist er auf {name}.",
    # buttons
    "button-menu": "Alle Themen",
    "button-back": "Zurück",
    "button-none-of-these": "Nichts davon: Mensch fragen",
    "button-ask-person": "Einen Menschen fragen",
    "button-helped": "Das hat geholfen",
    "button-not-helped": "Nein, einen Menschen fragen",
    "button-write-office": "Meine Frage schreiben",
    "button-office-anyway": "Trotzdem ans Büro schreiben",
    "button-own-city": "Ich wohne in {city}",
    "button-stay": "Weiter: {name}",
    "button-send": "Ja, so senden",
    "button-rewrite": "Anders schreiben",
    "button-do-not-send": "Nicht senden",
    "button-with-numbers": "Mit den Nummern senden",
    "button-join": "Zu meiner Frage {number} hinzufügen",
    "button-withdraw": "Frage {number} zurückziehen",
    "button-ask-again": "Noch einmal fragen",
    "button-reply-mine": "Ich",
    "button-reply-nobody": "Niemand: Ich wollte es nur wissen",
    "button-delete": "Ja, alles löschen",
    "button-keep": "Nein, behalten",
    # sections
    "section-steps": "Schritte",
    "section-documents": "Unterlagen",
    "section-cost": "Kosten",
    "section-duration": "Dauer",
    "section-deadline": "Frist",
    "section-where": "Wer ist zuständig?",
    "section-contact": "Kontakt",
    "section-help": "Wer hilft?",
    "section-notes": "Gut zu wissen",
    # groups
    "group-residence": "Aufenthaltstitel",
    "group-protection": "Asyl und Schutz",
    "group-foreigners-office": "Ausländerbehörde",
    "group-appointments": "Termine",
    "group-naturalisation": "Einbürgerung",
    "group-registration": "Anmeldung",
    "group-welcome": "Willkommen",
    "group-counselling": "Beratung",
    "group-language": "Deutsch lernen",
    "group-kids-school": "Kinder und Schule",
    "group-health": "Gesundheit",
    "group-housing": "Wohnen",
    "group-work": "Arbeit",
    "group-participation": "Mitreden",
    "group-life": "Leben",
    "group-daily-life": "Alltag",
    "group-lotse": "Über Lotse",
    # the bot's page, before the first message (at most 512 and 120 characters)
    "bot-description": (
        "Lotse ist ein Programm. Es beantwortet Fragen zu Ausländerbehörde, Terminen und Beratung in {city}. "
        "Weiß Lotse etwas nicht, kann Ihre Frage an einen Menschen gehen.\n\n"
        "In Gefahr rufen Sie sofort {ambulance} oder {police} an."
    ),
    "bot-short-description": "Fragen zu Ausländerbehörde, Terminen und Beratung in {city}",
    # commands, as a phone lists them
    "command-start": "Neu beginnen",
    "command-ask": "Einen Menschen fragen",
    "command-menu": "Alle Themen",
    "command-language": "Sprache wechseln",
    "command-status": "Meine offenen Fragen",
    "command-help": "Hilfe",
    "command-privacy": "Datenschutz",
    "command-delete": "Alles löschen",
}
