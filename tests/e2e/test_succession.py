"""A commit that is older than the one that an environment runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.commits import commit
from tests.e2e.conftest import Result
from tests.e2e.releases import ENV, report_of, serves

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Call = Callable[..., Result]


class TestOlderCommit:
    def test_is_refused_unless_somebody_says_why(self, call: Call, checkout: Path) -> None:
        """The newer one serves until then, and the reason is in the report."""
        images = []
        for each in ("older", "newer"):
            commit(checkout, each)
            published = call("publish", cwd=checkout)
            assert published.code == 0, published.error
            images.append(published.stdout.strip())
        older, newer = images
        to_env = ("deploy", "--env", ENV, "--image")
        deployed = call(*to_env, newer, cwd=checkout)
        assert deployed.code == 0, deployed.error

        refused = call(*to_env, older, cwd=checkout)

        assert refused.code != 0
        assert f"{ENV} runs commit " in refused.error and " is older: " in refused.error
        assert "Nothing was changed." in refused.error
        serves(newer)

        allowed = call(*to_env, older, "--allow-older", "a trial", cwd=checkout)

        assert allowed.code == 0, allowed.error
        serves(older)
        [said] = [each for each in report_of()["checks"] if each.startswith("Order: ")]
        assert said.endswith("allowed: a trial")
