"""Programs that stand in for the machine's own."""

from pathlib import Path


class Programs:
    """Shell scripts in a folder that a test puts on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def write(self, name: str, script: str) -> Path:
        """A program of that name; it replaces an earlier one."""
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program
