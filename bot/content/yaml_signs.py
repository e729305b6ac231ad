"""Signs that editors cannot see, or that look like others: found in a file's text before it is read as YAML.

What YAML says of them names another line, or a remedy that is followed already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.problems import Place, Problem

_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_SPACES = "\u00a0\u202f\u2007\u3000"
_INDENTED = re.compile(rf"[ \t]*[{_SPACES}]")
_AFTER_KEY = re.compile(rf"\s*(?:- )?[\w-]+:[{_SPACES}]")
_AFTER_DASH = re.compile(rf"\s*-[{_SPACES}]")
_TAB = re.compile(r" *\t[ \t]*\S")
# A file with none of these has nothing wrong, and most have none: to look once is ten times quicker than line by line.
_ANY = re.compile(
    rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u2028\u2029{_SPACES}]|^([<|=>])\1{{6}}", re.MULTILINE
)
STRAIGHT = 'Put the text in straight ones: "text: with colon".'
QUOTES = "„“”»«‚‘"
_QUOTED = re.compile(r"\s*(?:- )?(?:[\w-]+: +)?[„“”»«‚‘]")


def wrong_signs(path: str, text: str) -> Iterator[Problem]:
    """One problem for each line with such a sign, at the sign. ``text`` is the whole file."""
    if _ANY.search(text) is None:
        return
    merging = False
    for number, line in enumerate(text.split("\n"), 1):
        mark = _MARK.match(line)
        if mark is not None and merging:  # the other marks of a conflict that was named at its first
            merging = mark[1][0] != ">"
            continue
        merging = merging or (mark is not None and mark[1][0] == "<")
        found = _in_line(line.rstrip("\r"))
        if found is not None:
            column, what, remedy = found
            yield Problem(Place(path, number, column), what, remedy)


def _in_line(line: str) -> tuple[int, str, str] | None:
    if (mark := _MARK.match(line)) is not None:
        return (
            1,
            f"{mark[1]}: an unfinished merge.",
            "Keep one of the two versions, and delete the lines with marks.",
        )
    if (sign := _INVISIBLE.search(line)) is not None:
        what = f"an invisible control character stands here (U+{ord(sign[0]):04X})."
        return sign.start() + 1, what, "Delete it: put the cursor behind it and press Backspace."
    if (end := _LINE_ENDS.search(line)) is not None:
        what = f"a line separator stands in the text (U+{ord(end[0]):04X})."
        return end.start() + 1, what, "Replace it by a space or a new line."
    if (indent := _INDENTED.match(line)) is not None and line.strip():
        return indent.end(), "a no-break space stands where a space must stand.", "Indent with ordinary spaces."
    for pattern, where in ((_AFTER_KEY, "after the colon"), (_AFTER_DASH, "after the dash")):
        if (space := pattern.match(line)) is not None:
            return space.end(), f"a no-break space stands {where}.", "Replace it by an ordinary space."
    return None


def hint(text: str, line: int) -> tuple[int, str, str] | None:
    """(column, what, remedy) for a line that is no YAML, where one sign in it is why; None when none is."""
    lines = text.split("\n")
    for number in (line, line - 1):
        if not 0 < number <= len(lines):
            continue
        if (tab := _TAB.match(lines[number - 1])) is not None:
            return tab.end() - 1, "a tab stands where spaces must stand.", "Indent with spaces, not with the tab key."
        if (quote := _QUOTED.match(lines[number - 1])) is not None:
            sign = quote[0][-1]
            return (
                quote.end(),
                f"{sign} is no quotation mark of YAML.",
                STRAIGHT,
            )
    return None
