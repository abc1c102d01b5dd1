"""What is asked of an API server, over HTTP and TLS as they are."""

import base64
import socket
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml

from ci.cluster import kubeconfig
from ci.cluster.api.connection import CONNECTIONS, Api
from ci.cluster.api.requests import Request
from ci.run import patience
from ci.run.errors import Busy, ClusterError, Refused, Unreachable
from ci.run.together import gather
from tests.certificates import server_pair
from tests.ci.api_server import THERE, Answer, serving

NOW = datetime.now(UTC)
WHO = Request("/apis/authentication.k8s.io/v1/selfsubjectreviews", "POST", body={})
BUSY = 429, {"Retry-After": "1"}, "Too many requests, please try again later."
TOKEN = "not-to-be-shown"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short, but for those that the server asks for."""
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)


def api(server: str, **cluster: Any) -> Api:
    """The API of a kubeconfig that names this server."""
    content = {
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "one", "user": "ci"}}],
        "clusters": [{"name": "one", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "ci", "user": {"token": f"{TOKEN}\n"}}],
    }
    return Api(kubeconfig.parse(yaml.safe_dump(content), NOW))


def asked(of: Api, times: int = 1) -> Any:
    """What it answers in the end."""

    async def ask() -> Any:
        for _ in range(times - 1):
            await of.answer(WHO)
        return await of.answer(WHO)

    return anyio.run(ask)


def test_token() -> None:
    """It is sent without the line break at its end."""
    with serving() as server:
        answer = asked(api(f"http://127.0.0.1:{server.port}"))
    assert answer["status"]["userInfo"]["username"] == "me"
    assert server.seen[0][2]["authorization"] == f"Bearer {TOKEN}"


def page(*answers: Answer) -> tuple[str, tuple[str, str, dict[str, str]]]:
    """What a page is, and how it was asked for."""
    with serving(*answers) as server:
        of = api(f"http://127.0.0.1:{server.port}")
        text = anyio.run(of.text, Request("/proxy/stats", query={"filter": r"^a\.(b|c)$"}))
        return text, server.seen[-1]


def test_page() -> None:
    """It is asked for with its query and the token, and given as it is."""
    text, (method, target, headers) = page((200, {}, "# TYPE a counter\na 1\n"))
    assert text == "# TYPE a counter\na 1\n"
    assert (method, target) == ("GET", "/proxy/stats?filter=%5Ea%5C.%28b%7Cc%29%24")
    assert headers["authorization"] == f"Bearer {TOKEN}"


def test_page_that_is_refused() -> None:
    """It is the sentence that any other answer would be."""
    with pytest.raises(Refused, match="refuses: pods is forbidden"):
        page((403, {}, {"message": "pods is forbidden"}))


def test_much_that_is_asked_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """It goes through the connections that are kept, and nothing is logged of that."""

    async def ask(of: Api) -> None:
        await gather(*[partial(of.answer, WHO)] * 4 * CONNECTIONS)

    with serving() as server:
        anyio.run(ask, api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 4 * CONNECTIONS
    assert not caplog.records


def test_server_that_asks_to_come_again() -> None:
    """It is asked again as soon as it wants, and not before; also by the very first request."""
    with serving(BUSY, BUSY, THERE) as server:
        began = time.monotonic()
        asked(api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 3
    assert 2 <= time.monotonic() - began < 5


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_that_fails_for_a_moment(status: int) -> None:
    """It is asked again."""
    with serving((status, {}, {"message": "etcd changes its leader"}), THERE) as server:
        asked(api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 2


def test_server_that_wants_to_be_left_alone_for_longer_than_we_wait() -> None:
    """It is told at once what it answers."""
    with serving((429, {"Retry-After": "3600"}, "Busy.")) as server:
        with pytest.raises(Busy, match="has too many requests to take ours: Busy; try later"):
            asked(api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((403, {}, {"message": "no"}), Refused, "refuses: no."),
        ((401, {}, ""), Refused, "does not know the credentials"),
        ((422, {}, {"message": "no such field"}), ClusterError, "answers 422: no such field."),
        ((302, {"Location": "/login"}, ""), ClusterError, "answers 302"),
        ((200, {}, "<html>Log in</html>"), ClusterError, "is no API server"),
    ],
)
def test_server_that_will_not(answer: Answer, kind: type[ClusterError], said: str) -> None:
    """To ask again would not help."""
    with serving(answer) as server:
        with pytest.raises(kind, match=said):
            asked(api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 1


def test_address_where_nobody_is() -> None:
    """One that never answered is not waited for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        began = time.monotonic()
        with pytest.raises(Unreachable, match="does not answer"):
            asked(api(f"http://127.0.0.1:{free.getsockname()[1]}"))
    assert time.monotonic() - began < 2


