"""Which request leads through an HTTPRoute to a path of the service, as Gateway API has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

Object = dict[str, Any]

_REGEX = "RegularExpression"
_ANY_PATH = {"type": "PathPrefix", "value": "/"}
# They change neither where a request goes nor what it is answered.
_HARMLESS = {"RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "CORS"}


class NoneLeads(Exception):
    """No request leads there, or it cannot be told which, and this says why."""


class Backend(NamedTuple):
    """A port of a Service, to which a rule may lead."""

    service: str
    port: int


@dataclass(frozen=True)
class Request:
    """What a client asks for with GET: a path with its query, and the headers that it takes."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Match:
    """A condition of a rule: which requests the rule takes."""

    rule: Object
    path: Object
    headers: Mapping[str, Object]
    parameters: Mapping[str, Object]
    method: str

    @classmethod
    def of(cls, rule: Object, condition: Object) -> "_Match":
        return cls(
            rule,
            {**_ANY_PATH, **condition.get("path", {})},
            {each["name"].lower(): each for each in condition.get("headers", ())},
            {each["name"]: each for each in condition.get("queryParams", ())},
            condition.get("method", ""),
        )

    @property
    def prefix(self) -> str:
        """Its path, without a slash at the end."""
        return str(self.path["value"]).rstrip("/")

    @property
    def weight(self) -> tuple[bool, int, bool, int, int]:
        """Of several that meet a request the one with most takes it, and of equals the first."""
        exact, length = self.path["type"] == "Exact", len(self.path["value"])
        return exact, length, bool(self.method), len(self.headers), len(self.parameters)


def request(route: Object, backend: Backend, path: str) -> Request:
    """The request that a route leads to a path of a Service, such as `/version`.

    Raises NoneLeads where there is none, or where the route alone does not tell.
    """
    name = route["metadata"]["name"]
    matches = [
        _Match.of(rule, condition)
        for rule in route["spec"].get("rules", [{}])
        for condition in rule.get("matches") or [{}]
    ]
    why = f"no rule of HTTPRoute {name} leads to {path}"
    for match in matches:
        asked = _asked(match, path)
        if asked is None:
            continue
        if objection := _objection(match, backend):
            why = f"the rule of HTTPRoute {name} for {match.path['value']} {objection}"
        elif _taker(matches, match, asked) is not match.rule:
            why = f"another rule of HTTPRoute {name} may take {asked}"
        else:
            query = urlencode({each: found["value"] for each, found in match.parameters.items()})
            headers = tuple((each, found["value"]) for each, found in match.headers.items())
            return Request(f"{asked}?{query}" if query else asked, headers)
    raise NoneLeads(why)


def _asked(match: _Match, path: str) -> str | None:
    """The path by which a client has the service asked for `path`, under the rule of a match."""
    kind, value = match.path["type"], match.path["value"]
    new = _new_path(match.rule)
    if kind == _REGEX:
        return None
    if new is None:
        leads = value == path if kind == "Exact" else _is_under(path, match.prefix)
        return path if leads else None
    if new["type"] == "ReplaceFullPath":
        return str(value) if new["replaceFullPath"] == path else None
    replaced = new["replacePrefixMatch"].rstrip("/")
    if kind == "Exact" or not _is_under(path, replaced):
        return None
    return match.prefix + path[len(replaced) :] or "/"


def _new_path(rule: Object) -> Object | None:
    for each in rule.get("filters", ()):
        if each["type"] == "URLRewrite":
            new: Object | None = each["urlRewrite"].get("path")
            return new
    return None


def _objection(match: _Match, backend: Backend) -> str:
    """Why nothing is known of what the service gets by a match; empty where all is."""
    if match.method not in ("", "GET"):
        return f"takes {match.method} only"
    for condition in (*match.headers.values(), *match.parameters.values()):
        if condition.get("type") == _REGEX:
            return f"takes what has {condition['name']} as a regular expression says"
    backends = [each for each in match.rule.get("backendRefs", ()) if each.get("weight", 1)]
    filters = [each["type"] for each in match.rule.get("filters", ())]
    if "RequestRedirect" in filters:
        return "redirects"
    # A rewrite by a rule is reckoned with, one on the way to a backend is not.
    filters = [each for each in filters if each != "URLRewrite"]
    filters += [each["type"] for behind in backends for each in behind.get("filters", ())]
    if unknown := [each for each in filters if each not in _HARMLESS]:
        return f"has the filter {unknown[0]}, which may change what is asked or answer itself"
    if not backends:
        return "leads to no Service"
    if others := [each["name"] for each in backends if not _is_of(each, backend)]:
        return f"leads to {others[0]}, not only to port {backend.port} of Service {backend.service}"
    return ""


def _is_of(reference: Object, backend: Backend) -> bool:
    kind = (reference.get("group", ""), reference.get("kind", "Service"))
    return (*kind, reference["name"], reference.get("port")) == ("", "Service", *backend)


def _taker(matches: list[_Match], match: _Match, asked: str) -> Object | None:
    """The rule that takes what a client asks under a match; None where that cannot be told."""
    takers = [each for each in matches if _may_take(each, match, asked)]
    if any(each.path["type"] == _REGEX for each in takers):
        return None  # Its place among the others is each gateway's own.
    return max(takers, key=lambda each: each.weight).rule


def _may_take(other: _Match, match: _Match, asked: str) -> bool:
    """Whether a match takes what a client asks under another one."""
    kind, value = other.path["type"], other.path["value"]
    if kind == _REGEX:
        takes = _fits(value, asked)
    else:
        takes = asked == value if kind == "Exact" else _is_under(asked, other.prefix)
    return (
        takes
        and other.method in ("", "GET")
        and _are_met(other.headers, match.headers)
        and _are_met(other.parameters, match.parameters)
    )


def _are_met(conditions: Mapping[str, Object], sent: Mapping[str, Object]) -> bool:
    return all(
        name in sent
        and (
            _fits(each["value"], sent[name]["value"])
            if each.get("type") == _REGEX
            else each["value"] == sent[name]["value"]
        )
        for name, each in conditions.items()
    )


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:  # Another dialect than Python's: it may.
        return True


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
