"""How long a set-up is said to take."""

from pathlib import Path

import pytest

from local.stack.estimate import COMPILING, Lacking, seconds, sentence
from local.tools.catalogue import PART_TOOLS, TOOLS
from local.tools.team.elsewhere import Place

NEEDED = ("dagger", "kubernetes", "trivy", "oras", "envoy-gateway")
FRESH = Lacking(NEEDED, packages=True, base=True)
TEAM = Place("/mnt/tools", Path("/mnt/tools"))


def test_every_tool_has_its_cost() -> None:
    """And nothing else has one."""
    assert COMPILING.keys() == {tool.name for tool in (*TOOLS, *PART_TOOLS)}


@pytest.mark.parametrize(
    ("lacking", "place", "said"),
    [
        (
            FRESH,
            None,
            "About 9 to 21 min, once: dagger, kubernetes, trivy, oras, envoy-gateway are",
        ),
        (
            FRESH,
            TEAM,
            "About 2 to 4 min, once: dagger, kubernetes, trivy, oras, envoy-gateway come",
        ),
        (Lacking(base=True), None, "About 1 to 3 min, once: the base image is put together"),
        (Lacking(), None, "About 30 s to 1 min: all tools are there, and the stack starts."),
        (Lacking(stack=False), None, "About 10 s: all tools are there, and what has changed"),
    ],
    ids=["nothing there", "tools elsewhere", "tools there", "all there", "stack up"],
)
def test_sentence(lacking: Lacking, place: Place | None, said: str) -> None:
    """What was measured on two cores, as README.md has it, lies within; it says what for."""
    assert sentence(lacking, place, cores=2).startswith(said)


def test_more_cores() -> None:
    """Compilers use them; what starts does not end sooner."""
    two, eight = (seconds(FRESH, None, cores)[0] for cores in (2, 8))

    assert 0.25 * two < eight < 0.5 * two


def test_base_image_beside_compilers() -> None:
    """It is put together meanwhile, and takes no time of its own."""
    assert seconds(Lacking(NEEDED, base=True), None, 2) == seconds(Lacking(NEEDED), None, 2)
