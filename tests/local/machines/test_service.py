"""Long-running programs: started, waited for, found again, stopped."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.host.errors import CommandFailed, Conflict
from local.host.process import Process
from local.machines.sandbox import Sandbox
from local.machines.service import Service

Make = Callable[..., Service]

# A program of the stack outlives the one that started it.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")


@dataclass(frozen=True)
class ThisMachine(Sandbox):
    """Stands in for a sandbox; `listening` is what it says of its ports."""

    listening: str = ""

    @property
    def init(self) -> Process | None:
        return Process.of(os.getpid())

    def enter(self, *arguments: str | Path) -> list[str]:
        return ["sh", "-c", '"$@" & wait $!', "sh", *map(str, arguments)]

    def run(self, *arguments: str | Path, stdin: str | None = None) -> str:
        return self.listening


@pytest.fixture
def make(logs: Path, run_folder: Path) -> Iterator[Make]:
    """Makes services out of shell scripts; they are ready when $ready exists, and end at last."""
    run_folder.mkdir()
    ready = run_folder / "ready"
    made: list[Service] = []

    def make_service(script: str, listening: str = "", patience: float = 10) -> Service:
        service = Service(
            name="registry",
            sandbox=ThisMachine("node", "10.0.0.2", listening=listening),
            arguments=("sh", "-c", script),
            ready=ready.exists,
            port=5000,
            env={"ready": str(ready)},
            patience=patience,
        )
        made.append(service)
        return service

    yield make_service
    for service in made:
        service.down()


def test_service_that_is_down(make: Make) -> None:
    """It is started, is waited for, and can be found again."""
    service = make('sleep 0.2; touch "$ready"; exec sleep 60')
    assert service.process is None

    assert service.up() is True

    assert service.process
    assert service.ready()


def test_service_that_is_up(make: Make) -> None:
    """It stays the process that it is."""
    service = make('touch "$ready"; exec sleep 60')
    service.up()
    before = service.process

    assert service.up() is False

    assert service.process == before


def test_service_that_was_killed(make: Make) -> None:
    """It is started anew."""
    service = make('touch "$ready"; exec sleep 60')
    service.up()
    before = service.process
    assert before
    before.stop(9)

    assert service.up() is True

    assert service.process not in (None, before)


def test_service_that_is_stopped(make: Make) -> None:
    """Its process is gone, and stopping it again is no error."""
    service = make('touch "$ready"; exec sleep 60')
    service.up()
    process = service.process

    service.down()
    service.down()

    assert process and not process.alive()
    assert service.process is None


def test_service_that_ends_before_it_serves(make: Make) -> None:
    """The sentence has the last line that it printed, and where the others are."""
    service = make('sleep 0.2; echo reading; echo "unknown flag: --port"; exit 1')

    with pytest.raises(CommandFailed) as failed:
        service.up()

    assert str(failed.value) == (
        "registry ended before it served (last line: unknown flag: --port): "
        "read its log, then call `python -m local up` again."
    )
    assert failed.value.log == service.log
    assert "reading" in service.log.read_text()


def test_service_that_never_serves(make: Make) -> None:
    """It is waited for as long as it has patience for, and the sentence says so."""
    service = make("exec sleep 60", patience=0)

    with pytest.raises(CommandFailed, match="registry does not serve after 0 s .*printed nothing"):
        service.up()


def test_log_of_the_start_before_is_kept(make: Make) -> None:
    """What a program printed before it was started anew is still there."""
    service = make('echo "process $$"; touch "$ready"; exec sleep 60')
    service.up()
    before = service.log.read_text()
    service.down()

    service.up()

    assert before in service.log.with_suffix(".log.1").read_text()
    assert before not in service.log.read_text()


@pytest.mark.parametrize(
    ("listening", "holder"),
    [
        (
            'LISTEN 0 9 *:5000 *:* users:(("nginx",pid=77,fd=3))',
            "nginx (process 77 in the sandbox)",
        ),
        ("LISTEN 0 9 *:5000 *:*", "another program"),
    ],
)
def test_port_that_is_taken(make: Make, listening: str, holder: str) -> None:
    """The sentence names address, port and holder, and nothing is started."""
    service = make('touch "$ready"; exec sleep 60', listening=listening)

    with pytest.raises(Conflict) as refused:
        service.up()

    assert str(refused.value) == (
        f"registry cannot listen on 10.0.0.2:5000, because {holder} does: "
        "end that program, or call `python -m local down`, and try again."
    )
    assert service.process is None
    assert not service.ready()
