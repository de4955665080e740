"""Fills Secrets that ask for a service account's token, and removes those whose account has gone.

Models: kubernetes v1.36 pkg/controller/serviceaccount/tokens_controller.go.
Left out: the signature, see docs/deviations.md, kube_controller_manager.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import SECRET, SERVICE_ACCOUNT
from simcore.apimachinery.meta import Key, Obj, annotations_of, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.sim.rng import Rng

TYPE = "kubernetes.io/service-account-token"
ACCOUNT_NAME, ACCOUNT_UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"


class AccountTokens:
    """Its keys are those of Secrets."""

    name = "serviceaccount-token-controller"

    def __init__(self, ctx: ComponentContext, ca: str) -> None:
        """`ca`: certificates in PEM."""
        self._client, self._rng, self._ca = ctx.client, ctx.rng, ca
        self._secrets = ctx.informers.informer(SECRET)
        self._secrets.add_index("account", _accounts)
        self.watches: Sequence[Watch] = (Watch(SECRET, _asking), Watch(SERVICE_ACCOUNT, self._of_account))

    def reconcile(self, key: Key) -> Result:
        secret = self._secrets.get(key)
        if secret is None or not _accounts(secret):
            return DONE
        account = self._account(Key(key.namespace, annotations_of(secret)[ACCOUNT_NAME]))
        known_uid = annotations_of(secret).get(ACCOUNT_UID)
        if account is None or known_uid not in (None, "", uid_of(account)):
            self._remove(secret)
            return DONE
        wanted = {"ca.crt": self._ca, "namespace": key.namespace, "token": _token(account, secret, self._rng)}
        present = secret.get("data") or {}
        data = {name: present.get(name) or b64encode(text.encode()).decode() for name, text in wanted.items()}
        if known_uid and data.items() <= present.items():
            return DONE
        annotations = {**annotations_of(secret), ACCOUNT_UID: uid_of(account)}
        meta = {**secret["metadata"], "annotations": annotations}
        self._client.update(SECRET, {**secret, "metadata": meta, "data": {**present, **data}})
        return DONE

    def _account(self, key: Key) -> Obj | None:
        """Asks the API server: the account may have been made a moment before the Secret."""
        try:
            return self._client.get(SERVICE_ACCOUNT, key)
        except NotFound:
            return None

    def _remove(self, secret: Obj) -> None:
        try:
            self._client.delete(SECRET, key_of(secret), uid=uid_of(secret))
        except NotFound:
            return  # what we wanted

    def _of_account(self, old: Obj | None, new: Obj | None) -> list[Key]:
        account = new if new is not None else old
        return sorted(map(key_of, self._secrets.by_index("account", key_of(account)))) if account else []


def _accounts(secret: Obj) -> list[Key]:
    """The account that a Secret asks a token of."""
    name = annotations_of(secret).get(ACCOUNT_NAME)
    if secret.get("type") != TYPE or not name or is_terminating(secret):
        return []
    return [Key(secret["metadata"]["namespace"], name)]


def _asking(old: Obj | None, new: Obj | None) -> list[Key]:
    return [key_of(new)] if new is not None and _accounts(new) else []


def _token(account: Obj, secret: Obj, rng: Rng) -> str:
    """A JSON web token that says what a real one says; its signature is drawn and opens nothing."""
    meta, prefix = account["metadata"], "kubernetes.io/serviceaccount/"
    claims = {
        "iss": "kubernetes/serviceaccount",
        f"{prefix}namespace": meta["namespace"],
        f"{prefix}secret.name": secret["metadata"]["name"],
        f"{prefix}service-account.name": meta["name"],
        f"{prefix}service-account.uid": meta["uid"],
        "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
    }
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256"}, claims)]
    drawn = bytes(rng.below(256, "token", uid_of(secret), n) for n in range(32))
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, drawn))
