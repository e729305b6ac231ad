"""The tests of a room, run in a process of their own: all of them to see which line each reaches, or some on a mutant.

The process is forked from one that has imported the libraries already, and works in a copy of the tree.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HANGS = 124  # the exit code, as of timeout(1)
LIBRARIES = [
    *("aiosqlite", "alembic.command", "babel.messages.pofile", "coverage", "cryptography.fernet", "holidays", "httpx"),
    *("hypothesis", "jinja2", "lxml.html", "numpy", "onnxruntime", "opening_hours", "phonenumbers", "pytest"),
    *("pydantic_settings", "rapidfuzz", "sqlalchemy.ext.asyncio", "starlette.applications", "structlog"),
    *("telegram.ext", "typer", "uvicorn"),
]


@dataclass(frozen=True)
class Reached:
    """What a run of all tests showed. ``lines``: by file and line the tests that came there, "" for while importing."""

    seconds: dict[str, float]
    failed: list[str]
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)  # of those files as they were then


def context() -> multiprocessing.context.ForkServerContext:
    """Processes that have the libraries, and nothing of ours."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(LIBRARIES)
    return processes


def run(tree: Path, target: Callable[..., None], arguments: Sequence[object], limit: float, out: Path) -> int | None:
    """The exit code of ``target``, run in ``tree``; None when it took longer than ``limit`` seconds."""
    process = context().Process(target=_apart, args=(tree, out, target, arguments))
    process.start()
    process.join(limit)
    if process.is_alive():
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        return None
    return process.exitcode


def _apart(tree: Path, out: Path, target: Callable[..., None], arguments: Sequence[object]) -> None:
    os.setsid()
    with out.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # two mutants of one second and one length would share it
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(tree))
    for name in [name for name in sys.modules if name.partition(".")[0] in {"bot", "tests"}]:
        del sys.modules[name]  # they come from the copy
    target(*arguments)


def reach(tests: Sequence[str], files: Mapping[str, str], report: Path) -> None:
    """Run every test and write a ``Reached`` as JSON. ``files``: path to hash."""
    from coverage import Coverage

    measured = Coverage(
        data_file=None, include=[str(Path(file).absolute()) for file in files], concurrency=["thread", "greenlet"]
    )
    seen = _Seen(measured)
    measured.start()
    pytest.main([*_OPTIONS, *tests], plugins=[_Chosen(None), seen])
    measured.stop()
    data = measured.get_data()
    lines = {file: data.contexts_by_lineno(str(Path(file).absolute())) for file in files}
    known = {"seconds": seen.seconds, "failed": seen.failed, "lines": lines, "hashes": dict(files)}
    report.write_text(json.dumps(known), encoding="utf-8")


def read(report: Path) -> Reached:
    """What ``reach`` wrote."""
    found = json.loads(report.read_text(encoding="utf-8"))
    lines = {file: {int(line): names for line, names in each.items()} for file, each in found["lines"].items()}
    return Reached(found["seconds"], found["failed"], lines, found["hashes"])


def together(parts: Sequence[Reached]) -> Reached:
    """One of several runs with different tests."""
    whole = Reached({}, [], {})
    for part in parts:
        whole.seconds.update(part.seconds)
        whole.failed.extend(part.failed)
        for file, lines in part.lines.items():
            for line, names in lines.items():
                whole.lines.setdefault(file, {}).setdefault(line, []).extend(names)
    return whole


def attempt(tests: Mapping[str, float]) -> None:
    """Run these tests until one fails, or takes longer than its seconds; exits with pytest's code, or ``HANGS``."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    sys.stdout.flush()
    signal.signal(signal.SIGALRM, lambda *_: os._exit(HANGS))
    os._exit(pytest.main([*_OPTIONS, "-x", *files], plugins=[_Chosen(list(tests)), _Limited(tests)]))


_OPTIONS = (
    "-q",
    "--no-header",
    "--tb=short",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


class _Chosen:
    """Only these tests, in this order; of those for both databases the ones on SQLite."""

    def __init__(self, tests: Sequence[str] | None) -> None:
        self.order = None if tests is None else {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not _postgresql(item)]
        if self.order is not None:
            items[:] = sorted(
                (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
            )


def _postgresql(item: pytest.Item) -> bool:
    return "postgres" in getattr(item, "fixturenames", ()) or "postgresql" in item.nodeid.partition("[")[2]


class _Limited:
    def __init__(self, seconds: Mapping[str, float]) -> None:
        self.seconds = seconds

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        signal.setitimer(signal.ITIMER_REAL, self.seconds[item.nodeid])
        yield
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Seen:
    def __init__(self, measured: object) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        yield
        self.measured.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)
