"""Images that stand on Debian's Python."""

import json
from pathlib import Path

from local.images import debian, oci


def test_image_on_top_of_python(cache: Path, logs: Path, tmp_path: Path) -> None:
    """It has the layers of Python, which a registry holds once, and one of its own."""
    base = debian.python()
    below = tmp_path / "below"
    below.mkdir()
    (below / "libc").touch()
    oci.write_layout(base.layout, [oci.pack(oci.tree(below), tmp_path / "below.tar.gz")])
    program = tmp_path / "hammer"
    program.touch()

    made = debian.on_python("hammer", "1", "key", lambda _: [("bin/hammer", program)], "1:1")
    made.build()

    lower, upper = (layers_of(layout) for layout in (base.layout, made.layout))
    assert len(upper) == 2
    assert upper[:1] == lower


def layers_of(layout: Path) -> list[object]:
    """The layers that an image's manifest names."""
    index = json.loads((layout / "index.json").read_text())
    digest = index["manifests"][0]["digest"].replace(":", "/")
    layers: list[object] = json.loads((layout / "blobs" / digest).read_text())["layers"]
    return layers
