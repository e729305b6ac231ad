"""Text as it is written line by line: with signs of quoting before it, and no more space or empty lines than wanted."""

from __future__ import annotations

_MOST_QUOTED = 20  # signs of quoting before a line


class Lines:
    """``_quoted``: how deep a quote the next line stands in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._level = 0  # of quoting, of the line begun
        self._wanted = 0  # line breaks before the next words
        self._space = False

    def _mark(self) -> int:
        return 0 if self._wanted else len(self._line)

    def _break(self, lines: int) -> None:
        self._wanted = max(self._wanted, lines)
        self._space = False

    def _newline(self) -> None:
        if self._wanted and self._line:
            self._flush_line()
        if self._wanted > 1 and self._lines and self._lines[-1].strip("> "):
            self._lines.append(quoting(min(self._level, self._quoted)).rstrip())
        self._wanted = 0
        self._flush_line(always=True)
        self._space = False

    def _write_mark(self, mark: str) -> None:
        """A mark that words follow: nothing stands between them."""
        self._write(mark)
        self._space = False

    def _write(self, words: str) -> None:
        if not words:
            return
        if self._wanted:
            self._flush_line()
            if self._wanted > 1 and self._lines and self._lines[-1].strip("> "):
                self._lines.append(quoting(min(self._level, self._quoted)).rstrip())
            self._wanted = 0
            self._space = False
        if not self._line:
            self._level = self._quoted
            self._space = False
        self._line.append(f" {words}" if self._space else words)
        self._space = False

    def _flush_line(self, *, always: bool = False) -> None:
        if not self._line and not always:
            return
        words = "".join(self._line).replace("\xa0", " ").rstrip()
        level = self._level if self._line else self._quoted
        self._lines.append((quoting(level) + words).rstrip())
        self._line = []


def quoting(level: int) -> str:
    return "> " * min(level, _MOST_QUOTED)
