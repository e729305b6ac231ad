"""The knowledge and its matcher, from the settings."""

from __future__ import annotations

import sys

import structlog

from bot.config import Settings
from bot.content.model import Knowledge
from bot.knowledge.live import Current, LiveKnowledge, city_in, read_folder, read_translations
from bot.knowledge.models import load_model, processors
from bot.knowledge.vector_cache import VectorCache
from bot.matching.embedder import BATCH, EmbedderUnavailable, Remembering
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.presentation.i18n import Catalogues

log = structlog.get_logger()

MANY_PHRASES = 200


class Brain:
    """Builds matchers: the model is loaded once, however often the knowledge changes."""

    def __init__(self, settings: Settings) -> None:
        self._cache = VectorCache(settings.var / "cache", settings.cache)
        self._detector = LanguageDetector()
        self.degraded = ""
        self._before: dict[str, Matcher] = {}
        self._embedder: Remembering | None = None
        if settings.model == "none":
            self.degraded = "matching by words alone (LOTSE_MODEL=none)"
            return
        try:
            self._embedder = Remembering(load_model(settings), self._cache, _show_progress, processors())
        except EmbedderUnavailable as error:
            self.degraded = f"matching by words alone: {error}"
            log.warning("model not available", why=self.degraded)

    def build(self, knowledge: Knowledge) -> Matcher:
        """A matcher for ``knowledge``; embeds only what is new."""
        before = self._before.get(knowledge.city_id)
        matcher = Matcher(knowledge, self._embedder, self._cache, self._detector, before)
        self._before = {knowledge.city_id: matcher}
        return matcher


def _show_progress(done: int, total: int) -> None:
    """A line on stderr while the first start learns the knowledge; an edit is too quick to be worth one."""
    if total < MANY_PHRASES:
        return
    text = f"Learning the knowledge, only this first time: {done} of {total} phrases"
    if sys.stderr.isatty():
        print(f"\r{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total or done % (BATCH * 16) == 0:
        print(text, file=sys.stderr, flush=True)


def load_live(settings: Settings, city: str | None = None) -> tuple[LiveKnowledge, Brain]:
    """The knowledge with its matcher. Raises KnowledgeError or UsageError."""
    chosen = city_in(read_folder(settings.knowledge), city, settings.city)
    brain = Brain(settings)
    return LiveKnowledge(settings.knowledge, chosen, catalogues(settings), brain.build), brain


def load_current(settings: Settings, city: str | None = None) -> Current:
    """For one-off commands: what runs now."""
    return load_live(settings, city)[0].current


def catalogues(settings: Settings) -> Catalogues:
    """The bot's own sentences."""
    return read_translations(settings.translations)
