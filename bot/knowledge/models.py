"""The embedder that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings
from bot.engine import source
from bot.engine.e5 import E5
from bot.engine.export import Export
from bot.engine.sealed import Broken
from bot.knowledge.beside import processors
from bot.matching.embedder import Embedder, EmbedderUnavailable


def folders(settings: Settings) -> list[Path]:
    """Where the model may be, and what is made from it: what setup or the image brought, then what Lotse may write."""
    return [source.beside_python(), settings.var / "model"]


def load_model(settings: Settings) -> Embedder:
    """Raises EmbedderUnavailable, saying what to do."""
    if settings.model != "e5":
        return Export(Path(settings.model), processors())
    try:
        path = source.find(folders(settings))
    except (source.NotFetched, Broken) as error:
        raise EmbedderUnavailable(str(error)) from error
    precision = None if settings.precision == "auto" else settings.precision
    return E5(path, folders(settings), precision, processors())
