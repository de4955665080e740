"""What is served under an object: status and scale, binding, eviction, finalize and log."""

from __future__ import annotations

from dataclasses import replace

from simcore.apimachinery.errors import BadRequest, FieldError, Invalid
from simcore.apimachinery.kinds import POD, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.structural import at_path, with_path
from simcore.kube_apiserver.binding import bind
from simcore.kube_apiserver.eviction import evict
from simcore.kube_apiserver.http.applying import serve_apply
from simcore.kube_apiserver.http.body import as_kind, object_of, parsed
from simcore.kube_apiserver.http.forms import OF_ONE, Form
from simcore.kube_apiserver.http.message import HttpResponse, Stream, json_response
from simcore.kube_apiserver.http.options import delete_options
from simcore.kube_apiserver.http.patching import Patch, patch_of
from simcore.kube_apiserver.http.pod_logs import LogSource, serve_logs
from simcore.kube_apiserver.http.writing import Writing, method_not_allowed
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables.workloads import SCALE as SCALE_TABLE

SCALE = Kind("autoscaling", "v1", "Scale", "scales", definition="io.k8s.api.autoscaling.v1.Scale")
BINDING = Kind("", "v1", "Binding", "bindings", definition="io.k8s.api.core.v1.Binding")
EVICTION = Kind("policy", "v1", "Eviction", "evictions", definition="io.k8s.api.policy.v1.Eviction")
_SUCCESS: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def serve_subresource(writing: Writing, logs: LogSource | None) -> HttpResponse | Stream:
    """Raises: MethodNotAllowed when the subresource doesn't know the verb, and whatever the verb raises."""
    name, verb = writing.info.subresource, writing.info.verb
    match name, verb:
        case (("status" | "approval" | "ephemeralcontainers" | "resize"), "get"):
            return _form(writing).one(_read(writing))
        case (("status" | "approval" | "ephemeralcontainers" | "resize"), "update"):
            return writing.update()
        case (("status" | "approval" | "ephemeralcontainers" | "resize"), "patch"):
            return serve_apply(writing) if writing.is_apply else writing.patch()
        case "scale", "get":
            return _scale_form(writing).one(scale_of(_read(writing), writing.kind))
        case "scale", ("update" | "patch"):
            return _scale(writing)
        case "binding", "create":
            return bind_by_body(writing)
        case "eviction", "create":
            return _evict(writing)
        case "finalize", "update":
            return _finalize(writing)
        case "log", "get" if writing.kind is POD:
            return serve_logs(writing, logs)
    raise method_not_allowed()


def scale_of(obj: Obj, kind: Kind) -> Obj:
    """The autoscaling/v1 Scale of a workload, or of a custom resource by its definition's paths."""
    meta = {
        name: value
        for name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        if (value := obj["metadata"].get(name))
    }
    paths = kind.structure.scale if kind.structure is not None else None
    if paths is None:
        replicas, ready = obj["spec"].get("replicas", 1), (obj.get("status") or {}).get("replicas", 0)
        selector = selector_text(obj["spec"].get("selector") or {})
    else:
        found = [at_path(obj, paths[name]) for name in ("specReplicasPath", "statusReplicasPath")]
        replicas, ready = (number if isinstance(number, int) else 0 for number in found)
        selector = at_path(obj, paths["labelSelectorPath"]) if paths.get("labelSelectorPath") else ""
    status: Obj = {"replicas": ready}
    if selector:
        status["selector"] = selector
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def selector_text(selector: Obj) -> str:
    """A metav1.LabelSelector as its string form: `app=web,tier in (a,b)`."""
    terms = [(name, f"{name}={value}") for name, value in (selector.get("matchLabels") or {}).items()]
    for term in selector.get("matchExpressions") or ():
        name, values = term["key"], ",".join(sorted(term.get("values") or ()))
        forms = {"In": "{} in ({})", "NotIn": "{} notin ({})", "Exists": "{}", "DoesNotExist": "!{}"}
        terms.append((name, forms[term["operator"]].format(name, values)))
    return ",".join(text for _, text in sorted(terms))


def _form(writing: Writing) -> Form:
    return Form.of(writing.server, writing.kind, writing.http, writing.query, OF_ONE)


def _scale_form(writing: Writing) -> Form:
    """A custom resource's scale is shown as the resource itself."""
    form = _form(writing)
    form.layout = SCALE_TABLE if writing.kind.structure is None else None
    return form


