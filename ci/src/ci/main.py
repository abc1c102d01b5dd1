"""The verbs of the pipeline. What each does is in the module that it calls."""

from functools import partial
from typing import Annotated

from dagger import (
    Changeset,
    Container,
    Directory,
    Doc,
    Name,
    Secret,
    check,
    enum_type,
    function,
    generate,
    object_type,
)

from ci import arguments as arg
from ci import pipeline
from ci.checks import infra, locks, manifest_checks
from ci.cluster.client import Cluster
from ci.image import building, quality, signature
from ci.image.signature import GITHUB, Signer, Verifier
from ci.manifests.kustomize import render
from ci.project import environments
from ci.project.environments import ENVIRONMENTS, Env, Environment
from ci.records import lease, report
from ci.records.report import Format
from ci.registry.access import Registry
from ci.registry.candidate import Candidate
from ci.registry.references import pinned, unmade
from ci.release import inspection, promotion, releasing, verification
from ci.release.succession import Succession
from ci.rollout.limits import Limits
from ci.run.steps import Steps
from ci.scan import scanning
from ci.scan.gate import Effect, Policy
from ci.scan.ignores import DEFAULT as IGNORES
from ci.scan.scanning import Scanner
from ci.source import checkout
from ci.source.revision import Revision, tags
from ci.source.sources import GitDir, History, Source
from ci.verbs import in_sentences, remark, uncached

enum_type(Env)
enum_type(Format)
enum_type(Effect)


