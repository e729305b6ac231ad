"""What is taken out of the image: never a language that Lotse speaks, and no library that would not load then."""

from __future__ import annotations

import struct

import pytest

from scripts.lean import is_aligned, locales
from tests.conftest import ROOT


def test_the_locales_of_all_that_lotse_speaks_stay():
    stay = locales(ROOT / "translations", ["ka"])
    assert {"root", "de", "en", "uk", "ar", "fa", "ku", "ti", "so", "ka"} <= stay
    assert not {"it", "zh", "cy"} & stay


def elf(*segments):
    """A file with nothing but its headers; ``segments``: kind, place in the file, address."""
    head = bytearray(64)
    struct.pack_into("<Q", head, 32, 64)
    struct.pack_into("<HH", head, 54, 56, len(segments))
    return bytes(head) + b"".join(
        struct.pack("<IIQQQQQQ", kind, 0, place, address, 0, 0, 0, 4096) for kind, place, address in segments
    )


@pytest.mark.parametrize(
    ("segments", "loads"),
    [
        ([(1, 0, 0), (1, 8192, 4096)], True),
        ([(1, 0, 0), (1, 8000, 4096)], False),  # as strip leaves what patchelf has made
        ([(1, 0, 0), (6, 8000, 4096)], True),  # not loaded
    ],
)
def test_a_library_that_would_not_load_is_noticed(segments, loads):
    assert is_aligned(elf(*segments)) is loads
