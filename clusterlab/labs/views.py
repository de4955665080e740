"""The pages that Django renders: the shell of the dashboard, share links, the state of the installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from clusterlab.engine import metrics
from clusterlab.engine.health import Health, health
from clusterlab.labs import services
from clusterlab.labs.access import Visitor, access_of
from clusterlab.labs.models import Role, ShareLink
from clusterlab.labs.tokens import hash_of

ENDED = "This link has expired. Ask whoever sent it for a new one."
REVOKED = "This link was revoked. Ask whoever sent it for a new one."
UNKNOWN = "There is no such link. Check that the whole address was copied."
DELETED = "The cluster behind this link was deleted."


@require_safe
@never_cache
@ensure_csrf_cookie
def shell(request: HttpRequest) -> HttpResponse:
    """The same page for every address of the dashboard; what stands in it, the browser asks for."""
    return render(request, "index.html")


@require_safe
@never_cache
def cluster_shell(request: HttpRequest, cluster_id: str, rest: str = "") -> HttpResponse:
    """The shell, with 404 for a cluster that is not there for this visitor; the page says so."""
    response = shell(request)
    if access_of(Visitor.of(request.session, request.user), cluster_id) is None:
        response.status_code = 404
    return response


@require_safe
@never_cache
def open_share(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the visitor a member and takes the token out of the address. HEAD requests join nobody."""
    link = ShareLink.objects.select_related("cluster").filter(token_hash=hash_of(token)).first()
    if link is None:
        return _notice(request, 404, UNKNOWN)
    if link.cluster.deleted_at is not None:
        return _notice(request, 410, DELETED)
    if not link.is_active(timezone.now()):
        return _notice(request, 410, REVOKED if link.revoked_at else ENDED)
    if request.method == "GET":
        visitor = Visitor.settled(request.session, request.user)
        access = access_of(visitor, link.cluster_id)
        if access is None or not access.includes(Role(link.role)):
            services.join(link, visitor)
    pinned = f"?rev={link.revision}" if link.revision is not None else ""
    response = HttpResponseRedirect(f"/c/{link.cluster_id}/map{pinned}")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    found: Health = health()
    return JsonResponse(found.document(), status=200 if found.is_well else 503)


@require_safe
@never_cache
def metrics_text(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics.text(), content_type=metrics.TEXT)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Addresses of the API answer in its shape, all others with the dashboard, which says what is wrong."""
    if request.path.startswith(("/api/", "/k8s/")):
        error = {"code": "not_found", "message": "There is nothing here.", "details": {}}
        return JsonResponse({"error": error}, status=404)
    return render(request, "index.html", status=404)


def _notice(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(request, "notice.html", {"sentence": sentence, "status": status}, status=status)
