"""Each command and each button: what is shown, and what of it is remembered."""

from __future__ import annotations

from dataclasses import replace
from inspect import cleandoc

import pytest

from bot.conversation.actions import decode
from bot.conversation.events import (
    Asked,
    Commanded,
    Draft,
    Forget,
    HandOver,
    Invited,
    Pressed,
    Question,
    Say,
    SentOther,
    Withdraw,
)
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.matching.context import Context
from bot.matching.match import Choice, Match
from tests.dialogue import screen

NOW = 10_000.0
BOOK, CARD, KITA, DANGER = "appointment-book", "lost-card", "kita-place", "medical-emergency"
DRAFT = Draft(3, "Wo?", "de", (KITA,), NOW - 60)
SHOWN = replace(DRAFT, offered=True)
DRAFTED = State("de", draft=DRAFT, drafts=3)
OPEN = (Question(7, "2026-11-20", "Eins"), Question(8, "2026-11-20", "Zwei", open=False))
WAYS_ON = """
[button-menu m]
[button-ask-person p]
"""
UNKNOWN = "button-unknown" + WAYS_ON
CLOSED = """
question-closed
[button-menu m]
"""
WRITE = "write-your-question"
KITA_ANSWER = """
answer kita-place
[button-helped y:kita-place]
[button-not-helped p:kita-place]
"""
ELSEWHERE = """
other-city name=Leipzig
answer kita-place everywhere
[button-own-city t:kita-place:ours]
[button-ask-person p:kita-place]
"""
HELPLINES = """
person-crisis
answer medical-emergency
[button-office-anyway p:medical-emergency:office]
"""


def shown(effects):
    """Messages one below the other, and what else is done."""
    return "\n--\n".join(screen(effect) if isinstance(effect, Say) else str(effect) for effect in effects)


def lines(text):
    return "\n".join(line for line in map(str.strip, cleandoc(text).splitlines()) if line)


def preview(number=3, words="Wo?", joins=(), edit=False):
    buttons = [f"[join:{one} j:{one}:{number}]" for one in joins]
    consent = [f"[button-send c:{number}]", *buttons, "[button-rewrite w]", f"[button-do-not-send x:{number}]"]
    return "\n".join(["preview", f"> {words}", "preview-consent", *consent, *(["(in its place)"] if edit else [])])


