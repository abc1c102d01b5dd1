"""The laptop stack's commands: python -m local up | down | status | logs."""

import argparse
import subprocess
import sys
import time

from local.host import command
from local.host.errors import LocalError
from local.host.paths import LOGS
from local.stack import stack, status
from local.terminal import cli
from local.terminal.steps import clock, tell


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="A real Dagger engine, Kubernetes and registry on one Debian machine.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", help="bring up what is not up; on a stack that is up: nothing")
    down = commands.add_parser("down", help="take everything down, and keep the data")
    down.add_argument(
        "--purge", action="store_true", help="remove registry, cluster and engine data too"
    )
    commands.add_parser("status", help="what runs, and where")
    logs = commands.add_parser(
        "logs", help="what a part printed; without a name, which parts there are"
    )
    logs.add_argument("part", nargs="?", help="for example kubelet or engine")
    chosen = parser.parse_args(arguments)
    return cli.run(lambda: _run(chosen))


def _run(chosen: argparse.Namespace) -> int:
    begun = time.monotonic()
    if chosen.command == "up":
        changed = stack.up(tell)
        was = "is" if changed else "was"
        tell(f"The laptop stack {was} up ({clock(time.monotonic() - begun)}).")
    elif chosen.command == "down":
        stack.down(tell, purge=chosen.purge)
        tell(f"The laptop stack is down ({clock(time.monotonic() - begun)}).")
    elif chosen.command == "status":
        print(status.table())
        return 0 if stack.is_up() else 1
    elif chosen.part is None:
        print("\n".join(sorted(file.stem for file in LOGS.glob("*.log"))))
    else:
        return _show_log(chosen.part)
    return 0


def _show_log(part: str) -> int:
    file = LOGS / f"{part}.log"
    if not file.exists():
        raise LocalError(
            f"No part named {part} has a log: `python -m local logs` lists those that have."
        )
    return subprocess.run(["tail", "-n", "200", str(file)], check=False).returncode


if __name__ == "__main__":
    command.stop_on_signals()
    sys.exit(main())
