"""The mails of ``shared/cases`` (beside the repository, where it is there): each with its right value, and what is read."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.corpora import ROOT
from benchmarks.mail_office import CENTRE, OFFICE, judged, relayed
from bot.mailing import senders
from bot.mailing.gate import Bounce, CentreQuestion, Quarantine
from bot.mailing.parsing import Mail, parse


def run() -> dict[str, Any]:
    """``right`` of ``cases``, per kind, and the names of those that are ``wrong``."""
    folder = next(
        (each / "shared" / "cases" / "mail" for each in ROOT.parents if (each / "shared" / "cases").exists()), None
    )
    if folder is None:
        raise SystemExit(f"There is no folder shared/cases beside {ROOT} or above it.")
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    table = Table("case", "right", "read")
    for case in json.loads((folder / "index.json").read_text("utf-8")):
        found = _read(folder / case["file"], case["kind"])
        of[case["kind"]] += 1
        if _is_right(case["right"], found):
            right[case["kind"]] += 1
        else:
            table.add_row(
                case["file"], json.dumps(case["right"], ensure_ascii=False), json.dumps(found, ensure_ascii=False)
            )
    Console(width=160).print(table, f"{right.total()} of {of.total()} right")
    return {"right": right.total(), "cases": of.total(), "kinds": {kind: [right[kind], of[kind]] for kind in of}}


def _read(path: Path, kind: str) -> dict[str, Any]:
    raw = path.read_bytes()
    mail = parse(raw)
    verdict = judged(raw, OFFICE if kind != "question" else CENTRE)
    found: dict[str, Any] = {"verdict": type(verdict).__name__, "held": isinstance(verdict, Quarantine)}
    if isinstance(verdict, Quarantine):
        found["reason"] = verdict.reason.name
    words, files = relayed(verdict)
    found |= {"words": words, "files": files, "subject": mail.headers.subject, "author": senders.author(mail.headers)}
    if kind == "text" and isinstance(mail, Mail):
        found["words"] = found["has"] = words or mail.text
    if isinstance(verdict, Bounce):
        found["id"] = verdict.message_id.partition("@")[0]
    if isinstance(verdict, CentreQuestion):
        found["words"] = "\n\n".join(each.words for each in verdict.questions)
    return found


def _is_right(right: dict[str, Any], found: dict[str, Any]) -> bool:
    def same(one: str, other: str) -> bool:
        return re.sub(r"\s+", " ", one).strip() == re.sub(r"\s+", " ", other).strip()

    for name, value in right.items():
        if name == "has":
            fits = value in found["words"]
        elif name == "words_or_held":
            fits = found["held"] or same(found["words"], value)
        elif name == "words":
            fits = same(found["words"], value) and not found["held"]
        else:
            fits = found.get(name) == value
        if not fits:
            return False
    return True
