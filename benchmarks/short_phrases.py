"""Two everyday words that belong to no topic ("blue table"): how many are answered, per language.

Made out of everyday-words.yaml: every kind of thing, and every two things, some two thousand a language,
of which ``--messages`` are asked (0.01 s each).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from bot.config import load_settings
from bot.knowledge import brain

WORDS = Path(__file__).parent / "everyday-words.yaml"
HIGH = 0.9


def run(messages: int = 500) -> dict[str, Any]:
    """Of at most ``messages`` a language: phrases, how many are answered, how many reach 0.9, the highest and 99th percentile confidence."""
    matcher = brain.load_current(load_settings()).matcher
    console = Console()
    table = Table("language", "phrases", "answered", f"from {HIGH} on", "asked back", "p99", "highest", "most often")
    figures: dict[str, Any] = {}
    total: Counter[str] = Counter()
    for language, lists in yaml.safe_load(WORDS.read_text(encoding="utf-8")).items():
        found = [(phrase, matcher.match(phrase)) for phrase in _some(list(_phrases(lists)), messages)]
        sure = np.array([match.confidence for _, match in found])
        topics = Counter(match.topic for _, match in found if match.topic)
        row = Counter(
            phrases=len(found),
            answered=sum(match.outcome == "answer" for _, match in found),
            high=int((sure >= HIGH).sum()),
            asked_back=sum(match.outcome == "clarify" and match.smalltalk is None for _, match in found),
        )
        total += row
        worst = found[int(sure.argmax())]
        figures[language] = {
            **row,
            "p99": round(float(np.percentile(sure, 99)), 3),
            "highest": [worst[0], worst[1].choices[0].topic if worst[1].choices else "", worst[1].confidence],
        }
        table.add_row(
            language,
            *(str(row[key]) for key in ("phrases", "answered", "high", "asked_back")),
            str(figures[language]["p99"]),
            " ".join(map(str, figures[language]["highest"])),
            ", ".join(f"{topic} {count}" for topic, count in topics.most_common(3)),
        )
    figures["all"] = dict(total)
    table.add_row("all", *(str(total[key]) for key in ("phrases", "answered", "high", "asked_back")), "", "", "")
    console.print(table)
    return figures


def _phrases(lists: dict[str, str]) -> Iterator[str]:
    things = _words(lists["things"])
    for thing in things:
        yield from (f"{kind} {thing}" for kind in _words(lists.get("before", "")))
        yield from (f"{thing} {kind}" for kind in _words(lists.get("after", "")))
    yield from (f"{one} {other}" for one, other in permutations(things, 2))


def _some(phrases: list[str], count: int) -> list[str]:
    """As many, evenly spread; all where there are fewer."""
    places = np.linspace(0, len(phrases) - 1, min(count, len(phrases))).astype(int)
    return [phrases[place] for place in places]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")] if "," in text else text.split()
