"""The machines' network: a bridge with infra/'s addresses. Nothing of it leads out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.host import command

BRIDGE = "machines"
GATEWAY = "10.218.0.1"
# What goes from machine to machine is filtered as what goes through the host is.
_PASSES = ("FORWARD", "-i", BRIDGE, "-o", BRIDGE, "-j", "ACCEPT")


@contextmanager
def bridged() -> Iterator[None]:
    """Meanwhile there is a bridge that machines can be plugged into."""
    take_down()
    command.run("ip", "link", "add", BRIDGE, "type", "bridge")
    try:
        command.run("ip", "address", "add", f"{GATEWAY}/24", "dev", BRIDGE)
        command.run("ip", "link", "set", BRIDGE, "up")
        command.run("iptables", "-w", "-I", *_PASSES)
        yield
    finally:
        take_down()


def take_down() -> None:
    """Takes away what there is of it."""
    while command.succeeds("iptables", "-w", "-D", *_PASSES):
        pass
    if Path("/sys/class/net", BRIDGE).exists():
        command.run("ip", "link", "delete", BRIDGE)


def plug(address: str, init: int) -> None:
    """Connects the namespace of a process with the bridge, under an address."""
    outside = f"vm-{address.rpartition('.')[2]}"
    command.run(
        "ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", str(init)
    )
    command.run("ip", "link", "set", outside, "master", BRIDGE, "up")
    command.run(
        "nsenter", "--target", str(init), "--net", "ip", "-batch", "-",
        stdin=f"link set lo up\naddress add {address}/24 dev eth0\nlink set eth0 up\n"
        f"route add default via {GATEWAY}\n",
    )  # fmt: skip
