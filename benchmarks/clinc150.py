"""CLINC150 (Larson et al. 2019): 150 intents and questions that are none of them, on val, with ten and all examples.

One threshold on the confidence decides both figures: of the questions in scope, how many get their own intent with at
least that confidence; of those out of scope, how many get less. It is set where 85 % of the latter are recognised.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import corpora

RECALL = 0.85
# Table 2 of the paper, all examples: in-scope accuracy, out-of-scope recall.
PAPER = {"Rasa": (91.5, 45.3), "DialogFlow": (91.7, 14.0), "BERT": (96.9, 40.3)}


def run() -> dict[str, Any]:
    """Figures for ten and for all examples an intent."""
    figures: dict[str, Any] = {}
    table = Table("examples", "in-scope accuracy", "out-of-scope recall", "threshold", "accuracy without threshold")
    for name, examples in (("ten", 10), ("all", None)):
        found = figures[name] = _measure(examples)
        table.add_row(name, *(f"{found[key]:.3g}" for key in ("in_scope", "out_of_scope", "threshold", "top1")))
    for method, (accuracy, recall) in PAPER.items():
        table.add_row(f"all: {method} (paper)", str(accuracy), str(recall), "", "")
    Console().print(table)
    return figures


def _measure(examples: int | None) -> dict[str, float]:
    by_intent: dict[str, list[str]] = defaultdict(list)
    for intent, text in corpora.read_tsv(corpora.data("clinc150", "train.tsv")):
        by_intent[intent].append(text)
    words = {
        _id(intent): {"title": intent.replace("_", " "), "questions": texts[:examples], "answer": "-"}
        for intent, texts in by_intent.items()
    }
    outside = [text for _, text in corpora.read_tsv(corpora.data("clinc150", "oos_train.tsv"))]
    matcher = corpora.matcher_for(corpora.knowledge_of(words, outside), f"clinc150-{examples or 'all'}")
    val = corpora.read_tsv(corpora.data("clinc150", "val.tsv"))
    strangers = corpora.read_tsv(corpora.data("clinc150", "oos_val.tsv"))
    right, confidence = [], []
    for intent, text in track([*val, *strangers], f"asking, {examples or 'all'} examples"):
        choices = matcher.match(text).choices
        right.append(bool(choices) and choices[0].topic == _id(intent))
        confidence.append(choices[0].confidence if choices else 0.0)
    right_in, sure_in = np.array(right[: len(val)]), np.array(confidence[: len(val)])
    sure_out = np.array(confidence[len(val) :])
    threshold = float(np.quantile(sure_out, RECALL, method="higher")) + 1e-9
    return {
        "in_scope": round(100 * float((right_in & (sure_in >= threshold)).mean()), 1),
        "out_of_scope": round(100 * float((sure_out < threshold).mean()), 1),
        "threshold": round(threshold, 4),
        "top1": round(100 * float(right_in.mean()), 1),
    }


def _id(intent: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", intent.lower()).strip("-")
