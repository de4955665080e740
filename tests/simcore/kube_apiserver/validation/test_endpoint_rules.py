"""What endpoints and their slices may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, edited, faults, minimal, update_faults

ENDPOINTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nobody": (
        {"subsets": [{"addresses": [], "ports": [{"port": 80}]}]},
        ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"],
    ),
    "an address that isn't one": (
        {"subsets": [{"addresses": [{"ip": "x"}], "ports": [{"port": 80}]}]},
        [
            (
                'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. '
                "10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "an address of this host": (
        {"subsets": [{"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 80}]}]},
        [
            (
                'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback '
                "range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "an address of this host, not ready": (
        {
            "subsets": [
                {
                    "addresses": [{"ip": "10.1.2.3"}],
                    "ports": [{"port": 80}],
                    "notReadyAddresses": [{"ip": "::1"}],
                }
            ]
        },
        [
            (
                'subsets[0].notReadyAddresses[0].ip: Invalid value: "::1": may not be in the '
                "loopback range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "a host with dots": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3", "hostname": "a.b"}], "ports": [{"port": 80}]}]},
        ['subsets[0].addresses[0].hostname: Invalid value: "a.b": must not contain dots'],
    ),
    "a node in capitals": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3", "nodeName": "A"}], "ports": [{"port": 80}]}]},
        [f'subsets[0].addresses[0].nodeName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a port without a name among others": (
        {
            "subsets": [
                {"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80}, {"port": 81, "name": "a"}]}
            ]
        },
        ["subsets[0].ports[0].name: Required value"],
    ),
    "a port out of range": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 0}]}]},
        ["subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"],
    ),
    "a port in capitals": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "name": "A"}]}]},
        [f'subsets[0].ports[0].name: Invalid value: "A": {LABEL}'],
    ),
    "an unknown protocol": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "protocol": "ICMP"}]}]},
        [('subsets[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"')],
    ),
    "an application's protocol": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "appProtocol": "a b"}]}]},
        [
            (
                'subsets[0].ports[0].appProtocol: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_what_endpoints_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Endpoints"), changes)) == expected


SLICES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no type": ({"addressType": ""}, ["addressType: Required value"]),
    "an unknown type": (
        {"addressType": "IPX"},
        ['addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"'],
    ),
    "no addresses": (
        {"endpoints": [{"addresses": []}]},
        ["endpoints[0].addresses: Required value: must contain at least 1 address"],
    ),
    "an address of the other family": (
        {"endpoints": [{"addresses": ["fd00::1"]}]},
        ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address'],
    ),
    "an address that isn't one": (
        {"endpoints": [{"addresses": ["a.b"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "a.b": must be a valid IP address, (e.g. '
                "10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "an address of this host": (
        {"endpoints": [{"addresses": ["127.0.0.1"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback '
                "range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "a name": ({"addressType": "FQDN", "endpoints": [{"addresses": ["a.b"]}]}, []),
    "a bad name": (
        {"addressType": "FQDN", "endpoints": [{"addresses": ["a_b"]}]},
        [f'endpoints[0].addresses[0]: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
    "a name without a domain": (
        {"addressType": "FQDN", "endpoints": [{"addresses": ["a"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two '
                "segments separated by dots"
            )
        ],
    ),
    "a name with a dot behind": ({"addressType": "FQDN", "endpoints": [{"addresses": ["a.b."]}]}, []),
    "a node in capitals": (
        {"endpoints": [{"addresses": ["10.1.2.3"], "nodeName": "A"}]},
        [f'endpoints[0].nodeName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a host with dots": (
        {"endpoints": [{"addresses": ["10.1.2.3"], "hostname": "a.b"}]},
        ['endpoints[0].hostname: Invalid value: "a.b": must not contain dots'],
    ),
    "a port in capitals": (
        {"ports": [{"port": 80, "name": "A"}]},
        [f'ports[0].name: Invalid value: "A": {LABEL}'],
    ),
    "a port's name twice": (
        {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]},
        ['ports[1].name: Duplicate value: "a"'],
    ),
    "an unknown protocol": (
        {"ports": [{"port": 80, "protocol": "ICMP"}]},
        ['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ),
    "an application's protocol": (
        {"ports": [{"port": 80, "appProtocol": "a b"}]},
        [
            (
                'ports[0].appProtocol: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SLICES.values(), ids=SLICES)
def test_what_a_slice_of_endpoints_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("EndpointSlice"), changes)) == expected


SLICE_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another type": ({"addressType": "FQDN"}, ['addressType: Invalid value: "FQDN": field is immutable']),
    "other endpoints": ({"endpoints": []}, []),
}


@pytest.mark.parametrize(("changes", "expected"), SLICE_CHANGES.values(), ids=SLICE_CHANGES)
def test_what_may_change_in_a_slice(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("EndpointSlice"), changes) == expected
