"""Bars as SVG: one a row, its label before it. Pure; colours that are told apart in print and in both themes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LABEL, NUMBER = 640, 26, 250, 60
LETTERS = 38  # of a label


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """``rows``: label, number, and the number as it may be shown. ``title``: what a screen reader says."""
    most = max((number for _, number, _ in rows), default=0) or 1
    room = WIDTH - LABEL - NUMBER
    height = ROW * len(rows) + 4
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" font-family="Noto Sans, sans-serif" font-size="13"><title>{escape(title)}</title>'
        )
    ]
    for at, (label, number, shown) in enumerate(rows):
        y = at * ROW + 2
        wide = max(2.0, room * number / most) if number else 0.0
        text = label if len(label) <= LETTERS else f"{label[: LETTERS - 1]}…"
        lines.append(
            f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end" fill="currentColor">{escape(text)}</text>'
            f'<rect x="{LABEL}" y="{y + 3}" width="{wide:.1f}" height="{ROW - 8}" fill="#2a7f9e"/>'
            f'<text x="{LABEL + wide + 6:.1f}" y="{y + 16}" fill="currentColor">{escape(shown)}</text>'
        )
    return "".join([*lines, "</svg>"])