# the state before, what is pressed, what is shown, the state after (... : as before)
BUTTONS = [
    # the language, the menu
    (State(), "l:en", "intro\n[button-menu m]", State("en")),
    (State("de"), "l:xx", UNKNOWN, ...),
    (State("de"), "o", "choose-language\n[language:de l:de] [language:en l:en]", ...),
    (
        State("de"),
        "m",
        """
        choose-group
        [group:appointments g:appointments] [group:cards g:cards]
        [group:family g:family] [group:help g:help]
        [group:life g:life]
        [button-ask-person p]
        (in its place)
        """,
        ...,
    ),
    (
        State("de"),
        "g:cards",
        """
        choose-topic
        [topic:lost-card t:lost-card]
        [topic:duldung t:duldung]
        [button-back m] [button-ask-person p]
        (in its place)
        """,
        ...,
    ),
    (State("de"), "g:gone", UNKNOWN, ...),
    (State("de"), "q", UNKNOWN, ...),
    # a topic: what is remembered of it
    (State("de"), "t:kita-place", KITA_ANSWER, State("de", context=Context(KITA, ("",), at=NOW))),
    (
        State("de"),
        "t:kita-place:back",
        KITA_ANSWER + "(in its place)",
        State("de", context=Context(KITA, ("",), at=NOW)),
    ),
    (State("de"), "t:gone", UNKNOWN, ...),
    (  # chosen from "did you mean": the question is the one that was asked
        State("de", context=Context(question="Wo?", offered=(KITA, CARD), danger=DANGER, at=NOW - 9)),
        "t:kita-place",
        KITA_ANSWER,
        State("de", context=Context(KITA, ("",), "Wo?", danger=DANGER, at=NOW - 9)),
    ),
    (  # not chosen from it
        State("de", context=Context(question="Wo?", offered=(CARD,), at=NOW - 9)),
        "t:kita-place",
        KITA_ANSWER,
        State("de", context=Context(KITA, ("",), at=NOW)),
    ),
    (  # read in part before
        State("de", context=Context(KITA, ("cost",), "Wo?", (CARD,), at=NOW - 9)),
        "t:kita-place",
        KITA_ANSWER,
        State("de", context=Context(KITA, ("cost", ""), "Wo?", at=NOW - 9)),
    ),
    (  # and all of it
        State("de", context=Context(KITA, ("", "cost"), "Wo?", at=NOW - 9)),
        "t:kita-place",
        KITA_ANSWER,
        State("de", context=Context(KITA, ("", "cost"), "Wo?", at=NOW - 9)),
    ),
    (
        State("de", context=Context(CARD, elsewhere="Leipzig", at=NOW - 9)),
        "t:kita-place",
        ELSEWHERE,
        State("de", context=Context(KITA, ("",), elsewhere="Leipzig", at=NOW)),
    ),
    (
        State("de", context=Context(CARD, elsewhere="Leipzig", at=NOW - 9)),
        "t:kita-place:ours",
        KITA_ANSWER,
        State("de", context=Context(KITA, ("",), at=NOW)),
    ),
    (
        State("de"),
        "s:kita-place:cost",
        """
        answer kita-place#cost
        [button-back t:kita-place:back]
        [button-helped y:kita-place]
        [button-not-helped p:kita-place]
        (in its place)
        """,
        State("de", context=Context(KITA, ("cost",), at=NOW)),
    ),
    (State("de"), "s:kita-place:nonsense", UNKNOWN, ...),
    (State("de"), "s:gone:cost", UNKNOWN, ...),
    (State("de"), "y:kita-place", "glad\n[button-menu m]", ...),
    (State("de"), "v:integration-office", "Pin integration-office", ...),
    (State("de"), "v:police", UNKNOWN, ...),  # no place on the map
    (State("de"), "v:gone", UNKNOWN, ...),
    (State("de"), "k", "kept\n[button-menu m]", ...),
    # a person
    (State("de"), "p", WRITE, State("de", writing=True)),
    (DRAFTED, "p", preview(), replace(DRAFTED, draft=SHOWN)),
    (DRAFTED, "p:kita-place", preview(), replace(DRAFTED, draft=SHOWN)),
    (DRAFTED, "p:lost-card", preview(), replace(DRAFTED, draft=replace(SHOWN, topics=(CARD, KITA)))),
    (DRAFTED, "p:gone", preview(), replace(DRAFTED, draft=SHOWN)),
    (replace(DRAFTED, draft=SHOWN), "p", preview(), ...),
    (  # shown with other topics: another preview, and both can be sent
        replace(DRAFTED, draft=SHOWN),
        "p:lost-card",
        preview(4),
        State("de", draft=replace(SHOWN, number=4, topics=(CARD, KITA)), drafts=4, previews=(SHOWN,)),
    ),
    (DRAFTED, "p:medical-emergency", HELPLINES, ...),
    (replace(DRAFTED, context=Context(danger=DANGER)), "p", HELPLINES, DRAFTED),
    (
        replace(DRAFTED, context=Context(danger="gone")),
        "p",
        preview(),
        replace(DRAFTED, draft=SHOWN, context=Context(danger="gone")),
    ),
    (
        DRAFTED,
        "p:medical-emergency:office",
        preview(),
        replace(DRAFTED, draft=replace(SHOWN, topics=(DANGER, KITA))),
    ),
    # a preview's own buttons
    (replace(DRAFTED, draft=SHOWN), "x:3", "not-sent\n[button-menu m]\n(in its place)", State("de", drafts=3)),
    (replace(DRAFTED, draft=SHOWN), "i:3", preview(edit=True), ...),
    (replace(DRAFTED, draft=SHOWN), "c:2", "draft-gone\n[button-menu m]", ...),
    (replace(DRAFTED, draft=SHOWN), "w", WRITE, State("de", drafts=3, previews=(SHOWN,), writing=True)),
    (
        replace(DRAFTED, draft=replace(SHOWN, joins=7)),
        "w",
        WRITE,
        State("de", drafts=3, previews=(replace(SHOWN, joins=7),), writing=True, joining=7),
    ),
    (State("de"), "w", WRITE, State("de", writing=True)),
    (
        replace(DRAFTED, draft=SHOWN),
        "n:3",
        preview(4, edit=True),
        State("de", draft=replace(SHOWN, number=4, numbers=True), drafts=4, previews=(SHOWN,)),
    ),
    (
        replace(DRAFTED, draft=SHOWN, writing=True),
        "c:3",
        f"{HandOver(SHOWN)}\n--\nsent\n[button-menu m]\n(in its place)",
        State("de", drafts=3),
    ),
]
WITH_QUESTIONS = [
    (State("de"), "z:7", "Withdraw(number=7)\n--\nwithdrawn number=7\n[button-menu m]", ...),
    (State("de"), "z:8", CLOSED, ...),  # it has its answer
    (State("de"), "z:9", CLOSED, ...),  # never theirs
    (State("de"), "j:8", CLOSED, ...),
    (State("de"), "j:9", CLOSED, ...),
    (State("de"), "j:7", WRITE, State("de", writing=True, joining=7)),
    (State("de"), "a:8", WRITE, State("de", writing=True, joining=8)),
    (State("de"), "a:9", WRITE, State("de", writing=True)),
    (
        DRAFTED,
        "j:7",
        preview(4, edit=True),
        State("de", draft=replace(SHOWN, number=4, joins=7), drafts=4),
    ),
    (  # of two previews the one above the button
        replace(DRAFTED, draft=SHOWN, previews=(replace(SHOWN, number=2, question="Wann?"),)),
        "j:7:2",
        preview(4, "Wann?", edit=True),
        State(
            "de",
            draft=SHOWN,
            drafts=4,
            previews=(replace(SHOWN, number=2, question="Wann?"), replace(SHOWN, number=4, question="Wann?", joins=7)),
        ),
    ),
    (
        replace(DRAFTED, draft=replace(SHOWN, joins=7)),
        "c:3",
        f"{HandOver(replace(SHOWN, joins=7))}\n--\nadded number=7\n[button-menu m]\n(in its place)",
        State("de", drafts=3),
    ),
    (  # what it belonged to was withdrawn
        replace(DRAFTED, draft=replace(SHOWN, joins=9)),
        "c:3",
        f"question-closed\n--\n{preview(4, joins=[7])}",
        State("de", draft=replace(SHOWN, number=4), drafts=4, previews=(replace(SHOWN, joins=9),)),
    ),
]


