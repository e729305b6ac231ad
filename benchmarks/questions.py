"""The questions in benchmarks/questions/*.tsv, split into dev (tuned on) and test (only measured).

Most were written by a second author who had not seen the knowledge base's example questions; see README.md.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from bot.evaluation import Labelled, read_lines

LANGUAGES = ("de", "en")  # those that have words
FOLDER = Path(__file__).parent / "questions"


def load(languages: tuple[str, ...]) -> list[Labelled]:
    """All questions in ``languages``."""
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        found += read_lines(path.read_text(encoding="utf-8"), str(path))
    return [line for line in found if line.language in languages]


def split(questions: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Dev and test, by a hash of the question: about half each, the same for ever."""
    dev = [line for line in questions if sha256(line.question.encode()).digest()[0] % 2 == 0]
    chosen = set(map(id, dev))
    return dev, [line for line in questions if id(line) not in chosen]
