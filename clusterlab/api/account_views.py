"""Who I am: a visitor with an animal's name, or an account."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clusterlab.api.views import checked
from clusterlab.labs import accounts
from clusterlab.labs.access import Visitor
from clusterlab.labs.people import LONGEST_NAME, NAME, name_of


class AccountOut(serializers.Serializer):
    username = serializers.CharField()


class MeOut(serializers.Serializer):
    name = serializers.CharField()
    account = AccountOut(allow_null=True)
    claimable = serializers.ListField(
        child=serializers.CharField(), help_text="Ids of clusters without an account."
    )


class MeIn(serializers.Serializer):
    name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True)


class Credentials(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class ClaimedOut(serializers.Serializer):
    claimed = serializers.ListField(child=serializers.CharField())


class Me(APIView):
    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        Visitor.settled(request.session, request.user)
        return Response(me(request))

    @extend_schema(request=MeIn, responses=MeOut)
    def patch(self, request: Request) -> Response:
        """A name to be seen by; an empty one is the animal's again."""
        Visitor.settled(request.session, request.user)
        request.session[NAME] = checked(MeIn, request)["name"]
        visitor = Visitor.of(request.session, request.user)
        visitor.memberships().update(name=visitor.name)
        return Response(me(request))


class Register(APIView):
    @extend_schema(request=Credentials, responses={201: MeOut})
    def post(self, request: Request) -> Response:
        """Makes an account and signs in."""
        values = checked(Credentials, request)
        accounts.register(request._request, values["username"], values["password"])
        return Response(me(request), status=201)


class Login(APIView):
    @extend_schema(request=Credentials, responses=MeOut)
    def post(self, request: Request) -> Response:
        values = checked(Credentials, request)
        accounts.sign_in(request._request, values["username"], values["password"])
        return Response(me(request))


class Logout(APIView):
    @extend_schema(request=None, responses=MeOut)
    def post(self, request: Request) -> Response:
        accounts.sign_out(request._request)
        return Response(me(request))


class Claim(APIView):
    @extend_schema(request=None, responses=ClaimedOut)
    def post(self, request: Request) -> Response:
        """This browser's clusters become the account's."""
        visitor = Visitor.of(request.session, request._request.user)
        if visitor.user_id is None:
            raise exceptions.PermissionDenied("Sign in first: clusters are claimed for an account.")
        return Response({"claimed": accounts.claim(visitor)})


def me(request: Request) -> dict[str, Any]:
    """As Django's request has it: signing in and out has changed that one."""
    user, session = request._request.user, request._request.session
    return {
        "name": name_of(session, user),
        "account": {"username": user.get_username()} if user.is_authenticated else None,
        "claimable": [m.cluster_id for m in accounts.claimable(Visitor.of(session, user))],
    }
