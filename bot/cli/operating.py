"""Commands for operators and the office: health, counsellors, mail, quarantine, tickets, reply, forget, backup."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.base import (
    CityOption,
    KnowledgeOption,
    app,
    printable,
    settings_of,
    text_of,
    today,
)
from bot.errors import UsageError
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.flow import health_file as of_health
    from bot.flow import releases
    from bot.knowledge import brain as brains
    from bot.mailing import arrival, gate
    from bot.storage import raw_mail as files
    from bot.tools import backup as saving
    from bot.tools import doctor as examining
    from bot.tools import operating
    from bot.tools import papers as writing
else:
    of_health, releases = Later("bot.flow.health_file"), Later("bot.flow.releases")
    brains = Later("bot.knowledge.brain")
    arrival, gate, files = Later("bot.mailing.arrival"), Later("bot.mailing.gate"), Later("bot.storage.raw_mail")
    saving, examining = Later("bot.tools.backup"), Later("bot.tools.doctor")
    operating, writing = Later("bot.tools.operating"), Later("bot.tools.papers")

PANEL = "For operators and the office"


@app.command(rich_help_panel=PANEL)
def health() -> None:
    """Say how the running bot is; exit code 1 when it is not well. For health checks."""
    raise typer.Exit(of_health.tell(time.time()))


invite = typer.Typer(help="Make somebody more than an asker.", no_args_is_help=True)


app.add_typer(invite, name="invite", rich_help_panel=PANEL)


@invite.command("counsellor")
def invite_counsellor(
    name: Annotated[str, typer.Argument(help="Whom you will send it to; printed, not stored.", metavar="NAME")],
) -> None:
    """Print a link, good once and for a week, that makes whoever opens it a counsellor on Telegram."""
    link = asyncio.run(operating.invite_counsellor(settings_of()))
    print(link)
    what = "this to the bot" if link.startswith("/") else "this link"
    use = "write" if link.startswith("/") else "open"
    print(f"For {name}, to {use}: {what}, once, within {operating.INVITATION_DAYS} days.", file=sys.stderr)


counsellors = typer.Typer(help="Who is a counsellor on Telegram.", no_args_is_help=True)


app.add_typer(counsellors, name="counsellors", rich_help_panel=PANEL)


@counsellors.command("list")
def counsellors_list() -> None:
    """List the numbers of their chats. No names: none are stored."""
    for address in asyncio.run(operating.list_counsellors(settings_of())):
        print(address)


@counsellors.command("remove")
def counsellors_remove(chat: Annotated[str, typer.Argument(help="The chat's number.", metavar="CHAT")]) -> None:
    """Take the right back: from now on they are answered as anybody. Their questions at the office stay."""
    if not asyncio.run(operating.remove_counsellor(settings_of(), chat.strip())):
        raise UsageError(f"No counsellor has the chat {chat}. See `lotse counsellors list`.")


mail = typer.Typer(help="The way by mail.", no_args_is_help=True)


app.add_typer(mail, name="mail", rich_help_panel=PANEL)


@mail.command("test")
def mail_test(
    to: Annotated[str, typer.Option(help="An address whose mail ends in the mailbox; empty: LOTSE_REPLY_TO.")] = "",
) -> None:
    """Send a mail to yourself, fetch it, and say what the mail server knows of its sender, in plain words."""

    async def steps() -> bool:
        well = True
        async for good, sentence in operating.test_mail(settings_of(), to):
            print(f"{'ok ' if good else 'NO '} {sentence}")
            well = well and good
        return well

    if not asyncio.run(steps()):
        raise typer.Exit(1)


held = typer.Typer(help="Mail that may not do what it wants, until you decide.", no_args_is_help=True)


app.add_typer(held, name="quarantine", rich_help_panel=PANEL)


@held.command("list")
def quarantine_list() -> None:
    """List held mails: id, question, reason. No words, no names."""
    for mail in asyncio.run(operating.held_mail(settings_of())):
        print(f"{mail.id}\t{mail.ticket or '-'}\t{gate.Reason[mail.reason].english}")


@held.command("show")
def quarantine_show(mail: Annotated[int, typer.Argument(help="The mail's id.")]) -> None:
    """Print the reason in plain words, and the mail as it came."""
    found = asyncio.run(operating.held_mail(settings_of(), mail))
    if not found:
        raise UsageError(f"There is no mail {mail} in quarantine. See `lotse quarantine list`.")
    reason = gate.Reason[found[0].reason]
    print(f"{reason.english}\n{reason.german}\n", file=sys.stderr)
    raw, _ = arrival.unpack(json.loads(found[0].payload), files.RawMail(settings_of().var / "raw").read)
    print(printable(raw.decode("utf-8", "replace")))


@held.command("release")
def quarantine_release(
    mail: Annotated[int, typer.Argument(help="The mail's id.")],
    question: Annotated[int | None, typer.Option(help="The question it answers, if the mail does not say.")] = None,
) -> None:
    """You have made sure who wrote it: send its own words to whoever asked."""
    try:
        found = asyncio.run(operating.release_mail(settings_of(), mail, question))
    except releases.AskerGone as gone:
        raise UsageError(
            f"Question {gone.args[0]} is gone: whoever asked has withdrawn or deleted it, or its time is over. No "
            f"answer reaches them. Delete the mail with `lotse quarantine drop {mail}`."
        ) from None
    except KeyError:
        raise UsageError("It is not known which question this mail answers. Name it with --question.") from None
    except ValueError:
        raise UsageError(
            "It holds no words to send: it cannot be read, is private, or nothing stands above the line. "
            "Look at it with `lotse quarantine show`, and send the words with `lotse reply`."
        ) from None
    if not found:
        raise UsageError(f"There is no mail {mail} in quarantine. See `lotse quarantine list`.")
    print("Its words are on their way.")


@held.command("drop")
def quarantine_drop(mail: Annotated[int, typer.Argument(help="The mail's id.")]) -> None:
    """Delete a held mail."""
    if not asyncio.run(operating.drop_mail(settings_of(), mail)):
        raise UsageError(f"There is no mail {mail} in quarantine. See `lotse quarantine list`.")


@app.command(rich_help_panel=PANEL)
def tickets() -> None:
    """List the questions at the office: number, state, channel, days open. No words, no names."""
    settings = settings_of()
    for line in asyncio.run(operating.list_tickets(settings)):
        print(line)


@app.command(rich_help_panel=PANEL)
def resend(number: Annotated[int, typer.Argument(help="The question's number, as in `lotse tickets`.")]) -> None:
    """Send a question's mail once more: the office's address was wrong, and LOTSE_OFFICE_EMAIL is corrected."""
    try:
        office = asyncio.run(operating.resend(settings_of(), number))
    except KeyError:
        raise UsageError(f"No question {number} waits for the office. See `lotse tickets`.") from None
    print(f"Question {number} is on its way to {office}.")


@app.command(rich_help_panel=PANEL)
def close(number: Annotated[int, typer.Argument(help="The question's number, as in `lotse tickets`.")]) -> None:
    """End a question that nobody will answer; whoever asked is told, with the office's phone."""
    if not asyncio.run(operating.close_ticket(settings_of(), number)):
        raise UsageError(f"No question {number} waits for the office. See `lotse tickets`.")
    print(f"Question {number} is closed; whoever asked is told.")


