"""Fit bot/matching/calibration.json on the development questions; the test questions are never looked at.

Three steps: how the signals add up to a score (conditional logit), how the score's features become a probability
(logistic regression), and from which probability on to answer and to ask back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
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
from bot.matching.matcher import Matcher
from bot.matching.phrases import phrases_of
from bot.tools.evaluation import Labelled

FILE = Path(__file__).parent.parent / "bot" / "matching" / "calibration.json"
PRECISION = 0.98  # of the answers on dev, so many must be right: a point above the promise, for dev flatters the fit
OUTSIDE = 0.03  # of dev's questions that are not ours, at most so many may be answered
WEIGHED: dict[Mode, tuple[str, ...]] = {
    "e5": ("logits", "similarity", "passages", "ngrams", "ratios", "texts"),
    "lexical": ("ngrams", "ratios", "texts"),
}
ASK_BACK: dict[Mode, float] = {
    "e5": 0.25,
    "lexical": 0.35,
}  # below this the best topic is right too seldom to be worth asking


def run() -> dict[str, Any]:
    """Fit both modes, write the file, give the new values."""
    dev = labelled.split(labelled.load(editors=True))[0]
    for name in fresh.SETS:
        dev += fresh.questions(name)[0]
    _write_centres()
    found: dict[str, Any] = {}
    modes: tuple[Mode, ...] = ("e5", "lexical")
    for mode in modes:
        settings = load_settings(model="e5" if mode == "e5" else "none")
        current = brain.load_current(settings)
        known = {language for topic in current.knowledge.topics.values() for language in topic.words}
        lines = [line for line in dev if line.language in known]
        found[mode] = asdict(_fit(current.matcher, lines, Calibration.load(mode), mode))
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))
    return found


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


def _fit(matcher: Matcher, lines: list[Labelled], before: Calibration, mode: Mode) -> Calibration:
    signals = [matcher.signals(matcher.read(line.question)) for line in lines]
    fitted = _fit_scores(signals, lines, before, mode)
    rows = np.array([features(found, combine(found, fitted)) for found in signals])
    right = np.array([_right(found, line, fitted) for found, line in zip(signals, lines, strict=True)])
    weights, bias = _fit_confidence(rows, right)
    fitted = replace(fitted, weights=tuple(weights.tolist()), bias=bias)
    confidence = 1 / (1 + np.exp(-(rows @ weights + bias)))
    ours = np.array([bool(line.right) for line in lines])
    return replace(fitted, answer=_threshold(confidence, right, ours), clarify=ASK_BACK[mode])


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


def _threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], ours: NDArray[np.bool_]) -> float:
    """The lowest probability that keeps both promises on dev."""
    for threshold in np.arange(0.3, 0.99, 0.01):
        answered = confidence >= threshold
        mine = answered & ours
        if not mine.any():
            break
        precision = float(right[mine].mean())
        strangers = float(answered[~ours].mean()) if (~ours).any() else 0.0
        if precision >= PRECISION and strangers <= OUTSIDE:
            return round(float(threshold), 3)
    return 0.95
