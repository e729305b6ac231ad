"""`lotse law` as an editor uses it: a server with the federal site's layout, two real states of three laws, and trouble."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from tests.servers.laws import as_xml, contents, packed, serving

STATES = Path(__file__).parent.parent / "fixtures" / "laws"
BEFORE, AFTER = STATES / "2026-06-09", STATES / "2026-08-19"
LAWS = {"AsylG": "asylvfg_1992", "AsylbLG": "asylblg", "IntV": "intv"}
# What the shipped topics cite of the three, and what they do not: § 1a AsylbLG and § 71 AsylG changed as well.
CITED = {
    "work-permission": ["AsylG § 61 Abs. 1", "AsylG § 61 Abs. 2", "AsylG § 87d"],
    "asylum-seeker-healthcare": ["AsylbLG § 4 Abs. 1", "AsylbLG § 4 Abs. 4", "AsylbLG § 6"],
    "asylum-residence-permission": ["AsylG § 10", "AsylG § 47", "AsylG § 55", "AsylG § 63 Abs. 1", "AsylG § 74"],
    "asylum-benefits": ["AsylbLG § 3", "AsylbLG § 3a", "AsylbLG § 8a", "AsylbLG § 9"],
    "integration-course": ["IntV § 4", "IntV § 5", "IntV § 9", "IntV § 1"],
}


@pytest.fixture(autouse=True)
def log():
    """A command sets up the log on its own standard error, which is closed when it has run."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def folder(tmp_path):
    """A knowledge folder with five topics."""
    knowledge = tmp_path / "knowledge"
    (knowledge / "germany").mkdir(parents=True)
    (knowledge / "laws").mkdir()
    rows = [
        f"  - id: {id_}\n    group: office\n    law: [{', '.join(law)}]\n    sources: [https://www.example.org/]\n"
        "    as_of: 2026-11\n    review_by: 2027-05-15\n"
        for id_, law in CITED.items()
    ]
    (knowledge / "germany" / "topics.yaml").write_text("topics:\n" + "".join(rows))
    known = "".join(f"  - law: {law}\n    folder: {name}\n    title: {law}gesetz\n" for law, name in LAWS.items())
    (knowledge / "laws" / "laws.yaml").write_text(f"laws:\n{known}")
    return knowledge


def site(where, state, built, aside=""):
    """The three laws of ``state`` as the site publishes them."""
    for law, name in LAWS.items():
        (where / name).mkdir(parents=True, exist_ok=True)
        xml = as_xml((state / f"{law}.md").read_text(), (f"{law} 1992", law), built, aside)
        (where / name / "xml.zip").write_bytes(packed(xml))
    (where / "gii-toc.xml").write_bytes(contents({name: f"{law}gesetz" for law, name in LAWS.items()}))
    return where


def lotse(*words, fails=False):
    result = CliRunner().invoke(app, ["law", *map(str, words)])
    assert result.exit_code == (1 if fails else 0), (result.output, result.exception)
    return result.output


def plain_words(state):
    """Paragraph to its words, read in another way than Lotse's: the text between two headings."""
    found = {}
    for law in LAWS:
        parts = re.split(r"^# ", (state / f"{law}.md").read_text(), flags=re.MULTILINE)
        for part in parts[1:]:
            head, _, body = part.partition("\n")
            if unit := re.match(r"§ \d+[a-z]*", head):
                found[f"{law} {unit[0]}"] = re.findall(r"\w+", body)
    return found


def test_across_the_asylum_reform_every_cited_paragraph_that_changed_is_found_and_no_other(folder, tmp_path):
    site(tmp_path / "site", BEFORE, "20260609")
    with serving(tmp_path / "site") as address:
        assert "0 paragraphs changed" in lotse("update", "--knowledge", folder, "--from", address)
    lotse("compared", "all", "--knowledge", folder)
    assert "0 to look at" in lotse("status", "--knowledge", folder)

    site(tmp_path / "site", AFTER, "20261130", aside="Fußnote, die nicht gilt")
    with serving(tmp_path / "site") as address:
        said = lotse("update", "--knowledge", folder, "--from", address)
    found = set(re.findall(r"^(\S+ § \d+[a-z]*) (?:changed|is repealed)", said, re.MULTILINE))
    before, after = plain_words(BEFORE), plain_words(AFTER)
    cited = {re.match(r"\S+ § \d+[a-z]*", text)[0] for texts in CITED.values() for text in texts}
    assert found == {name for name in cited if before.get(name) != after.get(name)}
    assert {"AsylG § 61", "AsylbLG § 4", "IntV § 5"} <= found < cited
    assert re.search(
        r"AsylbLG § 4 changed. On it rest:\n  asylum-seeker-healthcare \(\d+ languages; all cities: ", said
    )
    assert "+ (4) Abweichend von den Absätzen 1 bis 3" in said

    lotse("compared", "integration-course", "--knowledge", folder)
    status = lotse("status", "--knowledge", folder)
    assert re.search(r"IntV § 5\t\S+\tintegration-course \(\d{4}-\d\d-\d\d\)", status)
    assert "changed since" in status  # the others wait


