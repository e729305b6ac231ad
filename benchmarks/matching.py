"""Lotse and rapidfuzz side by side on the same questions in the same run: right answers, time, memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from benchmarks import labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.matching.match import Choice, Match
from bot.matching.phrases import phrases_of
from bot.tools import asking, evaluation


def run() -> dict[str, Any]:
    """Figures per method, and their ratios."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core
    dev, test = labelled.split(labelled.load(editors=True))
    lines = dev + test
    settings = load_settings()
    current = brain.load_current(settings)
    phrases = [phrase for phrase in phrases_of(current.knowledge) if phrase.topic]
    texts = [phrase.text for phrase in phrases]

    def lotse(text: str) -> tuple[Match, float]:
        reply = asking.ask(text, current)
        return reply.match, reply.milliseconds

    def wratio(text: str) -> tuple[Match, float]:
        started = time.perf_counter()
        found = process.extractOne(text, texts, scorer=fuzz.WRatio)
        milliseconds = (time.perf_counter() - started) * 1000
        return Match("answer", (Choice(phrases[found[2]].topic, found[1] / 100),)), milliseconds

    for warm in lines[:20]:
        lotse(warm.question)
    results = list(evaluation.run(lines, lotse))
    ours = evaluation.summary(results)["all"]
    theirs = evaluation.summary(list(evaluation.run(lines, wratio)))["all"]
    figures: dict[str, Any] = {
        "questions": len(lines),
        "phrases": len(texts),
        "lotse": ours,
        "lotse_dev": evaluation.summary(results[: len(dev)]),
        "lotse_test": evaluation.summary(results[len(dev) :]),
        "wratio": theirs,
        "ratio_right_first": _ratio(ours["right_first"], theirs["right_first"]),
        "ratio_p50_ms": _ratio(ours["p50_ms"], theirs["p50_ms"]),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **_starts(),
    }
    _print(figures)
    return figures


def _ratio(first: float | None, second: float | None) -> float | None:
    return round(first / second, 3) if first is not None and second else None


def _starts() -> dict[str, float]:
    """Seconds from starting the command to the first answer: cold (nothing cached) and warm, median of three."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LOTSE_VAR": folder}

        def once() -> float:
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "bot", "ask", "Termin"],
                env=environment,
                check=True,
                capture_output=True,
                cwd=Path(__file__).parent.parent,
            )
            return time.perf_counter() - started

        cold = once()
        warm = float(np.median([once() for _ in range(3)]))
    return {"cold_start_s": round(cold, 2), "warm_start_s": round(warm, 2)}


def _print(figures: dict[str, Any]) -> None:
    table = Table("", "Lotse", "rapidfuzz WRatio")
    for name in figures["lotse"]:
        table.add_row(name.replace("_", " "), str(figures["lotse"][name]), str(figures["wratio"][name]))
    console = Console()
    console.print(table)
    for part in ("lotse_dev", "lotse_test"):
        console.print(f"{part}: {figures[part]['all']}")
    for name in ("ratio_right_first", "ratio_p50_ms", "memory_mb", "cold_start_s", "warm_start_s"):
        console.print(f"{name.replace('_', ' ')}: {figures[name]}")
