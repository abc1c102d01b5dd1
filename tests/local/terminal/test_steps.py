"""Steps that wait for each other, run side by side, and stop together."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from local.host import command
from local.host.errors import CommandFailed, LocalError
from local.host.paths import REPOSITORY
from local.host.process import Process
from local.terminal import steps
from local.terminal.steps import Progress, Step, clock, run, summary, waiting_for


def refuse(_: Progress) -> None:
    raise LocalError("The registry does not start.")


def test_step_waits_for_those_before_it() -> None:
    """Each begins when all that it comes after have ended, whatever the order of the list."""
    ended: list[str] = []

    def step(name: str, *after: Step) -> Step:
        return Step(name, lambda _: ended.append(name), after)

    tools = step("tools")
    network = step("network")
    engine = step("engine", tools, network)
    deploy = step("deploy", engine)

    run([deploy, engine, network, tools], lambda _: None)

    assert set(ended[:2]) == {"tools", "network"}
    assert ended[2:] == ["engine", "deploy"]


def test_steps_that_wait_for_none_run_side_by_side() -> None:
    """Both are under way at the same time."""
    both = threading.Barrier(2, timeout=10)

    def wait_for_the_other(_: Progress) -> None:
        both.wait()

    run([Step("one", wait_for_the_other), Step("other", wait_for_the_other)], lambda _: None)


def test_step_that_fails_ends_the_run() -> None:
    """Its own error is raised, what runs is stopped, and what comes after it never begins."""
    begun: list[str] = []
    sleeping = threading.Event()

    def sleep(_: Progress) -> None:
        sleeping.set()
        command.run("sleep", "60")

    def fail(_: Progress) -> None:
        sleeping.wait(10)
        raise LocalError("The registry does not start.")

    failing = Step("registry", fail)
    after = Step("images", lambda _: begun.append("images"), (failing,))
    start = time.monotonic()

    with pytest.raises(LocalError, match="The registry does not start") as raised:
        run([Step("build", sleep), failing, after], lambda _: None)

    assert not isinstance(raised.value, CommandFailed)
    assert begun == []
    assert time.monotonic() - start < 30


BUILD = """
from local.host import command
from local.terminal import steps

command.stop_on_signals()


def build(_):
    say = lambda line: print(line, flush=True)
    command.run("sh", "-c", "echo $$; exec sleep 60", on_line=say)


steps.run([steps.Step("build", build)], print)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_run_that_is_interrupted(number: signal.Signals) -> None:
    """By the keyboard, by another program or by a closed window: what it started ends with it."""
    # Whoever runs these tests in the background has them ignore some signals.
    heeding = ["env", "--default-signal=HUP,INT,TERM"]
    running = subprocess.Popen(
        [*heeding, sys.executable, "-c", BUILD],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout
    builder = Process.of(int(running.stdout.readline()))
    assert builder and builder.alive()

    running.send_signal(number)
    running.communicate(timeout=30)

    assert not builder.alive()


def test_step_that_ended_is_told() -> None:
    """A line says how many of all are done, and how long this one took."""
    told: list[str] = []
    first = Step("network", lambda _: None)

    run([first, Step("registry", lambda _: None, (first,))], told.append)

    assert told == ["[ 1/2] network (0.0 s)", "[ 2/2] registry (0.0 s)"]


def test_step_that_fails_is_not_told_as_done() -> None:
    """Its line is missing."""
    told: list[str] = []

    with pytest.raises(LocalError):
        run([Step("registry", refuse)], told.append)

    assert told == []


def test_long_step_is_told_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name, how far it is, and how long so far."""
    monkeypatch.setattr(steps, "HEARTBEAT_SECONDS", 0.01)
    heard = threading.Event()
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line.strip())
        heard.set()

    def compile_all(progress: Progress) -> None:
        progress("compiling, 7 of 9")
        heard.wait(10)

    run([Step("kubernetes", compile_all)], tell)

    assert told[0] == "kubernetes: compiling, 7 of 9 (0.0 s so far)"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["node"], "; node waits for it"),
        (["node", "images", "DNS"], "; node and 2 more wait for it"),
    ],
)
def test_step_that_others_wait_for(names: list[str], said: str) -> None:
    """The first of them is named, and the others are counted."""
    first = Step("kubernetes", lambda _: None)
    others = [Step(name, lambda _: None, (first,)) for name in names]

    assert waiting_for(first, [first, *others, Step("engine", lambda _: None)]) == said


def test_nothing_to_do() -> None:
    """No step, no line."""
    told: list[str] = []

    run([], told.append)

    assert told == []


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 s"),
        (7.31, "7.3 s"),
        (59.94, "59.9 s"),
        (60, "1 min 00 s"),
        (75.9, "1 min 15 s"),
        (3605, "60 min 05 s"),
    ],
)
def test_clock(seconds: float, shown: str) -> None:
    """Tenths below a minute, whole seconds above."""
    assert clock(seconds) == shown


def under_way(name: str, begun: float, state: str = "") -> Step:
    """A step that has begun some seconds ago."""
    return Step(name, lambda _: None, state=state, begun=time.monotonic() - begun)


def test_summary_of_what_runs() -> None:
    """It is of the step that has run longest, with how many are done and how many run beside it."""
    done = Step("registry", lambda _: None, begun=1, ended=2)
    done.done = True
    waiting = Step("engine", lambda _: None)
    older = under_way("kubernetes", 75, "compiling, 5 of at most 9 packages")

    assert summary([done, under_way("trivy", 60), older, waiting]) == (
        "[ 1/4] kubernetes: compiling, 5 of at most 9 packages (1 min 15 s), and 1 more"
    )
    assert summary([done, waiting]) == "[ 1/2]"


def test_steps_in_a_line_that_renews_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs is shown there, what ended is told, and the line is taken away at the end."""
    monkeypatch.setattr(steps, "RENEWAL_SECONDS", 0.01)
    monkeypatch.setattr(steps, "HEARTBEAT_SECONDS", 0.01)
    shown: list[str] = []
    told: list[str] = []
    seen = threading.Event()

    def show(text: str) -> None:
        shown.append(text)
        if "half" in text:
            seen.set()

    def work(progress: Progress) -> None:
        progress("half")
        assert seen.wait(10)

    run([Step("trivy", work)], told.append, show)

    assert any(text.startswith("[ 0/1] trivy: half (") for text in shown)
    assert shown[-1] == ""
    assert [line.partition(" (")[0] for line in told] == ["[ 1/1] trivy"]
