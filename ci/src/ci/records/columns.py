"""Rows as lines of text, for a person."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Cells below one another, two spaces apart.

    >>> print(aligned([("NAME", "AGE"), ("web", "5m")]))
    NAME  AGE
    web   5m
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )
