"""``python -m benchmarks NAME [--json]``; without a name, the list."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys

BENCHMARKS = {
    "speed": "this build beside an earlier one in one run: start, question, model, memory (--against REVISION)",
    "memory": "what a start holds, step by step, first and second start (--against FOLDER: another checkout's)",
    "matching": "accuracy, milliseconds, start and memory on our questions, beside rapidfuzz.process.extractOne",
    "dialogues": "conversations in seventeen languages: later turns, sections, wishes for a human, dev and test",
    "questions": "our own questions in fifteen languages, per language, dev and test",
    "fresh": "questions, danger and conversations in two sets by authors who saw nothing of ours, dev and test",
    "clinc150": "150 intents and questions that are none of them, with ten and all examples",
    "omos": "the right page of municipal information, in one language and across, beside BM25 and e5",
    "calibration": "is the confidence true? with a figure",
    "growth": "time and memory from 100 to 1,000 topics in 12 languages",
    "language": "which language a message is in, beside four libraries",
    "crisis": "danger missed, notices and quiet lines without danger",
    "crisis-fit": "the weights of the danger detector, from phrases it never saw (prints them)",
    "letters": "capitals, no accents, other keyboards, Latin letters: language and answers, beside the same as they stand",
    "short-phrases": "two everyday words that belong to no topic: how many are answered (--messages N a language)",
    "telegram-load": "1,000 people writing at once: messages a second, delay, memory, beside a bare echo bot (--messages N)",
    "web": "200 open streams in a browser beside Telegram: messages a second, delay, memory; then 20 times kill -9 (--messages N)",
    "rush": "60 people at once, three steps each: the longest answer (--against FOLDER: beside another checkout)",
    "live-edit": "a text saved in the console: seconds until the chat answers with it, ten times",
    "telegram-crash": "2,000 updates and 20 times kill -9: what is lost, what is sent twice",
    "mail-quotes": "replies without the mail they quote: complete, leaks, beside two libraries",
    "mail-hostile": "the slowest body of 1 MB, and what two libraries need for a small part of it",
    "mail-layouts": "answers above, below, nowhere or as files, in twenty layouts of replies: nonsense and lost",
    "mail-robots": "absences, receipts, thanks and failures in many languages, and people who write alike",
    "mail-forwards": "forwarded mails of 25 programs in nine languages: the client's words and nothing else",
    "mail-budget": "processor time for forty mails of a megabyte (--against FOLDER: beside another checkout)",
    "mail-cases": "the mails of shared/cases with their right values, where that folder is there",
    "reports": "mails, chats and questions of shared/cases/reports with their right values, where that folder is there",
    "mail-load": "handovers a minute with one replica and with three, and how long reading a mail takes (--messages N)",
    "replicas": "1, 2 and 3 processes on one PostgreSQL, killed, frozen, cut off, clocks apart: lost, twice, order, takeover",
    "mail-crash": "2,000 handovers and 40 times kill -9, on both databases: what is lost, what is sent twice (--messages N)",
    "calibrate": "fit bot/matching/calibration.json on the development questions (writes the file)",
}


def main() -> None:
    """Run one benchmark; with --json its figures are one object on the last line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list(BENCHMARKS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--messages", type=int, metavar="N", help="how many messages, for a benchmark that says so")
    parser.add_argument("--against", metavar="REV", help="the revision to compare with, or a folder that holds it")
    arguments = parser.parse_args()
    if arguments.name is None:
        for name, what in BENCHMARKS.items():
            print(f"{name:14} {what}")
        return
    try:
        run = importlib.import_module(f"benchmarks.{arguments.name.replace('-', '_')}").run
    except ModuleNotFoundError as error:
        parser.error(f"{arguments.name} needs {error.name}. benchmarks/README.md says what to install.")
    options = {name: value for name in ("messages", "against") if (value := getattr(arguments, name)) is not None}
    for option in options.keys() - inspect.signature(run).parameters.keys():
        parser.error(f"{arguments.name} has no --{option}.")
    figures = run(**options)
    if arguments.json:
        sys.stdout.flush()
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
