"""Images of one static program."""

import os
import tempfile
from pathlib import Path

from local.host.keys import digest
from local.images import oci
from local.images.stand_in import StandIn

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def program_image(
    repository: str,
    tag: str,
    program: Path,
    path: str,
    user: str = "",
    beside: tuple[tuple[str, Path], ...] = (),
) -> StandIn:
    """One static program, with the certificates of this machine and what lies beside it."""

    def write(layout: Path) -> None:
        with tempfile.TemporaryDirectory() as empty:
            files = [
                ("tmp", Path(empty)),
                (path.lstrip("/"), program),
                ("etc/ssl/certs/ca-certificates.crt", CERTIFICATES),
                *beside,
            ]
            layer = oci.pack(files, layout.parent / f"{program.name}.tar.gz")
        # A program asks these who it is, for there is no file of accounts.
        env = {"PATH": os.path.dirname(path), **({} if user else {"USER": "root", "HOME": "/root"})}
        oci.write_layout(layout, [layer], oci.Image(entrypoint=(path,), env=env, user=user))

    keys = [f"{name} {file.parent.name}" for name, file in beside]
    return StandIn(repository, tag, digest(program.parent.name, path, user or "root", *keys), write)
