"""How our mails are written down: as the standard library does, but with message ids left whole.

Before 3.13.18 and 3.14.10 Python folds an id of more than 77 letters in References and In-Reply-To into encoded words,
which no mail program reads as an id: the thread breaks.
"""

from __future__ import annotations

import re
from email.policy import EmailPolicy
from typing import Any

_OF_IDS = {"message-id", "in-reply-to", "references"}
_ID = re.compile(r"<[!-;=?-~]{1,900}>")  # printable ASCII; a line of a mail holds 998 letters


class _Policy(EmailPolicy):
    """Header fields of message ids: one id a line, each as it is. What is no id is left out."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() not in _OF_IDS:
            return str(super().fold(name, value))
        return f"{name}: " + f"{self.linesep} ".join(_ID.findall(str(value))) + self.linesep

    def fold_binary(self, name: str, value: Any) -> bytes:
        return (
            self.fold(name, value).encode("ascii")
            if name.lower() in _OF_IDS
            else bytes(super().fold_binary(name, value))
        )


POLICY = _Policy(linesep="\r\n")


def ids(*found: str) -> str:
    """The value of a header field that holds message ids, given without angle brackets."""
    return " ".join(f"<{each}>" for each in found if _ID.fullmatch(f"<{each}>"))
