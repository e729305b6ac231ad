"""OMoS-QA (Kleinle et al. 2024): the right page of municipal information first, and among the first three.

Questions in five languages against pages in the same and in German; nobody wrote example questions for these pages.
Beside Lotse, in the same run: BM25, and multilingual-e5-small alone (one vector a page).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks import corpora
from bot.config import load_settings
from bot.knowledge.models import load_model
from bot.knowledge.vector_cache import VectorCache
from bot.matching.embedder import Remembering
from bot.matching.fold import clean, fold, shorten

LANGUAGES = ("de", "en", "fr", "ar", "uk")
PAGE = 1500  # characters that the e5 baseline reads of a page
K1, B = 1.5, 0.75


def run() -> dict[str, Any]:
    """First and among three, in %, per pair of languages and method."""
    pairs = [(code, code) for code in LANGUAGES] + [(code, "de") for code in LANGUAGES if code != "de"]
    figures: dict[str, Any] = {}
    table = Table("question, page", "questions", "BM25", "e5", "Lotse", "BM25 3", "e5 3", "Lotse 3")
    engine = Remembering(load_model(load_settings()), VectorCache(corpora.ROOT / "var" / "benchmarks" / "omos-pages"))
    for page_language in LANGUAGES:
        pages = [json.loads(line) for line in corpora.data("omos", f"pages_{page_language}.jsonl").open("rb")]
        words = {_id(page["page"]): {"title": page["title"][:90], "answer": _bare(page["text"])} for page in pages}
        ids = list(words)
        texts = [f"{page['title']}. {page['text']}" for page in pages]
        read = [clean(text)[:PAGE] for text in texts]
        vectors = engine.embed(read, "passage")
        engine.keep_only([], read)
        matcher = corpora.matcher_for(corpora.knowledge_of(words), f"omos-{page_language}")
        bm25 = _Bm25(texts)
        for language in (first for first, second in pairs if second == page_language):
            lines = corpora.read_tsv(corpora.data("omos", f"questions_{language}.tsv"))[1:]
            asked = [(_id(line[1]), line[4]) for line in lines if line[2] == "yes" and _id(line[1]) in words]
            ranks: dict[str, list[int]] = {"bm25": [], "e5": [], "lotse": []}
            for page, question in track(asked, f"{language} -> {page_language}"):
                choices = [choice.topic for choice in matcher.match(question).choices]
                ranks["lotse"].append(choices.index(page) if page in choices else 99)
                row = ids.index(page)
                ranks["bm25"].append(_rank(bm25.scores(question), row))
                query = engine.embed_once(shorten(clean(question)))
                ranks["e5"].append(_rank(vectors @ query, row))
            found = figures[f"{language}-{page_language}"] = {
                method: {"first": _share(places, 1), "three": _share(places, 3)} for method, places in ranks.items()
            }
            columns = [found[method][top] for top in ("first", "three") for method in ranks]
            table.add_row(f"{language} -> {page_language}", str(len(asked)), *map(str, columns))
            print(
                f"{language} -> {page_language}: {found}", file=sys.stderr, flush=True
            )  # the whole takes half an hour
    Console().print(table)
    return figures


def _id(page: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", page.lower()).strip("-")[:48]


def _bare(text: str) -> str:
    """Braces would be placeholders."""
    return text.replace("{", "(").replace("}", ")")


def _rank(scores: NDArray[Any], row: int) -> int:
    return int(np.flatnonzero(np.argsort(-scores, kind="stable") == row)[0])


def _share(ranks: Sequence[int], top: int) -> float:
    return round(100 * float(np.mean([rank < top for rank in ranks])), 1)


class _Bm25:
    """Okapi BM25 over folded words: the yardstick, not part of Lotse."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = CountVectorizer(analyzer=lambda text: fold(text).split())
        counts = self._words.fit_transform(texts).tocoo()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        present = np.bincount(counts.col, minlength=counts.shape[1])
        idf = np.log(1 + (len(texts) - present + 0.5) / (present + 0.5))
        norm = K1 * (1 - B + B * lengths / lengths.mean())
        weights = counts.data * (K1 + 1) / (counts.data + norm[counts.row]) * idf[counts.col]
        self._matrix = sp.csr_matrix((weights, (counts.row, counts.col)), shape=counts.shape)

    def scores(self, question: str) -> NDArray[Any]:
        return np.asarray((self._matrix @ (self._words.transform([question]) > 0).T.astype(float)).todense()).ravel()
