"""`lotse doctor`: what an operator gets wrong, asked of the real servers, with the remedy. Nothing is sent."""

from __future__ import annotations

import locale
import os
import shutil
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiosmtplib
import httpx
import yaml
from dns.asyncresolver import Resolver, get_default_resolver
from dns.exception import DNSException

from bot.channels.aside import aside
from bot.channels.mail_out import SmtpServer
from bot.config import Settings
from bot.errors import LotseError
from bot.storage.clock import DatabaseClock
from bot.storage.database import close, engine_for, migrate
from bot.wiring.mail import mailbox_of, sender_of
from bot.wiring.secret import LENGTH

Found = tuple[bool, str]  # whether it is well, and the sentence
LEAST_MB = 1_000  # free on the disk: mails and a backup need room
CLOCK_SECONDS = 30.0
WAIT = 10.0


async def examine(
    settings: Settings,
    resolver: Callable[[], Resolver] = get_default_resolver,
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    now: Callable[[], float] = time.time,
) -> AsyncIterator[Found]:
    """One sentence a check, in the order in which they should be mended."""
    for check in (_settings, _language, _time_zone):
        for found in check(settings):
            yield found
    for found in _files(settings, free):
        yield found
    async for found in _database(settings, now):
        yield found
    if settings.telegram_token.get_secret_value():
        async for found in _telegram(settings, now):
            yield found
    else:
        yield True, "No TELEGRAM_TOKEN is set: Telegram is not served."
    if settings.smtp_host:
        yield await _smtp(settings)
    else:
        yield True, "No LOTSE_SMTP_HOST is set: mails to the office become files in `var`/mail."
    if settings.imap_host:
        yield await _imap(settings)
    if settings.reads_mail:
        async for found in _dns(settings, resolver):
            yield found


def _settings(settings: Settings) -> list[Found]:
    try:
        settings.check_mail()
        settings.check_connections()
    except LotseError as error:
        return [(False, str(error))]
    return [(False, remark) for remark in settings.remarks()] or [(True, "The settings fit each other.")]


def _language(_: Settings) -> list[Found]:
    spoken = locale.getpreferredencoding(False)
    if sys.flags.utf8_mode or spoken.lower().replace("-", "") == "utf8":
        return [(True, "The terminal's characters are UTF-8.")]
    return [(False, f"The terminal's characters are {spoken}, not UTF-8: set LANG=C.UTF-8.")]


def _time_zone(settings: Settings) -> list[Found]:
    path = settings.knowledge / settings.city / "city.yaml"
    try:
        name = str(yaml.safe_load(path.read_text(encoding="utf-8")).get("time_zone", "Europe/Berlin"))
        ZoneInfo(name)
    except (OSError, AttributeError, yaml.YAMLError) as error:
        return [(False, f"{path} cannot be read ({type(error).__name__}): set LOTSE_KNOWLEDGE and LOTSE_CITY.")]
    except (ZoneInfoNotFoundError, ValueError):
        return [(False, f"{path}: the time zone {name} is not known here. Write Europe/Berlin, or install tzdata.")]
    return [(True, f"The city's time zone is {name}.")]


