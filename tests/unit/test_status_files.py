"""What `lotse stamp` writes is text to every reader of YAML, also to those of version 1.2."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.content.scopes import read_scope
from bot.content.stamping import status_text
from tests.conftest import ROOT

# A reader of YAML 1.2's core schema takes these for numbers: exponents without a point, octal, plain digits.
NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+")


@pytest.mark.parametrize("hash_", ["0e8617051041", "123456789012", "1e10", "00e000000001", "deadbeef0123"])
def test_a_hash_is_written_in_quotes(hash_):
    text = status_text({"topic": {"translated_from": hash_, "state": "machine", "by": "", "on": "2026-11-30"}})
    assert f'translated_from: "{hash_}"' in text
    assert yaml.safe_load(text)["topic"]["translated_from"] == hash_
    scope = read_scope({"germany/en/status.yaml": text.encode()}, "germany", "", [])
    assert scope.status["en", "topic"].translated_from == hash_


def test_no_status_file_holds_a_hash_that_is_a_number_to_somebody():
    for path in sorted((ROOT / "knowledge").glob("*/*/status.yaml")):
        for found in re.findall(r"translated_from: ([^,\s}\"']+)", path.read_text(encoding="utf-8")):
            assert not NUMBER.fullmatch(found), f"{path}: {found}"
