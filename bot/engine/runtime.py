"""onnxruntime, silent.

Its Linux wheels since 1.29 make a device id and a database of events to report when they are imported, and know a
collector of their maker, unless the environment forbids it before the import (findings/onnxruntime-telemetry.sh).
"""

from __future__ import annotations

import os
from typing import Any


def onnxruntime() -> Any:
    """The library, which tells nobody anything. Raises ImportError where it is missing."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as library

    library.disable_telemetry_events()
    return library
