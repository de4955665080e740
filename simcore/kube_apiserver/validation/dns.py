"""How a pod resolves names.

Models: kubernetes v1.36 pkg/apis/core/validation (validatePodDNSConfig, ValidateHostAliases).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import Errors, all_invalid, invalid, required
from simcore.kube_apiserver.validation.names import dns_subdomain, ip_address

_MOST_SERVERS, _MOST_SEARCHES, _LONGEST_SEARCH = 3, 32, 2048
_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SEARCH = rf"{_LABEL}(\.{_LABEL})*"
_SEARCH_SAYS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must "
    f"start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SEARCH}')"
)


def validate_dns(path: str, spec: Obj) -> Errors:
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not config.get("nameservers"):
            detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [required(f"{path}.nameservers", detail)]
    return [] if config is None else _config(path, config)


def validate_host_aliases(path: str, aliases: Sequence[Obj]) -> Errors:
    errors: Errors = []
    for i, alias in enumerate(aliases):
        address = alias.get("ip") or ""
        errors += all_invalid(f"{path}[{i}].ip", address, ip_address(address))
        for j, name in enumerate(alias.get("hostnames") or ()):
            errors += all_invalid(f"{path}[{i}].hostnames[{j}]", name, dns_subdomain(name))
    return errors


def _config(path: str, config: Obj) -> Errors:
    errors: Errors = []
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > _MOST_SERVERS:
        detail = f"must not have more than {_MOST_SERVERS} nameservers"
        errors.append(invalid(f"{path}.nameservers", servers, detail))
    for i, server in enumerate(servers):
        errors += all_invalid(f"{path}.nameservers[{i}]", server, ip_address(server))
    if len(searches) > _MOST_SEARCHES:
        detail = f"must not have more than {_MOST_SEARCHES} search paths"
        errors.append(invalid(f"{path}.searches", searches, detail))
    if len(" ".join(searches)) > _LONGEST_SEARCH:
        detail = f"must not have more than {_LONGEST_SEARCH} characters (including spaces) in the search list"
        errors.append(invalid(f"{path}.searches", searches, detail))
    for i, search in enumerate(searches):
        name = search.removesuffix(".")
        if search != "." and not re.fullmatch(_SEARCH, name):
            errors.append(invalid(f"{path}.searches[{i}]", name, _SEARCH_SAYS))
    for i, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            errors.append(required(f"{path}.options[{i}]", "must not be empty"))
    return errors
