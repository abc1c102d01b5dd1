"""What brings the stack up: steps, and which waits for which."""

from collections.abc import Callable, Sequence
from functools import partial

from local.cluster import addons, control_plane, membership, node, nodes, takeover
from local.cluster.kubectl import wait_for_node
from local.cluster.nodes import Node
from local.engine import engine
from local.host import packages
from local.host.paths import BRIDGE, LOGS
from local.images import cluster as cluster_images
from local.images import debian, registry
from local.images.stand_in import StandIn
from local.machines import cgroups, network, sandbox
from local.machines.sandbox import ENGINE, Sandbox
from local.pipeline import publishing, scanning
from local.stack import toolbox
from local.stack.parts import Part
from local.stack.remembered import remembered
from local.terminal.steps import Progress, Step
from local.tools import golang
from local.tools.catalogue import (
    DAGGER,
    DAGGER_SOURCE,
    GATEWAY_API,
    KUBERNETES,
    ORAS,
    TOOLS,
    TRIVY,
)
from local.tools.source import Source
from local.tools.team.elsewhere import Place


def steps(
    parts: Sequence[Part],
    tell: Callable[[str], None],
    place: Place | None = None,
    ahead: Callable[[], object] | None = None,
) -> list[Step]:
    """What brings up all that is not there, and these parts; built tools may be in a place.

    What is `ahead` needs an engine and the base image.
    """
    found: list[Step] = []

    def step(name: str, action: Callable[[Progress], None], *after: Step | None) -> Step:
        found.append(Step(name, action, tuple(one for one in after if one)))
        return found[-1]

    missing = packages.missing()
    installed = None
    if missing:
        installed = step(
            f"Debian packages: {' '.join(missing)}",
            lambda _: packages.install(missing, LOGS / "packages.log"),
        )

    tools = {tool.name: tool for tool in (*TOOLS, *(each for part in parts for each in part.tools))}
    lacking = [tool for tool in tools.values() if not tool.built]
    if place:
        built = toolbox.fetched(step, lacking, installed, tell, place)
    else:
        built = toolbox.built(step, lacking, installed, tell)
    base = None
    if not debian.python().layout.exists():
        base = step("base image from Debian packages", lambda _: debian.python().build(), installed)

    def fetched(source: Source, *after: Step | None) -> Step | None:
        if source.home.exists():
            return None
        return step(
            f"{source.module} {source.version}",
            lambda _: source.fetch(golang.find_or_install(LOGS / "go.log"), LOGS / "go.log"),
            installed,
            *after,
        )

    gateway_api = fetched(GATEWAY_API)
    # Building Dagger fetches it, too.
    sdk = fetched(DAGGER_SOURCE, built.get(DAGGER.name))
    sandboxes = step("network and sandboxes", _sandboxes, installed)
    storage = step("registry", _registry, sandboxes)
    pushed = step("base image in the registry", lambda _: debian.python().push(), base, storage)
    serving = step("Dagger engine", _engine, sandboxes, built.get(DAGGER.name), sdk)
    if ahead:
        step("the call's first steps, begun", partial(_begin, ahead), serving, pushed)
    plane = step("Kubernetes control plane", _control_plane, sandboxes, built.get(KUBERNETES.name))
    served = step(
        "cluster images in the registry",
        _push(cluster_images.images),
        storage,
        built.get(KUBERNETES.name),
    )
    ready = [
        step(f"Kubernetes node {each.name}", partial(_node, each), plane, served)
        for each in nodes.wanted()
    ]
    addons = step("cluster DNS, Gateway API and namespaces", _addons, gateway_api, *ready)
    step(
        "Trivy and its database in the registry",
        _push(scanning.images),
        storage,
        built.get(TRIVY.name),
    )
    step("oras in the registry", _push(publishing.images), storage, built.get(ORAS.name))
    for part in parts:
        own_tools = [built.get(tool.name) for tool in part.tools]
        sources = [fetched(source) for source in part.sources]
        name = f"images of the {part.name}"
        own = step(name, _push(part.images), pushed, *own_tools) if part.images else None
        step(f"the {part.name}", partial(_part, part), addons, own, *own_tools, *sources)
    return found


def _push(wanted: Callable[[], list[StandIn]]) -> Callable[[Progress], None]:
    def push(progress: Progress) -> None:
        for image in wanted():
            progress(f"{image.repository}:{image.tag}")
            image.push()

    return push


def _sandboxes(_: Progress) -> None:
    network.up()
    wanted = (*(each.sandbox for each in nodes.wanted()), ENGINE)
    for other in sandbox.others(wanted):
        other.down()
        cgroups.down()
    takeover.drop_abandoned()
    for each in wanted:
        _plug_in(each)


def _plug_in(one: Sandbox) -> None:
    if one.up():
        # A crash leaves the groups of dead containers, and the kubelet waits 3 s for each of them.
        cgroups.down(one.name)
    one.connect(BRIDGE, network.mtu())


def _registry(_: Progress) -> None:
    registry.configure()
    registry.SERVICE.up()


def _engine(_: Progress) -> None:
    engine.configure()
    if engine.service().serves():
        return
    # What an engine leaves behind when it is killed holds its addresses: a new sandbox has none.
    ENGINE.down()
    _plug_in(ENGINE)
    engine.service().up()


def _control_plane(progress: Progress) -> None:
    control_plane.keys()
    for service in control_plane.services():
        progress(service.name)
        service.up()


def _node(one: Node, progress: Progress) -> None:
    node.configure(one)
    node.connect(one)
    node.keep_services_inside(one)
    for service in node.services(one):
        progress(service.name)
        service.up()
    progress("waiting until it is ready")
    wait_for_node(one.name, LOGS / f"{one.program('kubelet')}.log")


def _addons(_: Progress) -> None:
    membership.settle()
    addons.add_administrators()
    addons.add_dns()
    addons.add_gateway_api()
    addons.add_namespaces()


def _begin(ahead: Callable[[], object], _: Progress) -> None:
    ahead()


def _part(part: Part, progress: Progress) -> None:
    # Asked once there is somebody to ask: without a network, each question takes its time-out.
    if not (part.name in remembered() and part.is_there()):
        part.bring_up(progress)
