"""What `lotse run` holds in memory, step by step, at the first and the second start, and after edits.

VmRSS and VmHWM of /proc: what it holds after the step, and the most it has held. Of that, ``anonymous`` is its own;
the rest are pages of files, which several processes share and the system may take back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import labelled

ROOT = Path(__file__).parent.parent
SIDE = Path(__file__).parent / "memory_side.py"
EVERY = 5  # of the questions


def run(against: str = "") -> dict[str, Any]:
    """``against``: a folder with another checkout and its environment, which is measured instead of this one."""
    folder = Path(against).absolute() if against else ROOT
    python = folder / ".venv" / "bin" / "python" if against else Path(sys.executable)
    questions = "\n".join(line.question for line in labelled.load(editors=False)[::EVERY])
    with tempfile.TemporaryDirectory() as var:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOTSE_")}
        knowledge = shutil.copytree(folder / "knowledge", Path(var) / "knowledge")
        environment |= {"LOTSE_VAR": var, "LOTSE_KNOWLEDGE": str(knowledge), "OMP_NUM_THREADS": "1"}
        starts = []
        for what in ((), ("edits",)):
            done = subprocess.run(
                [str(python), str(SIDE), *what],
                cwd=folder, env=environment, input=questions, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr)
            starts.append([json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")])
    table = Table("MB after", "first start: held", "most", "second start: held", "anonymous", "most")
    for first, second in zip_longest(*starts):
        cells = [str(round(second[name] / 1024)) for name in ("VmRSS", "RssAnon", "VmHWM")]
        table.add_row(
            second["step"],
            *([str(round(first[name] / 1024)) for name in ("VmRSS", "VmHWM")] if first else "--"),
            *cells,
        )
    Console().print(table)
    return {
        name: {one["step"]: {key: round(one[key] / 1024) for key in ("VmRSS", "RssAnon", "VmHWM")} for one in steps}
        for name, steps in zip(("first start", "second start"), starts, strict=True)
    }
