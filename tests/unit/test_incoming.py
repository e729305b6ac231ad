"""A message as a channel hands it in: the app's language, and words that can be stored and shown."""

from __future__ import annotations

import pytest

from bot.conversation.deep_links import invitation, invite, move, moved
from bot.conversation.incoming import Incoming


@pytest.mark.parametrize(
    ("hint", "code"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("zh-hans-CN", "zh"),
        ("EN-gb", "en"),
        ("ku", "kmr"),  # as apps call Kurmanji
        ("KU-TR", "kmr"),
        ("", ""),
    ],
)
def test_the_language_of_the_app(hint, code):
    assert Incoming("5", "text", hint=hint).guess == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Wo ist\tdas Amt?\nDanke", "Wo ist\tdas Amt?\nDanke"),
        ("eins\r\nzwei\rdrei", "eins\nzwei\ndrei"),
        ("a\x00b\x08c\x0bd\x1fe\x7ff\x9fg", "abcdefg"),
        ("\ud83d\ude00 \ud83d", "😀 \ufffd"),  # a pair is a picture, half of one is nothing
        ("نعم ✓", "نعم ✓"),
    ],
)
def test_what_no_database_takes_is_taken_out_wherever_it_stands(written, kept):
    found = Incoming("5", "text", written, argument=written, replied=written, hint="de", post="9").clean()
    assert found == Incoming("5", "text", kept, argument=kept, replied=kept, hint="de", post="9")


# the parameter of a link: an invitation's code, the key of a chat in a browser
@pytest.mark.parametrize(
    ("parameter", "code", "key"),
    [
        ("invite_abc", "abc", ""),
        ("go_abc", "", "abc"),
        ("topic_invite_abc", "", ""),
        ("abc", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_link_opens(parameter, code, key):
    assert (invitation(parameter), moved(parameter)) == (code, key)
    assert not code or invite(code) == parameter
    assert not key or move(key) == parameter
