"""The defaults the stack gives `dagger call`, in a block of its own in the repository's .env."""

from pathlib import Path

BEGIN = "# >>> laptop stack (written by `python -m local up`, removed by `down`)"
END = "# <<< laptop stack"


def with_block(text: str, values: dict[str, str]) -> str:
    """A .env with the stack's block at its end; a person's own lines stay as they are.

    >>> with_block("A=1\\n", {"B": "2"}).splitlines()[0::2]
    ['A=1', 'B=2']
    """
    lines = [BEGIN, *(f"{name}={value}" for name, value in values.items()), END]
    return without_block(text) + "\n".join(lines) + "\n"


def without_block(text: str) -> str:
    """A .env without the stack's block."""
    kept, inside = [], False
    for line in text.splitlines():
        if line == BEGIN:
            inside = True
        elif line == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept) + "\n" if kept else ""


def update(file: Path, values: dict[str, str] | None) -> None:
    """Writes the block with these values, or takes it out; an empty file goes away."""
    before = file.read_text() if file.exists() else ""
    after = without_block(before) if values is None else with_block(before, values)
    if not after:
        file.unlink(missing_ok=True)
    elif after != before:
        file.write_text(after)
