"""A form's words before they are saved: the files as they would be, what is wrong with them, how they would look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from bot.console.checking import Fault, faults
from bot.console.entries import Changed, Entry, compare, written
from bot.content import removal
from bot.content.german import worded
from bot.content.load import Germany, cities, load, read_germany
from bot.content.model import Knowledge
from bot.content.problems import gathered
from bot.content.scopes import BASE
from bot.content.yaml_edit import CannotEdit
from bot.conversation import screens
from bot.conversation.events import PlaceCard, Say
from bot.presentation.compose import Composer
from bot.presentation.i18n import RIGHT_TO_LEFT, Catalogues, own_name
from bot.presentation.render import web
from bot.web.languages import html_code


@dataclass(frozen=True)
class Draft:
    """``changes``: what the form changes. ``moved``: of that, what somebody else has changed since. ``after``: the
    files that change. ``fault``: why they cannot be written, German."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    changes: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    fault: str = ""

    @property
    def files(self) -> dict[str, bytes]:
        """All files, with the changes."""
        return {**self.before, **self.after}


def draft_of(files: Mapping[str, bytes], entries: Sequence[Entry], form: Mapping[str, str]) -> Draft:
    """What a form makes of the files."""
    changes: list[Changed] = []
    moved: list[Changed] = []
    for entry in entries:
        mine, theirs = compare(entry, form)
        changes += mine
        moved += theirs
    return with_changes(files, changes, moved)


def with_changes(files: Mapping[str, bytes], changes: Sequence[Changed], moved: Sequence[Changed] = ()) -> Draft:
    """The files with these changes."""
    try:
        return Draft(files, written(files, changes), tuple(changes), tuple(moved))
    except CannotEdit:
        fault = "Diese Änderung lässt sich nicht in die Datei schreiben. Bitten Sie Ihre IT-Stelle um Hilfe."
        return Draft(files, {}, tuple(changes), tuple(moved), fault)


def faults_of(draft: Draft, entries: Sequence[Entry], city: str, today: date, language: str) -> list[Fault]:
    """The messages of `lotse check` for it."""
    found = faults(draft.files, entries, city, today, language)
    return [Fault("", "", draft.fault, is_error=True), *found] if draft.fault else found


@dataclass(frozen=True)
class Phone:
    """One language's messages as a phone shows them: the answer, then its sections. ``buttons``: of the answer."""

    language: str
    tag: str
    name: str
    direction: str
    messages: tuple[Markup, ...]
    buttons: tuple[str, ...]


def phones(
    draft: Draft, city: str, catalogues: Catalogues, now: float, first: Sequence[str], topic: str = "", place: str = ""
) -> list[Phone]:
    """The draft as people would read it, by the composer that answers them; the languages in ``first`` first.

    Empty while the files have errors.
    """
    knowledge = load(draft.files, city, advice=False).knowledge
    if knowledge is None:
        return []
    composer = Composer(knowledge, catalogues)
    order = sorted(knowledge.languages, key=lambda code: list(first).index(code) if code in first else len(first))
    return [_phone(composer, knowledge, language, now, topic, place) for language in order]


def _phone(composer: Composer, knowledge: Knowledge, language: str, now: float, topic: str, place: str) -> Phone:
    says: list[Say] = []
    if topic in knowledge.topics:
        found = knowledge.topics[topic]
        says = [screens.answer(found, knowledge)]
        says += [screens.answer(found, knowledge, section) for section in screens.sections(found)]
    elif place in knowledge.places:
        says = [Say((PlaceCard(place),))]
    messages = [composer.compose(say, language, now=now) for say in says]
    buttons = tuple(label.text for row in messages[0].buttons for label in row) if messages else ()
    return Phone(
        language,
        html_code(language),
        own_name(language),
        "rtl" if language in RIGHT_TO_LEFT else "ltr",
        tuple(Markup(web(message.blocks)) for message in messages),  # noqa: S704 # rendered and escaped by us
        buttons,
    )


def with_removals(draft: Draft, day: date, why: str) -> Draft:
    """The same, with a note of each text that it empties: without one it would be taken for a mistake and held back."""
    noted = removal.noted(draft.files, draft.before, day, why)
    return replace(draft, after={**draft.after, **{path: text.encode() for path, text in noted.items()}})


def new_errors(draft: Draft, city: str, language: str = "de", germany: Germany | None = None) -> list[str]:
    """What would stop this city's knowledge from running that does not stop it now. ``germany``: of the draft."""
    found = load(draft.files, city, advice=False, germany=germany).errors
    known = {str(problem) for problem in load(draft.before, city, advice=False).errors} if found else set()
    new = gathered(problem for problem in found if str(problem) not in known)
    return [f"{problem.place}: {' '.join(worded(problem, language))}" for problem in new]


def errors_of(draft: Draft, city: str, language: str = "de") -> list[str]:
    """The same; where the words are Germany's, also of every other city whose texts are here, with its id before it."""
    germany = read_germany(draft.files)
    found = new_errors(draft, city, language, germany)
    if any(path.startswith(f"{BASE}/") for path in draft.after):
        for other in cities(draft.files):
            if other != city:
                new = new_errors(draft, other, language, germany)
                found += [f"{other}: {error}" for error in new if error not in found]
    return found
