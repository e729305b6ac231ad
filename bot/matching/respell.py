"""Latin letters for Cyrillic, Arabic and Persian, turned back: "kif bajadded el 2iqama", "yak prodovzhyty dozvil".

Each word is looked up among the knowledge's own words by its sound: what is left of it when both spellings are brought
to one form (for Arabic and Persian consonants alone; digits as people chat: 3 7 2 5). Words that are not found are
spelt by rule in Cyrillic, and stay as they are otherwise.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import marisa_trie
from anyascii import anyascii
from rapidfuzz import fuzz

from bot.matching.fold import fold, fold_phrase, script
from bot.matching.words import Counts, Lists, Stowed

ENOUGH = 0.45  # so many of the words must be found in the other script,
KNOWN = 0.4  # and no more of them be words of a language in Latin letters
MIN_WORDS = 2
CONSONANTS = 3  # so many words are needed where only consonants are compared: two alike are easily found by chance
_ACCENT = re.compile(r"[^\W\d_a-zA-ZščžŠČŽ]")  # people who spell by sound write none; scholars write š
_CHATTED = re.compile(r"[a-z][2-9]|[2-9][a-z]")  # a digit as a letter

_ARABIZI = {"2": "", "3": "", "4": "sh", "5": "kh", "6": "t", "7": "h", "8": "gh", "9": "q"}
_PAIRS = (("kh", "x"), ("sh", "%"), ("ch", "%"), ("gh", "k"), ("th", "t"), ("dh", "d"), ("zh", "z"), ("ph", "f"))
_LIKE = str.maketrans({"q": "k", "g": "k", "c": "k", "v": "f", "p": "b", "j": "j", "'": "", "`": ""})
_SILENT = re.compile("[aeiouwyäöü]")

_SLAVIC = (
    ("shch", "sc"), ("sch", "sc"), ("šč", "sc"), ("kh", "h"), ("zh", "ž"), ("ts", "c"), ("ch", "č"), ("sh", "š"),
    ("tz", "c"), ("x", "h"), ("w", "v"), ("g", "h"), ("q", "k"), ("yo", "e"), ("ye", "e"), ("je", "e"), ("ie", "e"),
    ("ji", "i"), ("yi", "i"), ("y", "i"), ("j", "i"), ("'", ""), ("`", ""),
)  # fmt: skip
_UKRAINIAN = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yi", "ї"),
    ("ye", "є"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"),
    ("uy", "уй"), ("yj", "ий"), ("yy", "ий"), ("ij", "ій"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"),
    ("h", "г"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("y", "и"), ("i", "і"), ("j", "й"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("x", "х"), ("c", "ц"), ("'", "ь"),
)  # fmt: skip
_RUSSIAN = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yo", "ё"),
    ("jo", "ё"), ("ye", "е"), ("je", "е"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("iy", "ий"),
    ("yj", "ый"), ("yy", "ый"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"), ("uy", "уй"), ("a", "а"), ("b", "б"),
    ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("h", "х"), ("x", "х"), ("c", "ц"), ("y", "ы"), ("'", "ь"),
)  # fmt: skip
# Little words that sound like too many others to be looked up.
_LITTLE = {
    "ar": {
        "w": "و", "el": "ال", "al": "ال", "bel": "بال", "bil": "بال", "3al": "عال", "lal": "لل", "ya": "يا", "la": "لا",
        "ma": "ما", "fi": "في", "fini": "فيني", "min": "من", "ana": "أنا", "ay": "أي", "shu": "شو", "shou": "شو",
        "wen": "وين", "wein": "وين", "kif": "كيف", "keef": "كيف", "3am": "عم", "3ala": "على", "da3": "ضاع",
        "ba3d": "بعد", "ma3i": "معي", "bde": "بدي", "bade": "بدي", "baddi": "بدي", "adesh": "قديش", "hay": "هاي",
    },
    "fa": {
        "o": "و", "va": "و", "ro": "را", "ra": "را", "az": "از", "be": "به", "ke": "که", "dar": "در", "man": "من",
        "ba": "با", "ta": "تا", "ya": "یا", "chi": "چی", "kei": "کی", "key": "کی", "ye": "یک", "vase": "برای",
        "baraye": "برای", "koja": "کجا", "chetor": "چطور", "konam": "کنم", "kardam": "کردم", "mishe": "می‌شود",
        "shode": "شده", "dare": "دارد", "hast": "است", "hastam": "هستم",
    },
}  # fmt: skip
_RULES = {"uk": _UKRAINIAN, "ru": _RUSSIAN}


@dataclass(frozen=True)
class Respelt:
    """A text in its own script, and the language that is."""

    text: str
    language: str


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language, lower-case: how often each stands there, those in Latin letters, others by sound.

    ``mark``: of the texts they stand in; ``often``: ``counts`` of the words ``by_sound``."""

    mark: bytes
    counts: Stowed[Counter[str]]
    latin: Stowed[set[str]]
    by_sound: Lists
    often: Counts

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        latin: set[str] = set()
        found: dict[str, list[str]] = defaultdict(list)
        counts = Counter(re.findall(r"\w+", "\n".join(texts).casefold()))
        for word in counts:
            written_in = script(word)
            if written_in == "LATIN":
                latin.add(fold_phrase(word))
            elif written_in in {"CYRILLIC", "ARABIC"}:
                for sound in _sounds(word, written_in):
                    found[sound].append(word)
        often = Counts({word: counts[word] for words in found.values() for word in words})
        return cls(mark_of(texts), Stowed(counts), Stowed(latin), Lists(found), often)


