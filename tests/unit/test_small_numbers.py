"""Numbers under five are not shown, and nobody can work them out from those beside them."""

from __future__ import annotations

import csv
import io
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.figures import BY, Figures, together
from bot.flow.small_numbers import SMALL, signs
from bot.printing import report
from bot.storage.counts import Count

ROWS, COLUMNS = 2, 3
PLACES = list(product(range(ROWS), range(COLUMNS)))
small_or_not = st.one_of(st.integers(0, 6), st.integers(0, 30))


def table(cells):
    """A table with its margins, by place: (row, column), (row, None), (None, column), (None, None); and the sums."""
    numbers = dict(zip(PLACES, cells, strict=True))
    sums = []
    for row in range(ROWS):
        sums.append(((row, None), [(row, column) for column in range(COLUMNS)]))
    for column in range(COLUMNS):
        sums.append(((None, column), [(row, column) for row in range(ROWS)]))
    sums += [
        ((None, None), [(row, None) for row in range(ROWS)]),
        ((None, None), [(None, column) for column in range(COLUMNS)]),
    ]
    for whole, parts in sums:
        numbers[whole] = sum(numbers[part] for part in parts)
    there = {place: number for place, number in numbers.items() if number}
    return there, [(whole, [part for part in parts if part in there]) for whole, parts in sums if whole in there]


def fits(shown, number, true):
    return {"small": 0 < number < SMALL, "covered": number > 0, "": number == true}[shown]


def all_values(cells):
    """Every table near this one that looks the same: what an onlooker must take for possible."""
    true, sums = table(cells)
    hidden = signs(true, sums)
    steps = [(-2, -1, 0, 1, 2) if hidden.get(place) else (0,) for place in PLACES]
    for moved in product(*steps):
        other = [cell + step for cell, step in zip(cells, moved, strict=True)]
        if min(other) < 0:
            continue
        found, _ = table(other)
        if found.keys() == true.keys() and all(fits(hidden.get(at, ""), found[at], true[at]) for at in true):
            yield found


@given(st.lists(small_or_not, min_size=len(PLACES), max_size=len(PLACES)))
def test_of_every_small_number_two_are_possible_at_least(cells):
    true, sums = table(cells)
    hidden = signs(true, sums)
    seen = {}
    for found in all_values(cells):
        for place, number in found.items():
            seen.setdefault(place, set()).add(number)
    for place, number in true.items():
        if number < SMALL:
            assert hidden[place] in ("small", "covered")
            assert len(seen[place]) > 1, (place, number)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([40, 30, 3], ["40", "verdeckt", "unter 5", "73"]),  # 73 less 40 less 30 were three
        ([40, 2, 1], ["40", "unter 5", "unter 5", "43"]),  # 43 less 40 is three: two and one, or one and two
        ([4, 4], ["unter 5", "unter 5", "verdeckt"]),  # eight, of two, is four and four
        ([1, 1, 1, 1], ["unter 5", "unter 5", "unter 5", "unter 5", "verdeckt"]),  # under five, of four: each is one
        ([5, 1], ["5", "unter 5", "verdeckt"]),
        ([40, 0, 9], ["40", "0", "9", "49"]),
        ([0, 0], ["0", "0", "0"]),
        ([3], ["unter 5", "unter 5"]),
    ],
)
def test_what_is_hidden(parts, shown):
    assert [number.shown("unter 5", "verdeckt") for number in together(parts)] == shown


count = st.builds(
    Count,
    st.sampled_from(["2026-W40", "2026-W41"]),
    st.sampled_from(["", "kita-place", "duldung"]),
    st.sampled_from(["de", "ar", "fa"]),
    st.sampled_from(["web", "telegram"]),
    st.sampled_from(["answered", "no-answer", "did-not-help"]),
    st.integers(1, 12),
)


def distinct(counts):
    return list({(each.week, each.topic, each.language, each.channel, each.outcome): each for each in counts}.values())


@given(st.lists(count, min_size=1, max_size=14).map(distinct))
def test_no_table_gives_away_what_another_hides(counts):
    """Of a sum with one part hidden the sum is hidden, too; and Arabic's topics less everybody's are no way round."""
    found = Figures(counts)
    whole = found.whole()
    for by in BY:
        rows = found.rows(by)
        for at, total in enumerate(whole.numbers):
            _gives_nothing_away(total, [row.numbers[at] for row in rows])
        for row in rows:
            _gives_nothing_away(row.total, row.numbers)
            _gives_nothing_away(row.missed, [row.numbers[at] for at in (2, 3, 4)])
    for by in ("language", "channel"):
        narrowed = {row.key: (row.total, dict(found.topics_of(by, row.key))) for row in found.rows(by)}
        for total, topics in narrowed.values():
            _gives_nothing_away(total, list(topics.values()))
        for row in found.rows("topic"):
            parts = [topics[row.key] for _, topics in narrowed.values() if row.key in topics]
            _gives_nothing_away(row.total, parts)


def _gives_nothing_away(total, parts):
    parts = [each for each in parts if each.value]
    assert total.value == sum(each.value for each in parts)
    hidden = [each for each in parts if each.sign]
    if any(0 < each.value < SMALL for each in hidden) and len(hidden) == 1:
        assert total.sign, (total, parts)
    for each in (total, *parts):
        assert each.sign or not 0 < each.value < SMALL


@given(st.lists(count, min_size=1, max_size=14).map(distinct))
def test_the_report_s_table_for_a_spreadsheet_neither(counts):
    found = report.make(
        report.Found(counts), "Musterstadt", date(2026, 9, 1), date(2026, 12, 31), date(2027, 1, 4), str, str
    )
    rows = list(csv.reader(io.StringIO(report.as_csv(found).removeprefix("\ufeff")), delimiter=";"))
    wholes = {row[0]: row[1] for row in rows if len(row) == 2 and row[0] in report.OUTCOMES}
    heads = [at for at, row in enumerate(rows) if row[-1:] == ["zusammen"]]
    assert len(heads) == 4
    for head in heads:
        end = next((at for at in range(head, len(rows)) if not rows[at]), len(rows))
        for column, outcome in enumerate(report.OUTCOMES, 1):
            cells = [row[column] for row in rows[head + 1 : end]]
            if cells.count("unter 5") == 1 and "verdeckt" not in cells:
                assert wholes[outcome] in ("unter 5", "verdeckt"), (outcome, cells)
