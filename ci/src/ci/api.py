"""Calls the API server in this process, and says in a sentence why it does not do as asked."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio.to_thread

from ci.errors import ClusterError, Conflict, NotFound, Refused, Unreachable
from ci.kubeconfig import Kubeconfig

CONNECT_SECONDS, ANSWER_SECONDS = 5, 15
_TRY_AGAIN = {429, 500, 502, 503, 504}


class Api:
    """The API server and the credentials that a kubeconfig names."""

    def __init__(self, config: Kubeconfig) -> None:
        self._config = config
        self._client: Any = None

    async def call(self, api: str, method: str, *args: object, **options: object) -> Any:
        """What a method of one of the client's APIs answers, as JSON."""
        return json.loads(await self.read(api, method, *args, **options))

    async def read(self, api: str, method: str, *args: object, **options: object) -> str:
        """The same as text."""
        request = partial(self._request, api, method, args, options)
        return await anyio.to_thread.run_sync(request, abandon_on_cancel=True)

    def _request(self, api: str, method: str, args: Any, options: Any) -> str:
        import urllib3
        from kubernetes import client

        call: Callable[..., Any] = getattr(getattr(client, api)(self._connection()), method)
        try:
            answer = call(
                *args,
                **options,
                _preload_content=False,
                _request_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            )
            return str(answer.data, "utf-8", "replace")
        except client.ApiException as error:
            if not error.status:  # Nobody answered: the connection was not trusted.
                raise self._silence(str(error.reason)) from None
            raise self._refusal(error.status, _message(error.body)) from None
        except urllib3.exceptions.HTTPError as error:
            raise self._silence(str(error)) from None

    def _connection(self) -> Any:
        """The client, made once: importing it and reading its certificates takes a while."""
        if self._client is None:
            from kubernetes import client
            from kubernetes.config import load_kube_config_from_dict

            settings = client.Configuration()
            load_kube_config_from_dict(  # type: ignore[no-untyped-call]
                self._config.content, client_configuration=settings, persist_config=False
            )
            settings.retries = False
            self._client = client.ApiClient(settings)
        return self._client

    def _refusal(self, status: int, message: str) -> ClusterError:
        server = self._config.server
        if status == 401:
            return Refused(
                f"The cluster at {server} does not know the credentials of the kubeconfig's "
                f"context {self._config.context}: they may have expired or been revoked."
            )
        if status == 403:
            return Refused(f"The cluster at {server} refuses: {message}.")
        if status == 404:
            return NotFound(f"The cluster at {server} does not have it: {message}.")
        if status == 409:
            return Conflict(f"The cluster at {server} has another one: {message}.")
        kind = Unreachable if status in _TRY_AGAIN else ClusterError
        return kind(f"The cluster at {server} answers {status}: {message}.")

    def _silence(self, message: str) -> Unreachable:
        server = self._config.server
        if "certificate" in message.lower():
            return Unreachable(
                f"The cluster at {server} does not prove who it is: its certificate is not signed "
                "by the authority that the kubeconfig names.",
                message,
            )
        hint = (
            "in the engine's containers that address is their own, so name one they can reach."
            if self._config.loopback
            else "is it up, and can the engine's containers reach that address?"
        )
        return Unreachable(f"The cluster at {server} does not answer: {hint}", message)


def _message(body: object) -> str:
    """The message of a Kubernetes Status, or the body as it is."""
    try:
        text = str(json.loads(str(body))["message"])
    except (KeyError, TypeError, ValueError):
        text = str(body)
    return " ".join(text.split()).rstrip(".") or "no reason given"