def test_server_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has answered is waited for, as long as is allowed."""
    monkeypatch.setitem(patience.LIMIT_SECONDS, Unreachable, 0.2)
    with serving() as server:
        connected = api(f"http://127.0.0.1:{server.port}")
        asked(connected)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        asked(connected)
    assert time.monotonic() - began > 0.15


def test_client_that_knows_better_when_to_ask_again() -> None:
    """Whoever renews a Lease does so by its own clock."""

    async def once(of: Api) -> None:
        await of.once(WHO)

    with serving(BUSY, THERE) as server, pytest.raises(Busy):
        anyio.run(once, api(f"http://127.0.0.1:{server.port}"))
    assert len(server.seen) == 1


def test_proxy() -> None:
    """It is gone through, with its login, whatever the environment says."""
    with serving() as proxy:
        way = f"http://us%40er:pass@127.0.0.1:{proxy.port}"
        asked(api("http://cluster.example:6443", **{"proxy-url": way}))
    [(method, target, headers)] = proxy.seen
    assert (method, target.partition("/apis")[0]) == ("POST", "http://cluster.example:6443")
    assert base64.b64decode(headers["proxy-authorization"].split()[1]) == b"us@er:pass"


def test_proxy_that_lets_nobody_through() -> None:
    """It is what is told of, without its login."""
    with serving((403, {}, "")) as proxy:
        way = f"http://user:{TOKEN}@127.0.0.1:{proxy.port}"
        with pytest.raises(Unreachable) as raised:
            asked(api("https://cluster.example:6443", **{"proxy-url": way}))
    assert f"The proxy at 127.0.0.1:{proxy.port}" in str(raised.value)
    assert TOKEN not in str(raised.value)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for kubernetes.example, with its key."""
    file = tmp_path_factory.mktemp("keys") / "server.pem"
    file.write_bytes(server_pair("kubernetes.example", NOW + timedelta(days=1)))
    return file


class TestTls:
    @pytest.mark.parametrize(
        ("trusted", "name", "said"),
        [
            (True, "kubernetes.example", ""),
            (True, "other.example", "not one for the tls-server-name other.example"),
            (True, "", "not one for that address"),
            (False, "kubernetes.example", "not signed by the authority"),
        ],
        ids=["its own", "another", "none", "its own, by another authority"],
    )
    def test_name(self, keys: Path, trusted: bool, name: str, said: str) -> None:
        """The server has to prove that it has the name that the kubeconfig gives it."""
        pem = keys.read_bytes() if trusted else server_pair("kubernetes.example", NOW)
        authority = base64.b64encode(pem[pem.index(b"-----BEGIN CERT") :]).decode()
        way = {"certificate-authority-data": authority, "tls-server-name": name}
        with serving(keys=keys) as server:
            connected = api(f"https://127.0.0.1:{server.port}", **way)
            if not said:
                asked(connected, times=2)
                return
            with pytest.raises(ClusterError, match=said) as raised:
                asked(connected)
        assert not isinstance(raised.value, Unreachable)

    def test_not_asked_for(self, keys: Path) -> None:
        """Who wants no proof gets none, as from kubectl."""
        with serving(keys=keys) as server:
            way = {"insecure-skip-tls-verify": True}
            asked(api(f"https://127.0.0.1:{server.port}", **way))

    def test_where_there_is_none(self) -> None:
        """That the server speaks none is what is told."""
        with serving() as server:
            with pytest.raises(ClusterError, match="does not speak TLS"):
                asked(api(f"https://127.0.0.1:{server.port}"))

    def test_expired(self, tmp_path: Path) -> None:
        """That its certificate is over is told, and not that it is of another authority."""
        file = tmp_path / "server.pem"
        file.write_bytes(server_pair("127.0.0.1", NOW - timedelta(hours=1)))
        pem = file.read_bytes()
        authority = base64.b64encode(pem[pem.index(b"-----BEGIN CERT") :]).decode()
        with serving(keys=file) as server:
            way = {"certificate-authority-data": authority}
            with pytest.raises(ClusterError, match="not valid at this time"):
                asked(api(f"https://127.0.0.1:{server.port}", **way))
