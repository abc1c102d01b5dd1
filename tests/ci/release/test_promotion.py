"""What may move from one environment to another."""

from typing import cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.registry.candidate import Candidate
from ci.release import promotion
from ci.run.errors import InvalidInput
from tests.ci.objects import IMAGE, OLD_IMAGE, deployment
from tests.ci.records.test_history import releases
from tests.ci.sample import DEV, PROD, STAGE
from tests.ci.shown import THERE, Namespace, Unread

RUNS = "r.io/a@sha256:1"


def test_image_that_was_verified() -> None:
    """What runs is what was verified: it may go on."""
    assert promotion.promoted(releases("FD"), DEV, RUNS) == RUNS


def test_image_that_was_verified_before_another_was_refused() -> None:
    """What was refused changed nothing: it may go on as well."""
    assert promotion.promoted(releases("DRR"), DEV, RUNS) == RUNS


@pytest.mark.parametrize(
    ("states", "runs", "said"),
    [
        ("", RUNS, "dev has nothing to promote: it has no release"),
        ("DF", RUNS, r"its release 2 \(commit abc\) is failed"),
        ("DP", RUNS, "is pending"),
        ("D", "r.io/a@sha256:2", "dev runs r.io/a@sha256:2, and not r.io/a@sha256:1"),
    ],
)
def test_image_that_was_not_verified(states: str, runs: str, said: str) -> None:
    """It stays where it is."""
    with pytest.raises(InvalidInput, match=said):
        promotion.promoted(releases(states), DEV, runs)


def test_prod_takes_what_stage_runs() -> None:
    """Nothing has to be said of it."""
    assert promotion.admit(RUNS, PROD, STAGE, RUNS, "") == ""


@pytest.mark.parametrize(("force", "stage_runs"), [("", "other"), ("  ", "other"), ("", "nothing")])
def test_prod_takes_nothing_else(force: str, stage_runs: str) -> None:
    """What stage runs is named."""
    with pytest.raises(InvalidInput, match=f"stage runs, and that is {stage_runs}"):
        promotion.admit(RUNS, PROD, STAGE, stage_runs, force)


def test_prod_forced() -> None:
    """The reason is what the report says."""
    said = promotion.admit(RUNS, PROD, STAGE, "other", "stage is down, INC-7")
    assert said == "Not what stage runs; forced: stage is down, INC-7"


@pytest.mark.parametrize(("image", "checks"), [(IMAGE, 0), (OLD_IMAGE, 1)])
def test_candidate_for_prod(image: str, checks: int) -> None:
    """Stage is asked what it runs, and force is put on record."""
    cluster = cast(Cluster, Namespace(THERE).keep(deployment(), of=STAGE))
    found = anyio.run(promotion.admitted, cluster, PROD, STAGE, Candidate(image, "abc"), "a reason")
    assert len(found.checks) == checks


def test_stage_is_out_of_sight() -> None:
    """Credentials for prod alone need a reason."""
    cluster = cast(Cluster, Unread(THERE))
    image = Candidate(IMAGE, "abc")
    with pytest.raises(InvalidInput, match="not to be seen with this kubeconfig"):
        anyio.run(promotion.admitted, cluster, PROD, STAGE, image, "")
    assert anyio.run(promotion.admitted, cluster, PROD, STAGE, image, "a reason").checks


def test_candidate_for_another_environment() -> None:
    """Any image may go there; stage is not asked."""
    cluster = cast(Cluster, None)
    image = Candidate(IMAGE, "abc")
    assert anyio.run(promotion.admitted, cluster, DEV, None, image, "") is image
