"""The questions at the office: the list, one of them, and what may be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import Visit
from bot.flow.desk import Reply
from bot.flow.questions import STATUSES, Form, Outcome, Question
from bot.handover.answers import File
from bot.mailing import files
from bot.mailing.commands import is_address
from bot.presentation import formats
from bot.presentation.i18n import RIGHT_TO_LEFT, name_in
from bot.presentation.render import web as page_html
from bot.storage.entries import Author
from bot.web.languages import html_code

MOST_TOPICS = 5
MOST_SHOWN = 200  # rows of the list
UPLOAD = 25_000_000  # bytes of a form with files
STATES = {
    "todo": "Zu tun",
    "open": "Offen",
    "overdue": "Überfällig",
    "waiting": "Wartet",
    "answered": "Beantwortet",
    "all": "Alle",
}
DONE = {
    "reply": "Gesendet. Die Person bekommt die Antwort gleich.",
    "close": "Geschlossen. Die Person erfährt es.",
    "hand-on": "Weitergegeben. Die andere Stelle bekommt die Frage per E-Mail.",
    "note": "Notiz gespeichert.",
}
AGAIN = "Das war schon getan: Es ist nur einmal hinausgegangen."
GONE = "Diese Frage gibt es nicht mehr: Die Person hat sie zurückgezogen oder alles gelöscht. Es wurde nichts gesendet."
FAULTS = {
    Outcome.CHANGED: (
        "Es wurde nichts gesendet: Inzwischen ist zu dieser Frage etwas geschehen, siehe Verlauf. Ihr Text steht noch "
        "unten. Wenn er trotzdem hinaus soll, senden Sie ihn noch einmal; Dateien wählen Sie bitte neu aus."
    ),
    Outcome.NOT_SERVED: (
        "Es wurde nichts gesendet: Der Kanal, über den die Frage kam, läuft gerade nicht. Bitte sagen Sie es dem "
        "Betrieb; Ihr Text steht noch unten."
    ),
    Outcome.NOT_LISTED: (
        "An diese Adresse darf Lotse keine Fragen geben: Sie steht nicht auf der Liste. Der Betrieb kann sie eintragen "
        "(LOTSE_OFFICE_SENDERS)."
    ),
}


@dataclass
class Draft:
    """What stands in the form of an answer."""

    text: str = ""
    topics: tuple[str, ...] = ()
    files: list[File] = field(default_factory=list)
    asks_back: bool = False
    fault: str = ""

    @property
    def reply(self) -> Reply:
        return Reply(self.text, tuple(self.files), self.topics)


async def listing(visit: Visit) -> Response:
    """All questions of one state."""
    wanted = visit.request.query_params.get("state", "")
    wanted = wanted if wanted in STATES else "todo"
    found = await visit.office.questions.all()
    shown = [question for question in found if _in_state(question, wanted)]
    return visit.show(
        "questions.html",
        questions=shown[:MOST_SHOWN],
        more=len(shown) > MOST_SHOWN,
        wanted=wanted,
        counts={state: sum(_in_state(question, state) for question in found) for state in STATES},
        **_words(visit),
    )


def _in_state(question: Question, state: str) -> bool:
    if state == "todo":
        return question.status in ("open", "overdue")
    return state in ("all", question.status)


def _words(visit: Visit) -> dict[str, Any]:
    """What templates of questions call."""
    composer, language = visit.office.live.current.composer, visit.language
    return {
        "states": {state: visit.t(name) for state, name in STATES.items()},
        "statuses": {state: visit.t(STATES[state]) for state in STATUSES},
        "day": lambda day: formats.day(day.isoformat(), language),
        "named": lambda code: name_in(language, code) if code else "–",
        "html_code": lambda code: html_code(code or "de"),
        "title": lambda topic: composer.title(topic, language),
        "group_name": lambda group: composer.group(group, language),
    }


async def one(visit: Visit) -> Response:
    """A question, its history, and the forms."""
    question = await _asked(visit)
    return await _page(visit, question) if question else visit.refuse(GONE, 404)


async def _asked(visit: Visit) -> Question | None:
    number = visit.request.path_params["number"]
    return await visit.office.questions.one(number) if 0 < number < 2**53 else None


async def _page(
    visit: Visit, question: Question, draft: Draft | None = None, status: int = 200, fault: str = "", preview: str = ""
) -> Response:
    draft = draft or Draft()
    current = visit.office.live.current
    read = visit.office.questions.read_in(question, list(current.knowledge.topics), draft.text)
    foreign = question.language not in ("de", "de-simple")
    return visit.show(
        "question.html",
        status,
        question=question,
        draft=draft,
        fault=visit.t(fault or draft.fault) if fault or draft.fault else "",
        preview=Markup(preview),  # noqa: S704 # escaped by presentation.render
        key=visit.office.random(16).hex(),
        groups=[(group, current.knowledge.in_group(group)) for group in current.knowledge.groups],
        other_language={id_: code for id_, code in read.topics.items() if foreign and code != question.language},
        german_words=foreign and read.words == "de",
        right_to_left=RIGHT_TO_LEFT,
        new_topics=visit.may(May.EDIT_TOPICS),
        offices=visit.office.mails.offices(question.office or visit.office.chats.desk.office.address),
        **_words(visit),
    )


async def preview(visit: Visit) -> Response:
    """What the person would read, below the form; nothing is sent."""
    question = await _asked(visit)
    if question is None:
        return visit.refuse(GONE, 410)
    draft = await _draft(visit)
    message = None if draft.fault else await visit.office.questions.preview(question.number, draft.reply)
    html = page_html(message.blocks) if message else ""
    return await _page(visit, question, draft, 400 if draft.fault else 200, preview=html)


async def reply(visit: Visit) -> Response:
    """Send the answer."""
    draft = await _draft(visit)
    questions, number = visit.office.questions, visit.request.path_params["number"]
    return await _done(
        visit,
        "reply",
        lambda form: questions.reply(number, form, draft.reply, asks_back=draft.asks_back),
        draft,
        draft.fault,
    )


async def close(visit: Visit) -> Response:
    """End the question without an answer."""
    number = visit.request.path_params["number"]
    return await _done(visit, "close", lambda form: visit.office.questions.close(number, form))


async def hand_on(visit: Visit) -> Response:
    """Give it to another office."""
    number, address = visit.request.path_params["number"], (visit.value("other") or visit.value("address")).lower()
    fault = "" if is_address(address) else "Bitte wählen Sie eine Stelle, oder geben Sie eine E-Mail-Adresse an."
    return await _done(
        visit, "hand-on", lambda form: visit.office.questions.hand_on(number, form, address), fault=fault
    )


async def note(visit: Visit) -> Response:
    """A note for colleagues."""
    number, text = visit.request.path_params["number"], visit.value("note")
    fault = "" if text else "Die Notiz ist leer."
    return await _done(visit, "note", lambda form: visit.office.questions.note(number, form, text), fault=fault)


async def _done(
    visit: Visit, what: str, do: Callable[[Form], Awaitable[Outcome]], draft: Draft | None = None, fault: str = ""
) -> Response:
    """Do it, and say in plain words what became of it."""
    question = await _asked(visit)
    if question is None:
        return visit.refuse(GONE, 410)
    if fault:
        return await _page(visit, question, draft, 400, fault)
    form = Form(visit.value("key")[:64], visit.value("stand") or "?", Author("console", visit.name))
    outcome = await do(form)
    if outcome is Outcome.GONE:
        return visit.refuse(GONE, 410)
    if outcome in FAULTS:
        question = await _asked(visit) or question
        return await _page(visit, question, draft, 409, FAULTS[outcome])
    return visit.go(f"/questions/{question.number}", AGAIN if outcome is Outcome.AGAIN else DONE[what])


async def _draft(visit: Visit) -> Draft:
    topics = tuple(
        dict.fromkeys(str(each) for each in (*visit.form.getlist("topic"), visit.value("other_topic")) if each)
    )
    draft = Draft(visit.value("text"), topics, asks_back=bool(visit.value("asks_back")))
    known = visit.office.live.current.knowledge.topics
    if gone := [topic for topic in topics if topic not in known]:
        draft.topics = tuple(topic for topic in topics if topic not in gone)
        draft.fault = "Ein Thema gibt es nicht mehr. Es wurde nichts gesendet; bitte prüfen Sie die Auswahl."
    elif len(topics) > MOST_TOPICS:
        draft.fault = "Das sind zu viele Themen: höchstens fünf. Es wurde nichts gesendet."
    draft.files, unsent = await _files(visit)
    if unsent:
        draft.fault = (
            "Es wurde nichts gesendet: Nur PDF und Bilder gehen mit, höchstens zehn Dateien, jede bis 10 MB, zusammen "
            "bis 20 MB. Bitte wählen Sie die Dateien neu aus."
        )
    if not (draft.text or draft.topics or draft.files or draft.fault):
        draft.fault = "Es wurde nichts gesendet: Schreiben Sie eine Antwort, oder wählen Sie ein Thema."
    return draft


async def _files(visit: Visit) -> tuple[list[File], Sequence[str]]:
    """Those that may go with the answer, as with a mail; and the names of the others."""
    kept: list[files.Attachment] = []
    unsent = []
    for upload in visit.form.getlist("file"):
        if not isinstance(upload, UploadFile) or not upload.filename:
            continue
        found = files.judged(await upload.read(), upload.content_type or "", upload.filename, kept)
        if found.content is None:
            unsent.append(found.name)
        else:
            kept.append(found)
    return [File(each.name, each.kind, each.content or b"") for each in kept], unsent


async def summary(visit: Visit) -> str:
    """For the start page."""
    found = await visit.office.questions.all()
    open_, late = (sum(question.status == status for question in found) for status in ("open", "overdue"))
    if late:
        return visit.t("{open} offene und {late} überfällige Fragen", open=open_, late=late)
    return visit.t("{open} offene Fragen", open=open_) if open_ else ""


PAGES = (
    Page("/questions", "questions", May.ANSWER, listing, nav="Fragen", summary=summary),
    Page("/questions/{number:int}", "question", May.ANSWER, one),
    Page("/questions/{number:int}/preview", "preview-reply", May.ANSWER, preview, "POST", quiet=True, longest=UPLOAD),
    Page("/questions/{number:int}/reply", "reply", May.ANSWER, reply, "POST", longest=UPLOAD),
    Page("/questions/{number:int}/close", "close-question", May.ANSWER, close, "POST"),
    Page("/questions/{number:int}/hand-on", "hand-on", May.ANSWER, hand_on, "POST"),
    Page("/questions/{number:int}/note", "note", May.ANSWER, note, "POST"),
)
