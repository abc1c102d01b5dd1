"""Kubeconfigs that can be used from a container, and those that cannot."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from ci.errors import KubeconfigError
from ci.kubeconfig import parse
from tests.certificates import certificate

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)


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


def test_token() -> None:
    """Context and server are found."""
    found = parse(kubeconfig(), NOW)
    assert (found.context, found.server) == ("here", "https://10.0.0.1:6443")
    assert not found.loopback


def test_certificate_that_is_still_good() -> None:
    """It is taken up to its last second."""
    parse(kubeconfig(user={"client-certificate-data": certificate(NOW)}), NOW)


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
        (kubeconfig(cluster={"certificate-authority": "/ca.crt"}), "points to files"),
        (kubeconfig(user={"client-key": "/ci.key"}), "points to files"),
        (kubeconfig(user={"exec": {"command": "aws"}}), "from a program"),
        (kubeconfig(user={"client-certificate-data": "?"}), "cannot be read"),
        (kubeconfig(user={"client-certificate-data": "c2VjcmV0"}), "cannot be read"),
        (
            kubeconfig(user={"client-certificate-data": certificate(NOW - timedelta(minutes=1))}),
            "expired on 2026-05-09 11:59 UTC",
        ),
    ],
)
def test_kubeconfig_that_cannot_be_used(text: str, said: str) -> None:
    """One sentence says why, and repeats no secret."""
    with pytest.raises(KubeconfigError, match=said) as raised:
        parse(text, NOW)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)
