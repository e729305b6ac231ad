"""The parts of the way by mail, from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels import mail_out
from bot.config import Settings
from bot.flow.chats import Chats
from bot.flow.letters import Letters
from bot.flow.office_mail import Office
from bot.flow.ports import Sender
from bot.knowledge.live import Current
from bot.storage import quarantine
from bot.storage.raw_mail import RawMail
from bot.wiring.secret import secret_of

if TYPE_CHECKING:  # what most do not set, and takes a while to load
    from bot.channels import imap, signing
    from bot.flow.mails import Mails
    from bot.mailing.gate import Rules

PLAYGROUND_OFFICE = "integrationsbuero@lotse.invalid"
PLAYGROUND_SENDER = "lotse@lotse.invalid"


def office_of(settings: Settings) -> Office:
    """Where questions go. Without a mail server to an address that cannot exist: the mails are files."""
    settings.check_mail()
    sender = settings.mail_from or PLAYGROUND_SENDER
    return Office(
        address=settings.office_email or PLAYGROUND_OFFICE,
        sender=sender,
        reply_to=settings.reply_to or sender,
        secret=secret_of(settings.var / "secret"),
        answerable=settings.reads_mail,
        second=settings.office_email_2,
    )


def sender_of(settings: Settings) -> Sender:
    """The way out: the mail server, or a folder where none is set. Raises SettingsError."""
    if not settings.smtp_host:
        return mail_out.MailFolder(settings.var / "mail")
    return mail_out.SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        ca_file=settings.smtp_ca_file,
        sender=settings.mail_from,
        signature=signature_of(settings),
    )


def signature_of(settings: Settings) -> signing.Signature | None:
    """Signs what goes out, where a key is set. Raises SettingsError."""
    if not settings.dkim_key_file:
        return None
    from bot.channels import signing

    return signing.signature(settings.signs_for, settings.dkim_selector, settings.dkim_key_file)


def letters_of(office: Office) -> Letters:
    """Writes to people who asked by mail."""
    return Letters(office.sender, office.reply_to)


def mails_of(settings: Settings, chats: Chats) -> Mails:
    """Reads what comes in by mail."""
    from bot.flow.mails import Mails
    from bot.mailing.gate import Rules

    def listed(text: str) -> tuple[str, ...]:
        return tuple(part.strip().lower() for part in text.split(",") if part.strip())

    office = chats.desk.office

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
            topics=titles(chats.live.current),
        )

    return Mails(
        chats,
        letters_of(office),
        rules,
        strangers=settings.strangers,
        second_office=settings.office_email_2,
        per_hour=settings.mails_per_hour,
        per_day=settings.questions_per_day,
        raw=RawMail(settings.var / "raw") if chats.engine.dialect.name == "sqlite" else None,
        room=quarantine.Room(settings.quarantine_mails, settings.quarantine_mb * 1_000_000),
        clock=chats.clock,
        alert=chats.alert,
    )


def titles(current: Current) -> dict[str, str]:
    """What a clerk may call a topic: its id, or its German title as the mail shows it, folded."""
    known = current.knowledge.topics
    named = {" ".join(current.composer.title(topic, "de").casefold().split()): topic for topic in known}
    return {**named, **{topic.casefold(): topic for topic in known}}


def mailbox_of(settings: Settings) -> imap.Imap:
    """The mailbox that is read."""
    from bot.channels.imap import Imap
    from bot.channels.oauth import OAuth

    oauth = None
    if settings.oauth_client_id:
        oauth = OAuth(
            settings.oauth_token_url,
            settings.oauth_client_id,
            settings.oauth_client_secret.get_secret_value(),
            settings.oauth_scope,
        )
    return Imap(
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
