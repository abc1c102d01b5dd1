"""What of the stack runs, as a table."""

from local.cluster import membership
from local.machines.service import Service
from local.stack import background, stack
from local.stack.parts import PARTS, Part


def table() -> str:
    """A line for each program, node and part: its name, its state, and where it is."""
    rows = [_row(service) for service in stack.services()]
    rows += membership.standing()
    rows += [_part_row(part) for part in PARTS]
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{name:{width}}  {state:11}  {rest}" for name, state, rest in rows)


def _row(service: Service) -> tuple[str, str, str]:
    process = service.process
    if not process:
        return service.name, "down", str(service.log)
    state = "serving" if service.ready() else "starting"
    return service.name, state, f"{service.log} (process {process.pid})"


def _part_row(part: Part) -> tuple[str, str, str]:
    if part.is_there():
        return part.name, "serving", "in the cluster"
    if background.process():
        return part.name, "coming up", str(background.LOG)
    return part.name, "down", "`python3 -m local up` brings it up"
