"""New topics, languages and cities as files with blanks; `lotse check` names each blank until it is filled.

Files are added or lengthened, never rewritten: comments and the order of what is there stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from anyascii import anyascii

from bot.content.check import MIN_QUESTIONS, MIN_QUESTIONS_SHORT, SHORT_LANGUAGES
from bot.content.entries import LAENDER, TopicEntry, WordsEntry
from bot.content.hashing import german_hash
from bot.content.problems import Problem
from bot.content.scopes import BASE, BLANK, SOURCE, Scope, errors_but_blanks, read_scope
from bot.errors import KnowledgeError, UsageError

REVIEW_AFTER = timedelta(days=180)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[a-z]{2,3}(-[a-z]+)?")

# What a city has to say of its own, in the order an editor finds it out, and the place that answers it.
_CITY_TOPICS = {
    "appointment-book": "foreigners-office",
    "foreigners-office-location-hours": "foreigners-office",
    "foreigners-office-phone": "foreigners-office",
    "address-registration": "citizens-office",
    "integration-office": "migration-and-integration-office",
}
_CITY_PLACES = {
    "foreigners-office": "Ausländerbehörde",
    "citizens-office": "Bürgeramt",
    "migration-and-integration-office": "Integrationsbüro",
}


def new_topic(files: Mapping[str, bytes], id_: str, group: str, folder: str, today: date) -> dict[str, str]:
    """Path to new text of the files that a topic needs, in ``folder`` (Germany's or a city's).

    Without a group the group is a blank. Raises UsageError for an id that is taken or has the wrong form, or for a
    group that is not there.
    """
    base = _scope(files, BASE)
    scope = base if folder == BASE else _scope(files, folder)
    groups = sorted({topic.group for topic in base.topics.values() if isinstance(topic, TopicEntry)})
    if not _ID.fullmatch(id_) or len(id_) > 48:
        raise UsageError(f'"{id_}" is no id. Use small letters, digits and hyphens, for example lost-key.')
    if group and group not in groups:
        raise UsageError(f'There is no group "{group}". There are: {", ".join(groups)}.')
    if id_ in base.topics or id_ in scope.topics or (SOURCE, id_) in scope.words:
        raise UsageError(f'There is a topic "{id_}" already. Choose another id, or edit it.')
    topic = f"""\
  - id: {id_}
    group: {group or f"{BLANK}  # one of {', '.join(groups)}"}
    # flags: [legal-caution]      # or volatile, crisis, handover-preferred; see README.md
    # places: [PLACE]             # ids from places.yaml, shown under the answer
    sources: [{BLANK}]
    as_of: {today:%Y-%m}
    review_by: {today + REVIEW_AFTER}
