"""What a KubeSchedulerConfiguration says, and every way in which it can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.configuration.arguments import FitArgs, SpreadArgs
from simcore.kube_scheduler.configuration.model import BadConfiguration, Configuration, Enabled
from simcore.kube_scheduler.configuration.reading import read
from simcore.kube_scheduler.configuration.section import MOST_FAULTS
from simcore.kube_scheduler.default_spread import DefaultConstraint
from simcore.kube_scheduler.plugins.default_preemption import PreemptionArgs
from simcore.kube_scheduler.plugins.inter_pod_affinity import AffinityArgs
from simcore.kube_scheduler.plugins.node_resources_fit import Ignored, Point, ScoringStrategy
from simcore.kube_scheduler.plugins.registry import points_of

HEAD = {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration"}


def config(**fields: Any) -> Configuration:
    return read({**HEAD, **fields})


def faults(**fields: Any) -> list[str]:
    with pytest.raises(BadConfiguration) as caught:
        config(**fields)
    return [f"{error.path}: {error.message}" for error in caught.value.errors]


def args_of(plugin: str, **args: Any) -> Any:
    return config(profiles=[{"pluginConfig": [{"name": plugin, "args": args}]}]).profiles[0].args[plugin]


def arg_faults(plugin: str, **args: Any) -> list[str]:
    found = faults(profiles=[{"pluginConfig": [{"name": plugin, "args": args}]}])
    return [text.removeprefix("profiles[0].pluginConfig[0].args.") for text in found]


def test_a_bare_document_is_the_default_scheduler() -> None:
    found = config()
    (profile,) = found.profiles
    assert (profile.name, found.percentage, found.initial_backoff_ms) == ("default-scheduler", 0, 1_000)
    points, weights = points_of(profile)
    assert points["filter"][:4] == ["NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity"]
    assert weights == {
        "TaintToleration": 3, "NodeAffinity": 2, "NodeResourcesFit": 1, "PodTopologySpread": 2, "InterPodAffinity": 2,
        "NodeResourcesBalancedAllocation": 1, "ImageLocality": 1,
    } | {name: 1 for name in weights if name.startswith("Volume")}  # fmt: skip


def test_fields_of_the_process_have_no_effect() -> None:
    found = config(parallelism=16, leaderElection={"leaderElect": True}, clientConnection={"qps": 50})
    assert found.profiles == Configuration().profiles


def test_back_off_and_sampling_are_read() -> None:
    found = config(
        podInitialBackoffSeconds=2,
        podMaxBackoffSeconds=4,
        percentageOfNodesToScore=70,
        profiles=[{"percentageOfNodesToScore": 0}],
    )
    assert (found.initial_backoff_ms, found.max_backoff_ms) == (2_000, 4_000)
    assert (found.percentage, found.profiles[0].percentage) == (70, 0)


def test_several_schedulers_are_told_apart_by_their_names() -> None:
    found = config(profiles=[{"schedulerName": "tight"}, {"schedulerName": "loose"}])
    assert [profile.name for profile in found.profiles] == ["tight", "loose"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"apiVersion": "v1"},
            ['apiVersion: Unsupported value: "v1": supported values: "kubescheduler.config.k8s.io/v1"'],
            id="version",
        ),
        pytest.param(
            {"kind": "Pod"},
            ['kind: Unsupported value: "Pod": supported values: "KubeSchedulerConfiguration"'],
            id="kind",
        ),
        pytest.param({"profils": []}, ["profils: unknown field"], id="unknown field"),
        pytest.param({"profiles": []}, ["profiles: Required value"], id="no profiles"),
        pytest.param({"profiles": "x"}, ['profiles: Invalid value: "x": must be a list'], id="no list"),
        pytest.param({"profiles": [3]}, ["profiles[0]: Invalid value: 3: must be an object"], id="no object"),
        pytest.param(
            {"percentageOfNodesToScore": 101},
            ["percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]"],
            id="percentage",
        ),
        pytest.param(
            {"podInitialBackoffSeconds": 0},
            ["podInitialBackoffSeconds: Invalid value: 0: must be greater than 0"],
            id="back-off",
        ),
        pytest.param(
            {"podInitialBackoffSeconds": 20},
            [
                "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to "
                "PodInitialBackoffSeconds"
            ],
            id="back-off order",
        ),
        pytest.param(
            {"podMaxBackoffSeconds": "x"},
            ['podMaxBackoffSeconds: Invalid value: "x": must be an integer'],
            id="back-off text",
        ),
        pytest.param(
            {"extenders": [{"urlPrefix": "http://example.com"}]},
            ["extenders: Forbidden: a simulated scheduler calls nobody outside"],
            id="extenders",
        ),
        pytest.param(
            {"profiles": [{"schedulerName": "a"}, {"schedulerName": "a"}]},
            ['profiles[1].schedulerName: Duplicate value: "a"'],
            id="same name",
        ),
        pytest.param(
            {"profiles": [{"schedulerName": "a"}, {}]},
            ["profiles[1].schedulerName: Required value"],
            id="no name",
        ),
        pytest.param(
            {"profiles": [{"schedulerName": f"s-{n}"} for n in range(17)]},
            ["profiles: Too many: 17: must have at most 16 items"],
            id="too many",
        ),
    ],
)
def test_a_fault_is_named_with_its_path(fields: Obj, expected: list[str]) -> None:
    assert faults(**fields) == expected


def profile_faults(**plugins: Any) -> list[str]:
    found = faults(profiles=[{"plugins": plugins}])
    return [text.removeprefix("profiles[0].plugins.") for text in found]


@pytest.mark.parametrize(
    ("weight", "shown"), [(0, "0"), (-1, "-1"), (2**31, "2147483648")], ids=["zero", "negative", "too large"]
)
def test_a_weight_has_bounds(weight: int, shown: str) -> None:
    assert profile_faults(score={"enabled": [{"name": "ImageLocality", "weight": weight}]}) == [
        f"score.enabled[0].weight: Invalid value: {shown}: must be between 1 and 2147483647; to switch a plugin off "
        "list it under disabled"
    ]


def test_an_unknown_plugin_is_refused_with_the_known_ones() -> None:
    (text,) = profile_faults(filter={"enabled": [{"name": "Coscheduling"}]})
    assert text.startswith(
        'filter.enabled[0].name: Unsupported value: "Coscheduling": supported values: "Def'
    )
    assert '"TaintToleration"' in text


def test_a_plugin_must_have_something_to_do_where_it_is_enabled() -> None:
    assert profile_faults(filter={"enabled": [{"name": "ImageLocality"}]}) == [
        'filter.enabled[0].name: Invalid value: "ImageLocality": has nothing to do at filter'
    ]


def test_a_plugin_stands_once_in_a_list() -> None:
    enabled = [{"name": "ImageLocality"}, {"name": "ImageLocality"}]
    assert profile_faults(score={"enabled": enabled}) == [
        'score.enabled[1].name: Duplicate value: "ImageLocality"'
    ]


def test_a_profile_sorts_its_queue_and_binds() -> None:
    found = profile_faults(queueSort={"disabled": [{"name": "*"}]}, bind={"disabled": [{"name": "*"}]})
    assert found == [
        "queueSort: Invalid value: []: only one queue sort plugin can be enabled, found 0",
        "bind: Required value: at least one bind plugin is needed",
    ]


def test_a_filter_needs_what_its_plugin_prepares() -> None:
    found = profile_faults(preFilter={"disabled": [{"name": "InterPodAffinity"}]})
    assert found == [
        'filter: Invalid value: "InterPodAffinity": needs the plugin\'s preFilter, too',
    ]


def test_profiles_sort_alike() -> None:
    other = {"schedulerName": "b", "plugins": {"queueSort": {"enabled": [{"name": "PrioritySort"}]}}}
    assert faults(profiles=[{"schedulerName": "a"}, other]) == [
        'profiles[1].plugins.queueSort: Invalid value: "b": must be the same for all profiles'
    ]


def test_all_faults_are_told_up_to_a_bound() -> None:
    many = [{"name": f"Wrong{n}"} for n in range(500)]
    assert len(profile_faults(score={"enabled": many})) == MOST_FAULTS


def test_arguments_of_a_plugin_that_is_off_are_refused() -> None:
    found = faults(profiles=[{"pluginConfig": [{"name": "ScoringExpression", "args": {"expression": "1"}}]}])
    assert found == [
        'profiles[0].pluginConfig: Invalid value: "ScoringExpression": is the argument of a plugin that is off'
    ]


def test_arguments_stand_once_and_are_of_the_plugins_kind() -> None:
    item = {"name": "NodeAffinity", "args": {"kind": "Wrong"}}
    found = faults(profiles=[{"pluginConfig": [item, {"name": "NodeAffinity"}]}])
    assert found == [
        'profiles[0].pluginConfig[0].args.kind: Unsupported value: "Wrong": supported values: "NodeAffinityArgs"',
        'profiles[0].pluginConfig[1].name: Duplicate value: "NodeAffinity"',
    ]


# --- the arguments


def test_how_resources_are_scored_and_what_is_ignored() -> None:
    shape = [{"utilization": 0, "score": 0}, {"utilization": 100, "score": 10}]
    found = args_of(
        "NodeResourcesFit",
        ignoredResources=["example.com/foo"],
        ignoredResourceGroups=["example.org"],
        scoringStrategy={
            "type": "RequestedToCapacityRatio",
            "resources": [{"name": "cpu", "weight": 3}, {"name": "example.com/gpu"}],
            "requestedToCapacityRatio": {"shape": shape},
        },
    )
    assert found == FitArgs(
        ScoringStrategy(
            "RequestedToCapacityRatio", (("cpu", 3), ("example.com/gpu", 1)), (Point(0, 0), Point(100, 10))
        ),
        Ignored(frozenset({"example.com/foo"}), frozenset({"example.org"})),
    )


def test_default_constraints_are_the_systems_or_a_list() -> None:
    assert args_of("PodTopologySpread") == SpreadArgs()
    constraint = {"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}
    found = args_of("PodTopologySpread", defaultingType="List", defaultConstraints=[constraint])
    assert found == SpreadArgs((DefaultConstraint(2, "rack", is_hard=True),), is_system=False)


def test_affinity_preemption_and_volumes_have_their_numbers() -> None:
    found = args_of("InterPodAffinity", hardPodAffinityWeight=5, ignorePreferredTermsOfExistingPods=True)
    assert found == AffinityArgs(5, ignores_wishes=True)
    found = args_of("DefaultPreemption", minCandidateNodesPercentage=0, minCandidateNodesAbsolute=7)
    assert found == PreemptionArgs(0, 7)


@pytest.mark.parametrize(
    ("plugin", "args", "expected"),
    [
        pytest.param(
            "NodeResourcesFit",
            {"scoringStrategy": {"type": "Best"}},
            [
                'scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", '
                '"MostAllocated", "RequestedToCapacityRatio"'
            ],
            id="strategy",
        ),
        pytest.param(
            "NodeResourcesFit",
            {"scoringStrategy": {"resources": [{"name": "cpu", "weight": 101}]}},
            [
                "scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range "
                "(0, 100]"
            ],
            id="resource weight",
        ),
        pytest.param(
            "NodeResourcesFit",
            {"scoringStrategy": {"type": "RequestedToCapacityRatio"}},
            [
                "scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is "
                "RequestedToCapacityRatio"
            ],
            id="no curve",
        ),
        pytest.param(
            "NodeResourcesFit",
            {"scoringStrategy": {"requestedToCapacityRatio": {"shape": []}}},
            [
                "scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not "
                "RequestedToCapacityRatio"
            ],
            id="a curve too many",
        ),
        pytest.param(
            "NodeResourcesFit",
            {
                "scoringStrategy": {
                    "type": "RequestedToCapacityRatio",
                    "requestedToCapacityRatio": {
                        "shape": [{"utilization": 50, "score": 11}, {"utilization": 50, "score": 1}]
                    },
                }
            },
            [
                "scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in valid range "
                "[0, 10]",
                "scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 50: values must be "
                "sorted in increasing order",
            ],
            id="curve",
        ),
        pytest.param(
            "NodeResourcesFit",
            {"ignoredResourceGroups": ["a/b"]},
            ["ignoredResourceGroups: Invalid value: \"a/b\": resource group name can't contain '/'"],
            id="group",
        ),
        pytest.param(
            "NodeResourcesFit", {"ignoreResources": []}, ["ignoreResources: unknown field"], id="unknown arg"
        ),
        pytest.param(
            "NodeResourcesBalancedAllocation",
            {"resources": [{"name": "cpu"}, {"name": "cpu", "weight": 2}]},
            [
                'resources[1].name: Duplicate value: "cpu"',
                "resources[1].weight: Invalid value: 2: must be 1",
            ],
            id="balance",
        ),
        pytest.param(
            "PodTopologySpread",
            {"defaultConstraints": [{}]},
            ['defaultingType: Invalid value: "System": when .defaultConstraints are not empty'],
            id="system defaults",
        ),
        pytest.param(
            "PodTopologySpread",
            {"defaultingType": "List", "defaultConstraints": [{"topologyKey": "a b", "labelSelector": {}}]},
            [
                "defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)",
                'defaultConstraints[0].topologyKey: Invalid value: "a b": must be a label key: an optional DNS prefix '
                "and '/', then at most 63 characters",
                "defaultConstraints[0].whenUnsatisfiable: Required value: can not be empty",
                "defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they "
                "deduced for each pod",
            ],
            id="default constraint",
        ),
        pytest.param(
            "PodTopologySpread",
            {
                "defaultingType": "List",
                "defaultConstraints": 2
                * [{"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "ScheduleAnyway"}],
            },
            ['defaultConstraints[1]: Duplicate value: "{rack, ScheduleAnyway}"'],
            id="twice the same",
        ),
        pytest.param(
            "NodeAffinity",
            {"addedAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
            [
                "addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must "
                "have at least one node selector term"
            ],
            id="no terms",
        ),
        pytest.param(
            "NodeAffinity",
            {
                "addedAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "In"}]}}
                    ]
                }
            },
            [
                "addedAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in "
                "the range 1-100",
                "addedAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values"
                ": Required value: must be specified when `operator` is 'In' or 'NotIn'",
            ],
            id="preference",
        ),
        pytest.param(
            "InterPodAffinity",
            {"hardPodAffinityWeight": 101},
            ["hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]"],
            id="hard weight",
        ),
        pytest.param(
            "DefaultPreemption",
            {"minCandidateNodesPercentage": 0, "minCandidateNodesAbsolute": 0},
            [
                "minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as "
                "minCandidateNodesAbsolute"
            ],
            id="candidates",
        ),
        pytest.param("TaintToleration", {"x": 1}, ["x: unknown field"], id="none are known"),
    ],
)
def test_wrong_arguments_are_named_with_their_paths(plugin: str, args: Obj, expected: list[str]) -> None:
    assert arg_faults(plugin, **args) == expected


# --- which plugin acts where


def points(**plugins: Any) -> dict[str, list[str]]:
    return points_of(config(profiles=[{"plugins": plugins}]).profiles[0])[0]


def test_a_plugin_is_switched_off_at_one_point_or_everywhere() -> None:
    found = points(score={"disabled": [{"name": "TaintToleration"}]})
    assert "TaintToleration" not in found["score"]
    assert "TaintToleration" in found["filter"]
    found = points(multiPoint={"disabled": [{"name": "TaintToleration"}]})
    assert not any("TaintToleration" in names for names in found.values())


def test_a_point_emptied_holds_only_what_it_names() -> None:
    found = points(score={"disabled": [{"name": "*"}], "enabled": [{"name": "ImageLocality"}]})
    assert found["score"] == ["ImageLocality"]


def test_a_point_that_names_a_default_plugin_asks_it_first_and_others_last() -> None:
    found = points(score={"enabled": [{"name": "ImageLocality"}], "disabled": [{"name": "NodeAffinity"}]})
    assert found["score"][0] == "ImageLocality"
    found = points(
        multiPoint={"disabled": [{"name": "ImageLocality"}]}, score={"enabled": [{"name": "ImageLocality"}]}
    )
    assert found["score"][-1] == "ImageLocality"


def test_weights_come_from_the_point_then_from_everywhere() -> None:
    def weights(**plugins: Any) -> dict[str, int]:
        return points_of(config(profiles=[{"plugins": plugins}]).profiles[0])[1]

    heavy = {"enabled": [{"name": "NodeAffinity", "weight": 9}]}
    assert weights(score=heavy)["NodeAffinity"] == 9
    assert weights(multiPoint=heavy)["NodeAffinity"] == 9
    plain = {"enabled": [{"name": "NodeAffinity"}]}
    assert weights(score=plain, multiPoint=heavy)["NodeAffinity"] == 1


def test_the_document_is_kept_as_it_was_given() -> None:
    assert config(percentageOfNodesToScore=5).document == {**HEAD, "percentageOfNodesToScore": 5}
    assert Enabled("x").weight == 0
