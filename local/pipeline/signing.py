"""cosign, and the key pair that the laptop stack's images are signed with: nobody else's."""

import secrets
import shutil

from local.host import command
from local.host.paths import LOGS, STATE
from local.images.program import program_image
from local.images.stand_in import StandIn
from local.platform.part import Part
from local.terminal.steps import Progress
from local.tools.catalogue import COSIGN

_HOME = STATE / "signing"
KEY = _HOME / "cosign.key"
PUBLIC_KEY = _HOME / "cosign.pub"
PASSWORD = _HOME / "password"
_SIGNING = ("DEPLOY", "PUBLISH")
_VERIFYING = ("DEPLOY", "PROMOTE")


def has_keys() -> bool:
    """Whether the key pair and its password are there, whole."""
    return _HOME.exists()


def images() -> list[StandIn]:
    """cosign's own."""
    cosign = COSIGN.program("cosign")
    return [program_image("sigstore/cosign/cosign", COSIGN.version, cosign, "/ko-app/cosign")]


def make_keys(_: Progress) -> None:
    """Makes the key pair where there is none; all of it is 0600."""
    if has_keys():
        return
    half = _HOME.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    password = half / PASSWORD.name
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    command.run(
        COSIGN.program("cosign"), "generate-key-pair",
        env={"COSIGN_PASSWORD": password.read_text()}, cwd=half, log=LOGS / "signing.log",
    )  # fmt: skip
    half.rename(_HOME)


def defaults() -> dict[str, str]:
    """Arguments of `dagger call` that sign with this key, and verify with it."""
    return {
        **{f"CI_{verb}_SIGNKEY": f"file://{KEY}" for verb in _SIGNING},
        **{f"CI_{verb}_SIGNPASSWORD": f"file://{PASSWORD}" for verb in _SIGNING},
        **{f"CI_{verb}_VERIFYKEY": str(PUBLIC_KEY) for verb in _VERIFYING},
    }


PART = Part(
    name="signing",
    bring_up=make_keys,
    ready=has_keys,
    words=("prod",),
    tools=(COSIGN,),
    images=images,
)
