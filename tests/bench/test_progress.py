"""What is taken out of Dagger's own progress."""

import pytest

from tests.bench.progress import said

PROGRESS = """\
2026/11/26 18:44:11 WARN failed to parse git remote URL err="invalid endpoint"
3   : ┆ [0.0s] | 18:44:11 INF connected name=engine
user default: ci.deploy(kubeconfig="file:///root/kubeconfig")

9   : Ci.deploy(
9   : ┆ kubeconfig: Address.secret
9   : ): String!
10  : ┆ withExec trivy image
10  : ┆ [1.2s] | Error: of a program in a container
9   : [2.0s] | Deployment dev-web: 0 of 1 pods ready
11  : ┆ ┆ Ci.other: String!
11  : ┆ ┆ [2.5s] | of another one
9   : [1m2s] | a bar | and [brackets]
9   : Ci.deploy ERROR [3.0s]
9   : ! Pod x: Back-off

  indented
Deployment dev-web fails.

Error: Pod x: Back-off
  indented
Deployment dev-web fails. [traceparent:9fab39e4-24bc]
"""


def test_verb_that_fails() -> None:
    """What it says meanwhile, and at the end why, without what only Dagger is interested in."""
    lines = list(enumerate(PROGRESS.splitlines()))
    assert [line for _, line in said(lines)] == [
        "Deployment dev-web: 0 of 1 pods ready",
        "a bar | and [brackets]",
        "Error: Pod x: Back-off",
        "  indented",
        "Deployment dev-web fails.",
    ]
    assert [moment for moment, _ in said(lines)] == [9, 12, 19, 20, 21]


@pytest.mark.parametrize(
    "text", ["dev: deployed and verified in 5.3 s", "  lint  3.1 s", "+    patch: |"]
)
def test_what_is_no_progress(text: str) -> None:
    """It is left as it is."""
    assert list(said([(1.0, text)])) == [(1.0, text)]