@pytest.mark.parametrize(
    ("before", "data", "expected", "after", "questions"),
    [*((*row, ()) for row in BUTTONS), *((*row, OPEN) for row in WITH_QUESTIONS)],
)
def test_buttons(small, before, data, expected, after, questions):
    state, effects = step(before, Pressed(decode(data)), small, NOW, questions)
    if expected is WRITE:
        assert shown(effects).startswith(WRITE)
    else:
        assert shown(effects) == lines(expected)
    assert state == (before if after is ... else after)


def test_deleting_leaves_nothing_behind(small):
    state, effects = step(replace(DRAFTED, counsellor=True, wrote=5.0), Pressed(decode("d")), small, NOW)
    assert shown(effects) == f"{Forget()}\n--\ndeleted"
    assert state == State()


def test_more_than_three_open_questions_are_not_sent(small):
    three = tuple(Question(number, "2026-11-20", "?") for number in (1, 2, 3))
    before = replace(DRAFTED, draft=SHOWN)
    state, effects = step(before, Pressed(decode("c:3")), small, NOW, three)
    assert shown(effects) == "open-limit\n[join:3 j:3:3]\n[join:2 j:2:3]\n[join:1 j:1:3]\n[button-menu m]"
    assert state == before
    for draft in (replace(SHOWN, client=True), replace(SHOWN, joins=1)):
        _, effects = step(replace(before, draft=draft), Pressed(decode("c:3")), small, NOW, three)
        assert HandOver(draft) in effects


# what ends the growing of a question: every button but those of a preview
@pytest.mark.parametrize(
    ("data", "growing"),
    [
        ("m", False),
        ("y:kita-place", False),
        ("n:3", True),
        ("j:7", True),
        ("i:3", True),
        ("c:9", True),
        ("x:9", True),
        ("z:7", False),
    ],
)
def test_what_is_written_next_belongs_to_the_question_unless_something_else_was_pressed(small, data, growing):
    state, _ = step(replace(DRAFTED, draft=SHOWN, growing=True), Pressed(decode(data)), small, NOW, OPEN)
    assert state.growing is growing


