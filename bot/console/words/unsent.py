"""What was not sent."""

ENGLISH = {
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
    "Wird noch einmal gesendet.": "It is sent again.",
    "Gelöscht. Niemand liest sie mehr.": "Deleted. Nobody will read it.",
    "{count} Nachrichten gingen nicht hinaus": "Messages that did not go out: {count}",
}
