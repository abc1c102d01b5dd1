"""Keys of the cache: what goes into a build decides where its result lies."""

import hashlib
from pathlib import Path


def digest(*parts: str | Path) -> str:
    """Twelve hexadecimal digits over strings, files and folders; a folder counts with its names."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(f"text {len(part)}\n{part}".encode())
            continue
        files = (
            [part]
            if part.is_file()
            else sorted(p for p in part.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        )
        for file in files:
            content = file.read_bytes()
            total.update(f"file {file.relative_to(part.parent)} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()[:12]
