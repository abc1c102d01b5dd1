"""Debian's standard library as the official image has it."""

from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.images import official_python

DEBIANS = {
    "sysconfig.py": "    else:\n            prefix_scheme = 'posix_local'\n",
    "_sysconfigdata__x86_64-linux-gnu.py": (
        "build_time_vars = {'WHEEL_PKG_DIR': '/usr/share/python-wheels/',\n"
        " 'LIBDEST': '/usr/lib/python3.11',\n"
        " 'datarootdir': '/usr/share',\n"
        " 'prefix': '/usr'}\n"
    ),
    "ensurepip/__init__.py": (
        '_SETUPTOOLS_VERSION = "65.5.0"\n'
        '_PIP_VERSION = "22.3.1"\n'
        '_PROJECTS = [("pip", _PIP_VERSION, "py3")]\n'
        "def _bootstrap():\n"
        "    _ensurepip_is_disabled_in_debian_for_system()\n"
        "    return 0\n"
    ),
    "EXTERNALLY-MANAGED": "[externally-managed]\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A standard library as Debian writes it, as far as it matters."""
    folder = tmp_path / "python3.11"
    for name, text in DEBIANS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    names = ("pip-24.0-py3-none-any.whl", "setuptools-79.0.1-py3-none-any.whl")
    for name in names:
        (tmp_path / name).touch()
    return [tmp_path / name for name in names]


def test_folders(library: Path, wheels: list[Path]) -> None:
    """Packages are installed below /usr/local, and looked for where they are installed."""
    official_python.change(library, wheels)

    assert "prefix_scheme = 'posix_prefix'" in (library / "sysconfig.py").read_text()
    known: dict[str, dict[str, str]] = {}
    exec((library / "_sysconfigdata__x86_64-linux-gnu.py").read_text(), known)
    assert known["build_time_vars"] == {
        "WHEEL_PKG_DIR": "",
        "LIBDEST": "/usr/local/lib/python3.11",
        "datarootdir": "/usr/share",
        "prefix": "/usr/local",
    }
    assert (library / "dist-packages").resolve() == library / "site-packages"
    assert not (library / "EXTERNALLY-MANAGED").exists()


def test_ensurepip(library: Path, wheels: list[Path]) -> None:
    """It brings pip and setuptools along, and works outside of a virtual environment."""
    official_python.change(library, wheels)

    text = (library / "ensurepip" / "__init__.py").read_text()
    assert '_PIP_VERSION = "24.0"\n' in text
    assert '_SETUPTOOLS_VERSION = "79.0.1"\n' in text
    assert '("pip", _PIP_VERSION, "py3")' in text
    assert "disabled_in_debian" not in text
    bundled = {each.name for each in (library / "ensurepip" / "_bundled").iterdir()}
    assert bundled == {each.name for each in wheels}


@pytest.mark.parametrize("name", ["sysconfig.py", "ensurepip/__init__.py"])
def test_library_that_is_not_as_it_was_known(library: Path, wheels: list[Path], name: str) -> None:
    """It is said, in place of an image that is something in between."""
    (library / name).write_text("pass\n")

    with pytest.raises(LocalError, match=f"{Path(name).name} is not as it was known"):
        official_python.change(library, wheels)


def test_library_with_a_link(library: Path, wheels: list[Path]) -> None:
    """What is a link to another file is changed once, where it is."""
    link = library / "_sysconfigdata__linux_x86_64-linux-gnu.py"
    link.symlink_to("_sysconfigdata__x86_64-linux-gnu.py")

    official_python.change(library, wheels)

    assert link.is_symlink()


def test_wheels_that_are_installed() -> None:
    """Each is pinned with its hash, at the versions that the official image has."""
    lines = [
        line for line in official_python.WHEELS.read_text().splitlines() if not line.startswith("#")
    ]
    assert [line.split()[0] for line in lines] == [
        "pip==24.0",
        "setuptools==79.0.1",
        "wheel==0.45.1",
    ]
    assert all("--hash=sha256:" in line for line in lines)
