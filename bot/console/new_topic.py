"""A new topic of the city's own, from scratch or from a question that came to the office."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.console import editing
from bot.console.checking import Fault, faults
from bot.console.drafts import Draft, errors_of
from bot.console.editing import city_of, store, today, waits
from bot.console.entries import clean, words_entry
from bot.console.pages import Page
from bot.console.proposing import Proposed, propose
from bot.console.roles import May
from bot.console.shelf import NotSaved
from bot.console.topic_form import TopicForm, files_of, id_of
from bot.console.visit import Visit
from bot.content.scopes import SOURCE
from bot.content.yaml_edit import CannotEdit
from bot.errors import KnowledgeError, UsageError
from bot.flow.questions import Question
from bot.presentation.i18n import name_in
from bot.storage import proposals
from bot.web.languages import html_code

QUESTION = 200  # characters of a question that came to the office
TAKEN = "Diese Kennung ist vergeben oder nicht möglich: Kleinbuchstaben, Ziffern und Striche."
BROKEN = "Die Texte haben gerade Fehler. Bitte beheben Sie zuerst diese, oder fragen Sie die IT-Stelle."


def _number(text: str) -> int:
    """A number of an address or a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


async def asked(visit: Visit, parameter: str) -> Question | None:
    """The question at the office that an address names, for those who may read it, while its words are kept."""
    number = _number(visit.request.query_params.get(parameter, ""))
    if not number or not visit.may(May.ANSWER):
        return None
    found = await visit.office.questions.one(number)
    return found if found and found.text else None


def as_example(question: Question) -> str:
    """A question's words as an example of a topic: one line, and not too long."""
    return " ".join(question.text.split())[:QUESTION]


async def show(visit: Visit) -> Response:
    """The empty form, or with what a question says, or with a proposal of one's own that is to be changed."""
    if number := _number(visit.request.query_params.get("proposal", "")):
        proposal = await visit.read(lambda connection: proposals.find(connection, number))
        known = Proposed.from_json(proposal.files) if proposal and proposal.author == visit.name else None
        if known is None or known.new is None:
            return visit.refuse("Diese Änderung gibt es nicht mehr.", 404)
        return _page(visit, known.new, proposal=number)
    question = await asked(visit, "question")
    german = question is not None and question.written_in in ("", "de", "de-simple")
    group = ""
    if question is not None and question.topics:
        group = visit.office.live.current.knowledge.topics[question.topics[0]].group
    form = TopicForm(group=group, questions=as_example(question) if question and german else "")
    return _page(visit, form, question=question)


def _page(
    visit: Visit,
    form: TopicForm,
    faults: tuple[Fault, ...] = (),
    status: int = 200,
    question: Question | None = None,
    proposal: int = 0,
) -> Response:
    current, language = visit.office.live.current, visit.language
    return visit.show(
        "new_topic.html",
        status,
        form=form,
        faults=faults,
        question=question,
        proposal=proposal or _number(visit.value("proposal")),
        two_eyes=waits(visit),
        spoken=name_in(language, question.written_in or "de") if question else "",
        tag=html_code(question.written_in or "de") if question else "",
        groups=[(group, current.composer.group(group, language)) for group in current.knowledge.groups],
    )


async def add(visit: Visit) -> Response:
    """Check the form as `lotse check` does; then write the topic and commit it, or let it wait."""
    form = TopicForm(
        clean(visit.value("title"), "line"),
        clean(visit.value("id"), "line") or id_of(visit.value("title")),
        visit.value("group"),
        clean(visit.value("questions"), "lines"),
        clean(visit.value("answer"), "text"),
        clean(visit.value("source"), "line"),
    )

    def refused(why: str, status: int) -> Response:
        return _page(visit, form, (Fault("", "", why, is_error=True),), status)

    if form.missing:
        what = ", ".join(visit.t(label) for label in form.missing)
        return refused(visit.t("Es fehlt noch: {what}.", what=what), 400)
    files = await asyncio.to_thread(visit.office.shelf.files)
    city, day = city_of(visit), today(visit)
    try:
        draft = Draft(files, files_of(files, form, city, day), (), ())
    except UsageError:
        return refused(visit.t(TAKEN), 409)
    except (KnowledgeError, CannotEdit):
        return refused(visit.t(BROKEN), 409)
    entry = words_entry(draft.files, city, SOURCE, form.id)
    found = await asyncio.to_thread(faults, draft.files, (entry,), city, day, visit.language)
    errors = await asyncio.to_thread(errors_of, draft, city, visit.language)
    if errors or any(fault.is_error for fault in found):
        more = [] if any(fault.is_error for fault in found) else [Fault("", "", line, is_error=True) for line in errors]
        return _page(visit, form, (*more, *found), 400)
    if waits(visit):
        proposed = Proposed(form.title, "/topics/new", new=form)
        await propose(visit, form.id, proposed, _number(visit.value("proposal")))
        return visit.go("/changes", editing.WAITS)
    try:
        await store(visit, draft, form.id, form.title, [], visit.name, what="neu")
    except NotSaved as error:
        return refused(visit.t(str(error)), 503)
    return visit.go("/topics", "Das Thema ist angelegt. Lotse antwortet gleich damit.")


PAGES = (
    Page("/topics/new", "new-topic", May.EDIT_TOPICS, show),
    Page("/topics/new", "add-topic", May.EDIT_TOPICS, add, "POST"),
)
