"""Commands about the model: where it is, and fetching it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.base import KnowledgeOption, app, settings_of
from bot.engine import source
from bot.engine.processor import multiplies_bytes
from bot.engine.sealed import Broken
from bot.errors import LotseError
from bot.knowledge import models
from bot.knowledge.vector_cache import SHIPPED
from bot.matching.embedder import EmbedderUnavailable
from bot.tools import vectors as files

model = typer.Typer(help="The model that compares meanings.", invoke_without_command=True, no_args_is_help=False)


app.add_typer(model, name="model", rich_help_panel="For operators and the office")


@model.callback()
def show(context: typer.Context) -> None:
    """Say where the model is, where it comes from, and how it computes here; exit code 1 when it cannot be used."""
    if context.invoked_subcommand:
        return
    settings = settings_of()
    if settings.model == "none":
        print("No model: LOTSE_MODEL=none, matching by words alone.")
        return
    if settings.model == "e5":
        print(f"Comes from: {source.REQUIREMENT} on the package index, sha256 {source.WHEEL_HASH}")
        print(f"Looked for in: {', '.join(map(str, models.folders(settings)))}")
    bytes_ = "multiplies bytes itself (VNNI)" if multiplies_bytes() else "does not multiply bytes itself (no VNNI)"
    try:
        found = models.load_model(settings)
    except EmbedderUnavailable as error:
        raise LotseError(str(error)) from error
    print(f"Found: {found.name}, {getattr(found, 'precision', 'as exported')}; this processor {bytes_}.")


@app.command(rich_help_panel="For editors")
def vectors(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if too many are missing.")
    ] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Learn the knowledge and put what was learned beside it, so that whoever starts Lotse next need not wait."""
    settings = settings_of(knowledge)
    if not check:
        count, new, written = files.make(settings)
        print(f"{count} texts, {new} of them new; {len(written)} files written in {settings.knowledge / SHIPPED}.")
        return
    count, missing = files.missing(settings)
    print(f"{missing} of {count} texts have no vector in {settings.knowledge / SHIPPED}.")
    if missing > files.ENOUGH * count:
        raise LotseError(f"More than {files.ENOUGH:.0%} of the texts are not learned: run `make vectors`.")


@model.command()
def fetch(
    wheel: Annotated[Path | None, typer.Option(help="The wheel, if it is here already.", metavar="FILE")] = None,
) -> None:
    """Fetch the model (90 MB) and unpack it (72 MB); nothing to do when it is there."""
    settings = settings_of()
    settings.cache_folder()  # the model comes beside it
    folders = models.folders(settings)
    try:
        print(source.find(folders))
    except (source.NotFetched, Broken):
        print(f"Fetching the model ({source.REQUIREMENT}, 90 MB) ...", file=sys.stderr)
        try:
            print(source.fetch(folders, wheel))
        except source.NotFetched as error:
            raise LotseError(str(error)) from error
