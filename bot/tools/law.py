"""`lotse law`: fetch the laws that answers rest on, and say what changed. For editors; the bot itself never does."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from lxml import etree

from bot.content.law import FOLDER, Citation, Kept, Law, Laws
from bot.content.law_watch import Change, kept_text, updated
from bot.content.law_xml import MAX_BYTES, NotALaw, Statute, read_statute
from bot.tools.law_lookup import candidates, is_law, nearest

SITE = "https://www.gesetze-im-internet.de"
SECONDS = 30.0  # for one answer of the server
MAX_ZIP = 15_000_000
MAX_CONTENTS = 20_000_000
CONTENTS = "gii-toc.xml"


class NotFetched(Exception):
    """Why a law could not be had: where, what, what to do."""


class Source(Protocol):
    """Where laws come from."""

    def contents(self) -> bytes | None:
        """The table of contents; None where there is none. Raises NotFetched."""

    def law(self, folder: str) -> bytes:
        """The XML of the law in ``folder``. Raises NotFetched."""


@dataclass(frozen=True)
class Site:
    """The federal site, or a server with its layout."""

    base: str
    client: httpx.Client

    def contents(self) -> bytes | None:
        return self._get(f"{self.base.rstrip('/')}/{CONTENTS}", MAX_CONTENTS)

    def law(self, folder: str) -> bytes:
        url = f"{self.base.rstrip('/')}/{folder}/xml.zip"
        return unzipped(self._get(url, MAX_ZIP), url)

    def _get(self, url: str, most: int) -> bytes:
        try:
            with self.client.stream("GET", url) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise NotFetched(f"{url} answers with status {answer.status_code}. Is the law still there?")
                found = bytearray()
                for piece in answer.iter_bytes():
                    found += piece
                    if len(found) > most:
                        raise NotFetched(f"{url} is larger than {most:,} bytes, which no law is: it was left.")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotFetched(f"{url} cannot be reached ({type(error).__name__}). Is there a network?") from error
        return bytes(found)


@dataclass(frozen=True)
class Folder:
    """A folder with the site's layout: NAME/xml.zip, or the XML file itself as NAME/*.xml or NAME.xml."""

    path: Path

    def contents(self) -> bytes | None:
        file = self.path / CONTENTS
        return file.read_bytes() if file.is_file() else None

    def law(self, folder: str) -> bytes:
        packed = self.path / folder / "xml.zip"
        plain = [*sorted((self.path / folder).glob("*.xml")), self.path / f"{folder}.xml"]
        try:
            if packed.is_file():
                return unzipped(packed.read_bytes(), str(packed))
            for file in plain:
                if file.is_file():
                    return file.read_bytes()
        except OSError as error:
            raise NotFetched(f"{self.path / folder}: {error.strerror}. See that it can be read.") from error
        raise NotFetched(f"{self.path / folder}: there is neither xml.zip nor an XML file.")


def unzipped(packed: bytes, where: str) -> bytes:
    """The one XML file in a zip, read no further than a law can be long. Raises NotFetched."""
    if packed[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise NotFetched(f"{where} is a web page and no zip: the server answered with HTML. Try again later.")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = [each for each in archive.infolist() if each.filename.lower().endswith(".xml")]
            if len(files) != 1:
                raise NotFetched(f"{where} holds {len(files)} XML files instead of one.")
            with archive.open(files[0]) as file:
                content = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise NotFetched(f"{where} is no zip that can be read ({type(error).__name__}). Try again later.") from error
    if len(content) > MAX_BYTES:
        raise NotFetched(f"{where} unpacks to more than {MAX_BYTES:,} bytes, which no law is: it was left.")
    return content


def folders(contents: bytes, where: str) -> dict[str, str]:
    """Folder to title, from the table of contents. Raises NotFetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(contents, parser)
    except etree.XMLSyntaxError as error:
        raise NotFetched(f"{where}: the table of contents is no XML. Is this the right address?") from error
    found = {}
    for item in root.iter("item"):
        name = re.fullmatch(r"/(?:.*/)?([^/]+)/xml\.zip", urlsplit(item.findtext("link") or "").path)
        if name:
            found[name[1]] = " ".join((item.findtext("title") or "").split())
    if not found:
        raise NotFetched(f"{where}: the table of contents names no law. Is this the right address?")
    return found


@dataclass(frozen=True)
class Report:
    """What an update did. ``files``: path below the knowledge folder to new text; ``faults``: what could not be had.

    ``moved``: laws that stand in another folder than the one noted for them.
    """

    files: Mapping[str, str]
    changes: Sequence[Change]
    faults: Sequence[str]
    moved: Sequence[str] = ()


def update(
    laws: Laws, cited: Sequence[Citation], source: Source, today: date, advance: Callable[[str], None]
) -> Report:
    """Fetch every cited law. One that cannot be had keeps what was kept of it. ``advance`` gets each law's name."""
    files: dict[str, str] = {}
    changes: list[Change] = []
    faults: list[str] = []
    moved: list[str] = []
    try:
        contents = source.contents()
        known = folders(contents, CONTENTS) if contents is not None else None
    except NotFetched as error:
        return Report({}, [], [f"{error} {_age(laws)}"])
    for law, units in _wanted(laws, cited):
        advance(law.name)
        try:
            folder, statute = _found(law, laws.kept.get(law.name), source, known)
        except NotFetched as error:
            faults.append(f"{law.name}: {error}")
            continue
        if folder != law.folder:
            moved.append(
                f'{law.name} stands in the folder "{folder}" ({statute.title}), not in "{law.folder}". '
                f"Write `folder: {folder}` in knowledge/laws/laws.yaml."
            )
        kept, found = updated(laws.kept.get(law.name), replace(law, folder=folder), statute, units, today)
        files[f"{FOLDER}/{folder}.yaml"] = kept_text(kept)
        changes += found
    return Report(files, changes, faults, moved)


def _wanted(laws: Laws, cited: Sequence[Citation]) -> Iterator[tuple[Law, list[str]]]:
    for name in dict.fromkeys(each.law for each in cited):
        law = laws.known.get(name)
        if law is not None and law.folder:
            yield law, [each.unit for each in cited if each.law == name]


def _found(law: Law, before: Kept | None, source: Source, known: Mapping[str, str] | None) -> tuple[str, Statute]:
    """The folder that holds ``law``, and the law. Without a table of contents only the noted folder is looked into."""
    others = []
    for folder in [law.folder] if known is None else candidates(law, known):
        try:
            statute = read_statute(source.law(folder))
        except NotALaw as error:
            raise NotFetched(f"the file in {folder} {error}. What was kept of it stays.") from error
        if is_law(law, statute) or (before is not None and set(before.called) & set(statute.called)):
            return folder, statute
        others.append(f"{folder} calls itself {', '.join(statute.called) or 'nothing'} ({statute.title})")
    told = "".join(f"{other}: another law. " for other in others)
    near = "; ".join(nearest(law, known or {}))
    raise NotFetched(
        f'not found, neither in the folder "{law.folder}" nor by the title "{law.title}". {told}'
        f"{f'Nearest: {near}. ' if near else ''}Correct its folder or title in knowledge/laws/laws.yaml."
    )


def _age(laws: Laws) -> str:
    days = sorted(kept.fetched for kept in laws.kept.values())
    return f"The words that are here are of {days[0]} to {days[-1]}." if days else "No law has been fetched yet."
