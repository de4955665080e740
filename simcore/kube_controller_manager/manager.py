"""kube-controller-manager: every controller with a connection and a loop of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simcore.apimachinery.certificates import Authority
from simcore.apimachinery.kinds import BUILT_IN, POD, REPLICATION_CONTROLLER, Kind
from simcore.client.context import ComponentContext
from simcore.client.control_loop import ControlLoop, Reconciler
from simcore.kube_controller_manager.account_tokens import AccountTokens
from simcore.kube_controller_manager.admission_policy_status import AdmissionPolicyStatusController
from simcore.kube_controller_manager.certificates.approving import CertificateApprover
from simcore.kube_controller_manager.certificates.cleaning import CertificateCleaner
from simcore.kube_controller_manager.certificates.signing import CertificateSigner
from simcore.kube_controller_manager.cluster_role_aggregation import ClusterRoleAggregationController
from simcore.kube_controller_manager.cronjob.controller import CronJobController
from simcore.kube_controller_manager.daemonset.controller import DaemonSetController
from simcore.kube_controller_manager.deployment.controller import DeploymentController
from simcore.kube_controller_manager.disruption import DisruptionController
from simcore.kube_controller_manager.endpoints.endpoints import EndpointsController
from simcore.kube_controller_manager.endpoints.mirroring import MirroringController
from simcore.kube_controller_manager.endpoints.selection import Selection
from simcore.kube_controller_manager.endpoints.slices import EndpointSliceController
from simcore.kube_controller_manager.garbage_collector.controller import GarbageCollector
from simcore.kube_controller_manager.horizontal.controller import HorizontalController
from simcore.kube_controller_manager.horizontal.metrics import PodMetrics
from simcore.kube_controller_manager.job.controller import JobController
from simcore.kube_controller_manager.job.orphans import JobOrphans
from simcore.kube_controller_manager.known_kinds import KnownKinds
from simcore.kube_controller_manager.namespace.controller import NamespaceController
from simcore.kube_controller_manager.namespace_contents import RootCAPublisher, ServiceAccountController
from simcore.kube_controller_manager.node_lifecycle.controller import NodeLifecycleController
from simcore.kube_controller_manager.node_lifecycle.eviction import TaintEvictionController
from simcore.kube_controller_manager.node_lifecycle.zones import ZoneEvictionController
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.pod_gc import PodGCController
from simcore.kube_controller_manager.replicaset.controller import ReplicaSetController
from simcore.kube_controller_manager.resource_quota import ResourceQuotaController
from simcore.kube_controller_manager.statefulset.controller import StatefulSetController
from simcore.kube_controller_manager.ttl_after_finished import TTLAfterFinishedController
from simcore.kube_controller_manager.volume.binder import ClaimBinder
from simcore.kube_controller_manager.volume.ephemeral import EphemeralVolumeController
from simcore.kube_controller_manager.volume.expand import ExpandController
from simcore.kube_controller_manager.volume.protection import ClaimProtection, VolumeProtection
from simcore.kube_controller_manager.volume.states import VolumeStates

Make = Callable[[ComponentContext], Reconciler]


class ControllerManager:
    """Starts the controllers. They share the informers and the view of owned pods, nothing else."""

    def __init__(
        self,
        ctx: ComponentContext,
        kinds: Iterable[Kind] = BUILT_IN,
        root_ca: str = "",
        authority: Authority | None = None,
        metrics: PodMetrics | None = None,
    ) -> None:
        """`kinds`: the built-in ones that the garbage collector and others look after; `root_ca` in PEM.

        Without an `authority` nothing is signed, without `metrics` no load is known.
        """
        self._ctx, self._root_ca, self._authority, self._metrics = ctx, root_ca, authority, metrics
        self._kinds = KnownKinds(kinds, ctx.informers)
        self._selection = Selection(ctx)
        self._owned_pods = OwnedPods(ctx.informers.informer(POD))

    def start(self) -> None:
        for actor, make in (self._controllers() | self._certificate_controllers()).items():
            ctx = self._ctx.for_actor(actor)
            ControlLoop(ctx, make(ctx)).start()
        GarbageCollector(self._ctx.for_actor("generic-garbage-collector"), self._kinds).start()

    def _controllers(self) -> dict[str, Make]:
        """By the names under which they write; those of upstream's service accounts."""
        pods = self._owned_pods
        return {
            "deployment-controller": lambda ctx: DeploymentController(ctx, pods),
            "daemon-set-controller": lambda ctx: DaemonSetController(ctx, pods),
            "statefulset-controller": lambda ctx: StatefulSetController(ctx, pods),
            "replicaset-controller": lambda ctx: ReplicaSetController(ctx, pods),
            "replication-controller": lambda ctx: ReplicaSetController(ctx, pods, REPLICATION_CONTROLLER),
            "job-controller": JobController,
            "job-orphans-controller": JobOrphans,
            "cronjob-controller": CronJobController,
            "ttl-after-finished-controller": TTLAfterFinishedController,
            "node-controller": NodeLifecycleController,
            "node-eviction-controller": ZoneEvictionController,
            "taint-eviction-controller": TaintEvictionController,
            "namespace-controller": lambda ctx: NamespaceController(ctx, self._kinds),
            "persistent-volume-binder": ClaimBinder,
            "persistent-volume-states": VolumeStates,
            "ephemeral-volume-controller": EphemeralVolumeController,
            "expand-controller": ExpandController,
            "pvc-protection-controller": ClaimProtection,
            "pv-protection-controller": VolumeProtection,
            "horizontal-pod-autoscaler": lambda ctx: HorizontalController(ctx, self._metrics),
            "disruption-controller": DisruptionController,
            "resourcequota-controller": lambda ctx: ResourceQuotaController(ctx, self._kinds),
            "pod-garbage-collector": PodGCController,
            "endpointslice-controller": lambda ctx: EndpointSliceController(ctx, self._selection),
            "endpoint-controller": lambda ctx: EndpointsController(ctx, self._selection),
            "endpointslicemirroring-controller": MirroringController,
            "validatingadmissionpolicy-status-controller": AdmissionPolicyStatusController,
            "clusterrole-aggregation-controller": ClusterRoleAggregationController,
            "service-account-controller": ServiceAccountController,
            "tokens-controller": lambda ctx: AccountTokens(ctx, self._root_ca),
            "root-ca-certificate-publisher": lambda ctx: RootCAPublisher(ctx, self._root_ca),
        }

    def _certificate_controllers(self) -> dict[str, Make]:
        authority = self._authority
        if authority is None:
            return {}
        return {
            "certificate-approver": CertificateApprover,
            "certificate-signer": lambda ctx: CertificateSigner(ctx, authority),
            "certificate-cleaner": CertificateCleaner,
        }
