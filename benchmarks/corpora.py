"""Public corpora as knowledge folders, so that Lotse itself is measured and nothing made for the purpose.

The data is in ../shared/data beside the checkout, or where LOTSE_DATA says (see benchmarks/README.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.config import load_settings
from bot.content.load import load
from bot.content.model import Knowledge
from bot.errors import UsageError
from bot.knowledge.brain import Brain
from bot.matching.matcher import Matcher

ROOT = Path(__file__).parent.parent


def data(*parts: str) -> Path:
    """A file or folder of the data. Raises UsageError when it is not there."""
    path = Path(os.environ.get("LOTSE_DATA", ROOT.parent / "shared" / "data")).joinpath(*parts)
    if not path.exists():
        raise UsageError(f"{path} is not there. Put the corpora of benchmarks/README.md there, or set LOTSE_DATA.")
    return path


def read_tsv(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def knowledge_of(words: Mapping[str, Mapping[str, object]], outside: Sequence[str] = ()) -> Knowledge:
    """A knowledge with these topics (id to title, questions, answer), through the product's own loader."""
    topics = [
        {"id": topic, "group": "all", "sources": ["corpus"], "as_of": "2026", "review_by": "2099-01-01"}
        for topic in words
    ]
    files = {
        "germany/topics.yaml": _yaml({"topics": topics}),
        "germany/de/all.yaml": _yaml(words),
        "germany/outside.yaml": _yaml({"outside": {"de": list(outside)}}),
    }
    loaded = load(files, "germany")
    if loaded.knowledge is None:
        raise UsageError("\n".join(map(str, loaded.errors[:5])))
    return loaded.knowledge


def _yaml(value: object) -> bytes:
    # JSON is YAML; unlike PyYAML's emitter it is quick, and never writes an alias.
    return json.dumps(value, ensure_ascii=False, indent=0).encode()


def matcher_for(knowledge: Knowledge, name: str) -> Matcher:
    """A matcher whose embeddings are kept in var/benchmarks/NAME between runs."""
    return Brain(load_settings(var=ROOT / "var" / "benchmarks" / name)).build(knowledge)
