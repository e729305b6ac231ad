"""Where an answer itself speaks of what a section would hold: "Es dauert meist viele Monate" answers "how long?".

A topic without a section is not silent on it for that. The German text is looked at; translations have the same
paragraphs in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.content.model import Topic, Words

GERMAN = "de"
# Words, and placeholders of places and amounts, that tell what a German paragraph is about.
_TELLS = {
    name: re.compile(pattern)
    for name, pattern in {
        "steps": r"\bAntrag|beantrag|[Ss]tellen Sie|[Mm]elden Sie|online|Portal|\bFormular",
        "documents": r"\bUnterlagen|mitbring|[Bb]ringen Sie|[Nn]achweis|\bPapiere\b|brauchen Sie|\bFormular",
        "cost": r"\bGebühr|\bKosten\b|\bkoste|kostenlos|\bEuro\b|\bzahl|[Bb]eitrag|\{[\w-]+\.(?:fee|price)",
        # Weeks and months alone tell when to come, or how long something is kept.
        "duration": r"\bdauer|\b[Ww]arte[nz]|\bBearbeitung",
        "deadline": r"\bFrist|innerhalb|spätestens|\bbinnen\b|rechtzeitig|\bfrüh\b|\bab dem\b|so lange"
        r"|\bSie [^.?]*\bin \W*\w+ (?:Tagen|Wochen|Monaten)\b",  # "Melden Sie sich in zwei Wochen an"
        "where": r"\bbei(?:m| der)\b|[Zz]uständig|Portal|\.(?:name|url|address)\}",
        "contact": r"\.(?:phone|email|url|appointment_url)\}|[Tt]elefon|E-Mail",
        "help": r"\b[Hh]ilf|[Bb]eratung",
    }.items()
}


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text of the knowledge."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def speaks_of(topic: Topic, section: str) -> bool:
    """Whether the answer, or what the city adds to it, says something of ``section``, which the topic has not got."""
    german = topic.words.get(GERMAN)
    return german is not None and any(_about(text, section) for text in (german.answer, german.local))


def said_of(topic: Topic, words: Words, section: str) -> tuple[str, str]:
    """What ``words`` say of ``section`` in the answer and in the city's addition; "" for nothing."""
    german = topic.words.get(GERMAN, words)
    answer, local = (
        _chosen(paragraphs(own), paragraphs(text), _about(text, section))
        for own, text in ((words.answer, german.answer), (words.local, german.local))
    )
    return answer, local


def paragraph_of(topic: Topic, words: Words, at: int) -> tuple[str, str]:
    """What ``words`` have at paragraph ``at`` of the answer, or behind it of the city's addition: one of the two, with
    what stands above or below it where a colon says that they belong together; both "" where it has gone."""
    german = topic.words.get(GERMAN, words)
    answer, local = paragraphs(german.answer), paragraphs(german.local)
    if at < len(answer):
        return _chosen(paragraphs(words.answer), answer, _together(answer, at)), ""
    at -= len(answer)
    return "", _chosen(paragraphs(words.local), local, _together(local, at)) if at < len(local) else ""


def _together(texts: Sequence[str], at: int) -> list[int]:
    above = [at - 1] if at and texts[at - 1].endswith(":") else []
    return [*above, at, *([at + 1] if texts[at].endswith(":") and at + 1 < len(texts) else [])]


def _about(german: str, section: str) -> list[int]:
    tells = _TELLS.get(section)
    return [] if tells is None else [at for at, part in enumerate(paragraphs(german)) if tells.search(part)]


def _chosen(own: Sequence[str], german: Sequence[str], rows: Sequence[int]) -> str:
    """The same paragraphs in another language; all of them where these do not stand one by one."""
    if not rows:
        return ""
    return "\n\n".join(own[at] for at in rows) if len(own) == len(german) else "\n\n".join(own)
