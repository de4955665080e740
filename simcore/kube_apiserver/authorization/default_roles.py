"""The ClusterRoles that every cluster has, written compactly.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,namespace_policy}.go.

A line is a rule: `verbs | group | resources | names`, or `verbs | URLs` with a leading slash. Of the verbs, `R` stands
for reading, `W` for writing; the group `core` is the one without a name; several are separated by commas.
"""

from __future__ import annotations

_EVENTS = "create,patch,update | core,events.k8s.io | events"
_TOKENS = (
    "create | authentication.k8s.io | tokenreviews\ncreate | authorization.k8s.io | subjectaccessreviews"
)

CLUSTER_ROLES: dict[str, str] = {
    "cluster-admin": "* | * | *\n* | /*",
    "system:discovery": """
        get | /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/""",
    "system:monitoring": """
        get | /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*""",
    "system:basic-user": """
        create | authorization.k8s.io | selfsubjectaccessreviews,selfsubjectrulesreviews
        create | authentication.k8s.io | selfsubjectreviews""",
    "system:public-info-viewer": "get | /healthz,/livez,/readyz,/version,/version/",
    "system:aggregate-to-admin": """
        create | authorization.k8s.io | localsubjectaccessreviews
        RW | rbac.authorization.k8s.io | rolebindings,roles""",
    "system:aggregate-to-edit": """
        R | core | pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
        impersonate | core | serviceaccounts
        W | core | pods,pods/attach,pods/exec,pods/portforward,pods/proxy
        create | core | pods/eviction
        W | core | configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,\
secrets,serviceaccounts,services,services/proxy
        create | core | serviceaccounts/token
        W | apps | daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,\
statefulsets,statefulsets/scale
        W | autoscaling | horizontalpodautoscalers
        W | batch | cronjobs,jobs
        W | extensions | daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,\
replicasets,replicasets/scale,replicationcontrollers/scale
        W | policy | poddisruptionbudgets
        W | networking.k8s.io | ingresses,networkpolicies
        RW | coordination.k8s.io | leases
        W | resource.k8s.io | resourceclaims,resourceclaimtemplates""",
    "system:aggregate-to-view": """
        R | core | configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,\
replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
        R | core | bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,\
resourcequotas,resourcequotas/status
        R | core | namespaces
        R | discovery.k8s.io | endpointslices
        R | apps | controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,\
replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
        R | autoscaling | horizontalpodautoscalers,horizontalpodautoscalers/status
        R | batch | cronjobs,cronjobs/status,jobs,jobs/status
        R | extensions | daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,\
ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale
        R | policy | poddisruptionbudgets,poddisruptionbudgets/status
        R | networking.k8s.io | ingresses,ingresses/status,networkpolicies
        R | resource.k8s.io | resourceclaims,resourceclaims/status,resourceclaimtemplates""",
    "system:heapster": """
        R | core | events,namespaces,nodes,pods
        R | extensions | deployments""",
    "system:node": """
        create | authentication.k8s.io | tokenreviews
        create | authorization.k8s.io | localsubjectaccessreviews,subjectaccessreviews
        R | core | services
        create,get,list,watch | core | nodes
        patch,update | core | nodes/status
        patch,update | core | nodes
        create,patch,update | core,events.k8s.io | events
        R | core | pods
        create,delete | core | pods
        patch,update | core | pods/status
        create | core | pods/eviction
        R | core | configmaps,secrets
        get | core | persistentvolumeclaims,persistentvolumes
        get | core | endpoints
        create,get,list,watch | certificates.k8s.io | certificatesigningrequests
        create,delete,get,patch,update | coordination.k8s.io | leases
        get | storage.k8s.io | volumeattachments
        get,patch,update | core | persistentvolumeclaims/status
        create | core | serviceaccounts/token
        R | storage.k8s.io | csidrivers
        create,delete,get,patch,update | storage.k8s.io | csinodes
        R | node.k8s.io | runtimeclasses
        get | resource.k8s.io | resourceclaims
        create,delete,deletecollection,get,list,patch,update,watch | resource.k8s.io | resourceslices""",
    "system:node-problem-detector": f"""
        get | core | nodes
        patch | core | nodes/status
        {_EVENTS}""",
    "system:kubelet-api-admin": """
        R | core | nodes
        proxy | core | nodes
        * | core | nodes/checkpoint,nodes/configz,nodes/healthz,nodes/log,nodes/metrics,nodes/pods,\
nodes/proxy,nodes/stats""",
    "system:node-bootstrapper": "create,get,list,watch | certificates.k8s.io | certificatesigningrequests",
    "system:auth-delegator": _TOKENS,
    "system:kube-aggregator": "R | core | endpoints,services",
    "system:kube-controller-manager": f"""
        {_EVENTS}
        create | coordination.k8s.io | leases
        get,update | coordination.k8s.io | leases | kube-controller-manager
        create | core | secrets,serviceaccounts
        delete | core | secrets
        get | core | configmaps,namespaces,secrets,serviceaccounts
        update | core | secrets,serviceaccounts
        {_TOKENS}
        list,watch | * | *
        create | core | serviceaccounts/token""",
    "system:kube-dns": "list,watch | core | endpoints,services",
    "system:persistent-volume-provisioner": f"""
        create,delete,get,list,watch | core | persistentvolumes
        get,list,update,watch | core | persistentvolumeclaims
        R | storage.k8s.io | storageclasses
        watch | core | events
        {_EVENTS}""",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient": """
        create | certificates.k8s.io | certificatesigningrequests/nodeclient""",
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient": """
        create | certificates.k8s.io | certificatesigningrequests/selfnodeclient""",
    "system:volume-scheduler": """
        get,list,patch,update,watch | core | persistentvolumes
        R | storage.k8s.io | storageclasses
        get,list,patch,update,watch | core | persistentvolumeclaims""",
    "system:certificates.k8s.io:legacy-unknown-approver": """
        approve | certificates.k8s.io | signers | kubernetes.io/legacy-unknown""",
    "system:certificates.k8s.io:kubelet-serving-approver": """
        approve | certificates.k8s.io | signers | kubernetes.io/kubelet-serving""",
    "system:certificates.k8s.io:kube-apiserver-client-approver": """
        approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client""",
    "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver": """
        approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client-kubelet""",
    "system:service-account-issuer-discovery": """
        get | /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/""",
    "system:node-proxier": f"""
        list,watch | core | endpoints,services
        R | core | nodes
        {_EVENTS}
        list,watch | discovery.k8s.io | endpointslices
        R | networking.k8s.io | servicecidrs""",
    "system:kube-scheduler": f"""
        {_EVENTS}
        create | coordination.k8s.io | leases
        get,list,update,watch | coordination.k8s.io | leases | kube-scheduler
        R | core | nodes
        delete,get,list,watch | core | pods
        create | core | bindings,pods/binding
        patch,update | core | pods/status
        R | core | replicationcontrollers,services
        R | apps,extensions | replicasets
        R | apps | statefulsets
        R | policy | poddisruptionbudgets
        R | core | persistentvolumeclaims,persistentvolumes
        {_TOKENS}
        R | storage.k8s.io | csinodes
        R | core | namespaces
        R | storage.k8s.io | csidrivers
        R | storage.k8s.io | csistoragecapacities
        R | storage.k8s.io | volumeattachments
        R | resource.k8s.io | deviceclasses
        get,list,patch,update,watch | resource.k8s.io | resourceclaims
        patch,update | resource.k8s.io | resourceclaims/status
        R | resource.k8s.io | resourceslices""",
}

AGGREGATED = {"admin": "", "edit": "admin", "view": "edit"}
"""Roles that are put together by label, and the one of them that each is a part of."""

BINDINGS: dict[str, tuple[str, ...]] = {
    "cluster-admin": ("Group:system:masters",),
    "system:monitoring": ("Group:system:monitoring",),
    "system:discovery": ("Group:system:authenticated",),
    "system:basic-user": ("Group:system:authenticated",),
    "system:public-info-viewer": ("Group:system:authenticated", "Group:system:unauthenticated"),
    "system:node-proxier": ("User:system:kube-proxy",),
    "system:kube-controller-manager": ("User:system:kube-controller-manager",),
    "system:kube-dns": ("ServiceAccount:kube-dns",),
    "system:kube-scheduler": ("User:system:kube-scheduler",),
    "system:volume-scheduler": ("User:system:kube-scheduler",),
    "system:node": (),
    "system:service-account-issuer-discovery": ("Group:system:serviceaccounts",),
}
"""ClusterRoleBindings by the role, whose name they have; service accounts are those of kube-system."""

_LOCK = """
    watch | core | configmaps
    get,update | core | configmaps | {0}"""
ROLES: dict[tuple[str, str], str] = {
    ("kube-system", "extension-apiserver-authentication-reader"): """
        R | core | configmaps | extension-apiserver-authentication""",
    ("kube-system", "system:controller:bootstrap-signer"): "R | core | secrets",
    ("kube-system", "system:controller:cloud-provider"): "create,get,list,watch | core | configmaps",
    ("kube-system", "system:controller:token-cleaner"): f"delete,get,list,watch | core | secrets\n{_EVENTS}",
    ("kube-system", "system::leader-locking-kube-controller-manager"): _LOCK.format(
        "kube-controller-manager"
    ),
    ("kube-system", "system::leader-locking-kube-scheduler"): _LOCK.format("kube-scheduler"),
    ("kube-public", "system:controller:bootstrap-signer"): f"""
        R | core | configmaps
        update | core | configmaps | cluster-info
        {_EVENTS}""",
}
ROLE_BINDINGS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("kube-system", "system::extension-apiserver-authentication-reader"): (
        "extension-apiserver-authentication-reader",
        ("User:system:kube-controller-manager", "User:system:kube-scheduler"),
    ),
    ("kube-system", "system::leader-locking-kube-controller-manager"): (
        "system::leader-locking-kube-controller-manager",
        ("User:system:kube-controller-manager", "ServiceAccount:kube-controller-manager"),
    ),
    ("kube-system", "system::leader-locking-kube-scheduler"): (
        "system::leader-locking-kube-scheduler",
        ("User:system:kube-scheduler", "ServiceAccount:kube-scheduler"),
    ),
    **{
        (namespace, f"system:controller:{name}"): (f"system:controller:{name}", (f"ServiceAccount:{name}",))
        for namespace, name in (
            ("kube-system", "bootstrap-signer"),
            ("kube-system", "cloud-provider"),
            ("kube-system", "token-cleaner"),
            ("kube-public", "bootstrap-signer"),
        )
    },
}
"""Role and subjects by (namespace, name)."""