def _read(writing: Writing) -> Obj:
    return writing.server.get(writing.kind, writing.key, writing.caller(), writing.info.subresource)


def _scale(writing: Writing) -> HttpResponse:
    request = writing.options("UpdateOptions" if writing.info.verb == "update" else "PatchOptions")
    form, decoder = _scale_form(writing), writing.decoder
    node = decoder.node(SCALE)
    wanted: Patch
    if writing.info.verb == "update":
        given = as_kind(parsed(writing.http, "Scale", node), SCALE, decoder, writing.http.body, node)
        wanted = lambda scale: given  # noqa: E731
    else:
        wanted = patch_of(writing.http, SCALE, node, decoder)

    def change(old: Obj, ctx: RequestContext) -> Obj:
        scale = wanted(scale_of(old, writing.kind))
        replicas = (scale.get("spec") or {}).get("replicas", 0)
        if replicas < 0:
            message = f"Invalid value: {replicas}: must be greater than or equal to 0"
            fault = FieldError("spec.replicas", "FieldValueInvalid", message)
            raise Invalid.because(SCALE, writing.key.name, [fault])
        kept = {k: v for k in ("resourceVersion", "uid") if (v := scale["metadata"].get(k))}
        meta = {k: v for k, v in old["metadata"].items() if k != "resourceVersion"} | kept
        structure = writing.kind.structure
        path = ".spec.replicas" if structure is None else (structure.scale or {})["specReplicasPath"]
        return {**with_path(old, path, replicas), "metadata": meta}

    stored = writing.server.change(
        writing.kind, writing.key, change, request, verb=writing.info.verb, subresource="scale"
    )
    return form.one(scale_of(stored, writing.kind), 200, decoder.warnings)


def bind_by_body(writing: Writing) -> HttpResponse:
    request = writing.options("CreateOptions")
    doc = as_kind(
        parsed(writing.http, "Binding", writing.decoder.node(BINDING)),
        BINDING,
        writing.decoder,
        writing.http.body,
    )
    target, meta = doc.get("target") or {}, doc["metadata"]
    faults = []
    if target.get("kind") not in (None, "", "Node"):
        message = f'Unsupported value: "{target["kind"]}": supported values: "Node", ""'
        faults.append(FieldError("target.kind", "FieldValueNotSupported", message))
    if not target.get("name"):
        faults.append(FieldError("target.name", "FieldValueRequired", "Required value"))
    if faults:
        raise Invalid.because(BINDING, meta.get("name", ""), faults)
    name = writing.key.name or meta.get("name", "")
    if meta.get("name", name) != name:
        raise BadRequest("name in URL does not match name in Binding object")
    pod, node = Key(writing.key.namespace, name), target["name"]
    annotations = meta.get("annotations")
    bind(writing.server, pod, node, request, uid=meta.get("uid", ""), annotations=annotations)
    return json_response(_SUCCESS, 201)


def _evict(writing: Writing) -> HttpResponse:
    request = writing.options("CreateOptions")
    doc = as_kind(
        parsed(writing.http, "Eviction", writing.decoder.node(EVICTION)),
        EVICTION,
        writing.decoder,
        writing.http.body,
    )
    if doc["metadata"].get("name", writing.key.name) != writing.key.name:
        raise BadRequest("name in URL does not match name in Eviction object")
    options = delete_options(
        writing.with_body(doc.get("deleteOptions") or {}), writing.query, writing.server.schema
    )
    evict(writing.server, writing.key, replace(request, dry_run=request.dry_run or options.dry_run), options)
    return json_response(_SUCCESS, 201)


def _finalize(writing: Writing) -> HttpResponse:
    request = writing.options("UpdateOptions")
    form = _form(writing)
    given = object_of(writing.http, writing.kind, writing.decoder)

    def change(old: Obj, ctx: RequestContext) -> Obj:
        finalizers = (given.get("spec") or {}).get("finalizers") or []
        meta = {**old["metadata"], **{k: v for k in ("resourceVersion",) if (v := given["metadata"].get(k))}}
        return {**old, "metadata": meta, "spec": {**(old.get("spec") or {}), "finalizers": finalizers}}

    stored = writing.server.change(
        writing.kind, writing.key, change, request, verb="update", subresource="finalize"
    )
    return form.one(stored)
