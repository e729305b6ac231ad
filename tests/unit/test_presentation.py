"""Words on a screen: facts in each language's form, markup that never breaks, sentences in every language."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import load
from bot.content.stamping import stamp
from bot.conversation.actions import Action
from bot.conversation.events import Answer, Button, Say, Sentence
from bot.presentation import formats
from bot.presentation.compose import Composer
from bot.presentation.i18n import Catalogues, name_in, own_name
from bot.presentation.message import Block
from bot.presentation.render import plain, telegram
from bot.presentation.sentences import SENTENCES
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("kind", "text", "language", "shown"),
    [
        ("euro", "93", "de", "93\u00a0€"),
        ("euro", "6.50", "de", "6,50\u00a0€"),
        ("euro", "45934.20", "de", "45.934,20\u00a0€"),
        ("euro", "93", "en", "€93"),
        ("euro", "93", "de-simple", "93\u00a0€"),  # plain German writes as German does
        ("euro", "93", "uk", "93\u00a0€"),  # not EUR: the sign that stands on bills
        ("euro", "6.50", "ro", "6,50\u00a0€"),
        ("date", "2027-03-04", "de", "4. März 2027"),
        ("date", "2027-03-04", "en", "4 March 2027"),
        ("date", "2027-03-04", "uk", "4 березня 2027\u202fр."),
        ("number", "1603", "de", "1.603"),
        ("phone", "0361 655-3830", "de", "0361 6553830"),
        ("phone", "+49 30 1815-1111", "de", "030 18151111"),
        ("phone", "116117", "de", "116117"),  # short numbers are dialled as they are
        ("phone", "110", "ar", "\u2068110\u2069"),  # kept from turning round in Arabic
        ("url", "https://example.org/a_b", "de", "<https://example.org/a_b>"),
        ("hours", "Mo-Th 09:00-15:00; Fr 09:00-13:00", "de", "Mo–Do 09:00–15:00; Fr 09:00–13:00"),
        ("hours", "Mo,We 08:00-13:00", "en", "Mon, Wed 08:00–13:00"),
        ("name", "Büro für Mitbürger*innen", "de", "Büro für Mitbürger\\*innen"),
    ],
)
def test_formats(kind, text, language, shown):
    assert formats.value(kind, text, language) == shown


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ("2026", "de", "2026"),
        ("2026-11", "de", "November 2026"),
        ("2026-11-30", "en", "30 November 2026"),
        ("2022-07", "uk", "липень 2022\u202fр."),  # a month alone is in the nominative
        ("2022-07", "pl", "lipiec 2022"),
        ("2022-07", "vi", "tháng 7 năm 2022"),
    ],
)
def test_states(value, language, shown):
    assert formats.day(value, language) == shown


@pytest.mark.parametrize(
    ("language", "own", "german"),
    [
        ("de", "Deutsch", "Deutsch"),
        ("en", "English", "Englisch"),
        ("uk", "Українська", "Ukrainisch"),
        ("ar", "العربية", "Arabisch"),
        ("kmr", "Kurmancî", "Kurmandschi"),
        ("de-simple", "Deutsch (einfach)", "Deutsch (einfach)"),
    ],
)
def test_names_of_languages(language, own, german):
    assert own_name(language) == own
    assert name_in("de", language).startswith(german[:4])


class Strict(HTMLParser):
    """Telegram's rules: known tags only, closed in order, nothing left open."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert tag in {"b", "i", "a", "blockquote"}, tag
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


WORDS = st.text(alphabet=string.ascii_letters + "äöüß *_[]()<>&`#|\\\n-1.{}", max_size=400)


@given(st.lists(st.tuples(st.sampled_from(["markdown", "verbatim"]), WORDS), max_size=5), st.integers(60, 500))
def test_any_text_is_valid_html_within_the_limit(parts, limit):
    blocks = [Block(kind, text) for kind, text in parts]
    for text in telegram(blocks, limit):
        Strict(text)
        assert len(text) <= limit or "blockquote" in text


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        ("**Frist:** zwei Wochen", "<b>Frist:</b> zwei Wochen", "Frist: zwei Wochen"),
        ("1. Eins\n2. Zwei", "1. Eins\n2. Zwei", "1. Eins\n2. Zwei"),
        ("- Pass\n- Foto", "• Pass\n• Foto", "• Pass\n• Foto"),
        ("Erst:\n\n- a\n  - b\n- c", "Erst:\n\n• a\n  • b\n• c", "Erst:\n\n• a\n  • b\n• c"),
        (
            "Siehe [Seite](https://example.org/?a=1&b=2)",
            'Siehe <a href="https://example.org/?a=1&amp;b=2">Seite</a>',
            "Siehe Seite (https://example.org/?a=1&b=2)",
        ),
        (
            "<https://example.org/a_b_c>",
            '<a href="https://example.org/a_b_c">https://example.org/a_b_c</a>',
            "https://example.org/a_b_c",
        ),
        ("<a@example.org>", "a@example.org", "a@example.org"),  # Telegram makes the link itself
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("# kein Titel", "# kein Titel", "# kein Titel"),
    ],
)
def test_markdown(markdown, html, text):
    blocks = [Block("markdown", markdown)]
    assert telegram(blocks) == [html]
    assert plain(blocks) == text


