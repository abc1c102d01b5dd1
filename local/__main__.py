"""The laptop stack's commands: python -m local up | down | status | logs | tools."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from local.host import command
from local.host.errors import LocalError
from local.host.paths import LOGS
from local.stack import stack, status
from local.terminal import cli
from local.terminal.line import tell
from local.terminal.steps import clock
from local.tools import checksums, golang
from local.tools.catalogue import PART_TOOLS, TOOLS
from local.tools.team.export import export


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
    tools = commands.add_parser("tools", help="hand built tools on, and name their checksums")
    doing = tools.add_subparsers(dest="doing", required=True, metavar="COMMAND")
    export = doing.add_parser("export", help="write the built tools to a folder, as wheels")
    export.add_argument("folder", type=Path, help="what DAGGERW_TOOLS may name elsewhere")
    doing.add_parser("record", help="write checksums.json anew, out of what is built here")
    chosen = parser.parse_args(arguments)
    return cli.run(lambda: _run(chosen))


def _run(chosen: argparse.Namespace) -> int:
    begun = time.monotonic()
    if chosen.command == "up":
        was = "was" if stack.up(tell).was_up else "is"
        tell(f"The laptop stack {was} up ({clock(time.monotonic() - begun)}).")
    elif chosen.command == "down":
        stack.down(tell, purge=chosen.purge)
        tell(f"The laptop stack is down ({clock(time.monotonic() - begun)}).")
    elif chosen.command == "status":
        print(status.table())
        return 0 if stack.is_up() else 1
    elif chosen.command == "tools":
        _run_tools(chosen)
    elif chosen.part is None:
        print("\n".join(sorted(file.stem for file in LOGS.glob("*.log"))))
    else:
        return _show_log(chosen.part)
    return 0


def _run_tools(chosen: argparse.Namespace) -> None:
    tools = (*TOOLS, *PART_TOOLS)
    if chosen.doing == "export":
        export(tools, chosen.folder, tell)
    else:
        checksums.record(tools, golang.find_or_install(LOGS / "go.log"))


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
