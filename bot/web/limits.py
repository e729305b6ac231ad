"""How much one address may ask of the server, and all together. Addresses are hashed with a key of this process and
never stored. Pure: time is an argument."""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

MANY = 50_000  # above this the oldest addresses are forgotten: they have long been quiet


class Limits:
    """At most ``most`` in ``seconds`` for one address, and ``total`` for all."""

    def __init__(self, most: int, total: int, seconds: float, key: bytes) -> None:
        self._most, self._total, self._seconds, self._key = most, total, seconds, key
        self._recent: dict[bytes, deque[float]] = {}
        self._all: deque[float] = deque()

    def allows(self, address: str, now: float) -> bool:
        """Whether one more may come from ``address`` now; if so, it counts."""
        own = self._recent.setdefault(hmac.digest(self._key, _network(address).encode(), "sha256")[:16], deque())
        for times in (own, self._all):
            while times and times[0] <= now - self._seconds:
                times.popleft()
        if len(own) >= self._most or len(self._all) >= self._total:
            return False
        own.append(now)
        self._all.append(now)
        if len(self._recent) > MANY:
            del self._recent[next(iter(self._recent))]
        return True


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64: that counts as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)  # IPv6


def client_address(peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """Who asks: the peer, or behind proxies of ours the last address that they did not write themselves.

    ``forwarded``: the X-Forwarded-For header. Anybody may write into it; it is read from the right, as long as the one
    who wrote each part is trusted.
    """
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = peer
    while address in trusted and chain:
        address = chain.pop()
    return address
