"""Causes: the chain around a write, and why an object is as it is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import history_serializers as shapes
from clusterlab.api.past_views import GONE, PATH, REV
from clusterlab.api.reading import ReadingView, object_path, revision_of, whole
from clusterlab.labs.authors import names_of
from clusterlab.reading.objects import NoSuchObject
from simcore.explain.trace import Step, trace
from simcore.explain.why.answer import Reason
from simcore.explain.why.scene import Scene
from simcore.explain.why.why import why


class Trace(ReadingView):
    @extend_schema(
        parameters=[OpenApiParameter("rev", int, required=True)], responses={200: shapes.TraceOut, 410: GONE}
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """Back to where it began and forward to all that came of it, from recorded causes."""
        _, _, library = self.open(cluster_id)
        root = library.past(whole(request, "rev")).revision
        with library.lock:
            question = ("trace", root, library.chronicle.revision)
            found = library.answer(
                question, lambda: trace(library.chronicle, library.store, library.subjects, root)
            )
        names = names_of(cluster_id, [step.actor for step in found.steps])
        return Response(
            {
                "root": root,
                "steps": [{**_step(step), "author": names.get(step.actor)} for step in found.steps],
                "truncated": found.is_truncated,
                "critical": found.critical,
            }
        )


class Why(ReadingView):
    @extend_schema(parameters=[PATH, REV], responses={200: shapes.WhyOut, 410: GONE})
    def get(self, request: Request, cluster_id: str) -> Response:
        """Why an object is (not) ready, why it exists, and why a pod is on its node."""
        _, _, library = self.open(cluster_id)
        kind, key = object_path(request, library)
        past = library.past(revision_of(request))
        with library.lock:
            question = ("why", kind.resource, key, past.revision)
            scene = Scene(past, library.chronicle, library.subjects)
            found = library.answer(question, lambda: why(scene, kind, key))
        if found is None:
            raise NoSuchObject(f"{kind.resource} {key}")
        verdict = found.verdict
        return Response(
            {
                **_reason(Reason(verdict.sentence, verdict.proofs)),
                "state": verdict.state,
                "exists": _reason(found.exists),
                "here": _reason(found.here) if found.here else None,
            }
        )


def _step(step: Step) -> dict[str, Any]:
    subject = step.subject
    return {
        "rev": step.rev,
        "cause": step.cause or None,
        "at": step.at,
        "lane": step.lane,
        "actor": step.actor,
        "verb": step.verb,
        "key": subject.key,
        "kind": subject.kind,
        "namespace": subject.namespace,
        "name": subject.name,
        "summary": step.summary,
        "count": step.count,
        "revs": step.revs,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"sentence": reason.sentence, "proofs": [proof._asdict() for proof in reason.proofs]}
