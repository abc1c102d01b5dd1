"""What is read from a command that was measured, and how figures are shown."""

import pytest

from ci.records.report import Report
from local.terminal.steps import Step, run
from tests.bench import figures
from tests.bench.figures import Figure
from tests.project import NAME

UP = Figure("up", 2, 1.0, 0.5)
WARM = Figure("deploy, nothing changed", 15, 10.0, pipeline={"lint": 0.5, "deploy": 4.0})
COLD = Figure("deploy, stack down", 90, 40.0, setup={"registry": 1.0}, pipeline={"lint": 20.0})


def test_steps_of_a_report() -> None:
    """Each step of a deploy is read out of its report, and nothing else is taken for one."""
    report = Report(
        environment="stage",
        image=f"10.0.0.2:5000/{NAME}@sha256:12",
        revision="c0ffee",
        previous="decaf",
        url="http://10.0.0.2",
        pods="2 of 2 ready in 1.0 s",
        checks=("12 tests in 3.1 s",),
        seconds={"lint": 3.14, "build and push": 12.0},
        total=15.2,
    )

    assert figures.pipeline_steps(report.to_text()) == {"lint": 3.1, "build and push": 12.0}


def test_steps_of_a_set_up() -> None:
    """Each step is read as the set-up tells it."""
    told: list[str] = []
    run([Step("Debian packages: git runc", lambda _: None)], told.append)
    told += ["[12/14] dagger v0.21.8, built from source (3 min 05 s)", "stage: deployed in 9.0 s"]

    assert figures.setup_steps("\n".join(told)) == {
        "Debian packages": 0.0,
        "dagger v0.21.8, built from source": 185.0,
    }


@pytest.mark.parametrize(
    ("seconds", "middle"), [([3.0], 3.0), ([9.0, 1.0, 5.0], 5.0), ([1.0, 9.0], 9.0)]
)
def test_median(seconds: list[float], middle: float) -> None:
    """One slow run does not count."""
    assert figures.median([Figure("up", 2, each) for each in seconds]).seconds == middle


def test_table() -> None:
    """Every run with its ratios, then the steps, with a dash where a run had none."""
    assert figures.table([UP, WARM, COLD]).splitlines() == [
        "                         seconds  CPU  target  of the target  of the longest",
        "up                           1.0  0.5       2            50%              2%",
        "deploy, nothing changed     10.0  0.0      15            67%             25%",
        "deploy, stack down          40.0  0.0      90            44%            100%",
        "",
        "set-up    stack down",
        "registry         1.0",
        "",
        "pipeline  nothing changed  stack down",
        "lint                  0.5        20.0",
        "deploy                4.0           -",
    ]


def test_table_without_steps() -> None:
    """Only what was measured is shown."""
    assert len(figures.table([UP]).splitlines()) == 2
