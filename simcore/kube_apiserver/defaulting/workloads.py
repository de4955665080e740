"""Defaults of the kinds that hold a pod template and run it until told otherwise.

Models: kubernetes v1.36 pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go (SetDefaults_ReplicationController).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero
from simcore.kube_apiserver.defaulting.pod import default_template
from simcore.kube_apiserver.defaulting.volume import default_claim_spec

_DEPLOYMENT: Obj = {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "strategy": {}}
_STATEFUL_SET: Obj = {
    "replicas": 1,
    "revisionHistoryLimit": 10,
    "updateStrategy": {},
    "persistentVolumeClaimRetentionPolicy": {},
    "serviceName": "",
}
_KEEP_CLAIMS = {"whenDeleted": "Retain", "whenScaled": "Retain"}
_DAEMON_SET: Obj = {"revisionHistoryLimit": 10, "updateStrategy": {}}
DAEMON_SET_STATUS = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}
_ROLLING = {"type": "RollingUpdate"}


def default_deployment(obj: Obj) -> Obj:
    spec = fill(_with_template(obj), _DEPLOYMENT)
    strategy = _rolling(spec["strategy"], {"maxUnavailable": "25%", "maxSurge": "25%"})
    return _with_spec(obj, {**spec, "strategy": strategy}, {})


def default_replica_set(obj: Obj) -> Obj:
    return _with_spec(obj, fill(_with_template(obj), {"replicas": 1}), {"replicas": 0})


def default_replication_controller(obj: Obj) -> Obj:
    """Selector and labels are the template's unless they are written."""
    given = obj.get("spec") or {}
    spec = fill(_with_template(obj) if given.get("template") else given, {"replicas": 1})
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        spec = fill_zero(spec, {"selector": labels})
        obj = {**obj, "metadata": fill_zero(obj["metadata"], {"labels": labels})}
    return _with_spec(obj, spec, {"replicas": 0})


def default_stateful_set(obj: Obj) -> Obj:
    spec = fill(fill_zero(_with_template(obj), {"podManagementPolicy": "OrderedReady"}), _STATEFUL_SET)
    strategy = _rolling(spec["updateStrategy"], {"partition": 0})
    retention = fill_zero(spec["persistentVolumeClaimRetentionPolicy"], _KEEP_CLAIMS)
    spec = {**spec, "updateStrategy": strategy, "persistentVolumeClaimRetentionPolicy": retention}
    spec = change(spec, "volumeClaimTemplates", each(_claim_template))
    return _with_spec(obj, spec, {"replicas": 0, "availableReplicas": 0})


def default_daemon_set(obj: Obj) -> Obj:
    spec = fill(_with_template(obj), _DAEMON_SET)
    strategy = _rolling(spec["updateStrategy"], {"maxUnavailable": 1, "maxSurge": 0})
    return _with_spec(obj, {**spec, "updateStrategy": strategy}, DAEMON_SET_STATUS)


def _with_template(obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    return {**spec, "template": default_template(spec.get("template"))}


def _with_spec(obj: Obj, spec: Obj, status: Obj) -> Obj:
    return {**obj, "spec": spec, "status": fill(obj.get("status") or {}, status)}


def _rolling(strategy: Obj, limits: Obj) -> Obj:
    """An update strategy: rolling unless it says otherwise, and then with limits."""
    done = fill_zero(strategy, _ROLLING)
    if done["type"] != "RollingUpdate":
        return done
    return change(fill(done, {"rollingUpdate": {}}), "rollingUpdate", lambda given: fill(given, limits))


def _claim_template(claim: Obj) -> Obj:
    done = fill(claim, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {}, "spec": {}})
    done = change(done, "spec", default_claim_spec)
    return {**done, "status": fill_zero(done.get("status") or {}, {"phase": "Pending"})}
