"""Commands that bring in from other systems and give out to them."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.base import CityOption, KnowledgeOption, app, settings_of
from bot.cli.editing import PANEL, write
from bot.content.integreat import drafts
from bot.content.load import cities
from bot.content.scopes import read_scope
from bot.errors import UsageError
from bot.knowledge.brain import load_current
from bot.knowledge.folder import read_folder
from bot.presentation import jsonld
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.tools import importing
else:
    importing = Later("bot.tools.importing")

bring = typer.Typer(help="Bring in drafts from other systems.", no_args_is_help=True)
app.add_typer(bring, name="import", rich_help_panel=PANEL)
give = typer.Typer(help="Give out what the knowledge holds.", no_args_is_help=True)
app.add_typer(give, name="export", rich_help_panel=PANEL)


@bring.command("integreat")
def integreat(
    source: Annotated[str, typer.Argument(help="The region's places: .../api/v3/REGION/de/locations/, or a file.")],
    city: Annotated[str, typer.Option(help="The city that gets them.", metavar="CITY")],
    category: Annotated[list[str] | None, typer.Option(help="Only this category; may be given several times.")] = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Add an Integreat region's places (offices, counselling, hours) to a city, every field marked as unconfirmed."""
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    if city not in cities(files):
        raise UsageError(f'There is no city "{city}". There are: {", ".join(cities(files)) or "none"}.')
    taken = {*read_scope(files, "germany", "", []).places, *read_scope(files, city, "", []).places}
    found = drafts(importing.read_json(source), taken, category or ())
    path = f"{city}/places.yaml"
    if found.drafts:
        before = files.get(path, b"places:\n").decode("utf-8-sig").rstrip("\n")
        write(settings, {path: f"{before}\n{''.join(draft.text for draft in found.drafts)}"})
    for line in found.left:
        print(line, file=sys.stderr)
    print(
        f"{len(found.drafts)} places added as drafts: check each, take what is right out of `unconfirmed`, and name it "
        f"in a topic's `places`.",
        file=sys.stderr,
    )


@give.command("jsonld")
def export_jsonld(
    city: CityOption = None,
    language: Annotated[str, typer.Option(help="The language of the words.", metavar="CODE")] = "de",
    knowledge: KnowledgeOption = None,
) -> None:
    """Print offices and answers as schema.org JSON-LD, for a page of the city's own web site."""
    settings = settings_of(knowledge).model_copy(update={"model": "none"})
    current = load_current(settings, city)
    if language not in current.knowledge.languages:
        raise UsageError(f'"{language}" is not offered. There are: {", ".join(current.knowledge.languages)}.')
    print(
        json.dumps(
            jsonld.document(current.knowledge, current.composer, language, time.time()), ensure_ascii=False, indent=1
        )
    )