@object_type
class Ci:
    """The pipeline of the service."""

    source: Source
    history: History
    git_dir: GitDir

    @function
    @check
    @in_sentences
    async def lint(self) -> str:
        """Check the code with flake8, black and isort, and show every finding."""
        return await quality.lint(self.source)

    @function
    @check
    @in_sentences
    async def test(self) -> str:
        """Run the service's tests in the service's own image."""
        return await quality.test(self.source)

    @function
    @check
    @in_sentences
    async def manifests(self) -> str:
        """Render all manifests, hold them against schemas, score them, test the rules."""
        return await manifest_checks.check(self.source)

    @function
    @check
    @in_sentences
    async def infra(self) -> str:
        """Check the machines: tofu fmt, validate and test, a plan, and cloud-init."""
        return await infra.check(self.source)

    @function
    @check
    @in_sentences
    async def locked(self) -> str:
        """Check that the lock files of Python packages are what requirements make them."""
        return await locks.check(self.source)

    @function
    @generate
    @in_sentences
    async def lock(
        self, upgrade: Annotated[bool, Doc("Take the newest versions that fit")] = False
    ) -> Changeset:
        """Write the lock files of Python packages anew."""
        return await locks.written(self.source, upgrade)

    @function
    @in_sentences
    async def infra_plan(self, variables: arg.Variables) -> Directory:
        """Export what OpenTofu would make where nothing is: plan.txt and plan.json."""
        return await infra.plan(self.source, variables)

    @function
    @in_sentences
    async def build(
        self, version: Annotated[str | None, Doc("Version for the label; the commit")] = None
    ) -> Container:
        """Build the service's image, labelled with its commit."""
        return await building.build(self.source, await self._revision(), version)

    @uncached
    @in_sentences
    async def scan(
        self,
        *,
        registry_ca: arg.RegistryCa,
        fail_on: arg.FailOn = "HIGH,CRITICAL",
        unfixed: arg.Unfixed = Effect.report,
        unsupported_system: arg.UnsupportedSystem = Effect.block,
        ignore_file: arg.IgnoreFile = IGNORES,
        db_repository: arg.DbRepository = None,
        db_max_age: arg.DbMaxAge = "48h",
    ) -> str:
        """Scan image and sources for vulnerabilities, misconfiguration and secrets."""
        policy = Policy.parse(fail_on, db_max_age, unfixed, unsupported_system)
        scanner = Scanner(policy, db_repository, ignore_file, registry_ca)
        built = await building.build(self.source, await self._revision())
        return (await scanning.passed(built, self.source, self.history, scanner)).summary

    @uncached
    @in_sentences
    async def scan_reports(
        self,
        *,
        registry_ca: arg.RegistryCa,
        fail_on: arg.FailOn = "HIGH,CRITICAL",
        unfixed: arg.Unfixed = Effect.report,
        unsupported_system: arg.UnsupportedSystem = Effect.block,
        ignore_file: arg.IgnoreFile = IGNORES,
        db_repository: arg.DbRepository = None,
        db_max_age: arg.DbMaxAge = "48h",
    ) -> Directory:
        """Export what `scan` finds: SARIF, an SBOM and the verdict, whatever that is."""
        policy = Policy.parse(fail_on, db_max_age, unfixed, unsupported_system)
        scanner = Scanner(policy, db_repository, ignore_file, registry_ca)
        built = await building.build(self.source, await self._revision())
        return await scanning.export(await scanning.scan(built, self.source, self.history, scanner))

    @uncached
    @in_sentences
    async def publish(
        self,
        *,
        address: arg.Address = "",
        username: arg.Username = None,
        token: arg.Token,
        registry_ca: arg.RegistryCa,
        branch: arg.Branch = None,
        sign_key: arg.SignKey,
        sign_password: arg.SignPassword,
        oidc_url: arg.OidcUrl = None,
        oidc_token: arg.OidcToken,
    ) -> str:
        """Push the image under its commit and its branch, sign it, and print its digest."""
        registry = Registry.at(address, username, token, registry_ca)
        signer = Signer.of(sign_key, sign_password, oidc_url, oidc_token)
        revision = await self._revision()
        built = await building.build(self.source, revision)
        names = tags(revision, branch or revision.branch)
        pushed = await pipeline.publish(built, registry, names, signer)
        remark(*pushed.remarks)
        return pushed.reference

    @uncached
    @in_sentences
    async def deploy(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        env: arg.MaybeEnv,
        pushed: Annotated[
            str | None, Name("image"), Doc("Image to deploy, by digest, instead of building one")
        ] = None,
        branch: arg.Branch = None,
        timeout: arg.Timeout = "5m",
        settle: arg.Settle = "15s",
        address: arg.Address = "",
        username: arg.Username = None,
        token: arg.Token,
        registry_ca: arg.RegistryCa,
        fail_on: arg.FailOn = "HIGH,CRITICAL",
        unfixed: arg.Unfixed = Effect.report,
        unsupported_system: arg.UnsupportedSystem = Effect.block,
        ignore_file: arg.IgnoreFile = IGNORES,
        db_repository: arg.DbRepository = None,
        db_max_age: arg.DbMaxAge = "48h",
        sign_key: arg.SignKey,
        sign_password: arg.SignPassword,
        oidc_url: arg.OidcUrl = None,
        oidc_token: arg.OidcToken,
        verify_key: arg.VerifyKey,
        gateway_ca: arg.GatewayCa,
        verify_identity: arg.VerifyIdentity = None,
        verify_issuer: arg.VerifyIssuer = GITHUB,
        force: arg.Force = "",
        allow_older: arg.AllowOlder = "",
        gateway: arg.Gateway = "",
        run: arg.Run = "",
        format_: arg.Shown = Format.text,
    ) -> str:
        """Lint, test, build, scan, push, deploy and verify, and print the report."""
        steps = Steps()
        signer = Signer.of(sign_key, sign_password, oidc_url, oidc_token)
        verifier = Verifier.of(verify_key, verify_identity, verify_issuer)
        limits = Limits.parse(timeout, settle)
        policy = Policy.parse(fail_on, db_max_age, unfixed, unsupported_system)
        scanner = Scanner(policy, db_repository, ignore_file, registry_ca)
        repository = pinned(pushed)[0] if pushed else address
        registry = Registry.at(repository, username, token, registry_ca)
        cluster = await Cluster.of(kubeconfig, gateway, gateway_ca)
        revision = await self._revision()
        branch = branch or revision.branch
        environment = environments.choose(env, branch, revision.unknown)
        signature.required(environment, verifier)
        manifests = self.source.directory("manifests")
        named = pushed or unmade(registry.repository)
        planned = Candidate(named, revision.name)
        foresee = partial(releasing.foresee, cluster, environment, manifests, planned)
        succession = Succession(self.history, self.git_dir, allow_older)
        first: releasing.First = releasing.nothing
        if pushed:
            candidate = await pipeline.existing(pushed, registry, beside=foresee)
            candidate = await promotion.admitted(cluster, environment, candidate, force)
        else:
            succeeds = partial(succession.admits, cluster, environment, revision.name)
            unheld = partial(lease.unheld, cluster, environment)
            made = await pipeline.make(
                self.source,
                self.history,
                revision,
                branch,
                registry,
                scanner,
                signer,
                steps,
                beside=partial(foresee, succeeds, unheld),
            )
            candidate, first = made.candidate, partial(made.move_tags, steps)
        candidate = await signature.verified(candidate, registry, verifier, steps)
        deployed = await releasing.deploy(
            cluster, environment, manifests, candidate, succession, limits, steps, run, first
        )
        return deployed.show(format_)

    @uncached
    @in_sentences
    async def promote(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        from_env: Annotated[Env, Doc("Environment that runs and verified the image")],
        to_env: Annotated[Env, Doc("Environment that is to run it")],
        from_kubeconfig: Annotated[
            Secret | None, Doc("Kubeconfig of the first environment")
        ] = None,
        timeout: arg.Timeout = "5m",
        settle: arg.Settle = "15s",
        username: arg.Username = None,
        token: arg.Token,
        registry_ca: arg.RegistryCa,
        verify_key: arg.VerifyKey,
        gateway_ca: arg.GatewayCa,
        verify_identity: arg.VerifyIdentity = None,
        verify_issuer: arg.VerifyIssuer = GITHUB,
        force: arg.Force = "",
        allow_older: arg.AllowOlder = "",
        gateway: arg.Gateway = "",
        format_: arg.Shown = Format.text,
    ) -> str:
        """Deploy to an environment the digest that another one runs and verified."""
        steps = Steps()
        verifier = Verifier.of(verify_key, verify_identity, verify_issuer)
        limits = Limits.parse(timeout, settle)
        source, environment = ENVIRONMENTS[from_env], ENVIRONMENTS[to_env]
        signature.required(environment, verifier)
        cluster = await Cluster.of(kubeconfig, gateway, gateway_ca)
        origin = await Cluster.of(from_kubeconfig) if from_kubeconfig else cluster
        await cluster.admits(environment.namespace)
        with steps.step("source"):
            candidate = await promotion.candidate(origin, source)
            candidate = await promotion.admitted(origin, environment, candidate, force)
        registry = Registry.at(pinned(candidate.image)[0], username, token, registry_ca)
        candidate = await signature.verified(candidate, registry, verifier, steps)
        manifests = self.source.directory("manifests")
        succession = Succession(self.history, self.git_dir, allow_older)
        deployed = await releasing.deploy(
            cluster, environment, manifests, candidate, succession, limits, steps
        )
        return deployed.show(format_)

    @uncached
    @in_sentences
    async def rollback(
        self,
        kubeconfig: arg.Kubeconfig,
        env: Env,
        gateway_ca: arg.GatewayCa,
        number: arg.Number = None,
        timeout: arg.Timeout = "5m",
        settle: arg.Settle = "15s",
        gateway: arg.Gateway = "",
        format_: arg.Shown = Format.text,
    ) -> str:
        """Bring back the last good release, or the one named, whole and verified."""
        limits = Limits.parse(timeout, settle)
        cluster, environment = await Cluster.of(kubeconfig, gateway, gateway_ca), ENVIRONMENTS[env]
        await cluster.admits(environment.namespace)
        restored = await releasing.rollback(cluster, environment, number, limits, Steps())
        return restored.show(format_)

    @uncached
    @in_sentences
    async def plan(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        env: arg.MaybeEnv,
        pushed: Annotated[
            str | None, Name("image"), Doc("Image, by digest; the one that the environment runs")
        ] = None,
        branch: arg.Branch = None,
        username: arg.Username = None,
        token: arg.Token,
        registry_ca: arg.RegistryCa,
        format_: arg.Shown = Format.text,
    ) -> str:
        """Show what a deploy would change, resource by resource, and change nothing."""
        environment = await self._environment(env, branch)
        cluster = await Cluster.of(kubeconfig)
        manifests = self.source.directory("manifests")
        if pushed:
            registry = Registry.at(pinned(pushed)[0], username, token, registry_ca)
            candidate = await pipeline.existing(pushed, registry)
        else:
            candidate = await inspection.candidate(cluster, environment, manifests)
        manifest = await render(manifests, environment, candidate)
        found = await inspection.planned(cluster, environment, manifest, candidate.checks)
        return found.show(format_)

    @uncached
    @in_sentences
    async def report(
        self,
        kubeconfig: arg.Kubeconfig,
        env: Env,
        format_: arg.Shown = Format.text,
        number: arg.Number = None,
        run: arg.Run = "",
    ) -> str:
        """Print the report of a release, also of one that failed."""
        cluster, environment = await Cluster.of(kubeconfig), ENVIRONMENTS[env]
        found = await inspection.reported(cluster, environment, number, run)
        return found.show(format_)

    @uncached
    @in_sentences
    async def verify(
        self,
        kubeconfig: arg.Kubeconfig,
        env: arg.MaybeEnv,
        gateway_ca: arg.GatewayCa,
        branch: arg.Branch = None,
        gateway: arg.Gateway = "",
    ) -> str:
        """Check that an environment is healthy and answers from the commit it should."""
        environment = await self._environment(env, branch)
        running = await verification.verify(
            await Cluster.of(kubeconfig, gateway, gateway_ca), environment
        )
        return report.verified(environment, running)

    @uncached
    @in_sentences
    async def status(self, kubeconfig: arg.Kubeconfig, env: arg.MaybeEnv) -> str:
        """Show what each environment runs: digest, commit, readiness, age and drift."""
        wanted = [ENVIRONMENTS[env]] if env else list(ENVIRONMENTS.values())
        return report.table(await inspection.status(await Cluster.of(kubeconfig), wanted))

    async def _revision(self) -> Revision:
        revision = await checkout.revision(self.source, self.history, self.git_dir)
        remark(*filter(None, [revision.remark]))
        return revision

    async def _environment(self, env: Env | None, branch: str | None) -> Environment:
        if env or branch:
            return environments.choose(env, branch)
        revision = await self._revision()
        return environments.choose(env, revision.branch, revision.unknown)
