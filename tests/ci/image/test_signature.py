"""Who signs, whose signature counts, and what is said of an image that lacks it."""

from typing import cast

import pytest
from dagger import File, Secret

from ci.image import signature
from ci.image.signature import GITHUB, Signer, Verifier
from ci.project.environments import Environment
from ci.run.errors import InvalidInput
from tests.ci.sample import DEV, PROD, STAGE

KEY, TOKEN, PUBLIC_KEY = cast(Secret, "key"), cast(Secret, "token"), cast(File, "public key")
WORKFLOW = "https://github.com/owner/name/.github/workflows/pipeline.yml@refs/heads/main"


@pytest.mark.parametrize(
    ("arguments", "signer"),
    [
        ((None, None, None, None), None),
        ((KEY, None, None, None), Signer(KEY)),
        ((KEY, TOKEN, None, None), Signer(KEY, TOKEN)),
        ((None, None, "https://oidc", TOKEN), Signer(None, None, "https://oidc", TOKEN)),
    ],
    ids=["nobody", "a key", "a key with a password", "a job"],
)
def test_signer(
    arguments: tuple[Secret | None, Secret | None, str | None, Secret | None],
    signer: Signer | None,
) -> None:
    """An image is signed with what is given, and not at all where nothing is."""
    assert Signer.of(*arguments) == signer


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((KEY, None, "https://oidc", TOKEN), "not both"),
        ((None, None, "https://oidc", None), "needs both --oidc-url and --oidc-token"),
        ((None, None, None, TOKEN), "needs both --oidc-url and --oidc-token"),
    ],
    ids=["a key and a job", "a job without a token", "a job without an address"],
)
def test_signer_that_is_not_one(
    arguments: tuple[Secret | None, Secret | None, str | None, Secret | None], said: str
) -> None:
    """What contradicts itself or is half there is refused before anything is built."""
    with pytest.raises(InvalidInput, match=said):
        Signer.of(*arguments)


@pytest.mark.parametrize(
    ("key", "identity", "verifier", "whose"),
    [
        (PUBLIC_KEY, None, Verifier(PUBLIC_KEY), "with the key of --verify-key"),
        (None, WORKFLOW, Verifier(None, WORKFLOW), f"by {WORKFLOW}"),
    ],
    ids=["a key", "a workflow"],
)
def test_verifier(key: File | None, identity: str | None, verifier: Verifier, whose: str) -> None:
    """A signature counts by its key or by who made it, and reports say which."""
    assert Verifier.of(key, identity, GITHUB) == verifier
    assert verifier.whose == whose


def test_verifier_of_a_key_and_of_an_identity() -> None:
    """Which of both would have to hold is not for the pipeline to guess."""
    with pytest.raises(InvalidInput, match="not both"):
        Verifier.of(PUBLIC_KEY, WORKFLOW, GITHUB)


def test_environment_that_insists_on_signatures_without_a_verifier() -> None:
    """It is refused, with what to say."""
    with pytest.raises(InvalidInput, match="prod only takes signed images.*--verify-key"):
        signature.required(PROD, None)


@pytest.mark.parametrize("environment", [DEV, STAGE])
def test_environment_that_does_not_insist(environment: Environment) -> None:
    """It takes any image where nobody says whose signature counts."""
    signature.required(environment, None)


@pytest.mark.parametrize("environment", [DEV, STAGE, PROD])
def test_environment_with_a_verifier(environment: Environment) -> None:
    """Each takes what the verifier lets pass."""
    signature.required(environment, Verifier(PUBLIC_KEY))


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "WARNING: Skipping tlog verification.\nError: no signatures found\n"
            "error during command execution: no signatures found\n",
            "no signatures found",
        ),
        ("panic: nil\n", "panic: nil"),
        ("", "no reason given"),
    ],
    ids=["a reason", "no sentence", "nothing"],
)
def test_what_cosign_says(printed: str, said: str) -> None:
    """One line of it is shown, the one that tells why."""
    assert signature.said(printed) == said
