"""The arguments of plugins: read, checked, and in the form that the plugins take.

Models: kubernetes v1.36 pkg/scheduler/apis/config/validation/validation_pluginargs.go.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.configuration.section import LARGEST_INT32, Section
from simcore.kube_scheduler.default_spread import SYSTEM_DEFAULTS, DefaultConstraint
from simcore.kube_scheduler.plugins.default_preemption import PreemptionArgs
from simcore.kube_scheduler.plugins.inter_pod_affinity import AffinityArgs
from simcore.kube_scheduler.plugins.node_affinity import PREFERRED, REQUIRED
from simcore.kube_scheduler.plugins.node_resources_fit import Ignored, Point, ScoringStrategy, Strategy
from simcore.kube_scheduler.plugins.scoring_expression import BadExpression, Expression
from simcore.kube_scheduler.resources import CPU, MEMORY

STRATEGIES = ("LeastAllocated", "MostAllocated", "RequestedToCapacityRatio")
OPERATORS = ("DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn")
LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
NO_LABEL_KEY = "must be a label key: an optional DNS prefix and '/', then at most 63 characters"
MOST_DEFAULTS = 32
"""Default constraints, curve points and resources that a profile may name."""


class FitArgs(NamedTuple):
    strategy: ScoringStrategy = ScoringStrategy()
    ignored: Ignored = Ignored()


class SpreadArgs(NamedTuple):
    constraints: tuple[DefaultConstraint, ...] = SYSTEM_DEFAULTS
    is_system: bool = True


def node_resources_fit(args: Section) -> FitArgs:
    ignored = Ignored(
        frozenset(_label_keys(args, "ignoredResources")), frozenset(args.texts("ignoredResourceGroups"))
    )
    for group in sorted(ignored.groups):
        if "/" in group:
            args.faults.invalid(
                args.at("ignoredResourceGroups"), group, "resource group name can't contain '/'"
            )
    given = args.section("scoringStrategy")
    return FitArgs(_strategy(given) if given else ScoringStrategy(), ignored)


def balanced_allocation(args: Section) -> tuple[str, ...]:
    if not args.has("resources"):
        return (CPU, MEMORY)
    names: list[str] = []
    for item in args.sections("resources")[:MOST_DEFAULTS]:
        name = item.text("name")
        if name in names:
            item.faults.duplicate(item.at("name"), name)
        names.append(name)
        item.integer("weight", 1, (1, 1), "must be 1")
        item.done()
    return tuple(names)


def pod_topology_spread(args: Section) -> SpreadArgs:
    items = args.sections("defaultConstraints")
    kind = args.choice("defaultingType", ("System", "List"), "System")
    if kind == "System":
        if items:
            args.faults.invalid(args.at("defaultingType"), kind, "when .defaultConstraints are not empty")
        return SpreadArgs()
    found: list[DefaultConstraint] = []
    for item in items[:MOST_DEFAULTS]:
        constraint = _default_constraint(item)
        if any(constraint[1:] == other[1:] for other in found):
            what = "DoNotSchedule" if constraint.is_hard else "ScheduleAnyway"
            args.faults.duplicate(item.path, f"{{{constraint.topology_key}, {what}}}")
        found.append(constraint)
    return SpreadArgs(tuple(found), is_system=False)


def node_affinity(args: Section) -> Obj:
    added = args.section("addedAffinity")
    if added is None:
        return {}
    if required := added.section(REQUIRED):
        terms = required.sections("nodeSelectorTerms")
        if not terms:
            required.faults.required(
                required.at("nodeSelectorTerms"), "must have at least one node selector term"
            )
        for term in terms:
            _node_term(term)
        required.done()
    for item in added.sections(PREFERRED):
        item.integer("weight", 0, (1, 100), "must be in the range 1-100")
        if preference := item.section("preference"):
            _node_term(preference)
        else:
            item.faults.required(item.at("preference"))
        item.done()
    added.done()
    return added.value


def inter_pod_affinity(args: Section) -> AffinityArgs:
    weight = args.integer("hardPodAffinityWeight", 1, (0, 100), "not in valid range [0, 100]")
    return AffinityArgs(weight, args.flag("ignorePreferredTermsOfExistingPods"))


def default_preemption(args: Section) -> PreemptionArgs:
    percent = args.integer("minCandidateNodesPercentage", 10, (0, 100), "not in valid range [0, 100]")
    absolute = args.integer(
        "minCandidateNodesAbsolute", 100, (0, LARGEST_INT32), "not in valid range [0, inf)"
    )
    if not percent and not absolute:
        path = args.at("minCandidateNodesPercentage")
        args.faults.invalid(path, 0, "cannot be zero at the same time as minCandidateNodesAbsolute")
    return PreemptionArgs(percent, absolute)


def volume_binding(args: Section) -> int:
    """Milliseconds to wait for a claim to be bound."""
    why = "invalid BindTimeoutSeconds, should not be a negative value"
    return 1000 * args.integer("bindTimeoutSeconds", 600, (0, LARGEST_INT32), why)


def scoring_expression(args: Section) -> Expression:
    text = args.text("expression")
    if not text:
        args.faults.required(args.at("expression"), "a CEL expression over pod and node that gives 0 to 100")
        return Expression("0")
    try:
        return Expression(text)
    except BadExpression as error:
        args.faults.invalid(args.at("expression"), text, str(error))
        return Expression("0")


def nothing(args: Section) -> None:
    """A plugin that takes no arguments."""


def _strategy(given: Section) -> ScoringStrategy:
    kind = cast(Strategy, given.choice("type", STRATEGIES, "LeastAllocated"))
    resources = [_resource(item) for item in given.sections("resources")[:MOST_DEFAULTS]]
    ratio = given.section("requestedToCapacityRatio")
    curve: tuple[Point, ...] = ()
    path = given.at("requestedToCapacityRatio")
    if kind == "RequestedToCapacityRatio":
        if ratio is None:
            given.faults.required(path, f"must be specified when type is {kind}")
        else:
            curve = _curve(ratio)
            ratio.done()
    elif ratio is not None:
        given.faults.forbidden(path, "must be nil when type is not RequestedToCapacityRatio")
    given.done()
    return ScoringStrategy(kind, tuple(resources) or ((CPU, 1), (MEMORY, 1)), curve)


def _resource(item: Section) -> tuple[str, int]:
    name = item.text("name")
    weight = item.integer("weight", 1, (1, 100), f"resource weight of {name} not in valid range (0, 100]")
    item.done()
    return name, weight


def _curve(ratio: Section) -> tuple[Point, ...]:
    points = ratio.sections("shape")[:MOST_DEFAULTS]
    if not points:
        ratio.faults.required(ratio.at("shape"), "at least one point must be specified")
    curve: list[Point] = []
    for item in points:
        utilization = item.integer("utilization", 0, (0, 100), "not in valid range [0, 100]")
        if curve and curve[-1].utilization >= utilization:
            item.faults.invalid(
                item.at("utilization"), utilization, "values must be sorted in increasing order"
            )
        curve.append(Point(utilization, item.integer("score", 0, (0, 10), "not in valid range [0, 10]")))
        item.done()
    return tuple(curve)


def _default_constraint(item: Section) -> DefaultConstraint:
    skew = item.integer("maxSkew", 1, (1, LARGEST_INT32), "not in valid range (0, inf)")
    if not item.has("maxSkew"):
        item.faults.invalid(item.at("maxSkew"), 0, "not in valid range (0, inf)")
    key = item.text("topologyKey")
    if not key:
        item.faults.required(item.at("topologyKey"), "can not be empty")
    elif not LABEL_KEY.fullmatch(key):
        item.faults.invalid(item.at("topologyKey"), key, NO_LABEL_KEY)
    if not item.has("whenUnsatisfiable"):
        item.faults.required(item.at("whenUnsatisfiable"), "can not be empty")
    when = item.choice("whenUnsatisfiable", ("DoNotSchedule", "ScheduleAnyway"), "ScheduleAnyway")
    if item.has("labelSelector"):
        item.faults.forbidden(
            item.at("labelSelector"), "constraint must not define a selector, as they deduced for each pod"
        )
    item.done()
    return DefaultConstraint(skew, key, when == "DoNotSchedule")


def _node_term(term: Section) -> None:
    for item in term.sections("matchExpressions"):
        key = item.text("key")
        if not LABEL_KEY.fullmatch(key):
            item.faults.invalid(item.at("key"), key, NO_LABEL_KEY)
        _requirement(item)
    for item in term.sections("matchFields"):
        item.choice("key", ("metadata.name",), "metadata.name")
        _requirement(item)
    term.done()


def _requirement(item: Section) -> None:
    operator, values = item.choice("operator", OPERATORS, "Exists"), item.texts("values")
    path = item.at("values")
    if operator in ("In", "NotIn") and not values:
        item.faults.required(path, "must be specified when `operator` is 'In' or 'NotIn'")
    if operator in ("Exists", "DoesNotExist") and values:
        item.faults.forbidden(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    if operator in ("Gt", "Lt") and len(values) != 1:
        item.faults.required(path, "must be specified single value when `operator` is 'Lt' or 'Gt'")
    item.done()


def _label_keys(args: Section, name: str) -> list[str]:
    found = args.texts(name)
    for number, key in enumerate(found):
        if not LABEL_KEY.fullmatch(key):
            args.faults.invalid(f"{args.at(name)}[{number}]", key, NO_LABEL_KEY)
    return found
