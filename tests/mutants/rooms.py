"""Which files a room has here, and whose tests are asked: the quick ones, without containers, mail servers, browsers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """Patterns of files below ``bot/`` and of tests below ``tests/``."""

    code: tuple[str, ...]
    asked: tuple[str, ...]

    def files(self, root: Path) -> list[Path]:
        """The files that are changed; one without code has nothing to change."""
        return sorted(
            path for pattern in self.code for path in (root / "bot").glob(pattern) if path.name != "__init__.py"
        )

    def tests(self, root: Path) -> list[str]:
        """Paths from the root."""
        found = dict.fromkeys(path for pattern in self.asked for path in sorted((root / "tests").glob(pattern)))
        return [str(path.relative_to(root)) for path in found]


def _each(pattern: str, names: str) -> tuple[str, ...]:
    return tuple(pattern.format(name) for name in names.split())


_INTEGRATION = "integration/test_{}.py"
_STORED = _each(_INTEGRATION, "stored database storage neighbours moves writer retention raw_mail")

ROOMS = {
    # without tables.py and kept.py, which are data: tests compare them whole with the migrations
    "storage": Room(("storage/[!tk]*.py", "storage/tickets.py", "storage/traces.py"), _STORED),
    "conversation": Room(
        ("conversation/*.py",),
        _each(
            "unit/test_{}.py",
            "answering buttons screens draft_rules machine conversation drafts outcomes sensitive deep_links incoming",
        ),
    ),
    "delivery": Room(
        _each("flow/{}.py", "delivery failures loop post letters presence signs"),
        ("unit/test_failures.py", *_each(_INTEGRATION, "delivery post")),
    ),
    "gate": Room(
        ("flow/flood.py", "web/limits.py", "mailing/gate.py"),
        _each("unit/test_{}.py", "gate web flood"),
    ),
    "desk": Room(
        _each("flow/{}*.py", "desk clerk office_mail orders questions reminders decisions centres resending"),
        _each(_INTEGRATION, "desk clerk question_list reminders centres questions resending mail_decisions"),
    ),
}
