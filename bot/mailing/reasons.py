"""Why a mail waits for the operator."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a mail waits for the operator: in German and English."""

    HEADERS = (
        "Der Kopf der E-Mail ist beschädigt: Verschiedene Programme würden Verschiedenes darin lesen.",
        "The mail's header is damaged: programs would read different things in it.",
    )
    SENDER = (
        "Der Absender ist nicht eindeutig: Die From-Zeile fehlt, ist mehrfach da oder nennt mehr als eine Adresse.",
        "The sender is not clear: a From line is missing, there are several, or it names more than one address.",
    )
    TOKEN = (
        "Das Kennzeichen der Frage stimmt nicht. Vielleicht hat jemand geraten, oder eine Adresse ist abgeschnitten.",
        "The question's token is not valid. Somebody may have guessed, or an address was cut.",
    )
    EXPIRED = (
        "Die Frist für Antworten auf diese Frage ist abgelaufen.",
        "The time for replies to this question is over.",
    )
    SEVERAL = (
        "Die E-Mail gehört zu mehr als einer Frage: Empfänger und beantwortete E-Mail passen nicht zusammen.",
        "The mail belongs to more than one question: recipient and answered mail do not fit.",
    )
    NOT_LISTED = (
        "Der Absender darf für dieses Büro nicht antworten: Er steht nicht auf dessen Liste.",
        "The sender may not reply for this office: they are not on its list.",
    )
    DMARC = (
        "Unser Mailserver bestätigt den Absender nicht (kein dmarc=pass). Er kann gefälscht sein.",
        "Our mail server does not confirm the sender (no dmarc=pass). It may be forged.",
    )
    NO_TOKEN = (
        "Das Büro schreibt, aber nicht als Antwort auf eine Frage. Eine Nummer im Betreff genügt nicht.",
        "The office writes, but not in reply to a question. A number in the subject is not enough.",
    )
    UNCLEAR = (
        "Es ist nicht eindeutig, welche Worte die Antwort sind: Teile unserer E-Mail stehen dazwischen.",
        "It is not clear which words are the answer: parts of our mail stand among them.",
    )
    AUTOMATIC = (
        "Die Antwort ist als automatisch erzeugt gekennzeichnet. Vielleicht ist sie doch von einem Menschen.",
        "The reply is marked as made by a program. It may be a person's all the same.",
    )
    BULK = (
        "Die Antwort ist als Massen-E-Mail gekennzeichnet. Vielleicht ist sie doch von einem Menschen.",
        "The reply is marked as bulk mail. It may be a person's all the same.",
    )
    RECEIPT = (
        "Die Antwort liest sich wie eine Eingangsbestätigung.",
        "The reply reads like a confirmation of receipt.",
    )
    THANKS = (
        "Die Antwort ist nur ein Dank, ein Gruß oder ein Zeichen.",
        "The reply is only thanks, a greeting or a sign.",
    )
    OTHERS = (
        "Die Antwort geht auch an andere Empfänger. Ist sie für die fragende Person bestimmt?",
        "The reply goes to other recipients too. Is it meant for the person who asked?",
    )
    ADDRESSED = (
        "Die Antwort spricht jemanden mit Namen oder ein Team an. Ist sie für die fragende Person bestimmt?",
        "The reply greets somebody by name, or a team. Is it meant for the person who asked?",
    )
    ABSENCE = (
        "Die Antwort liest sich wie eine Abwesenheitsnotiz.",
        "The reply reads like an out-of-office note.",
    )
    EMPTY = (
        "In der E-Mail steht kein Text, der weitergegeben werden könnte.",
        "There is no text in the mail that could be passed on.",
    )
    NOT_SERVED = (
        "Der Weg, auf dem die Frage kam, ist gerade abgeschaltet. Die Antwort wartet.",
        "The channel that the question came by does not run here. Set it up, restart, then release the mail.",
    )
    SMIME = (
        "Die E-Mail ist mit S/MIME verschlüsselt oder verpackt und nicht lesbar. Bitte unverschlüsselt senden.",
        "The mail is encrypted or wrapped with S/MIME and cannot be read. Please send it unencrypted.",
    )
    PGP = (
        "Die E-Mail ist mit PGP verschlüsselt und kann nicht gelesen werden. Bitte unverschlüsselt senden.",
        "The mail is encrypted with PGP and cannot be read. Please send it unencrypted.",
    )
    WINMAIL = (
        "Outlook hat die E-Mail in winmail.dat verpackt. Bitte als Nur-Text oder HTML senden.",
        "Outlook has wrapped the mail in winmail.dat. Please send it as plain text or HTML.",
    )
    TOO_LARGE = (
        "Die E-Mail ist zu groß. Bitte ohne große Anhänge senden.",
        "The mail is too large. Please send it without large attachments.",
    )
    TOO_NESTED = (
        "Die E-Mail ist zu tief verschachtelt, um gelesen zu werden. Bitte als neue, einfache E-Mail senden.",
        "The mail is nested too deeply to be read. Please send it as a new, simple mail.",
    )
    TOO_COSTLY = (
        "Die E-Mail zu lesen dauert zu lange oder braucht zu viel Speicher. Bitte als neue, einfache E-Mail senden.",
        "Reading the mail takes too long or too much memory. Please send it as a new, simple mail.",
    )
    DAMAGED = (
        "Die E-Mail ist beschädigt und kann nicht gelesen werden. Bitte noch einmal senden.",
        "The mail is damaged and cannot be read. Please send it again.",
    )

    @property
    def german(self) -> str:
        return str(self.value[0])

    @property
    def english(self) -> str:
        return str(self.value[1])
