"""The host's side of the stack's network: one bridge, and the way out."""

import json
from pathlib import Path

from local.host import command
from local.host.errors import Conflict
from local.host.paths import BRIDGE, HOST_ADDRESS, NAME, POD_SUBNET, RUN, SUBNET

_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
_FORWARDING_BEFORE = RUN / "ip_forward"
_RULES = (
    ("nat", "POSTROUTING", ("-s", SUBNET, "!", "-d", SUBNET, "-j", "MASQUERADE")),
    # From a node to a pod of another: it stays on the bridge, and machines whose bridges ask the
    # packet filter would take it for something on its way out. Inserted later, it comes first.
    ("nat", "POSTROUTING", ("-s", SUBNET, "-d", POD_SUBNET, "-j", "ACCEPT")),
    ("filter", "FORWARD", ("-i", BRIDGE, "-j", "ACCEPT")),
    ("filter", "FORWARD", ("-o", BRIDGE, "-j", "ACCEPT")),
)
_MARK = ("-m", "comment", "--comment", NAME)


def up() -> None:
    """Makes the bridge and lets what is behind it reach out, where that is not so yet."""
    if not Path("/sys/class/net", BRIDGE).exists():
        _refuse_a_taken_subnet()
        command.run("ip", "link", "add", BRIDGE, "mtu", str(mtu()), "type", "bridge")
        command.run("ip", "addr", "add", f"{HOST_ADDRESS}/24", "dev", BRIDGE)
        command.run("ip", "link", "set", BRIDGE, "up")
    if not _FORWARDING_BEFORE.exists():
        RUN.mkdir(parents=True, exist_ok=True, mode=0o700)
        _FORWARDING_BEFORE.write_text(_FORWARDING.read_text())
    _FORWARDING.write_text("1")
    for table, chain, rule in _RULES:
        if not command.succeeds("iptables", "-w", "-t", table, "-C", chain, *rule, *_MARK):
            command.run("iptables", "-w", "-t", table, "-I", chain, *rule, *_MARK)


def down() -> None:
    """Takes away what `up` made, and sets forwarding back to what it was."""
    for table, chain, rule in _RULES:
        while command.succeeds("iptables", "-w", "-t", table, "-D", chain, *rule, *_MARK):
            pass
    if Path("/sys/class/net", BRIDGE).exists():
        command.run("ip", "link", "delete", BRIDGE)
    if _FORWARDING_BEFORE.exists():
        _FORWARDING.write_text(_FORWARDING_BEFORE.read_text())
        _FORWARDING_BEFORE.unlink()


def mtu() -> int:
    """The largest packet, in bytes, that the way out of this machine takes."""
    routes = json.loads(command.output("ip", "-json", "route", "show", "default") or "[]")
    device = routes[0]["dev"] if routes else "lo"
    return min(int(Path("/sys/class/net", device, "mtu").read_text()), 1500)


def _refuse_a_taken_subnet() -> None:
    routes = json.loads(
        command.output("ip", "-json", "route", "show", "match", HOST_ADDRESS) or "[]"
    )
    taken = [route for route in routes if route["dst"] != "default"]
    if taken:
        raise Conflict(
            f"The addresses {SUBNET}, which the laptop stack needs, are taken by "
            f"{taken[0].get('dev', 'another route')}: take that interface down, or change the "
            "addresses in local/host/paths.py."
        )
