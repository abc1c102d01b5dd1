"""The certificate that the laptop stack's gateway shows: its own authority, and nobody else's."""

import shutil

from local.host import command, project
from local.host.paths import LOGS, STATE

_HOME = STATE / "gateway"
CERTIFICATE = _HOME / "tls.crt"
KEY = _HOME / "tls.key"
_DOMAIN = f"{project.name()}.local"
HOSTS = (_DOMAIN, f"*.{_DOMAIN}")
_VERIFYING = ("DEPLOY", "PROMOTE", "ROLLBACK", "VERIFY")


def is_there() -> bool:
    """Whether the certificate and its key are there, whole."""
    return _HOME.exists()


def make() -> None:
    """Makes both where there are none; who trusts the certificate goes on to do so."""
    if is_there():
        return
    half = _HOME.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    names = "subjectAltName=" + ",".join(f"DNS:{host}" for host in HOSTS)
    command.run(
        "openssl", "req", "-x509", "-noenc", "-days", "3650", "-subj", f"/CN={HOSTS[0]}",
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-addext", names,
        "-keyout", KEY.name, "-out", CERTIFICATE.name, cwd=half, log=LOGS / "gateway.log",
    )  # fmt: skip
    half.rename(_HOME)


def defaults() -> dict[str, str]:
    """Arguments of `dagger call` that trust it."""
    return {f"CI_{verb}_GATEWAYCA": str(CERTIFICATE) for verb in _VERIFYING}
