"""The laptop stack as a whole: what is started, in which order, and how it is taken down."""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from local import (
    background,
    cgroups,
    cluster,
    control_plane,
    dotenv,
    engine,
    golang,
    images,
    lock,
    network,
    node,
    packages,
    preflight,
    registry,
    takeover,
)
from local.defaults import defaults
from local.keys import digest
from local.parts import PARTS, Part
from local.paths import BRIDGE, CACHE, COMMAND, DOTENV, LOGS, NAME, REPOSITORY, RUN, STATE
from local.sandbox import Sandbox
from local.service import Service
from local.steps import Progress, Step, run
from local.toolchain.build import build
from local.toolchain.catalogue import (
    DAGGER,
    DAGGER_SOURCE,
    GATEWAY_API,
    KUBERNETES,
    ORAS,
    TOOLS,
    TRIVY,
    Tool,
)
from local.toolchain.source import Source

# What of this package and of the platform's manifests each part was brought up by, `core` first.
_VERSIONS = RUN / "versions"
_CORE = "core"


def services() -> list[Service]:
    """Every long-running program, in the order of their start."""
    return [
        registry.SERVICE,
        *control_plane.services(),
        *node.services(),
        *([engine.service()] if engine.configured() else []),
    ]


def up(tell: Callable[[str], None], parts: Sequence[Part] = PARTS) -> bool:
    """Brings up what is not up, with these parts; whether there was anything to do.

    Raises LocalError when it cannot; the next call goes on where it stopped.
    """
    preflight.check_this_machine()
    preflight.check_disks(tools_are_built=_tools_are_built())
    # Asked before the lock is taken: who needs nothing more does not wait for another run.
    complete = is_complete(parts)
    if not complete:
        with _alone(tell):
            if not (complete := is_complete(parts)):
                _examine_data(tell)
                run(_steps(parts), tell)
                _remember(parts)
    dotenv.update(DOTENV, defaults())
    _put_on_path()
    return not complete


def down(tell: Callable[[str], None], purge: bool = False) -> None:
    """Takes everything down; data stays unless it is purged."""
    preflight.check_this_machine()
    background.stop()
    with _alone(tell):
        shutil.rmtree(_VERSIONS, ignore_errors=True)
        everything = services()
        with ThreadPoolExecutor(max_workers=len(everything)) as pool:
            list(pool.map(Service.down, everything))
        engine.SANDBOX.down()
        registry.NODE.down()
        network.down()
        cgroups.down()
        dotenv.update(DOTENV, None)
        if _command_is_ours():
            COMMAND.unlink()
        if purge:
            shutil.rmtree(STATE, ignore_errors=True)
        shutil.rmtree(RUN, ignore_errors=True)


def is_up() -> bool:
    """Whether every program of the stack serves."""
    return engine.configured() and all(one.process and one.ready() for one in services())


def is_complete(parts: Sequence[Part]) -> bool:
    """Whether everything below the parts and all of these are as this version makes them."""
    return (
        _core_is_complete()
        and all(_is_remembered(part.name) for part in parts)
        and all(part.there for part in parts)
    )


def _examine_data(tell: Callable[[str], None]) -> None:
    found = takeover.written_by(control_plane.KUBEADM_CONFIG)
    if change := takeover.examine(found, KUBERNETES.version):
        tell(change)


def _version() -> str:
    return digest(Path(__file__).parent, REPOSITORY / "manifests" / "platform")


def _is_remembered(name: str) -> bool:
    file = _VERSIONS / name
    return file.exists() and file.read_text() == _version()


def _remember(parts: Sequence[Part]) -> None:
    _VERSIONS.mkdir(exist_ok=True)
    for name in (_CORE, *(part.name for part in parts)):
        (_VERSIONS / name).write_text(_version())


def _tools_are_built() -> bool:
    sources = (DAGGER_SOURCE, GATEWAY_API)
    return all(tool.built for tool in TOOLS) and all(source.home.exists() for source in sources)


def _core_is_complete() -> bool:
    served = [
        images.python(),
        *images.cluster_images(),
        *images.scanner_images(),
        *images.publishing_images(),
    ]
    return (
        _tools_are_built()
        and _is_remembered(_CORE)
        and not packages.missing()
        and is_up()
        and all(image.pushed for image in served)
        and cluster.has_addons()
    )


