"""Reads what a project says of itself out of its sources."""

from dagger import Directory, QueryError

from ci.project.settings import Settings, parse
from ci.project.table import FILE
from ci.run.errors import InvalidInput


async def settings(source: Directory) -> Settings:
    """The settings of the sources; raises InvalidInput where they say none that can be used."""
    try:
        text = await source.file(FILE).contents()
    except QueryError:
        raise InvalidInput(
            f"The sources have no {FILE}, whose [tool.ci] says what the project is: write one, as "
            "docs/your-service.md shows, or say with --source where it is."
        ) from None
    return parse(text)