def test_somebodys_text_is_never_markup():
    blocks = [Block("verbatim", "**fett** <b>x</b> [a](javascript:1)")]
    assert telegram(blocks) == ["<blockquote>**fett** &lt;b&gt;x&lt;/b&gt; [a](javascript:1)</blockquote>"]


def test_long_answers_are_split_between_paragraphs():
    texts = telegram([Block("markdown", "\n\n".join(f"Absatz {n} " + "x" * 900 for n in range(8)))])
    assert len(texts) == 2
    assert all(len(text) <= 4096 and text.startswith("Absatz") for text in texts)


def test_every_language_has_every_sentence(catalogues):
    for language in catalogues.languages:
        for key, german in SENTENCES.items():
            for count in (1, 2) if isinstance(german, tuple) else (0,):
                source = german[count != 1] if isinstance(german, tuple) else german
                names = set(re.findall(r"\{(\w+)\}", source))
                text = catalogues.sentence(language, key, dict.fromkeys(names, 7) | {"count": count})
                assert text.strip()
                if language != "de":
                    raw = catalogues.sentence(language, key, {name: f"<{name}>" for name in names} | {"count": count})
                    assert {name for name in names if f"<{name}>" in raw} >= names - {"count"}, (language, key)


def test_sentences_are_translated(catalogues):
    same = [
        key
        for key, german in SENTENCES.items()
        if isinstance(german, str)
        and len(german) > 25
        and catalogues.sentence("en", key, _anything(german)) == german.format_map(_anything(german))
    ]
    assert same == []


def _anything(text):
    return dict.fromkeys(re.findall(r"\{(\w+)\}", text), "x")


