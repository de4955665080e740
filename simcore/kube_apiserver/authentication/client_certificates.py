"""Client certificates: the common name is the user, the organizations are the groups.

Models: kubernetes v1.36 apiserver/pkg/authentication/request/x509/x509.go (CommonNameUserConversion).
"""

from __future__ import annotations

from simcore.apimachinery.certificates import Authority, CertificateError
from simcore.kube_apiserver.authentication.presented import CREDENTIAL_ID, NotAuthenticated, Presented, known
from simcore.kube_apiserver.users import User
from simcore.sim.clock import Clock


class ClientCertificates:
    """Those that this cluster's authority has signed; another cluster's are nothing here."""

    def __init__(self, authority: Authority, clock: Clock) -> None:
        self._authority, self._clock = authority, clock

    def user(self, asked: Presented) -> User | None:
        if not asked.certificate:
            return None
        try:
            subject = self._authority.subject(asked.certificate, self._clock.unix_ms())
        except CertificateError as error:
            raise NotAuthenticated(str(error)) from None
        if not subject.common_name:
            return None
        extra = ((CREDENTIAL_ID, (f"X509SHA256={subject.fingerprint}",)),)
        return known(subject.common_name, subject.organizations, subject.uid, extra)