def test_a_new_build_of_the_same_words_changes_nothing(folder, tmp_path):
    for built, aside in (("20260819", ""), ("20261130", "neuer Hinweis")):
        with serving(site(tmp_path / "site", AFTER, built, aside)) as address:
            said = lotse("update", "--knowledge", folder, "--from", address)
    assert "0 paragraphs changed, 0 are new here" in said


def test_without_network_the_age_of_the_words_is_said(folder, tmp_path):
    lotse("update", "--knowledge", folder, "--from", site(tmp_path / "site", AFTER, "1"), "--as-of", "2026-08-19")
    kept = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    said = lotse("update", "--knowledge", folder, "--from", "http://127.0.0.1:9", fails=True)
    assert "cannot be reached" in said
    assert "of 2026-08-19 to 2026-08-19" in said
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == kept


def damage_html(file):
    file.write_bytes(b"<!DOCTYPE html><html><body>Wartungsarbeiten</body></html>")


def damage_cut(file):
    file.write_bytes(file.read_bytes()[:-200])


def damage_bomb(file):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("law.xml", b" " * 61_000_000)


def damage_empty(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", b"nothing here")


def damage_dtd(file):
    file.write_bytes(packed(b'<!DOCTYPE dokumente [<!ENTITY a "b">]><dokumente><norm>&a;</norm></dokumente>'))


def damage_other(file):
    file.write_bytes(packed(as_xml("% Anderes Gesetz\n\n# § 61 – X\n\nWort\n", ("AndersG", "AndersG"), "1")))


def damage_gone(file):
    shutil.rmtree(file.parent)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (damage_html, "web page and no zip"),
        (damage_cut, "no zip that can be read"),
        (damage_bomb, "more than 60,000,000 bytes"),
        (damage_empty, "0 XML files"),
        (damage_dtd, "declares entities"),
        (damage_other, "calls itself AndersG"),
        (damage_gone, "neither xml.zip"),
    ],
)
def test_a_damaged_law_keeps_its_old_words_and_the_others_are_read(folder, tmp_path, damage, why):
    source = site(tmp_path / "site", BEFORE, "1")
    lotse("update", "--knowledge", folder, "--from", source, "--as-of", "2026-06-09")
    kept = (folder / "laws" / "asylvfg_1992.yaml").read_text()
    site(source, AFTER, "2")
    damage(source / "asylvfg_1992" / "xml.zip")
    said = lotse("update", "--knowledge", folder, "--from", source, fails=True)
    assert re.search(rf"AsylG: .*{why}", said)
    assert (folder / "laws" / "asylvfg_1992.yaml").read_text() == kept
    assert "AsylbLG § 4 changed" in said


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<!DOCTYPE html><html><body>Wartung<br></body></html>", "the table of contents is no XML"),
        (b"<items/>", "names no law"),
        (b'<!DOCTYPE items [<!ENTITY a "b">]><items><item>&a;</item></items>', "names no law"),
        (b"", "the table of contents is no XML"),
    ],
)
def test_a_table_of_contents_that_is_none_changes_nothing_and_is_told(folder, tmp_path, answer, why):
    source = site(tmp_path / "site", AFTER, "1")
    (source / "gii-toc.xml").write_bytes(answer)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with serving(source) as address:
        said = lotse("update", "--knowledge", folder, "--from", address, fails=True)
    assert why in said
    assert "No law has been fetched yet." in said
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_update_writes_below_laws_alone(folder, tmp_path):
    """What people are told never changes by it."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for state in (BEFORE, AFTER):
        lotse("update", "--knowledge", folder, "--from", site(tmp_path / "site", state, "1"))
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    new = {path.relative_to(folder).as_posix() for path in after.keys() - before.keys()}
    assert new == {f"laws/{name}.yaml" for name in LAWS.values()}


def titles(*more):
    return {**{name: f"{law}gesetz" for law, name in LAWS.items()}, **dict(more)}


def note(folder, law, guess, title):
    """The folder of ``law`` is noted as ``guess``, as an editor guesses it who has seen no table of contents."""
    file = folder / "laws" / "laws.yaml"
    row = rf"(- law: {law}\n    folder: ).*\n    title: .*"
    file.write_text(re.sub(row, rf"\g<1>{guess}\n    title: {title}", file.read_text()))


@pytest.mark.parametrize(
    ("guess", "title", "found_by"),
    [
        ("asylg", "AsylGgesetz", "title"),  # no such folder
        ("asylblg", "AsylGgesetz", "title"),  # the folder is another law's
        ("asylg", "Gesetz über Asyl", "abbreviation"),  # and the title is wrong as well
    ],
)
def test_a_wrongly_guessed_folder_is_found_through_the_table_of_contents(folder, tmp_path, guess, title, found_by):
    source = site(tmp_path / "site", AFTER, "1")
    where = "asylvfg_1992" if found_by == "title" else "asylg_1992"
    (source / "asylvfg_1992").rename(source / where)
    (source / "gii-toc.xml").write_bytes(
        contents({where: "AsylGgesetz", "asylblg": "AsylbLGgesetz", "intv": "IntVgesetz", "agg": "Anderes Gesetz"})
    )
    note(folder, "AsylG", guess, title)
    with serving(source) as address:
        said = lotse("update", "--knowledge", folder, "--from", address)
    assert f'AsylG stands in the folder "{where}"' in said
    assert f'not in "{guess}". Write `folder: {where}`' in said
    assert 'law: "AsylG"' in (folder / "laws" / f"{where}.yaml").read_text()
    assert "§ 61" in (folder / "laws" / f"{where}.yaml").read_text()
    lotse("compared", "all", "--knowledge", folder)
    assert "0 to look at" in lotse("status", "--knowledge", folder)

    note(folder, "AsylG", where, "AsylGgesetz")  # the editor corrects it: nothing more is said
    said = lotse("update", "--knowledge", folder, "--from", source)
    assert "0 paragraphs changed, 0 are new here" in said
    assert "stands in the folder" not in said


def test_a_law_that_is_not_there_is_told_with_the_nearest_and_another_law_is_never_taken_for_it(folder, tmp_path):
    source = site(tmp_path / "site", AFTER, "1")
    known = titles(("rbsfv_2025", "Verordnung über Regelbedarfe für das Jahr 2025"), ("intv_2", "Zweite Ordnung"))
    (source / "gii-toc.xml").write_bytes(contents(known))
    (folder / "laws" / "laws.yaml").write_text(
        (folder / "laws" / "laws.yaml").read_text()
        + "  - law: RBSFV 2026\n    folder: rbsfv_2026\n    title: Verordnung über Regelbedarfe für das Jahr 2026\n"
        + "  - law: ProbeV\n    folder: asylblg\n    title: Probeverordnung\n"
    )
    topics = folder / "germany" / "topics.yaml"
    topics.write_text(topics.read_text().replace("AsylG § 87d", "RBSFV 2026 § 2, ProbeV § 1"))
    with serving(source) as address:
        said = lotse("update", "--knowledge", folder, "--from", address, fails=True)
    # The year belongs to the name: the ordinance of 2025 is not that of 2026.
    assert 'RBSFV 2026: not found, neither in the folder "rbsfv_2026" nor by the title' in said
    assert "Nearest: rbsfv_2025 (Verordnung über Regelbedarfe für das Jahr 2025)" in said
    # The folder is there, and holds something else.
    assert re.search(r"ProbeV: not found.*asylblg calls itself AsylbLG 1992, AsylbLG \(.*\): another law\.", said)
    assert not (folder / "laws" / "rbsfv_2026.yaml").exists()
    assert 'law: "AsylbLG"' in (folder / "laws" / "asylblg.yaml").read_text()  # the others are read


def test_a_law_that_changed_its_abbreviation_is_known_again(folder, tmp_path):
    """The words that are here came from a copy that called SGB II so; the site calls it SGB 2."""
    for called, title in [("SGB 2", "Grundsicherung"), ("SGB II", "anders"), ("Neu", "Sozialgesetzbuch II")]:
        file = folder / "laws" / "laws.yaml"
        file.write_text("laws:\n  - law: SGB II\n    folder: sgb_2\n    title: Sozialgesetzbuch II\n")
        topics = folder / "germany" / "topics.yaml"
        topics.write_text(re.sub(r"law: \[.*\]", "law: [SGB II § 1]", topics.read_text()))
        source = tmp_path / called.replace(" ", "")
        (source / "sgb_2").mkdir(parents=True)
        law = as_xml(f"% {title}\n\n# § 1 – Zweck\n\nWort\n", (called, called), "1")
        (source / "sgb_2" / "xml.zip").write_bytes(packed(law))
        assert "1 laws read" in lotse("update", "--knowledge", folder, "--from", source)


def test_where_nothing_was_fetched_nobody_is_said_to_have_compared(folder):
    for before in ("fresh", "after `compared`"):
        status = lotse("status", "--knowledge", folder)
        line = "AsylG § 61\tnothing fetched yet: lotse law update\twork-permission (no text to compare with)"
        assert line in status, before
        assert "there is no text to compare with. Run `lotse law update`." in status
        assert "0 to look at" in status
        assert "Not noted, since their words are not here" in lotse("compared", "all", "--knowledge", folder)
    checked = CliRunner().invoke(app, ["check", "--knowledge", str(folder)]).output
    assert re.search(
        r"topics\.yaml:4:\d+: note: law: of AsylG § 61 nothing has been fetched yet: there is no text to compare with\. "
        r"Run `lotse law update`\.",
        checked,
    ), checked


def test_wrong_use_is_told(folder, tmp_path):
    for words, why in [
        (("update", "--from", tmp_path / "nowhere"), "no such folder"),
        (("update", "--as-of", "gestern"), "is no date"),
        (("compared", "no-such-topic"), "names no paragraph"),
    ]:
        result = CliRunner().invoke(app, ["law", *map(str, words), "--knowledge", str(folder)])
        assert why in str(result.exception) + result.output
