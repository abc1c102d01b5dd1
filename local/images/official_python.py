"""Makes Debian's Python that of the official image: under /usr/local, with pip and its like.

The official image builds its interpreter from source, so that no list of packages names it. What
still differs: it is Debian's 3.11.2 without headers, its standard library is compiled, `sys.path`
says dist-packages, which is a link to site-packages, and distutils knows Debian's folders.
"""

import re
import shutil
from pathlib import Path

from local.host import command
from local.host.errors import LocalError
from local.tools import wheels
from local.tools.catalogue import HERE

PACKAGES = ("python3-distutils", "python3.11-venv")
WHEELS = HERE / "base-requirements.txt"
"""What its site-packages hold."""
LIBRARY = "usr/local/lib/python3.11"
_DEBIANS = "usr/lib/python3.11"
_LINKS = {"python3": "python3.11", "python": "python3"}
_INSTALL = [
    "install",
    "--quiet",
    "--root-user-action=ignore",
    "--no-index",
    "--no-deps",
    "--no-cache-dir",
]


def move(root: Path, log: Path) -> None:
    """Moves the Python of a root folder, and forgets the packages that it came in."""
    library, programs = root / LIBRARY, root / "usr/local/bin"
    shutil.rmtree(library, ignore_errors=True)
    shutil.copytree(root / _DEBIANS, library, symlinks=True)
    shutil.copy2(root / "usr/bin/python3.11", programs)
    for link, target in _LINKS.items():
        (programs / link).symlink_to(target)
    _forget_packages(root, log)
    found = wheels.downloaded(WHEELS, log)
    change(library, found)
    _install(root, found, log)


def change(library: Path, found: list[Path]) -> None:
    """Undoes what Debian changed in a standard library, with pip and setuptools out of wheels."""
    (library / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    (library / "sitecustomize.py").unlink(missing_ok=True)
    _replace(
        library / "sysconfig.py", "prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'"
    )
    # Where `site` looks is frozen into the interpreter.
    (library / "site-packages").mkdir()
    (library / "dist-packages").symlink_to("site-packages")
    for file in library.glob("_sysconfigdata_*linux-gnu.py"):
        if not file.is_symlink():
            _replace(file, "/usr/share/python-wheels/", "")
            _replace(file, r"(?<=')/usr(?=[/'])(?!/share)", "/usr/local")
    ensurepip = library / "ensurepip" / "__init__.py"
    _replace(ensurepip, r"^    _ensurepip_is_disabled_in_debian_for_system\(\)\n", "")
    (ensurepip.parent / "_bundled").mkdir()
    for name in ("pip", "setuptools"):
        [wheel] = [each for each in found if each.name.startswith(f"{name}-")]
        shutil.copy(wheel, ensurepip.parent / "_bundled")
        version = wheel.name.split("-")[1]
        _replace(
            ensurepip,
            rf'^_{name.upper()}_VERSION = "[^"]*"',
            f'_{name.upper()}_VERSION = "{version}"',
        )


def _replace(file: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, text, file.read_text(), flags=re.DOTALL | re.MULTILINE)
    if not count:
        raise LocalError(
            f"Debian's {file.name} is not as it was known: nothing in it matches {pattern!r}; "
            "correct local/images/official_python.py."
        )
    file.write_text(changed)


def _forget_packages(root: Path, log: Path) -> None:
    listed = command.output(
        "dpkg-query", f"--admindir={root / 'var/lib/dpkg'}", "--show",
        "--showformat=${db:Status-Status} ${Package}\n", "*python3*",
    )  # fmt: skip
    words = [line.split() for line in listed.splitlines()]
    command.run(
        "dpkg", f"--root={root}", "--log=/dev/null", "--force-depends", "--purge",
        *(name for status, name in words if status == "installed"), log=log,
    )  # fmt: skip
    shutil.rmtree(root / _DEBIANS, ignore_errors=True)


def _install(root: Path, found: list[Path], log: Path) -> None:
    """Installs wheels with the pip that is one of them, by the root's own Python."""
    [pip] = [each.name for each in found if each.name.startswith("pip-")]
    folder = root / "tmp" / "wheels"
    folder.mkdir()
    for wheel in found:
        shutil.copy(wheel, folder)
    python = ("chroot", root, "/usr/local/bin/python3")
    names = [f"/tmp/wheels/{each.name}" for each in found]
    command.run(*python, f"/tmp/wheels/{pip}/pip", *_INSTALL, *names, log=log)
    command.run(*python, "-m", "compileall", "-q", f"/{LIBRARY}", log=log)
    shutil.rmtree(folder)
