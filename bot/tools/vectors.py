"""`lotse vectors`: what was learned of the knowledge, as files beside it, so that nobody who starts Lotse has to wait.

A file a topic (``vectors/TOPIC.MODEL``) holds the vectors of all its texts in every language and city, sorted by their
texts' hash. An edit changes one file, and in Git's packs by a record of 408 bytes for each new text. Fitted classifiers
stand in ``vectors/classifiers``. All of it can be made anew; a text whose hash is not there is learned when needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.config import Settings
from bot.content.load import cities, load
from bot.content.model import Knowledge
from bot.content.scopes import BASE
from bot.engine.e5 import E5
from bot.errors import KnowledgeError
from bot.knowledge.brain import Brain, cache_of
from bot.knowledge.folder import read_folder
from bot.knowledge.vector_cache import SHIPPED, VectorCache, pack
from bot.matching.embedder import Learned, Stored, Text
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher

DIMENSION = E5.dimension
ENOUGH = 0.03  # share of the texts that may be missing: edits since the files were made


@dataclass(frozen=True)
class Shipping(VectorCache):
    """Reads everything that was learned; fitted classifiers are written beside the knowledge, in half precision."""

    def load(self, name: str) -> Mapping[bytes, Stored]:
        assert self.shipped is not None
        return VectorCache(self.shipped / "classifiers").load(name)

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        assert self.shipped is not None
        halved = {key: row.astype(np.float16) for key, row in vectors.items()}
        VectorCache(self.shipped / "classifiers").save(name, halved)


def make(settings: Settings) -> tuple[int, int, list[Path]]:
    """Learn what is missing, with the exact model, and write the files that change.

    Returns how many texts there are, how many of them were new, and the written files. Raises KnowledgeError.
    """
    own = cache_of(settings)
    folder = settings.knowledge / SHIPPED
    before = VectorCache(folder / "none", shipped=folder).learned(E5.name, DIMENSION)
    exact = settings.model_copy(update={"precision": "fp32", "model": "e5"})
    mind = Brain(exact, cache=Shipping(own.folder, own.baked, folder))
    if mind.degraded:
        raise KnowledgeError([mind.degraded])
    owners: dict[Text, str] = {}
    names = set()
    for knowledge in _knowledges(settings):
        owners = {**mind.build(knowledge).texts, **owners}
        names.add(knowledge.city_id)
    rows = mind.vectors(list(owners))
    files: dict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for row, (text, owner) in enumerate(owners.items()):
        files[owner].append((text.key, row))
    written = []
    folder.mkdir(exist_ok=True)
    for owner, found in files.items():
        keys = sorted(found)
        content = pack(Learned([key for key, _ in keys], rows.some([row for _, row in keys]))).tobytes()
        path = folder / f"{owner}.{E5.name}"
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            written.append(path)
    for path in folder.glob(f"*.{E5.name}"):
        if path.name.removesuffix(f".{E5.name}") not in files:
            path.unlink()
    for path in (folder / "classifiers").glob("*.npz"):
        if path.stem.partition("-")[2] not in names:
            path.unlink()
    return len(owners), len({text.key for text in owners} - set(before.keys)), written


def missing(settings: Settings) -> tuple[int, int]:
    """How many texts there are, and how many of them have no vector beside the knowledge. Needs no model."""
    folder = settings.knowledge / SHIPPED
    known = set(VectorCache(folder / "none", shipped=folder).learned(E5.name, DIMENSION).keys)
    cache = cache_of(settings)
    texts = dict.fromkeys(text for knowledge in _knowledges(settings) for text in texts_of(knowledge, cache))
    return len(texts), sum(text.key not in known for text in texts)


def texts_of(knowledge: Knowledge, cache: VectorCache) -> Iterable[Text]:
    """Everything that is learned of it."""
    return Matcher(knowledge, None, cache, LanguageDetector()).texts


def _knowledges(settings: Settings) -> Iterator[Knowledge]:
    """Germany alone and with each city. Raises KnowledgeError."""
    files = read_folder(settings.knowledge)
    for id_ in (BASE, *cities(files)):
        loaded = load(files, id_, str(settings.knowledge), advice=False)
        if loaded.knowledge is None:
            raise KnowledgeError([str(problem) for problem in loaded.errors])
        yield loaded.knowledge
