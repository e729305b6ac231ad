"""What this processor does well."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

_WITH_BYTES = {"avx512_vnni", "avx_vnni", "asimddp"}  # instructions that multiply and add bytes


@cache
def multiplies_bytes(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether it multiplies bytes in one instruction (VNNI; on ARM: dot product). False where that is not known.

    Without them onnxruntime's kernels for bytes are no faster than those for float32 and may overflow.
    """
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    try:
        words = set(cpuinfo.read_text(encoding="ascii", errors="replace").split())
    except OSError:
        return False
    return bool(words & _WITH_BYTES)
