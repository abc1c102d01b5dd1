"""Lists what a folder holds, by the names that git would give it.

Runs by itself too, with nothing but Python, where the folder is.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LINK, PROGRAM, FILE, OTHER = 0o120000, 0o100755, 0o100644, 0
_GIT = ".git"


class Entry(NamedTuple):
    """A file or a link, and the blobs that git may have checked it out from."""

    mode: int
    size: int
    """Bytes."""

    blob: str
    """As it is."""

    text: str
    """With the ends of lines that git keeps."""

    pointer: str
    """In Git LFS, where a pointer is committed."""


def listing(folder: Path, algorithm: str) -> dict[str, Entry]:
    """What `folder` holds but for git's own; `algorithm`, such as sha1, names the blobs."""
    return {os.path.relpath(path, folder): _entry(path, algorithm) for path in _paths(folder)}


def _paths(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        folders[:] = [name for name in folders if name not in links and name != _GIT]
        yield from (os.path.join(parent, name) for name in [*links, *files] if name != _GIT)


def _entry(path: str, algorithm: str) -> Entry:
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        target = os.fsencode(os.readlink(path))
        return Entry(LINK, len(target), _blob(target, algorithm), "", "")
    if not stat.S_ISREG(mode):
        return Entry(OTHER, 0, "", "", "")
    data = Path(path).read_bytes()
    return Entry(
        PROGRAM if mode & stat.S_IXUSR else FILE,
        len(data),
        _blob(data, algorithm),
        _blob(data.replace(b"\r\n", b"\n"), algorithm) if b"\r\n" in data else "",
        _blob(_pointer(data), algorithm),
    )


def _blob(data: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


def _pointer(data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    specification = "https://git-lfs.github.com/spec/v1"
    return f"version {specification}\noid sha256:{digest}\nsize {len(data)}\n".encode()


if __name__ == "__main__":
    folder, algorithm, output = sys.argv[1:]
    Path(output).write_text(json.dumps(listing(Path(folder), algorithm)))