START = "welcome-choose-language\n[language:de l:de] [language:en l:en]"
# the state before, the command, what is shown, the state after
COMMANDS = [
    (State("de"), Commanded("language", "en"), "choose-language\n[language:en l:en] [language:de l:de]", State("de")),
    (State("de"), Commanded("menu"), "choose-group", State("de")),
    (State("de"), Commanded("ask"), WRITE, State("de", writing=True)),
    (State("de"), Commanded("status"), "status count=1\nstatus-question number=7 date=2026-11-20", State("de")),
    (State("de"), Commanded("delete"), "delete-confirm count=1\n[button-delete d]\n[button-keep k]", State("de")),
    (State("de"), Commanded("privacy"), "privacy" + WAYS_ON, State("de")),
    (State("de"), Commanded("help"), "help" + WAYS_ON, State("de")),
    (State("de", writing=True, joining=7, growing=True), Commanded("help"), "help", State("de")),
    (State("de", joining=7, growing=True), Commanded("ask"), WRITE, State("de", writing=True)),
    # from a postcard
    (State(), Commanded("start"), START, State()),
    (
        State("en"),
        Commanded("start", "en"),
        "welcome-choose-language\n[language:en l:en] [language:de l:de]",
        State("en"),
    ),
    (State(), Commanded("start", argument="lang_en"), "intro", State("en")),
    (State("de"), Commanded("start", argument="lang_en"), "intro", State("en")),
    (
        State(),
        Commanded("start", argument="topic_kita-place"),
        KITA_ANSWER + "[command-language o]",
        State(context=Context(KITA, ("",), at=NOW)),
    ),
    (
        State(),
        Commanded("start", argument="lang_en__topic_kita-place"),
        KITA_ANSWER,
        State("en", context=Context(KITA, ("",), at=NOW)),
    ),
    (
        State("de"),
        Commanded("start", argument="topic_kita-place__place_integration-office"),
        f"{KITA_ANSWER}--\nPlaceCard integration-office\n[pin:integration-office v:integration-office]\n[button-menu m]",
        State("de", context=Context(KITA, ("",), at=NOW)),
    ),
    (
        State(),
        Commanded("start", argument="place_police"),
        "PlaceCard police\n[button-menu m]\n[command-language o]",
        State(),
    ),
    # a counsellor's invitation
    (
        State("de", writing=True, joining=7),
        Invited(valid=True),
        "counsellor-welcome\n[button-menu m]",
        State("de", counsellor=True),
    ),
    (State("de", counsellor=True), Invited(valid=False), "counsellor-welcome", State("de", counsellor=True)),
    (State(), Invited(valid=False, hint="en"), "invitation-invalid\n[language:en l:en] [language:de l:de]", State()),
    # what is no text
    (State("de"), SentOther("voice"), "sent-voice" + WAYS_ON, State("de")),
    (State("de"), SentOther("personal"), "sent-personal" + WAYS_ON, State("de")),
    (State("de"), SentOther("other"), "only-text" + WAYS_ON, State("de")),
    (State("de"), SentOther("file"), "sent-file\nsent-letter\n[button-ask-person p]", State("de")),
    (State("de", album="6"), SentOther("file", album="7"), "sent-file", State("de", album="7")),
    (State("de", album="7"), SentOther("file", album="7"), "", State("de", album="7")),
]


@pytest.mark.parametrize(("before", "event", "expected", "after"), COMMANDS)
def test_commands(small, before, event, expected, after):
    state, effects = step(before, event, small, NOW, OPEN)
    found = shown(effects)
    assert found == lines(expected) or (expected and found.startswith(expected + "\n"))
    assert state == after


# ---- whatever is asked


def asked(match, **more):
    return Asked(more.pop("text", "Und das?"), match, more.pop("language", "de"), **more)


def test_a_danger_that_is_only_suspected_is_one_quiet_line(small):
    for worry, quiet in ((None, False), (DANGER, True)):
        _, effects = step(State("de"), asked(Match("answer", (Choice(KITA, 0.99),), worry=worry)), small, NOW)
        assert ("quiet-line" in shown(effects)) is quiet
    _, effects = step(State("de"), asked(Match("handover", emergency=DANGER, worry=DANGER)), small, NOW)
    assert shown(effects).startswith("Emergency")
    assert "quiet-line" not in shown(effects)


# the language that was chosen, the one that is written, whether it is forwarded; in which it is answered
@pytest.mark.parametrize(
    ("chosen", "written", "forwarded", "language"),
    [
        ("de", "en", False, "en"),
        ("de", "de", False, ""),
        ("", "en", False, ""),  # nothing was chosen: whatever is spoken is spoken
        ("de", "en", True, ""),
    ],
)
def test_another_language_than_the_chosen_one(small, chosen, written, forwarded, language):
    event = asked(Match("handover", smalltalk="thanks"), language=written, forwarded=forwarded)
    state, (say,) = step(State(chosen), event, small, NOW)
    stay = [["stay:en"]] if language else []
    assert say.language == language
    assert [[button.label for button in row] for row in say.buttons] == [["button-menu"], *stay]
    assert state.offered == ((language,) if language else ())


def test_a_clients_answers_come_in_the_clients_language(small):
    client = Draft(1, "?", "uk", (), NOW, client=True)
    for event in (Pressed(decode("t:kita-place")), asked(Match("handover", smalltalk="thanks"))):
        for draft, language in ((client, "uk"), (replace(client, client=False), ""), (None, "")):
            _, (say,) = step(State("de", draft=draft), event, small, NOW)
            assert say.client == language
    _, (say,) = step(State("de", draft=client), Commanded("help"), small, NOW)
    assert say.client == ""


def test_withdrawing_is_no_message(small):
    _, effects = step(
        State("de", draft=Draft(1, "?", "uk", (), NOW, client=True)), Pressed(decode("z:7")), small, NOW, OPEN
    )
    assert effects[0] == Withdraw(7)
