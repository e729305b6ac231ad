"""Bring translations/ up to date with the German sentences: new ones are added empty, gone ones dropped.

Run by `make messages` after changing bot/presentation/sentences.py.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.presentation.i18n import locale_of
from bot.presentation.sentences import SENTENCES

ROOT = Path(__file__).parent.parent / "translations"
HEADER = "# The bot's own sentences. msgctxt is the sentence's key, msgid the German sentence."


def template() -> Catalog:
    """Every sentence, untranslated."""
    catalogue = Catalog(project="lotse", charset="utf-8", header_comment=HEADER, fuzzy=False)
    for key, german in SENTENCES.items():
        catalogue.add(german, context=key)
    return catalogue


def update(path: Path, language: str) -> Catalog:
    """The catalogue of one language with today's sentences; a changed German text makes its translation empty."""
    fresh = template()
    fresh.locale = locale_of(language)
    if path.exists():
        old = read_po(io.BytesIO(path.read_bytes()), locale=locale_of(language))
        # Another version of Babel knows other plurals; the translations were made for these.
        fresh.mime_headers = [("Plural-Forms", old.plural_forms)]
        for message in fresh:
            known = old.get(message.id[0] if isinstance(message.id, tuple) else message.id, context=message.context)
            if message.id and known is not None:
                message.string = known.string
    return fresh


def main() -> None:
    """Write the template and every language that has a folder, or that is named as an argument."""
    languages = {path.parts[-3] for path in ROOT.glob("*/LC_MESSAGES/lotse.po")} | set(sys.argv[1:])
    ROOT.mkdir(exist_ok=True)
    with (ROOT / "lotse.pot").open("wb") as file:
        write_po(file, template(), width=110, omit_header=False, no_location=True)
    for language in sorted(languages):
        path = ROOT / language / "LC_MESSAGES" / "lotse.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = update(path, language)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, no_location=True)
        print(f"{path}: {missing(catalogue)} sentence(s) to translate")


def missing(catalogue: Catalog) -> int:
    """How many sentences lack their words, or one of their plural forms."""
    return sum(1 for message in catalogue if message.id and not all(_strings(message.string)))


def _strings(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """All forms; a sentence that is quite new has none."""
    return [string or ""] if isinstance(string, str | None) else list(string)


if __name__ == "__main__":
    main()
