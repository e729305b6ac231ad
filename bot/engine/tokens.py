"""Texts as tokens: the Unigram model of XLM-RoBERTa over its quarter of a million pieces.

The pieces stand in a trie (marisa-trie) of 0.8 MB that is read in a millisecond; the ``tokenizers`` library gives the
same tokens, but takes a second and 280 MB for this vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from math import inf

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from bot.engine.model_file import Pieces
from bot.engine.sealed import Bytes

Tokens = NDArray[np.int32]

SPACE = "▁"  # what SentencePiece writes for a space
LONGEST = 32  # characters; the longest piece has 16
UNKNOWN = 10.0  # an unknown character scores so much less than the rarest piece


class Tokenizer:
    """Gives the likeliest cut of a text into pieces. May be asked from any thread."""

    def __init__(self, stored: Bytes) -> None:
        """``stored``: what ``pack`` made. Raises ValueError, KeyError, OSError when it is something else."""
        with np.load(BytesIO(stored.data), allow_pickle=False) as parts:
            self._trie = marisa_trie.Trie()
            self._trie.frombytes(parts["trie"].tobytes())
            self._tokens, self._scores = parts["tokens"], parts["scores"]
            self.begin, self.end, self._unknown = map(int, parts["special"])
            codes, cuts, others = parts["codes"], parts["cuts"].tolist(), parts["others"].tobytes().decode("utf-32-le")
        self._unknown_score = float(self._scores[np.isfinite(self._scores)].min()) - UNKNOWN
        self._characters: Mapping[int, str] = {
            code: others[start:stop] for code, (start, stop) in zip(codes.tolist(), pairwise(cuts), strict=True)
        }

    def tokens(self, text: str) -> list[int]:
        """The tokens of ``text``, without those that begin and end it."""
        read = re.sub(" {2,}", " ", text.translate(self._characters))
        read = (read if read.startswith(" ") else f" {read}").replace(" ", SPACE)
        length = len(read)
        best, piece, start = [-inf] * (length + 1), [-1] * (length + 1), [0] * (length + 1)
        best[0] = 0.0
        score_of, found_at = self._scores.item, self._trie.iter_prefixes_with_ids
        for place in range(length):
            here = best[place]
            for text_, row in found_at(read[place : place + LONGEST]):
                stop, score = place + len(text_), here + score_of(row)
                if score > best[stop]:
                    best[stop], piece[stop], start[stop] = score, row, place
            if here + self._unknown_score > best[place + 1]:
                best[place + 1], piece[place + 1], start[place + 1] = here + self._unknown_score, -1, place
        found: list[int] = []
        place = length
        while place:
            found.append(self._unknown if piece[place] < 0 else self._tokens.item(piece[place]))
            place = start[place]
        return found[::-1]


def pack(pieces: Pieces) -> bytes:
    """The tokenizer as it is stored."""
    texts = [text.decode("utf-8", "replace") for text in pieces.texts]
    trie = marisa_trie.Trie([text for text in texts if text])
    tokens, scores = np.zeros(len(trie), np.int32), np.zeros(len(trie), np.float32)
    for token in reversed(range(len(texts))):  # of two alike the first counts
        if texts[token] and token != pieces.unknown:
            row = trie[texts[token]]
            tokens[row], scores[row] = token, pieces.scores[token]
    if texts[pieces.unknown]:
        scores[trie[texts[pieces.unknown]]] = -np.inf  # that word itself is not known either
    others = list(pieces.characters.values())
    out = BytesIO()
    np.savez(
        out,
        trie=np.frombuffer(trie.tobytes(), np.uint8),
        tokens=tokens,
        scores=scores,
        special=np.array([pieces.begin, pieces.end, pieces.unknown], np.int32),
        codes=np.array(list(pieces.characters), np.uint32),
        cuts=np.cumsum([0, *map(len, others)]).astype(np.int32),
        others=np.frombuffer("".join(others).encode("utf-32-le"), np.uint8),
    )
    return out.getvalue()
