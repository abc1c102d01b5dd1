"""The arguments that travel together, and what each group of them comes to."""

from dataclasses import dataclass

from ci.arguments import single
from ci.canary.asked import Asked, asked
from ci.cluster.client import Cluster
from ci.image.signature import GITHUB, Signer, Verifier
from ci.project import environments
from ci.project.environments import Environment, Environments
from ci.registry.access import Registry
from ci.rollout.limits import Limits
from ci.scan.gate import Effect, Policy
from ci.scan.ignores import DEFAULT as IGNORES
from ci.scan.scanning import Scanner
from ci.source.revision import Revision


@dataclass(frozen=True, kw_only=True)
class Target:
    """An environment, by its name or by the branch that feeds it."""

    env: single.MaybeEnv = None
    branch: single.Branch = None

    @property
    def is_said(self) -> bool:
        """Whether it can be told without knowing which branch is checked out."""
        return bool(self.env or self.branch)

    def chosen(self, among: Environments, revision: Revision | None = None) -> Environment:
        """The environment; `revision` is that of the sources, where they are to decide."""
        if revision is None:
            return environments.choose(among, self.env, self.branch)
        branch = self.branch or revision.branch
        return environments.choose(among, self.env, branch, revision.unknown)


@dataclass(frozen=True, kw_only=True)
class Access:
    """A cluster, and the way into it from outside."""

    kubeconfig: single.Kubeconfig
    gateway: single.Gateway = ""
    gateway_ca: single.GatewayCa

    async def cluster(self) -> Cluster:
        return await Cluster.of(self.kubeconfig, self.gateway, self.gateway_ca)


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who asks a registry, and who vouches for it."""

    username: single.Username = None
    token: single.Token
    registry_ca: single.RegistryCa

    def registry(self, address: str) -> Registry:
        return Registry.at(address, self.username, self.token, self.registry_ca)


@dataclass(frozen=True, kw_only=True)
class Scanning:
    """What a scan looks with, and what blocks."""

    registry_ca: single.RegistryCa
    fail_on: single.FailOn = "HIGH,CRITICAL"
    unfixed: single.Unfixed = Effect.report
    unsupported_system: single.UnsupportedSystem = Effect.block
    ignore_file: single.IgnoreFile = IGNORES
    db_repository: single.DbRepository = None
    db_max_age: single.DbMaxAge = "48h"

    def scanner(self) -> Scanner:
        policy = Policy.parse(self.fail_on, self.db_max_age, self.unfixed, self.unsupported_system)
        return Scanner(policy, self.db_repository, self.ignore_file, self.registry_ca)


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Who signs an image: a key, or the job of CI itself."""

    sign_key: single.SignKey
    sign_password: single.SignPassword
    oidc_url: single.OidcUrl = None
    oidc_token: single.OidcToken

    def signer(self) -> Signer | None:
        return Signer.of(self.sign_key, self.sign_password, self.oidc_url, self.oidc_token)


@dataclass(frozen=True, kw_only=True)
class Verifying:
    """Whose signature counts."""

    verify_key: single.VerifyKey
    verify_identity: single.VerifyIdentity = None
    verify_issuer: single.VerifyIssuer = GITHUB

    def verifier(self) -> Verifier | None:
        return Verifier.of(self.verify_key, self.verify_identity, self.verify_issuer)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How long a release may take, and how long it has to last."""

    timeout: single.Timeout = "5m"
    settle: single.Settle = "15s"

    def limits(self) -> Limits:
        return Limits.parse(self.timeout, self.settle)


@dataclass(frozen=True, kw_only=True)
class Judging:
    """How a release is judged by real requests, before everybody gets it or after."""

    canary: single.Trying = ""
    watch: single.Watch = "60s"
    bake: single.Baking = ""

    def asked(self, environment: Environment) -> Asked:
        return asked(environment, self.canary, self.watch, self.bake)
