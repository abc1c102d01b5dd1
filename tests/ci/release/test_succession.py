"""Which commit may take the place of which."""

from typing import cast

import anyio
import pytest
from dagger import Directory

from ci.cluster.client import Cluster
from ci.registry.candidate import Candidate
from ci.release.succession import Succession, succeed
from ci.run.errors import NotFound, NothingChanged
from ci.source.ancestry import Order
from tests.ci.objects import IMAGE, deployment
from tests.ci.sample import STAGE
from tests.ci.shown import THERE, Namespace

RUNS, COMES = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("order", "reason", "said"),
    [
        (Order.SAME, "", ""),
        (Order.NEWER, "", ""),
        (Order.NEWER, "a reason nobody needs", ""),
        (
            Order.APART,
            "",
            "Order: aaaaaaaaaaaa, which it replaces, is on another branch than bbbbbbbbbbbb.",
        ),
        (
            Order.UNKNOWN,
            "",
            "Order: the history at hand does not say whether bbbbbbbbbbbb is older than "
            "aaaaaaaaaaaa, which it replaces.",
        ),
        (
            Order.OLDER,
            " INC-7 ",
            "Order: older than aaaaaaaaaaaa, which it replaces; allowed: INC-7",
        ),
    ],
)
def test_commit_that_may(order: Order, reason: str, said: str) -> None:
    """A newer one goes without saying; what is not known, or only allowed, is in the report."""
    assert succeed(order, STAGE, RUNS, COMES, reason) == said


@pytest.mark.parametrize("reason", ["", "  "])
def test_older_commit_without_a_reason(reason: str) -> None:
    """It is refused, and the sentence names both commits and each way on."""
    with pytest.raises(NothingChanged) as refused:
        succeed(Order.OLDER, STAGE, RUNS, COMES, reason)

    said = refused.value.sentence
    assert said.startswith("stage runs commit aaaaaaaaaaaa, and bbbbbbbbbbbb is older: ")
    assert "`rollback`" in said and "--allow-older" in said
    assert said.endswith("Nothing was changed.")


class TestEnvironment:
    def admitted(
        self, monkeypatch: pytest.MonkeyPatch, namespace: Namespace, order: Order
    ) -> tuple[Candidate, list[tuple[str, str]]]:
        """The candidate as it was let in twice, and the pairs of which the history was read."""
        asked: list[tuple[str, str]] = []

        async def read(_: Directory, __: Directory | None, runs: str, comes: str) -> Order:
            asked.append((runs, comes))
            return order

        monkeypatch.setattr("ci.source.ancestry.order", read)
        succession = Succession(cast(Directory, None), None, "")

        async def twice() -> Candidate:
            cluster = cast(Cluster, namespace)
            await succession.admits(cluster, STAGE, COMES)
            return await succession.admitted(cluster, STAGE, Candidate(IMAGE, COMES, ("Lint.",)))

        return anyio.run(twice), asked

    def test_that_runs_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It takes anything, and no history is read."""
        candidate, asked = self.admitted(
            monkeypatch, Namespace(NotFound("There is none.")), Order.OLDER
        )
        assert candidate.checks == ("Lint.",)
        assert asked == []

    def test_that_runs_something(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The history is read once, however often it is asked; what it says is in the report."""
        namespace = Namespace(THERE).keep(deployment(), of=STAGE)
        namespace.kubectl.objects["stage-web"] = deployment()
        candidate, asked = self.admitted(monkeypatch, namespace, Order.APART)
        assert asked == [("abc", COMES)]
        assert [each.partition(":")[0] for each in candidate.checks] == ["Lint.", "Order"]
