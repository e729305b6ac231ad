"""What is documented is what there is."""

from __future__ import annotations

import re
import tomllib

import pytest
import typer

from bot.cli import app
from bot.config import Settings
from bot.content.entries import SECTIONS, CityEntry, Fact, PlaceEntry, StatusEntry, TopicEntry, WordsEntry
from bot.content.load import load
from bot.knowledge.folder import read_folder
from tests.conftest import ROOT


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_setting_is_documented():
    documented = set(re.findall(r"^\| `(\w+)` \|", read("docs/settings.md"), re.MULTILINE))
    there = {
        "TELEGRAM_TOKEN" if name == "telegram_token" else f"LOTSE_{name.upper()}" for name in Settings.model_fields
    }
    assert documented == there


def test_no_line_for_the_settings_file_has_a_comment_behind_its_value():
    """docker takes it as part of the value: `LOTSE_AUTHSERV_ID=mx.city.example  # myhostname` holds every reply."""
    lines = [
        line for name in ("README.md", "docs/operators.md", "docs/settings.md") for line in read(name).splitlines()
    ]
    found = [line for line in lines if re.match(r"\s*(LOTSE_|TELEGRAM_)\w+=", line)]
    assert len(found) > 20
    assert [line for line in found if re.search(r"\s#", line)] == []


def test_every_command_is_in_the_readme():
    group = typer.main.get_command(app)
    assert [name for name in group.commands if not re.search(rf"lotse {name}\b", read("README.md"))] == []


def test_every_field_is_explained_to_editors():
    text = read("knowledge/README.md")
    models = (TopicEntry, PlaceEntry, WordsEntry, Fact, CityEntry, StatusEntry)
    fields = {name for model in models for name in model.model_fields}
    assert sorted(name for name in fields | set(SECTIONS) if f"`{name}`" not in text) == []


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("LOTSE_CITY", "landau")
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:abc")
    settings = Settings(_env_file=None)
    assert settings.city == "landau"
    assert settings.telegram_token.get_secret_value() == "1:abc"
    assert "1:abc" not in repr(settings)


@pytest.fixture(scope="module")
def german():
    """Erfurt without words of its own, in German only."""
    wanted = re.compile(r"(germany|erfurt)/[a-z]+\.yaml|germany/de/.*")
    files = {path: text for path, text in read_folder(ROOT / "knowledge").items() if wanted.fullmatch(path)}
    city = re.sub(rb"languages: \[.*\]", b"languages: [de]", files["erfurt/city.yaml"])
    return {**files, "erfurt/city.yaml": city}


PAIR = re.compile(r"```text\n(?:GUT|GOOD) *│ (?:SCHLECHT|BAD)\n(.*?)```\n\n```text\n(.*?)\n```", re.DOTALL)


@pytest.mark.parametrize("pair", PAIR.findall(read("knowledge/README.md")))
def test_the_guides_bad_files_get_the_message_it_shows_and_the_good_ones_none(german, pair):
    columns, message = pair
    halves = zip(*(line.split("│ ") for line in columns.splitlines()), strict=True)
    texts = ["\n".join(line.rstrip() for line in half) + "\n" for half in halves]
    found = [
        [
            str(problem)
            for problem in load({**german, "erfurt/de/example.yaml": text.encode()}, "erfurt").problems
            if "example.yaml" in problem.place.path
        ]
        for text in texts
    ]
    assert found == [[], [message]]


def test_the_guide_shows_the_same_pairs_in_both_languages():
    german, english = read("knowledge/README.md").split("## English\n")
    assert PAIR.findall(german) == PAIR.findall(english)
    assert len(PAIR.findall(german)) == 5


def test_the_guides_first_change_is_really_there():
    for language in ("de", "en"):
        file = f"erfurt/{language}/other.yaml"
        part = read("knowledge/README.md").split(f"`{file}`")[1]
        shown = re.search(r"\n( {7}german-courses-vhs:\n.*?)\n\n", part, re.DOTALL)[1]
        assert re.sub("^ {7}", "", shown, flags=re.MULTILINE) in read(f"knowledge/{file}")


def test_weblate_finds_every_words_file_and_no_other():
    match = re.compile(re.search(r"\| `match` \| `(.*)` \|", read("knowledge/README.md"))[1])
    files = {path: match.fullmatch(f"knowledge/{path}") for path in read_folder(ROOT / "knowledge")}
    assert {path for path, found in files.items() if found} == {
        path for path in files if path.count("/") == 2 and not path.endswith("/status.yaml")
    }
    for path, found in files.items():
        if found:
            assert f"{found['scope']}/de/{found['component']}.yaml" in files, path


def test_the_image_installs_every_library():
    listed = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in listed}
    locked = set(re.findall(r"^([\w.-]+)==", read("requirements.lock"), re.MULTILINE))
    assert names <= locked  # else: uv pip compile --universal --generate-hashes pyproject.toml -o requirements.lock


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*.png")), ids=lambda path: path.stem)
def test_each_picture_stands_in_a_guide_and_is_small(picture):
    guides = read("README.md") + read("docs/office.md") + read("docs/operators.md")
    assert f"pictures/{picture.name}" in guides
    assert picture.stat().st_size <= 120_000
