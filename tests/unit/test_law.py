"""The watch over the law: citations, the words in a law's file, and what changed between two days."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.law import Law, Laws, citation, read_laws, words_hash
from bot.content.law_watch import check_laws, compared_text, kept_text, resting, updated, with_compared
from bot.content.law_xml import Norm, NotALaw, Statute, read_statute
from bot.content.scopes import read_scope
from bot.content.yaml_source import parse
from bot.tools.law import folders
from bot.tools.law_lookup import candidates, is_law, nearest
from tests.conftest import ROOT
from tests.servers.laws import as_xml

ABLE = "% Probegesetz\n\n# § 1 – Zweck\n\n(1) Wer fragt, bekommt eine Antwort.\n\n# § 2 – Frist\n\nEs gelten folgende Fristen:\n\n1. drei Monate,\n\n2. sechs Monate.\n"


@pytest.mark.parametrize(
    ("text", "paragraph", "more"),
    [
        ("AsylG § 61 Abs. 1", "AsylG § 61", "Abs. 1"),
        ("FreizügG/EU § 4a", "FreizügG/EU § 4a", ""),
        ("RBSFV 2026 § 2", "RBSFV 2026 § 2", ""),  # a year belongs to the name
        ("SGB II § 7b Abs. 4 Satz 2", "SGB II § 7b", "Abs. 4 Satz 2"),
        ("FeV Anlage 11", "FeV Anlage 11", ""),
        ("Grundgesetz Art. 16a Abs. 1", "Grundgesetz Art. 16a", "Abs. 1"),
        ("VO (EU) 2024/1348 Art. 42", "VO (EU) 2024/1348 Art. 42", ""),
        ("AsylG  §61", "AsylG § 61", ""),  # typed in a hurry
    ],
)
def test_a_citation_names_a_law_and_a_paragraph(text, paragraph, more):
    found = citation(text)
    assert (found.paragraph, found.more) == (paragraph, more)


@pytest.mark.parametrize(
    "text",
    [
        "AsylG",
        "§ 61 AsylG",
        "AGG §§ 19, 21",
        "AufenthV §§ 44-47",
        "§ 61",
        "AsylG § 61 und § 62",
        "Asylgesetz Paragraf 61",
        "",
    ],
)
def test_what_names_no_single_paragraph_is_no_citation(text):
    assert citation(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_citation_or_none(text):
    found = citation(text)
    assert found is None or citation(f"{found.paragraph} {found.more}".strip()) == found


def test_the_words_count_and_not_what_stands_around_them():
    statute = read_statute(as_xml(ABLE, ("ProbeG 1999", "ProbeG"), "20260101"))
    later = read_statute(as_xml(ABLE, ("ProbeG 1999", "ProbeG"), "20261111", aside="(+++ gilt ab gestern +++)"))
    assert statute.norms["§ 2"].text == "Es gelten folgende Fristen:\n1. drei Monate,\n2. sechs Monate."
    assert {unit: words_hash(norm.text) for unit, norm in statute.norms.items()} == {
        unit: words_hash(norm.text) for unit, norm in later.norms.items()
    }
    assert statute.called == ("ProbeG 1999", "ProbeG")


REAL = Path(__file__).parent.parent / "fixtures" / "laws"


def test_a_real_file_of_the_site_is_read():
    statute = read_statute((REAL / "BJNR001950896.xml").read_bytes())
    assert statute.called == ("BGB",)
    assert statute.state.endswith("zuletzt geändert durch Art. 7 G v. 31.1.2019 I 54")
    assert statute.norms["§ 14"].text.startswith("(1) Unternehmer ist")
    assert "Amtlicher Hinweis" not in statute.norms["§ 14"].text  # a footnote beside the words
    assert statute.norms["§ 573"].text.splitlines()[2].startswith("1. der Mieter seine vertraglichen Pflichten")
    assert statute.norms["§ 17"] == Norm("", "(weggefallen)")  # one of a range
    assert not any("Dieses Gesetz dient der Umsetzung" in norm.text for norm in statute.norms.values())


def test_a_laws_folder_is_found_by_the_link_and_not_by_its_abbreviation():
    found = folders((REAL / "gii-toc.xml").read_bytes(), "toc")
    assert found["asylvfg_1992"] == "Asylgesetz"
    assert "1-dm-goldm_nzg" in found


# Read from the real table of contents of 2019. Laws that are younger are not in it.
YOUNGER = {"MiLoV5", "RBSFV 2026", "UkraineAufenthFGV", "UkraineAufenthÜV"}


def listed():
    """The laws that the shipped topics may cite and that the federal site has."""
    found, problems = read_laws({"laws/laws.yaml": (ROOT / "knowledge" / "laws" / "laws.yaml").read_bytes()}, "")
    assert not problems
    return {law.name: law for law in found.known.values() if law.folder}


@pytest.mark.parametrize("name", sorted(listed().keys() - YOUNGER))
def test_every_law_is_found_whatever_folder_is_noted(name):
    contents = folders((REAL / "gii-toc.xml").read_bytes(), "toc")
    law = listed()[name]
    for guess in (law.folder, "nowhere", "milov2"):  # right, none, another law's
        assert candidates(replace(law, folder=guess), contents)[0] == law.folder


@pytest.mark.parametrize("name", sorted(YOUNGER))
def test_an_older_ordinance_of_the_same_kind_is_not_taken_for_a_younger_one(name):
    contents = folders((REAL / "gii-toc.xml").read_bytes(), "toc")
    assert candidates(listed()[name], contents) == []
    near = " ".join(nearest(listed()[name], contents))
    assert {"MiLoV5": "milov2", "RBSFV 2026": "rbsfv_2019"}.get(name, "") in near


@pytest.mark.parametrize(
    ("law", "called", "same"),
    [
        (Law("AufenthG"), ("AufenthG 2004", "AufenthG"), True),
        (Law("SGB II"), ("SGB 2",), True),
        (Law("RBSFV 2026"), ("RBSFV 2026",), True),
        (Law("RBSFV 2026"), ("RBSFV 2025",), False),  # each year has its own
        (Law("SGB II"), ("SGB 12",), False),
        (Law("StAG", title="Staatsangehörigkeitsgesetz"), ("RuStAG",), True),  # by its title
        (Law("StAG", title="Staatsangehörigkeitsgesetz"), ("StARegG",), False),
    ],
)
def test_a_fetched_law_says_itself_whether_it_is_the_cited_one(law, called, same):
    title = "Staatsangehörigkeitsgesetz" if "RuStAG" in called else "Gesetz zur Regelung von Fragen"
    assert is_law(law, Statute(called, title, "", {})) is same


def test_a_range_that_is_gone_stands_for_each_of_its_paragraphs():
    raw = as_xml("% P\n\n# § 1 – Zweck\n\nWort\n", ("P", "P"), "1").replace(
        b"</dokumente>",
        "<norm><metadaten><enbez>(XXXX) §§ 2 bis 4</enbez><titel>(weggefallen)</titel></metadaten>"
        '<textdaten><text format="XML"><Content><P/></Content></text></textdaten></norm></dokumente>'.encode(),
    )
    norms = read_statute(raw).norms
    assert sorted(norms) == ["§ 1", "§ 2", "§ 3", "§ 4"]
    assert (norms["§ 3"].text, norms["§ 3"].title) == ("", "(weggefallen)")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"<!DOCTYPE html><html><body>Wartung</body></html>", "web page"),
        (b"", "no XML"),
        (b"<dokumente><norm>", "no XML"),
        (b"<items/>", "<items>"),
        (b"<dokumente/>", "0 norms"),
        (b'<!DOCTYPE dokumente [<!ENTITY a "b">]><dokumente><norm>&a;</norm></dokumente>', "entities"),
    ],
)
def test_what_is_no_law_is_named(raw, why):
    with pytest.raises(NotALaw, match=why):
        read_statute(raw)


TOPICS = """topics:
  - id: work-permission
    group: work
    law: [{law}]
    sources: [https://www.example.org/]
    as_of: 2026-11
    review_by: 2027-05-15
"""
LIST = "laws:\n  - law: ProbeG\n    folder: probeg_1999\n  - law: HandG\n"


def editors(law, *more):
    """The knowledge's files: one topic that cites ``law``."""
    files = {"germany/topics.yaml": TOPICS.format(law=law).encode(), "laws/laws.yaml": LIST.encode()}
    return {**files, **{name: text.encode() for name, text in more}}


def warned(files):
    problems = []
    scope = read_scope(files, "germany", "knowledge", problems)
    laws, unread = read_laws(files, "knowledge")
    assert not problems
    return [str(problem) for problem in (*unread, *check_laws(scope, laws))]


def fetched(text, today, before=None, law="ProbeG § 2"):
    """The file that an update writes, from a law's plain text."""
    laws, _ = read_laws(editors(law), "knowledge")
    statute = read_statute(as_xml(text, ("ProbeG 1999", "ProbeG"), "1"))
    units = [citation(each).unit for each in law.split(", ")]
    return updated(before, laws.known["ProbeG"], statute, units, date.fromisoformat(today))


def test_an_editor_is_told_when_the_paragraph_changed_and_until_it_was_compared():
    kept, changes = fetched(ABLE, "2026-08-19")
    assert [change.old for change in changes] == [None]
    files = editors("ProbeG § 2", ("laws/probeg_1999.yaml", kept_text(kept)))
    assert "nobody has compared" in warned(files)[0]

    scope = read_scope(files, "germany", "", [])
    laws, _ = read_laws(files, "")
    cited = [each.cited for each in resting([scope])]
    compared = compared_text(with_compared(laws, "work-permission", cited, date(2026, 9, 1)))
    files["laws/compared.yaml"] = compared.encode()
    assert warned(files) == []

    kept, changes = fetched(ABLE.replace("sechs Monate", "vier Monate"), "2026-11-30", kept)
    assert [change.lines() for change in changes] == [["- 2. sechs Monate.", "+ 2. vier Monate."]]
    files["laws/probeg_1999.yaml"] = kept_text(kept).encode()
    (warning,) = warned(files)
    assert warning == (
        "knowledge/germany/topics.yaml:4:11: warning: rests on ProbeG § 2, which changed on 2026-11-30; compared last "
        "on 2026-09-01. Compare the words with it, then run `lotse law compared work-permission`."
    )


def test_a_build_without_a_change_changes_nothing():
    kept, _ = fetched(ABLE, "2026-08-19")
    again, changes = fetched(ABLE, "2026-11-30", kept)
    assert changes == []
    assert again.paragraphs == kept.paragraphs  # since stays, too
    assert again.fetched == "2026-11-30"


def test_a_paragraph_that_went_is_told_and_where_its_words_stand_now():
    kept, _ = fetched(ABLE, "2026-08-19", law="ProbeG § 1")
    moved = ABLE.replace("# § 1 – Zweck\n\n(1) Wer", "# § 1 – (weggefallen)\n\n# § 1a – Zweck\n\n(1) Wer")
    after, (change,) = fetched(moved, "2026-11-30", kept, law="ProbeG § 1")
    assert (change.new.repealed, change.moved_to) == (True, "§ 1a")
    (warning,) = warned(editors("ProbeG § 1", ("laws/probeg_1999.yaml", kept_text(after))))
    assert "ProbeG § 1, which is repealed (seen on 2026-11-30)" in warning


@pytest.mark.parametrize(
    ("law", "remedy"),
    [
        ("ProbG § 2", "Did you mean `ProbeG § 2`?"),
        ("§ 2 ProbeG", "AsylG § 61 Abs. 1"),  # how to write it
        ("Nirgendgesetz § 1", "knowledge/laws/laws.yaml"),
    ],
)
def test_a_wrong_citation_says_how_to_write_it(law, remedy):
    (warning,) = warned(editors(law))
    assert remedy in warning
    assert warning.startswith("knowledge/germany/topics.yaml:4:11: warning: ")


def test_a_law_that_is_compared_by_hand_needs_no_words():
    assert warned(editors("HandG § 7")) == []


def test_a_damaged_file_of_ours_is_said_and_stops_nothing():
    (warning,) = warned(editors("HandG § 7", ("laws/probeg_1999.yaml", "law: ProbeG\nparagraphs: 3\n")))
    assert "knowledge/laws/probeg_1999.yaml" in warning
    assert "Run it anew" in warning


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30), max_size=6
    ),
    st.randoms(),
)
def test_what_is_written_is_read_as_it_was(lines, chance: random.Random):
    text = "\n".join(" ".join(line.split()) for line in lines if line.strip() and line.strip()[0] not in "\ufeff\x85")
    kept, _ = fetched(ABLE, "2026-08-19")
    paragraph = next(iter(kept.paragraphs.values()))
    changed = type(kept)(
        **{**vars(kept), "paragraphs": {"§ 2": type(paragraph)(text, "2026-08-19", chance.choice(["", "Ein: Titel"]))}}
    )
    _, problems = parse("x.yaml", kept_text(changed).encode())
    assert not problems
    laws, unread = read_laws({"laws/probeg_1999.yaml": kept_text(changed).encode()}, "knowledge")
    assert not unread
    assert laws.kept["ProbeG"] == changed
    assert isinstance(laws, Laws)