def test_no_sentence_is_forgotten_in_the_code():
    """Every key is written somewhere in the code or a page, whole or as the end of a family such as section-*."""
    literals = set()
    for path in Path(ROOT / "bot").rglob("*.py"):
        if path.name != "sentences.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            literals |= {
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    for path in Path(ROOT / "bot").rglob("*.html"):
        literals |= set(re.findall(r"""["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    families = ("section-", "group-", "command-", "smalltalk-")
    assert [key for key in SENTENCES if key not in literals and not key.startswith(families)] == []


def test_a_missing_language_falls_back_to_english_then_german(catalogues):
    assert catalogues.choose("sq") == "en"
    assert Catalogues({}).choose("de-simple") == "de"


def said(knowledge, catalogues, day, language="de"):
    """What lost-card answers at noon of ``day`` in the city's time zone."""
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(knowledge.time_zone)).timestamp()
    return plain(Composer(knowledge, catalogues).compose(Say((Answer("lost-card"),)), language, now=noon).blocks)


def with_facts(knowledge, **changes):
    topic = knowledge.topics["lost-card"]
    facts = {name: fact.model_copy(update=changes.get(name, {})) for name, fact in topic.facts.items()}
    return replace(knowledge, topics={**knowledge.topics, topic.id: replace(topic, facts=facts)})


def test_an_amount_of_last_year_says_so_until_an_editor_confirms_the_new_one(small, catalogues):
    amount = with_facts(small, fee={"valid_until": "2026-12-31"})
    assert "13\u00a0€, seit" in said(amount, catalogues, "2026-12-31")  # its last day
    assert "13\u00a0€ (Betrag von 2026), seit" in said(amount, catalogues, "2027-01-01")
    assert "€13 (amount of 2026)" in said(amount, catalogues, "2027-01-01", "en")
    confirmed = with_facts(small, fee={"euro": "14", "valid_until": "2027-12-31"})
    assert "14\u00a0€, seit" in said(confirmed, catalogues, "2027-01-01")


def test_the_year_turns_at_the_citys_midnight(small, catalogues):
    amount = with_facts(small, fee={"valid_until": "2026-12-31"})
    minutes = [datetime.fromisoformat(f"{at}+01:00").timestamp() for at in ("2026-12-31T23:59", "2027-01-01T00:00")]
    texts = [
        plain(Composer(amount, catalogues).compose(Say((Answer("lost-card"),)), "de", now=now).blocks)
        for now in minutes
    ]
    assert ["Betrag von" in text for text in texts] == [False, True]


def test_what_is_no_amount_says_its_day(small, catalogues):
    text = said(with_facts(small, since={"valid_until": "2026-12-31"}), catalogues, "2027-01-01")
    assert "1. Mai 2025 (Stand: 31. Dezember 2026)" in text


def test_every_language_has_its_own_words_for_last_years_amount(catalogues):
    words = {code: catalogues.sentence(code, "amount-of-year", {"year": "2026"}) for code in catalogues.languages}
    assert all("2026" in text for text in words.values())
    assert {code for code, text in words.items() if text == words["de"]} == {"de", "de-simple"}


def test_contact_that_nobody_confirmed_is_said_so(small, catalogues):
    text = plain(Composer(small, catalogues).compose(Say((Answer("appointment-book"),)), "de", now=0).blocks)
    assert "konnten wir nicht bestätigen" in text
    assert "https://example.org/buero" in text
    assert text.count("buero@example.org") == 1  # in the words; the card below leaves it out


def test_a_group_an_editor_invented_shows_its_id(small, catalogues):
    say = Say((Sentence("choose-group"),), ((Button("group:cards", Action("group", "cards")),),))
    assert Composer(small, catalogues).compose(say, "de", now=0).buttons[0][0].text == "Cards"


def test_a_place_with_a_german_name_stands_on_the_right_in_arabic(small, catalogues):
    topic = small.topics["appointment-book"]
    arabic = replace(topic, words={"ar": replace(topic.words["de"], answer="احجزوا موعدا.")})
    knowledge = replace(small, topics={topic.id: arabic})
    text = plain(Composer(knowledge, catalogues).compose(Say((Answer(topic.id),)), "ar", now=0).blocks)
    name = small.places[topic.places[0]].name
    card = next(part for part in text.split("\n\n") if name in part)
    assert len(card.splitlines()) > 1
    assert all(line.startswith("\u200f") for line in card.splitlines())


@pytest.mark.parametrize(
    ("state", "change", "notes"),
    [
        # read, and the German text is still the one it was read against
        ("reviewed", None, []),
        ("machine", None, ["Translated by machine. The German text applies."]),
        # the German text is another now: said until somebody has compared the two
        ("reviewed", "Melden Sie es gleich.", ["The German text has changed since this was translated. The German text applies."]),
        (
            "machine",
            "Melden Sie es gleich.",
            [
                "Translated by machine. The German text applies.",
                "The German text has changed since this was translated. The German text applies.",
            ],
        ),
    ],
)  # fmt: skip
def test_a_translation_says_when_its_german_has_changed(small_files, catalogues, state, change, notes):
    by = "A. Muster" if state == "reviewed" else ""
    made = stamp(small_files, "en", "lost-card", by, date(2026, 11, 21))
    files = {**small_files, **{path: text.encode() for path, text in made.items()}}
    if change:
        files["germany/de/all.yaml"] = files["germany/de/all.yaml"].replace(b"Melden Sie es sofort.", change.encode())
    knowledge = load(files, "musterstadt").knowledge
    text = plain(Composer(knowledge, catalogues).compose(Say((Answer("lost-card"),)), "en", now=0).blocks)
    said = [line for line in text.splitlines() if "German text applies" in line]
    assert said == notes


@pytest.mark.parametrize(
    ("replied", "topic"),
    [
        ("{title}\n\nMelden Sie es sofort.", "lost-card"),  # an answer begins with its title
        ("{title}: Kosten\n\n67 Euro", "lost-card"),  # a section names itself behind it
        ("  {title}  ", "lost-card"),
        ("{title} heute", ""),  # somebody's own words that begin alike
        ("", ""),  # no reply at all
        ("Hallo: {title}", ""),
    ],
)
def test_a_reply_to_an_answer_is_about_its_topic(small, catalogues, replied, topic):
    title = small.topics["lost-card"].words["de"].title
    assert Composer(small, catalogues).topic_titled(replied.format(title=title)) == topic
