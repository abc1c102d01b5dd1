"""What clients of registries print, and what it means."""

import pytest

from ci.registry.denials import LONGEST, is_immutable, may_pass, reason, refusal, wait_seconds

NAME = "r.io:5030/a/b"
DIGEST = "sha256:" + "50" * 32
UPLOAD = "https://r.io:5030/v2/a/b/blobs/uploads/4711"

# What is printed, whether it may pass, and the part of the sentence that says what it means.
CASES = [
    ("dial tcp 10.0.0.1:5000: connect: connection refused", True, "does not answer"),
    ("dial tcp 10.0.0.1:5000: i/o timeout", True, "does not answer"),
    ("net/http: TLS handshake timeout", True, "does not answer"),
    (f'Head "{UPLOAD}": context deadline exceeded', True, "does not answer"),
    ("dial tcp 10.0.0.1:5000: connect: no route to host", True, "does not answer"),
    ("lookup regsitry.example: no such host", False, "not known by that name"),
    ("lookup r.io: Temporary failure in name resolution", True, "not known by that name"),
    ("lookup r.io on 10.0.0.1:53: server misbehaving", True, "not known by that name"),
    ("tls: failed to verify certificate: x509: unknown authority", False, "prove who it is"),
    ("http: server gave HTTP response to HTTPS client", False, "prove who it is"),
    ("tls: first record does not look like a TLS handshake", False, "prove who it is"),
    ("unexpected status: 401 Unauthorized", False, "refuses the login"),
    ("failed to authorize: 403 Forbidden", False, "does not let this login push to"),
    ("denied: permission_denied: write_package", False, "does not let this login push to"),
    ("unexpected status: 405 Method Not Allowed", False, "takes no push"),
    ("unexpected status: 429 Too Many Requests", True, "too many requests"),
    ("toomanyrequests: You have reached your pull rate limit.", True, "too many requests"),
    (f"{NAME}@{DIGEST}: not found", False, "does not have"),
    (
        "unexpected status from HEAD request to https://r.io: 500 Internal Server Error",
        True,
        "fails",
    ),
    ("unexpected status from PUT request to https://r.io/v2/: 502 Bad Gateway", True, "fails"),
    ("unexpected status: 503 Service Unavailable", True, "fails at its own end"),
    ("failed to fetch oauth token: unexpected status: 504 Gateway Timeout", True, "fails at its"),
    (
        'Error: HEAD "https://r.io/v2/": response status code 503: Service Unavailable',
        True,
        "fails",
    ),
    ("short read: expected 1234 bytes but got 0: unexpected EOF", True, "breaks connections off"),
    (f'failed to do request: Patch "{UPLOAD}?_state=x%3D": EOF', True, "breaks connections off"),
    (
        "write tcp 10.0.0.2:1->10.0.0.1:2: write: connection reset by peer",
        True,
        "breaks connections",
    ),
    ("write: broken pipe", True, "breaks connections off"),
    ("http2: server sent GOAWAY and closed the connection", True, "breaks connections off"),
    ("tag invalid: The image tag 'x' already exists and cannot be overwritten", False, "not move"),
    ("configured as immutable, cannot be updated: 412 Precondition Failed", False, "does not move"),
    ("failed to push:\nsomething new.", False, f"did not take {NAME}: something new."),
    ("", False, f"did not take {NAME}: no reason is given."),
]


@pytest.mark.parametrize(("message", "passes", "said"), CASES)
def test_refusal(message: str, passes: bool, said: str) -> None:
    """Each way of refusing has its sentence, which names the registry."""
    sentence = refusal(NAME, message).sentence
    assert "r.io" in sentence
    assert said in sentence


@pytest.mark.parametrize(("message", "passes", "said"), CASES)
def test_what_may_pass(message: str, passes: bool, said: str) -> None:
    """Only what the registry or the way to it may mend by itself is worth another attempt."""
    assert may_pass(NAME, message) == passes


@pytest.mark.parametrize(
    "message",
    [
        f"something new of {NAME}:503@{DIGEST}",
        f"something new at https://example.com/502/504?429#{DIGEST}",
    ],
)
def test_digits_of_names(message: str) -> None:
    """A port, a digest or an address is no status."""
    assert not may_pass(f"{NAME}:503", message)


@pytest.mark.parametrize(
    "message",
    [
        "tag invalid: The image tag '1' already exists in the 'b' repository and cannot be "
        "overwritten because the repository is immutable.",
        "ImageTagAlreadyExistsException: nothing was pushed",
        "unexpected status from PUT request to https://r.io/v2/a/b/manifests/main: "
        "412 Precondition Failed",
        "denied: tag main is immutable",
        "unexpected status: 400 Bad Request: TAG_IMMUTABLE: main: tag is immutable",
        "Repository does not allow updating assets: docker",
        "403 Forbidden: Not enough permissions to overwrite artifact 'main/manifest.json'",
    ],
    ids=["ECR", "ECR's code", "Harbor", "GitLab", "a code", "Nexus", "Artifactory"],
)
def test_tag_that_does_not_move(message: str) -> None:
    """Each registry has words of its own for it."""
    assert is_immutable(NAME, message)


@pytest.mark.parametrize("message", ["unexpected status: 403 Forbidden", "denied: write_package"])
def test_push_that_is_forbidden(message: str) -> None:
    """Who may not push at all is not told of tags."""
    assert not is_immutable(NAME, message)


def test_reason_without_queries() -> None:
    """What an address asks for may be a secret, and says nothing to a reader."""
    said = reason(f'failed to do request: Patch "{UPLOAD}?_state=abc&token=4711#x": strange')
    assert said == f'failed to do request: Patch "{UPLOAD}": strange'


def test_reason_without_end() -> None:
    """A sentence stays one."""
    assert len(reason("x" * 600)) == LONGEST + 1


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("429 Too Many Requests: Retry-After: 7", 7),
        ("toomanyrequests: retry after 30s", 30),
        ("503 Service Unavailable", 0),
    ],
)
def test_wait(message: str, seconds: int) -> None:
    """A registry may say when to come again."""
    assert wait_seconds(message) == seconds
