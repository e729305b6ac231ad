"""What this processor does well."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_NEEDED = {"ssse3", "sse4_1", "sse4_2", "popcnt"}  # what numpy is built for (x86-64-v2)
_WITH_BYTES = {"avx512_vnni", "avx_vnni", "asimddp"}  # instructions that multiply and add bytes


@cache
def multiplies_bytes(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether it multiplies bytes in one instruction (VNNI; on ARM: dot product). False where that is not known.

    Without them onnxruntime's kernels for bytes are no faster than those for float32 and may overflow.
    """
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    return bool(_words(cpuinfo) & _WITH_BYTES)


def lacking(cpuinfo: Path = _CPUINFO) -> list[str]:
    """The instructions that Lotse's libraries need and this processor does not have; none where that is not known.

    Whoever loads numpy without them dies of the first of them without a word."""
    words = _words(cpuinfo)
    return sorted(_NEEDED - words) if "lm" in words else []  # "long mode": an x86 of 64 bits


def _words(cpuinfo: Path) -> set[str]:
    try:
        return set(cpuinfo.read_text(encoding="ascii", errors="replace").split())
    except OSError:
        return set()
