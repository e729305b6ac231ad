"""From signals to a calibrated probability, and from that to answer, clarify or handover.

The weights are fitted by ``python -m benchmarks calibrate`` on the development questions and stored in
calibration.json: one set for the whole matcher, one for matching by words alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.matching.classifier import softmax
from bot.matching.match import Choice, Outcome

Scores = NDArray[np.float64]
Mode = Literal["e5", "lexical"]

FEATURES = ("share", "margin", "outside", "similarity", "passage", "ngrams", "ratio", "short")
MAX_CHOICES = 5
FADE = 0.8  # so much less does a title alone count, for a topic without example questions


@dataclass(frozen=True)
class Signals:
    """What speaks for each topic, in the order of ``topics``, and last what speaks for "not ours".

    ``logits`` of the classifier, ``similarity`` and ``passages`` the best cosine to a phrase and to a part of the
    answer, ``ngrams``, ``ratios`` and ``texts`` from 0 to 1, ``bayes`` about 0. Without the model the first
    three are zeros. ``untaught`` is 1 for a topic without example questions and 0 for one with enough of them.
    """

    topics: tuple[str, ...]
    logits: Scores
    similarity: Scores
    passages: Scores
    ngrams: Scores
    ratios: Scores
    texts: Scores
    bayes: Scores
    untaught: Scores
    words: int

    def by_words(self) -> Signals:
        """As without the model."""
        none = np.zeros_like(self.logits)
        return replace(self, logits=none, similarity=none, passages=none)


@dataclass(frozen=True)
class Calibration:
    """How signals are weighed; ``untaught_*`` count besides for topics without example questions.

    ``answer`` and ``clarify`` are the probabilities from which on each is done.
    """

    logits: float
    ngrams: float
    ratios: float
    similarity: float
    passages: float
    texts: float
    bayes: float
    untaught_passages: float
    untaught_texts: float
    weights: tuple[float, ...]
    bias: float
    answer: float
    clarify: float

    @classmethod
    def load(cls, mode: Mode) -> Calibration:
        """The shipped calibration."""
        text = files("bot.matching").joinpath("calibration.json").read_text(encoding="utf-8")
        raw = json.loads(text)[mode]
        return cls(**{**raw, "weights": tuple(raw["weights"])})


def combine(signals: Signals, calibration: Calibration) -> Scores:
    """One score a topic and one for "not ours"; their softmax is a first guess at probabilities."""
    fade = 1 - FADE * signals.untaught
    taught = (
        calibration.logits * signals.logits
        + calibration.similarity * signals.similarity
        + calibration.ngrams * signals.ngrams
        + calibration.ratios * signals.ratios
        + calibration.bayes * signals.bayes
    )
    return (
        fade * taught
        + (calibration.passages + calibration.untaught_passages * signals.untaught) * signals.passages
        + (calibration.texts + calibration.untaught_texts * signals.untaught) * signals.texts
    )


def features(signals: Signals, scores: Scores) -> NDArray[np.float64]:
    """What the probability of the best topic is computed from; see ``FEATURES``."""
    ours = scores[:-1]
    best = int(ours.argmax())
    others = np.delete(ours, best)
    margin = float(ours[best] - others.max()) if others.size else 8.0
    share = float(softmax(scores)[best])
    return np.array(
        [
            np.log(share + 1e-6),
            min(margin, 8.0),
            min(max(float(ours[best] - scores[-1]), -8.0), 8.0),
            float(signals.similarity[best]),
            float(signals.passages[best]),
            float(signals.ngrams[best]),
            float(signals.ratios[best]),
            1.0 if signals.words <= 2 else 0.0,
        ]
    )


def decide(signals: Signals, calibration: Calibration) -> tuple[Outcome, tuple[Choice, ...]]:
    """The outcome, and the choices with their probabilities, best first."""
    if not signals.topics:
        return "handover", ()
    scores = combine(signals, calibration)
    raw = float(np.dot(calibration.weights, features(signals, scores)) + calibration.bias)
    best = float(1 / (1 + np.exp(-raw)))
    shares = softmax(scores)
    order = np.argsort(-scores[:-1], kind="stable")[:MAX_CHOICES]
    # What the best topic leaves is shared out among the others by their score.
    rest = max(1 - float(shares[order[0]]), 1e-9)
    choices = [Choice(signals.topics[order[0]], round(best, 4))]
    for index in order[1:]:
        share = min((1 - best) * float(shares[index]) / rest, best)
        choices.append(Choice(signals.topics[index], round(share, 4)))
    if best >= calibration.answer:
        return "answer", tuple(choices)
    if best >= calibration.clarify:
        return "clarify", tuple(choices)
    return "handover", tuple(choices)
