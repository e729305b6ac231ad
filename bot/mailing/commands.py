"""Commands in the first lines of a clerk's reply. What is not understood is told to the clerk; nothing is relayed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process

from bot.mailing import closings

Verb = Literal["answer", "template", "forward", "open", "help", "close", "private"]

VERBS: dict[str, Verb] = {  # folded: ß is ss
    "antwort": "answer",
    "answer": "answer",
    "vorlage": "template",
    "template": "template",
    "weiter": "forward",
    "forward": "forward",
    "offen": "open",
    "open": "open",
    "hilfe": "help",
    "help": "help",
    "schliessen": "close",
    "close": "close",
    "privat": "private",
    "private": "private",
}
HELP = (
    "Befehle stehen allein in den ersten Zeilen:\n"
    "#antwort THEMA  sendet die geprüfte Antwort zu diesem Thema: sein Titel, wie er in der E-Mail steht, oder seine "
    "Stelle in der Liste dort, zum Beispiel #antwort 2 (auch #answer)\n"
    "#vorlage NAME  sendet einen vorbereiteten Text Ihres Büros (auch #template)\n"
    "#weiter ADRESSE  gibt die Frage an eine andere Stelle weiter, die dann antwortet (auch #forward)\n"
    "#schliessen  beendet die Frage, die Person erfährt es (auch #close)\n"
    "#offen  schickt Ihnen die Liste der offenen Fragen (auch #open)\n"
    "#hilfe  schickt Ihnen diese Liste der Befehle (auch #help)\n"
    "#privat  der Text geht an niemanden (auch #private)"
)
# The mark first, then a word; bold (*#privat*) and invisible marks of mail programs around it do not matter.
_COMMAND = re.compile(r"[*_\s]*#\s?([^\W\d][\w-]*)[*_]*:?(?:\s+(.*?))?[*_\s]*")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\u2066-\u2069\ufeff\u00ad]")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_LONGEST = 200  # characters of a command
_MOST_LINES = 50  # blank ones included; what comes below is text


@dataclass(frozen=True)
class Command:
    """``topic`` for answer alone: an id, or its place in the mail's list ("2").

    ``argument``: a template's name, or the address that the question is handed on to.
    """

    verb: Verb
    topic: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Reading:
    """A reply taken apart. ``problems``: German sentences for the clerk; while there are any, nothing may be done."""

    commands: tuple[Command, ...]
    problems: tuple[str, ...]
    text: str

    @property
    def private(self) -> bool:
        return any(command.verb == "private" for command in self.commands)

    @property
    def relayed(self) -> str:
        """What may go to the asker; empty: nothing."""
        return "" if self.private or self.problems else self.text


def read(text: str, topics: Collection[str]) -> Reading:
    """Read a clerk's own words, without quoted text.

    ``topics``: what ``#antwort`` may name: ids, or a mapping of ids and folded titles to ids.
    """
    lines = text.replace("\xa0", " ").strip().splitlines()
    given: list[Command] = []
    problems: list[str] = []
    note: list[str] = []
    start = 0
    while start < min(len(lines), _MOST_LINES) and (found := _command(lines[start])) is not None:
        if found:
            _take(found[0], found[1], topics, given, problems, note)
        start += 1
    for line in lines[start:]:
        later = _command(line)
        if later and later[0].casefold() in VERBS:
            problems.append(f"„{line.strip()}“ steht mitten im Text. Setzen Sie den Befehl in die erste Zeile.")
    words = "\n".join(note + lines[start:]).strip()
    if given and not closings.without(words):
        words = ""  # a command with a greeting and a signature is no answer
    return Reading(tuple(given), tuple(problems), words)


def is_address(text: str) -> bool:
    """Whether a question may be sent there, as far as its form goes."""
    return _ADDRESS.fullmatch(text) is not None


def _command(line: str) -> tuple[str, str] | tuple[()] | None:
    """Word and argument of a command, () of an empty line, None of any other."""
    bare = _INVISIBLE.sub("", line[: _LONGEST + 1]).strip()
    if not bare:
        return ()
    found = _COMMAND.fullmatch(bare) if len(line) <= _LONGEST else None
    return (found.group(1).strip("_-"), (found.group(2) or "").strip(" *_<>\"'„“")) if found else None


def _take(
    word: str, argument: str, topics: Collection[str], given: list[Command], problems: list[str], note: list[str]
) -> None:
    verb = VERBS.get(word.casefold())
    if verb is None:
        near = process.extractOne(word.casefold(), list(VERBS), score_cutoff=60)
        hint = f" Meinten Sie #{near[0]}?" if near else ""
        problems.append(f"„#{word}“ ist kein Befehl.{hint}")
    elif verb == "answer" and (topic := _topic(argument, topics)):
        given.append(Command(verb, topic))
    elif verb == "answer":
        near = process.extractOne(argument.casefold(), list(topics), score_cutoff=60) if argument else None
        hint = f" Meinten Sie #{word} {near[0]}?" if near else f" Schreiben Sie #{word} und den Namen eines Themas."
        problems.append(f"„{argument}“ ist kein Thema.{hint}" if argument else f"Nach „#{word}“ fehlt das Thema.{hint}")
    elif verb == "template" and not argument:
        problems.append(f"Nach „#{word}“ fehlt der Name der Vorlage.")
    elif verb == "forward" and not is_address(argument):
        problems.append(f"Nach „#{word}“ fehlt eine Adresse, zum Beispiel #{word} name@example.org.")
    elif verb in ("template", "forward"):
        given.append(Command(verb, argument=argument))
    elif verb in ("close", "open", "help") and argument:
        problems.append(f"Nach „#{word}“ steht noch Text. Schreiben Sie ihn in eine eigene Zeile.")
    else:
        given.append(Command(verb))
        if argument:  # "#privat Bitte Frau Weber fragen"
            note.append(argument)


def _topic(argument: str, topics: Collection[str]) -> str:
    """The topic's id, or its place in the list ("2"); "" for neither."""
    bare = " ".join(argument.casefold().split())
    if re.fullmatch(r"[1-9]\d?\.?", bare):
        return bare.rstrip(".")
    if bare not in topics:
        return ""
    return topics[bare] if isinstance(topics, Mapping) else bare


def report(problems: Collection[str]) -> str:
    """The text of the mail that tells the clerk. German, as the handover mail is."""
    return "\n".join(
        [
            "Ihre Antwort ist nicht weitergegeben worden:",
            "",
            *(f"- {problem}" for problem in problems),
            "",
            HELP,
            "",
            "Bitte antworten Sie noch einmal auf die ursprüngliche E-Mail.",
        ]
    )
