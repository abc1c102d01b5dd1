"""Attaches to a pushed image the list of what it is made of."""

from functools import partial
from uuid import uuid4

from dagger import Container, QueryError, ReturnType

from ci.registry import denials, references
from ci.registry.access import Registry
from ci.registry.persistence import message, persistently
from ci.run import images

MEDIA_TYPE = "application/vnd.cyclonedx+json"
_FOLDER, _FILE = "/work", "sbom.cdx.json"


async def attach(image: str, sbom: str, to: Registry) -> None:
    """Attach a CycloneDX document to an image as an OCI referrer, where it has none yet."""
    try:
        await persistently(partial(_attach, image, sbom, to), image)
    except QueryError as error:
        raise denials.refusal(image, message(error)) from None


async def _attach(image: str, sbom: str, to: Registry) -> None:
    oras = (await to.client(images.ORAS)).with_new_file(f"{_FOLDER}/{_FILE}", sbom)
    oras = oras.with_workdir(_FOLDER).with_env_variable("CI_NONCE", uuid4().hex)
    plain = await _speaks_plain_http(oras, image)
    known = ["oras", "discover", *plain, f"--artifact-type={MEDIA_TYPE}", "--format=go-template"]
    known += ["--template={{range .referrers}}{{.digest}} {{end}}", image]
    push = ["oras", "attach", *plain, f"--artifact-type={MEDIA_TYPE}", "--no-tty"]
    push += [image, f"{_FILE}:{MEDIA_TYPE}"]
    if not (await oras.with_exec(known).stdout()).strip():
        await oras.with_exec(push).sync()


async def _speaks_plain_http(oras: Container, image: str) -> list[str]:
    """The option for a registry without TLS, which is believed at a private address only."""
    if not references.is_private(references.host(image)):
        return []
    asked = oras.with_exec(["oras", "resolve", image], expect=ReturnType.ANY)
    return ["--plain-http"] if denials.speaks_plainly(await asked.stderr()) else []
