"""The host's side of the network: made once, refused where it is taken, taken away whole."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.host.errors import Conflict
from local.host.paths import SUBNET
from local.machines import network
from tests.local.programs import Programs

# What stands in for iptables keeps its rules in a file.
IPTABLES = """
rules={rules} table=$3 what=$4
shift 4
rule="$table $*"
case $what in
  -C) grep -qxF -e "$rule" $rules ;;
  -I) echo "$rule" >>$rules ;;
  -D) grep -qxF -e "$rule" $rules || exit 1
      grep -vxF -e "$rule" $rules >$rules.new; mv $rules.new $rules ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """Stands in for the machine's own network."""

    calls: Path
    rules: Path
    routes: Path
    forwarding: Path

    def has_route(self, **route: str) -> None:
        """Lets `ip route` name this one."""
        self.routes.write_text(json.dumps([route]))


@pytest.fixture
def host(
    programs: Programs, run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Host:
    """A machine without a bridge, a route or a rule, which does not forward."""
    names = (tmp_path / name for name in ("calls", "rules", "routes", "forwarding"))
    machine = Host(*names)
    machine.calls.touch()
    machine.rules.touch()
    machine.forwarding.write_text("0")
    machine.has_route(dst="default", dev="lo")
    log = f'[ "$1" = -json ] && exec cat {machine.routes}; echo "$*" >>{machine.calls}'
    programs.write("ip", log)
    programs.write("iptables", IPTABLES.format(rules=machine.rules))
    monkeypatch.setattr(network, "BRIDGE", "fd-examined")
    monkeypatch.setattr(network, "_FORWARDING", machine.forwarding)
    monkeypatch.setattr(network, "_FORWARDING_BEFORE", run_folder / "ip_forward")
    return machine


def test_network_that_is_down(host: Host) -> None:
    """A bridge is made, the machine forwards, and its rules are there."""
    network.up()

    assert "link add fd-examined" in host.calls.read_text()
    assert host.forwarding.read_text() == "1"
    assert len(host.rules.read_text().splitlines()) == 4


def test_network_that_is_up(host: Host) -> None:
    """No rule is added a second time."""
    network.up()
    before = host.rules.read_text()

    network.up()

    assert host.rules.read_text() == before


@pytest.mark.parametrize("forwarded", ["0", "1"])
def test_network_is_taken_away(host: Host, forwarded: str) -> None:
    """Other rules stay, ours are gone, and the machine forwards if it did before."""
    host.forwarding.write_text(forwarded)
    host.rules.write_text("filter FORWARD -j DROP\n")
    network.up()
    network.up()

    network.down()

    assert host.rules.read_text() == "filter FORWARD -j DROP\n"
    assert host.forwarding.read_text() == forwarded


def test_nothing_to_take_away(host: Host) -> None:
    """Taking it down twice, or before it was up, is no error and changes nothing."""
    network.down()

    assert host.calls.read_text() == ""
    assert host.forwarding.read_text() == "0"


def test_addresses_that_are_taken(host: Host) -> None:
    """The sentence names them, who has them, and what to do; nothing is touched."""
    host.has_route(dst=SUBNET, dev="tun0")

    with pytest.raises(Conflict, match="taken by tun0") as refused:
        network.up()

    assert SUBNET in str(refused.value)
    assert "local/host/paths.py" in str(refused.value)
    assert host.calls.read_text() == ""
    assert host.rules.read_text() == ""


def test_packets_fit_the_way_out(host: Host) -> None:
    """Never larger than Ethernet's, however large the machine's own device takes them."""
    assert int(Path("/sys/class/net/lo/mtu").read_text()) > 1500

    assert network.mtu() == 1500
