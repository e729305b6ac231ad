"""What leaves, as a value and as a row: rows of every version so far are read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.message import Label, Venue
from bot.presentation.outgoing import Document, Letter, Place, Receipt, Text, UnreadableRow, read, write

VENUE = {"name": "Amt", "address": "Platz 1", "latitude": 50.98, "longitude": 11}
YES = Label("Ja", "c:1")

# a row, as some version has written it, and what it says
ROWS = [
    ({"chat": "5", "html": "Hallo"}, Text(to="5", text="Hallo")),
    ({"chat": "5", "html": "Hallo", "buttons": [[["Ja", "c:1"]]]}, Text(to="5", text="Hallo", buttons=((YES,),))),
    ({"chat": "5", "html": "Hallo", "buttons": [], "edit": "77"}, Text(to="5", text="Hallo", edit="77")),
    ({"chat": "5", "venue": VENUE}, Place(to="5", venue=Venue("Amt", "Platz 1", 50.98, 11))),
    ({"chat": "5", "file": "a.pdf", "content": "AAE="}, Document(to="5", name="a.pdf", content=b"\0\1")),
    ({"receipt": "9"}, Receipt("9")),
    # for a browser: a number as what it replaces was written until 2026
    ({"session": "s", "uid": "u", "html": "Hallo", "edit": 7}, Text(to="s", uid="u", text="Hallo", edit="7")),
    ({"html": "Hallo", "buttons": []}, Text(to="", text="Hallo")),  # in a browser's session
    # for the terminal: the buttons in one row
    ({"text": "Hallo", "buttons": [["Ja", "c:1"]]}, Text(to="", text="Hallo", buttons=((YES,),))),
    ({"to": "a@b.example", "mail": "Subject: x"}, Letter("a@b.example", "Subject: x")),
    ({"to": "a@b.example", "mail": "Subject: x", "id": "1@b"}, Letter("a@b.example", "Subject: x", "1@b")),
]


@pytest.mark.parametrize(("row", "message"), ROWS)
def test_rows_of_every_version(row, message):
    assert read(json.dumps(row)) == message


# the keys that an older program asks for in a row of ours
KEYS = [
    (Text(to="5", text="Hallo", edit="7"), {"chat": "5", "html": "Hallo", "buttons": [], "edit": "7"}),
    (Text(to="s", uid="u", text="Hallo"), {"session": "s", "uid": "u", "html": "Hallo", "buttons": []}),
    (Document(to="5", name="a.pdf", content=b"\0\1"), {"chat": "5", "file": "a.pdf", "content": "AAE="}),
    (Letter("a@b.example", "Subject: x", "1@b"), {"to": "a@b.example", "mail": "Subject: x", "id": "1@b"}),
]


@pytest.mark.parametrize(("message", "row"), KEYS)
def test_an_older_program_reads_what_we_write(message, row):
    assert json.loads(write(message)) == row


words = st.text()
to_chat = {"to": words, "uid": words}
degrees = st.floats(-180, 180)
buttons = st.lists(st.lists(st.builds(Label, words, words)).map(tuple)).map(tuple)
messages = st.one_of(
    st.builds(Text, **to_chat, text=words, buttons=buttons, edit=words),
    st.builds(Place, **to_chat, venue=st.builds(Venue, words, words, degrees, degrees)),
    st.builds(Document, **to_chat, name=words, content=st.binary()),
    st.builds(Receipt, words),
    st.builds(Letter, words, words, words),
)


@given(messages)
def test_what_is_written_is_read(message):
    row = write(message)
    assert row.isascii()
    assert read(row) == message


@pytest.mark.parametrize(
    "row",
    [
        "",  # its words were erased
        "no JSON",
        "[]",
        "{}",
        "[" * 100_000,
        '{"chat": "5"}',
        '{"chat": "5", "html": 7}',
        '{"chat": "5", "html": "", "buttons": [["Ja"]]}',
        '{"chat": "5", "html": "", "buttons": 7}',
        '{"chat": "5", "file": "a.pdf", "content": "ä"}',
        '{"chat": "5", "venue": {"name": "Amt"}}',
        '{"chat": "5", "venue": {"latitude": 1, "longitude": 2}}',
        '{"mail": "Subject: x"}',
    ],
)
def test_what_is_no_message(row):
    with pytest.raises(UnreadableRow, match="nothing that this version"):
        read(row)
