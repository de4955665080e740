"""Who a request is from: certificates, proxies, files, tokens, nobody; and what is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import pytest

from simcore.apimachinery.certificates import Authorities, Authority, der_of, request_of
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import Unauthorized
from simcore.etcd.interface import Put
from simcore.kube_apiserver.authentication.build import FrontDoor
from simcore.kube_apiserver.authentication.client_certificates import ClientCertificates
from simcore.kube_apiserver.authentication.presented import NotAuthenticated, Presented
from simcore.kube_apiserver.authentication.request_header import RequestHeader
from simcore.kube_apiserver.authentication.static_users import (
    MOST_USERS,
    BadFile,
    Passwords,
    records_of,
    secret_hash,
)
from simcore.kube_apiserver.flags import PATH, ServerFlags
from simcore.kube_apiserver.users import ANONYMOUS, User
from simcore.sim.trace import Origin
from tests.kit.certificates import forged, request_pem, subject
from tests.simcore.kube_apiserver.http.door import EPOCH_MS, Door

SECRET = b"s" * 32
OURS, THEIRS = Authorities(b"ours" * 8, EPOCH_MS), Authorities(b"theirs" * 8, EPOCH_MS)
DAY_MS = 24 * 3600 * 1000
CREDENTIAL = "authentication.kubernetes.io/credential-id"
ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"


@pytest.fixture
def front(door: Door) -> FrontDoor:
    return FrontDoor(door.server, door.api.tokens, OURS, SECRET)


def certificate(authority: Authority, name: str, *organizations: str, days: int = 1) -> bytes:
    asked = request_of(request_pem(name, *organizations))
    pem = authority.signed(asked, ["client auth"], EPOCH_MS, EPOCH_MS + days * DAY_MS, name)
    return der_of(pem.encode())


def shown(*headers: tuple[str, str], certificate: bytes = b"") -> Presented:
    return Presented(headers, certificate)


def basic(name: str, password: str) -> Presented:
    text = b64encode(f"{name}:{password}".encode()).decode()
    return shown(("authorization", f"Basic {text}"))


def bearer(token: str) -> Presented:
    return shown(("authorization", f"Bearer {token}"))


def start_with(door: Door, flags: ServerFlags) -> None:
    door.store.txn((), (Put(PATH, encode(flags.record())),), origin=Origin("test", 0, 0))


def files(tokens: str = "", passwords: str = "") -> ServerFlags:
    users = [*records_of(tokens, "token", SECRET), *records_of(passwords, "password", SECRET)]
    return ServerFlags(static_users=tuple(users))


# nobody


@pytest.mark.parametrize(
    "asked",
    [
        shown(),
        shown(("authorization", "")),
        shown(("authorization", "Bearer ")),
        shown(("authorization", "Digest x")),
        basic("jane", "secret"),
        shown(("x-remote-user", "admin"), ("x-remote-group", "system:masters")),
    ],
    ids=[
        "nothing",
        "an empty header",
        "an empty token",
        "another scheme",
        "a password without a file",
        "a header",
    ],
)
def test_who_shows_nothing_that_counts_is_anonymous(front: FrontDoor, asked: Presented):
    assert front.user(asked) is ANONYMOUS


def test_anonymous_requests_can_be_turned_off(door: Door, front: FrontDoor):
    start_with(door, ServerFlags(anonymous_auth=False))
    with pytest.raises(Unauthorized):
        front.user(shown())


# certificates


def test_a_certificate_is_a_user_in_groups(front: FrontDoor):
    user = front.user(shown(certificate=certificate(OURS.client, "jane", "dev", "ops")))
    assert (user.name, user.groups, user.role) == ("jane", ("dev", "ops", "system:authenticated"), "user")
    ((key, (value,)),) = user.extra
    assert (key, value.partition("=")[0], len(value)) == (CREDENTIAL, "X509SHA256", 75)


@pytest.mark.parametrize(
    "der",
    [
        certificate(THEIRS.client, "kubernetes-admin", "system:masters"),
        certificate(OURS.front_proxy, "front-proxy-client"),
        forged(subject("kubernetes"), "admin", "system:masters"),
        b"?",
        b"\x30\x82",
    ],
    ids=["another cluster's", "a front proxy's", "a forger's", "none", "half of one"],
)
def test_a_certificate_of_nobody_is_unauthorized(front: FrontDoor, der: bytes):
    with pytest.raises(Unauthorized) as refused:
        front.user(shown(certificate=der))
    assert refused.value.message == "Unauthorized"


def test_a_certificate_ends_in_simulated_time(door: Door, front: FrontDoor):
    asked = shown(certificate=certificate(OURS.client, "jane"))
    door.clock.advance_to(DAY_MS)
    assert front.user(asked).name == "jane"
    door.clock.advance_to(DAY_MS + 1000)
    with pytest.raises(Unauthorized):
        front.user(asked)


def test_a_certificate_without_a_name_is_nobody(door: Door):
    der = certificate(OURS.client, "", "dev")
    assert ClientCertificates(OURS.client, door.clock).user(shown(certificate=der)) is None


def test_a_good_token_helps_a_bad_certificate(door: Door, front: FrontDoor):
    start_with(door, files(tokens="t0ken,jane,1"))
    asked = shown(("authorization", "Bearer t0ken"), certificate=b"?")
    assert front.user(asked).name == "jane"


def test_a_certificate_goes_before_a_token(door: Door, front: FrontDoor):
    start_with(door, files(tokens="t0ken,jane,1"))
    asked = shown(("authorization", "Bearer t0ken"), certificate=certificate(OURS.client, "carol"))
    assert front.user(asked).name == "carol"


# front proxies

PROXY = certificate(OURS.front_proxy, "front-proxy-client")


def test_a_front_proxy_says_who_asks(front: FrontDoor):
    headers = (
        ("x-remote-user", "jane"),
        ("x-remote-group", "dev"),
        ("x-remote-group", "ops, and more"),
        ("x-remote-uid", "7"),
        ("x-remote-extra-scopes", "read"),
        ("x-remote-extra-scopes", "write"),
        ("x-remote-extra-example.com%2froles", "a"),
    )
    user = front.user(shown(*headers, certificate=PROXY))
    assert (user.name, user.uid) == ("jane", "7")
    assert user.groups == ("dev", "ops, and more", "system:authenticated")
    assert user.extra == (("scopes", ("read", "write")), ("example.com/roles", ("a",)))


DISTRUSTED = {
    "a client's certificate": (certificate(OURS.client, "front-proxy-client"), "front-proxy-client"),
    "another name": (certificate(OURS.front_proxy, "mallory"), None),
    "another cluster's proxy": (certificate(THEIRS.front_proxy, "front-proxy-client"), None),
    "a forger": (forged(subject("front-proxy-ca"), "front-proxy-client"), None),
}


@pytest.mark.parametrize(("der", "instead"), DISTRUSTED.values(), ids=DISTRUSTED)
def test_headers_count_from_the_proxy_alone(front: FrontDoor, der: bytes, instead: str | None):
    asked = shown(("x-remote-user", "admin"), ("x-remote-group", "system:masters"), certificate=der)
    if instead is None:
        with pytest.raises(Unauthorized):
            front.user(asked)
    else:
        user = front.user(asked)
        assert (user.name, user.groups) == (instead, ("system:authenticated",))


def test_a_proxy_whose_name_is_not_allowed_is_told_so(door: Door):
    asked = shown(("x-remote-user", "jane"), certificate=certificate(OURS.front_proxy, "mallory"))
    with pytest.raises(NotAuthenticated) as refused:
        RequestHeader(OURS.front_proxy, door.clock).user(asked)
    assert str(refused.value) == (
        "x509: subject with cn=mallory is not in the allowed list: [front-proxy-client]"
    )


def test_a_proxy_without_a_user_is_nobody(front: FrontDoor):
    with pytest.raises(Unauthorized):  # its certificate is no client's
        front.user(shown(("x-remote-group", "system:masters"), certificate=PROXY))


# files


def test_a_token_file_is_read(door: Door, front: FrontDoor):
    start_with(door, files(tokens='# ours\nt0ken,jane,1,"dev,ops"\nother,carol,2\n'))
    assert front.user(bearer("t0ken")) == User("jane", ("dev", "ops", "system:authenticated"), "user", "1")
    assert front.user(bearer("other")) == User("carol", ("system:authenticated",), "user", "2")
    with pytest.raises(Unauthorized):
        front.user(bearer("t0ke"))


def test_a_password_file_is_read(door: Door, front: FrontDoor):
    start_with(door, files(passwords='s:cret,jane,1,"dev"\n'))
    assert front.user(basic("jane", "s:cret")).groups == ("dev", "system:authenticated")
    assert front.user(shown()) is ANONYMOUS


WRONG = {
    "another password": basic("jane", "other"),
    "another user": basic("carol", "secret"),
    "no password": basic("jane", ""),
    "no colon": shown(("authorization", "Basic " + b64encode(b"jane").decode())),
    "no base64": shown(("authorization", "Basic !!!")),
    "no text": shown(("authorization", "Basic " + b64encode(b"\xff\xfe:x").decode())),
}


@pytest.mark.parametrize("asked", WRONG.values(), ids=WRONG)
def test_a_wrong_password_is_unauthorized(door: Door, front: FrontDoor, asked: Presented):
    start_with(door, files(passwords="secret,jane,1"))
    with pytest.raises(Unauthorized):
        front.user(asked)


def test_a_password_is_no_token_and_a_token_no_password(door: Door, front: FrontDoor):
    start_with(door, files(tokens="one,jane,1", passwords="two,jane,1"))
    for asked in (basic("jane", "one"), bearer("two")):
        with pytest.raises(Unauthorized):
            front.user(asked)


def test_a_changed_file_counts_at_once(door: Door, front: FrontDoor):
    start_with(door, files(tokens="one,jane,1"))
    assert front.user(bearer("one")).name == "jane"
    start_with(door, files(tokens="two,jane,1"))
    with pytest.raises(Unauthorized):
        front.user(bearer("one"))


def test_what_is_stored_of_a_secret_is_a_keyed_hash(door: Door):
    start_with(door, files(tokens="t0ken-of-jane,jane,1", passwords="passw0rd,jane,1"))
    kv = door.store.get(PATH)
    assert kv is not None
    assert b"t0ken-of-jane" not in kv.value
    assert b"passw0rd" not in kv.value
    assert secret_hash(SECRET, "token", "x") != secret_hash(b"other", "token", "x")
    assert secret_hash(SECRET, "a", "bc") != secret_hash(SECRET, "ab", "c")


def test_another_installations_hashes_let_nobody_in(door: Door):
    start_with(door, files(passwords="secret,jane,1"))
    other = FrontDoor(door.server, door.api.tokens, OURS, b"another installation")
    with pytest.raises(Unauthorized):
        other.user(basic("jane", "secret"))


BAD_FILES = {
    "two columns": (
        "a,b",
        "line 1: expected at least 3 columns (token, user name, user uid), found 2",
    ),
    "no token": ("x,y,z\n,jane,1", "line 2: the token and the user must not be empty"),
    "no user": ("secret,,1", "line 1: the token and the user must not be empty"),
    "too many": ("t,u,1\n" * (MOST_USERS + 1), f"{MOST_USERS + 1} users; at most {MOST_USERS} are taken"),
}


@pytest.mark.parametrize(("text", "why"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_without_a_secret(text: str, why: str):
    with pytest.raises(BadFile) as refused:
        records_of(text, "token", SECRET)
    assert str(refused.value) == why


def test_passwords_without_a_file_are_not_read():
    assert Passwords(lambda: (), SECRET).user(basic("jane", "x")) is None


# service accounts


def account_token(door: Door, **spec: Any) -> str:
    door.post(ACCOUNTS, {"metadata": {"name": "bot"}})
    _, body = door.post(f"{ACCOUNTS}/bot/token", {"spec": spec})
    token: str = body["status"]["token"]
    return token


def test_a_service_accounts_token_is_its_account(door: Door, front: FrontDoor):
    assert front.user(bearer(account_token(door))).name == "system:serviceaccount:default:bot"


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -3), slice(0, 0)])
def test_a_token_that_was_cut_is_unauthorized(door: Door, front: FrontDoor, cut: slice):
    token = account_token(door)[cut] or "."
    with pytest.raises(Unauthorized):
        front.user(bearer(token))


# what is shown of it all


@pytest.mark.parametrize(
    ("headers", "scheme", "found"),
    [
        ([("authorization", "Bearer a")], "bearer", "a"),
        ([("authorization", "bearer  a ")], "bearer", "a"),
        ([("authorization", "BEARER a")], "bearer", "a"),
        ([("authorization", "Basic a")], "bearer", ""),
        ([("authorization", "Bearer")], "bearer", ""),
        ([("cookie", "Bearer a")], "bearer", ""),
        ([("authorization", "Basic a"), ("authorization", "Bearer b")], "bearer", "b"),
    ],
)
def test_a_scheme_is_found(headers: Sequence[tuple[str, str]], scheme: str, found: str):
    assert Presented(headers).authorization(scheme) == found


def test_what_was_shown_prints_no_secret():
    asked = shown(("authorization", "Bearer t0ken"), certificate=b"der")
    assert repr(asked) == "Presented(1 headers, 3 bytes of certificate)"
