"""A client's words in a counsellor's mail: what is in another language or script than the German around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from bot.mailing.forwarded import Question

SHORT = 5  # words: fewer tell no language for sure
_PARAGRAPH = re.compile(r"\n\s*\n|(?<=:)\n")  # what introduces a question ends with a colon
# What our answer tells a counsellor to add, anywhere in the mail, and how people say it besides, in the question.
_AS_TOLD = re.compile(r"(?<!dazu: )\bbitte\s+(?:an\s+das|ans)\s+(?:büro|amt)\b", re.IGNORECASE)
_TO_THE_OFFICE = re.compile(
    r"\b(?:bitte|please|weiter\w*|fragen)\b.{0,40}\b(?:an|ans|to)\b.{0,30}\b(?:büro|amt|behörde|stelle|office)\b"
    r"|\b(?:an|to) (?:das|the) (?:büro|amt|office) (?:weiter\w*|bitte|please|senden|geben)",
    re.IGNORECASE | re.DOTALL,
)
_NO_WORDS = re.compile(r"\S*[@/\d]\S*")  # addresses, links, numbers


def clients_part(question: Question, language_of: Callable[[str], str]) -> Question:
    """A client's words among a counsellor's are the question; what stands around tells about it.

    They are told apart by the language of each paragraph, German being the counsellor's, else by their script. Where
    there is a third language, or only the German words ask, everything stays together.
    """
    paragraphs = [part.strip() for part in _PARAGRAPH.split(question.words) if part.strip()]
    languages = _filled([language_of(_NO_WORDS.sub(" ", part)) for part in paragraphs])
    around, theirs = (
        "\n\n".join(part for part, language in zip(paragraphs, languages, strict=True) if (language == "de") is german)
        for german in (True, False)
    )
    parted = len(set(languages)) == 2 and "de" in languages and "" not in languages
    if not parted or len(theirs.split()) < SHORT or ("?" in around and "?" not in theirs):
        return _by_script(question)
    return replace(question, words=theirs, context=f"{question.context}\n\n{around}".strip())


def wants_the_office(question: Question, around: str) -> bool:
    """Whether people are to answer ``question``, whatever we know. ``around``: what the counsellor wrote."""
    told = _AS_TOLD.search(f"{around}\n{question.context}")
    return told is not None or _TO_THE_OFFICE.search(question.words) is not None


def _filled(languages: list[str]) -> list[str]:
    """A paragraph whose language is not sure ("Hallo,") goes with the one below it, the last with the one above."""
    for index in reversed(range(len(languages) - 1)):
        languages[index] = languages[index] or languages[index + 1]
    for index in range(1, len(languages)):
        languages[index] = languages[index] or languages[index - 1]
    return languages


def _by_script(question: Question) -> Question:
    """As ``clients_part``, line by line."""
    lines = question.words.splitlines()
    scripts = [script(line) for line in lines]
    others = [line for line, script in zip(lines, scripts, strict=True) if script not in ("", "LATIN")]
    if "LATIN" not in scripts or len(" ".join(others).split()) < 2:
        return question
    around = "\n".join(line for line, script in zip(lines, scripts, strict=True) if script in ("", "LATIN")).strip()
    return replace(question, words="\n".join(others), context=f"{question.context}\n\n{around}".strip())


def script(text: str) -> str:
    """The script of most letters (LATIN, CYRILLIC, ARABIC ...); "" without letters."""
    letters = re.findall(r"[^\W\d_]", text[:2_000])
    scripts = [unicodedata.name(letter, "?").split()[0] for letter in letters]
    return max(set(scripts), key=scripts.count) if scripts else ""
