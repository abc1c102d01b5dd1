"""Puts Python packages beside a program, out of a lock file."""

from collections.abc import Sequence

from dagger import Container, File, dag

from ci.run import images

_PIP = "/opt/pip/bin/pip"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Those of the system, which pip looks at only when it is told to."""


def with_packages(container: Container, lock: File) -> Container:
    """The container with what a lock file names, installed apart so that only the lock counts."""
    packages = (
        dag.container()
        .from_(images.PYTHON)
        .with_mounted_cache("/root/.cache/pip", dag.cache_volume("pip"))
        .with_env_variable("PIP_CERT", CERTIFICATES)
        .with_exec(["python3", "-m", "venv", "/opt/pip"])
        .with_mounted_file("/requirements.txt", lock)
        .with_exec(
            [_PIP, "install", "--quiet", "--disable-pip-version-check"]
            + ["--no-deps", "--require-hashes", "--target=/opt/packages"]
            + ["--requirement=/requirements.txt"]
        )
        .directory("/opt/packages")
    )
    return container.with_mounted_directory("/opt/packages", packages).with_env_variable(
        "PYTHONPATH", "/opt/packages"
    )


def is_installation(command: Sequence[str]) -> bool:
    """Whether a command is the one that installs them."""
    return command[:1] == [_PIP]
