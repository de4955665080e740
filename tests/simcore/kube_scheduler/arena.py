"""Generated clusters with odd profiles, under the readable search and the one over arrays."""

from __future__ import annotations

from random import Random

from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.configuration.arguments import FitArgs, SpreadArgs
from simcore.kube_scheduler.configuration.model import Enabled, PluginSet, ProfileConfig
from simcore.kube_scheduler.default_spread import DefaultConstraint
from simcore.kube_scheduler.framework.profile import Profile
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import PlainSearch
from simcore.kube_scheduler.plugins.inter_pod_affinity import AffinityArgs
from simcore.kube_scheduler.plugins.node_affinity import PREFERRED, REQUIRED
from simcore.kube_scheduler.plugins.node_resources_fit import Ignored, Point, ScoringStrategy
from simcore.kube_scheduler.plugins.registry import Parts, build_profile
from simcore.kube_scheduler.pod_info import PodInfos
from tests.simcore.kube_scheduler import generated

STRATEGIES = (
    ScoringStrategy(),
    ScoringStrategy("MostAllocated", (("cpu", 2), ("memory", 1), ("example.com/gpu", 5))),
    ScoringStrategy(
        "RequestedToCapacityRatio", (("cpu", 1), ("memory", 3)), (Point(10, 10), Point(50, 3), Point(100, 0))
    ),
)

SPREADS = (
    SpreadArgs(),
    SpreadArgs(),
    SpreadArgs((), is_system=False),
    SpreadArgs((DefaultConstraint(2, "rack"), DefaultConstraint(1, "rack", is_hard=True)), is_system=False),
)
HAS_DISK = {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}
ADDED: tuple[Obj, ...] = (
    {},
    {},
    {
        REQUIRED: {
            "nodeSelectorTerms": [HAS_DISK, {"matchExpressions": [{"key": "rack", "operator": "Exists"}]}]
        }
    },
    {PREFERRED: [{"weight": 30, "preference": HAS_DISK}]},
)


class Arena:
    """One generated cluster under both searches."""

    def __init__(self, rng: Random, client: ApiClient) -> None:
        self.rng, self.infos = rng, PodInfos()
        self.cache = Cache(lambda namespace: {"team": namespace})
        self.nominator = Nominator()
        self.framework = Framework(_profile(rng, client))
        self.names = [f"node-{n}" for n in range(rng.choice((1, 3, 6, 12)))]
        for name in self.names:
            self.cache.set_node(generated.node(rng, name))
        for number in range(rng.randint(0, 20)):
            self.place(generated.pod(rng, f"old-{number}", node_name=rng.choice([*self.names, "gone"])))
        self.plain = PlainSearch(self.framework, self.nominator)
        self.fast = ArraySearch(self.framework, NodeTable(self.cache, self.nominator))

    def place(self, pod: Obj) -> None:
        self.cache.set_pod(self.infos.info(pod))

    def disturb(self, number: int) -> None:
        """Something happens between two pods."""
        rng, pods = self.rng, list(self.cache.pods())
        what = rng.random()
        if what < 0.3 and pods:
            self.cache.remove_pod(rng.choice(pods).uid)
        elif what < 0.4:
            self.cache.set_node(generated.node(rng, rng.choice(self.names)))
        elif what < 0.5:
            self.cache.remove_node(rng.choice(self.names))
        elif what < 0.6 and pods:
            pod = rng.choice(pods).pod
            self.place(pod | {"metadata": pod["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
        elif what < 0.7:
            rival = self.infos.info(generated.pod(rng, f"rival-{number}"))
            self.nominator.set(rival, rng.choice(self.names))


def _profile(rng: Random, client: ApiClient) -> Profile:
    """The default one with a weight and arguments that differ."""
    args = {
        "NodeResourcesFit": FitArgs(
            rng.choice(STRATEGIES), Ignored(groups=frozenset(rng.choice(((), ("example.com",)))))
        ),
        "InterPodAffinity": AffinityArgs(rng.choice((0, 1, 1, 7)), rng.random() < 0.3),
        "PodTopologySpread": rng.choice(SPREADS),
        "NodeAffinity": rng.choice(ADDED),
    }
    plugins = {"multiPoint": PluginSet((Enabled("NodeResourcesFit", 2),))}
    parts = Parts(client, lambda pod: {"matchLabels": {"app": pod.shape.labels["app"]}})
    return build_profile(ProfileConfig(plugins=plugins, args=args), parts)
