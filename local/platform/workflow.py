"""actionlint, with which the tests check the workflow of GitHub Actions."""

from local.platform.part import Part
from local.toolchain.catalogue import ACTIONLINT

PART = Part(
    name="workflow",
    bring_up=lambda _: None,
    ready=lambda: True,
    tools=(ACTIONLINT,),
)
