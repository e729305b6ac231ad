"""Of the answers with confidence around p, is a share of p right? And what does answering more cost in precision?

Writes benchmarks/figures/calibration.svg: the reliability curve, and precision against coverage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.matching.matcher import Matcher
from bot.tools.evaluation import Labelled

FIGURE = Path(__file__).parent / "figures" / "calibration.svg"
BINS = 10


def run() -> dict[str, Any]:
    """Expected calibration error on dev and test, the reliability table of test, and the figure."""
    matcher = brain.load_current(load_settings()).matcher
    dev, test = labelled.split(labelled.load(editors=False))
    figures: dict[str, Any] = {}
    for name, lines in (("dev", dev), ("test", test)):
        sure, right = _outcomes(matcher, lines)
        figures[name] = {"questions": len(lines), "ece": round(_ece(sure, right), 4), "bins": _bins(sure, right)}
    table = Table("confidence", "questions", "right")
    for row in figures["test"]["bins"]:
        table.add_row(f"{row['confidence']:.2f}", str(row["questions"]), f"{row['right']:.2f}")
    console = Console()
    console.print(table)
    _draw(figures["test"]["bins"], sure, right)
    console.print(f"expected calibration error: dev {figures['dev']['ece']}, test {figures['test']['ece']}")
    console.print(f"figure: {FIGURE}")
    figures["figure"] = str(FIGURE)
    return figures


def _outcomes(matcher: Matcher, lines: list[Labelled]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Confidence in the best topic, and whether it is right (never, for a question that is not ours)."""
    sure, right = [], []
    for line in lines:
        choices = matcher.match(line.question).choices
        sure.append(choices[0].confidence if choices else 0.0)
        right.append(bool(choices) and choices[0].topic in line.right)
    return np.array(sure), np.array(right)


def _bins(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Ten bins with about the same number of questions each."""
    return [
        {
            "confidence": round(float(sure[rows].mean()), 4),
            "right": round(float(right[rows].mean()), 4),
            "questions": len(rows),
        }
        for rows in np.array_split(np.argsort(sure, kind="stable"), BINS)
        if len(rows)
    ]


def _ece(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bins = _bins(sure, right)
    return float(sum(row["questions"] * abs(row["confidence"] - row["right"]) for row in bins) / len(sure))


def _draw(bins: list[dict[str, float]], sure: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "lotse"  # the same figures draw the same file
    from matplotlib import pyplot as plt

    figure, (left, other) = plt.subplots(1, 2, figsize=(10, 4.5))
    left.plot([0, 1], [0, 1], "--", color="grey", label="perfectly calibrated")
    left.plot([row["confidence"] for row in bins], [row["right"] for row in bins], "o-", label="Lotse, test")
    left.set(xlabel="confidence", ylabel="share that is right", title="Reliability")
    left.legend()
    order = np.argsort(-sure, kind="stable")
    counts = np.arange(1, len(order) + 1)
    other.plot(counts / len(order), np.cumsum(right[order]) / counts)
    other.set(xlabel="coverage: share of questions answered", ylabel="precision", title="Precision against coverage")
    other.set_ylim(0.5, 1.01)
    figure.tight_layout()
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, metadata={"Date": None})
    plt.close(figure)
