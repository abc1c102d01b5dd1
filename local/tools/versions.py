"""What of the versions that are pinned is behind: `make versions`.

Asks the Go module proxy for the newest release of every program that the stack builds, and so of
the images that the pipeline runs. A line that is marked asks for a change; where there is one, it
exits with 1, so that a scheduled job can be red. What comes along with one of them is not asked
for: CoreDNS is kubeadm's choice, and Gateway API that of Envoy Gateway.
"""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from local.host import command
from local.host.errors import CommandFailed, LocalError
from local.host.paths import LOGS
from local.terminal import cli
from local.tools import golang
from local.tools.catalogue import KUBERNETES, PART_TOOLS, TOOLS

SUPPORTED_UNTIL = {"v1.36": date(2027, 6, 28), "v1.37": date(2027, 10, 28)}
"""The last day of a Kubernetes, as https://kubernetes.io/releases/1.36/ and its like name it."""

NOTICE = timedelta(days=60)
"""For so long before that day a newer one is asked for: time to try it, stack and machines."""


@dataclass(frozen=True)
class Line:
    """What is said of one name; whether it is `behind`, or None where nobody knows."""

    name: str
    pinned: str
    behind: bool | None
    what: str

    def __str__(self) -> str:
        return f"{'->' if self.behind else '  '} {self.name:16}  {self.pinned:9}  {self.what}"


def main() -> int:
    """Prints a line for each module and one for Kubernetes' support; 1 where one is behind."""
    go = golang.find_or_install(LOGS / "go.log")
    pinned = {tool.name: (tool.module, tool.module_version) for tool in (*TOOLS, *PART_TOOLS)}

    def line(name: str) -> Line:
        module, version = pinned[name]
        query = minor(version) if name == KUBERNETES.name else "latest"
        try:
            return compared(name, version, _newest(go, f"{module}@{query}"))
        except CommandFailed as error:
            return Line(name, version, None, f"cannot be asked: {error}")

    with ThreadPoolExecutor(max_workers=8) as pool:
        lines = list(pool.map(line, pinned))
    if all(one.behind is None for one in lines):
        raise LocalError(f"{lines[0].what}: see GOPROXY in `go env`, then call it again.")
    lines.append(support(KUBERNETES.version, datetime.now(UTC).date()))
    print("\n".join(map(str, lines)))
    return int(any(one.behind for one in lines))


def compared(name: str, pinned: str, newest: str) -> Line:
    """Whether a newer release than the pinned one is there; a proxy may lack the pinned one."""
    behind = _numbers(newest) > _numbers(pinned)
    return Line(name, pinned, behind, f"{newest} is there" if behind else "is the newest")


def support(version: str, today: date) -> Line:
    """For how long a Kubernetes is supported; behind from NOTICE before its last day on."""
    ends = SUPPORTED_UNTIL[minor(version)]
    what = f"is supported until {ends}" if today <= ends else f"has had no support since {ends}"
    return Line("kubernetes", minor(version), today > ends - NOTICE, what)


def minor(version: str) -> str:
    """The generation of a version.

    >>> minor("v1.36.3")
    'v1.36'
    """
    return version.rpartition(".")[0]


def _newest(go: Path, query: str) -> str:
    env = {"GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    found = json.loads(command.output(go, "list", "-m", "-json", query, env=env))
    return str(found["Version"])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version.partition("-")[0]))


if __name__ == "__main__":
    command.stop_on_signals()
    sys.exit(cli.run(main))
