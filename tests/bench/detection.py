"""Measures how soon a broken image is told of, beside what people use today.

    python tests/bench/detection.py

The same images go to the same environment of the same cluster, one after the other:

  verdict, restored   `dagger call deploy --image …`: from its apply until it says what is wrong,
                      and until the last good release is back
  rollout status      `kubectl apply` and `kubectl rollout status`: from the apply to its end, which
                      leaves the broken release there

The environment is dev, and runs its last good release at the end. The stack has to be up.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from local.host.paths import KUBECONFIG  # noqa: E402
from local.tools.catalogue import DAGGER, KUBERNETES  # noqa: E402
from tests.e2e import broken  # noqa: E402
from tests.project import NAME  # noqa: E402

ENV = "dev"
APP = f"{ENV}-{NAME}"
IMAGES = {
    "exits at once": broken.EXITS_AT_ONCE,
    "crashes after 5 s": broken.CRASHES_AFTER_5_S,
    "needs more memory than its limit": broken.NEEDS_MEMORY,
}


@dataclass(frozen=True)
class Detection:
    """How long a broken image went unnoticed, in seconds, by both ways."""

    image: str
    verdict: float
    restored: float
    plain: float
    said: str

    @property
    def row(self) -> str:
        """A line of the table."""
        ratio = self.plain / self.verdict
        return (
            f"{self.image:<34}{self.verdict:>8.1f} s{self.restored:>8.1f} s{self.plain:>14.1f} s"
            f"{ratio:>7.1f}x  {self.said}"
        )


def dagger(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A `dagger call` to its end."""
    words = [str(DAGGER.program("dagger")), "--progress=plain", "call", *arguments]
    return subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def kubectl(*arguments: str) -> subprocess.CompletedProcess[str]:
    """kubectl to its end, in the environment's namespace."""
    words = [str(KUBERNETES.program("kubectl")), "--kubeconfig", str(KUBECONFIG), "-n", ENV]
    return subprocess.run([*words, *arguments], capture_output=True, text=True, check=False)


def good_image() -> str:
    """The image that is published and deployed, by digest."""
    published = dagger("publish")
    image = published.stdout.strip()
    if published.returncode or dagger("deploy", "--env", ENV, "--image", image).returncode:
        sys.exit("Error: the service itself is not deployed: see what `dagger call deploy` says.")
    return image


def by_deploy(image: str) -> tuple[float, float]:
    """Seconds from apply to verdict, and from apply until the last good release is back."""
    dagger("deploy", "--env", ENV, "--image", image)
    seconds = json.loads(dagger("report", "--env", ENV, "--format", "json").stdout)["seconds"]
    verdict = sum(seconds.get(step, 0.0) for step in ("apply", "rollout", "verify"))
    return verdict, verdict + seconds["restore"]


def by_rollout_status(image: str) -> tuple[float, str]:
    """Seconds until `kubectl rollout status` ends, and what it says; the release is undone then."""
    there = json.loads(kubectl("get", "deployment", APP, "-o", "json").stdout)
    container = there["spec"]["template"]["spec"]["containers"][0]
    good, container["image"] = container["image"], image
    for name in ("status", "metadata"):
        there[name] = {} if name == "status" else {"name": APP, "labels": there[name]["labels"]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(there, file)
        file.flush()
        began = time.monotonic()
        kubectl("apply", "--server-side", "--force-conflicts", "-f", file.name)
        ended = kubectl("rollout", "status", f"deployment/{APP}")
        seconds = time.monotonic() - began
    kubectl("set", "image", f"deployment/{APP}", f"{NAME}={good}")
    kubectl("rollout", "status", f"deployment/{APP}")
    return seconds, (ended.stderr or ended.stdout).strip().splitlines()[-1]


def main() -> None:
    """Measure every image by both ways, and print a table."""
    good = good_image()
    print(
        f"{'image':<34}{'verdict':>10}{'restored':>10}{'rollout status':>16}{'ratio':>8}  it says"
    )
    for name, program in IMAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            image = broken.image_that_runs(program, good, Path(folder))
        plain, said = by_rollout_status(image)
        verdict, restored = by_deploy(image)
        print(Detection(name, verdict, restored, plain, said).row, flush=True)
    dagger("deploy", "--env", ENV, "--image", good)


if __name__ == "__main__":
    main()
