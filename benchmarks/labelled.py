"""The questions in benchmarks/questions/*.tsv, split into dev (tuned on) and test (only measured).

LANGUAGE.tsv were written without a look at the knowledge base; LANGUAGE-editors.tsv partly with one. See README.md.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from bot.tools.evaluation import Labelled, read_lines

FOLDER = Path(__file__).parent / "questions"


def load(*, editors: bool) -> list[Labelled]:
    """All questions in all languages; with ``editors`` theirs too."""
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        if editors or not path.stem.endswith("-editors"):
            found += read_lines(path.read_text(encoding="utf-8"), str(path))
    return found


def split(questions: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Dev and test, by a hash of the question: about half each, the same for ever."""
    dev = [line for line in questions if sha256(line.question.encode()).digest()[0] % 2 == 0]
    chosen = set(map(id, dev))
    return dev, [line for line in questions if id(line) not in chosen]
