"""The form of a new topic, and the files that it makes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from anyascii import anyascii

from bot.content.templates import new_topic
from bot.content.yaml_edit import Edit, edited

LABELS = {
    "title": "Titel",
    "questions": "Beispielfragen",
    "answer": "Antwort",
    "source": "Quelle",
}  # of what must be filled in


@dataclass(frozen=True)
class TopicForm:
    """As it is typed; ``questions``: one a line. ``id``: "" until one is made of the title."""

    title: str = ""
    id: str = ""
    group: str = ""
    questions: str = ""
    answer: str = ""
    source: str = ""

    @property
    def missing(self) -> list[str]:
        """Labels of what is not filled in."""
        return [label for name, label in LABELS.items() if not getattr(self, name)]


def id_of(title: str) -> str:
    """An id from a title: Schlüssel verloren is schluessel-verloren."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    return "-".join(re.findall("[a-z0-9]+", anyascii(title.lower().translate(umlauts)).lower()))[:48].strip("-")


def files_of(files: Mapping[str, bytes], form: TopicForm, city: str, day: date) -> dict[str, bytes]:
    """The files that change, with the topic in them. Raises UsageError, KnowledgeError, CannotEdit."""
    blank = new_topic(files, form.id, form.group, city, day)
    topics, words = blank
    filled = [
        Edit((form.id, "title"), form.title),
        Edit((form.id, "questions"), form.questions.split("\n")),
        Edit((form.id, "answer"), form.answer),
    ]
    return {
        topics: edited(blank[topics], [Edit(("topics", form.id, "sources"), [form.source])]).encode(),
        words: edited(blank[words], filled).encode(),
    }
