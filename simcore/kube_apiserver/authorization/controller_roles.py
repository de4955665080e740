"""The ClusterRoles of the controllers, `system:controller:<name>`; each is bound to the account <name> of kube-system.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go. The notation is that of
default_roles; a line `E` is the right to write events.
"""

from __future__ import annotations

CONTROLLER_ROLES: dict[str, str] = {
    "attachdetach-controller": """
        list,watch | core | persistentvolumeclaims,persistentvolumes
        R | core | nodes
        patch,update | core | nodes/status
        list,watch | core | pods
        E
        create,delete,get,list,watch | storage.k8s.io | volumeattachments
        R | storage.k8s.io | csidrivers
        R | storage.k8s.io | csinodes""",
    "certificate-controller": """
        delete,get,list,watch | certificates.k8s.io | certificatesigningrequests
        update | certificates.k8s.io | certificatesigningrequests/approval,certificatesigningrequests/status
        approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client-kubelet
        sign | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client,\
kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown
        create | authorization.k8s.io | subjectaccessreviews
        E""",
    "clusterrole-aggregation-controller": """
        escalate,get,list,patch,update,watch | rbac.authorization.k8s.io | clusterroles""",
    "cronjob-controller": """
        get,list,update,watch | batch | cronjobs
        create,delete,get,list,patch,update,watch | batch | jobs
        update | batch | cronjobs/status
        update | batch | cronjobs/finalizers
        delete,list | core | pods
        E""",
    "daemon-set-controller": """
        R | apps,extensions | daemonsets
        update | apps,extensions | daemonsets/status
        update | apps,extensions | daemonsets/finalizers
        list,watch | core | nodes
        create,delete,list,patch,watch | core | pods
        create | core | pods/binding
        create,delete,get,list,patch,update,watch | apps | controllerrevisions
        E""",
    "deployment-controller": """
        get,list,update,watch | apps,extensions | deployments
        update | apps,extensions | deployments/status
        update | apps,extensions | deployments/finalizers
        create,delete,get,list,patch,update,watch | apps,extensions | replicasets
        get,list,update,watch | core | pods
        E""",
    "disruption-controller": """
        R | apps,extensions | deployments
        R | apps,extensions | replicasets
        R | core | replicationcontrollers
        R | policy | poddisruptionbudgets
        R | apps | statefulsets
        update | policy | poddisruptionbudgets/status
        patch,update | core | pods/status
        get | * | */scale
        E""",
    "endpoint-controller": """
        R | core | pods,services
        create,delete,get,list,update | core | endpoints
        create | core | endpoints/restricted
        E""",
    "endpointslice-controller": """
        R | core | nodes,pods,services
        update | core | services/finalizers
        create,delete,get,list,update | discovery.k8s.io | endpointslices
        E""",
    "endpointslicemirroring-controller": """
        R | core | endpoints,services
        update | core | services/finalizers
        update | core | endpoints/finalizers
        create,delete,get,list,update | discovery.k8s.io | endpointslices
        E""",
    "ephemeral-volume-controller": """
        R | core | pods
        update | core | pods/finalizers
        create,get,list,watch | core | persistentvolumeclaims
        E""",
    "expand-controller": """
        get,list,patch,update,watch | core | persistentvolumes
        patch,update | core | persistentvolumeclaims/status
        R | core | persistentvolumeclaims
        E""",
    "generic-garbage-collector": """
        delete,get,list,patch,update,watch | * | *
        E""",
    "horizontal-pod-autoscaler": """
        R | autoscaling | horizontalpodautoscalers
        update | autoscaling | horizontalpodautoscalers/status
        get,update | * | */scale
        list | core | pods
        list | metrics.k8s.io | pods
        get,list | custom.metrics.k8s.io | *
        get,list | external.metrics.k8s.io | *
        E""",
    "job-controller": """
        get,list,patch,update,watch | batch | jobs
        update | batch | jobs/status
        update | batch | jobs/finalizers
        create,delete,list,patch,watch | core | pods
        E""",
    "legacy-service-account-token-cleaner": """
        get | core | configmaps | kube-apiserver-legacy-service-account-token-tracking
        delete,patch | core | secrets""",
    "namespace-controller": """
        delete,get,list,watch | core | namespaces
        update | core | namespaces/finalize,namespaces/status
        delete,deletecollection,get,list | * | *""",
    "node-controller": """
        delete,get,list,patch,update | core | nodes
        patch,update | core | nodes/status
        patch,update | core | pods/status
        delete,list | core | pods
        E""",
    "persistent-volume-binder": """
        create,delete,get,list,update,watch | core | persistentvolumes
        update | core | persistentvolumes/status
        get,list,update,watch | core | persistentvolumeclaims
        update | core | persistentvolumeclaims/status
        create,delete,get,list,watch | core | pods
        R | storage.k8s.io | storageclasses
        get,list | core | nodes
        watch | core | events
        create,delete,get | core | endpoints,services
        get,list | core | secrets
        E""",
    "pod-garbage-collector": """
        delete,list,watch | core | pods
        get,list | core | nodes
        patch,update | core | pods/status""",
    "pv-protection-controller": """
        get,list,update,watch | core | persistentvolumes
        E""",
    "pvc-protection-controller": """
        get,list,update,watch | core | persistentvolumeclaims
        R | core | pods
        E""",
    "replicaset-controller": """
        get,list,update,watch | apps,extensions | replicasets
        update | apps,extensions | replicasets/status
        update | apps,extensions | replicasets/finalizers
        create,delete,list,patch,watch | core | pods
        E""",
    "replication-controller": """
        get,list,update,watch | core | replicationcontrollers
        update | core | replicationcontrollers/status
        update | core | replicationcontrollers/finalizers
        create,delete,list,patch,watch | core | pods
        E""",
    "resource-claim-controller": """
        R | core | pods
        update | core | pods/finalizers
        create,delete,get,list,watch | resource.k8s.io | resourceclaims
        patch,update | resource.k8s.io | resourceclaims,resourceclaims/status
        patch,update | core | pods/status
        E""",
    "resourcequota-controller": """
        list,watch | * | *
        update | core | resourcequotas/status
        E""",
    "root-ca-cert-publisher": """
        create,update | core | configmaps
        E""",
    "route-controller": """
        list,watch | core | nodes
        patch | core | nodes/status
        E""",
    "service-account-controller": """
        create | core | serviceaccounts
        E""",
    "service-cidrs-controller": """
        get,list,patch,update,watch | networking.k8s.io | servicecidrs
        patch,update | networking.k8s.io | servicecidrs/finalizers
        patch,update | networking.k8s.io | servicecidrs/status
        R | networking.k8s.io | ipaddresses
        E""",
    "service-controller": """
        R | core | services
        patch,update | core | services/status
        list,watch | core | nodes
        E""",
    "statefulset-controller": """
        list,watch | core | pods
        R | apps | statefulsets
        update | apps | statefulsets/status
        update | apps | statefulsets/finalizers
        create,delete,get,patch,update | core | pods
        create,delete,get,list,patch,update,watch | apps | controllerrevisions
        create,get | core | persistentvolumeclaims
        E""",
    "taint-eviction-controller": """
        get,list,watch | core | nodes
        delete,get,list,watch | core | pods
        patch,update | core | pods/status
        E""",
    "ttl-after-finished-controller": """
        delete,get,list,watch | batch | jobs
        E""",
    "ttl-controller": """
        list,patch,update,watch | core | nodes
        E""",
    "validatingadmissionpolicy-status-controller": """
        R | admissionregistration.k8s.io | validatingadmissionpolicies
        get,patch,update | admissionregistration.k8s.io | validatingadmissionpolicies/status
        E""",
}
