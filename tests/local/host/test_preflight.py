"""Which machines the laptop stack refuses, and what it says to them."""

import shutil
from pathlib import Path

import pytest

from local.host import preflight
from local.host.errors import Unsupported
from local.host.paths import CACHE, STATE

BOOKWORM = {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"}
TRIXIE = {"ID": "debian", "VERSION_ID": "13", "PRETTY_NAME": "Debian GNU/Linux 13 (trixie)"}
UBUNTU = {"ID": "ubuntu", "VERSION_ID": "24.04", "PRETTY_NAME": "Ubuntu 24.04.3 LTS"}
TESTING = {"ID": "debian"}


def free_space(monkeypatch: pytest.MonkeyPatch, gib: float) -> None:
    """Lets every disk have this much space left."""
    usage = shutil._ntuple_diskusage(2**40, 2**40 - int(gib * 2**30), int(gib * 2**30))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)


def test_root_on_bookworm_is_accepted() -> None:
    """The machine that the stack is made for passes."""
    preflight.check(uid=0, system=BOOKWORM, machine="x86_64")


@pytest.mark.parametrize(
    ("uid", "system", "machine", "sentence"),
    [
        (1000, BOOKWORM, "x86_64", "needs root, because it makes network namespaces"),
        (0, TRIXIE, "x86_64", "Debian 12 (bookworm), not on Debian GNU/Linux 13 (trixie)"),
        (0, UBUNTU, "x86_64", "Debian 12 (bookworm), not on Ubuntu 24.04.3 LTS"),
        (0, TESTING, "x86_64", "Debian 12 (bookworm), not on debian"),
        (0, {}, "x86_64", "Debian 12 (bookworm), not on this system"),
        (0, BOOKWORM, "aarch64", "x86_64, not on aarch64"),
        (1000, UBUNTU, "aarch64", "Debian 12 (bookworm), not on Ubuntu"),
    ],
)
def test_machine_that_cannot_run_the_stack(
    uid: int, system: dict[str, str], machine: str, sentence: str
) -> None:
    """One reason is told, the one that no other user could help comes first, and a way out."""
    with pytest.raises(Unsupported) as refused:
        preflight.check(uid=uid, system=system, machine=machine)

    assert sentence in str(refused.value)
    assert "Install the Dagger CLI and point it at an engine and a cluster" in str(refused.value)


def test_disk_with_space_is_accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exactly what is needed is enough, and the folder need not exist yet."""
    free_space(monkeypatch, gib=4)

    preflight.check_space(4, tmp_path / "not" / "there")


def test_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence names the folder, what is free there and what is needed."""
    free_space(monkeypatch, gib=1.5)
    folder = tmp_path / "cache"

    with pytest.raises(Unsupported) as refused:
        preflight.check_space(20, folder)

    said = f"{folder} has 1.5 GiB free where the laptop stack needs 20 GiB: free some space"
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("folder", "way_out"),
    [
        (CACHE, "set XDG_CACHE_HOME to a folder on a larger disk"),
        (STATE, "mount a larger disk there"),
    ],
)
def test_way_out_of_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, folder: Path, way_out: str
) -> None:
    """Only the tools can be put elsewhere by a variable."""
    free_space(monkeypatch, gib=1.5)

    with pytest.raises(Unsupported, match=f"free some space, or {way_out}"):
        preflight.check_space(4, folder)


def test_machine_that_does_not_say_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without /etc/os-release it is refused like any other system."""

    def no_release() -> dict[str, str]:
        raise OSError("no os-release")

    monkeypatch.setattr("platform.freedesktop_os_release", no_release)
    monkeypatch.setattr("platform.system", lambda: "Darwin")

    with pytest.raises(Unsupported, match="not on Darwin"):
        preflight.check_this_machine()


@pytest.mark.parametrize(("built", "refused"), [(True, False), (False, True)])
def test_built_tools_need_less_space(
    monkeypatch: pytest.MonkeyPatch, built: bool, refused: bool
) -> None:
    """A disk that is too small to build on is good enough to run on."""
    free_space(monkeypatch, gib=(preflight.NEEDED_GIB_TO_RUN + preflight.NEEDED_GIB_TO_BUILD) / 2)
    monkeypatch.setattr(preflight, "check", lambda **machine: None)

    if refused:
        with pytest.raises(Unsupported, match=str(CACHE)):
            preflight.check_disks(tools_are_built=built)
    else:
        preflight.check_disks(tools_are_built=built)
