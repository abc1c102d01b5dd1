"""Routes that cost what they use."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[], Awaitable[Response]]


class LeanRoute(APIRoute):
    """A route that calls an endpoint directly which needs nothing of a request.

    FastAPI looks for an endpoint's dependencies in each request and keeps two exit stacks for
    them. An endpoint without parameters that makes its own response has no use for either. Every
    other endpoint is served as FastAPI does, and all are described in the same way.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if needs_no_request(endpoint) and not self.dependencies and self.max_body_size is None:
            self.app = answer_of(endpoint)


def needs_no_request(endpoint: Callable[..., Any]) -> bool:
    """Whether it is a coroutine function without parameters that says it gives a Response."""
    if not inspect.iscoroutinefunction(endpoint):
        return False
    signature = inspect.signature(endpoint, eval_str=True)
    gives = signature.return_annotation
    return not signature.parameters and isinstance(gives, type) and issubclass(gives, Response)


def answer_of(endpoint: Endpoint) -> ASGIApp:
    """An ASGI application that sends what the endpoint gives."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint()
        await response(scope, receive, send)

    return answer
