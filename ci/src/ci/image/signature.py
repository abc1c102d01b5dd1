"""Signs images with cosign, and refuses those whose signature does not verify."""

from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from dagger import Container, ExecError, File, ReturnType, Secret

from ci.manifests.refusals import complaints
from ci.project.environments import Environment
from ci.registry import denials
from ci.registry.access import Registry
from ci.registry.candidate import Candidate
from ci.registry.persistence import persistently
from ci.run import credentials, images
from ci.run.errors import InvalidInput, SignatureError
from ci.run.steps import Steps

GITHUB = "https://token.actions.githubusercontent.com"
_KEY, _PUBLIC_KEY = "/run/cosign.key", "/run/cosign.pub"
# What a key signs needs no public log to be believed, and an unreachable one would stop a release.
_UNLOGGED = ["--use-signing-config=false", "--tlog-upload=false"]
_BY_KEY = [f"--key={_PUBLIC_KEY}", "--insecure-ignore-tlog"]


@dataclass(frozen=True)
class Signer:
    """Who signs: a key with its password, or the job itself with its OIDC token."""

    key: Secret | None = None
    password: Secret | None = None
    oidc_url: str | None = None
    oidc_token: Secret | None = None

    @classmethod
    def of(
        cls,
        key: Secret | None,
        password: Secret | None,
        oidc_url: str | None,
        oidc_token: Secret | None,
    ) -> "Signer | None":
        """The signer that arguments describe, or None where images are not signed."""
        if key and (oidc_url or oidc_token):
            raise InvalidInput("An image is signed with --sign-key or with --oidc-token, not both.")
        if bool(oidc_url) != bool(oidc_token):
            raise InvalidInput(
                "Signing without a key needs both --oidc-url and --oidc-token: in GitHub Actions, "
                "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN."
            )
        return cls(key, password, oidc_url, oidc_token) if key or oidc_token else None

    async def sign(self, image: str, at: Registry) -> None:
        """Sign an image by its digest; the signature is kept beside it, as an OCI referrer."""
        try:
            await persistently(partial(self._sign, image, at), image)
        except ExecError as error:
            raise SignatureError(
                f"{image} was not signed: {said(error.stderr)}; it is pushed, and the next call "
                "signs it.",
            ) from None

    async def _sign(self, image: str, at: Registry) -> None:
        cosign = await _as_signer(await at.client(images.COSIGN), self)
        how = [f"--key={_KEY}", *_UNLOGGED] if self.key else []
        if not self.key or not await _has_signed(cosign, image):
            sign = ["cosign", "sign", "--yes", *how, image]
            await _anew(cosign).with_exec(sign).sync()


@dataclass(frozen=True)
class Verifier:
    """Whose signature is believed: that of a key, or of a job with an identity."""

    key: File | None = None
    identity: str | None = None
    issuer: str = GITHUB

    @classmethod
    def of(cls, key: File | None, identity: str | None, issuer: str) -> "Verifier | None":
        """The verifier that arguments describe, or None where no signature is asked for."""
        if key and identity:
            raise InvalidInput(
                "A signature is verified with --verify-key or --verify-identity, not both."
            )
        return cls(key, identity, issuer) if key or identity else None

    @property
    def whose(self) -> str:
        return f"by {self.identity}" if self.identity else "with the key of --verify-key"

    async def verify(self, image: str, at: Registry) -> str:
        """What a report says of an image that is signed; raises SignatureError for any other."""
        cosign = await at.client(images.COSIGN)
        if self.key:
            cosign = cosign.with_mounted_file(_PUBLIC_KEY, self.key)
        try:
            verify = _anew(cosign).with_exec(["cosign", "verify", *self._how, image])
            await persistently(verify.sync, image)
        except ExecError as error:
            if denials.may_pass(image, error.stderr):
                raise denials.refusal(image, error.stderr) from None
            raise SignatureError(
                f"{image} is not signed {self.whose}: {said(error.stderr)}; "
                "deploy an image that is."
            ) from None
        return f"Signature: the image is signed {self.whose}."

    @property
    def _how(self) -> list[str]:
        if self.key:
            return _BY_KEY
        return [
            f"--certificate-identity={self.identity}",
            f"--certificate-oidc-issuer={self.issuer}",
        ]


def required(environment: Environment, verifier: Verifier | None) -> None:
    """Refuse an environment that takes signed images only, where nobody says whose."""
    if environment.signed and verifier is None:
        raise InvalidInput(
            f"{environment.name} only takes signed images: say whose signature counts with "
            "--verify-key or --verify-identity."
        )


async def verified(
    candidate: Candidate, at: Registry, verifier: Verifier | None, steps: Steps
) -> Candidate:
    """The candidate, once its signature is found to be good, where one is asked for."""
    if verifier is None:
        return candidate
    with steps.step("signature"):
        checked = await verifier.verify(candidate.image, at)
    return replace(candidate, checks=(*candidate.checks, checked))


def said(printed: str) -> str:
    """What cosign says is wrong, in one line."""
    lines = [line for line in complaints(printed) if line.lower().startswith("error:")]
    return denials.reason((lines or complaints(printed))[-1].removeprefix("Error: "))


async def _has_signed(cosign: Container, image: str) -> bool:
    """Whether the signer's key has signed it before, so that signatures do not pile up."""
    # A key is made to be slow to open; the engine keeps what came of it for as long as it has it.
    public = ["cosign", "public-key", f"--key={_KEY}", f"--outfile={_PUBLIC_KEY}"]
    asked = _anew(cosign.with_exec(public)).with_exec(
        ["cosign", "verify", *_BY_KEY, image], expect=ReturnType.ANY
    )
    return await asked.exit_code() == 0


def _anew(cosign: Container) -> Container:
    """A container in which what is asked of a registry is asked again at each call."""
    return cosign.with_env_variable("CI_NONCE", uuid4().hex)


async def _as_signer(cosign: Container, signer: Signer) -> Container:
    """cosign with what it signs with; an empty password is one, and keeps it from asking."""
    if signer.key:
        cosign = cosign.with_mounted_secret(_KEY, signer.key)
    if signer.password:
        password = await credentials.password(signer.password, "--sign-password")
        cosign = cosign.with_secret_variable("COSIGN_PASSWORD", password)
    else:
        cosign = cosign.with_env_variable("COSIGN_PASSWORD", "")
    if signer.oidc_url and signer.oidc_token:
        cosign = cosign.with_env_variable("ACTIONS_ID_TOKEN_REQUEST_URL", signer.oidc_url)
        token = await credentials.token(signer.oidc_token, "--oidc-token")
        cosign = cosign.with_secret_variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token)
    return cosign
