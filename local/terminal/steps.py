"""Runs steps that wait for each other as far as they must, and tells a person how far they are."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial

from local.host import command

HEARTBEAT_SECONDS = 15
RENEWAL_SECONDS = 0.5

Progress = Callable[[str], None]


@dataclass
class Step:
    """One thing to do after others; `action` may tell how far it is."""

    name: str
    action: Callable[[Progress], None]
    after: tuple["Step", ...] = ()
    state: str = ""
    begun: float = 0
    ended: float = 0
    done: bool = field(default=False, init=False)

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (self.ended or time.monotonic()) - self.begun


def run(
    steps: list[Step],
    tell: Callable[[str], None],
    show: Callable[[str], None] | None = None,
) -> None:
    """Runs every step as soon as those before it are done.

    What runs is told of every some seconds; with `show`, it is shown in one line that renews itself
    instead. When a step fails, what runs is stopped, nothing more is started, and its error is
    raised.
    """
    stopped = threading.Event()
    report = partial(_show_running, show) if show else partial(_tell_running, tell)
    heartbeat = threading.Thread(target=report, args=(steps, stopped), daemon=True)
    heartbeat.start()
    waiting = list(steps)
    running: dict[Future[None], Step] = {}
    finished = 0
    with ThreadPoolExecutor(max_workers=len(steps) or 1) as pool:
        try:
            while waiting or running:
                for step in [step for step in waiting if all(before.done for before in step.after)]:
                    waiting.remove(step)
                    running[pool.submit(_run_one, step)] = step
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    step = running.pop(future)
                    future.result()
                    step.done = True
                    finished += 1
                    tell(f"[{finished:2}/{len(steps)}] {step.name} ({clock(step.seconds)})")
        except BaseException:
            command.stop_all()
            raise
        finally:
            stopped.set()
            heartbeat.join()


def clock(seconds: float) -> str:
    """A duration as a person reads it.

    >>> clock(7.31), clock(75)
    ('7.3 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def _run_one(step: Step) -> None:
    step.begun = time.monotonic()

    def progress(state: str) -> None:
        step.state = state

    try:
        step.action(progress)
    finally:
        step.ended = time.monotonic()


def _tell_running(tell: Callable[[str], None], steps: list[Step], stopped: threading.Event) -> None:
    while not stopped.wait(HEARTBEAT_SECONDS):
        for step in under_way(steps):
            state = f": {step.state}" if step.state else ""
            kept = waiting_for(step, steps)
            tell(f"        {step.name}{state}{kept} ({clock(step.seconds)} so far)")


def _show_running(show: Callable[[str], None], steps: list[Step], stopped: threading.Event) -> None:
    while not stopped.wait(RENEWAL_SECONDS):
        show(summary(steps))
    show("")


def waiting_for(step: Step, steps: list[Step]) -> str:
    """What cannot begin before a step is done, in words that follow what it does; "" for nothing.

    >>> kubernetes = Step("kubernetes", print)
    >>> waiting_for(kubernetes, [Step("control plane", print, (kubernetes,)), kubernetes])
    '; control plane waits for it'
    """
    kept = [other.name for other in steps if step in other.after]
    if not kept:
        return ""
    others = f" and {len(kept) - 1} more wait" if kept[1:] else " waits"
    return f"; {kept[0]}{others} for it"


def under_way(steps: list[Step]) -> list[Step]:
    """The steps that have begun and not ended."""
    return [step for step in steps if step.begun and not step.ended]


def summary(steps: list[Step]) -> str:
    """How far all steps are, in a line: the one that has run longest is the one waited for."""
    now = sorted(under_way(steps), key=lambda step: step.begun)
    done = sum(step.done for step in steps)
    if not now:
        return f"[{done:2}/{len(steps)}]"
    first = now[0]
    state = f": {first.state}" if first.state else ""
    others = f", and {len(now) - 1} more" if now[1:] else ""
    return f"[{done:2}/{len(steps)}] {first.name}{state} ({clock(first.seconds)}){others}"
