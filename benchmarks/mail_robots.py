"""Absences, acknowledgements, thanks and failures, none of which may become an answer or a question; and people who write alike.

Own sentences in the manner of mail programs, desks and servers; every address is invented.
"""

from __future__ import annotations

from collections import Counter
from email.header import Header
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.mail_office import CENTRE, OFFICE, OURS, TOKEN, judged
from bot.mailing.gate import Bounce, CentreQuestion, OfficeReply, Quarantine
from bot.mailing.noise import Noise

ABSENCES = [  # as the whole text of a reply, without a header that says so
    "Guten Tag, ich bin bis einschließlich 8. Januar nicht im Büro.",
    "Sehr geehrte Damen und Herren,\n\nich befinde mich aktuell in Elternzeit. Meine Vertretung übernimmt Frau Beispiel.",
    "Ich kehre am 12.01. aus dem Urlaub zurück und beantworte Ihre Nachricht dann.",
    "Vielen Dank für Ihre Nachricht. Ich habe bis 5. Januar Urlaub.",
    "Diese E-Mail wurde automatisch generiert. Bitte antworten Sie nicht darauf.",
    "Ihre Nachricht wird während meiner Abwesenheit nicht gelesen.",
    "Herr Beispiel arbeitet nicht mehr bei uns.",
    "Dieses Postfach wird nicht mehr abgerufen.",
    "Ab Montag bin ich wieder für Sie erreichbar.",
    "Bin zurzeit krank. In dringenden Fällen hilft meine Vertretung.",
    "Hello, I am out of the office until 5 January with limited access to email.",
    "Thank you for your message. I'm on annual leave and will be back on Monday.",
    "This is an automated response. This mailbox is not monitored.",
    "I no longer work for the city. Please write to office@stadt.example.",
    "Bonjour, je suis en congé jusqu'au 5 janvier.",
    "Absent du bureau, je serai de retour le 6 janvier.",
    "Ceci est un message automatique : votre courriel sera lu à mon retour.",
    "Hola, estoy de vacaciones hasta el 7 de enero. Regresaré el día 8.",
    "Me encuentro fuera de la oficina. Durante mi ausencia escriba a otra persona.",
    "Merhaba, yıllık izindeyim; 7 Ocak'ta ofise döneceğim.",
    "Ofis dışındayım, yokluğumda lütfen arkadaşımla görüşün.",
    "Доброго дня! Я у відпустці до 7 січня, відповім, коли повернуся.",
    "Зараз перебуваю на лікарняному, буду на роботі в понеділок.",
    "Здравствуйте, я в отпуске до 9 января.",
    "Меня нет в офисе: нахожусь в командировке, вернусь в среду.",
    "Dzień dobry, jestem na urlopie do 7 stycznia. Po powrocie odpowiem.",
    "Przebywam poza biurem, wrócę w poniedziałek.",
    "Bună ziua, sunt în concediu până pe 7 ianuarie.",
    "Voi reveni la birou luni; în lipsa mea scrieți colegei mele.",
    "مرحبا، أنا في إجازة حتى السابع من يناير وسأعود بعدها.",
    "هذا رد تلقائي: أنا خارج المكتب هذا الأسبوع.",
    "سلام، من تا هفته آینده در مرخصی هستم.",
    "Tôi đang nghỉ phép và sẽ quay lại làm việc vào thứ Hai.",
    "Buongiorno, sono in ferie fino al 7 gennaio.",
]
RECEIPTS = [
    "Vielen Dank für Ihre Nachricht. Ihre Anfrage ist bei uns eingegangen und wird bearbeitet.",
    "Wir haben Ihre E-Mail erhalten und melden uns in Kürze bei Ihnen.\n\nIhr Team",
    "Ihre Anfrage wurde unter der Ticketnummer 20261130 registriert.",
    "We have received your request and will get back to you as soon as possible.",
    "Nous avons bien reçu votre message.",
    "Ваше обращение принято. Спасибо!",
    "Otrzymaliśmy Państwa wiadomość. Dziękujemy!",
]
THANKS = [
    "Vielen Dank!",
    "Danke für die schnelle Antwort!\n\nViele Grüße\nKim Beispiel",
    "Hallo",
    "👍",
    "OK, danke",
    "Дякую!",
    "Merci beaucoup",
    "Teşekkür ederim",
    "شكرا",
]
PEOPLE = [  # (subject, text) of a centre, or of the office: answered or held, never dropped
    ("Auto: wo anmelden", "Meine Klientin hat ein Auto gekauft. Wo meldet sie es an?"),
    ("Abwesenheit im Integrationskurs", "Ein Klient war krank. Verliert er den Platz im Kurs?"),
    (
        "Automatische Antwort vom Amt, und nun",
        "Der Klient hat nur eine automatische Antwort bekommen. Was soll er tun?",
    ),
    ("Empfangsbestätigung: genügt sie", "Genügt dem Jobcenter die Empfangsbestätigung?"),
    ("Urlaub", "Darf eine Klientin im Urlaub ins Ausland reisen, wenn der Titel abläuft?"),
    ("Gelesen: und dann", "Wir haben den Bescheid gelesen. Wie lange hat man Zeit für den Widerspruch?"),
    ("Danke", "Danke für die Antwort. Und was kostet der Pass für ein Kind?"),
]
ANSWERS = [  # of the office, to be relayed
    "Guten Tag,\n\ndas Amt ist vom 24.12. bis 1.1. geschlossen. Kommen Sie am 2.1.",
    "Ja, das geht. Rufen Sie vorher an: 0361 555 0.",
    "Nein. Ihre Anfrage nach einem Termin stellen Sie bitte online.",
    "Vielen Dank für Ihre Frage. Der Pass kostet 37,50 Euro.",
    "Bringen Sie den Mietvertrag mit.",
    "Während der Ferien fällt der Kurs aus.",
]
ID = f"{TOKEN}@bot.example"
HEADER = f"Message-ID: <{ID}>\nFrom: Lotse <{OURS}>\nTo: {OFFICE}\nSubject: Lotse: Frage 17"
FAILURES = [  # From, Subject, text
    ("Mail Delivery System <Mailer-Daemon@mx.stadt.example>", "Mail delivery failed: returning message to sender", f"This message was created automatically by mail delivery software.\n\n  {OFFICE}\n    550 5.1.1 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\n{HEADER}\n\nx"),
    ("MAILER-DAEMON@mx.stadt.example", "failure notice", f"Hi. This is the program at mx.stadt.example.\nI'm afraid I wasn't able to deliver your message.\nThis is a permanent error; I've given up.\n\n<{OFFICE}>:\nno mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{HEADER}"),
    ("GMX Mailer Daemon <mailer-daemon@gmx.example>", "Mail delivery failed: returning message to sender", f"Die folgende Adresse ist fehlgeschlagen:\n\n{OFFICE}:\nNutzer unbekannt\n\n--- The header of the original message is following. ---\n\n{HEADER}"),
    ("mailer-daemon@mail.example", "Mail failure.", f"*** Это письмо создано автоматически сервером, отвечать на него не нужно. ***\n\nК сожалению, Ваше письмо не может быть доставлено:\n\n{OFFICE}\nuser not found\n\n{HEADER}"),
    ("postmaster@stadt.example", "Unzustellbar: Lotse: Frage 17", f"Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n{OFFICE}\n\nUrsprüngliche Nachrichtenkopfzeilen:\n\n{HEADER}"),
    ("Postmaster <postmaster@x.example>", "Undeliverable: Lotse", f"Your message couldn't be delivered.\n\n{HEADER}"),
    ("MAILER-DAEMON@x.example", "Returned mail: see transcript for details", f"   ----- The following addresses had permanent fatal errors -----\n<{OFFICE}>\n    (reason: 550 5.1.1 User unknown)\n\n{HEADER}"),
]  # fmt: skip
LATER = [
    ("MAILER-DAEMON@x.example", "Warning: could not send message for past 4 hours", f"Warning: message still undelivered after 4 hours. Will keep trying until message is 5 days old.\n\n{HEADER}"),
    ("postmaster@x.example", "Delivery delayed: Lotse", f"Delivery is delayed to these recipients. The server will keep trying.\n\n{HEADER}"),
]  # fmt: skip


