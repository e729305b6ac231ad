"""The history of a topic or place with its undo; and changes that wait for a second pair of eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup
from starlette.responses import Response

from bot.console import drafts, editing
from bot.console.drafts import Draft
from bot.console.editing import city_of, store, today
from bot.console.entries import Changed, Damaged, Entry, Field, document, facts_entry, place_entry, shown, words_entry
from bot.console.git import GitError, no_history
from bot.console.history import Step, back, history
from bot.console.new_topic import BROKEN, TAKEN
from bot.console.pages import Page
from bot.console.proposing import Proposed, propose
from bot.console.roles import May
from bot.console.shelf import NotSaved
from bot.console.topic_form import LABELS, TopicForm, files_of
from bot.console.topics import damaged, surveyed
from bot.console.visit import Visit
from bot.content.scopes import BASE, SOURCE
from bot.content.yaml_edit import CannotEdit, value_at
from bot.errors import KnowledgeError, UsageError
from bot.storage import proposals
from bot.storage.proposals import Proposal


async def _entries(visit: Visit, kind: str, id_: str) -> list[Entry]:
    """All that is edited of a topic (in every language) or place. Raises Damaged."""
    files = await asyncio.to_thread(visit.office.shelf.files)
    scopes = (BASE, city_of(visit))
    if kind == "places":
        return [entry for entry in [place_entry(files, id_, scopes)] if entry]
    found = [entry for scope in scopes if (entry := facts_entry(files, id_, scope))]
    for language in (SOURCE, *(code for code in (await surveyed(visit)).languages if code != SOURCE)):
        words = [words_entry(files, scope, language, id_) for scope in scopes]
        found += [entry for entry in words if not entry.new]
    return found


def differences(visit: Visit, changes: Sequence[Changed]) -> list[tuple[str, Markup]]:
    """Each change as its label and what went and came, in words."""
    return [(_label(visit, change), visit.difference(change.field.value, change.after)) for change in changes]


def _label(visit: Visit, change: Changed) -> str:
    parts = change.path.split("/")
    where = (
        f"{parts[1]}: " if len(parts) == 3 else f"{{{change.field.keys[3]}}}: " if "facts" in change.field.keys else ""
    )
    return f"{where}{visit.t(change.field.label)}"


def _kind(visit: Visit) -> str:
    """topics or places: the page is for both."""
    return visit.page.path.split("/")[1]


async def past(visit: Visit) -> Response:
    """What was changed, the newest first."""
    kind, id_ = _kind(visit), visit.request.path_params["id"]
    try:
        entries = await _entries(visit, kind, id_)
    except Damaged as error:
        return damaged(visit, error)
    if not entries:
        return visit.refuse("Das gibt es nicht.", 404)
    steps: list[Step] = []
    fault, repository = "", visit.office.shelf.repository
    try:
        if repository is not None:
            steps = await asyncio.to_thread(history, repository, entries)
        else:
            fault = await asyncio.to_thread(no_history, visit.office.shelf.folder)
    except GitError as error:
        fault = str(error)
    found = [(step, differences(visit, step.changes)) for step in steps]
    return visit.show("history.html", steps=found, kind=kind, id=id_, fault=visit.t(fault) if fault else "")


async def undo(visit: Visit) -> Response:
    """Take one change back; with two pairs of eyes that waits, too."""
    kind, id_, commit = _kind(visit), visit.request.path_params["id"], visit.value("commit")
    repository = visit.office.shelf.repository
    if repository is None:
        return visit.refuse(await asyncio.to_thread(no_history, visit.office.shelf.folder), 404)
    try:
        entries = await _entries(visit, kind, id_)
        steps = await asyncio.to_thread(history, repository, entries)
    except (Damaged, GitError) as error:
        return visit.refuse(str(error), 409)
    step = next((step for step in steps if step.commit == commit), None)
    if step is None:
        return visit.refuse("Diese Änderung gibt es nicht.", 404)
    undone, stuck = back(step, entries)
    where = f"/{kind}/{id_}/history"
    if stuck:
        return visit.refuse(
            "Das lässt sich nicht zurücknehmen: Die Stelle wurde danach noch einmal geändert. Es wurde nichts getan.",
            409,
        )
    files = await asyncio.to_thread(visit.office.shelf.files)
    draft = await asyncio.to_thread(drafts.with_changes, files, undone)
    if editing.waits(visit):
        await propose(visit, id_, Proposed(id_, where, tuple(undone)))
        return visit.go(where, editing.WAITS)
    try:
        await store(visit, draft, id_, f"Zurückgenommen: {id_}", [], visit.name)
    except NotSaved as error:
        return visit.refuse(str(error), 503)
    return visit.go(where, "Zurückgenommen.")


async def waiting(visit: Visit) -> Response:
    """All changes that wait or came back."""
    found = await visit.read(proposals.every)
    return visit.show("changes.html", proposals=[(each, Proposed.from_json(each.files)) for each in found])


async def _found(visit: Visit) -> Proposal | None:
    id_: int = visit.request.path_params["id"]
    return await visit.read(lambda connection: proposals.find(connection, id_))


async def look(visit: Visit) -> Response:
    """One change, in words."""
    proposal = await _found(visit)
    return await _page(visit, proposal) if proposal else visit.refuse("Diese Änderung gibt es nicht mehr.", 404)


async def _page(visit: Visit, proposal: Proposal, problem: str = "", status: int = 200) -> Response:
    proposed = Proposed.from_json(proposal.files)
    files = await asyncio.to_thread(visit.office.shelf.files)
    moved = _moved(files, proposed.changes)
    now = [(label, html) for label, html in differences(visit, [_against_now(files, change) for change in moved])]
    mine = proposal.author == visit.name
    address = proposed.address
    if proposed.new:
        address = f"{address}?proposal={proposal.id}" if mine else ""
    return visit.show(
        "change.html",
        status,
        proposal=proposal,
        title=proposed.title,
        address=address,
        new=proposed.new is not None,
        differences=_of_new(visit, proposed.new) if proposed.new else differences(visit, proposed.changes),
        moved=now,
        problem=visit.t(problem) if problem else "",
        mine=mine,
    )


def _of_new(visit: Visit, form: TopicForm) -> list[tuple[str, Markup]]:
    """All that a new topic brings."""
    group = visit.office.live.current.composer.group(form.group, visit.language) if form.group else ""
    rows = [("Gruppe", group), *((label, getattr(form, name)) for name, label in LABELS.items())]
    return [(visit.t(label), visit.difference("", text)) for label, text in rows if text]


def _current(files: dict[str, bytes], change: Changed) -> str:
    return shown(value_at(document(files, change.path), change.field.keys)) if change.path in files else ""


def _moved(files: dict[str, bytes], changes: Sequence[Changed]) -> list[Changed]:
    """Those whose field somebody has changed since."""
    return [change for change in changes if _current(files, change).strip() != change.field.value.strip()]


def _against_now(files: dict[str, bytes], change: Changed) -> Changed:
    field = change.field
    known = Field(field.name, field.label, field.kind, field.keys, _current(files, change), field.order)
    return Changed(change.path, known, change.after)


async def decide(visit: Visit) -> Response:
    """Publish, send back, or take back."""
    proposal, what = await _found(visit), visit.value("what")
    if proposal is None:
        return visit.refuse("Diese Änderung gibt es nicht mehr.", 404)
    if what == "withdraw" and proposal.author == visit.name:
        await visit.change(lambda connection: proposals.drop(connection, proposal.id), proposal.topic, "withdraw")
        return visit.go("/changes", "Die Änderung ist verworfen.")
    if not visit.may(May.PUBLISH):
        return visit.refuse("Ihre Rolle darf das nicht. Fragen Sie die Administration.", 403)
    if what == "return":
        remark = visit.value("remark")[:2000]
        await visit.change(
            lambda connection: proposals.send_back(connection, proposal.id, visit.name, remark),
            proposal.topic,
            "return",
        )
        return visit.go("/changes", "Zurückgegeben.")
    if what != "publish":
        return visit.refuse("Das ist kein Formular von dieser Seite.", 400)
    if proposal.author == visit.name:
        return await _page(
            visit, proposal, "Vier Augen: Ihre eigene Änderung muss jemand anderes veröffentlichen.", 403
        )
    return await _publish(visit, proposal)


def _draft(files: dict[str, bytes], proposed: Proposed, city: str, day: date) -> Draft:
    """Raises UsageError, KnowledgeError or CannotEdit for a new topic that is not possible any more."""
    if proposed.new is None:
        return drafts.with_changes(files, proposed.changes)
    return Draft(files, files_of(files, proposed.new, city, day), (), ())


async def _publish(visit: Visit, proposal: Proposal) -> Response:
    proposed = Proposed.from_json(proposal.files)
    files = await asyncio.to_thread(visit.office.shelf.files)
    try:
        moved = _moved(files, proposed.changes)
        draft = await asyncio.to_thread(_draft, files, proposed, city_of(visit), today(visit))
    except Damaged as error:
        return damaged(visit, error)
    except UsageError:
        return await _page(visit, proposal, TAKEN, 409)
    except (KnowledgeError, CannotEdit):
        return await _page(visit, proposal, BROKEN, 409)
    if moved and not visit.value("anyway"):
        why = "Jemand hat diese Stelle inzwischen geändert. Es wurde nichts überschrieben. Sehen Sie sich beides an."
        return await _page(visit, proposal, why, 409)
    errors = await asyncio.to_thread(drafts.errors_of, draft, city_of(visit), visit.language)
    if draft.fault or errors:
        why = "Mit dieser Änderung wären die Texte fehlerhaft."
        return await _page(visit, proposal, draft.fault or " ".join([visit.t(why), *errors]), 409)
    # Of two who press at once, one publishes.
    if not await visit.change(lambda connection: proposals.drop(connection, proposal.id), proposal.topic, "publish"):
        return visit.refuse("Diese Änderung gibt es nicht mehr.", 404)
    what = "neu" if proposed.new else "gelesen"
    try:
        await store(visit, draft, proposal.topic, proposed.title, proposed.read, proposal.author, what)
    except NotSaved as error:
        await visit.read(
            lambda connection: proposals.add(
                connection, proposal.author, proposal.topic, proposal.files, proposal.created_at
            )
        )
        return visit.refuse(str(error), 503)
    return visit.go("/changes", "Veröffentlicht. Lotse antwortet gleich damit.")


async def summary(visit: Visit) -> str:
    """For the start page."""
    count = await visit.read(proposals.waiting)
    if not count:
        return ""
    return "Eine Änderung wartet auf eine zweite Person." if count == 1 else "Änderungen warten auf eine zweite Person."


PAGES = (
    Page("/changes", "changes", May.EDIT_TOPICS, waiting, nav="Änderungen", summary=summary),
    Page("/changes/{id:int}", "change", May.EDIT_TOPICS, look),
    Page("/changes/{id:int}", "decide", May.EDIT_TOPICS, decide, "POST"),
    Page("/topics/{id}/history", "history", May.EDIT_TOPICS, past),
    Page("/topics/{id}/history", "undo", May.EDIT_TOPICS, undo, "POST"),
    Page("/places/{id}/history", "place-history", May.EDIT_TOPICS, past),
    Page("/places/{id}/history", "undo-place", May.EDIT_TOPICS, undo, "POST"),
)
