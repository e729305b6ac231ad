"""A client's mail forwarded by a counselling centre, as 25 mail programs write it, in the languages that they speak.

Right: the question is the client's words and nothing else. Leak: the client's name or address is part of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from textwrap import indent
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.mail_office import CENTRE, OURS, judged
from bot.mailing.gate import CentreQuestion

NAME, ADDRESS, TO = "Halyna Probe", "halyna@klient.example", "rat@verein.example"
ASKED = "Guten Morgen,\n\nmein Aufenthaltstitel läuft im Januar ab. Muss ich vorher einen Termin buchen?"
NOTE = "Hallo, bitte diese Frage beantworten."
PERSON = f"{NAME} <{ADDRESS}>"
# from, date, to, cc, subject as each language's programs name them; Apple's phrase; Yahoo's and Thunderbird's words;
# the line of Outlook for Mac; a date
LANGUAGES: dict[str, tuple[tuple[str, str, str, str, str], str, str, str, str]] = {
    "de": (("Von", "Datum", "An", "Kopie (CC)", "Betreff"), "Anfang der weitergeleiteten Nachricht", "Weitergeleitete Nachricht", 'Am {d} schrieb "{n}" <{a}>:', "30.11.26, 12:46"),
    "en": (("From", "Date", "To", "Cc", "Subject"), "Begin forwarded message", "Forwarded Message", 'On {d}, "{n}" <{a}> wrote:', "30/11/2026, 12:46"),
    "fr": (("De", "Date", "Pour", "Copie à", "Sujet"), "Début du message réexpédié", "Message transféré", "Le {d}, « {n} » <{a}> a écrit :", "30/11/2026 12:46"),
    "es": (("De", "Fecha", "Para", "CC", "Asunto"), "Inicio del mensaje reenviado", "Mensaje reenviado", 'El {d}, "{n}" <{a}> escribió:', "30/11/26 12:46"),
    "pl": (("Nadawca", "Data", "Adresat", "Kopia", "Temat"), "Początek przekazywanej wiadomości", "Przekazana wiadomość", "Dnia {d} użytkownik „{n}” <{a}> napisał:", "30.11.2026, 12:46"),
    "ro": (("Expeditorul", "Dată", "Destinatarul", "Cc", "Subiectul"), "Începe mesajul redirecționat", "Mesaj redirecționat", 'În {d}, "{n}" <{a}> a scris:', "30.11.2026, 12:46"),
    "ru": (("Отправитель", "Дата", "Кому", "Копия", "Тема"), "Начало переадресованного сообщения", "Перенаправленное сообщение", '{d} пользователь "{n}" <{a}> написал:', "30.11.2026, 12:46"),
    "uk": (("Від кого", "Дата", "Кому", "Копія", "Тема"), "Початок листа, що пересилається", "Переслане повідомлення", '{d} користувач "{n}" <{a}> написав:', "30.11.2026, 12:46"),
    "tr": (("Kimden", "Tarih", "Kime", "Bilgi", "Konu"), "İleti başlangıcı", "İletilen İleti", '"{n}" <{a}>, {d} tarihinde şunu yazdı:', "30.11.2026 12:46"),
}  # fmt: skip
YAHOO_SENT = {"de": "Gesendet", "en": "Sent", "fr": "Envoyé", "es": "Enviado", "pl": "Wysłano", "ro": "Trimis", "ru": "Отправлено", "uk": "Відправлено", "tr": "Gönderilen"}  # fmt: skip


def forwards() -> Iterator[tuple[str, str, str]]:
    """Program and language, subject, text."""
    for language, (labels, apple, words, line, date) in LANGUAGES.items():
        by, when, to, cc, about = labels
        block = f"{by}: {PERSON}\n{when}: {date}\n{to}: {TO}\n{about}: Termin"
        with_cc = f"{by}: {PERSON}\n{when}: {date}\n{to}: {TO}\n{cc}: Dritte Person <dritte@klient.example>,\n Vierte <vierte@klient.example>\n{about}: Termin"
        quoted = "\n".join(f"> {each}".rstrip() for each in f"{apple}:\n\n{block}\n\n{ASKED}".split("\n"))
        yield f"Apple Mail, {language}", "Fwd: Termin", quoted
        yield (
            f"Apple Mail unquoted, {language}",
            "Fwd: Termin",
            f"{NOTE}\n\n{apple}:\n\n{by}: {PERSON}\n{about}: Termin\n{when}: {date}\n{to}: {TO}\n\n{ASKED}",
        )
        yield (
            f"Thunderbird, {language}",
            "Fwd: Termin",
            f"-------- {words} --------\n{about}: \tTermin\n{when}: \t{date}\n{by}: \t{PERSON}\n{to}: \t{TO}\n{cc}: \tDritte Person <dritte@klient.example>\n\n\n\n{ASKED}",
        )
        yield (
            f"Gmail, {language}",
            "Fwd: Termin",
            f"---------- Forwarded message ---------\n{by}: {NAME} <{ADDRESS}>\nDate: {date}\nSubject: Termin\nTo: <{TO}>\n\n\n{ASKED}",
        )
        sent = YAHOO_SENT[language]
        yield (
            f"Yahoo, one line, {language}",
            "Fw: Termin",
            f'   ----- {words} ----- {by}: {PERSON}{to}: "{TO}" <{TO}>{sent}: 30.11.2026, 09:26:50 MEZ{about}: Termin\n {ASKED}',
        )
        yield (
            f"Outlook for Mac 2019, {language}",
            "FW: Termin",
            f"\ufeff{line.format(d=date, n=NAME, a=ADDRESS)}\n\n{indent(ASKED, '    ')}",
        )
        yield f"Outlook for Mac, new, {language}", "WG: Termin", f"{NOTE}\n\n{block}\n{ASKED}"
        yield f"Outlook, {language}", "WG: Termin", f"{NOTE}\n\n________________________________\n{with_cc}\n\n{ASKED}"
        yield (
            f"Horde, {language}",
            "Fwd: Termin",
            f"----- {words} {ADDRESS} -----\n   {when}: {date}\n     {by}: {PERSON}\n {about}: Termin\n      {to}: {TO}\n\n{ASKED}\n\n----- Ende der weitergeleiteten Nachricht -----",
        )
        yield (
            f"HubSpot, {language}",
            "Fwd: Termin",
            f"---------- {words} ---------\n{by}: {PERSON}\n{when}: {date}\n{about}: Termin\n{to}: {TO}\n\n{ASKED}",
        )
    english = f"From: {PERSON}\nDate: Mon, 30 Nov 2026 12:46:00 +0100\nTo: {TO}\nSubject: Termin"
    quoted = "\n".join(f"> {each}".rstrip() for each in ASKED.split("\n"))
    yield "Missive", "Fwd: Termin", f"---------- Forwarded message ----------\n{english}\n\n{quoted}"
    yield (
        "MailMate",
        "Fwd: Termin",
        "Forwarded message:\n\n" + "\n".join(f"> {each}".rstrip() for each in f"{english}\n\n{ASKED}".split("\n")),
    )
    yield (
        "IONOS",
        "Fwd: Termin",
        "\n".join(
            f"> {each}".rstrip() for each in f"---------- Original Message ----------\n{english}\n\n{ASKED}".split("\n")
        ),
    )
    yield (
        "Yandex",
        "Fwd: Termin",
        f'-------- Пересылаемое сообщение --------\n30.11.2026, 14:25, "{NAME}" <{ADDRESS}>:\n\n{ASKED}\n\n-------- Конец пересылаемого сообщения --------',
    )
    yield (
        "ukr.net",
        "Fwd: Termin",
        f"--- Оригінальне повідомлення ---\nВід кого: {PERSON}\nДата: 30 листопада 2026, 14:25:08\n\n{ASKED}",
    )
    yield (
        "mail.ru",
        "Fwd: Termin",
        f"-------- Пересылаемое сообщение --------\nОт: {PERSON}\nКому: {TO}\nДата: понедельник, 30 ноября 2026, 14:25 +03:00\nТема: Termin\n\n{ASKED}",
    )
    yield (
        "Outlook Web",
        "WG: Termin",
        f"*Von:* {PERSON}\n*Gesendet:* Montag, 30. November 2026 12:46\n*An:* {TO}\n*Betreff:* Termin\n\n{ASKED}",
    )
    yield (
        "GMX",
        "Fw: Termin",
        f"Gesendet: Montag, 30. November 2026 um 12:46 Uhr\nVon: {PERSON}\nAn: {TO}\nBetreff: Termin\n\n{ASKED}",
    )
    yield (
        "Samsung",
        "Fwd: Termin",
        f"-------- Ursprüngliche Nachricht --------\nVon: {PERSON}\nDatum: 30.11.26 12:46 (GMT+01:00)\nAn: {TO}\nBetreff: Termin\n\n{ASKED}",
    )
    yield (
        "K-9",
        "Fwd: Termin",
        f"-------- Original Message --------\nFrom: {PERSON}\nSent: 30 November 2026 12:46:00 CET\nTo: {TO}\nSubject: Termin\n\n{ASKED}",
    )
    yield (
        "Roundcube",
        "Fwd: Termin",
        f"-------- Originalnachricht --------\nBetreff: Termin\nDatum: 30.11.2026 12:46\nVon: {PERSON}\nAn: {TO}\n\n{ASKED}",
    )
    yield (
        "eM Client",
        "Fwd: Termin",
        f'------ Weitergeleitete Nachricht ------\nVon "{NAME}" <{ADDRESS}>\nAn {TO}\nDatum 30.11.2026 12:46:00\nBetreff Termin\n\n{ASKED}',
    )
    yield (
        "Zimbra",
        "Fwd: Termin",
        f"----- Weitergeleitete Mail -----\nVon: {PERSON}\nAn: {TO}\nGesendet: Montag, 30. November 2026 12:46:00\nBetreff: Termin\n\n{ASKED}",
    )
    yield (
        "Proton",
        "Fw: Termin",
        f"------- Forwarded Message -------\nFrom: {PERSON}\nDate: On Monday, November 30th, 2026 at 12:46\nSubject: Termin\nTo: {TO}\n\n\n> {ASKED.replace(chr(10), chr(10) + '> ')}",
    )


def run() -> dict[str, Any]:
    """``right`` and ``leaks`` of ``forwards``, and right per program."""
    programs: dict[str, Counter[bool]] = {}
    wrong = Table("program", "read as")
    leaks = 0
    for name, subject, text in forwards():
        verdict = judged(_mail(subject, text), CENTRE)
        words = [each.words for each in verdict.questions] if isinstance(verdict, CentreQuestion) else []
        right = [_plain(each) for each in words] == [_plain(ASKED)]
        leaks += any(secret in each for each in words for secret in (NAME, ADDRESS, TO))
        programs.setdefault(name.rpartition(", ")[0] or name, Counter())[right] += 1
        if not right:
            wrong.add_row(name, " | ".join(words)[:110].replace("\n", "/"))
    table = Table("program", "right", "of")
    for name, count in programs.items():
        table.add_row(name, str(count[True]), str(count.total()))
    right_all = sum(count[True] for count in programs.values())
    Console(width=160).print(
        table, wrong, f"{right_all} of {sum(count.total() for count in programs.values())} right, {leaks} leaks"
    )
    return {
        "forwards": sum(count.total() for count in programs.values()),
        "right": right_all,
        "leaks": leaks,
        "programs": {name: [count[True], count.total()] for name, count in programs.items()},
    }


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _mail(subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Beratung <{CENTRE}>", OURS, subject
    mail["Message-ID"], mail["In-Reply-To"] = "<2@verein.example>", "<1@klient.example>"
    mail.set_content(text)
    return f"Return-Path: <{CENTRE}>\n".encode() + mail.as_bytes()
