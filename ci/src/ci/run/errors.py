"""Every way a run of the pipeline stops.

CiError
├── InvalidInput        an argument cannot be used as given
├── TookTooLong         a step was ended at its limit
├── QualityError        lint or the tests found something
├── InfraError          the infrastructure is not sound, or cannot be planned
├── BuildError          the image does not build
├── ScanBlocked         the gate does not let the image or the sources pass
├── RegistryError       the registry is not reached, or refuses
├── SignatureError      an image is not signed, or not by whom it should be
├── ClusterError        the cluster does not do what it is asked
│   ├── KubeconfigError     the kubeconfig cannot be used
│   ├── Unreachable         no answer from the API server
│   │   └── Busy                one that asks to come again
│   ├── Refused             the credentials may not do this
│   ├── KeptOut             the API server is not let in by pods
│   ├── NotFound            the object does not exist
│   │   └── UnknownKind         nor does the API server know its kind
│   └── Conflict            the object changed, or is there already
└── ReleaseError        the release is not what was asked for
    ├── Held                somebody else releases to the environment
    ├── LeaseLost           somebody else took over, as we seemed dead
    ├── NothingChanged      it was refused before anything was changed
    │   └── NotServed           the API server does not know a kind of resource
    ├── ReleaseFailed       it failed, and says what became of the environment
    ├── CanaryFailed        real requests say no, or could not be asked
    ├── BakeFailed          they say so once everybody gets it
    ├── RolloutFailed       a workload does not become ready
    └── NotVerified         it runs, but is not this image or not this commit
"""

from collections.abc import Iterable


class CiError(Exception):
    """One sentence that names the object, the reason and the next step.

    `evidence` is what the sentence rests on: findings, a build's log, events. It is shown above it.
    """

    def __init__(self, sentence: str, evidence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.evidence = evidence.strip("\n")

    def __str__(self) -> str:
        return f"{self.evidence}\n\n{self.sentence}" if self.evidence else self.sentence

    @classmethod
    def joined(cls, errors: Iterable["CiError"]) -> "CiError":
        """Several failures as one: all evidence first, then the sentences."""
        every = list(errors)
        if len(every) == 1:
            return every[0]
        evidence = dict.fromkeys(error.evidence for error in every if error.evidence)
        sentences = dict.fromkeys(error.sentence for error in every)
        return CiError("\n".join(sentences), "\n\n".join(evidence))


class InvalidInput(CiError):
    """An argument cannot be used as given."""


class TookTooLong(CiError):
    """A step was ended at its limit, as something in it hangs."""


class QualityError(CiError):
    """Lint or the tests found something."""


class InfraError(CiError):
    """The infrastructure is not sound, or cannot be planned."""


class BuildError(CiError):
    """The image does not build."""


class ScanBlocked(CiError):
    """The gate does not let the image or the sources pass."""


class RegistryError(CiError):
    """The registry is not reached, or refuses."""


class SignatureError(CiError):
    """An image is not signed, or not by whom it should be."""


class ClusterError(CiError):
    """The cluster does not do what it is asked."""

    answer: tuple[str, ...] = ()
    """What the API server said, of each field that is wrong, where it was asked and did."""


class KubeconfigError(ClusterError):
    """The kubeconfig cannot be used."""


class Unreachable(ClusterError):
    """The API server gives no answer."""

    after = 0.0
    """Seconds for which it wants to be left alone."""
    waited_for = False
    """Whether somebody was patient already."""


class Busy(Unreachable):
    """The API server is there, and does not come to what it is asked."""

    def __init__(self, sentence: str, evidence: str = "", after: float = 0.0) -> None:
        super().__init__(sentence, evidence)
        self.after = after


class Refused(ClusterError):
    """The credentials are not known, or may not do this."""


class NotFound(ClusterError):
    """The object does not exist."""


class KeptOut(ClusterError):
    """The API server does not come to pods that a NetworkPolicy closes."""


class UnknownKind(NotFound):
    """The API server serves no such kind, and so nobody knows whether the object exists."""


class Conflict(ClusterError):
    """The object changed since it was read, or is there already."""


class ReleaseError(CiError):
    """The release is not what was asked for."""


class Held(ReleaseError):
    """Somebody else releases to the environment."""


class LeaseLost(ReleaseError):
    """Somebody else took over the environment, as we seemed dead."""


class NothingChanged(ReleaseError):
    """The release was refused before anything was changed.

    `reason` is what the cluster said of it, where it was the cluster.
    """

    def __init__(self, sentence: str, evidence: str = "", reason: str = "") -> None:
        super().__init__(sentence, evidence)
        self.reason = reason or sentence


class NotServed(NothingChanged):
    """The API server does not know a kind of resource, as it may for seconds after its start."""

    waited_for = False
    """Whether somebody was patient already."""


class ReleaseFailed(ReleaseError):
    """The release failed, and this says what became of the environment."""


class CanaryFailed(ReleaseError):
    """The release was tried beside the running one, which everybody goes on to get."""


class BakeFailed(ReleaseError):
    """Real requests fare worse with the release than before it."""


class RolloutFailed(ReleaseError):
    """A workload does not become ready."""


class NotVerified(ReleaseError):
    """The workload runs, but not this image or not this commit."""


def cause(message: str) -> str:
    """The end of an engine's message, which says what happened and not on the way to what."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1].rpartition("inputs: ")[2].rstrip(".") if lines else "no reason is given"
