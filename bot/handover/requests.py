"""Mails of ours that ask for one word: a centre, whether its question may go to the office; the office, whether a held
mail may go to whoever asked. And the reading of that word."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

_YES = frozenset("ja yes jawohl ok okay einverstanden freigeben oui sí si так да evet tak da po".split())  # noqa: SIM905
_NO = frozenset("nein no nicht verwerfen stopp stop non ні нет hayır nie nu".split())  # noqa: SIM905
_POLITE = frozenset("bitte gern gerne danke vielen dank senden so weitergeben weiterleiten please send thanks".split())  # noqa: SIM905
_LONGEST = 120  # characters of an answer of one word


class YesOrNo(Enum):
    """What somebody has decided."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Decision:
    """``numbers``: of several things these alone; empty: all."""

    answer: YesOrNo
    numbers: frozenset[int] = frozenset()


def read(words: str) -> Decision:
    """The decision in somebody's own words. "Ja, aber ..." is unclear: nothing is done that was not shown."""
    if len(words) > _LONGEST:
        return Decision(YesOrNo.UNCLEAR)
    found = re.findall(r"\w+", words.casefold())
    numbers = frozenset(int(word) for word in found if word.isdecimal() and len(word) < 4)
    rest = [word for word in found if not word.isdecimal() and word not in ("und", "and")]
    if not rest or any(word not in _YES | _NO | _POLITE for word in rest):
        return Decision(YesOrNo.UNCLEAR)
    said = {word in _YES for word in rest if word in _YES | _NO}
    if len(said) != 1:
        return Decision(YesOrNo.UNCLEAR)
    return Decision(YesOrNo.YES if said.pop() else YesOrNo.NO, numbers)


def consent(number: int, language: str, question: str, mail: str, office: str, files: Sequence[str]) -> str:
    """One question of a centre that has no checked answer, with the mail that would go to the office."""
    shown = "\n".join(f"| {line}".rstrip() for line in mail.splitlines())
    lines = [
        f"Frage {number} ({language}):",
        "\n".join(f"> {line}".rstrip() for line in question.strip().splitlines()),
        "",
        f"Darauf gibt es keine geprüfte Antwort. Diese E-Mail würde an {office} gehen, Wort für Wort so:",
        "",
        shown,
    ]
    if files:
        lines += ["", f"Mit diesen Dateien: {', '.join(files)}"]
    return "\n".join(lines)


def how_to_consent(count: int, hidden: bool, names: Collection[str]) -> str:
    """What a centre does to have its questions sent; below the previews."""
    lines = ["Noch ist nichts gesendet."]
    if hidden:
        lines.append("Nummern, an denen man die Person erkennen könnte, sind mit ••• verdeckt.")
    if names:
        lines.append(
            f"ACHTUNG: Darin steht vielleicht ein Name, ein Geburtsdatum oder eine Adresse ({', '.join(names)}). "
            "Soll das nicht an das Amt, schreiben Sie uns die Frage bitte neu, ohne diese Angaben."
        )
    lines.append("Ist die Person einverstanden? Dann antworten Sie auf diese E-Mail mit dem einen Wort JA.")
    if count > 1:
        lines.append("Nur einzelne Fragen senden: JA und ihre Nummern, zum Beispiel JA 1 3.")
    lines.append("Mit NEIN, oder ohne Antwort, wird nichts gesendet; nach 14 Tagen ist die Frage hier gelöscht.")
    return "\n".join(lines)


def release(number: int, sender: str, reason: str, words: str, files: Sequence[str]) -> str:
    """To the office: a reply to question ``number`` waits for its word."""
    shown = "\n".join(f"| {line}".rstrip() for line in words.strip().splitlines()) or "| (kein Text)"
    attached = f"\nDateien: {', '.join(files)}\n" if files else ""
    return (
        f"Guten Tag,\n\nauf die Frage {number} ist eine E-Mail von {sender} gekommen. "
        f"Sie ist noch nicht weitergegeben.\n\nGrund: {reason}\n\nDas ist ihr Text:\n\n{shown}\n{attached}\n"
        "Soll er an die Person gehen, die gefragt hat? Antworten Sie mit dem einen Wort JA.\n"
        "Mit NEIN geht er an niemanden.\n"
    )


UNCLEAR = (
    "Guten Tag,\n\nIhre Antwort ist angekommen, aber nicht eindeutig: Es wurde nichts gesendet und nichts gelöscht.\n\n"
    "Bitte antworten Sie noch einmal auf die E-Mail mit der Frage, nur mit dem Wort JA oder dem Wort NEIN.\n"
)
GONE = "Guten Tag,\n\ndas ist schon entschieden, oder die Zeit dafür ist vorbei. Es wurde nichts weiter gesendet.\n"
NOT_SENT = "Guten Tag,\n\ngut, es wird nichts gesendet. Die Frage ist hier gelöscht.\n"
NOT_RELEASED = "Guten Tag,\n\ngut, die E-Mail geht an niemanden und ist hier gelöscht.\n"
RELEASED = "Guten Tag,\n\ndie E-Mail ist jetzt an die Person gegangen, die gefragt hat.\n"
