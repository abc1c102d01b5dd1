"""What the project calls its service, as the pipeline's table in pyproject.toml says."""

import tomllib
from functools import cache

from local.host.paths import REPOSITORY


@cache
def name() -> str:
    """The service's name."""
    table = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    found: str = table["tool"]["ci"]["name"]
    return found
