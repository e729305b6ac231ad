"""The knowledge and its matcher, from the settings."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from bot.config import Settings
from bot.content.model import Knowledge
from bot.knowledge.beside import processors
from bot.knowledge.folder import city_in, read_folder, read_translations
from bot.knowledge.last_good import LastGood
from bot.knowledge.live import Current, LiveKnowledge, building
from bot.knowledge.models import load_model
from bot.knowledge.vector_cache import SHIPPED, ReadOnly, VectorCache
from bot.matching.embedder import CHUNK, EmbedderUnavailable, Remembering, Text
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.matching.rows import Rows
from bot.presentation.i18n import Catalogues

log = structlog.get_logger()

PATIENCE = 64  # so many texts are learned while somebody waits: half a second
MANY_TEXTS = 200


class Brain:
    """Builds matchers: the model is loaded once, however often the knowledge changes.

    ``patience``: see ``Matcher``; what is missing then is learned by ``learn``, the newest edit first. With ``keeps``
    the first matcher is kept for the next start.
    """

    def __init__(
        self,
        settings: Settings,
        patience: int | None = None,
        cache: VectorCache | None = None,
        keeps: bool = False,
    ) -> None:
        self._cache = cache or cache_of(settings)
        self._detector = LanguageDetector(self._cache)
        self._patience, self._keeps = patience, keeps
        self.degraded = ""
        self._before: dict[str, Matcher] = {}
        self._waiting: list[Text] = []
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
        """A matcher for ``knowledge``; the first as it was kept, where one was made of the same files."""
        before = self._before.get(knowledge.city_id)
        if before is None and self._keeps and knowledge.digest:
            matcher = self._kept(knowledge, lambda: self._made(knowledge))
            if matcher.missing and self._patience is None:  # kept by somebody who did not wait, as we do
                matcher = self._made(knowledge)
        else:
            matcher = self._made(knowledge, before)
        self._before = {knowledge.city_id: matcher}
        waited = set(self._waiting)
        self._waiting = sorted(matcher.missing, key=waited.__contains__)  # what is new comes first
        return matcher

    def _made(self, knowledge: Knowledge, before: Matcher | None = None) -> Matcher:
        matcher = Matcher(knowledge, self._embedder, self._cache, self._detector, before, self._patience)
        if self._embedder is not None and before is None:
            self._embedder.keep_only(matcher.texts)
        return matcher

    def trial(self, knowledge: Knowledge) -> Matcher:
        """A matcher to be asked a few questions and dropped: nothing that runs, and nothing that is kept, changes."""
        cache = ReadOnly(self._cache)
        embedder = self._embedder.apart(cache) if self._embedder is not None else None
        before = self._before.get(knowledge.city_id)
        return Matcher(knowledge, embedder, cache, self._detector, before, self._patience)

    def keep(self, knowledge: Knowledge) -> Matcher | None:
        """Keep the matcher that was built for ``knowledge`` for the next start; the same, as it was kept."""
        matcher = self._before.get(knowledge.city_id)
        if not self._keeps or not knowledge.digest or matcher is None:
            return None
        self._before[knowledge.city_id] = kept = self._kept(knowledge, lambda: matcher)
        return kept

    def _kept(self, knowledge: Knowledge, make: Callable[[], Matcher]) -> Matcher:
        parts = {"cache": self._cache, "detector": self._detector, "embedder": self._embedder}
        model, learned = (self._embedder.name, self._embedder.count) if self._embedder else ("words", 0)
        return self._cache.kept_with(
            f"matcher-{model}-{knowledge.city_id}",
            f"{knowledge.digest} {learned}".encode(),
            make,
            {name: part for name, part in parts.items() if part is not None},
            # While somebody waits for all to be learned, more is known in the end than the key says.
            lambda _: not self._embedder or self._embedder.count == learned,
        )

    def vectors(self, texts: Sequence[Text]) -> Rows:
        """The vectors of ``texts``, which are learned."""
        assert self._embedder is not None
        return self._embedder.rows(texts)

    @property
    def left(self) -> int:
        """How many texts are not learned yet."""
        return len(self._waiting)

    @property
    def stamp(self) -> str:
        """Another one when the same knowledge may be matched otherwise."""
        return f"{self._embedder.name} {self._embedder.count} {self.left}" if self._embedder else "words"

    @property
    def state(self) -> str:
        """How matching is, for the start and for `lotse health`."""
        if self._waiting:
            return f"ok; {self.left} texts are still to learn, until then their topics are found by words"
        return self.degraded or "ok"

    def learn(self, seconds: float) -> None:
        """Learn some of what is left, for about so long, on one processor."""
        assert self._embedder is not None
        stop = time.monotonic() + seconds
        todo = self._embedder.missing(self._waiting)
        for done in self._embedder.learn(todo, at_once=1):
            self._waiting = todo[done:]
            if time.monotonic() > stop:
                return
        self._waiting = []


def cache_of(settings: Settings, kept: Path | None = None) -> VectorCache:
    """What was learned: what comes with the knowledge, what the image brought, and Lotse's own.

    ``kept``: a copy of the first, for when that is gone."""
    shipped = settings.knowledge / SHIPPED
    there = shipped if kept is None or shipped.is_dir() else kept
    return VectorCache(settings.cache_folder(), settings.cache, there, keeps=True)


def _show_progress(done: int, total: int) -> None:
    """A line on stderr while somebody waits for much to be learned."""
    if total < MANY_TEXTS:
        return
    text = f"Learning the knowledge: {done} of {total} texts"
    if sys.stderr.isatty():
        print(f"\r{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total or done % (CHUNK * 8) == 0:
        print(text, file=sys.stderr, flush=True)


def load_live(
    settings: Settings, city: str | None = None, patience: int | None = None, keeps: bool = False
) -> tuple[LiveKnowledge, Brain]:
    """The knowledge with its matcher. Raises KnowledgeError or UsageError.

    With ``keeps`` it is kept as the last good one; without, what was kept is only read.
    """
    chosen = _chosen(settings, city)
    store = LastGood.of(settings.var, settings.knowledge, chosen)
    with building():
        brain = Brain(settings, patience, cache_of(settings, store.vectors), keeps=True)
        live = LiveKnowledge(
            settings.knowledge, chosen, catalogues(settings), brain, store, keeps, baked=settings.cache
        )
        return live, brain


def _chosen(settings: Settings, city: str | None) -> str:
    """The city; where its folder is gone, the one whose last good words are there."""
    wanted = city or settings.city
    if LastGood.of(settings.var, settings.knowledge, wanted).folder.is_dir():
        return wanted
    return city_in(read_folder(settings.knowledge), city, settings.city)


def load_current(settings: Settings, city: str | None = None, patience: int | None = None) -> Current:
    """For one-off commands: what runs now. With ``patience``, a line says what is not learned yet."""
    live, brain = load_live(settings, city, patience)
    for held in live.held:
        print(f"Held back, {held.instead} instead: {held.message}", file=sys.stderr)
    if brain.left:
        print(f"Matching: {brain.state} (`lotse run` and `lotse chat` learn them).", file=sys.stderr)
    return live.current


def catalogues(settings: Settings) -> Catalogues:
    """The bot's own sentences."""
    return read_translations(settings.translations)
