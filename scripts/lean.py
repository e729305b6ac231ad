"""Takes out of an environment what never runs in a container: a third of what is installed.

Run by the Dockerfile, by that environment's own Python:
    python scripts/lean.py TRANSLATIONS [LANGUAGE ...]
Of Babel's locales those stay that Lotse speaks or recognises, and each LANGUAGE named besides: without its locale,
dates and amounts of a language come in their German form.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import sysconfig
from pathlib import Path

# What goes, and what of it stays.
GONE: dict[str, tuple[str, ...]] = {
    "pip*": (),
    "setuptools*": (),
    "pkg_resources": (),
    "_distutils_hack": (),
    "distutils-precedence.pth": (),
    "fontTools": (),  # packages of fonts ask for it beside their fonts
    "**/tests": (),
    "**/*.pyi": (),
    "**/*.c": (),
    "**/*.h": (),
    "**/*.pyx": (),
    "**/*.pxd": (),
    "alembic/testing": (),
    "sqlalchemy/testing": (),
    "lxml/includes": (),
    "lxml/isoschematron": (),
    "lxml/objectify*": (),
    "numpy/f2py": (),
    "numpy/distutils": (),
    "numpy/_core/include": (),
    "numpy/_core/lib": (),
    "numpy/_core/_simd*": (),  # for numpy's own tests
    "onnxruntime/capi/libonnxruntime.so.*": (),  # the same once more, for programs in C
    "onnxruntime/quantization": (),  # for making models
    "onnxruntime/tools": (),
    "onnxruntime/transformers": (),
    "pygments/lexers/*.py": ("__init__.py", "_mapping.py", "python.py", "special.py"),  # a traceback is Python
    "pyphen/dictionaries/*": ("hyph_de_DE.dic",),  # readability is measured for German
    "holidays/locale/*": ("de",),
    "telegram/ext": (),  # Lotse has a loop of its own
}

LOADED = 1  # a segment's kind


def main(site: Path, translations: Path, others: list[str]) -> None:
    spoken = locales(translations, others)
    for pattern, stays in GONE.items():
        for path in list(site.glob(pattern)):
            if path.name not in stays:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (site / "babel" / "locale-data").glob("*.dat"):
        if path.stem.partition("_")[0] not in spoken:
            path.unlink()
    for path in site.rglob("*.so*"):
        if path.is_file():
            strip(path)


def strip(library: Path) -> None:
    """Take out what only debuggers read; not where ``strip`` spoils it, as it does some that patchelf has changed."""
    stripped = library.with_suffix(".stripped")
    subprocess.run(["strip", "--strip-unneeded", "-o", stripped, library], check=True)  # noqa: S603, S607
    if is_aligned(stripped.read_bytes()):
        shutil.copymode(library, stripped)
        stripped.replace(library)
    else:
        stripped.unlink()


def is_aligned(elf: bytes) -> bool:
    """Whether each segment that is loaded lies as its pages will (ELF, 64 bits)."""
    start, size, count = (*struct.unpack_from("<Q", elf, 32), *struct.unpack_from("<HH", elf, 54))
    for place in range(start, start + size * count, size):
        kind, _, offset, address, _, _, _, alignment = struct.unpack_from("<IIQQQQQQ", elf, place)
        if kind == LOADED and (offset - address) % alignment:
            return False
    return True


def locales(translations: Path, others: list[str]) -> set[str]:
    """The languages of the locales that stay, as Babel names them."""
    from bot.matching.language import LANGUAGES
    from bot.presentation.i18n import OWN_NAMES, RIGHT_TO_LEFT, locale_of

    there = {path.name for path in translations.iterdir() if path.is_dir()}
    return {"root"} | {locale_of(code).language for code in {*there, *LANGUAGES, *OWN_NAMES, *RIGHT_TO_LEFT, *others}}


if __name__ == "__main__":
    main(Path(sysconfig.get_path("purelib")), Path(sys.argv[1]), sys.argv[2:])
