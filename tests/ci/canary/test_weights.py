"""How requests are led to a canary, and back."""

from typing import Any

import pytest

from ci.canary import weights
from ci.canary.weights import Apart, apart, back, heavy, least, led, parts, patch, shared
from tests.ci.canary.made import backend, route, rule

Object = dict[str, Any]
SERVICES = {"stage-web": "stage-web-canary"}
CANARIES = set(SERVICES.values())
MARKED = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [weights.TRACK]}}


def headers(*names: str) -> Object:
    """A filter that sets some headers."""
    return {
        "type": "RequestHeaderModifier",
        "requestHeaderModifier": {"set": [{"name": each, "value": "x"} for each in names]},
    }


def weighed(rules: list[Object]) -> list[list[tuple[str, int]]]:
    """Name and weight of each backend, rule by rule."""
    return [[(each["name"], each["weight"]) for each in one["backendRefs"]] for one in rules]


def test_tenth() -> None:
    """Of what the Service gets the canary gets a tenth, with a header that tells."""
    [found] = shared([rule()], SERVICES, parts(10))
    assert weighed([found]) == [[("stage-web", 9000), ("stage-web-canary", 1000)]]
    assert found["matches"] == rule()["matches"]
    assert found["backendRefs"][1] == backend("stage-web-canary", 1000, filters=[MARKED])


RULES: dict[str, tuple[list[Object], list[list[tuple[str, int]]]]] = {
    "one of two Services": (
        [rule(backend("other", 3), backend(weight=2))],
        [[("other", 30000), ("stage-web", 15000), ("stage-web-canary", 5000)]],
    ),
    "two rules": (
        [rule(), rule(path="/version")],
        [[("stage-web", 7500), ("stage-web-canary", 2500)]] * 2,
    ),
    "a rule of another Service": (
        [rule(), rule(backend("other", 5))],
        [[("stage-web", 7500), ("stage-web-canary", 2500)], [("other", 5)]],
    ),
    "a Service that gets nothing": (
        [rule(backend(weight=0), backend("other"))],
        [[("stage-web", 0), ("other", 1)]],
    ),
}


@pytest.mark.parametrize(("before", "after"), RULES.values(), ids=RULES.keys())
def test_share(before: list[Object], after: list[list[tuple[str, int]]]) -> None:
    """Others get as much as before."""
    assert weighed(shared(before, SERVICES, parts(25))) == after


@pytest.mark.parametrize("share", [1, 10, 33, 99])
@pytest.mark.parametrize(("before", "after"), RULES.values(), ids=RULES.keys())
def test_way_back(before: list[Object], after: object, share: int) -> None:
    """The rules are exactly as they were, whatever the share and however far it had come."""
    there = shared(before, SERVICES, parts(share))
    for each in (there, least(there, CANARIES), shared(there, SERVICES, weights.LEAST)):
        assert back(each, CANARIES) == before
    assert back(before, CANARIES) == before


def test_next_to_nothing() -> None:
    """It is what a canary comes and goes with."""
    there = shared([rule()], SERVICES, parts(50))
    assert weighed(least(there, CANARIES)) == [[("stage-web", 9999), ("stage-web-canary", 1)]]


def test_weights_that_somebody_changed_meanwhile() -> None:
    """They stay, without the canary's."""
    there = [rule(backend(weight=7), backend("stage-web-canary", 2), backend("other", 1))]
    assert weighed(back(there, CANARIES)) == [[("stage-web", 9), ("other", 1)]]


def test_backend_with_filters() -> None:
    """Its canary has them too, and ours among the headers that are set."""
    rewrite = {"type": "URLRewrite", "urlRewrite": {}}
    filters = [headers("x-a", "X-Release-Track"), rewrite]
    [found] = shared([rule(backend(filters=filters))], SERVICES, 1)
    there, beside = found["backendRefs"]
    assert there["filters"] == filters
    assert beside["filters"] == [
        rewrite,
        {
            "type": "RequestHeaderModifier",
            "requestHeaderModifier": {"set": [{"name": "x-a", "value": "x"}, weights.TRACK]},
        },
    ]


def test_names_by_which_it_is_counted() -> None:
    """They are those of Envoy Gateway: by route, rule and backend."""
    rules = [rule(backend("other", 5)), rule(backend("other"), backend())]
    where = "httproute/stage/stage-web-route/rule/1/backend"
    found = apart([route(*rules)], SERVICES)
    assert found == Apart(frozenset({f"{where}/1"}), frozenset({f"{where}/2"}))
    assert found.all == {f"{where}/1", f"{where}/2"}


def test_led() -> None:
    """It is told whether requests lead there."""
    assert led(shared([rule()], SERVICES, 1), CANARIES)
    assert not led([rule(), {"matches": []}], CANARIES)


@pytest.mark.parametrize(("weight", "is_so"), [(1, False), (100, False), (101, True)])
def test_heavy(weight: int, is_so: bool) -> None:
    """What would be more than Gateway API takes cannot be divided."""
    assert heavy([rule(backend(weight=weight))]) is is_so


def test_patch() -> None:
    """It does nothing where the rules are not those that were read."""
    test, replace = patch([rule()], [rule(), rule()])
    assert (test["op"], test["path"], test["value"]) == ("test", "/spec/rules", [rule()])
    assert (replace["op"], replace["value"]) == ("replace", [rule(), rule()])


def test_all_that_is_counted() -> None:
    """Backends are counted as one, or each for itself where one has a filter."""
    of = "httproute/stage/stage-web-route/rule"
    two = route(rule(), rule(backend(), backend("other"), path="/other"))
    assert weights.counted([two]).canary == {
        f"{of}/0",
        f"{of}/0/backend/0",
        f"{of}/1",
        f"{of}/1/backend/0",
        f"{of}/1/backend/1",
    }
