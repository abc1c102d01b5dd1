"""The verbs of the pipeline. What each does is in the module that it calls."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from dagger import (
    Changeset,
    Container,
    Directory,
    File,
    check,
    dag,
    enum_type,
    generate,
    object_type,
)

from ci import pipeline, results, subject
from ci.arguments import groups
from ci.arguments import single as arg
from ci.arguments.grouping import grouped
from ci.checks import infra, locks, manifest_checks
from ci.cluster.client import Cluster
from ci.image import building, linting, signature, testing
from ci.manifests.kustomize import render
from ci.manifests.manifest import Manifest
from ci.project.environments import Environment, feeder, named
from ci.records import dora, history, lease, listing, report
from ci.records.archive import Archive, archived
from ci.records.report import Format
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.registry.references import pinned, unmade
from ci.release import inspection, promotion, releasing, verification
from ci.release.saved import comparing
from ci.release.saved.planned import Planned
from ci.release.succession import Succession
from ci.run.steps import Steps
from ci.scan import scanning
from ci.scan.gate import Effect
from ci.source.revision import tags
from ci.source.sources import GitDir, History, Repository, Source
from ci.subject import Subject
from ci.verbs import in_sentences, remark, uncached, uncached_as

enum_type(Format)
enum_type(Effect)


@object_type
class Ci:
    """The pipeline of the service."""

    source: Source
    history: History
    git_dir: GitDir

    @uncached
    @check
    @in_sentences
    async def lint(self) -> str:
        """Check the code with flake8, black and isort, and show every finding."""
        repository = await self._subject.repository()
        return await linting.lint(repository.files, repository.settings)

    @uncached
    @check
    @in_sentences
    async def test(self) -> str:
        """Run the service's tests, as [tool.ci.test] in pyproject.toml says."""
        repository = await self._subject.repository()
        made_of = await repository.made_of()
        return await testing.test(repository.files, made_of, repository.settings.tests)

    @uncached
    @check
    @in_sentences
    async def manifests(self) -> str:
        """Render all manifests, hold them against schemas, score them, test the rules."""
        return await manifest_checks.check(await self._subject.repository())

    @uncached
    @check
    @in_sentences
    async def infra(self) -> str:
        """Check the machines: tofu fmt, validate and test, a plan, and cloud-init."""
        return await infra.check((await self._subject.repository()).files)

    @uncached
    @check
    @in_sentences
    async def locked(self) -> str:
        """Check that the lock files of Python packages are what requirements make them."""
        return await locks.check((await self._subject.repository()).files)

    @uncached
    @generate
    @in_sentences
    async def lock(self, upgrade: arg.Upgrade = False) -> Changeset:
        """Write the lock files of Python packages anew."""
        return await locks.written((await self._subject.repository()).files, upgrade)

    @uncached
    @in_sentences
    async def infra_plan(self, variables: arg.Variables) -> Directory:
        """Export what OpenTofu would make where nothing is: plan.txt and plan.json."""
        return await infra.plan((await self._subject.repository()).files, variables)

    @uncached
    @in_sentences
    async def build(self, version: arg.Version = None) -> Container:
        """Build the service's image, labelled with its commit."""
        return await subject.built(await self._subject.repository(), version)

    @uncached
    @in_sentences
    @grouped
    async def scan(self, *, scanning_: groups.Scanning) -> str:
        """Scan image and sources for vulnerabilities, misconfiguration and secrets."""
        scanner, repository = scanning_.scanner(), await self._subject.repository()
        built = await subject.built(repository)
        return (await scanning.passed(built, repository, scanner)).summary

    @uncached
    @in_sentences
    @grouped
    async def scan_reports(self, *, scanning_: groups.Scanning) -> Directory:
        """Export what `scan` finds: SARIF, an SBOM and the verdict, whatever that is."""
        scanner, repository = scanning_.scanner(), await self._subject.repository()
        built = await subject.built(repository)
        return await scanning.export(await scanning.scan(built, repository, scanner))

    @uncached
    @in_sentences
    @grouped
    async def scanned(self, *, scanning_: groups.Scanning) -> results.Scan:
        """What `scan` finds as an object, whatever the verdict."""
        scanner, repository = scanning_.scanner(), await self._subject.repository()
        built = await subject.built(repository)
        return results.Scan.of((await scanning.scan(built, repository, scanner)).verdict)

    @uncached
    @in_sentences
    @grouped
    async def publish(
        self,
        *,
        address: arg.Address = "",
        login: groups.Login,
        branch: arg.Branch = None,
        signing: groups.Signing,
    ) -> str:
        """Push the image under its commit and its branch, sign it, and print its digest."""
        registry, signer = login.registry(address), signing.signer()
        repository = await self._subject.repository()
        made_of = await repository.made_of()
        revision = await subject.revision(repository, made_of)
        built = await building.build(made_of, revision)
        names = tags(revision, branch or revision.branch, repository.settings.latest)
        pushed = await pipeline.publish(built, registry, names, signer)
        remark(*pushed.remarks)
        return pushed.reference

    @uncached
    @in_sentences
    @grouped
    async def deploy(
        self,
        *,
        access: groups.Access,
        target: groups.Target,
        pushed: arg.Pushed = None,
        plan: arg.Plan,
        waiting: groups.Waiting,
        address: arg.Address = "",
        login: groups.Login,
        scanning_: groups.Scanning,
        signing: groups.Signing,
        verifying: groups.Verifying,
        judging: groups.Judging,
        force: arg.Force = "",
        allow_older: arg.AllowOlder = "",
        run: arg.Run = "",
        format_: arg.Shown = Format.text,
    ) -> str:
        """Lint, test, build, scan, push, deploy and verify, and print the report."""
        steps = Steps()
        signer, verifier = signing.signer(), verifying.verifier()
        limits, scanner = waiting.limits(), scanning_.scanner()
        saved = Planned.parse(await plan.contents()) if plan else None
        if saved:
            env, pushed = saved.named(target.env, pushed)
            target = replace(target, env=env)
        registry = login.registry(pinned(pushed)[0] if pushed else address)
        cluster = await access.cluster()
        repository = await self._subject.repository()
        made_of = await repository.made_of()
        revision = await subject.revision(repository, made_of)
        environments = repository.settings.environments
        environment = target.chosen(environments, revision)
        signature.required(environment, verifier)
        asked = judging.asked(environment)
        manifests = repository.manifests
        planned = Candidate(pushed or unmade(registry.repository), revision.name)
        foresee = partial(releasing.foresee, cluster, environment, manifests, planned)
        succession = Succession(repository.history, repository.git_dir, allow_older)
        first: releasing.First = releasing.nothing
        holds = partial(comparing.hold, saved, cluster, environment) if saved else None
        if pushed:
            candidate = await pipeline.existing(pushed, registry, beside=foresee)
            before = feeder(environments, environment)
            candidate = await promotion.admitted(cluster, environment, before, candidate, force)
        else:
            succeeds = partial(succession.admits, cluster, environment, revision.name)
            unheld = partial(lease.unheld, cluster, environment)
            made = await pipeline.make(
                repository,
                made_of,
                revision,
                target.branch or revision.branch,
                registry,
                scanner,
                signer,
                steps,
                beside=partial(foresee, succeeds, unheld),
            )
            candidate, first = made.candidate, partial(made.move_tags, steps)
        candidate = await signature.verified(candidate, registry, verifier, steps)
        async with archived(cluster, environment, registry):
            deployed = await releasing.deploy(
                cluster,
                environment,
                manifests,
                candidate,
                succession,
                limits,
                steps,
                run,
                first,
                asked,
                holds,
            )
        return deployed.show(format_)

    @uncached
    @in_sentences
    @grouped
    async def promote(
        self,
        *,
        access: groups.Access,
        from_env: arg.FromEnv,
        to_env: arg.ToEnv,
        from_kubeconfig: arg.FromKubeconfig = None,
        waiting: groups.Waiting,
        login: groups.Login,
        verifying: groups.Verifying,
        judging: groups.Judging,
        force: arg.Force = "",
        allow_older: arg.AllowOlder = "",
        format_: arg.Shown = Format.text,
    ) -> str:
        """Deploy to an environment the digest that another one runs and verified."""
        steps = Steps()
        verifier, limits = verifying.verifier(), waiting.limits()
        repository = await self._subject.repository()
        environments = repository.settings.environments
        source, environment = named(environments, from_env), named(environments, to_env)
        signature.required(environment, verifier)
        asked = judging.asked(environment)
        cluster = await access.cluster()
        origin = await Cluster.of(from_kubeconfig) if from_kubeconfig else cluster
        await cluster.admits(environment.namespace)
        with steps.step("source"):
            candidate = await promotion.candidate(origin, source)
            before = feeder(environments, environment)
            candidate = await promotion.admitted(origin, environment, before, candidate, force)
        registry = login.registry(pinned(candidate.image)[0])
        candidate = await signature.verified(candidate, registry, verifier, steps)
        manifests = repository.manifests
        succession = Succession(repository.history, repository.git_dir, allow_older)
        async with archived(cluster, environment, registry):
            deployed = await releasing.deploy(
                cluster, environment, manifests, candidate, succession, limits, steps, asked=asked
            )
        return deployed.show(format_)

    @uncached
    @in_sentences
    @grouped
    async def rollback(
        self,
        *,
        access: groups.Access,
        env: arg.Env,
        number: arg.Number = None,
        waiting: groups.Waiting,
        format_: arg.Shown = Format.text,
    ) -> str:
        """Bring back the last good release, or the one named, whole and verified."""
        limits, environment = waiting.limits(), await self._subject.named(env)
        cluster = await access.cluster()
        await cluster.admits(environment.namespace)
        restored = await releasing.rollback(cluster, environment, number, limits, Steps())
        return restored.show(format_)

    @uncached
    @in_sentences
    @grouped
    async def plan(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        target: groups.Target,
        pushed: arg.Runs = None,
        login: groups.Login,
        format_: arg.Shown = Format.text,
    ) -> str:
        """Show what a deploy would change, resource by resource, and change nothing."""
        repository = await self._subject.repository()
        environment = await subject.environment(target, repository)
        cluster = await Cluster.of(kubeconfig)
        candidate, manifest = await self._planned(repository, environment, cluster, pushed, login)
        found = await inspection.planned(cluster, environment, manifest, candidate.checks)
        return found.show(format_)

    @uncached
    @in_sentences
    @grouped
    async def plan_saved(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        target: groups.Target,
        pushed: arg.Runs = None,
        login: groups.Login,
    ) -> File:
        """Export what `plan` shows as a file, which `deploy --plan` holds to."""
        repository = await self._subject.repository()
        environment = await subject.environment(target, repository)
        cluster = await Cluster.of(kubeconfig)
        candidate, manifest = await self._planned(repository, environment, cluster, pushed, login)
        saved = await comparing.save(cluster, environment, manifest, candidate)
        return dag.directory().with_new_file(comparing.FILE, saved.to_json()).file(comparing.FILE)

    @uncached
    @in_sentences
    async def report(
        self,
        kubeconfig: arg.Kubeconfig,
        env: arg.Env,
        format_: arg.Shown = Format.text,
        number: arg.Number = None,
        run: arg.Run = "",
    ) -> str:
        """Print the report of a release, also of one that failed."""
        environment, cluster = await self._subject.named(env), await Cluster.of(kubeconfig)
        found = await inspection.reported(cluster, environment, number, run)
        return found.show(format_)

    @uncached_as("history")
    @in_sentences
    async def releases(
        self, kubeconfig: arg.Kubeconfig, env: arg.Env, format_: arg.Shown = Format.text
    ) -> str:
        """List the releases of an environment that are kept, newest first."""
        environment, cluster = await self._subject.named(env), await Cluster.of(kubeconfig)
        return listing.show(await Records(cluster, environment).read(), format_)

    @uncached
    @in_sentences
    @grouped
    async def dora(
        self,
        *,
        kubeconfig: arg.Kubeconfig,
        env: arg.Env,
        login: groups.Login,
        format_: arg.Shown = Format.text,
    ) -> str:
        """Tell how often, how fast and how well an environment is released to."""
        environment, cluster = await self._subject.named(env), await Cluster.of(kubeconfig)
        releases = await Records(cluster, environment).read()
        runs = history.chosen(releases, None, environment).report.image
        archive = Archive(login.registry(pinned(runs)[0]), environment)
        lines, notes = await archive.known(releases)
        return dora.measure(environment.name, lines, datetime.now(UTC), notes).show(format_)

    @uncached
    @in_sentences
    async def release(
        self, kubeconfig: arg.Kubeconfig, env: arg.Env, number: arg.Number = None
    ) -> results.Release:
        """A release as an object: the newest, or the one with that number."""
        environment, cluster = await self._subject.named(env), await Cluster.of(kubeconfig)
        return results.Release.of(await inspection.reported(cluster, environment, number, ""))

    @uncached
    @in_sentences
    async def environment(self, kubeconfig: arg.Kubeconfig, env: arg.Env) -> results.Environment:
        """An environment as an object: what it runs, and what is not as it was applied."""
        environment = await self._subject.named(env)
        [found] = await inspection.status(await Cluster.of(kubeconfig), [environment])
        return results.Environment.of(found)

    @uncached
    @in_sentences
    @grouped
    async def verify(self, *, access: groups.Access, target: groups.Target) -> str:
        """Check that an environment is healthy and answers from the commit it should."""
        environment = await self._subject.environment(target)
        running = await verification.verify(await access.cluster(), environment)
        return report.verified(environment, running)

    @uncached
    @in_sentences
    async def status(self, kubeconfig: arg.Kubeconfig, env: arg.OneEnv = None) -> str:
        """Show what each environment runs, how it has drifted, and the cluster's nodes."""
        cluster = await Cluster.of(kubeconfig)
        known = (await self._subject.settings()).environments
        wanted = [named(known, env)] if env else list(known.values())
        return await inspection.shown(cluster, wanted)

    async def _planned(
        self,
        repository: Repository,
        environment: Environment,
        cluster: Cluster,
        pushed: str | None,
        login: groups.Login,
    ) -> tuple[Candidate, Manifest]:
        """What a deploy of an image, or of the one that runs, would release, and its resources."""
        manifests = repository.manifests
        if pushed:
            candidate = await pipeline.existing(pushed, login.registry(pinned(pushed)[0]))
        else:
            candidate = await inspection.candidate(cluster, environment, manifests)
        return candidate, await render(manifests, environment, candidate)

    @property
    def _subject(self) -> Subject:
        return Subject(self.source, self.history, self.git_dir)
