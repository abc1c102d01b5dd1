"""infra/resize.sh as it is, on machines that are no libvirt's."""

import json
import os
import subprocess
import time
from pathlib import Path

from local.host.paths import REPOSITORY
from tests.machines.cluster import CONTROL_PLANE, WORKERS, Cluster

_RESIZE = REPOSITORY / "infra" / "resize.sh"
# A plan has the machine that is to be replaced, and applying it is to switch that on.
_TOFU = """\
#!/bin/sh
set -eu
case $1 in
output) cat "$MACHINES/outputs/$3" ;;
plan)
    echo "$*" | sed 's/.*machine\\["\\([^"]*\\)"\\].*/\\1/' >"$MACHINES/planned"
    exit 2
    ;;
apply) touch "$MACHINES/$(cat "$MACHINES/planned")/switch-on" ;;
esac
"""
_VIRSH = """\
#!/bin/sh
set -eu
case $* in
domstate*) [ -e "$MACHINES/$2/runs" ] && echo running || echo 'shut off' ;;
*shutdown*) touch "$MACHINES/$3/press-power-button" ;;
esac
"""


def resize(cluster: Cluster, machine: str, seconds: float = 900) -> tuple[int, str]:
    """Runs it for one machine; gives its exit code and what it printed."""
    programs = cluster.folder / "programs"
    programs.mkdir(exist_ok=True)
    for name, text in (("tofu", _TOFU), ("virsh", _VIRSH)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    _write_outputs(cluster)
    env = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "MACHINES": str(cluster.folder),
    }
    printed = cluster.folder / "resize.log"
    with open(printed, "w", encoding="utf-8") as log:
        running = subprocess.Popen([_RESIZE, machine], env=env, stdout=log, stderr=log)
        try:
            _attend(cluster, running, time.monotonic() + seconds)
        finally:
            running.kill()
            code = running.wait()
    return code, printed.read_text()


def _attend(cluster: Cluster, running: subprocess.Popen[bytes], until: float) -> None:
    """Does to machines what is asked for, until the script has come to its end."""
    while running.poll() is None and time.monotonic() < until:
        for machine in cluster.machines.values():
            if _taken(machine.home / "press-power-button"):
                machine.press_power_button()
            if _taken(machine.home / "switch-on"):
                machine.start()
            if machine.runs:
                (machine.home / "runs").touch()
            else:
                (machine.home / "runs").unlink(missing_ok=True)
        time.sleep(0.2)


def _taken(file: Path) -> bool:
    found = file.exists()
    file.unlink(missing_ok=True)
    return found


def _write_outputs(cluster: Cluster) -> None:
    """What infra/outputs.tf gives."""
    folder = cluster.folder / "outputs"
    folder.mkdir(exist_ok=True)
    settings = cluster.settings
    outputs = {
        "ssh": {
            "user": settings["SSH_USER"],
            "key_file": settings["SSH_KEY_FILE"],
            "known_hosts": settings["KNOWN_HOSTS"],
        },
        "libvirt_uri": "qemu:///system",
        "control_plane": CONTROL_PLANE,
        "workers": list(WORKERS),
        "machines": {name: each.address for name, each in cluster.machines.items()},
    }
    for name, value in outputs.items():
        (folder / name).write_text(json.dumps(value))
