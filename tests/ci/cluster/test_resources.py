"""Resources of any kind, at an API server that answers over HTTP."""

from typing import Any

import anyio
import pytest

from ci.cluster.resources import Resources
from ci.run.errors import Busy, NothingChanged, NotServed, UnknownKind
from tests.ci.api_server import Answer, serving
from tests.ci.cluster.test_api import api, quick

Object = dict[str, Any]
DEPLOYMENT: Object = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
WIDGET: Object = {"apiVersion": "a.example/v1", "kind": "Widget", "metadata": {"name": "w"}}
SECRET: Object = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s"},
    "stringData": {"key": "not-to-be-shown"},
}
ALL = "?dryRun=All&fieldManager=ci&fieldValidation=Strict&force=true"
__all__ = ["quick"]


def asked(what: str, wanted: Object, *answers: Answer) -> tuple[Any, list[tuple[str, str]]]:
    """What is answered of a resource, and what was asked for that."""
    with serving(*answers) as server:
        resources = Resources(api(f"http://127.0.0.1:{server.port}"))
        found = anyio.run(getattr(resources, what), "stage", wanted)
        return found, [(method, target) for method, target, _ in server.seen]


def test_one_that_is_there() -> None:
    """It is given as it is."""
    found, seen = asked("live", DEPLOYMENT, (200, {}, {"spec": 1}))
    assert found == {"spec": 1}
    assert seen == [("GET", "/apis/apps/v1/namespaces/stage/deployments/web")]


def test_one_that_is_not_there() -> None:
    """It is told from one whose kind nobody serves."""
    assert asked("live", SECRET, (404, {}, {"message": "not found"}))[0] is None


def test_kind_that_is_not_known_here() -> None:
    """The API server is asked how it calls it."""
    listed = {"resources": [{"kind": "Widget", "name": "widgets"}]}
    _, seen = asked("live", WIDGET, (200, {}, listed), (200, {}, {}))
    assert [target for _, target in seen] == [
        "/apis/a.example/v1",
        "/apis/a.example/v1/namespaces/stage/widgets/w",
    ]


@pytest.mark.parametrize("answer", [(404, {}, {}), (200, {}, {"resources": []})])
def test_kind_that_is_not_served(answer: Answer) -> None:
    """Nobody knows whether it is there, and it cannot be made."""
    with pytest.raises(UnknownKind, match="serves no Widget of a.example/v1"):
        asked("live", WIDGET, answer)
    with pytest.raises(NotServed, match="to stage: it serves no Widget .*; nothing was changed"):
        asked("would_be", WIDGET, answer)


def test_version_that_is_not_served() -> None:
    """Its kind may be there all the same, as another version."""
    old = DEPLOYMENT | {"apiVersion": "apps/v1beta1"}
    answer: Answer = (404, {}, {"message": "the server could not find the requested resource"})
    with pytest.raises(UnknownKind, match="serves no Deployment of apps/v1beta1"):
        asked("live", old, answer)
    with pytest.raises(NotServed, match="to stage: it serves no Deployment of apps/v1beta1"):
        asked("would_be", old, answer)


def test_dry_run() -> None:
    """It is a server-side apply that changes nothing."""
    found, seen = asked("would_be", DEPLOYMENT, (200, {}, {"spec": 2}))
    assert found == {"spec": 2}
    assert seen == [("PATCH", f"/apis/apps/v1/namespaces/stage/deployments/web{ALL}")]


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_dry_run_that_is_refused(status: int) -> None:
    """The reason is there for itself, and has no value of a Secret."""
    message = 'Secret "s" is invalid: data[key]: "not-to-be-shown" is too short'
    with pytest.raises(NothingChanged) as raised:
        asked("would_be", SECRET, (status, {}, {"message": message}))
    assert raised.value.reason == 'data[key]: "***" is too short'
    assert str(raised.value) == (
        f"The cluster refuses the release to stage: {raised.value.reason}; nothing was changed."
    )


def test_dry_run_of_a_server_that_is_busy() -> None:
    """That is no refusal."""
    with pytest.raises(Busy):
        asked("would_be", DEPLOYMENT, (429, {"Retry-After": "3600"}, "Busy."))