def _steps(parts: Sequence[Part]) -> list[Step]:
    steps: list[Step] = []

    def step(name: str, action: Callable[[Progress], None], *after: Step | None) -> Step:
        steps.append(Step(name, action, tuple(one for one in after if one)))
        return steps[-1]

    missing = packages.missing()
    debian = None
    if missing:
        debian = step(
            f"Debian packages: {' '.join(missing)}",
            lambda _: packages.install(missing, LOGS / "packages.log"),
        )

    def built(tool: Tool) -> Step | None:
        if tool.built:
            return None
        return step(f"{tool.name} {tool.version}, built from source", partial(_build, tool), debian)

    dagger, kubernetes, trivy = built(DAGGER), built(KUBERNETES), built(TRIVY)
    oras = built(ORAS)
    base = None
    if not images.python().layout.exists():
        base = step("base image from Debian packages", lambda _: images.python().build(), debian)

    def fetched(source: Source, *after: Step | None) -> Step | None:
        if source.home.exists():
            return None
        return step(
            f"{source.module} {source.version}",
            lambda _: source.fetch(golang.find_or_install(LOGS / "go.log"), LOGS / "go.log"),
            debian,
            *after,
        )

    gateway_api = fetched(GATEWAY_API)
    # Building Dagger fetches it, too.
    sdk = fetched(DAGGER_SOURCE, dagger)
    sandboxes = step("network and sandboxes", _sandboxes, debian)
    storage = step("registry", _registry, sandboxes)
    pushed = step("base image in the registry", lambda _: images.python().push(), base, storage)
    step("Dagger engine", _engine, sandboxes, dagger, sdk)
    plane = step("Kubernetes control plane", _control_plane, sandboxes, kubernetes)
    served = step(
        "cluster images in the registry", _push(images.cluster_images), storage, kubernetes
    )
    nodes = step("Kubernetes node", _node, plane, served)
    addons = step("cluster DNS, Gateway API and namespaces", _addons, nodes, gateway_api)
    step("Trivy and its database in the registry", _push(images.scanner_images), storage, trivy)
    step("oras in the registry", _push(images.publishing_images), storage, oras)
    for part in parts:
        tools = [built(tool) for tool in part.tools]
        sources = [fetched(source) for source in part.sources]
        name = f"images of the {part.name}"
        own = step(name, _push(part.images), pushed, *tools) if part.images else None
        step(f"the {part.name}", partial(_part, part), addons, own, *tools, *sources)
    return steps


def _build(tool: Tool, progress: Progress) -> None:
    build(tool, golang.find_or_install(LOGS / "go.log", tool.go), progress)


def _push(wanted: Callable[[], list[images.StandIn]]) -> Callable[[Progress], None]:
    def push(progress: Progress) -> None:
        for image in wanted():
            progress(f"{image.repository}:{image.tag}")
            image.push()

    return push


def _sandboxes(_: Progress) -> None:
    network.up()
    for sandbox in (registry.NODE, engine.SANDBOX):
        _plug_in(sandbox)


def _plug_in(sandbox: Sandbox) -> None:
    if sandbox.up():
        # A crash leaves the groups of dead containers, and the kubelet waits 3 s for each of them.
        cgroups.down()
    sandbox.connect(BRIDGE, network.mtu())


def _registry(_: Progress) -> None:
    registry.configure()
    registry.SERVICE.up()


def _engine(_: Progress) -> None:
    engine.configure()
    if engine.service().serves():
        return
    # What an engine leaves behind when it is killed holds its addresses: a new sandbox has none.
    engine.SANDBOX.down()
    _plug_in(engine.SANDBOX)
    engine.service().up()


def _control_plane(progress: Progress) -> None:
    control_plane.keys()
    for service in control_plane.services():
        progress(service.name)
        service.up()


def _node(progress: Progress) -> None:
    node.configure()
    node.keep_services_inside()
    for service in node.services():
        progress(service.name)
        service.up()
    progress("waiting until it is ready")
    cluster.wait_for_node()


def _addons(_: Progress) -> None:
    cluster.add_administrators()
    cluster.add_dns()
    cluster.add_gateway_api()
    cluster.add_namespaces()


def _part(part: Part, progress: Progress) -> None:
    # Asked once there is somebody to ask: without a network, each question takes its time-out.
    if not (_is_remembered(part.name) and part.there):
        part.bring_up(progress)


def _put_on_path() -> None:
    if not os.path.lexists(COMMAND) or _command_is_ours():
        COMMAND.unlink(missing_ok=True)
        COMMAND.symlink_to(DAGGER.program("dagger"))


def _command_is_ours() -> bool:
    return COMMAND.is_symlink() and COMMAND.readlink().is_relative_to(CACHE)


def _alone(tell: Callable[[str], None]) -> AbstractContextManager[None]:
    waits = "another run is setting the stack up or taking it down: waiting for it"
    return lock.held(f"{NAME}.stack", lambda: tell(waits))
