"""This build beside an earlier one, in one run: starting, one question, the model alone, memory.

Both are processes pinned to the same core, and asked in turn, so that what else runs here slows both: the ratios count.
Both match against the earlier build's knowledge (what this build's check refuses in it is left out for this side), with
everything learned before it is measured. Starting is processor time, too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import labelled

ROOT = Path(__file__).parent.parent
SIDE = Path(__file__).parent / "speed_side.py"
EVERY = 5  # of the questions
STARTS = 3
FUZZY = 4  # so many fewer questions
# What the check has refused since 6a0f349: the city's welcome page is a place now, and whom questions go to is no flag.
REFUSED = re.compile(r"^welcome:\n(?: .*\n)+|^    flags: \[handover-target\]\n", re.MULTILINE)


class Side:
    """One build's process."""

    def __init__(self, folder: Path, python: Path, knowledge: Path) -> None:
        self._folder, self._python = folder, python
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LOTSE_")},
            "LOTSE_KNOWLEDGE": str(knowledge),
            "LOTSE_VAR": str(folder / "var" / "speed"),
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        if (folder / "var" / "cache").is_dir():
            self._environment["LOTSE_CACHE"] = str(folder / "var" / "cache")
        self._process = self._popen([str(SIDE)])
        self.begun = self._read()

    def _popen(self, arguments: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self._python), *arguments],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)  # type: ignore[no-any-return]
        raise SystemExit(f"{self._folder}: the process ended; its errors stand above")

    def ask(self, **what: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._read()

    def starts(self, command: str) -> tuple[float, float]:
        """Seconds of processor time from the command to the first answer, everything learned, and the most MB."""
        question = "Wo ist die Ausländerbehörde?"
        process = self._popen(["-m", "bot", command, *([question] if command == "ask" else [])])
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{question}\n")
        process.stdin.close()
        process.stdout.read()
        _, _, used = os.wait4(process.pid, 0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024

    def end(self) -> None:
        self._process.communicate()


def run(against: str = "6a0f349") -> dict[str, Any]:
    """``against``: a revision, of which a clone and an environment are made, or a folder that has both."""
    core = {min(os.sched_getaffinity(0))}
    folder = Path(against) if Path(against).is_dir() else _checkout(against)
    old = Side(folder, folder / ".venv" / "bin" / "python", folder / "knowledge")
    new = Side(ROOT, Path(sys.executable), _readable(folder / "knowledge"))
    os.sched_setaffinity(0, core)
    for side in (old, new):
        os.sched_setaffinity(side._process.pid, core)  # noqa: SLF001
    lines = labelled.load(editors=False)[::EVERY]
    found: dict[str, dict[str, list[float]]] = {"old": {}, "new": {}}
    changed, cosines = [], []
    for number, line in enumerate(lines):
        answers = {}
        for name, side in (("old", old), ("new", new)) if number % 2 else (("new", new), ("old", old)):
            answers[name] = side.ask(match=line.question)
            found[name].setdefault("question ms", []).append(answers[name]["ms"])
            embedded = side.ask(embed=line.question)
            found[name].setdefault("model alone ms", []).append(embedded["ms"])
            answers[name]["vector"] = np.array(embedded["vector"])
            if number % FUZZY == 0:
                found[name].setdefault("rapidfuzz WRatio ms", []).append(side.ask(fuzzy=line.question)["ms"])
        cosines.append(float(answers["old"]["vector"] @ answers["new"]["vector"]))
        if answers["old"]["decision"] != answers["new"]["decision"]:
            changed.append((line.question, answers["old"]["decision"], answers["new"]["decision"]))
    figures: dict[str, Any] = {"questions": len(lines), "worst cosine": round(min(cosines), 5), "changed": len(changed)}
    for name, side in (("old", old), ("new", new)):
        figures[name] = {
            f"{what}, p{share}": round(float(np.percentile(times, share)), 2)
            for what, times in found[name].items()
            for share in (50, 99)
        }
        figures[name]["peak MB, all made anew"] = round(side.ask()["peak_mb"])
        side.end()
    for command in ("ask", "run"):
        for side in (old, new):
            side.starts(command)  # makes what the next ones use
        starts = [(old.starts(command), new.starts(command)) for _ in range(STARTS)]
        for place, name in enumerate(("old", "new")):
            used, most = np.median([pair[place] for pair in starts], axis=0)
            figures[name][f"{command}: warm start to first answer s"] = round(float(used), 2)
            figures[name][f"{command}: peak MB"] = round(float(most))
    figures["ratios"] = {what: round(figures["new"][what] / value, 3) for what, value in figures["old"].items()}
    _show(figures, changed, against)
    return figures


def _show(figures: dict[str, Any], changed: list[tuple[str, Any, Any]], against: str) -> None:
    table = Table("", against, "this", "ratio")
    for what, value in figures["old"].items():
        table.add_row(what, str(value), str(figures["new"][what]), str(figures["ratios"][what]))
    console = Console()
    console.print(table)
    console.print(f"{figures['questions']} questions; the worst cosine of two vectors is {figures['worst cosine']}")
    for question, before, after in changed:
        console.print(f"decided otherwise: {question!r}: {before} -> {after}", markup=False)


def _readable(knowledge: Path) -> Path:
    """A copy of ``knowledge`` without what this build refuses."""
    copy = ROOT / "var" / "benchmarks" / "knowledge"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(knowledge, copy)
    for file in copy.rglob("*.yaml"):
        file.write_text(REFUSED.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")
    return copy


def _checkout(revision: str) -> Path:
    """A clone of this repository at ``revision``, with its own environment."""
    folder = ROOT / "var" / "benchmarks" / "against" / revision
    if not (folder / ".venv" / "bin" / "lotse").exists():
        print(f"Making {revision} and its environment in {folder} ...", file=sys.stderr)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", revision], check=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder / ".venv")], check=True)
        subprocess.run([str(folder / ".venv" / "bin" / "pip"), "install", "--quiet", "-e", str(folder)], check=True)
    return folder
