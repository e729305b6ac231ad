"""The commands. Each reads its input, calls one thing, and prints; results go to stdout, all else to stderr."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, TextIO

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, track
from rich.table import Table

from bot import app as application
from bot import asking, evaluation, explaining, link_check
from bot.channels.mail_in import unpack
from bot.config import Settings, load_settings
from bot.content import progress, schemas, stamping, templates
from bot.content.links import links
from bot.content.load import cities, load
from bot.content.problems import Problem
from bot.content.scopes import BASE, BLANK, read_scope
from bot.errors import LotseError, UsageError
from bot.handover.gate import Reason
from bot.live import read_folder
from bot.matching.match import Match
from bot.must_match import broken, confused

app = typer.Typer(
    help="Lotse answers migrants' questions from curated words and finds a human for the rest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

KnowledgeOption = Annotated[Path | None, typer.Option("--knowledge", help="The knowledge folder.", metavar="DIR")]
CityOption = Annotated[str | None, typer.Option("--city", help="The city's folder.", metavar="CITY")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def _log(settings: Settings, quiet: bool = False) -> None:
    """Logs go to stderr. Libraries stay silent: their lines hold addresses with the token in them."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    level = "warning" if quiet else settings.log_level
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _settings(knowledge: Path | None = None, city: str | None = None, quiet: bool = True) -> Settings:
    settings = load_settings(knowledge=knowledge, city=city)
    _log(settings, quiet)
    return settings


def _stdin() -> TextIO:
    """Standard input as UTF-8, whatever the terminal; broken bytes must not stop the other lines."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


def _read(path: str) -> str:
    if path == "-":
        return _stdin().read()
    try:
        return Path(path).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Name a readable file, or - for standard input.") from error


@app.command()
def run() -> None:
    """Run Lotse: Telegram when a token is set, else chat in this terminal."""
    settings = _settings(quiet=False)
    if settings.telegram_token.get_secret_value() or settings.reads_mail:
        asyncio.run(application.serve(settings))
    else:
        print("No TELEGRAM_TOKEN is set: chatting in this terminal.", file=sys.stderr)
        _chat(settings)


@app.command()
def chat(knowledge: KnowledgeOption = None, city: CityOption = None) -> None:
    """Chat in this terminal."""
    _chat(_settings(knowledge, city))


def _chat(settings: Settings) -> None:
    _log(settings, quiet=True)
    hint = os.environ.get("LANG", "")[:2].lower()
    lines = _stdin()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    asyncio.run(application.chat(settings, lines, sys.stdout, lines.isatty(), hint if hint.isalpha() else ""))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    language: Annotated[str, typer.Option(help="auto, or the language to answer in.", metavar="CODE")] = "auto",
    as_json: JsonOption = False,
    batch: Annotated[
        str | None, typer.Option(help="A question a line; - reads them from stdin.", metavar="FILE")
    ] = None,
) -> None:
    """Ask one question, or one a line, and print what an asker would read."""
    if (question is None) == (batch is None):
        raise UsageError("Give either a QUESTION or --batch FILE.")
    questions = [question] if question is not None else _read(batch or "").splitlines()
    current = application.load_current(_settings(knowledge), city)
    for text in questions:
        reply = asking.ask(text, current, language)
        if as_json:
            print(json.dumps(reply.as_dict(), ensure_ascii=True), flush=True)
        else:
            print(_printable(reply.text), end="\n\n", flush=True)


def _printable(text: str) -> str:
    return text.encode(sys.stdout.encoding or "utf-8", errors="replace").decode(sys.stdout.encoding or "utf-8")


@app.command()
def explain(
    question: Annotated[str, typer.Argument(help="The question.")],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a question gets what it gets: what speaks for each topic, and the nearest example questions."""
    found = explaining.explain(question, application.load_current(_settings(knowledge), city))
    print(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else _printable(explaining.in_words(found)))


