"""Names of kinds."""

import pytest

from ci.cluster.api.kinds import PLURALS, group, plurals


def test_plurals_of_a_group() -> None:
    """What belongs to a resource is no kind of its own."""
    listed = [{"kind": "Widget", "name": "widgets"}, {"kind": "Widget", "name": "widgets/status"}]
    assert plurals("a.b", listed) == {("a.b", "Widget"): "widgets"}


def test_plurals_that_are_known() -> None:
    """Each is its kind in lower case, and more."""
    assert all(name.startswith(kind.lower()[:-1]) for (_, kind), name in PLURALS.items())


@pytest.mark.parametrize(("version", "found"), [("v1", ""), ("apps/v1", "apps")])
def test_group(version: str, found: str) -> None:
    """The core's has no name."""
    assert group(version) == found
