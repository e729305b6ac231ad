"""Editing an entry: the form, its checks and preview while typing, and saving. For words, values and places alike."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console import drafts
from bot.console.checking import Fault
from bot.console.drafts import Draft, Phone
from bot.console.entries import Entry, clean
from bot.console.pages import Handler
from bot.console.proposing import Proposed, propose
from bot.console.roles import May
from bot.console.shelf import Change, NotSaved, digest
from bot.console.trying import Trial, trial
from bot.console.visit import ZONE, Visit
from bot.content import stamping
from bot.content.scopes import SOURCE

SAVED = "Gespeichert. Lotse antwortet gleich damit."
WAITS = "Gespeichert. Die Änderung wartet auf eine zweite Person, die sie veröffentlicht."
NOTHING = "Es gibt nichts zu speichern: Es ist nichts geändert."


@dataclass(frozen=True)
class Target:
    """What a page edits. ``address``: of the page below /office, with its query. ``topic`` or ``place``: its id."""

    address: str
    title: str
    entries: tuple[Entry, ...]
    topic: str = ""
    place: str = ""
    template: str = "edit.html"
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.topic or self.place


@dataclass
class Shown:
    """What the page shows below the form."""

    faults: Sequence[Fault] = ()
    checked: bool = False
    phones: Sequence[Phone] = ()
    previewed: bool = False
    trial: Trial | None = None
    draft: Draft | None = None
    problem: str = ""


def today(visit: Visit) -> date:
    """The day it is here."""
    return datetime.fromtimestamp(visit.now, ZONE).date()


def waits(visit: Visit) -> bool:
    """Whether what is changed here waits for somebody who publishes: by the setting, or by the role."""
    return not visit.may(May.PUBLISH) and (visit.office.settings.two_eyes or not visit.may(May.SAVE_TOPICS))


def city_of(visit: Visit) -> str:
    """The city whose texts these are."""
    return visit.office.live.current.knowledge.city_id


def page(visit: Visit, target: Target, shown: Shown | None = None, status: int = 200) -> Response:
    """The form, with what was typed where something was, and what is below it."""
    shown = shown or Shown()
    moved = {change.field.name for change in shown.draft.moved} if shown.draft else set()
    typed = {name: str(value) for name, value in visit.form.items()}
    values, was = {}, {}
    for entry in target.entries:
        for each in entry.fields:
            values[each.name] = typed.get(each.name, each.value)
            old = typed.get(f"was.{each.name}", each.was)
            was[each.name] = each.was if each.name in moved else old
    fragment = visit.request.headers.get("hx-request") == "true"
    return visit.show(
        "below.html" if fragment else target.template,
        200 if fragment else status,
        target=target,
        values=values,
        was=was,
        shown=shown,
        moved=moved,
        typed=defaultdict(str, typed),
        fragment=fragment,
        two_eyes=waits(visit),
        **target.more,
    )


def form(find: Callable[[Visit], Awaitable[Target | Response]]) -> tuple[Handler, Handler]:
    """What shows the form that ``find`` finds, and what a button of it does; or why there is none."""

    async def show(visit: Visit) -> Response:
        target = await find(visit)
        return target if isinstance(target, Response) else page(visit, target)

    async def press(visit: Visit) -> Response:
        target = await find(visit)
        return target if isinstance(target, Response) else await act(visit, target)

    return show, press


async def act(visit: Visit, target: Target) -> Response:
    """One button of the form: check, preview, try, or save."""
    form = {name: str(value) for name, value in visit.form.items()}
    files = await asyncio.to_thread(visit.office.shelf.files)
    draft = await asyncio.to_thread(drafts.draft_of, files, target.entries, form)
    do = visit.value("do") or "save"
    city, now = city_of(visit), visit.now
    shown = Shown(draft=draft)
    if do == "preview":
        shown.previewed = True
        first = [SOURCE, *(entry.language for entry in target.entries)]
        composer = visit.office.live.current.composer
        shown.phones = await asyncio.to_thread(
            drafts.phones, draft, city, composer.catalogues, now, first, target.topic, target.place
        )
        return page(visit, target, shown)
    if do == "insert":
        return _inserted(visit, target, shown)
    if do == "try":
        shown.trial = await trial(visit, draft, city, today(visit))
        return page(visit, target, shown)
    shown.checked = True
    shown.faults = await asyncio.to_thread(drafts.faults_of, draft, target.entries, city, today(visit), visit.language)
    if do != "save":
        return page(visit, target, shown)
    return await _save(visit, target, draft, shown)


def _inserted(visit: Visit, target: Target, shown: Shown) -> Response:
    """Without scripts: the placeholder at the end of the field that was chosen."""
    name, fields = visit.value("into"), {each.name for entry in target.entries for each in entry.fields}
    if name in fields:
        pairs = [(key, value) for key, value in visit.form.multi_items() if key != name]
        text = f"{str(visit.form.get(name, '')).rstrip()} {visit.value('placeholder')}"
        visit.form = FormData([*pairs, (name, text.strip())])
    return page(visit, target, shown)


async def _save(visit: Visit, target: Target, draft: Draft, shown: Shown) -> Response:
    read = [entry.language for entry in target.entries if visit.value(f"read.{entry.language}")]
    if not draft.changes and not read:
        shown.problem = visit.t(NOTHING)
        return page(visit, target, shown)
    if draft.moved:
        shown.problem = visit.t(
            "Jemand hat das inzwischen geändert. Es wurde nichts überschrieben. Sehen Sie unten, was jetzt dort steht; "
            "wenn Sie noch einmal speichern, gilt Ihr Text."
        )
        return page(visit, target, shown, 409)
    if any(fault.is_error for fault in shown.faults):
        shown.problem = visit.t("Es wurde nicht gespeichert: Bitte beheben Sie zuerst die Fehler.")
        return page(visit, target, shown, 400)
    if broken := await asyncio.to_thread(drafts.errors_of, draft, city_of(visit), visit.language):
        shown.problem = visit.t("Es wurde nicht gespeichert: Mit dieser Änderung wären die Texte fehlerhaft.")
        shown.faults = [*shown.faults, *(Fault("", "", line, is_error=True) for line in broken)]
        return page(visit, target, shown, 400)
    if waits(visit):
        proposed = Proposed(target.title, target.address, draft.changes, tuple(read))
        await propose(visit, target.id, proposed)
        return visit.go(target.address, WAITS)
    try:
        await store(visit, draft, target.id, target.title, read, visit.name)
    except NotSaved as error:
        shown.problem = visit.t(str(error))
        return page(visit, target, shown, 503)
    return visit.go(target.address, SAVED)


async def store(
    visit: Visit, draft: Draft, id_: str, title: str, read: Sequence[str], author: str, what: str = "gelesen"
) -> None:
    """Write the draft, stamp what ``author`` has read, and note it. Raises NotSaved.

    ``what``: was done, where no field of a form says it.
    """
    # What a form empties is meant to go.
    draft = drafts.with_removals(draft, today(visit), f"{title}: in der Verwaltung entfernt")
    after = dict(draft.after)
    for language, city in [(language, city) for language in read for city in ("", city_of(visit))]:
        files = {**draft.before, **after}
        stamped = stamping.stamp(files, language, id_, author, today(visit), city=city)
        after |= {path: text.encode() for path, text in stamped.items()}
    changes = {
        path: Change(digest(draft.before[path]) if path in draft.before else "", text)
        for path, text in after.items()
        if draft.before.get(path) != text
    }
    labels = ", ".join(dict.fromkeys(clean(change.field.label, "line") for change in draft.changes)) or what
    if changes:
        await asyncio.to_thread(visit.office.shelf.save, changes, f"{title}: {labels}\n\nTopic: {id_}\n", author)
        visit.office.live.touch()

    async def nothing(_: AsyncConnection) -> bool:
        return True

    await visit.change(nothing, id_, "save")
