"""To whom a reply speaks: other recipients than us, or a first line that greets somebody else."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.handover import tokens
from bot.mailing.headers import Headers

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_US = re.compile(
    r'(?<![^,;\s])"?Lotse"?\s*<[^<>]{1,320}>'
)  # the name we write under, whatever a program made of the address
_IN_BRACKETS = re.compile(r"[^,;<>]*+<([^<>]{1,320})>")
_BARE = re.compile(r"[\w.+=/-]{1,100}+@[\w.-]{1,200}")
_LONGEST = 20_000  # letters of a field
_PATHS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")

_GREETING = re.compile(
    r"\W*(?:guten\s(?:tag|morgen|abend)|hallo|hi|hey|hello|moin|servus|liebe[rs]?|sehr\sgeehrte[rs]?|werte[rs]?|dear|bonjour)"
    r"\b[ ,]*(?P<whom>[^\n,!.:–]{0,80})",
    re.IGNORECASE,
)
_COLLEAGUES = re.compile(
    r"\b(?:kolleg\w*|team|zusammen|ihr lieben|alle|all|lotse\w*|frau|herr|herrn|mr|mrs|ms|madame|monsieur|collègues?|colleagues?)\b",
    re.IGNORECASE,
)
# Whom an office may greet without knowing anybody's name.
_ANYBODY = frozenset(
    "damen herren ratsuchende ratsuchender fragende fragender person mensch kundin kunde bürgerin bürger interessierte eltern mutter vater"  # noqa: SIM905
    " klientin klient antragsteller antragstellerin und oder r in guten tag morgen abend sir madam sehr geehrte geehrter liebe lieber unbekannt"
    " unbekannte unbekannter nutzerin nutzer leserin leser studierende besucherin besucher familie".split()
)


def paths(headers: Headers) -> tuple[str, ...]:
    """The addresses that a mail server noted for itself: Delivered-To and the like, topmost first."""
    return tuple(address for name in _PATHS for value in headers.all(name) for address in _BARE.findall(value[:1_000]))


def others(headers: Headers, known: Collection[str]) -> tuple[str, ...]:
    """Who gets the mail besides us, by To and Cc; ``known`` are addresses that do not count (ours, the office's)."""
    ours = {address.lower() for address in known}
    found = []
    for value in (*headers.all("to"), *headers.all("cc")):
        bare = _QUOTED.sub("", _US.sub("", value[:_LONGEST]))
        found += [*_IN_BRACKETS.findall(bare), *_BARE.findall(_IN_BRACKETS.sub("", bare))]
    addresses = (address.strip().lower() for address in found)
    return tuple(dict.fromkeys(each for each in addresses if "@" in each and each not in ours and not _is_token(each)))


def _is_token(address: str) -> bool:
    return tokens.read(address.partition("@")[0]) is not None


def greets_somebody(words: str, question: str = "") -> bool:
    """Whether the first line greets somebody by name, or colleagues: an office does not know an asker's name.

    A name that stands in the ``question`` is the asker's.
    """
    first = next((line.strip() for line in words.splitlines() if line.strip() and not line.startswith(("#", ">"))), "")
    found = _GREETING.match(first[:200])
    if not found:
        return False
    whom = found.group("whom")
    names = [word for word in re.findall(r"[^\W\d_][\w'’-]*", whom) if word[0].isupper()]
    names = [name for name in names if name.casefold() not in _ANYBODY and not _COLLEAGUES.fullmatch(name)]
    asked = set(re.findall(r"\w+", question.casefold()))
    if names and all(name.casefold() in asked for name in names):
        return False
    rest = first[found.end() :].strip(" ,!.–:")
    if rest and not _COLLEAGUES.search(whom):
        # "Hallo, Termin ist am Montag": the greeting is over, and what follows is said.
        return (
            bool(names)
            and len(names) <= 2
            and whom.strip() == " ".join(whom.split()[: len(names)])
            and first[found.end() : found.end() + 1] in ",!"
        )
    return bool(names) or bool(_COLLEAGUES.search(whom))
