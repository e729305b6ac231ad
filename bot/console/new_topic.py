"""A new topic of the city's own, from scratch or from a question that came to the office."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from anyascii import anyascii
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.checking import Fault, faults
from bot.console.drafts import Draft, errors_of
from bot.console.editing import city_of, today, waits
from bot.console.entries import clean, words_entry
from bot.console.pages import Page
from bot.console.roles import May
from bot.console.shelf import Change, NotSaved, digest
from bot.console.visit import Visit
from bot.content.scopes import SOURCE
from bot.content.templates import new_topic
from bot.content.yaml_edit import CannotEdit, Edit, edited
from bot.errors import KnowledgeError, UsageError
from bot.flow.questions import Question
from bot.presentation.i18n import name_in
from bot.web.languages import html_code

QUESTION = 200  # characters of a question that came to the office
EYES = (
    "Ein neues Thema legt jemand aus der Freigabe an, weil Änderungen hier von zwei Menschen gelesen werden. Es wurde "
    "nichts gespeichert."
)


@dataclass(frozen=True)
class Form:
    """As it is typed; ``questions``: one a line."""

    title: str = ""
    id: str = ""
    group: str = ""
    questions: str = ""
    answer: str = ""
    source: str = ""


async def asked(visit: Visit, parameter: str) -> Question | None:
    """The question at the office that an address names, for those who may read it, while its words are kept."""
    number = visit.request.query_params.get(parameter, "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16 and visit.may(May.ANSWER)):
        return None
    found = await visit.office.questions.one(int(number))
    return found if found and found.text else None


def as_example(question: Question) -> str:
    """A question's words as an example of a topic: one line, and not too long."""
    return " ".join(question.text.split())[:QUESTION]


async def show(visit: Visit) -> Response:
    """The empty form, or with what a question says."""
    question = await asked(visit, "question")
    german = question is not None and question.written_in in ("", "de", "de-simple")
    group = ""
    if question is not None and question.topics:
        group = visit.office.live.current.knowledge.topics[question.topics[0]].group
    form = Form(group=group, questions=as_example(question) if question and german else "")
    return _page(visit, form, question=question)


def _page(
    visit: Visit, form: Form, faults: tuple[Fault, ...] = (), status: int = 200, question: Question | None = None
) -> Response:
    current, language = visit.office.live.current, visit.language
    return visit.show(
        "new_topic.html",
        status,
        form=form,
        faults=faults,
        question=question,
        spoken=name_in(language, question.written_in or "de") if question else "",
        tag=html_code(question.written_in or "de") if question else "",
        groups=[(group, current.composer.group(group, language)) for group in current.knowledge.groups],
    )


async def add(visit: Visit) -> Response:
    """Check the form as `lotse check` does, write the topic and commit it."""
    form = Form(
        clean(visit.value("title"), "line"),
        clean(visit.value("id"), "line") or _id_of(visit.value("title")),
        visit.value("group"),
        clean(visit.value("questions"), "lines"),
        clean(visit.value("answer"), "text"),
        clean(visit.value("source"), "line"),
    )
    missing = [label for label, value in _needed(form) if not value]
    if missing:
        said = visit.t("Es fehlt noch: {what}.", what=", ".join(visit.t(label) for label in missing))
        return _page(visit, form, (Fault("", "", said, is_error=True),), 400)
    if waits(visit):
        return _page(visit, form, (Fault("", "", visit.t(EYES), is_error=True),), 403)
    files = await asyncio.to_thread(visit.office.shelf.files)
    city, day = city_of(visit), today(visit)
    try:
        after = _written(new_topic(files, form.id, form.group, city, day), form)
    except UsageError:
        words = visit.t("Diese Kennung ist vergeben oder nicht möglich: Kleinbuchstaben, Ziffern und Striche.")
        return _page(visit, form, (Fault("", "", words, is_error=True),), 409)
    except (KnowledgeError, CannotEdit):
        words = visit.t("Die Texte haben gerade Fehler. Bitte beheben Sie zuerst diese, oder fragen Sie die IT-Stelle.")
        return _page(visit, form, (Fault("", "", words, is_error=True),), 409)
    draft = Draft(files, after, (), ())
    entry = words_entry(draft.files, city, SOURCE, form.id)
    found = await asyncio.to_thread(faults, draft.files, (entry,), city, day, visit.language)
    errors = await asyncio.to_thread(errors_of, draft, city)
    if errors or any(fault.is_error for fault in found):
        more = [] if any(fault.is_error for fault in found) else [Fault("", "", line, is_error=True) for line in errors]
        return _page(visit, form, (*more, *found), 400)
    changes = {path: Change(digest(files[path]) if path in files else "", content) for path, content in after.items()}
    try:
        await asyncio.to_thread(
            visit.office.shelf.save, changes, f"{form.title}: neu\n\nTopic: {form.id}\n", visit.name
        )
    except NotSaved as error:
        return _page(visit, form, (Fault("", "", visit.t(str(error)), is_error=True),), 503)
    visit.office.live.touch()

    async def nothing(_: AsyncConnection) -> bool:
        return True

    await visit.change(nothing, form.id, "save")
    return visit.go("/topics", "Das Thema ist angelegt. Lotse antwortet gleich damit.")


def _needed(form: Form) -> tuple[tuple[str, str], ...]:
    return (
        ("Titel", form.title),
        ("Beispielfragen", form.questions),
        ("Antwort", form.answer),
        ("Quelle", form.source),
    )


def _id_of(title: str) -> str:
    """An id from a title: Schlüssel verloren is schluessel-verloren."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    return "-".join(re.findall("[a-z0-9]+", anyascii(title.lower().translate(umlauts)).lower()))[:48].strip("-")


def _written(blank: dict[str, str], form: Form) -> dict[str, bytes]:
    """The topic's files with its blanks filled in."""
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


PAGES = (
    Page("/topics/new", "new-topic", May.EDIT_TOPICS, show),
    Page("/topics/new", "add-topic", May.EDIT_TOPICS, add, "POST"),
)
