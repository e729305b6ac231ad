"""Sentences in the asker's language, from gettext catalogues given as text.

A catalogue's msgctxt is the sentence's key and its msgid the German sentence, so that a translator sees both.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.presentation.sentences import SENTENCES

SOURCE = "de"
# Babel reads "de-simple" as German without a word, and knows Kurmanji and Dari under other codes.
_LOCALES = {"de-simple": "de", "en": "en_GB", "kmr": "ku", "ckb": "ckb", "prs": "fa_AF"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ps", "ckb", "ur", "he"})
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT_MARK = "\u200f"
OWN_NAMES = {"de-simple": "Deutsch (einfach)", "kmr": "Kurmancî", "ckb": "کوردیی ناوەندی", "prs": "دری"}


def locale_of(language: str) -> Locale:
    """The Babel locale that dates and amounts in ``language`` are written by."""
    try:
        return Locale.parse(_LOCALES.get(language, language), sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)


def name_in(language: str, of: str) -> str:
    """The language ``of``'s name in ``language``: name_in("de", of="uk") is Ukrainisch."""
    if of == "de-simple":
        return OWN_NAMES[of]
    if of == "kmr" and language == SOURCE:
        return "Kurmandschi (Nordkurdisch)"  # CLDR says Kurdisch, which the clerk would take for Sorani too
    if not of:
        return "?"
    names = locale_of(language).languages
    code = _LOCALES.get(of, of)
    return str(names.get(of) or names.get(code) or names.get(code.split("_")[0]) or of)


def own_name(language: str) -> str:
    """The language's name as its speakers write it, with a capital where the script has one."""
    name = OWN_NAMES.get(language) or name_in(language, language)
    return name[:1].upper() + name[1:]


def isolated(text: str, language: str) -> str:
    """``text`` kept from turning round inside right-to-left writing."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if language in RIGHT_TO_LEFT else text


def begun(line: str, language: str) -> str:
    """``line`` beginning on the language's side, also where a German name comes first."""
    return f"{RIGHT_TO_LEFT_MARK}{line}" if language in RIGHT_TO_LEFT else line


class Catalogues:
    """All languages' sentences. ``po`` maps language codes to the text of their .po files.

    A language is read when somebody uses it: to read all takes a tenth of a second of each start."""

    def __init__(self, po: Mapping[str, bytes]) -> None:
        self._po = po
        self._translations: dict[str, gettext.NullTranslations] = {SOURCE: gettext.NullTranslations()}

    def _translation(self, language: str) -> gettext.NullTranslations:
        if language not in self._translations:
            catalogue = read_po(io.BytesIO(self._po[language]), locale=None)
            catalogue.locale = locale_of(language)
            for message in catalogue:
                if isinstance(message.string, tuple):
                    message.string = _filled(message.string)
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            self._translations[language] = gettext.GNUTranslations(compiled)
        return self._translations[language]

    @property
    def languages(self) -> tuple[str, ...]:
        return (SOURCE, *(language for language in self._po if language != SOURCE))

    def choose(self, language: str) -> str:
        """The language the bot's own sentences come in: ``language``, else English, else German."""
        return next((code for code in (language, *fallbacks(language)) if code in {SOURCE, *self._po}), SOURCE)

    def sentence(self, language: str, key: str, values: Mapping[str, str | int] | None = None) -> str:
        """The sentence ``key``, filled. Raises KeyError for a key or a value that is not there."""
        values = values or {}
        german = SENTENCES[key]
        chosen = self.choose(language)
        translations = self._translation(chosen)
        if isinstance(german, tuple):
            count = int(values["count"])
            own = german[count != 1]
            text = own if chosen == SOURCE else translations.npgettext(key, german[0], german[1], count)
        else:
            text = german if chosen == SOURCE else translations.pgettext(key, german)
        return text.format_map(values)


def _filled(forms: tuple[str, ...]) -> tuple[str, ...]:
    """An empty plural form takes the last one that says its number: rather a wrong ending than German words."""
    general = next((form for form in reversed(forms) if "{count}" in form), "")
    return tuple(form or general for form in forms)


def fallbacks(language: str) -> tuple[str, ...]:
    """Languages to try, in order, when ``language`` has no words."""
    return ("de",) if language == "de-simple" else ("en", "de")
