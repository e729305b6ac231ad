"""What is documented is what there is."""

from __future__ import annotations

import re

import typer

from bot.cli import app
from bot.config import Settings
from bot.content.model import SECTIONS, CityEntry, Fact, PlaceEntry, StatusEntry, TopicEntry, WordsEntry
from tests.conftest import ROOT


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_setting_is_documented():
    documented = set(re.findall(r"^\| `(\w+)` \|", read("docs/settings.md"), re.MULTILINE))
    there = {
        "TELEGRAM_TOKEN" if name == "telegram_token" else f"LOTSE_{name.upper()}" for name in Settings.model_fields
    }
    assert documented == there


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
