"""How Trivy's reports on the same files become one."""

import json

import pytest

from ci.scan.scanning import joined


@pytest.mark.parametrize(
    ("first", "second", "results"),
    [
        ([{"Target": "a"}], [{"Target": "b"}], [{"Target": "a"}, {"Target": "b"}]),
        ([{"Target": "a"}], None, [{"Target": "a"}]),
        (None, [{"Target": "b"}], [{"Target": "b"}]),
        (None, None, []),
    ],
)
def test_two_reports(
    first: list[dict[str, str]] | None,
    second: list[dict[str, str]] | None,
    results: list[dict[str, str]],
) -> None:
    """The results of both are there, under what the first says of itself."""
    one = json.dumps({"ArtifactName": "sources", "Results": first})
    other = json.dumps({"ArtifactName": "configuration", "Results": second})
    assert json.loads(joined(one, other)) == {"ArtifactName": "sources", "Results": results}
