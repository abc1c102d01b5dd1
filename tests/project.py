"""What pyproject.toml says of the project, for tests that would else repeat it."""

from pathlib import Path

from ci.project.settings import parse

REPOSITORY = Path(__file__).parents[1]
SETTINGS = parse((REPOSITORY / "pyproject.toml").read_text())
NAME = SETTINGS.service.name
ENVIRONMENTS = SETTINGS.environments
DEV, STAGE, PROD = (ENVIRONMENTS[name] for name in ("dev", "stage", "prod"))
