"""Calls the API server in this process, and says in a sentence why it does not do as asked.

Of the client no more is used than what connects and sends: its classes for each API take longer to
import than most calls take.
"""

import json
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import anyio.to_thread

from ci.cluster.api import answers
from ci.cluster.api.requests import JSON, Request
from ci.cluster.kubeconfig import Kubeconfig
from ci.run.errors import ClusterError, Unreachable
from ci.run.patience import patiently

CONNECT_SECONDS, ANSWER_SECONDS = 5, 15
_SECONDS = (CONNECT_SECONDS, ANSWER_SECONDS)
CONNECTIONS = 8
"""As many as are kept, and so are asked at once."""


def prepare() -> None:
    """Begin to import the client, which takes a while, beside whatever is waited for meanwhile."""
    Thread(target=import_module, args=["kubernetes.client"], daemon=True).start()


class Api:
    """The API server and the credentials that a kubeconfig names.

    What is asked may be asked again: a change that had been made already is a Conflict, or none.
    """

    def __init__(self, config: Kubeconfig) -> None:
        self._config = config
        self._client: Any = None
        self._has_answered = False
        self._room = anyio.CapacityLimiter(CONNECTIONS)

    async def answer(self, request: Request) -> Any:
        """What is answered, as JSON, however long that takes."""
        return self._parsed(await patiently(partial(self.text, request)))

    async def once(self, request: Request) -> Any:
        """The same, for those who know better when to ask again."""
        return self._parsed(await self.text(request))

    async def text(self, request: Request) -> str:
        """What is answered once, as text."""
        ask = partial(self._text, request)
        return await anyio.to_thread.run_sync(ask, abandon_on_cancel=True, limiter=self._room)

    def _asked(self, request: Request) -> Any:
        from kubernetes import client

        connection = self._connection()
        asked = connection.param_serialize(
            request.method,
            request.path,
            query_params=list(request.query.items()),
            header_params={"Accept": JSON, "Content-Type": request.content_type},
            body=request.body,
            auth_settings=["BearerToken"],
        )
        answer = connection.call_api(*asked, _request_timeout=_SECONDS)
        answer.read()
        if not 200 <= answer.status < 300:
            raise client.ApiException(http_resp=answer)
        return answer

    def _text(self, request: Request) -> str:
        import urllib3
        from kubernetes import client

        try:
            text = str(self._asked(request).data, "utf-8", "replace")
        except client.ApiException as error:
            if not error.status:  # Nobody answered: the connection was not trusted.
                raise self._silence(str(error.reason)) from None
            self._has_answered = True
            now = datetime.now(UTC)
            raise answers.refusal(
                self._config, error.status, error.body, error.headers or {}, now
            ) from None
        except urllib3.exceptions.HTTPError as error:
            raise self._silence(f"{type(error).__name__}: {error}") from None
        self._has_answered = True
        return text

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            raise ClusterError(
                f"What answers at {self._config.server} is no API server: its answer is not JSON; "
                "correct the kubeconfig's server."
            ) from None

    def _silence(self, message: str) -> ClusterError:
        """Nobody answers; one who never did is more likely not to be there than away."""
        silence = answers.silence(self._config, message)
        if isinstance(silence, Unreachable):
            silence.waited_for = not self._has_answered
        return silence

    def _connection(self) -> Any:
        """The client, made once: importing it and reading its certificates takes a while."""
        if self._client is None:
            import urllib3
            from kubernetes import client
            from kubernetes.config import load_kube_config_from_dict

            settings = client.Configuration()
            load_kube_config_from_dict(  # type: ignore[no-untyped-call]
                self._config.content, client_configuration=settings, persist_config=False
            )
            settings.retries = False
            settings.connection_pool_maxsize = CONNECTIONS
            if proxy := self._config.cluster.get("proxy-url"):
                settings.no_proxy = ""  # What is said outright holds, as with kubectl.
                settings.proxy_headers = urllib3.make_headers(proxy_basic_auth=_login(proxy))
            if not settings.verify_ssl:
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            self._client = client.ApiClient(settings)
        return self._client


def _login(proxy: str) -> str | None:
    """User and password of a proxy's address, which its client takes apart from it."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return None
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}"
