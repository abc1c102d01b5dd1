"""What the verbs have in common: they fail with a sentence, and some must run at every call."""

import functools
import inspect
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import dagger
from dagger import ExecError, QueryError, dag

from ci.manifests import redaction
from ci.manifests.redaction import redacted
from ci.run import credentials, faults
from ci.run.errors import CiError, cause
from ci.run.steps import limited

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")


def uncached_as(name: str | None) -> Callable[[F], F]:
    """The same as `uncached`, by a name that the class has for something else."""

    def expose(verb: F) -> F:
        exposed: F = dagger.function(verb, name=name, cache="never")  # type: ignore[call-overload]
        return exposed

    return expose


def uncached(method: F) -> F:
    """Expose a method that looks at the caller's repository, or at the world: never cached."""
    return uncached_as(None)(method)


def in_sentences(method: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Fail with the sentence of what was raised, and without any secret that the verb was given.

    Each of its secrets is read first, so that one that is not there is told of at once.
    """
    parameters = inspect.signature(method)

    @functools.wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        plaintexts: list[str] = []
        try:
            plaintexts += await credentials.read(parameters.bind(*args, **kwargs).arguments)
            with limited(method.__name__):
                return await method(*args, **kwargs)
        except (Exception, BaseExceptionGroup) as error:
            told = str(CiError.joined(_told(leaf) for leaf in _leaves(error)))
        told = redacted(told, redaction.credentials(plaintexts))
        await dag.current_function_call().return_error(dag.error(told))
        raise SystemExit(1)

    return call


def remark(*sentences: str) -> None:
    """Say what is worth knowing where the result has no place for it: in the call's progress."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)


def _told(error: BaseException) -> CiError:
    """What the engine could not do, where it is not a failure that a verb expects."""
    if isinstance(error, CiError):
        return error
    if isinstance(error, ExecError):
        command = " ".join(error.command)
        return CiError(f"`{command}` exits with {error.exit_code}.", error.stderr or error.stdout)
    if isinstance(error, QueryError):
        return CiError(f"The engine does not come to its end: {cause(str(error))}.")
    return faults.fault(error)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
