"""JSON Schemas of the knowledge files, for completion and red underlines in an editor."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from bot.content.entries import (
    CityEntry,
    CrisisEntry,
    PlaceEntry,
    RemovedEntry,
    Section,
    StatusEntry,
    Text,
    TopicEntry,
    TopicOverlay,
    WordsEntry,
)
from bot.content.scopes import Cities, Replies, Smalltalk

_FILES: dict[str, tuple[Any, str]] = {
    "city.json": (CityEntry, "A city."),
    "topics.json": (dict[str, list[TopicEntry | TopicOverlay]], "topics: the language-neutral part."),
    "places.json": (dict[str, list[PlaceEntry]], "places: services with phone, address, page."),
    "words.json": (dict[str, WordsEntry], "Words: topic id to title, questions, answer, sections."),
    "status.json": (dict[str, StatusEntry], "Status: topic id to where a translation comes from."),
    "removed.json": (dict[str, list[RemovedEntry]], "removed: words that are gone on purpose."),
    "crisis.json": (
        dict[str, list[CrisisEntry] | dict[str, list[Text]]],
        "crisis: phrases that mean danger; calm: what only sounds like it.",
    ),
    "smalltalk.json": (dict[str, Smalltalk], "smalltalk: messages without a question."),
    "followups.json": (dict[str, dict[Section, dict[str, list[Text]]]], "followups: what is asked after an answer."),
    "cities.json": (dict[str, Cities], "cities: those that are not ours, and their other spellings."),
    "replies.json": (dict[str, Replies], "replies: what is said within a conversation, and wishes for a human."),
    "personal.json": (dict[str, dict[str, list[Text]]], "personal: messages about one's own running case."),
    "outside.json": (dict[str, dict[str, list[Text]]], "outside: questions that are not ours, per language."),
}


def schemas() -> dict[str, str]:
    """File name to JSON text."""
    found = {}
    for name, (model, title) in _FILES.items():
        schema = TypeAdapter(model).json_schema()
        schema["title"] = title
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        found[name] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return found
