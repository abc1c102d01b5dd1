"""Kubeconfigs that can be used from a container, and those that cannot."""

import base64
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization

from ci.cluster.kubeconfig import Kubeconfig, parse
from ci.run.errors import KubeconfigError
from tests.certificates import certificate, embedded, pair

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)
GOOD = pair(NOW)
KEY = base64.b64decode(GOOD["client-key-data"])


def kubeconfig(
    server: str = "https://10.0.0.1:6443",
    cluster: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
    context: str = "here",
    **changes: Any,
) -> str:
    """A kubeconfig with one context, changed where a test says so."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "contexts": [{"name": "here", "context": {"cluster": "one", "user": "ci"}}],
            "clusters": [{"name": "one", "cluster": {"server": server, **(cluster or {})}}],
            "users": [{"name": "ci", "user": {"token": "secret"} if user is None else user}],
        }
        | changes
    )


def user(found: Kubeconfig) -> dict[str, Any]:
    """The credentials that clients get."""
    credentials: dict[str, Any] = found.content["users"][0]["user"]
    return credentials


def with_password(key: bytes) -> str:
    """A private key that nobody can read without its password."""
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(b"password")
    return embedded(
        serialization.load_pem_private_key(key, None).private_bytes(pem, form, locked),
    )


def test_token() -> None:
    """Context and server are found."""
    found = parse(kubeconfig(), NOW)
    assert (found.context, found.server) == ("here", "https://10.0.0.1:6443")
    assert not found.loopback


def test_certificate_that_is_still_good() -> None:
    """It is taken up to its last second, with its key."""
    assert user(parse(kubeconfig(user=GOOD), NOW)) == GOOD


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"token": "secret\n"}, {"token": "secret"}),
        ({"token": " \tsecret\r\n"}, {"token": "secret"}),
        ({"token": "secret", "client-key-data": ""}, {"token": "secret"}),
        ({**GOOD, "token": "\n"}, GOOD),
        ({key: f"{value[:64]}\n  {value[64:]}\n" for key, value in GOOD.items()}, GOOD),
        ({**GOOD, "username": "", "as": None}, GOOD),
    ],
    ids=["newline", "white space", "empty key", "empty token", "folded base64", "empty fields"],
)
def test_white_space_and_what_is_empty(given: dict[str, Any], taken: dict[str, Any]) -> None:
    """It is of no credential, and no client gets to see it."""
    assert user(parse(kubeconfig(user=given), NOW)) == taken


def test_way_to_the_server() -> None:
    """What says how it is reached is the same to every client."""
    way = {
        "certificate-authority-data": certificate(NOW),
        "tls-server-name": "kubernetes.default",
        "proxy-url": "http://user:password@10.0.0.9:3128",
        "disable-compression": True,
    }
    found = parse(kubeconfig(cluster=way), NOW)
    assert found.cluster == {"server": found.server, **way}


def test_what_clients_get() -> None:
    """One context, without others, their credentials and a namespace of its own."""
    contexts = [
        {"name": "there", "context": {"cluster": "two", "user": "root"}},
        {"name": "here", "context": {"cluster": "one", "user": "ci", "namespace": "prod"}},
    ]
    users = [
        {"name": "root", "user": {"token": "of-somebody-else"}},
        {"name": "ci", "user": {"token": "secret"}},
    ]
    text = parse(kubeconfig(contexts=contexts, users=users), NOW).text
    assert yaml.safe_load(text) == {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
        "clusters": [{"name": "here", "cluster": {"server": "https://10.0.0.1:6443"}}],
        "users": [{"name": "here", "user": {"token": "secret"}}],
    }


def test_server_without_tls() -> None:
    """A proxy of one's own may know us without credentials."""
    assert user(parse(kubeconfig("http://10.0.0.1:8001", user={}), NOW)) == {}