@app.command("eval")
def evaluate(
    file: Annotated[
        str, typer.Argument(help="Lines: language TAB topic|other or HANDOVER TAB question.", metavar="FILE.tsv")
    ],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the matcher on labelled questions."""
    lines = evaluation.read_lines(_read(file), file)
    if not lines:
        raise UsageError(f"{file} holds no questions.")
    current = application.load_current(_settings(knowledge), city)

    def match(text: str) -> tuple[Match, float]:
        reply = asking.ask(text, current)
        return reply.match, reply.milliseconds

    watched = track(lines, "Asking", console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    table = evaluation.summary(list(evaluation.run(watched, match)))
    if as_json:
        print(json.dumps(table))
    else:
        Console().print(_table(table))


def _table(rows: dict[str, dict[str, float | int | None]]) -> Table:
    table = Table("language", *(name.replace("_", " ") for name in rows["all"]))
    for language, row in rows.items():
        cells = (
            "-"
            if value is None
            else f"{value:.1%}"
            if isinstance(value, float) and not name.endswith("_ms")
            else str(value)
            for name, value in row.items()
        )
        table.add_row(language, *cells)
    return table


@app.command()
def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
    as_github: Annotated[bool, typer.Option("--github", help="Print GitHub workflow annotations.")] = False,
    with_links: Annotated[bool, typer.Option("--links", help="Ask the web whether every link is reachable.")] = False,
) -> None:
    """Check the knowledge of every city (or of one): every problem, with file, line and remedy."""
    if as_json and as_github:
        raise UsageError("Give either --json or --github.")
    settings = _settings(knowledge)
    files = read_folder(settings.knowledge)
    found = set(_problems(settings, files, city))
    if with_links:
        found.update(_dead_links(settings, files, city))
    problems = sorted(found)
    for problem in problems:
        if as_json:
            print(json.dumps(problem.as_dict(), ensure_ascii=False))
        else:
            print(problem.as_annotation() if as_github else problem)
    errors = sum(problem.is_error for problem in problems)
    print(f"{errors} error(s), {len(problems) - errors} warning(s).", file=sys.stderr)
    if errors or (strict and problems):
        raise typer.Exit(1)


def _cities(files: Mapping[str, bytes], city: str | None) -> tuple[str, ...]:
    """The city's id alone, without one every city's."""
    if city and city not in cities(files):
        raise UsageError(f'There is no city "{city}". There are: {", ".join(cities(files)) or "none"}.')
    return (city,) if city else cities(files)


def _problems(settings: Settings, files: Mapping[str, bytes], city: str | None) -> Iterator[Problem]:
    for id_ in (*_cities(files, city), *(() if city else (BASE,))):
        loaded = load(files, id_, str(settings.knowledge), application.today())
        yield from loaded.problems
        wanted = any(words.must_match for words in loaded.words())
        # The cities share Germany's questions: comparing them all once is enough.
        if loaded.knowledge is not None and (wanted or id_ in (city, "germany")):
            matcher = application.Brain(settings).build(loaded.knowledge)
            yield from broken(loaded, matcher.match)
            yield from confused(loaded, matcher)


def _dead_links(settings: Settings, files: Mapping[str, bytes], city: str | None) -> list[Problem]:
    scopes = [read_scope(files, id_, str(settings.knowledge), []) for id_ in (BASE, *_cities(files, city))]
    bar = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("Asking links", total=None)
        return asyncio.run(
            link_check.check(
                (link for scope in scopes for link in links(scope)),
                begin=lambda count: bar.update(task, total=count),
                advance=lambda: bar.advance(task),
            )
        )


@app.command()
def status(city: CityOption = None, knowledge: KnowledgeOption = None, as_json: JsonOption = False) -> None:
    """Show how far each language is: which topics are missing, stale, a machine's, reviewed, or due for review."""
    settings = _settings(knowledge)
    files = read_folder(settings.knowledge)
    found = progress.overview(files, _cities(files, city), str(settings.knowledge), application.today())
    if as_json:
        print(json.dumps(found.totals()))
        return
    _print_wide(_status_table(found))
    print(", ".join(f"{mark} {state}" for state, mark in _MARKS.items()) + ", ! due for review")


_MARKS = {"missing": "-", "stale": "s", "machine": "m", "reviewed": "r"}


def _status_table(found: progress.Overview) -> Table:
    table = Table("topic", "!", *found.languages)
    for topic, row in found.states.items():
        table.add_row(topic, "!" if topic in found.due else "", *(_MARKS[row[code]] for code in found.languages))
    table.add_section()
    totals = found.totals()
    for name in ("topics", *progress.STATES, "due"):
        table.add_row(name, "", *(str(totals[code][name]) for code in found.languages))
    return table


def _print_wide(table: Table) -> None:
    """Into a file or a pipe the whole table, however wide it is."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=Console(width=1000).measure(table).maximum)
    console.print(table)


@app.command("new-topic")
def new_topic(
    id_: Annotated[str, typer.Argument(help="The topic's id: small letters and hyphens.", metavar="ID")],
    group: Annotated[str, typer.Option(help="The group in the menu it belongs to.")] = "",
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a topic: for all of Germany, or with --city for that city alone."""
    settings = _settings(knowledge)
    files = read_folder(settings.knowledge)
    _write(settings, templates.new_topic(files, id_, group, city or BASE, application.today()))


@app.command("new-language")
def new_language(
    code: Annotated[str, typer.Argument(help="The language's code, as sq for Albanian.", metavar="CODE")],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a language, with the German text above each blank; with --city for that city's own words."""
    settings = _settings(knowledge)
    files = read_folder(settings.knowledge)
    _write(settings, templates.new_language(files, code, city or BASE, application.today()))
    print(f"Add {code} to `languages` in each city.yaml when it is done.", file=sys.stderr)


@app.command("new-city")
def new_city(
    name: Annotated[str, typer.Argument(help="The city's name.", metavar="NAME")],
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a city."""
    settings = _settings(knowledge)
    _write(settings, templates.new_city(read_folder(settings.knowledge), name, application.today()))


def _write(settings: Settings, changed: Mapping[str, str]) -> None:
    """Write files below the knowledge folder, and print their paths."""
    for path, text in changed.items():
        file = settings.knowledge / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise LotseError(f"{file}: {error.strerror}. Write to a folder you may change.") from error
        print(file)
    if any(BLANK in text for text in changed.values()):
        print(f"Fill in every {BLANK}; `lotse check` names those that are left.", file=sys.stderr)


@app.command()
def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write the schemas.")] = Path("knowledge/schema"),
) -> None:
    """Write the JSON Schemas that give editors completion while typing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schemas.schemas().items():
            (folder / name).write_text(text, encoding="utf-8")
            print(folder / name)
    except OSError as error:
        raise LotseError(f"{folder}: {error.strerror}. Choose a folder you may write to.") from error


@app.command()
def stamp(
    language: Annotated[str, typer.Argument(help="The translation's language.")],
    topic: Annotated[str, typer.Argument(help="A topic, or `all` for every one without a stamp.")],
    reviewed_by: Annotated[str, typer.Option(help="Who has read it against the German text.")] = "",
    knowledge: KnowledgeOption = None,
) -> None:
    """Note that a translation belongs to today's German text: as a machine's, or as reviewed."""
    settings = _settings(knowledge)
    files = read_folder(settings.knowledge)
    changed = stamping.stamp(files, language, topic, reviewed_by, application.today())
    if not changed:
        raise UsageError(f'There is nothing to stamp for "{topic}" in "{language}".')
    _write(settings, changed)


@app.command()
def health() -> None:
    """Say how the running bot is; exit code 1 when it is not well. For health checks."""
    settings = _settings()
    text, well = application.read_health(settings)
    print(text)
    if not well:
        raise typer.Exit(1)


invite = typer.Typer(help="Make somebody more than an asker.", no_args_is_help=True)
app.add_typer(invite, name="invite")


@invite.command("counsellor")
def invite_counsellor(
    name: Annotated[str, typer.Argument(help="Whom you will send it to; printed, not stored.", metavar="NAME")],
) -> None:
    """Print a link, good once and for a week, that makes whoever opens it a counsellor on Telegram."""
    link = asyncio.run(application.invite_counsellor(_settings()))
    print(link)
    what = "this to the bot" if link.startswith("/") else "this link"
    use = "write" if link.startswith("/") else "open"
    print(f"For {name}, to {use}: {what}, once, within {application.INVITATION_DAYS} days.", file=sys.stderr)


outbox = typer.Typer(help="What has not been sent.", no_args_is_help=True)
app.add_typer(outbox, name="outbox")


@outbox.command("list")
def outbox_list() -> None:
    """List rows that wait or were refused: id, channel, state, tries, question, reason. No words."""
    for line in asyncio.run(application.list_outbox(_settings())):
        print(line)


@outbox.command("retry")
def outbox_retry(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Send a row again now."""
    if not asyncio.run(application.change_outbox(_settings(), row, "retry")):
        raise UsageError(f"There is no row {row} to send. See `lotse outbox list`.")


@outbox.command("drop")
def outbox_drop(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Delete a row that was refused; nobody will read it."""
    if not asyncio.run(application.change_outbox(_settings(), row, "drop")):
        raise UsageError(f"There is no refused row {row}. See `lotse outbox list`.")


mail = typer.Typer(help="The way by mail.", no_args_is_help=True)
app.add_typer(mail, name="mail")


@mail.command("test")
def mail_test(
    to: Annotated[str, typer.Option(help="An address whose mail ends in the mailbox; empty: LOTSE_REPLY_TO.")] = "",
) -> None:
    """Send a mail to yourself, fetch it, and say what the mail server knows of its sender, in plain words."""

    async def steps() -> bool:
        well = True
        async for good, sentence in application.test_mail(_settings(), to):
            print(f"{'ok ' if good else 'NO '} {sentence}")
            well = well and good
        return well

    if not asyncio.run(steps()):
        raise typer.Exit(1)


held = typer.Typer(help="Mail that may not do what it wants, until you decide.", no_args_is_help=True)
app.add_typer(held, name="quarantine")


@held.command("list")
def quarantine_list() -> None:
    """List held mails: id, question, reason. No words, no names."""
    for mail in asyncio.run(application.held_mail(_settings())):
        print(f"{mail.id}\t{mail.ticket or '-'}\t{Reason[mail.reason].english}")


@held.command("show")
def quarantine_show(mail: Annotated[int, typer.Argument(help="The mail's id.")]) -> None:
    """Print the reason in plain words, and the mail as it came."""
    found = asyncio.run(application.held_mail(_settings(), mail))
    if not found:
        raise UsageError(f"There is no mail {mail} in quarantine. See `lotse quarantine list`.")
    reason = Reason[found[0].reason]
    print(f"{reason.english}\n{reason.german}\n", file=sys.stderr)
    raw, _ = unpack(json.loads(found[0].payload))
    print(_printable(raw.decode("utf-8", "replace")))


@held.command("release")
def quarantine_release(
    mail: Annotated[int, typer.Argument(help="The mail's id.")],
    question: Annotated[int | None, typer.Option(help="The question it answers, if the mail does not say.")] = None,
) -> None:
    """You have made sure who wrote it: send its own words to whoever asked."""
    try:
        found = asyncio.run(application.release_mail(_settings(), mail, question))
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
    if not asyncio.run(application.drop_mail(_settings(), mail)):
        raise UsageError(f"There is no mail {mail} in quarantine. See `lotse quarantine list`.")


@app.command()
def tickets() -> None:
    """List the questions at the office: number, state, channel, days open. No words, no names."""
    settings = _settings()
    for line in asyncio.run(application.list_tickets(settings)):
        print(line)


@app.command()
def reply(
    number: Annotated[int, typer.Argument(help="The question's number, as in the mail's subject.")],
    file: Annotated[str, typer.Argument(help="The office's reply; - reads it from stdin.")] = "-",
) -> None:
    """Send the office's reply to whoever asked, word for word."""
    text = _read(file).strip()
    if not text:
        raise UsageError("The reply is empty; nothing was sent.")
    try:
        asyncio.run(application.relay(_settings(), number, text))
    except KeyError:
        raise UsageError(
            f"There is no question {number}: never asked, or deleted by whoever asked. See `lotse tickets`."
        ) from None
    print(f"The reply to question {number} is on its way.")
