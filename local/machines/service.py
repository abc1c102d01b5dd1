"""Long-running programs of the stack: started in a sandbox, waited for, found again, stopped."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.host.errors import CommandFailed, Conflict
from local.host.keys import digest
from local.host.paths import LOGS, RUN
from local.host.process import Process, first_child
from local.machines.sandbox import Sandbox

# Enough for all to write down what they keep; the engine does so and then lingers.
_PARTING_SECONDS = 4
_ANSWER_SECONDS = 8


@dataclass(frozen=True)
class Service:
    """One program that stays up.

    `ready` tells whether it serves; `port`, where it has one, must be free before its start. When
    its arguments, its environment or a file in `config` change, `up` starts it anew.
    """

    name: str
    sandbox: Sandbox
    arguments: tuple[str | Path, ...]
    ready: Callable[[], bool]
    port: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    config: tuple[Path, ...] = ()
    patience: float = 60

    @property
    def log(self) -> Path:
        """What the program printed since its last start."""
        return LOGS / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return RUN / f"{self.name}.pid"

    @property
    def _key_file(self) -> Path:
        return RUN / f"{self.name}.key"

    @property
    def _key(self) -> str:
        return digest(repr(self.arguments), repr(sorted(self.env.items())), *self.config)

    @property
    def process(self) -> Process | None:
        """The running program, where there is one."""
        return Process.load(self._pid_file) if self.sandbox.init else None

    def up(self) -> bool:
        """Starts the program where it does not serve and waits until it does; whether it had to."""
        if self.serves():
            return False
        self.down()
        self._refuse_a_taken_port()
        self._start()
        self._wait()
        return True

    def serves(self) -> bool:
        """Whether the program runs as described here and serves; it is given some seconds."""
        if not self._key_file.exists() or self._key_file.read_text() != self._key:
            return False
        until = time.monotonic() + _ANSWER_SECONDS
        while self.process and not self.ready():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return self.process is not None

    def down(self) -> None:
        """Asks the program to end, and makes it after some seconds."""
        if (process := self.process) and not process.stop(signal.SIGTERM, _PARTING_SECONDS):
            process.stop(signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)
        self._key_file.unlink(missing_ok=True)

    def _start(self) -> None:
        LOGS.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.rename(self.log.with_suffix(".log.1"))
        with open(self.log, "w", encoding="utf-8") as log:
            outer = subprocess.Popen(
                self.sandbox.enter(*self.arguments),
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
            )
        try:
            first_child(outer.pid).save(self._pid_file)
            self._key_file.write_text(self._key)
        except ProcessLookupError:
            raise self._failed("ended at once") from None

    def _wait(self) -> None:
        until = time.monotonic() + self.patience
        while not self.ready():
            if not self.process:
                raise self._failed("ended before it served")
            if time.monotonic() > until:
                raise self._failed(f"does not serve after {self.patience:.0f} s")
            time.sleep(0.1)

    def _failed(self, what: str) -> CommandFailed:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        last = next((line for line in reversed(lines) if line.strip()), "it printed nothing")
        return CommandFailed(
            f"{self.name} {what} (last line: {last.strip()[:200]}): "
            "read its log, then call `python -m local up` again.",
            self.log,
        )

    def _listeners(self) -> str:
        """Who listens on the port; a program that is just ending is given time to let go of it."""
        until = time.monotonic() + _PARTING_SECONDS
        while True:
            listing = self.sandbox.run("ss", "-Hltnp", f"sport = :{self.port}").strip()
            if not listing or time.monotonic() > until:
                return listing
            time.sleep(0.1)

    def _refuse_a_taken_port(self) -> None:
        if self.port is None:
            return
        if listing := self._listeners():
            holder = re.search(r'users:\(\("([^"]+)",pid=(\d+)', listing)
            who = (
                f"{holder[1]} (process {holder[2]} in the sandbox)" if holder else "another program"
            )
            raise Conflict(
                f"{self.name} cannot listen on {self.sandbox.address}:{self.port}, because {who} "
                "does: end that program, or call `python -m local down`, and try again."
            )
