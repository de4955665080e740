"""Accounts are optional: they keep clusters beyond one browser. Users, passwords and sessions are Django's."""

from __future__ import annotations

from typing import Any

import redis
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from clusterlab.labs.access import Visitor, valid_memberships
from clusterlab.labs.models import Membership, Role
from clusterlab.labs.people import VISITOR
from clusterlab.redis_clients import shared_client

MOST_TRIES = 10
TRIES_PER_S = 600


class AccountError(Exception):
    """A sentence for the user; `field` is what to change."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TooManyTries(Exception):
    """From this address or for this name; it may try again later."""


def register(request: HttpRequest, username: str, password: str) -> None:
    """Makes an account and signs in. Raises: AccountError, TooManyTries."""
    count_try(request, "register")
    users = get_user_model()
    user = users(username=username)
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        field = "username" if hasattr(error, "error_dict") else "password"
        raise AccountError(" ".join(error.messages), field) from None
    try:
        with transaction.atomic():
            made = users.objects.create_user(username, password=password)
    except IntegrityError:
        raise AccountError("This name is taken.", "username") from None
    _sign_in(request, made)


def sign_in(request: HttpRequest, username: str, password: str) -> None:
    """Raises: AccountError, TooManyTries."""
    count_try(request, "login", username)
    user = authenticate(request, username=username, password=password)
    if user is None:
        raise AccountError("Name and password don't belong together.")
    _sign_in(request, user)


def sign_out(request: HttpRequest) -> None:
    """The browser stays the visitor that it was: clusters that nobody claimed are still its own."""
    secret = request.session.get(VISITOR)
    logout(request)
    if secret:
        request.session[VISITOR] = secret


def claimable(visitor: Visitor) -> list[Membership]:
    """The clusters that belong to this browser and to no account."""
    if not visitor.visitor_hash:
        return []
    mine = Membership.objects.filter(
        visitor_hash=visitor.visitor_hash, user=None, role=Role.OWNER, cluster__deleted_at=None
    )
    return list(mine.order_by("-cluster__created_at"))


def claim(visitor: Visitor) -> list[str]:
    """Everything of this browser becomes the account's, shared clusters too; the ids."""
    assert visitor.user_id is not None
    taken: list[str] = []
    with transaction.atomic():
        held = valid_memberships(timezone.now()).filter(visitor_hash=visitor.visitor_hash, user=None)
        for membership in held.exclude(visitor_hash=""):
            same = Membership.objects.filter(
                cluster=membership.cluster, user_id=visitor.user_id, share=membership.share, visitor_hash=""
            )
            if same.exists():
                membership.delete()
            else:
                membership.visitor_hash, membership.user_id = "", visitor.user_id
                membership.name = visitor.name
                membership.save(update_fields=["visitor_hash", "user", "name"])
            taken.append(membership.cluster_id)
    return list(dict.fromkeys(taken))


def count_try(request: HttpRequest, act: str, name: str = "") -> None:
    """Counts a try from this address and, if given, for this name. Raises: TooManyTries."""
    client: redis.Redis = shared_client()
    keys = [f"tries:{act}:{request.META.get('REMOTE_ADDR', '')}"]
    keys += [f"tries:{act}:name:{name.lower()}"] if name else []
    for key in keys:
        count: Any = client.incr(key)
        if count == 1:
            client.expire(key, TRIES_PER_S)
        if count > MOST_TRIES:
            raise TooManyTries


def _sign_in(request: HttpRequest, user: Any) -> None:
    """A session that was another account's starts anew, but the browser stays the same visitor."""
    secret = request.session.get(VISITOR)
    login(request, user)
    if secret:
        request.session[VISITOR] = secret
