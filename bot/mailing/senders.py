"""Who wrote a mail, and whether our own mail server vouches for it. Where in doubt: nobody, and no."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from publicsuffixlist import PublicSuffixList

from bot.mailing.headers import Headers

# Microsoft 365 writes its Authentication-Results without an authserv-id, against RFC 8601.
MICROSOFT = "microsoft365"

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+"
# A display name holds nothing that another program may take for an address, a list or a group, or stands in quotes or
# in encoded words, whatever they hide.
_NAME = r'(?:"(?:[^"\\]|\\.)*+"|(?:=\?[^?\s]{1,40}\?[bq]\?[^?\s]*+\?=|\([^()<>@,:;"\\]*+\)|[^"<>@,:;()\\])*+)'
_FROM = re.compile(
    rf"(?:{_NAME}\s*<\s*({_ADDRESS})\s*>"
    rf"|'?(?P<same>{_ADDRESS})'?\s*<\s*(?P=same)\s*>"  # the address as its own name
    rf"|({_ADDRESS})(?:\s*\((?:=\?[^?\s]{{1,40}}\?[bq]\?[^?\s()]*+\?=|[^()<>@,:;\"\\])*+\))?)",  # addr (Name)
    re.IGNORECASE,
)
_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*(\w+)(.*)", re.IGNORECASE | re.DOTALL)
_HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*(\S+)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(\[?[\w.:-]+\]?)", re.IGNORECASE)
_LMTP = re.compile(r"\bwith\s+(?:utf8)?lmtps?a?\b", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.]+|[\da-f]*:[\da-f:.]*")  # an IP address: a hop within


def author(headers: Headers) -> str | None:
    """The address of the one From there is, in lower case; None when there is not exactly one that is clear."""
    values = headers.all("from")
    found = _FROM.fullmatch(values[0].strip()) if len(values) == 1 and len(values[0]) < 1_000 else None
    return (found.group(1) or found.group("same") or found.group(3)).lower() if found else None


def listed(address: str, entries: Collection[str]) -> bool:
    """Whether ``address`` is on a list of addresses and domains (``@city.de``, without its subdomains)."""
    return any(
        address == entry.lower() or (entry.startswith("@") and address.endswith(entry.lower())) for entry in entries
    )


def same_organisation(address: str, other: str) -> bool:
    """Whether two addresses belong to one registered domain."""
    one, two = (_suffixes().privatesuffix(each.rpartition("@")[2].lower()) for each in (address, other))
    return one is not None and one == two


def dmarc_passed(headers: Headers, authserv_id: str, address: str) -> bool:
    """Whether the Authentication-Results (RFC 8601) that our own server wrote say dmarc=pass for this From.

    An empty ``authserv_id`` passes nobody; ``microsoft365`` takes the topmost field, which then must have no id. What
    stands below the Received of a stranger's server was in the mail when it came, whatever name it bears.
    """
    above, below = _written_by_us(headers, authserv_id)
    if authserv_id == MICROSOFT:
        bare = next((_without_comments(value) for value in (*above, *below)), None) or ""
        return "=" in bare.partition(";")[0] and _all_pass(bare.split(";"), address)
    ours = [results for value in above if (results := _results(value, authserv_id)) is not None]
    if not ours:  # where the sender's own fields begin is not sure any more: the topmost alone
        ours = [results for value in below if (results := _results(value, authserv_id)) is not None][:1]
    return _all_pass([result for results in ours for result in results], address)


def _results(value: str, authserv_id: str) -> list[str] | None:
    """What a field says, check by check; None when it is not in the name of ``authserv_id``."""
    bare = _without_comments(value)
    first, *results = bare.split(";") if bare is not None else [""]
    named = first.split()[:1]
    return results if authserv_id and named and named[0].lower() == authserv_id.lower() else None


def _written_by_us(headers: Headers, authserv_id: str) -> tuple[list[str], list[str]]:
    """The Authentication-Results above the topmost Received, which no sender reaches, and those from there down to the
    first Received of another's server. Without any Received all count as the latter."""
    hops = 0
    above: list[str] = []
    below: list[str] = []
    traced = any(name == "received" for name, _ in headers.fields)
    for name, value in headers.fields:
        if name == "received":
            if hops and not _is_ours(value, authserv_id):
                break
            hops += 1
        elif name == "authentication-results":
            (above if traced and not hops else below).append(value)
    return above, below


def _is_ours(received: str, authserv_id: str) -> bool:
    """Whether a Received below the topmost is another hop within our own server's organisation."""
    bare = _without_comments(received) or ""
    found = _BY.search(bare)
    if found is None:
        return False
    host = found.group(1).lower().strip("[]")
    if _LMTP.search(bare) or "." not in host or _NUMBER.fullmatch(host):
        return True
    own = "outlook.com" if authserv_id == MICROSOFT else authserv_id
    return host == own.lower() or same_organisation(f"@{host}", f"@{own}")


def _all_pass(results: list[str], address: str) -> bool:
    found = [match for text in results if (match := _DMARC.match(text))]
    domain = address.rpartition("@")[2]
    # Our server judged the From that it saw: it must be the one we see, or the domain above it whose policy holds.
    seen = [name for match in found for name in _HEADER_FROM.findall(match.group(2))]
    return (
        bool(found)
        and all(match.group(1).lower() == "pass" for match in found)
        and all(_stands_for(name.rpartition("@")[2].lower().strip("<>\"'."), domain) for name in seen)
    )


def _stands_for(judged: str, domain: str) -> bool:
    """Whether a judgement on ``judged`` holds for ``domain``: the same, or a parent of it that somebody registered.

    Some servers name the organisational domain (RFC 7489 3.2), where the policy was found.
    """
    return judged == domain or (domain.endswith(f".{judged}") and _suffixes().privatesuffix(judged) is not None)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # the list in the package; nothing is loaded


def _without_comments(value: str) -> str | None:
    """``value`` without comments, a quoted string as ``""``; None when one of them does not end.

    Both may hold what strangers chose (``smtp.mailfrom="; dmarc=pass"@...``).
    """
    kept: list[str] = []
    depth = 0
    quoted = False
    letters = iter(value)
    for letter in letters:
        if letter == "\\" and (quoted or depth):
            next(letters, None)
        elif quoted:
            quoted = letter != '"'
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif not depth:
            quoted = letter == '"'
            kept.append('""' if quoted else letter)
    return None if depth or quoted else "".join(kept)
