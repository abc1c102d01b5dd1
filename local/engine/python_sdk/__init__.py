"""The Python SDK that the engine gets as its own: a runtime of ours, and Dagger's library."""

from pathlib import Path

from local.host.paths import REPOSITORY
from local.images import oci
from local.tools.catalogue import DAGGER_SOURCE

_RUNTIME = Path(__file__).parent / "runtime"
_UV = REPOSITORY / "ci" / "uv.txt"
# What the official runtime takes of the SDK's folder.
_OF_THE_SDK = ("pyproject.toml", "uv.lock", "LICENSE", "README.md", "src/**/*", "codegen/**/*")


def files() -> list[tuple[str, Path]]:
    """Everything that the engine gets, with its name there."""
    sdk = DAGGER_SOURCE.home / "sdk" / "python"
    return [
        *oci.tree(_RUNTIME, "runtime/"),
        ("runtime/uv.txt", _UV),
        *(
            (f"runtime/sdk/{file.relative_to(sdk)}", file)
            for pattern in _OF_THE_SDK
            for file in sorted(sdk.glob(pattern))
            if file.is_file() and file.suffix != ".pyc"
        ),
    ]