def _files(settings: Settings, free: Callable[[Path], int]) -> list[Found]:
    var = settings.var
    if not var.is_dir():
        return [(False, f"{var} does not exist yet: it is made by the first start. Is LOTSE_VAR right?")]
    found: list[Found] = []
    if not os.access(var, os.W_OK):
        found.append((False, f"{var} cannot be written by this user: give it to the user who runs Lotse (chown)."))
    others = [path for path in (*_private(settings), Path(".env")) if path.exists() and _open_to_others(path)]
    found += [(False, f"{path} can be read by others on this machine: chmod {_mode(path)} {path}") for path in others]
    secret = var / "secret"
    if secret.exists() and secret.stat().st_size < LENGTH:
        found.append((False, f"{secret} is damaged: bring it back from a backup (`lotse restore`)."))
    if (megabytes := free(var) // 1_000_000) < LEAST_MB:
        found.append((False, f"Only {megabytes} MB are free in {var}: make room, {LEAST_MB} MB at least."))
    return found or [(True, f"{var} is this user's alone, and its disk has room.")]


def _private(settings: Settings) -> list[Path]:
    return [settings.var, settings.var / "secret", settings.var / "lotse.db", settings.var / "mail"]


def _open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _mode(path: Path) -> str:
    return "700" if path.is_dir() else "600"


async def _database(settings: Settings, now: Callable[[], float]) -> AsyncIterator[Found]:
    try:
        engine = engine_for(settings.database, settings.database_pool)
    except LotseError as error:
        yield False, str(error)
        return
    try:
        await migrate(engine)
        clock = DatabaseClock(engine, here=now)
        await clock.set()
        apart = abs(clock() - now())
    except LotseError as error:
        yield False, str(error)
        return
    finally:
        await close(engine)
    yield True, "The database opens, and its tables are up to date."
    if apart > CLOCK_SECONDS:
        yield False, _clock("the database's", apart)


async def _telegram(settings: Settings, now: Callable[[], float]) -> AsyncIterator[Found]:
    token, where = settings.telegram_token.get_secret_value(), settings.telegram_api
    try:
        async with httpx.AsyncClient(timeout=WAIT) as client:
            answer = await client.get(f"{where.rstrip('/')}/bot{token}/getMe")
            said = dict(answer.json())
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
        yield (
            False,
            f"{where} is not reachable ({type(error).__name__}): check the network and LOTSE_TELEGRAM_API.",
        )
        return
    if not said.get("ok"):
        yield False, "Telegram does not know TELEGRAM_TOKEN: get the right one from @BotFather."
        return
    yield True, f"Telegram knows the bot: @{said.get('result', {}).get('username', '?')}."
    if date := answer.headers.get("date"):
        apart = abs(parsedate_to_datetime(date).timestamp() - now())
        if apart > CLOCK_SECONDS:
            yield False, _clock("Telegram's", apart)


def _clock(whose: str, apart: float) -> str:
    return (
        f"This machine's clock is {apart:.0f} seconds from {whose}: certificates and reminders depend on it. "
        "Set it by NTP (timedatectl set-ntp true)."
    )


async def _smtp(settings: Settings) -> Found:
    where = f"The mail server {settings.smtp_host}:{settings.smtp_port}"
    try:
        server = sender_of(settings)
        assert isinstance(server, SmtpServer), "a host is set"
        async with server.client() as client:
            if settings.smtp_user:
                await client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except aiosmtplib.SMTPAuthenticationError:
        return False, f"{where} refuses the login: check LOTSE_SMTP_USER and LOTSE_SMTP_PASSWORD."
    except (aiosmtplib.SMTPException, OSError, LotseError) as error:
        return False, (
            f"{where} does not serve us ({type(error).__name__}): check LOTSE_SMTP_HOST, _PORT and _SECURITY, and "
            "LOTSE_SMTP_CA_FILE for a certificate of your own."
        )
    return True, f"{where} lets us in. Whether it sends: `lotse mail test`."


async def _imap(settings: Settings) -> Found:
    box = mailbox_of(settings)
    try:
        await aside(box.visit)
    except Exception as error:  # noqa: BLE001 # whatever it is, the mailbox knows the word for it
        return False, box.complaint(error)
    return True, f"The mailbox {settings.imap_user} at {settings.imap_host} opens."


async def _dns(settings: Settings, resolver: Callable[[], Resolver]) -> AsyncIterator[Found]:
    domain = (settings.reply_to or settings.mail_from).rpartition("@")[2]
    for name, kind, what in (
        (domain, "MX", f"Replies to {domain} find no mail server: publish an MX record for it."),
        (
            f"_dmarc.{domain}",
            "TXT",
            f"{domain} publishes no DMARC policy: anybody may send in its name. See `mail test`.",
        ),
    ):
        try:
            await resolver().resolve(name, kind, lifetime=WAIT)
        except DNSException:
            yield False, what
        else:
            yield True, f"{name} has a record of type {kind}."
