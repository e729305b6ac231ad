"""Fit bot/matching/calibration.json on the development questions; the test questions are never looked at.

Each set is asked of the knowledge as it was before its development half was read (``UNREAD``): once phrases were
written after its questions, they are found too easily to show what a signal is worth for questions nobody has seen.

Two steps: how the signals add up to a score (conditional logit), and how the score's features become a probability
(logistic regression). From which probability on to answer stays as it is: what each level would do is printed.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks import fresh, labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.knowledge.models import load_model
from bot.knowledge.vector_cache import VectorCache
from bot.matching.decide import FEATURES, Calibration, Mode, Signals, combine, features
from bot.matching.embedder import Remembering
from bot.matching.phrases import phrases_of
from bot.tools.evaluation import Labelled

ROOT = Path(__file__).parent.parent
FILE = ROOT / "bot" / "matching" / "calibration.json"
UNREAD = {"questions": "b9aae56", "fresh": "b64e430", "second": "d98bc54", "third": "008688e"}
WEIGHED: dict[Mode, tuple[str, ...]] = {
    "e5": ("logits", "similarity", "passages", "ngrams", "ratios", "texts", "bayes"),
    "lexical": ("ngrams", "ratios", "texts"),  # with ``bayes`` a small knowledge is sure of stray words
}
ASK_BACK: dict[Mode, float] = {
    "e5": 0.25,
    "lexical": 0.35,
}  # below this the best topic is right too seldom to be worth asking


def run() -> dict[str, Any]:
    """Fit both modes, write the file, give the new values."""
    sets = {"questions": labelled.split(labelled.load(editors=True))[0]}
    sets |= {name: fresh.questions(name)[0] for name in fresh.SETS}
    _write_centres()
    found: dict[str, Any] = {}
    modes: tuple[Mode, ...] = ("e5", "lexical")
    for mode in modes:
        asked = [one for name, lines in sets.items() for one in _ask(lines, UNREAD[name], mode)]
        found[mode] = asdict(_fit(asked, Calibration.load(mode), mode))
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))
    return found


def _ask(lines: list[Labelled], revision: str, mode: Mode) -> list[tuple[Signals, Labelled]]:
    """What the knowledge of that commit makes of the questions in languages that it speaks."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", revision, "knowledge"], check=True, capture_output=True, cwd=ROOT)
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
            files.extractall(folder, filter="data")
        there = Path(folder)
        settings = load_settings(
            model="e5" if mode == "e5" else "none", knowledge=there / "knowledge", var=there / "var"
        )
        current = brain.load_current(settings)
        known = {language for topic in current.knowledge.topics.values() for language in topic.words}
        matcher = current.matcher
        return [(matcher.signals(matcher.read(line.question)), line) for line in lines if line.language in known]


def _write_centres() -> None:
    """The middle of each language's example questions and of what is not ours."""
    settings = load_settings()
    knowledge = brain.load_current(settings).knowledge
    embedder = Remembering(load_model(settings), VectorCache(settings.var / "cache", settings.cache))
    texts: dict[str, list[str]] = {}
    for phrase in phrases_of(knowledge):
        texts.setdefault(phrase.language, []).append(phrase.text)
    languages = sorted(texts)
    centres = np.array([embedder.embed(texts[language]).mean(axis=0) for language in languages], dtype=np.float16)
    np.savez(FILE.with_name("centres.npz"), languages=np.array(languages), centres=centres)


def _fit(asked: list[tuple[Signals, Labelled]], before: Calibration, mode: Mode) -> Calibration:
    signals, lines = [found for found, _ in asked], [line for _, line in asked]
    fitted = _fit_scores(signals, lines, before, mode)
    rows = np.array([features(found, combine(found, fitted)) for found in signals])
    right = np.array([_right(found, line, fitted) for found, line in zip(signals, lines, strict=True)])
    weights, bias = _fit_confidence(rows, right)
    fitted = replace(fitted, weights=tuple(weights.tolist()), bias=bias)
    confidence = 1 / (1 + np.exp(-(rows @ weights + bias)))
    ours = np.array([bool(line.right) for line in lines])
    print(f"{mode}, by level: answered, right of these, answered of what is not ours")
    _print_levels(confidence, right, ours)
    return replace(fitted, clarify=ASK_BACK[mode])


def _fit_confidence(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Logistic regression in which nothing that speaks for a topic may count against it: in a small knowledge, where
    the features lie elsewhere than here, such weights would turn nonsense into confidence."""

    def loss(values: NDArray[np.float64]) -> float:
        raw = rows @ values[:-1] + values[-1]
        return float(np.logaddexp(0, np.where(right, -raw, raw)).mean() + 5e-4 * np.square(values[:-1]).sum())

    # Two words say little: that may only count against a topic.
    bounds = [(None, 0) if name == "short" else (0, None) for name in FEATURES] + [(None, None)]
    best = minimize(loss, np.zeros(len(FEATURES) + 1), method="L-BFGS-B", bounds=bounds).x
    return np.round(best[:-1], 4), round(float(best[-1]), 4)


def _right(found: Signals, line: Labelled, calibration: Calibration) -> bool:
    return found.topics[int(combine(found, calibration)[:-1].argmax())] in line.right


def _fit_scores(signals: list[Signals], lines: list[Labelled], before: Calibration, mode: Mode) -> Calibration:
    """The signals' weights, by maximum likelihood."""

    def loss(weights: NDArray[np.float64]) -> float:
        trial = _with(before, weights, mode)
        total = 0.0
        for found, line in zip(signals, lines, strict=True):
            scores = combine(found, trial)
            log = scores - np.logaddexp.reduce(scores)
            wanted = [found.topics.index(topic) for topic in line.right if topic in found.topics] or [-1]
            total -= float(np.logaddexp.reduce(log[wanted]))
        return total / len(lines) + 1e-4 * float(np.square(weights).sum())

    names = WEIGHED[mode]
    start = np.array([getattr(before, name) or 1.0 for name in names])
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(0.05 if name == "logits" else 0, 60) for name in names])
    return _with(before, np.round(best.x, 3), mode)


def _with(before: Calibration, weights: NDArray[np.float64], mode: Mode) -> Calibration:
    return replace(before, **dict(zip(WEIGHED[mode], weights.tolist(), strict=True)))


def _print_levels(confidence: NDArray[np.float64], right: NDArray[np.bool_], ours: NDArray[np.bool_]) -> None:
    """From which probability on to answer is chosen by people: what each level would do."""
    for level in np.arange(0.7, 0.97, 0.02):
        answered = confidence >= level
        shares = answered[ours].mean(), right[answered & ours].mean(), answered[~ours].mean()
        print(f"{level:.2f}: " + ", ".join(f"{100 * share:.1f} %" for share in shares))
