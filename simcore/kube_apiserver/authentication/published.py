"""The ConfigMap by which extension API servers know whom the API server trusts.

Models: kubernetes v1.36 pkg/controlplane/controller/clusterauthenticationtrust.
"""

from __future__ import annotations

import json

from simcore.apimachinery.certificates import Authorities
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authentication.request_header import ALLOWED_NAMES

NAME, NAMESPACE = "extension-apiserver-authentication", "kube-system"


def trust_of(authorities: Authorities) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "data": {
            "client-ca-file": authorities.client.pem,
            "requestheader-allowed-names": json.dumps(list(ALLOWED_NAMES)),
            "requestheader-client-ca-file": authorities.front_proxy.pem,
            "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
            "requestheader-group-headers": '["X-Remote-Group"]',
            "requestheader-uid-headers": '["X-Remote-Uid"]',
            "requestheader-username-headers": '["X-Remote-User"]',
        },
    }
