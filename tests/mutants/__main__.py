"""``make mutants ROOM=storage [SEED=1] [SIZE=80]``: the share of small faults in a room that its tests notice.

Prints each one that survived as a difference; the figures stand in build/mutants/ROOM.json.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import shutil
import tempfile
import time
import tomllib
from pathlib import Path

from tests.mutants import trial
from tests.mutants.changes import Mutant, sample
from tests.mutants.rooms import ROOMS, Room

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "mutants"
PATIENCE = 4  # times as long as the tests take otherwise, and
AT_LEAST = 30  # seconds: then a mutant hangs, which is noticed, too
A_MINUTE = 60.0
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


def main() -> None:
    """One room, or a table of what all have shown last."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("room", nargs="?", choices=list(ROOMS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=80, metavar="N", help="how many mutants, at most one a line")
    parser.add_argument(
        "--again", action="store_true", help="only those that survived or hung in the last run with this seed"
    )
    arguments = parser.parse_args()
    if arguments.room:
        _try(arguments.room, ROOMS[arguments.room], arguments.seed, arguments.size, again=arguments.again)
    _table()


def _try(name: str, room: Room, seed: int, size: int, *, again: bool) -> None:
    files = room.files(ROOT)
    mutants = sample(ROOT, files, size, seed)
    results = RESULTS / f"{name}.json"
    judged = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    equivalent = {(each["path"], each["diff"].strip("\n")): each["why"] for each in judged["mutant"]}
    before = json.loads(results.read_text(encoding="utf-8")) if again else {"mutants": []}
    done = {(each["path"], each["diff"]): each for each in before["mutants"] if each["fate"] == "killed"}
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lotse-mutants-") as folder:
        tree, out = _copy(Path(folder) / "tree"), Path(folder) / "out"
        reached = _reached(room, tree, out)
        for test in reached.failed:
            print(f"left out, fails without any change: {test}")
        fates = []
        for mutant in mutants:
            which = (mutant.path, mutant.diff)
            if which in equivalent:
                fates.append({"path": mutant.path, "line": mutant.line, "diff": mutant.diff, "fate": "equivalent"})
                continue
            known = done.get(which)
            fate = known or _fate(tree, mutant, reached, out)
            fates.append(fate)
            if known is None:
                print(
                    f"{fate['fate']:9} {mutant.path}:{mutant.line} {mutant.operator} ({fate['tests']} tests, {fate['seconds']} s)"
                )
                if fate["fate"] == "survived":
                    print(mutant.diff, flush=True)
            results.write_text(json.dumps({"seed": seed, "mutants": fates}, indent=1), encoding="utf-8")


def _reached(room: Room, tree: Path, out: Path) -> trial.Reached:
    """What each test comes to, in all rooms; a file of tests that was run before, and nothing of it or of the room
    has changed, is not run again."""
    files = sorted({str(path.relative_to(ROOT)) for each in ROOMS.values() for path in each.files(ROOT)})
    hashes = {file: hashlib.sha256((ROOT / file).read_bytes()).hexdigest() for file in files}
    own = [str(path.relative_to(ROOT)) for path in room.files(ROOT)]
    found = []
    for test in room.tests(ROOT):
        kept = RESULTS / "reached" / f"{hashlib.sha256((ROOT / test).read_bytes()).hexdigest()[:20]}.json"
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists() or any(trial.read(kept).hashes.get(file) != hashes[file] for file in own):
            kept.unlink(missing_ok=True)
            trial.run(tree, trial.reach, ([test], hashes, kept), 900, out)
        if not kept.exists() or not trial.read(kept).seconds:
            kept.unlink(missing_ok=True)
            raise SystemExit(f"{test} could not be run:\n{out.read_text(encoding='utf-8')}")
        found.append(trial.read(kept))
        print(f"{test}: {len(found[-1].seconds)} tests in {sum(found[-1].seconds.values()):.0f} s", flush=True)
    return trial.together(found)


def _fate(tree: Path, mutant: Mutant, reached: trial.Reached, out: Path) -> dict[str, object]:
    tests = _tests(mutant, reached)
    file, started, code = tree / mutant.path, time.monotonic(), 0
    before = file.read_text(encoding="utf-8")
    if tests:
        file.write_text(mutant.source, encoding="utf-8")
        limits = {test: AT_LEAST + PATIENCE * reached.seconds[test] for test in tests}
        whole = AT_LEAST + PATIENCE * sum(reached.seconds[test] for test in tests)
        code = trial.run(tree, trial.attempt, (limits,), whole, out)
        file.write_text(before, encoding="utf-8")
    fate = (
        "survived" if code in (0, 5) else "hung" if code in (None, trial.HANGS) else "killed"
    )  # 5: no test was left to run
    seconds = round(time.monotonic() - started, 1)
    by = "" if fate != "killed" else _first_failure(out.read_text(encoding="utf-8"))
    found = {"path": mutant.path, "line": mutant.line, "operator": mutant.operator, "diff": mutant.diff, "fate": fate}
    return found | {"tests": len(tests), "seconds": seconds, "by": by}


def _tests(mutant: Mutant, reached: trial.Reached) -> list[str]:
    """Those that come to the line's statement, the quickest first, as many as take a minute: what the others alone would
    notice is shown as a survivor. What is run on import may be noticed by any; first those that come to the file."""
    lines = reached.lines.get(mutant.path, {})
    here = {test for line in _statement(ROOT / mutant.path, mutant.line) for test in lines.get(line, ())}
    near = {test for names in lines.values() for test in names}
    if "" in here:
        here = set(reached.seconds)
    found, seconds = [], 0.0
    for test in sorted(here - set(reached.failed), key=lambda test: (test not in near, reached.seconds[test])):
        seconds += reached.seconds[test]
        if found and seconds > A_MINUTE:
            break
        found.append(test)
    return found


def _statement(file: Path, line: int) -> range:
    """The lines of the statement that ``line`` is in, without what is inside: of one over several lines only some
    count as run."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or line):
            inside = getattr(node, "body", None)
            end = inside[0].lineno if inside else (node.end_lineno or line) + 1
            found = range(node.lineno, max(end, node.lineno + 1)) if line < end else found
    return found


def _first_failure(output: str) -> str:
    found = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return found[0][:200] if found else output[-200:]


def _copy(tree: Path) -> Path:
    """What is changed is a copy; the rest is shown through links."""
    tree.mkdir()
    for entry in ROOT.iterdir():
        if entry.name in {"bot", "tests"}:
            shutil.copytree(entry, tree / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif entry.name not in {".git", "build", "var"}:
            (tree / entry.name).symlink_to(entry)
    return tree


def _table() -> None:
    """The share is that of those that can be noticed at all."""
    print(f"{'room':14} {'seed':>4} {'mutants':>7} {'killed':>6} {'equivalent':>10} {'survived':>8} {'share':>6}")
    for name in ROOMS:
        results = RESULTS / f"{name}.json"
        if results.exists():
            found = json.loads(results.read_text(encoding="utf-8"))
            fates = [each["fate"] for each in found["mutants"]]
            same, left = fates.count("equivalent"), fates.count("survived")
            killed = len(fates) - same - left
            share = killed / max(killed + left, 1)
            print(f"{name:14} {found['seed']:4} {len(fates):7} {killed:6} {same:10} {left:8} {share:6.0%}")


if __name__ == "__main__":
    main()
