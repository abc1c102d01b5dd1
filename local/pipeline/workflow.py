"""actionlint and act, with which the tests check and run the workflow of GitHub Actions."""

from local.platform.part import Part
from local.tools.catalogue import ACT, ACTIONLINT

PART = Part(
    name="workflow",
    bring_up=lambda _: None,
    ready=lambda: True,
    tools=(ACTIONLINT, ACT),
)
