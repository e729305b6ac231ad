"""The papers are filled from the settings and the retention table, and say where a human has to fill in."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.config import Settings
from bot.errors import StorageError
from bot.storage.kept import KEPT
from bot.tools.papers import BLANK, NAMES, write

TODAY = date(2026, 11, 30)


def written(folder, knowledge, **settings):
    made, blanks = write(Settings(_env_file=None, **settings), knowledge, folder, TODAY)
    assert [path.stem for path in made] == list(NAMES)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in made}
    assert blanks == sum(text.count(BLANK) for text in texts.values()) > 0
    return texts


def test_what_is_known_is_filled_in(tmp_path, small):
    texts = written(
        tmp_path,
        small,
        telegram_token="1:abc",
        office_email="buero@city.example",
        retention_days=45,
        backup_days=14,
        smtp_host="mail.city.example",
        web="127.0.0.1:8080",
        web_url="https://lotse.city.example",
    )
    for paper, said in {
        "verarbeitungsverzeichnis": ("Musterstadt", "Telegram, Browser", "30. November 2026", "Integrationsbüro"),
        "loeschkonzept": ("nach 14 Tagen", "7 Tage nach der Antwort", "nach 45 Tagen ohne Nachricht"),
        "datenschutzhinweise": ("bis Sie 45 Tage lang nichts schreiben", "7 Tage nach der Antwort", "Ende zu Ende"),
        "impressum": ("Marktplatz 1",),
        "barrierefreiheit": ("https://lotse.city.example", "WCAG 2.1 AA"),
        "empfaenger": ("buero@city.example", "mail.city.example", "eigener Verantwortlicher, siehe unten"),
    }.items():
        for part in said:
            assert part in texts[paper], paper
    assert "1:abc" not in str(texts)


def test_without_telegram_nothing_is_said_of_it(tmp_path, small):
    texts = written(tmp_path, small, web="127.0.0.1:8080")
    assert "Telegram wird zurzeit nicht angeboten." in texts["empfaenger"]
    assert "Ende zu Ende" not in texts["datenschutzhinweise"]
    assert "| Übermittlung in Drittländer | keine |" in texts["verarbeitungsverzeichnis"]


def test_the_deletion_concept_names_every_column_that_says_something_of_somebody(tmp_path, small):
    text = written(tmp_path, small)["loeschkonzept"]
    assert set(re.findall(r"^\| `([\w.]+)`", text, re.MULTILINE)) == {
        name for name, kept in KEPT.items() if kept.personal
    }


def test_no_placeholder_is_left(tmp_path, small):
    texts = written(tmp_path, small)
    assert not [paper for paper, text in texts.items() if re.search(r"\{\w*\}", text)]
    rows = [line for text in texts.values() for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)


def test_a_folder_that_cannot_be_written(tmp_path, small):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Name another folder with --out"):
        write(Settings(_env_file=None), small, tmp_path / "file", TODAY)
