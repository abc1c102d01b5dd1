"""The three environments, rendered."""

import pytest

from tests.manifests.rendering import NoKubectl, Overlay, render


@pytest.fixture(params=["dev", "stage", "prod"])
def overlay(request: pytest.FixtureRequest) -> Overlay:
    """Each environment in turn."""
    try:
        return render(request.param)
    except NoKubectl as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
