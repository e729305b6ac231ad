"""How time, memory and reloading grow from 100 to 1,000 topics in 12 languages, beside Erfurt's whole knowledge.

The topics are made up: a subject and a matter each, asked for in a dozen wordings. What they say does not matter here;
that they are as many and as long as real ones does. While learning, a phrase's embedding is made of its words' random
vectors (100,000 real ones take an hour of one core, once, when the image is built); a question is embedded for real.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.config import load_settings
from bot.knowledge import brain
from bot.knowledge.live import LiveKnowledge, tidy
from bot.knowledge.models import load_model
from bot.knowledge.vector_cache import SHIPPED, VectorCache
from bot.matching.embedder import Kind
from bot.matching.rows import Vectors
from bot.tools import asking

SIZES = (100, 300, 1000)
LANGUAGES = ("de", "en", "uk", "ru", "ar", "fa", "tr", "fr", "vi", "es", "ro", "pl")
QUESTIONS = 9
ASKED = 60
SYLLABLES = {
    "LATIN": ["ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "fa", "fe", "fi", "ga", "ge", "ka", "ke", "ki", "ko", "la", "le", "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "no", "pa", "pe", "po", "ra", "re", "ri", "ro", "sa", "se", "si", "ta", "te", "ti", "to"],
    "CYRILLIC": ["ба", "бе", "ви", "во", "га", "ге", "да", "де", "до", "за", "зе", "ка", "ке", "ки", "ко", "ла", "ле", "ли", "ло", "ма", "ме", "ми", "мо", "на", "не", "но", "па", "пе", "по", "ра", "ре", "ри", "ро", "са", "се", "си", "та", "те", "ти", "то"],
    "ARABIC": ["با", "بي", "تو", "دا", "دي", "را", "ري", "زا", "سا", "سي", "شا", "شي", "عا", "فا", "في", "قا", "كا", "كي", "لا", "لي", "ما", "مي", "نا", "ني", "ها", "هو", "وا", "يا"],
}  # fmt: skip
SCRIPT = {"uk": "CYRILLIC", "ru": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC"}


def run() -> dict[str, Any]:
    """Milliseconds, megabytes and seconds per number of topics; learnt in one process, kept by the next, then used."""
    rows = {}
    for what in ("erfurt", *map(str, SIZES)):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                _child(what, folder)
            rows[what] = _child(what, folder)
    columns = (
        "topics",
        "phrases",
        "p50_ms",
        "p99_ms",
        "memory_mb",
        "start_s",
        "reload_s",
        "reload_cpu_s",
        "again_cpu_s",
        "memory_again_mb",
    )
    table = Table("knowledge", *(column.replace("_", " ") for column in columns))
    for name, row in rows.items():
        table.add_row(name, *(str(row[column]) for column in columns))
    console = Console()
    console.print(table)
    ratio = round(rows["1000"]["p50_ms"] / rows["erfurt"]["p50_ms"], 2)
    console.print(f"1,000 topics to Erfurt, p50: {ratio}")
    return {**rows, "ratio_p50": ratio}


def _child(what: str, folder: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", what, folder],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # the log goes before it
    return row


class _MadeUp:
    """Real embeddings for a single question, random ones while learning."""

    dimension = 384

    def __init__(self) -> None:
        self._real = load_model(load_settings())
        self.name = "made-up"

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        if len(texts) == 1:
            return self._real.embed(texts, kind)
        found = np.array([sum(_random(word) for word in text.split()) + 1e-6 for text in texts])
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=200_000)
def _random(word: str) -> Vectors:
    seed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).standard_normal(384).astype(np.float32)


def _words(language: str, topic: int, number: int, count: int) -> str:
    """``count`` words that a topic shares with itself, and some with others."""
    random = np.random.default_rng([topic, number, LANGUAGES.index(language)])
    syllables = SYLLABLES[SCRIPT.get(language, "LATIN")]
    own = np.random.default_rng([topic, LANGUAGES.index(language)]).integers(len(syllables), size=(6, 3))
    return " ".join(
        "".join(
            syllables[index]
            for index in (own[random.integers(6)] if random.random() < 0.6 else random.integers(len(syllables), size=3))
        )
        for _ in range(count)
    )


def _write(folder: Path, topics: int) -> None:
    germany = folder / "germany"
    germany.mkdir(parents=True)
    entries = "".join(
        f"  - {{id: topic-{n}, group: group-{n // 20}, sources: [made up], as_of: 2026, review_by: 2099-01-01}}\n"
        for n in range(topics)
    )
    (germany / "topics.yaml").write_text(f"topics:\n{entries}")
    for language in LANGUAGES:
        (germany / language).mkdir()
        for start in range(0, topics, 20):
            (germany / language / f"group-{start // 20}.yaml").write_text(
                "".join(_topic(language, n) for n in range(start, min(start + 20, topics))), encoding="utf-8"
            )


def _topic(language: str, n: int) -> str:
    questions = "".join(f"    - {_words(language, n, number, 3 + number % 6)}\n" for number in range(QUESTIONS))
    return f"topic-{n}:\n  title: {_words(language, n, 99, 3)}\n  questions:\n{questions}  answer: {_words(language, n, 100, 50)}\n"


def _measure(what: str, temporary: Path) -> dict[str, Any]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core
    settings = load_settings()
    folder = temporary / "knowledge"
    if what == "erfurt":
        if not folder.exists():
            shutil.copytree(settings.knowledge, folder)
        mind = brain.Brain(
            settings, cache=VectorCache(temporary / "cache", shipped=folder / SHIPPED, keeps=True), keeps=True
        )
        city, edited = settings.city, folder / "germany" / "de" / "work.yaml"
    else:
        if not folder.exists():
            _write(folder, int(what))
        brain.load_model = lambda _: _MadeUp()  # type: ignore[assignment]
        mind = brain.Brain(settings, cache=VectorCache(temporary / "cache", keeps=True), keeps=True)
        city, edited = "germany", folder / "germany" / "de" / "group-0.yaml"
    started = time.perf_counter()
    live = LiveKnowledge(folder, city, brain.catalogues(settings), mind)
    start = time.perf_counter() - started
    phrases = live.current.matcher.phrases
    # a letter more, else the vector is known already
    times = [
        asking.ask(f"{phrase.text} x", live.current).milliseconds
        for phrase in phrases[:: max(len(phrases) // ASKED, 1)]
    ]
    before = edited.read_text(encoding="utf-8")
    reloads = []
    for number in range(2):  # at the first edit every file is read once: a start reads what was kept
        more = rf"\1\2a question nobody asked before, {number}\n\2"
        edited.write_text(re.sub(r"(  questions:(?: \|)?\n)(    (?:- )?)", more, before, count=1), encoding="utf-8")
        started, worked = time.perf_counter(), time.process_time()
        assert live.reload()
        most = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        reloads.append((time.perf_counter() - started, time.process_time() - worked, most))
        tidy()  # as `lotse run` does
    (reload, first, memory), (_, again, memory_again) = reloads
    edited.write_text(before, encoding="utf-8")
    return {
        "topics": len(live.current.matcher.topics),
        "phrases": len(phrases),
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p99_ms": round(float(np.percentile(times, 99)), 2),
        "memory_mb": memory,
        "memory_again_mb": memory_again,
        "start_s": round(start, 2),
        "reload_s": round(reload, 2),
        "reload_cpu_s": round(first, 2),
        "again_cpu_s": round(again, 2),
    }


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))
