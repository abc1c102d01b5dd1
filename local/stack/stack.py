"""The laptop stack as a whole: what is started, in which order, and how it is taken down."""

import os
import shutil
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial

from local.cluster import addons, control_plane, membership, node, nodes, takeover
from local.engine import engine
from local.host import lock, packages, preflight
from local.host.errors import CommandFailed
from local.host.paths import DOTENV, NAME, RUN, STATE
from local.images import cluster as cluster_images
from local.images import debian, registry
from local.machines import cgroups, network, sandbox
from local.machines.sandbox import Sandbox
from local.machines.service import Service
from local.pipeline import publishing, scanning
from local.stack import background, dotenv, estimate, on_path, order
from local.stack.defaults import defaults
from local.stack.estimate import Lacking
from local.stack.parts import PARTS, Part
from local.stack.remembered import CORE, VERSIONS, remember, remembered
from local.terminal import line
from local.terminal.steps import run
from local.tools.catalogue import DAGGER_SOURCE, GATEWAY_API, KUBERNETES, TOOLS
from local.tools.team import elsewhere


def services() -> list[Service]:
    """Every long-running program, in the order of their start."""
    return [
        registry.SERVICE,
        *control_plane.services(),
        *(service for one in nodes.wanted() for service in node.services(one)),
        *([engine.service()] if engine.configured() else []),
    ]


@dataclass(frozen=True)
class Standing:
    """What of the stack is as this version makes it."""

    core: bool
    """Whether all that is below the parts is."""
    parts: Collection[str] = ()
    """The names of the parts that are, where the core is."""
    was_up: bool = True
    """Whether all that was asked for was there before."""

    def has(self, parts: Sequence[Part]) -> bool:
        """Whether these parts are there, and everything below them."""
        return self.core and all(part.name in self.parts for part in parts)


def up(
    tell: Callable[[str], None],
    parts: Sequence[Part] = PARTS,
    ahead: Callable[[], object] | None = None,
) -> Standing:
    """Brings up what is not up of these parts and of all below them; what there is then.

    What is `ahead` begins as soon as there is a new engine, while the rest is still being made.
    Raises LocalError when it cannot; the next call goes on where it stopped.
    """
    preflight.check_this_machine()
    preflight.check_disks(tools_are_built=_tools_are_built())
    # Asked before the lock is taken: who needs nothing more does not wait for another run.
    found = standing()
    if not found.has(parts):
        with _alone(tell):
            found = standing()
            if not found.has(parts):
                _examine_data(tell)
                nodes.remember()
                _bring_up(parts, tell, ahead)
                remember(part.name for part in parts)
                found = replace(standing(), was_up=False)
    dotenv.update(DOTENV, defaults())
    on_path.put()
    return found


def down(tell: Callable[[str], None], purge: bool = False) -> None:
    """Takes everything down; data stays unless it is purged."""
    preflight.check_this_machine()
    background.stop()
    with _alone(tell):
        shutil.rmtree(VERSIONS, ignore_errors=True)
        everything = services()
        with ThreadPoolExecutor(max_workers=len(everything)) as pool:
            list(pool.map(Service.down, everything))
            list(pool.map(Sandbox.down, sandbox.others(())))
        network.down()
        cgroups.down()
        dotenv.update(DOTENV, None)
        on_path.remove()
        if purge:
            shutil.rmtree(STATE, ignore_errors=True)
        shutil.rmtree(RUN, ignore_errors=True)


def is_up() -> bool:
    """Whether every program of the stack serves."""
    return engine.configured() and all(_at_once([partial(_runs, one) for one in services()]))


def _runs(service: Service) -> bool:
    return service.process is not None and service.ready()


def standing() -> Standing:
    """Looks at everything; the cluster is asked only where all that it is made of is there."""
    known = remembered()
    if not (_tools_are_built() and CORE in known and _serves()):
        return Standing(core=False)
    parts = [part for part in PARTS if part.name in known]
    core = (membership.is_settled, addons.has_dns, addons.has_gateway_api, addons.has_namespaces)
    asked = _at_once([*core, *(part.is_there for part in parts)])
    there = zip(parts, asked[len(core) :], strict=True)
    return Standing(all(asked[: len(core)]), [part.name for part, is_there in there if is_there])


def _bring_up(
    parts: Sequence[Part], tell: Callable[[str], None], ahead: Callable[[], object] | None
) -> None:
    place = elsewhere.place(os.environ)
    tell(estimate.sentence(_lacking(parts), place))
    steps = order.steps(parts, tell, place, None if engine.has_worked() else ahead)
    run(steps, tell, line.show if line.renews() else None)


def _lacking(parts: Sequence[Part]) -> Lacking:
    tools = (*TOOLS, *(tool for part in parts for tool in part.tools))
    return Lacking(
        tools=[tool.name for tool in tools if not tool.built],
        packages=bool(packages.missing()),
        base=not debian.python().layout.exists(),
        stack=not is_up(),
    )


def _examine_data(tell: Callable[[str], None]) -> None:
    found = takeover.written_by(control_plane.KUBEADM_CONFIG)
    if change := takeover.examine(found, KUBERNETES.version):
        tell(change)


def _tools_are_built() -> bool:
    sources = (DAGGER_SOURCE, GATEWAY_API)
    return all(tool.built for tool in TOOLS) and all(source.home.exists() for source in sources)


def _serves() -> bool:
    """Whether the machine has its packages, and the stack its programs and its images."""
    served = [debian.python(), *cluster_images.images(), *scanning.images(), *publishing.images()]
    return all(
        _at_once(
            [
                lambda: not packages.missing(),
                is_up,
                *(partial(getattr, image, "pushed") for image in served),
            ]
        )
    )


def _at_once(conditions: Sequence[Callable[[], bool]]) -> list[bool]:
    """Which of them hold; most wait for a program's answer, and without one do not."""

    def holds(condition: Callable[[], bool]) -> bool:
        try:
            return condition()
        except CommandFailed:
            return False

    with ThreadPoolExecutor(max_workers=len(conditions) or 1) as pool:
        return list(pool.map(holds, conditions))


def _alone(tell: Callable[[str], None]) -> AbstractContextManager[None]:
    waits = "another run is setting the stack up or taking it down: waiting for it"
    return lock.held(f"{NAME}.stack", lambda: tell(waits))