def run() -> dict[str, Any]:
    """Per kind: ``[right, of]``."""
    counts: dict[str, Counter[bool]] = {}
    wrong = Table("kind", "what", "verdict")

    def note(kind: str, what: str, verdict: object, right: bool) -> None:
        counts.setdefault(kind, Counter())[right] += 1
        if not right:
            wrong.add_row(kind, what.replace("\n", " ")[:80], str(verdict)[:60])

    for text in ABSENCES:
        for sender in (OFFICE, CENTRE):
            subject = "AW: Lotse: Frage 17" if sender == OFFICE else "Automatische Antwort: Frage"
            found = judged(_mail(sender, subject, text), sender)
            note(f"absence, {sender}", text, found, isinstance(found, Quarantine | Noise))
    for kind, texts in (("receipt", RECEIPTS), ("thanks", THANKS)):
        for text in texts:
            note(
                f"{kind}, office",
                text,
                found := judged(_mail(OFFICE, "AW: Lotse", text)),
                isinstance(found, Quarantine | Noise),
            )
            note(
                f"{kind}, centre",
                text,
                found := judged(_mail(CENTRE, "Re: Antwort", text), CENTRE),
                isinstance(found, Noise),
            )
    for subject, text in PEOPLE:
        note(
            "people, centre",
            subject,
            found := judged(_mail(CENTRE, subject, text), CENTRE),
            isinstance(found, CentreQuestion | Quarantine),
        )
        note(
            "people, office",
            subject,
            found := judged(_mail(OFFICE, subject, text)),
            isinstance(found, OfficeReply | Quarantine),
        )
    for text in ANSWERS:
        note(
            "answers", text, found := judged(_mail(OFFICE, "AW: Lotse: Frage 17", text)), isinstance(found, OfficeReply)
        )
    for sender, subject, text in FAILURES:
        for path in ("<>", OURS):
            found = judged(_mail(sender, subject, text, path), sender)
            note("failures", subject, found, isinstance(found, Bounce) and found.message_id == ID)
    for sender, subject, text in LATER:
        note(
            "not yet failed",
            subject,
            found := judged(_mail(sender, subject, text, "<>"), sender),
            found is Noise.DELIVERY,
        )
    table = Table("kind", "right", "of")
    for kind, count in counts.items():
        table.add_row(kind, str(count[True]), str(count.total()))
    Console(width=150).print(table, wrong)
    return {kind: [count[True], count.total()] for kind, count in counts.items()}


def _mail(sender: str, subject: str, text: str, path: str = "") -> bytes:
    head = f"Return-Path: {path or f'<{sender}>'}\nFrom: {sender}\nTo: {OURS}\nSubject: {Header(subject, 'utf-8').encode()}\n"
    return f"{head}Message-ID: <1@stadt.example>\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
