"""Lets a verb take a group of arguments as one, while the command line shows each of them."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import Parameter, Signature
from typing import Any, TypeVar, get_type_hints

from ci.arguments import groups

R = TypeVar("R")


def grouped(method: Callable[..., Awaitable[R]]) -> Callable[..., Awaitable[R]]:
    """Take the fields of each group among the parameters as arguments of their own.

    Groups are dataclasses of `arguments.groups`. A field that two of them have is one argument.
    """
    hints = get_type_hints(method, include_extras=True)
    taken: dict[str, type] = {}
    flat: dict[str, Parameter] = {}
    for parameter in inspect.signature(method).parameters.values():
        hint = hints.get(parameter.name, parameter.annotation)
        if _is_group(hint):
            taken[parameter.name] = hint
            flat |= _spread(hint)
        else:
            flat[parameter.name] = parameter.replace(annotation=hint)
    signature = Signature(list(flat.values()), return_annotation=hints["return"])

    @functools.wraps(method)
    async def call(*args: Any, **kwargs: Any) -> R:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        said = given.arguments
        made = {name: group(**_of(group, said)) for name, group in taken.items()}
        shared = {name for group in taken.values() for name in _names(group)}
        alone = {name: value for name, value in said.items() if name not in shared}
        return await method(**alone, **made)

    call.__annotations__ = {each.name: each.annotation for each in _annotated(flat)}
    call.__annotations__["return"] = signature.return_annotation
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _is_group(hint: object) -> bool:
    return isinstance(hint, type) and is_dataclass(hint) and hint.__module__ == groups.__name__


def _spread(group: type) -> dict[str, Parameter]:
    """The arguments that a group consists of."""
    hints = get_type_hints(group, include_extras=True)
    return {
        each.name: Parameter(
            each.name, Parameter.KEYWORD_ONLY, default=_default(each), annotation=hints[each.name]
        )
        for each in fields(group)
    }


def _default(field: Field[Any]) -> Any:
    return Parameter.empty if field.default is MISSING else field.default


def _names(group: type) -> list[str]:
    return [each.name for each in fields(group)]


def _of(group: type, said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in _names(group)}


def _annotated(flat: Mapping[str, Parameter]) -> list[Parameter]:
    return [each for each in flat.values() if each.annotation is not Parameter.empty]