@app.command(rich_help_panel=PANEL)
def reply(
    number: Annotated[int, typer.Argument(help="The question's number, as in the mail's subject.")],
    file: Annotated[str, typer.Argument(help="The office's reply; - reads it from stdin.")] = "-",
) -> None:
    """Send the office's reply to whoever asked, word for word."""
    text = text_of(file).strip()
    if not text:
        raise UsageError("The reply is empty; nothing was sent.")
    try:
        asyncio.run(operating.relay(settings_of(), number, text))
    except KeyError:
        raise UsageError(
            f"There is no question {number}: never asked, or deleted by whoever asked. See `lotse tickets`."
        ) from None
    print(f"The reply to question {number} is on its way.")


people = typer.Typer(help="Who may use the console at /office.", no_args_is_help=True)


app.add_typer(people, name="accounts", rich_help_panel=PANEL)


@people.command("list")
def accounts_list() -> None:
    """List the accounts: name, role, state."""
    for line in asyncio.run(operating.list_accounts(settings_of())):
        print(printable(line))


@people.command("link")
def accounts_link(name: Annotated[str, typer.Argument(help="The account's name.", metavar="NAME")]) -> None:
    """Print a link, good once and for a day, with which somebody sets password and second factor anew."""
    link = asyncio.run(operating.account_link(settings_of(), name))
    if not link:
        raise UsageError(f'There is no account "{name}". See `lotse accounts list`.')
    print(link)
    print(f"For {name}, to open in a browser, once, within 24 hours.", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def doctor() -> None:
    """Look for what is set wrong: tokens, mail, DNS, clock, files, disk; exit code 1 when something is."""

    async def steps() -> bool:
        well = True
        async for good, sentence in examining.examine(settings_of()):
            print(f"{'ok ' if good else 'NO '} {printable(sentence)}")
            well = well and good
        return well

    if not asyncio.run(steps()):
        raise typer.Exit(1)


@app.command(rich_help_panel=PANEL)
def forget(
    address: Annotated[str, typer.Argument(help="An e-mail address, or the number of a chat.", metavar="ADDRESS")],
) -> None:
    """Erase all that is stored of somebody who asks for it in writing (Art. 17 GDPR), as /delete does in a chat."""
    places = asyncio.run(operating.forget(settings_of(), address.strip()))
    if not places:
        raise UsageError("Nothing is stored of this address. Mails already sent, and backups, are elsewhere.")
    print(f"Erased in {places} places. Backups made before still hold it until they are deleted.")


@app.command(rich_help_panel=PANEL)
def papers(
    out: Annotated[Path, typer.Option("--out", help="Where to; files of the same names are replaced.", metavar="DIR")],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Write what a data protection officer asks for, in German: records, deletion, notice, imprint, accessibility."""
    settings = settings_of(knowledge, city)
    current = brains.load_current(settings.model_copy(update={"model": "none"}))
    made, blanks = writing.write(settings, current.knowledge, out, today())
    for path in made:
        print(path)
    print(f"{blanks} blanks are left: search for {writing.BLANK}. A lawyer should read all of it.", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def backup(
    folder: Annotated[Path, typer.Argument(help="Where to; a folder of its own is made in it.", metavar="DIR")],
) -> None:
    """Copy the database and the key, whole, while the bot runs; older copies there go after LOTSE_BACKUP_DAYS."""
    settings, now = settings_of(), datetime.now(UTC)
    print(saving.backup(settings, folder, now))
    if dropped := saving.drop_old(settings, folder, now):
        print(f"Deleted {dropped} older than {settings.backup_days} days (LOTSE_BACKUP_DAYS).", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def restore(
    folder: Annotated[Path, typer.Argument(help="What `lotse backup` made.", metavar="DIR")],
) -> None:
    """Put a backup in place. Stop the bot first; what was there stays beside it as *.before."""
    saving.restore(settings_of(), folder)
    print("Restored. Start Lotse again.")
