"""./daggerw: finds or brings up a Dagger of the pinned version and a cluster, then runs `dagger`.

The arguments are `dagger`'s own: `./daggerw call deploy --env stage`.

Which Dagger: a `dagger` of the pinned version with an engine it can reach (named by
_EXPERIMENTAL_DAGGER_RUNNER_HOST, or a working Docker) is used as it is, and nothing is built.
Otherwise the laptop stack is brought up: the real Dagger engine, a real Kubernetes and a registry,
built and run on this machine (Debian 12, root, Python 3.11).

DAGGERW=laptop     use the laptop stack, whatever is installed
DAGGERW=installed  use the installed Dagger, or fail
DAGGERW_TOOLS=…    take built tools from a folder, an http(s) address or `pip`, for pip's own index:
                   README.md, "For a team's second machine"

`python3 -m local status` shows the laptop stack, `python3 -m local down` takes it down.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local.daggerw import ahead, defaults_once, gitdir
from local.host import command
from local.host.errors import CommandFailed, LocalError
from local.host.paths import API_SERVER_PORT, CACHE, ENGINE_SOCKET, NODE_ADDRESS, REPOSITORY
from local.stack import background, stack
from local.stack.parts import PARTS, asked_for_by
from local.terminal import cli
from local.terminal.line import tell
from local.tools.catalogue import DAGGER

RUNNER_HOST = "_EXPERIMENTAL_DAGGER_RUNNER_HOST"
CHOICE = "DAGGERW"


@dataclass(frozen=True)
class Installed:
    """What this machine has of Dagger, apart from the laptop stack."""

    version: str = ""
    engine: str = ""


@dataclass(frozen=True)
class Choice:
    """Which Dagger is used, and why."""

    laptop: bool
    reason: str


def choose(wanted: str, pinned: str, found: Installed) -> Choice:
    """Decides which Dagger to use; raises LocalError when the wanted one is not there.

    `wanted` is what the environment variable DAGGERW says: "", "laptop" or "installed".
    """
    if wanted not in ("", "laptop", "installed"):
        raise LocalError(
            f"{CHOICE}={wanted} is not known: set it to laptop or installed, or unset it."
        )
    if wanted == "laptop":
        return Choice(True, f"{CHOICE}=laptop asks for it")
    if not found.version:
        lack = "no other dagger is installed"
    elif found.version != pinned:
        lack = f"the installed dagger is {found.version} and not {pinned}"
    elif not found.engine:
        lack = (
            f"the installed dagger has no engine: {RUNNER_HOST} is unset and Docker does not answer"
        )
    else:
        return Choice(False, f"it is {pinned} and its engine is {found.engine}")
    if wanted == "installed":
        raise LocalError(
            f"{CHOICE}=installed cannot be followed, because {lack}: "
            f"install Dagger {pinned}, or unset {CHOICE}."
        )
    return Choice(True, lack)


def main(arguments: list[str]) -> int:
    """Runs `dagger` with some arguments, after bringing up what it needs; gives the exit code."""
    if arguments in (["--help"], ["-h"], []):
        print(__doc__)
        return 0
    return cli.run(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    pinned = json.loads((REPOSITORY / "dagger.json").read_text())["engineVersion"]
    choice = choose(os.environ.get(CHOICE, ""), pinned, installed(os.environ))
    if not choice.laptop:
        tell(
            f"daggerw: the installed Dagger, because {choice.reason}; the cluster is the one "
            f"your arguments or .env name; {CHOICE}=laptop uses the laptop stack."
        )
        os.execv(
            shutil.which("dagger") or "dagger", ["dagger", *gitdir.handed(arguments, REPOSITORY)]
        )
    tell(
        f"daggerw: the laptop stack's Dagger {pinned} and Kubernetes at "
        f"https://{NODE_ADDRESS}:{API_SERVER_PORT}, because {choice.reason}; "
        f"{CHOICE}=installed uses your own."
    )
    os.environ[RUNNER_HOST] = f"unix://{ENGINE_SOCKET}"
    os.environ.setdefault("DAGGER_NO_NAG", "1")
    os.environ.setdefault("DAGGER_PROGRESS", "plain")
    asked_for = asked_for_by(arguments)
    handed = gitdir.handed(arguments, REPOSITORY)
    first = ahead.calls(handed)
    found = stack.up(tell, asked_for, partial(ahead.begin, first) if first else None)
    if not found.has(PARTS):
        background.start()
        tell("daggerw: the rest goes on coming up, `python3 -m local status` says how far it is.")
    if defaults_once.wanted(arguments, os.environ):
        defaults_once.from_now_on()
    os.execv(DAGGER.program("dagger"), ["dagger", *handed])


def installed(env: Mapping[str, str]) -> Installed:
    """Looks for a `dagger` that is not the stack's, and for the engine it would use."""
    program = shutil.which("dagger")
    if not program or Path(program).resolve().is_relative_to(CACHE.resolve()):
        return Installed()
    try:
        printed = command.output(program, "version")
    except (CommandFailed, OSError):
        return Installed()
    version = re.search(r"v\d+\.\d+\.\d+\S*", printed)
    return Installed(version[0] if version else "", _engine(env))


def _engine(env: Mapping[str, str]) -> str:
    if host := env.get(RUNNER_HOST):
        return host
    docker = shutil.which("docker")
    try:
        done = subprocess.run(
            [docker or "docker", "info"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "in Docker" if done.returncode == 0 else ""