def mark_of(texts: Sequence[str]) -> bytes:
    """Another one for other texts."""
    return sha256("\0".join(texts).encode(errors="surrogatepass")).digest()


class Respeller:
    """Knows the words of the knowledge."""

    def __init__(self, written: Mapping[str, Sequence[str]], before: Respeller | None = None) -> None:
        """``written``: language to its texts. What ``before`` knows of unchanged languages is taken over."""
        self.vocabularies: dict[str, Vocabulary] = {}
        for language, own in written.items():
            known = before.vocabularies.get(language) if before else None
            self.vocabularies[language] = known if known and known.mark == mark_of(own) else Vocabulary.of(own)
        latin = set[str]().union(*(known.latin.take() for known in self.vocabularies.values()))
        self._latin = marisa_trie.Trie(latin.difference(*_LITTLE.values()))

    def respell(self, text: str) -> Respelt | None:
        """``text``, which is clean, in its own script; None when it is written in it already."""
        tokens = re.findall(r"[\w'`]+", text.casefold())
        if len(tokens) < MIN_WORDS or script(text) != "LATIN" or _ACCENT.search(text):
            return None
        if sum(fold(token) in self._latin for token in tokens) > KNOWN * len(tokens):
            return None
        best: tuple[float, Respelt] | None = None
        chatted = _CHATTED.search(text.casefold()) is not None
        for language, known in self.vocabularies.items():
            if not known.by_sound or (language not in _RULES and len(tokens) < CONSONANTS and not chatted):
                continue
            spelt, hits = _spell(tokens, language, known)
            share = hits / len(tokens)
            if share >= ENOUGH and (best is None or share > best[0]):
                best = (share, Respelt(spelt, language))
        return best[1] if best else None


def _spell(tokens: list[str], language: str, known: Vocabulary) -> tuple[str, float]:
    """The tokens in the language's script, and how many of them were found (one that may be many counts half)."""
    out, hits = [], 0.0
    for token in tokens:
        sound = _cyrillic_sound(token) if language in _RULES else _arabic_sound(token)
        word = _LITTLE.get(language, {}).get(token)
        if word is None and len(sound) > 1 and (alike := known.by_sound.get(sound)):
            word = max(alike, key=lambda one: fuzz.ratio(token, anyascii(one)) + min(known.often[one], 10))
        if word is not None:
            hits += 1.0 if len(sound) > 2 or token in _LITTLE.get(language, {}) else 0.5
        elif language in _RULES:
            word = _by_rule(token, _RULES[language])
        out.append(word or token)
    return " ".join(out), hits


@lru_cache(maxsize=65_536)
def _sounds(word: str, written_in: str) -> frozenset[str]:
    """The sounds a word of the knowledge may be looked up by."""
    if written_in == "CYRILLIC":
        return frozenset([_cyrillic_sound(anyascii(word))])
    bare = word.removeprefix("ال") if len(word) > 4 else word
    return frozenset(sound for sound in (_arabic_sound(anyascii(form)) for form in (word, bare)) if sound)


def _arabic_sound(word: str) -> str:
    sound = "".join(_ARABIZI.get(character, character) for character in word.casefold())
    for pair, one in _PAIRS:
        sound = sound.replace(pair, one)
    sound = _SILENT.sub("", sound.translate(_LIKE))
    sound = re.sub(r"(.)\1+", r"\1", sound)
    return sound[:-1] if len(sound) > 2 and sound[-1] == "h" else sound  # ta marbuta is heard as a or written ah


def _cyrillic_sound(word: str) -> str:
    sound = word.casefold()
    for pair, one in _SLAVIC:
        sound = sound.replace(pair, one)
    return re.sub(r"(.)\1+", r"\1", sound)


def _by_rule(word: str, rules: tuple[tuple[str, str], ...]) -> str:
    out, place = [], 0
    while place < len(word):
        for latin, cyrillic in rules:
            if word.startswith(latin, place):
                out.append(cyrillic)
                place += len(latin)
                break
        else:
            out.append(word[place])
            place += 1
    return "".join(out)