@pytest.mark.parametrize(
    "server", ["https://127.0.0.1:6443", "https://localhost:6443", "https://[::1]:6443"]
)
def test_server_on_this_machine(server: str) -> None:
    """It is recognised, for the hint that it means something else in a container."""
    assert parse(kubeconfig(server), NOW).loopback


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("\t", "is not YAML"),
        ("a: *secret", "is not YAML"),
        ("a: 2026-13-45", "is not YAML"),
        (f"{kubeconfig()}---\n{kubeconfig()}", "several documents"),
        ("", "is not a kubeconfig"),
        ("just words", "is not a kubeconfig"),
        ("kind: Pod", "is not a kubeconfig"),
        (kubeconfig(context=""), "no current context"),
        (kubeconfig(context="there"), "names context 'there'"),
        (kubeconfig(contexts=None), "names context 'here'"),
        (kubeconfig(clusters=[]), "names cluster 'one'"),
        (kubeconfig(clusters=["one"]), "names cluster 'one'"),
        (kubeconfig(users=[]), "names user 'ci'"),
        (kubeconfig(server=""), "names no server"),
        (kubeconfig(server="10.0.0.1:6443"), "no address such as"),
        (kubeconfig(server="https://10.0.0.1:port"), "no address such as"),
        (kubeconfig(server="https://user:secret@10.0.0.1"), "no address such as"),
        (kubeconfig(server="https://10.0.0.1?token=secret"), "no address such as"),
        (kubeconfig(cluster={"certificate-authority": "/ca.crt"}), "points to files"),
        (kubeconfig(user={"client-key": "/ci.key"}), "points to files"),
        (kubeconfig(user={"exec": {"command": "aws"}}), "from a program"),
    ],
)
def test_kubeconfig_that_cannot_be_used(text: str, said: str) -> None:
    """One sentence says why, and repeats no secret."""
    refused(text, said)


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        ({"certificate-authority-data": "secret!"}, "is not base64"),
        ({"certificate-authority-data": embedded(b"secret")}, "hold a certificate as PEM"),
        (
            {"certificate-authority-data": certificate(NOW), "insecure-skip-tls-verify": True},
            "leave out the second",
        ),
        ({"insecure-skip-tls-verify": "yes, secret"}, "neither true nor false"),
        ({"tls-server-name": "a secret\nb"}, "no name of a host"),
        ({"proxy-url": "socks5://secret@10.0.0.1:1080"}, "proxy-url that is no address"),
        ({"proxy-url": "http://secret@10.0.0.1:port"}, "proxy-url that is no address"),
        ({"proxy-url": "10.0.0.1:3128"}, "proxy-url that is no address"),
    ],
)
def test_way_to_the_server_that_no_client_can_go(cluster: dict[str, Any], said: str) -> None:
    """It is told of by its name, before anybody is asked anything."""
    refused(kubeconfig(cluster=cluster), said)


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"token": "sec ret"}, "characters that no token has"),
        ({"token": "secret\nsecret"}, "characters that no token has"),
        ({"token": "secret\x00"}, "characters that no token has"),
        ({"token": "secrét"}, "characters that no token has"),
        ({"token": 4711}, "no text: put it in quotes"),
        ({}, "has no credentials"),
        ({"token": " \n"}, "has no credentials"),
        ({"username": "ci", "password": "secret"}, "a username and a password"),
        ({"token": "secret", "as": "admin"}, r"impersonates somebody \(as\)"),
        ({"token": "secret", "as-groups": ["a"], "as-uid": "1"}, "as-uid, as-groups"),
        ({"token": "secret", "as-user-extra": {"a": ["b"]}}, "as-user-extra"),
        ({"client-certificate-data": "?"}, "client-certificate-data that cannot be used"),
        ({"client-certificate-data": embedded(b"secret")}, "hold a certificate as PEM"),
        ({**GOOD, "client-certificate-data": embedded(KEY)}, "hold a certificate as PEM"),
        ({"client-certificate-data": certificate(NOW)}, "client-key-data is missing"),
        ({"client-key-data": GOOD["client-key-data"]}, "client-certificate-data is missing"),
        (
            {"client-certificate-data": certificate(NOW - timedelta(minutes=1))},
            "expired on 2026-05-09 11:59 UTC",
        ),
        ({**GOOD, "client-key-data": KEY.decode()}, "is PEM as it is"),
        ({**GOOD, "client-key-data": GOOD["client-key-data"][:-3]}, "not base64, or cut short"),
        ({**GOOD, "client-key-data": GOOD["client-key-data"][:80]}, "hold a private key as PEM"),
        ({**GOOD, "client-key-data": embedded(b"secret")}, "hold a private key as PEM"),
        ({**GOOD, "client-key-data": with_password(KEY)}, "has a password"),
        ({**GOOD, "client-key-data": 4711}, "is no text"),
        ({**GOOD, "client-key-data": pair(NOW)["client-key-data"]}, "is not the key of its"),
    ],
)
def test_credentials_that_cannot_be_used(credentials: dict[str, Any], said: str) -> None:
    """They are read before they are used, and told of by the name of what is wrong with them."""
    refused(kubeconfig(user=credentials), said)


def refused(text: str, said: str) -> None:
    """One line has these words, and nothing of a credential."""
    with pytest.raises(KubeconfigError, match=said) as raised:
        parse(text, NOW)
    told = "".join(traceback.format_exception(raised.value, chain=False)[-1:])
    assert raised.value.__cause__ is None
    assert "\n" not in str(raised.value)
    assert not [each for each in ("secr", *KEY.decode().splitlines()[1:-1]) if each in told]