"""
    words = f"{id_}:\n" + "".join(_blank_words(MIN_QUESTIONS, None))
    topics, german = f"{folder}/topics.yaml", f"{folder}/{SOURCE}/{group or id_}.yaml"
    return {
        topics: _longer(files, topics, "topics", topic, head="topics:\n"),
        german: _longer(files, german, "words", words),
    }


def new_language(files: Mapping[str, bytes], code: str, folder: str, today: date) -> dict[str, str]:
    """Path to text of the files that a language needs in ``folder``, each blank under its German text.

    The texts count as translated from today's German. Raises UsageError for a code of the wrong form, or a language
    that is there.
    """
    scope = _scope(files, folder)
    if not _CODE.fullmatch(code):
        raise UsageError(f'"{code}" is no language code. Write it as in ISO 639, for example sq for Albanian.')
    if any(path.startswith(f"{folder}/{code}/") for path in files):
        raise UsageError(f'There is a folder {folder}/{code} already. `lotse status` shows what "{code}" lacks.')
    short = code in SHORT_LANGUAGES
    made: dict[str, str] = {}
    status = "# Written by `lotse new-language`; from now on `lotse stamp` writes it.\n"
    for (language, id_), german in scope.words.items():
        if language != SOURCE:
            continue
        path = scope.place("words", SOURCE, id_).path.replace(f"{folder}/{SOURCE}/", f"{folder}/{code}/").lstrip("/")
        questions = (
            (MIN_QUESTIONS_SHORT if short else MIN_QUESTIONS) if folder == BASE else min(len(german.questions), 4)
        )
        text = f"{id_}:\n" + "".join(_blank_words(questions, german, sections=not short))
        made[path] = _longer({key: value.encode() for key, value in made.items()}, path, "words", text)
        stamp = {"translated_from": german_hash(german), "state": "machine", "by": "", "on": str(today)}
        status += f"{id_}: {json.dumps(stamp)}\n"
    return {**made, f"{folder}/{code}/status.yaml": status}


def new_city(files: Mapping[str, bytes], name: str, today: date) -> dict[str, str]:
    """Path to text of a city's files. Raises UsageError for a name without letters, or a folder that is there."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    id_ = "-".join(re.findall("[a-z0-9]+", anyascii(name.lower().translate(umlauts)).lower()))
    if not id_:
        raise UsageError(f'"{name}" is no name. Write the city\'s name, for example "Bad Musterstadt".')
    if any(path.startswith(f"{id_}/") for path in files):
        raise UsageError(f"There is a folder {id_} already. Edit what is in it.")
    base = _scope(files, BASE)
    languages = sorted({language for language, _ in base.words}, key=lambda code: (code != SOURCE, code))
    month = f"{today:%Y-%m}"
    city = f"""\
# yaml-language-server: $schema=../schema/city.json
name: {json.dumps(name, ensure_ascii=False)}
# {" ".join(LAENDER)}
land: {BLANK}
languages: [{", ".join(languages)}]
# Who gets the questions that Lotse cannot answer (a place of places.yaml), and within how many working days they reply.
office: migration-and-integration-office
reply_days: 5
"""
    places = """\
# yaml-language-server: $schema=../schema/places.json
# Delete a line whose value you do not know, and list in `unconfirmed: [phone]` what somebody must still check.
# Opening hours as in OpenStreetMap, for example: hours: Mo-Th 09:00-15:00; Fr 09:00-12:00
places:
"""
    for place, kind in _CITY_PLACES.items():
        places += f"  - id: {place}\n    name: {json.dumps(f'{kind} {name}', ensure_ascii=False)}\n"
        places += "".join(f"    {field}: {BLANK}\n" for field in ("address", "phone", "email", "url", "source"))
        places += f"    as_of: {month}\n"
    topics = """\
# yaml-language-server: $schema=../schema/topics.json
# What the city changes of Germany's topics: places replace, links, facts and sources are added.
topics:
"""
    for topic, place in _CITY_TOPICS.items():
        if topic in base.topics:
            topics += f"  - id: {topic}\n    places: [{place}]\n    sources: [{BLANK}]\n"
    made = {f"{id_}/city.yaml": city, f"{id_}/places.yaml": places, f"{id_}/topics.yaml": topics}
    if "appointment-book" in base.topics:
        words = (
            f"appointment-book:\n  # How one gets an appointment here, in two or three sentences.\n  local: {BLANK}\n"
        )
        made[f"{id_}/{SOURCE}/words.yaml"] = _longer({}, "", "words", words)
    return made


def _scope(files: Mapping[str, bytes], folder: str) -> Scope:
    """A folder's entries. Raises UsageError without the folder, KnowledgeError for mistakes other than blanks."""
    if not any(path.startswith(f"{folder}/") for path in files):
        raise UsageError(f"There is no folder {folder} in the knowledge.")
    problems: list[Problem] = []
    scope = read_scope(files, folder, "", problems)
    if errors := errors_but_blanks(problems):
        raise KnowledgeError([error.lstrip("/") for error in errors])
    return scope


def _longer(files: Mapping[str, bytes], path: str, schema: str, text: str, head: str = "") -> str:
    """The file with ``text`` at its end; a new file begins with its schema and ``head``."""
    if path in files:
        return files[path].decode("utf-8-sig").rstrip("\n") + "\n" + text
    up = "../" if schema == "topics" else "../../"
    return f"# yaml-language-server: $schema={up}schema/{schema}.json\n{head}{text}"


def _blank_words(questions: int, german: WordsEntry | None, sections: bool = True) -> Iterator[str]:
    """Lines of one topic's words, each blank with the German text above it."""
    if german is None or german.title:
        yield from _blank("title", german.title if german else "At most 90 characters", 2)
    if questions:
        yield from _comment("\n".join(german.questions) if german else f"As people ask, at least {questions}", 2)
        yield "  questions: |\n" + f"    {BLANK}\n" * questions
    if german is None or german.answer:
        hint = "At most 700 characters; numbers, dates, addresses as {placeholders}"
        yield from _blank("answer", german.answer if german else hint, 2)
    if german and german.local:
        yield from _blank("local", german.local, 2)
    if german and german.sections and sections:
        yield "  sections:\n"
        for name, text in german.sections.items():
            yield from _blank(name, text, 4)


def _blank(key: str, hint: str, indent: int) -> Iterator[str]:
    yield from _comment(hint, indent)
    # A block, so that colons and line breaks need no quotation marks; a title is one line.
    yield f"{' ' * indent}{key}: " + (f"{BLANK}\n" if key == "title" else f"|\n{' ' * indent}  {BLANK}\n")


def _comment(text: str, indent: int) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield f"{' ' * indent}# {line}".rstrip() + "\n"
