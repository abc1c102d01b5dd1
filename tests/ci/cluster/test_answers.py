"""What an answer of the API server means, and what it means that there is none."""

import json
from datetime import UTC, datetime

import pytest

from ci.cluster.api.answers import refusal, retry_after, silence
from ci.cluster.kubeconfig import Kubeconfig
from ci.run.errors import Busy, ClusterError, Conflict, NotFound, Refused, UnknownKind, Unreachable

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)


def config(server: str = "https://10.0.0.1:6443", **cluster: str) -> Kubeconfig:
    """A kubeconfig as it was read."""
    return Kubeconfig({"clusters": [{"cluster": {"server": server, **cluster}}]}, "here", server)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ClusterError),
        (401, Refused),
        (403, Refused),
        (404, NotFound),
        (409, Conflict),
        (422, ClusterError),
        (429, Busy),
        (500, Busy),
        (502, Busy),
        (503, Busy),
        (504, Busy),
    ],
)
def test_answer_other_than_yes(status: int, kind: type[ClusterError]) -> None:
    """Its kind says whether to ask again helps; the sentence has what the server says."""
    body = '{"kind": "Status", "message": "it is\\nso."}'
    found = refusal(config(), status, body, {"Retry-After": "7"}, NOW)
    assert type(found) is kind
    assert "https://10.0.0.1:6443" in found.sentence
    assert status == 401 or "it is so" in found.sentence
    assert getattr(found, "after", 7) == 7


@pytest.mark.parametrize(
    "said",
    [
        "failed to create typed patch object (dev/x; /v1, Kind=Service): .spec.prots: no field",
        "failed to convert new object (dev/x; /v1, Kind=Secret) to proper version: illegal base64",
    ],
)
def test_what_is_no_object_of_its_kind(said: str) -> None:
    """An apply of it is answered 500, and would be again."""
    assert type(refusal(config(), 500, json.dumps({"message": said}), {}, NOW)) is ClusterError


def test_version_that_is_not_served() -> None:
    """That is not that the object does not exist."""
    body = json.dumps({"message": "the server could not find the requested resource"})
    assert type(refusal(config(), 404, body, {}, NOW)) is UnknownKind


CAUSES = [
    {"field": "spec.selector", "message": "Invalid value: {}: field is immutable"},
    {"field": "spec", "message": "Forbidden: spec is immutable\n  core.Spec{"},
    {"field": "spec", "message": "Forbidden: spec is immutable"},
]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"message": "it is\nso."}, ("it is so",)),
        ({"message": "no", "details": {"name": "d"}}, ("no",)),
        ({"message": "no", "details": {"causes": [{"message": ""}]}}, ("no",)),
        (
            {"message": "no", "details": {"causes": CAUSES}},
            (
                "spec.selector: Invalid value: {}: field is immutable",
                "spec: Forbidden: spec is immutable",
            ),
        ),
    ],
)
def test_fields_that_are_wrong(status: object, said: tuple[str, ...]) -> None:
    """Each is told of once, in a line, and otherwise there is the message."""
    assert refusal(config(), 422, json.dumps(status), {}, NOW).answer == said


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        (" 30 ", 30),
        ("0", 0),
        ("Sat, 09 May 2026 12:00:09 GMT", 9),
        ("Sat, 09 May 2026 11:00:00 GMT", 0),
        ("-1", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(value: str, seconds: float) -> None:
    """It says seconds or a date, or nothing that can be read."""
    assert retry_after({"Retry-After": value}, NOW) == seconds


def test_server_that_does_not_say_how_long() -> None:
    """Then it is up to us."""
    assert retry_after({}, NOW) == 0


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ("NewConnectionError: connection refused", Unreachable, "is it up, and can the engine's"),
        ("certificate verify failed: unable to get local issuer", ClusterError, "the authority"),
        ("verify failed: self-signed certificate in certificate chain", ClusterError, "authority"),
        ("Hostname mismatch, certificate is not valid for 'a'", ClusterError, "for that address"),
        ("IP address mismatch, certificate is not valid", ClusterError, "for that address"),
        ("verify failed: certificate has expired", ClusterError, "correct the clock"),
        ("verify failed: certificate is not yet valid", ClusterError, "correct the clock"),
        ("tlsv13 alert certificate required", ClusterError, "does not take the client certificate"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", ClusterError, "does not speak TLS"),
    ],
)
def test_no_answer(message: str, kind: type[ClusterError], said: str) -> None:
    """What a correction of the kubeconfig is for is told apart from what passes by itself."""
    found = silence(config(), message)
    assert type(found) is kind
    assert said in found.sentence
    assert found.evidence == message


def test_name_that_the_kubeconfig_gives_the_server() -> None:
    """It is what the certificate is held against, so it is named."""
    found = silence(config(**{"tls-server-name": "a.example"}), "Hostname mismatch, certificate")
    assert "not one for the tls-server-name a.example" in found.sentence


def test_server_on_this_machine() -> None:
    """The address means something else in a container."""
    assert "that address is their own" in silence(config("https://127.0.0.1:1"), "refused").sentence


def test_proxy_on_the_way() -> None:
    """It is named, without its login."""
    found = silence(config(**{"proxy-url": "http://user:secret@10.0.0.9:3128"}), "ProxyError: no")
    assert "The proxy at 10.0.0.9:3128" in found.sentence
    assert "secret" not in str(found)
