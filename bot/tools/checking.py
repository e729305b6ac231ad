"""What `lotse check` finds, city by city; what it found in the same files, on the same day, it remembers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date

from bot.config import Settings
from bot.content.load import Loaded, load
from bot.content.problems import Problem
from bot.content.scopes import BASE, SOURCE
from bot.content.units import Files
from bot.knowledge.brain import PATIENCE, Brain, catalogues
from bot.knowledge.kept import kept
from bot.knowledge.last_good import digest
from bot.knowledge.must_match import broken, confused, wanted
from bot.tools import before


class Checking:
    """Loads the model once, and only for what is not remembered."""

    def __init__(self, settings: Settings, files: Files, today: date) -> None:
        self._settings, self._files, self._today = settings, files, today
        self._mind: Brain | None = None
        self._spoken = (SOURCE, *catalogues(settings).languages)

    def problems(self, cities: Sequence[str], together: bool) -> Iterator[Problem]:
        """Every problem of ``cities``; ``together``: with Germany, whose words are then advised on once."""
        for city in (BASE, *cities) if together else cities:
            yield from self._found(city, own_only=together and city != BASE)
            yield from before.missing(self._settings, self._files, city)

    def _found(self, city: str, *, own_only: bool) -> tuple[Problem, ...]:
        root = str(self._settings.knowledge)
        read = {path: content for path, content in self._files.items() if path.split("/")[0] in (BASE, city, "laws")}
        key = f"{digest(read)} {root} {self._settings.translations} {self._today} {self._settings.model} {own_only}"
        complete = True

        def make() -> tuple[Problem, ...]:
            nonlocal complete
            loaded = load(self._files, city, root, self._today, advice="city" if own_only else True)
            compared, complete = self._compared(city, loaded)
            return (*loaded.problems, *self._without_sentences(loaded), *compared)

        places = [self._settings.cache_folder()]
        return kept(places, f"check-{city}", f"{key} {self._spoken}".encode(), make, worth=lambda _: complete)

    def _compared(self, city: str, loaded: Loaded) -> tuple[tuple[Problem, ...], bool]:
        """What the matcher makes of the questions, and whether it has learned all of them."""
        if loaded.knowledge is None:
            return (), True
        self._mind = self._mind or Brain(self._settings, PATIENCE)
        matcher = self._mind.build(loaded.knowledge)
        if left := self._mind.left:
            print(f"{city}: {left} texts are not learned yet and not compared.", file=sys.stderr)
        return (*broken(wanted(loaded), matcher.match), *confused(loaded, matcher)), not left

    def _without_sentences(self, loaded: Loaded) -> Iterator[Problem]:
        """Languages of a city in which the bot itself cannot speak."""
        for index, code in enumerate(loaded.city.city.languages if loaded.city and loaded.city.city else ()):
            if code not in self._spoken and loaded.city is not None:
                yield Problem(
                    loaded.city.place("city", at=("languages", index)),
                    f'the bot\'s own sentences are not there in "{code}": askers get those of another language.',
                    f"Run `python scripts/messages.py {code}` and translate {self._settings.translations / code}.",
                    "warning",
                )
