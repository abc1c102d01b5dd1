"""Which request leads through a route to the service."""

from typing import Any

import pytest

from ci.gateway.leading import Backend, NoneLeads, Request, request
from ci.rollout.status import Object

SERVICE = Backend("stage-web", 8000)
OURS = {"name": SERVICE.service, "port": 8000}
OTHER = {"name": "other", "port": 8000}


def rule(*matches: Object, to: Any = (OURS,), filters: Any = ()) -> Object:
    """A rule that leads to the service, unless it says otherwise."""
    found: Object = {"backendRefs": list(to)}
    if matches:
        found["matches"] = list(matches)
    if filters:
        found["filters"] = list(filters)
    return found


def path(value: str, type_: str = "PathPrefix", **more: Any) -> Object:
    """A match by its path."""
    return {"path": {"type": type_, "value": value}, **more}


def exactly(value: str, **more: Any) -> Object:
    """A match by its whole path."""
    return path(value, "Exact", **more)


def named(value: str, type_: str = "Exact", name: str = "X-Team") -> list[Object]:
    """A condition on one header or parameter."""
    return [{"name": name, "value": value, "type": type_}]


def rewritten(**new: str) -> Object:
    """A filter that gives the service another path than was asked."""
    (kind,) = new
    return {
        "type": "URLRewrite",
        "urlRewrite": {"path": {"type": kind[0].upper() + kind[1:], **new}},
    }


TO_ROOT = rewritten(replacePrefixMatch="/")
REDIRECT = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}


def route(*rules: Object) -> Object:
    """A route of those rules."""
    return {"metadata": {"name": "r"}, "spec": {"rules": list(rules)}}


@pytest.mark.parametrize(
    ("rules", "root", "version"),
    [
        ([rule()], "/", "/version"),
        ([rule(path("/"))], "/", "/version"),
        ([rule({})], "/", "/version"),
        ([rule(exactly("/"), exactly("/version"))], "/", "/version"),
        ([rule(exactly("/")), rule(exactly("/version"))], "/", "/version"),
        ([rule(path("/api"), filters=[TO_ROOT])], "/api/", "/api/version"),
        ([rule(path("/api/"), filters=[TO_ROOT])], "/api/", "/api/version"),
        (
            [rule(path("/api"), filters=[rewritten(replacePrefixMatch="")])],
            "/api/",
            "/api/version",
        ),
        ([rule(path("/"), filters=[TO_ROOT])], "/", "/version"),
        (
            [
                rule(exactly("/a"), filters=[rewritten(replaceFullPath="/")]),
                rule(exactly("/b"), filters=[rewritten(replaceFullPath="/version")]),
            ],
            "/a",
            "/b",
        ),
        ([rule(path("/old"), filters=[REDIRECT]), rule()], "/", "/version"),
        ([rule(exactly("/metrics"), to=[OTHER]), rule()], "/", "/version"),
        ([rule(to=[OTHER]), rule(path("/x"), filters=[TO_ROOT])], "/x/", "/x/version"),
        ([rule(to=[OURS, {**OTHER, "weight": 0}])], "/", "/version"),
        ([rule(filters=[{"type": "RequestHeaderModifier"}])], "/", "/version"),
        ([rule(path("/", method="POST"), to=[OTHER]), rule()], "/", "/version"),
        ([rule(path("/", headers=named("blue")), to=[OTHER]), rule()], "/", "/version"),
        ([rule(path("/x.*", "RegularExpression"), to=[OTHER]), rule()], "/", "/version"),
    ],
    ids=[
        "no match",
        "prefix of all",
        "match of all",
        "each exactly",
        "a rule each",
        "prefix that is cut off",
        "prefix that ends with a slash",
        "prefix that is replaced by nothing",
        "prefix of all that is cut off",
        "paths replaced whole",
        "redirect of another path",
        "other path that leads elsewhere",
        "longer prefix beside one that leads elsewhere",
        "backend that gets nothing",
        "harmless filter",
        "other method that leads elsewhere",
        "header that leads elsewhere",
        "regular expression that does not fit",
    ],
)
def test_route_that_leads_to_the_service(rules: list[Object], root: str, version: str) -> None:
    """The path is the one by which a client reaches the service's own."""
    assert request(route(*rules), SERVICE, "/") == Request(root)
    assert request(route(*rules), SERVICE, "/version") == Request(version)


def test_route_that_asks_for_more_than_a_path() -> None:
    """Header and parameter are sent as the rule has them."""
    wanted = path("/", headers=named("blue"), queryParams=named("a b", name="q"))

    found = request(route(rule(wanted), rule(to=[OTHER])), SERVICE, "/version")

    assert found == Request("/version?q=a+b", (("x-team", "blue"),))


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([], "no rule of HTTPRoute r leads to /version"),
        ([rule(exactly("/"))], "no rule of HTTPRoute r leads to /version"),
        ([rule(path("/api"))], "no rule of HTTPRoute r leads to /version"),
        ([rule(path("/vers"))], "no rule of HTTPRoute r leads to /version"),
        ([rule(path("/.*", "RegularExpression"))], "no rule of HTTPRoute r leads to /version"),
        (
            [rule(path("/a"), filters=[rewritten(replacePrefixMatch="/b")])],
            "no rule of HTTPRoute r leads to /version",
        ),
        ([rule(filters=[REDIRECT], to=())], "the rule of HTTPRoute r for / redirects"),
        ([rule(path("/", method="POST"))], "takes POST only"),
        ([rule(to=())], "leads to no Service"),
        ([rule(to=[OTHER])], "leads to other, not only to port 8000 of Service stage-web"),
        ([rule(to=[OURS, OTHER])], "leads to other, not only"),
        ([rule(to=[{**OURS, "port": 9000}])], "not only to port 8000"),
        ([rule(filters=[{"type": "ExtensionRef"}])], "has the filter ExtensionRef"),
        ([rule(to=[{**OURS, "filters": [TO_ROOT]}])], "has the filter URLRewrite"),
        (
            [rule(path("/", headers=named("b.*", "RegularExpression")))],
            "takes what has X-Team as a regular expression says",
        ),
        (
            [rule(), rule(exactly("/version"), to=[OTHER])],
            "the rule of HTTPRoute r for /version leads to other",
        ),
        (
            [rule(), rule(path("/version"), filters=[REDIRECT])],
            "the rule of HTTPRoute r for /version redirects",
        ),
        (
            [rule(), rule(path("/v.*", "RegularExpression"), to=[OTHER])],
            "another rule of HTTPRoute r may take /version",
        ),
        (
            [rule(), rule(path("/v(?<", "RegularExpression"), to=[OTHER])],
            "another rule of HTTPRoute r may take /version",
        ),
        (
            [rule(to=[OTHER]), rule()],
            "another rule of HTTPRoute r may take /version",
        ),
    ],
)
def test_route_that_does_not(rules: list[Object], why: str) -> None:
    """What stands in the way is said."""
    with pytest.raises(NoneLeads) as none:
        request(route(*rules), SERVICE, "/version")
    assert why in str(none.value)
