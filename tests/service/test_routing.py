"""Which endpoints are called directly, and that all others are served as FastAPI does."""

from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute

from app.routing import needs_no_request

pytestmark = pytest.mark.anyio


async def plain() -> JSONResponse:
    return JSONResponse("plain")


async def with_parameter(number: int) -> Response:
    return PlainTextResponse(str(number))


async def with_a_value() -> str:
    return "value"


async def without_annotation():  # type: ignore[no-untyped-def]
    return "value"


def in_a_thread() -> Response:
    return Response()


def test_coroutine_that_takes_nothing_and_gives_a_response_needs_no_request() -> None:
    """Whichever class of Response it names."""
    assert needs_no_request(plain)


@pytest.mark.parametrize(
    "endpoint", [with_parameter, with_a_value, without_annotation, in_a_thread]
)
def test_any_other_endpoint_needs_fastapi(endpoint: APIRoute) -> None:
    """For parameters, for encoding what it gives, or for a thread to run in."""
    assert not needs_no_request(endpoint)


def test_the_services_own_endpoints_are_called_directly(service: FastAPI) -> None:
    """Nothing that FastAPI does for each request is left on the way to any of them."""
    own = [route for route in service.routes if isinstance(route, APIRoute)]

    assert len(own) == 5
    assert all(needs_no_request(route.endpoint) for route in own)


async def test_endpoints_that_need_fastapi_have_it(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """Parameters are parsed and validated, values encoded, threads used."""
    service.get("/numbers/{number}")(with_parameter)
    service.get("/value")(with_a_value)
    service.get("/thread")(in_a_thread)

    assert (await client.get("/numbers/7")).text == "7"
    assert (await client.get("/numbers/seven")).status_code == 422
    assert (await client.get("/value")).json() == "value"
    assert (await client.get("/thread")).status_code == 200


async def test_dependencies_of_a_route_are_heeded(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """An endpoint without parameters whose route has a dependency is not called past it."""

    async def refuse() -> None:
        raise HTTPException(403)

    service.get("/guarded", dependencies=[Depends(refuse)])(plain)

    assert (await client.get("/guarded")).status_code == 403


async def test_dependency_in_the_signature_is_solved(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """It is a parameter like any other."""

    async def name() -> str:
        return "solved"

    @service.get("/named")
    async def named(name: Annotated[str, Depends(name)]) -> Response:
        return PlainTextResponse(name)

    assert (await client.get("/named")).text == "solved"


async def test_http_exception_of_a_direct_endpoint_is_its_answer(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """FastAPI's handlers of exceptions hold for it, too."""

    @service.get("/teapot")
    async def teapot() -> Response:
        raise HTTPException(418, "short and stout")

    response = await client.get("/teapot")

    assert response.status_code == 418
    assert response.json() == {"detail": "short and stout"}


async def test_wrong_method_is_refused(client: httpx.AsyncClient) -> None:
    """With the ones that are allowed."""
    response = await client.post("/")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
