"""The numbers of fields in Kubernetes' protobuf messages: what goes over the wire instead of names.

By the schema's type name, `name=number`; a `?` marks a scalar that is told apart from its zero value, a `^` a message
whose fields JSON writes into the one around it.
"""

from __future__ import annotations

_TEXTS = {
    "ObjectMeta": (
        "name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7 creationTimestamp=8 "
        "deletionTimestamp=9 deletionGracePeriodSeconds?=10 labels=11 annotations=12 ownerReferences=13 finalizers=14 "
        "managedFields=17"
    ),
    "OwnerReference": "kind=1 name=3 uid=4 apiVersion=5 controller?=6 blockOwnerDeletion?=7",
    "ManagedFieldsEntry": ("manager=1 operation=2 apiVersion=3 time=4 fieldsType=6 fieldsV1=7 subresource=8"),
    "LabelSelector": "matchLabels=1 matchExpressions=2",
    "LabelSelectorRequirement": "key=1 operator=2 values=3",
    "DeleteOptions": (
        "gracePeriodSeconds?=1 preconditions=2 orphanDependents?=3 propagationPolicy=4 dryRun=5 "
        "ignoreStoreReadErrorWithClusterBreakingPotential?=6"
    ),
    "Preconditions": "uid=1 resourceVersion=2",
    "Namespace": "metadata=1 spec=2 status=3",
    "NamespaceSpec": "finalizers=1",
    "NamespaceStatus": "phase=1 conditions=2",
    "ConfigMap": "metadata=1 data=2 binaryData=3 immutable?=4",
    "Service": "metadata=1 spec=2 status=3",
    "ServiceSpec": (
        "ports=1 selector=2 clusterIP=3 type=4 externalIPs=5 sessionAffinity=7 loadBalancerIP=8 "
        "loadBalancerSourceRanges=9 externalName=10 externalTrafficPolicy=11 healthCheckNodePort=12 "
        "publishNotReadyAddresses=13 sessionAffinityConfig=14 ipFamilyPolicy=17 clusterIPs=18 ipFamilies=19 "
        "allocateLoadBalancerNodePorts?=20 loadBalancerClass=21 internalTrafficPolicy=22 trafficDistribution=23"
    ),
    "ServicePort": "name=1 protocol=2 port=3 targetPort=4 nodePort=5 appProtocol=6",
    "ServiceStatus": "loadBalancer=1 conditions=2",
    "LoadBalancerStatus": "ingress=1",
    "Pod": "metadata=1 spec=2 status=3",
    "PodTemplateSpec": "metadata=1 spec=2",
    "PodSpec": (
        "volumes=1 containers=2 restartPolicy=3 terminationGracePeriodSeconds?=4 activeDeadlineSeconds?=5 dnsPolicy=6 "
        "nodeSelector=7 serviceAccountName=8 serviceAccount=9 nodeName=10 hostNetwork=11 hostPID=12 hostIPC=13 "
        "securityContext=14 imagePullSecrets=15 hostname=16 subdomain=17 affinity=18 schedulerName=19 "
        "initContainers=20 automountServiceAccountToken?=21 tolerations=22 hostAliases=23 priorityClassName=24 "
        "priority?=25 dnsConfig=26 shareProcessNamespace?=27 readinessGates=28 runtimeClassName=29 "
        "enableServiceLinks?=30 preemptionPolicy=31 overhead=32 topologySpreadConstraints=33 ephemeralContainers=34 "
        "setHostnameAsFQDN?=35 os=36 hostUsers?=37 schedulingGates=38 resourceClaims=39 resources=40 "
        "hostnameOverride=41"
    ),
    "PodStatus": "phase=1 conditions=2 message=3 reason=4 hostIP=5 podIP=6 qosClass=9",
    "Container": (
        "name=1 image=2 command=3 args=4 workingDir=5 ports=6 env=7 resources=8 volumeMounts=9 livenessProbe=10 "
        "readinessProbe=11 lifecycle=12 terminationMessagePath=13 imagePullPolicy=14 securityContext=15 stdin=16 "
        "stdinOnce=17 tty=18 envFrom=19 terminationMessagePolicy=20 volumeDevices=21 startupProbe=22 resizePolicy=23 "
        "restartPolicy=24"
    ),
    "ContainerPort": "name=1 hostPort=2 containerPort=3 protocol=4 hostIP=5",
    "EnvVar": "name=1 value=2 valueFrom=3",
    "VolumeMount": "name=1 readOnly=2 mountPath=3 subPath=4 mountPropagation=5 subPathExpr=6 recursiveReadOnly=7",
    "LocalObjectReference": "name=1",
    "Toleration": "key=1 operator=2 value=3 effect=4 tolerationSeconds?=5",
    "ResourceRequirements": "limits=1 requests=2 claims=3",
    "Binding": "metadata=1 target=2",
    "ObjectReference": "kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7",
    "Eviction": "metadata=1 deleteOptions=2",
    "Deployment": "metadata=1 spec=2 status=3",
    "DeploymentSpec": (
        "replicas?=1 selector=2 template=3 strategy=4 minReadySeconds=5 revisionHistoryLimit?=6 paused=7 "
        "progressDeadlineSeconds?=9"
    ),
    "DeploymentStrategy": "type=1 rollingUpdate=2",
    "RollingUpdateDeployment": "maxUnavailable=1 maxSurge=2",
    "DeploymentStatus": (
        "observedGeneration=1 replicas=2 updatedReplicas=3 availableReplicas=4 unavailableReplicas=5 conditions=6 "
        "readyReplicas=7 collisionCount?=8 terminatingReplicas?=9"
    ),
    "ReplicaSet": "metadata=1 spec=2 status=3",
    "ReplicaSetSpec": "replicas?=1 selector=2 template=3 minReadySeconds=4",
    "ReplicaSetStatus": (
        "replicas=1 fullyLabeledReplicas=2 observedGeneration=3 readyReplicas=4 availableReplicas=5 conditions=6 "
        "terminatingReplicas?=7"
    ),
    "Lease": "metadata=1 spec=2",
    "LeaseSpec": (
        "holderIdentity=1 leaseDurationSeconds?=2 acquireTime=3 renewTime=4 leaseTransitions?=5 strategy=6 "
        "preferredHolder=7"
    ),
    "Event": (
        "metadata=1 involvedObject=2 reason=3 message=4 source=5 firstTimestamp=6 lastTimestamp=7 count=8 type=9 "
        "eventTime=10 series=11 action=12 related=13 reportingComponent=14 reportingInstance=15"
    ),
    "EventSource": "component=1 host=2",
    "EventSeries": "count=1 lastObservedTime=2",
    "Secret": "metadata=1 data=2 type=3 stringData=4 immutable?=5",
    "ServiceAccount": "metadata=1 secrets=2 imagePullSecrets=3 automountServiceAccountToken?=4",
    "Role": "metadata=1 rules=2",
    "ClusterRole": "metadata=1 rules=2 aggregationRule=3",
    "AggregationRule": "clusterRoleSelectors=1",
    "PolicyRule": "verbs=1 apiGroups=2 resources=3 resourceNames=4 nonResourceURLs=5",
    "RoleBinding": "metadata=1 subjects=2 roleRef=3",
    "ClusterRoleBinding": "metadata=1 subjects=2 roleRef=3",
    "Subject": "kind=1 apiGroup=2 name=3 namespace=4",
    "RoleRef": "apiGroup=1 kind=2 name=3",
    "ResourceQuota": "metadata=1 spec=2 status=3",
    "ResourceQuotaSpec": "hard=1 scopes=2 scopeSelector=3",
    "ResourceQuotaStatus": "hard=1 used=2",
    "Job": "metadata=1 spec=2 status=3",
    "JobSpec": (
        "parallelism?=1 completions?=2 activeDeadlineSeconds?=3 selector=4 manualSelector?=5 template=6 "
        "backoffLimit?=7 ttlSecondsAfterFinished?=8 completionMode=9 suspend?=10 podFailurePolicy=11 "
        "backoffLimitPerIndex?=12 maxFailedIndexes?=13 podReplacementPolicy=14 managedBy=15 successPolicy=16"
    ),
    "JobStatus": (
        "conditions=1 startTime=2 completionTime=3 active=4 succeeded=5 failed=6 completedIndexes=7 "
        "uncountedTerminatedPods=8 ready?=9 failedIndexes=10 terminating?=11"
    ),
    "CronJob": "metadata=1 spec=2 status=3",
    "CronJobSpec": (
        "schedule=1 startingDeadlineSeconds?=2 concurrencyPolicy=3 suspend?=4 jobTemplate=5 "
        "successfulJobsHistoryLimit?=6 failedJobsHistoryLimit?=7 timeZone=8"
    ),
    "CronJobStatus": "active=1 lastScheduleTime=4 lastSuccessfulTime=5",
    "JobTemplateSpec": "metadata=1 spec=2",
    "PodDisruptionBudget": "metadata=1 spec=2 status=3",
    "PodDisruptionBudgetSpec": "minAvailable=1 selector=2 maxUnavailable=3 unhealthyPodEvictionPolicy=4",
    "PodDisruptionBudgetStatus": (
        "observedGeneration=1 disruptedPods=2 disruptionsAllowed=3 currentHealthy=4 desiredHealthy=5 expectedPods=6 "
        "conditions=7"
    ),
    "PriorityClass": "metadata=1 value=2 globalDefault=3 description=4 preemptionPolicy=5",
    "HorizontalPodAutoscaler": "metadata=1 spec=2 status=3",
    "HorizontalPodAutoscalerSpec": "scaleTargetRef=1 minReplicas?=2 maxReplicas=3 metrics=4 behavior=5",
    "HorizontalPodAutoscalerStatus": (
        "observedGeneration?=1 lastScaleTime=2 currentReplicas=3 desiredReplicas=4 currentMetrics=5 conditions=6"
    ),
    "CrossVersionObjectReference": "kind=1 name=2 apiVersion=3",
    "MetricSpec": "type=1 object=2 pods=3 resource=4 external=5 containerResource=7",
    "ResourceMetricSource": "name=1 target=2",
    "MetricTarget": "type=1 value=2 averageValue=3 averageUtilization?=4",
    "Ingress": "metadata=1 spec=2 status=3",
    "IngressSpec": "defaultBackend=1 tls=2 rules=3 ingressClassName=4",
    "IngressStatus": "loadBalancer=1",
    "IngressLoadBalancerStatus": "ingress=1",
    "IngressTLS": "hosts=1 secretName=2",
    "IngressRule": "host=1 ^IngressRuleValue=2",
    "IngressRuleValue": "http=1",
    "HTTPIngressRuleValue": "paths=1",
    "HTTPIngressPath": "path=1 backend=2 pathType=3",
    "IngressBackend": "resource=3 service=4",
    "IngressServiceBackend": "name=1 port=2",
    "ServiceBackendPort": "name=1 number=2",
    "Scale": "metadata=1 spec=2 status=3",
    "ScaleSpec": "replicas=1",
    "ScaleStatus": "replicas=1 selector=2",
}


def _parsed(text: str) -> dict[int, tuple[str, bool]]:
    fields = {}
    for term in text.split():
        name, _, number = term.partition("=")
        fields[int(number)] = (name.removesuffix("?"), name.endswith("?"))
    return fields


FIELDS = {message: _parsed(text) for message, text in _TEXTS.items()}
"""By message, then by number: the field's name and whether its zero value is told."""
