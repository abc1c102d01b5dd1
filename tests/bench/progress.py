"""What a verb itself says, out of all that `dagger --progress=plain` prints."""

import re
from collections.abc import Iterable, Iterator

Printed = Iterable[tuple[float, str]]
"""Lines, each with the moment at which it was printed."""

_SPAN = re.compile(r"(\d+) +: (?:┆ )*(.*)")
_VERB = re.compile(r"Ci\.\w+")
_LOG = re.compile(r"\[[^]]+\] \| (.*)")
_OF_DAGGER = re.compile(r"user default: .*|.* WARN failed to parse git remote .*|\s*")
_TRACE = re.compile(r" \[traceparent:[^]]*\]")


def said(printed: Printed) -> Iterator[tuple[float, str]]:
    """What a verb tells meanwhile, gives at its end, or fails with.

    The steps of the engine, and what programs print in containers, are left out. A failure is told
    of twice, as that of a step and at the end: the first is left out too.
    """
    verb, of_a_step = "", False
    for moment, line in printed:
        span = _SPAN.fullmatch(line)
        if not span:
            of_a_step = of_a_step and not line.startswith("Error:")
            if not (of_a_step or _OF_DAGGER.fullmatch(line)):
                yield moment, _TRACE.sub("", line)
            continue
        number, told = span.groups()
        of_a_step = told.startswith("! ")
        if not verb and _VERB.match(told):
            verb = number
        log = _LOG.fullmatch(told)
        if log and number == verb:
            yield moment, log[1]
