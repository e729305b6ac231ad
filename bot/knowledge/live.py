"""The knowledge that is running now, and its replacement when the files change.

What has errors is held back by itself (``content.effective``): its last good words stay, also over a restart, and all
else goes live at once.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from bot.content.effective import Held, effective, of_city
from bot.content.german import worded
from bot.content.model import Knowledge
from bot.content.problems import Problem, gathered
from bot.conversation import screens
from bot.errors import KnowledgeError, UsageError
from bot.knowledge.folder import fingerprint, read_folder
from bot.knowledge.kept import kept
from bot.knowledge.last_good import Kept, LastGood, digest
from bot.knowledge.memory import give_back
from bot.knowledge.must_match import Wanted, broken, wanted
from bot.knowledge.vector_cache import SHIPPED
from bot.matching.matcher import Matcher
from bot.presentation.compose import Composer
from bot.presentation.i18n import Catalogues

log = structlog.get_logger()

LEARN_SECONDS = 2.0  # then files are looked at again: the newest edit is learned first
COUNT_SECONDS = 60.0
REST_SECONDS = 60.0  # without an edit, after which what was made of the last is kept for the next start


@dataclass(frozen=True)
class Read:
    """What came of the files: ``knowledge`` is None only where nothing can run. Without the documents they are."""

    files: Mapping[str, bytes]
    knowledge: Knowledge | None
    held: tuple[Held, ...]
    problems: tuple[Problem, ...]
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Current:
    """Everything that changes together when an editor saves."""

    knowledge: Knowledge
    matcher: Matcher
    composer: Composer


class Mind(Protocol):
    """Makes a matcher for a knowledge (it takes a second or so), and learns what that one does not know yet."""

    @property
    def left(self) -> int:
        """How many texts are still to learn."""

    @property
    def stamp(self) -> str:
        """Another one when the same knowledge may be matched otherwise."""

    def build(self, knowledge: Knowledge) -> Matcher: ...

    def trial(self, knowledge: Knowledge) -> Matcher:
        """One to be asked a few questions and dropped, that leaves no trace."""

    def learn(self, seconds: float) -> None:
        """Learn some of them, for about so long."""

    def keep(self, knowledge: Knowledge) -> Matcher | None:
        """Keep the matcher that was built for ``knowledge`` for the next start; the same, as it was kept."""


@dataclass(frozen=True)
class HeldBack:
    """What does not run as an editor wrote it. ``language`` and ``topic`` are "" where a whole file is meant.

    ``message``: as `lotse check` says it; ``german``: the same for people who see no files.
    """

    file: str
    topic: str
    language: str
    since: float
    instead: str
    message: str
    german: str


class LiveKnowledge:
    """Holds ``current`` and replaces it."""

    def __init__(
        self,
        folder: Path,
        city: str,
        catalogues: Catalogues,
        mind: Mind,
        store: LastGood | None = None,
        keeps: bool = False,
        clock: Callable[[], float] = time.time,
        baked: Path | None = None,
    ) -> None:
        """``store``: where a start finds what last ran; with ``keeps`` what runs is written there.

        ``baked``: where an image has what was made of the knowledge that it brings.
        """
        self._folder, self._city, self._catalogues = folder, city, catalogues
        self._mind, self._store, self._keeps, self._clock = mind, store, keeps, clock
        self._rebuilt = time.monotonic()
        self._touched = asyncio.Event()
        self._places = [*([store.folder] if store else []), *([baked] if baked else [])]
        self._seen = fingerprint(folder)
        self._last = store.read() if store else Kept()
        self.problems: tuple[Problem, ...] = ()
        self._misled: tuple[Problem, ...] = ()
        self.held: tuple[HeldBack, ...] = ()
        knowledge, found = self._read()
        self._keep(found)
        self.current = self._made(knowledge)
        self._unkept = False
        self._ask_again()

    def _read(self) -> tuple[Knowledge, Read]:
        """What runs of the files, to be kept then. Raises KnowledgeError with every problem, where nothing can run."""
        try:
            files = read_folder(self._folder)
        except UsageError:
            if not self._last.files:
                raise
            files = {}
        found = self._effective(files)
        self.problems, self._wanted = (*found.problems, *self._misled), found.wanted
        if found.knowledge is None:
            raise KnowledgeError([str(problem) for problem in gathered(found.problems) if problem.is_error])
        return found.knowledge, found

    def _made(self, knowledge: Knowledge) -> Current:
        return Current(knowledge, self._mind.build(knowledge), Composer(knowledge, self._catalogues))

    def trial(self, files: Mapping[str, bytes]) -> Current | None:
        """What would answer if these were the files; None where nothing of them could run. What runs stays untouched.

        Takes as long as a reload: call it off the event loop.
        """
        knowledge = effective(files, self._last.files, self._city, str(self._folder)).loaded.knowledge
        if knowledge is None:
            return None
        if knowledge.digest == self.current.knowledge.digest:
            return self.current
        return Current(knowledge, self._mind.trial(knowledge), Composer(knowledge, self._catalogues))

    def _ask_again(self) -> None:
        """The questions that must match; a single command does without, for it asks one of its own."""
        if not self._keeps and self._store is not None:
            return
        misled = self._misled_now()
        if misled:
            log.warning("questions that must match do not:\n" + "\n".join(str(problem) for problem in misled))
        known = tuple(problem for problem in self.problems if problem not in self._misled)
        self.problems, self._misled = (*known, *misled), misled

    def _misled_now(self) -> tuple[Problem, ...]:
        def make() -> tuple[Problem, ...]:
            return tuple(broken(self._wanted, self.current.matcher.match))

        if self._store is None:
            return make()
        key = f"{self.current.knowledge.digest} {self._mind.stamp}".encode()
        return kept(self._places, f"misled-{self._city}", key, make)

    def _effective(self, files: Mapping[str, bytes]) -> Read:
        """What runs of ``files``; at a start as it was found out before, where nothing has changed since."""
        root, last = str(self._folder), self._last.files
        # What has not changed is the same object: one copy of it, and what was made of it is found at once.
        files = {path: last[path] if last.get(path) == content else content for path, content in files.items()}

        def make() -> Read:
            found = effective(files, last, self._city, root)
            loaded = found.loaded
            return Read(found.files, loaded.knowledge, found.held, found.problems, tuple(wanted(loaded)))

        if self._store is None:
            return make()
        self._key = f"{root} {self._city} {digest(files)}".encode()
        if hasattr(self, "current"):
            return make()
        # Where nothing is held back, it is the same whether these words ran before or none did.
        same = not last or last == of_city(files, self._city)
        return kept(
            self._places, f"read-{self._city}", self._key + (b"" if same else digest(last).encode()), make,
            worth=lambda found: found.knowledge is not None and not (same and found.held),
        )  # fmt: skip

    def _keep_made(self) -> None:
        """What was made of an edit, as the next start would make it: a start after one takes a fifth so long."""
        self._unkept = False
        with building():
            if not self._read_last.held:
                kept(self._places, f"read-{self._city}", self._key, lambda: self._read_last)
            if matcher := self._mind.keep(self.current.knowledge):
                self.current = replace(self.current, matcher=matcher)  # which lies in the file, not in our memory
        tidy()

    def _keep(self, found: Read) -> None:
        """Note what is held back and since when, and what the next start may fall back on."""
        since = {str(held.unit): self._last.since.get(str(held.unit), self._clock()) for held in found.held}
        now = tuple(_held_back(held, since[str(held.unit)]) for held in found.held)
        if now != self.held:
            for one in sorted(set(now) - set(self.held), key=lambda one: (one.file, one.topic, one.language)):
                log.error("held back", topic=one.topic, language=one.language, instead=one.instead, why=one.message)
            if not now:
                log.info("nothing is held back any more")
        kept = Kept(found.files, since)
        if self._keeps and self._store is not None and kept != self._last:
            self._store.keep(kept, self._folder / SHIPPED)
        self._last, self.held = kept, now

    def reload(self) -> bool:
        """Load again if a file changed, else learn what is left; True when something new runs."""
        now = fingerprint(self._folder)
        if now == self._seen:
            if self._unkept and not self._mind.left and time.monotonic() > self._rebuilt + REST_SECONDS:
                self._keep_made()
            return self._learn()
        self._seen = now
        return self._replace()

    def _learn(self) -> bool:
        """Learn some of what is left; True when it begins to count, which is at the end and once a minute."""
        if not self._mind.left:
            return False
        self._mind.learn(LEARN_SECONDS)
        if self._mind.left and time.monotonic() < self._rebuilt + COUNT_SECONDS:
            return False
        return self._replace(learned=True)

    def _replace(self, *, learned: bool = False) -> bool:
        with building():
            return self._replaced(learned)

    def _replaced(self, learned: bool) -> bool:
        started = time.perf_counter()
        try:
            knowledge, found = self._read()
        except (KnowledgeError, UsageError, OSError) as error:
            log.error(f"knowledge has errors, the old one keeps running:\n{error}")
            return False
        same = knowledge.digest == self.current.knowledge.digest  # all that was changed is held back
        if not same and _within(self.current.knowledge) == _within(knowledge):
            # What people read is there at once; a matcher takes a second more, and what the old one finds is there.
            self.current = Current(knowledge, self.current.matcher, Composer(knowledge, self._catalogues))
        self._keep(found)
        if same and not learned:
            return False
        self.current = self._made(knowledge)
        self._rebuilt, self._read_last, self._unkept = time.monotonic(), found, self._keeps and self._store is not None
        log.info("knowledge reloaded", seconds=round(time.perf_counter() - started, 2), to_learn=self._mind.left)
        self._ask_again()
        return True

    def templates(self) -> dict[str, dict[str, str]]:
        """The office's templates: folded name to language to text. Read when asked for: they are few and small.

        ``CITY/vorlagen/NAME.txt`` is German, ``NAME.uk.txt`` Ukrainian; one without German words does not count.
        """
        found: dict[str, dict[str, str]] = {}
        for path in sorted((self._folder / self._city / "vorlagen").glob("*.txt")):
            name, _, language = path.stem.partition(".")
            try:
                text = path.read_bytes().decode("utf-8-sig").strip()
            except (OSError, UnicodeError) as error:
                log.error("a template cannot be read", name=path.name, error=type(error).__name__)
                continue
            if text:
                found.setdefault(name.casefold(), {})[language or "de"] = text
        return {name: words for name, words in found.items() if "de" in words}

    def touch(self) -> None:
        """A file was changed just now: whoever watches need not wait."""
        self._touched.set()

    async def watch(self, seconds: float = 1.0) -> None:
        """Reload for ever, off the event loop, whenever a file changes."""
        await asyncio.to_thread(tidy)
        while True:
            with suppress(TimeoutError):  # asyncio.wait_for of Python 3.11 may not end when it is told to
                async with asyncio.timeout(seconds):
                    await self._touched.wait()
            self._touched.clear()
            try:
                if await asyncio.to_thread(self.reload):
                    await asyncio.to_thread(tidy)
            except Exception as error:  # whatever it is, the old knowledge runs and the next change is seen
                log.exception("knowledge not reloaded, the old one keeps running", error=type(error).__name__)


@contextmanager
def building() -> Iterator[None]:
    """Nothing of what is built here is garbage, and looking for it takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def tidy() -> None:
    """Give back what making the knowledge left; nor is what is there now looked through again while people wait."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_back()


def _within(knowledge: Knowledge) -> dict[str, object]:
    """All that a matcher may find in it, and a composer then looks up."""
    return {topic.id: (screens.sections(topic), topic.see) for topic in knowledge.topics.values()}


def _held_back(held: Held, since: float) -> HeldBack:
    unit, problem = held.unit, held.problem
    topic = "" if unit.kind == "file" else unit.id
    german = f"{problem.place}: {' '.join(worded(problem))}"
    return HeldBack(problem.place.path, topic, unit.language, since, held.instead, str(problem), german)
