"""A built tool as a wheel, which a folder, a web server or a package index hands on.

Its name says the recipe, by which a tool is known in the cache too: another recipe is another
wheel. What is in it counts only if it has the repository's checksums.
"""

import base64
import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from local.tools import checksums
from local.tools.catalogue import Tool
from local.tools.checksums import Sums

_NEVER = (1980, 1, 1, 0, 0, 0)
_TAG = "py3-none-linux_x86_64"
_PROGRAM, _TEXT = 0o100755, 0o100644
# Half as large as it was, in seconds; the next levels take minutes for a tenth.
_FAST = 1


class Unfit(Exception):
    """A wheel that cannot be used, in words that follow its name."""


def project(tool: Tool) -> str:
    """The name under which a package index has it."""
    return f"fastapi-dagger-{tool.name}"


def version(tool: Tool) -> str:
    """Its version, with the recipe as local part: of digits alone, it would be read as a number."""
    return f"{tool.version.removeprefix('v')}+r{tool.home.name.rpartition('-')[2]}"


def file_name(tool: Tool) -> str:
    """The wheel's own name."""
    return f"{_folder(tool)}-{version(tool)}-{_TAG}.whl"


def write(tool: Tool, folder: Path) -> Path:
    """Writes the wheel of a tool that is built: whole or not at all, and always the same bytes."""
    target = folder / file_name(tool)
    half = target.with_suffix(".part")
    described = f"{_folder(tool)}-{version(tool)}.dist-info"
    summary = f"{tool.name} {tool.version}, built from its Go module"
    texts = {
        f"{described}/METADATA": f"Metadata-Version: 2.1\nName: {project(tool)}\n"
        f"Version: {version(tool)}\nSummary: {summary}\n",
        f"{described}/WHEEL": "Wheel-Version: 1.0\nGenerator: fastapi-dagger\n"
        f"Root-Is-Purelib: false\nTag: {_TAG}\n",
    }
    records = []
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as wheel:
        for own_name, digest in checksums.of(tool.home).items():
            program, name = tool.program(own_name), f"{_folder(tool)}/{own_name}"
            with open(program, "rb") as content, wheel.open(_entry(name, _PROGRAM), "w") as into:
                shutil.copyfileobj(content, into)
            records.append((name, digest, program.stat().st_size))
        for name, text in texts.items():
            wheel.writestr(_entry(name, _TEXT), text)
            records.append((name, hashlib.sha256(text.encode()).hexdigest(), len(text.encode())))
        lines = [f"{name},sha256={_base64(digest)},{size}" for name, digest, size in records]
        record = f"{described}/RECORD"
        wheel.writestr(_entry(record, _TEXT), "\n".join([*lines, f"{record},,"]) + "\n")
    half.rename(target)
    return target


def unpack(file: Path, tool: Tool, wanted: Sequence[Sums], into: Path) -> None:
    """Lays out a tool's programs from a wheel; raises Unfit unless all are as one Go makes them."""
    try:
        with zipfile.ZipFile(file) as opened:
            for name in sorted({name for sums in wanted for name in sums}):
                _extract(opened, f"{_folder(tool)}/{name}", into / name)
    except KeyError as error:
        raise Unfit(f"lacks a program: {error.args[0]}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unfit(f"is not a whole wheel: {error}") from None
    if differing := checksums.differences(wanted, checksums.of(into)):
        raise Unfit(f"has another {' and '.join(differing)} than the repository's checksums name")


def _extract(wheel: zipfile.ZipFile, name: str, target: Path) -> None:
    with wheel.open(name) as content, open(target, "wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o755)


def _folder(tool: Tool) -> str:
    return project(tool).replace("-", "_")


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NEVER)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = mode << 16
    return entry


def _base64(hexadecimal: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(hexadecimal)).decode().rstrip("=")
