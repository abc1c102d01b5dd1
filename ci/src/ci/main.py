"""The verbs of the pipeline. What each does is in the module that it calls."""

from functools import partial
from typing import Annotated

from dagger import Container, Directory, Doc, Name, Secret, check, enum_type, function, object_type

from ci import (
    checkout,
    durations,
    environments,
    history,
    image,
    inspection,
    manifest_checks,
    pipeline,
    plan,
    promotion,
    quality,
    release,
    report,
    scan,
    verification,
)
from ci.arguments import (
    Address,
    Branch,
    DbMaxAge,
    DbRepository,
    FailOn,
    Force,
    Gateway,
    History,
    IgnoreFile,
    Kubeconfig,
    MaybeEnv,
    Number,
    Source,
    Timeout,
    Token,
    Username,
)
from ci.cluster import Cluster
from ci.environments import ENVIRONMENTS, Env, Environment
from ci.gate import Policy
from ci.ignores import DEFAULT as IGNORES
from ci.kustomize import render
from ci.records import Records
from ci.registry import pinned
from ci.report import Format
from ci.revision import Revision, tags
from ci.scan import Scanner
from ci.steps import Steps
from ci.verbs import in_sentences, uncached

enum_type(Env)
enum_type(Format)


@object_type
class Ci:
    """The pipeline of the service."""

    source: Source
    history: History

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
        """Render all manifests, score them with kube-score, and test the alerts' rules."""
        return await manifest_checks.check(self.source)

    @function
    @in_sentences
    async def build(
        self, version: Annotated[str | None, Doc("Version for the label; the commit")] = None
    ) -> Container:
        """Build the service's image, labelled with its commit."""
        return await image.build(self.source, await self._revision(), version)

    @uncached
    @in_sentences
    async def scan(
        self,
        fail_on: FailOn = "HIGH,CRITICAL",
        ignore_file: IgnoreFile = IGNORES,
        db_repository: DbRepository = None,
        db_max_age: DbMaxAge = "48h",
    ) -> str:
        """Scan image and sources for vulnerabilities, misconfiguration and secrets."""
        scanner = Scanner(Policy.parse(fail_on, db_max_age), db_repository, ignore_file)
        built = await image.build(self.source, await self._revision())
        return (await scan.passed(built, self.source, scanner)).summary

    @uncached
    @in_sentences
    async def scan_reports(
        self,
        fail_on: FailOn = "HIGH,CRITICAL",
        ignore_file: IgnoreFile = IGNORES,
        db_repository: DbRepository = None,
        db_max_age: DbMaxAge = "48h",
    ) -> Directory:
        """Export what `scan` finds: SARIF, an SBOM and the verdict, whatever that is."""
        scanner = Scanner(Policy.parse(fail_on, db_max_age), db_repository, ignore_file)
        built = await image.build(self.source, await self._revision())
        return await scan.export(await scan.scan(built, self.source, scanner))

    @uncached
    @in_sentences
    async def publish(
        self,
        address: Address = "",
        username: Username = None,
        token: Token = None,
        branch: Branch = None,
    ) -> str:
        """Push the image under its commit and its branch, and print its digest."""
        registry = image.Registry.at(address, username, token)
        revision = await self._revision()
        built = await image.build(self.source, revision)
        return await image.publish(built, registry, tags(revision, branch or revision.branch))

    @uncached
    @in_sentences
    async def deploy(
        self,
        kubeconfig: Kubeconfig,
        env: MaybeEnv,
        pushed: Annotated[
            str | None, Name("image"), Doc("Image to deploy, by digest, instead of building one")
        ] = None,
        branch: Branch = None,
        timeout: Timeout = "5m",
        address: Address = "",
        username: Username = None,
        token: Token = None,
        fail_on: FailOn = "HIGH,CRITICAL",
        ignore_file: IgnoreFile = IGNORES,
        db_repository: DbRepository = None,
        db_max_age: DbMaxAge = "48h",
        force: Force = "",
        gateway: Gateway = "",
    ) -> str:
        """Lint, test, build, scan, push, deploy and verify, and print the report."""
        steps = Steps()
        limit = durations.parse(timeout, "--timeout")
        scanner = Scanner(Policy.parse(fail_on, db_max_age), db_repository, ignore_file)
        repository = pinned(pushed)[0] if pushed else address
        registry = image.Registry.at(repository, username, token)
        cluster = await Cluster.of(kubeconfig, gateway)
        revision = await self._revision()
        branch = branch or revision.branch
        environment = environments.choose(env, branch)
        admitted = partial(cluster.admits, environment.namespace)
        if pushed:
            candidate = await pipeline.existing(pushed, registry, beside=admitted)
            candidate = await promotion.admitted(cluster, environment, candidate, force)
        else:
            candidate = await pipeline.make(
                self.source, revision, branch, registry, scanner, steps, beside=admitted
            )
        manifests = self.source.directory("manifests")
        deployed = await release.deploy(cluster, environment, manifests, candidate, limit, steps)
        return deployed.to_text()

    @uncached
    @in_sentences
    async def promote(
        self,
        kubeconfig: Kubeconfig,
        from_env: Annotated[Env, Doc("Environment that runs and verified the image")],
        to_env: Annotated[Env, Doc("Environment that is to run it")],
        from_kubeconfig: Annotated[
            Secret | None, Doc("Kubeconfig of the first environment")
        ] = None,
        timeout: Timeout = "5m",
        force: Force = "",
        gateway: Gateway = "",
    ) -> str:
        """Deploy to an environment the digest that another one runs and verified."""
        steps = Steps()
        limit = durations.parse(timeout, "--timeout")
        source, environment = ENVIRONMENTS[from_env], ENVIRONMENTS[to_env]
        cluster = await Cluster.of(kubeconfig, gateway)
        origin = await Cluster.of(from_kubeconfig) if from_kubeconfig else cluster
        await cluster.admits(environment.namespace)
        with steps.step("source"):
            candidate = await promotion.candidate(origin, source)
            candidate = await promotion.admitted(origin, environment, candidate, force)
        manifests = self.source.directory("manifests")
        deployed = await release.deploy(cluster, environment, manifests, candidate, limit, steps)
        return deployed.to_text()

    @uncached
    @in_sentences
    async def rollback(
        self,
        kubeconfig: Kubeconfig,
        env: Env,
        number: Number = None,
        timeout: Timeout = "5m",
        gateway: Gateway = "",
    ) -> str:
        """Bring back the last good release, or the one named, whole and verified."""
        limit = durations.parse(timeout, "--timeout")
        cluster, environment = await Cluster.of(kubeconfig, gateway), ENVIRONMENTS[env]
        await cluster.admits(environment.namespace)
        return (await release.rollback(cluster, environment, number, limit, Steps())).to_text()

    @uncached
    @in_sentences
    async def plan(
        self,
        kubeconfig: Kubeconfig,
        env: MaybeEnv,
        pushed: Annotated[
            str | None, Name("image"), Doc("Image, by digest; the one that the environment runs")
        ] = None,
        branch: Branch = None,
        username: Username = None,
        token: Token = None,
    ) -> str:
        """Show what a deploy would change, resource by resource, and change nothing."""
        environment = await self._environment(env, branch)
        cluster = await Cluster.of(kubeconfig)
        if pushed:
            registry = image.Registry.at(pinned(pushed)[0], username, token)
            candidate = await pipeline.existing(pushed, registry)
        else:
            candidate = await inspection.candidate(cluster, environment)
        manifest = await render(self.source.directory("manifests"), environment, candidate)
        return plan.show(environment.name, await inspection.planned(cluster, environment, manifest))

    @uncached
    @in_sentences
    async def report(
        self,
        kubeconfig: Kubeconfig,
        env: Env,
        format_: Annotated[Format, Name("format"), Doc("text, markdown or json")] = Format.text,
        number: Number = None,
    ) -> str:
        """Print the report of a release, also of one that failed."""
        environment = ENVIRONMENTS[env]
        releases = await Records(await Cluster.of(kubeconfig), environment).read()
        return history.chosen(releases, number, environment).report.show(format_)

    @uncached
    @in_sentences
    async def verify(
        self,
        kubeconfig: Kubeconfig,
        env: MaybeEnv,
        branch: Branch = None,
        gateway: Gateway = "",
    ) -> str:
        """Check that an environment is healthy and answers from the commit it should."""
        environment = await self._environment(env, branch)
        cluster = await Cluster.of(kubeconfig, gateway)
        return report.verified(environment, await verification.verify(cluster, environment))

    @uncached
    @in_sentences
    async def status(self, kubeconfig: Kubeconfig, env: MaybeEnv) -> str:
        """Show what each environment runs: digest, commit, readiness, age and drift."""
        wanted = [ENVIRONMENTS[env]] if env else list(ENVIRONMENTS.values())
        return report.table(await inspection.status(await Cluster.of(kubeconfig), wanted))

    async def _revision(self) -> Revision:
        return await checkout.revision(self.source, self.history)

    async def _environment(self, env: Env | None, branch: str | None) -> Environment:
        if env is None and branch is None:
            branch = (await self._revision()).branch
        return environments.choose(env, branch)
