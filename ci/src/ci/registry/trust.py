"""Whom programs believe that a registry is who it says."""

from dagger import Container, File

_FOLDER, _SYSTEM = "/run/authorities", "/etc/ssl/certs"


def trusting(container: Container, authority: File | None) -> Container:
    """The container, in which programs written in Go trust one more authority than the system's."""
    if authority is None:
        return container
    container = container.with_mounted_file(f"{_FOLDER}/registry.crt", authority)
    return container.with_env_variable("SSL_CERT_DIR", f"{_FOLDER}:{_SYSTEM}")
