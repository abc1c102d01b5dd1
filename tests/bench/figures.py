"""Figures of commands that were measured: read from what they print, and shown as a table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# A step that ended, as ./daggerw tells it: "[ 3/14] registry (1 min 05 s)".
SETUP_STEP = re.compile(r"^\[ *\d+/\d+\] (.+) \((?:(\d+) min )?([\d.]+) s\)$", re.MULTILINE)
# A step of the pipeline, as the report of a deploy ends with: "  lint     3.1 s".
PIPELINE_STEP = re.compile(r"^  (\S.*?) {2,}([\d.]+) s$", re.MULTILINE)


@dataclass(frozen=True)
class Figure:
    """How long one command took, beside the seconds it should take, and its steps' seconds.

    `cpu` are the CPU seconds of the programs that it called, and not of the stack's.
    """

    name: str
    target: int
    seconds: float
    cpu: float = 0.0
    setup: Mapping[str, float] = field(default_factory=dict)
    pipeline: Mapping[str, float] = field(default_factory=dict)


def setup_steps(printed: str) -> dict[str, float]:
    """The seconds of each step of the set-up that a command told of."""
    return {
        name.partition(":")[0]: int(minutes or 0) * 60 + float(seconds)
        for name, minutes, seconds in SETUP_STEP.findall(printed)
    }


def pipeline_steps(report: str) -> dict[str, float]:
    """The seconds of each step that the report of a deploy names."""
    return {name: float(seconds) for name, seconds in PIPELINE_STEP.findall(report)}


def median(figures: list[Figure]) -> Figure:
    """The one in the middle; of an even number, the slower of both."""
    return sorted(figures, key=lambda figure: figure.seconds)[len(figures) // 2]


def table(figures: list[Figure]) -> str:
    """All figures against their targets and the longest run, then the steps of each."""
    longest = max(figure.seconds for figure in figures)
    rows = [["", "seconds", "CPU", "target", "of the target", "of the longest"]]
    for figure in figures:
        ratios = (figure.seconds / figure.target, figure.seconds / longest)
        shown = [f"{ratio:.0%}" for ratio in ratios]
        took = (f"{figure.seconds:.1f}", f"{figure.cpu:.1f}", f"{figure.target}")
        rows.append([figure.name, *took, *shown])
    parts = [aligned(rows)]
    for title, steps_of in (
        ("set-up", lambda figure: figure.setup),
        ("pipeline", lambda figure: figure.pipeline),
    ):
        parts += step_table(title, figures, steps_of)
    return "\n\n".join(parts)


def step_table(
    title: str, figures: list[Figure], steps_of: Callable[[Figure], Mapping[str, float]]
) -> list[str]:
    """The seconds of each step, a column for each run that had any; nothing where none had."""
    columns = [figure for figure in figures if steps_of(figure)]
    names = list(dict.fromkeys(name for figure in columns for name in steps_of(figure)))
    rows = [[title, *(figure.name.removeprefix("deploy, ") for figure in columns)]]
    for name in names:
        took = [steps_of(figure).get(name) for figure in columns]
        rows.append([name, *("-" if each is None else f"{each:.1f}" for each in took)])
    return [aligned(rows)] if columns else []


def aligned(rows: list[list[str]]) -> str:
    """Rows as lines: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:]))]
        )
        for row in rows
    )
