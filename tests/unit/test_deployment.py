"""Files that operators and forges read: they parse, and promise what the documents say."""

from __future__ import annotations

import configparser
import re
import tomllib

import pytest
import yaml

from bot.config import Settings
from tests.conftest import ROOT


def unit():
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read_string((ROOT / "deploy" / "lotse.service").read_text())
    return read


def test_the_unit_shuts_in_what_it_starts():
    service = unit()["Service"]
    for name, value in {
        "DynamicUser": "yes",
        "StateDirectory": "lotse",
        "UMask": "0077",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "Restart": "on-failure",
    }.items():
        assert service[name] == value
    assert service["ExecStart"].endswith("/lotse run")
    assert int(service["TimeoutStopSec"]) > 5


@pytest.mark.parametrize("name", ["deploy/compose.yaml", ".github/workflows/ci.yaml", ".gitlab-ci.yml"])
def test_yaml_parses(name):
    assert isinstance(yaml.safe_load((ROOT / name).read_text()), dict)


def test_the_containers_are_shut_in_and_the_database_is_inside_alone():
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    lotse, postgres = services["lotse"], services["postgres"]
    assert (lotse["read_only"], lotse["init"], lotse["cap_drop"]) == (True, True, ["ALL"])
    assert postgres["networks"] == ["inside"]
    assert "ports" not in postgres
    assert "sslmode=" in lotse["environment"]["LOTSE_DATABASE_URL"]
    url = lotse["environment"]["LOTSE_DATABASE_URL"].replace("${POSTGRES_PASSWORD:?set it in .env}", "x")
    Settings(_env_file=None, database_url=url).check_connections()


def test_the_example_of_settings_knows_no_other_names():
    names = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    known = {f"LOTSE_{name.upper()}" for name in Settings.model_fields} | {"TELEGRAM_TOKEN", "POSTGRES_PASSWORD"}
    assert set(names) <= known
    assert not [line for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"\w+=.*#", line)]


def test_the_lock_names_no_place():
    """Neither a folder of somebody's machine nor a registry's address; each version with its hash."""
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^--|https?://|file:", text, re.MULTILINE)
    assert len(re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)) <= text.count("--hash=sha256:")


def test_every_library_that_runs_is_in_the_lock():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = {
        name.lower()
        for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    }
    assert [name for name in wanted if re.match(r"[\w.-]+", name)[0].lower() not in locked] == []
