"""The weights of ``bot/matching/danger.py``, from phrases and harmless texts that the detector of that turn never saw.

Four turns: three quarters of crisis.yaml's phrases, of what stands below ``calm:`` and of the topics' questions teach, the
last quarter is asked. Prints the weights of the logistic regression, and what each level would miss and alarm; copy
them by hand after ``crisis`` has been run with them: the levels are chosen on texts by others, not on these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.optimize import minimize

from bot.config import load_settings
from bot.content.model import Knowledge
from bot.knowledge import brain
from bot.knowledge.models import load_model
from bot.matching.danger import BIAS, CLASSIFIER, NEAR, WORDS, DangerDetector
from bot.matching.embedder import Learned, Remembering, Stored
from bot.matching.fold import clean_phrase
from bot.matching.meaning import Meaning
from bot.matching.phrases import OUTSIDE, Phrase, phrases_of

TURNS = 4
ORDINARY_COUNTS = 0.3  # a topic's question weighs so much beside one that only sounds like danger
LEVELS = (-2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0)
Rows = NDArray[np.float64]
_Entry = TypeVar("_Entry")


class _Nothing:
    """Remembers no classifier: every turn fits its own."""

    def load(self, name: str) -> Mapping[bytes, Stored]:
        return {}

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None: ...

    def kept(self, name: str, key: bytes, make: Any) -> Any:
        return make()

    def kept_later(self, name: str, key: bytes, make: Any, of: Any, long: bool) -> Any:
        raise NotImplementedError

    def learned(self, name: str, dimension: int) -> Learned:
        raise NotImplementedError

    def learn(self, name: str, learned: Learned) -> None:
        raise NotImplementedError

    def keep(self, name: str, dimension: int, keys: Any, spare: int) -> None: ...


def run() -> dict[str, Any]:
    """The weights in the order classifier, near, words, bias; and per level the shares missed and alarmed."""
    settings = load_settings()
    knowledge = brain.load_current(settings).knowledge
    embedder = Remembering(load_model(settings), brain.cache_of(settings))
    dangerous, calm, ordinary = _asked(knowledge, embedder)
    features = np.vstack([dangerous, calm, ordinary])
    right = np.repeat([1.0, 0.0, 0.0], [len(dangerous), len(calm), len(ordinary)])
    counts = np.repeat([1.0, 1.0, ORDINARY_COUNTS], [len(dangerous), len(calm), len(ordinary)])
    weights = _regression(features, right, counts)
    figures: dict[str, Any] = {
        "weights": weights.round(3).tolist(),
        "now": [CLASSIFIER, NEAR, WORDS, BIAS],
        "levels": {},
    }
    table = Table("level", "missed", "alarms: calm", "alarms: topics")
    for level in LEVELS:
        shares = [float((rows @ weights[:3] + weights[3] >= level).mean()) for rows in (dangerous, calm, ordinary)]
        figures["levels"][str(level)] = [round(1 - shares[0], 4), *(round(share, 4) for share in shares[1:])]
        table.add_row(str(level), f"{1 - shares[0]:.1%}", f"{shares[1]:.1%}", f"{shares[2]:.1%}")
    console = Console()
    console.print(table)
    console.print(f"classifier, near, words, bias: {figures['weights']}; in use: {figures['now']}")
    return figures


def _asked(knowledge: Knowledge, embedder: Remembering) -> tuple[Rows, Rows, Rows]:
    """The three signals of every dangerous phrase, calm text and topic's question, each asked unseen."""
    phrases = [(text, entry.topic) for entry in knowledge.crisis for texts in entry.phrases.values() for text in texts]
    calm = [Phrase(clean_phrase(text), code, OUTSIDE) for code, texts in knowledge.calm.items() for text in texts]
    ordinary = [phrase for phrase in phrases_of(knowledge) if phrase.topic not in {kind for _, kind in phrases}]
    found: list[list[tuple[float, float, float]]] = [[], [], []]
    for turn in range(TURNS):
        taught: dict[str, list[str]] = {}
        for text, kind in _others(phrases, turn):
            taught.setdefault(kind, []).append(text)
        known = _others(ordinary, turn)
        meaning = Meaning(embedder, [phrase.text for phrase in known])
        detector = DangerDetector(taught)
        detector.learn(known, _others(calm, turn), meaning, _Nothing(), "crisis-fit")
        asked = (
            [text for text, _ in phrases[turn::TURNS]],
            [phrase.text for phrase in calm[turn::TURNS]],
            [phrase.text for phrase in ordinary[turn::TURNS]],
        )
        for rows, texts in zip(found, asked, strict=True):
            cleaned = [clean_phrase(text) for text in texts]
            rows += [detector.parts(text, seen) for text, seen in zip(cleaned, meaning.look(cleaned), strict=True)]
    return np.array(found[0]), np.array(found[1]), np.array(found[2])


def _others(entries: Sequence[_Entry], turn: int) -> list[_Entry]:
    return [entry for place, entry in enumerate(entries) if place % TURNS != turn]


def _regression(features: Rows, right: Rows, counts: Rows) -> Rows:
    """Weights and bias by maximum likelihood."""

    def loss(values: Rows) -> float:
        raw = features @ values[:3] + values[3]
        return float((counts * np.logaddexp(0, np.where(right > 0, -raw, raw))).sum() / counts.sum())

    return np.asarray(minimize(loss, np.array([CLASSIFIER, NEAR, WORDS, BIAS]), method="L-BFGS-B").x)
