"""Certificate signing requests: what may be asked for, and who may write which part of the answer.

Models: kubernetes v1.36 pkg/apis/certificates/validation/validation.go.
"""

from __future__ import annotations

from base64 import b64decode

from simcore.apimachinery.certificates import (
    EXTENDED_USAGES,
    KEY_USAGES,
    CertificateError,
    CertificateRequest,
    expiry_ms,
    request_of,
)
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    quoted,
    required,
)
from simcore.kube_apiserver.validation.names import Rule, dns_label, dns_subdomain

APPROVED, DENIED, FAILED = "Approved", "Denied", "Failed"
USAGES = tuple(sorted({*KEY_USAGES, *EXTENDED_USAGES}))
SHORTEST_CERTIFICATE_S = 600
_STATUSES = ("False", "True", "Unknown")


def parsed_request(spec: Obj) -> CertificateRequest:
    """Raises: CertificateError."""
    try:
        pem = b64decode(spec.get("request") or "")
    except ValueError:
        pem = b""
    return request_of(pem)


def validate_signing_request(obj: Obj) -> Errors:
    """A CertificateSigningRequest."""
    spec = obj.get("spec") or {}
    errors: Errors = []
    try:
        parsed_request(spec)
    except CertificateError as error:
        errors.append(invalid("spec.request", spec.get("request") or "", str(error)))
    usages = spec.get("usages") or []
    if not usages:
        errors.append(required("spec.usages"))
    for at, usage in enumerate(usages):
        if usage not in USAGES:
            errors.append(not_supported(f"spec.usages[{at}]", usage, USAGES))
        if usage in usages[:at]:
            errors.append(duplicate(f"spec.usages[{at}]", usage))
    errors += _signer(spec.get("signerName") or "")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < SHORTEST_CERTIFICATE_S:
        detail = "may not specify a duration less than 600 seconds (10 minutes)"
        errors.append(invalid("spec.expirationSeconds", seconds, detail))
    return errors


def _signer(name: str) -> Errors:
    if not name:
        return [required("spec.signerName")]
    domain, slash, path = name.partition("/")
    if not slash or "/" in path:
        detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return [invalid("spec.signerName", name, detail)]
    errors = _segment(domain, dns_label)
    if "." not in domain:
        detail = "should be a domain with at least two segments separated by dots"
        errors.append(invalid("spec.signerName", domain, detail))
    return errors + _segment(path, dns_subdomain)


def _segment(text: str, rule: Rule) -> Errors:
    """Of a segment between slashes only the first bad part between dots is told."""
    for part in text.split("."):
        if faults := rule(part):
            details = [f"validating label {quoted(part)}: {fault}" for fault in faults]
            return all_invalid("spec.signerName", text, details)
    return []


def validate_answer(new: Obj, old: Obj, *, approves: bool) -> Errors:
    """An update of approval or status: only the approval adds what approves or denies, only the status the rest."""
    status, was = new.get("status") or {}, old.get("status") or {}
    errors = _conditions(status.get("conditions") or [])
    for name in (APPROVED, DENIED, FAILED):
        given, had = _of_type(status, name), _of_type(was, name)
        if len(given) < len(had):
            errors.append(
                forbidden("status.conditions", f'updates may not remove a condition of type "{name}"')
            )
        elif (name != FAILED) is approves:
            continue
        elif len(given) > len(had):
            errors.append(forbidden("status.conditions", f'updates may not add a condition of type "{name}"'))
        elif given != had:
            errors.append(
                forbidden("status.conditions", f'updates may not modify a condition of type "{name}"')
            )
    return errors + _certificate(status.get("certificate"), was.get("certificate"))


def _certificate(new: str | None, old: str | None) -> Errors:
    if new == old:
        return []
    if old:
        return [forbidden("status.certificate", "updates may not modify existing certificate content")]
    try:
        expiry_ms(b64decode(new or ""))
    except (CertificateError, ValueError):
        return [invalid("status.certificate", "<certificate data>", "must contain a CERTIFICATE PEM block")]
    return []


def _conditions(conditions: list[Obj]) -> Errors:
    errors: Errors = []
    types = [condition.get("type", "") for condition in conditions]
    for at, condition in enumerate(conditions):
        path, status = f"status.conditions[{at}]", condition.get("status", "")
        if not types[at]:
            errors.append(required(f"{path}.type"))
        allowed = ("True",) if types[at] in (APPROVED, DENIED, FAILED) else _STATUSES
        if not status:
            errors.append(required(f"{path}.status"))
        elif status not in allowed:
            errors.append(not_supported(f"{path}.status", status, allowed))
        if types[at] in types[:at]:
            errors.append(duplicate(f"{path}.type", types[at]))
        other = {APPROVED: DENIED, DENIED: APPROVED}.get(types[at])
        if other in types[:at]:
            detail = "Approved and Denied conditions are mutually exclusive"
            errors.append(invalid(f"{path}.type", types[at], detail))
    return errors


def _of_type(status: Obj, name: str) -> list[Obj]:
    return [condition for condition in status.get("conditions") or () if condition.get("type") == name]
