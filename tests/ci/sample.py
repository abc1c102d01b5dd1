"""A project of nobody's, which decisions are tested with: what it is called has no say in them."""

from ci.project.settings import parse

SETTINGS = parse("""
[tool.ci]
name = "web"
latest = "main"
health = { path = "/", json = { status = "ok" } }
commit = { path = "/version" }

[tool.ci.environments]
dev = { branch = "dev" }
stage = { branch = "stage" }
prod = { branch = "main", promoted-from = "stage", signed = true }
""")
ENVIRONMENTS = SETTINGS.environments
DEV, STAGE, PROD = ENVIRONMENTS.values()
