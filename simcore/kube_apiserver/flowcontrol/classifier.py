"""Which flow schema a request belongs to: the one of lowest precedence that has a rule for it.

Models: kubernetes v1.36 apiserver/pkg/util/flowcontrol/rule.go, apiserver/pkg/server/filters/priority-and-fairness.go.
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.kinds import FLOW_SCHEMA, PRIORITY_LEVEL_CONFIGURATION
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.storage import Storage
from simcore.kube_apiserver.users import SERVICE_ACCOUNT_USER, User

MOST_KNOWN = 2_000
Headers = tuple[tuple[str, str], ...]
_Question = tuple[str, tuple[str, ...], str, str, str, str, str]


class Classifier:
    """Remembers its answers until a schema or level is written."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[_Question, Headers] = {}  # all go at MOST_KNOWN, and when something was written
        for kind in (FLOW_SCHEMA, PRIORITY_LEVEL_CONFIGURATION):
            storage.subscribe(kind, self._known.clear)

    def headers(self, user: User, asked: Attributes) -> Headers:
        """Those of the answer that name the schema and its level; none when the cluster has no such objects."""
        resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
        question = (user.name, user.groups, asked.verb, asked.group, resource, asked.namespace, asked.path)
        known = self._known.get(question)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[question] = self._found(question)
        return known

    def _found(self, question: _Question) -> Headers:
        schemas = sorted(
            self._storage.all(FLOW_SCHEMA),
            key=lambda s: (s["spec"].get("matchingPrecedence", 1000), s["metadata"]["name"]),
        )
        schema = next((s for s in schemas if matches(s, question)), None)
        if schema is None:
            return ()
        name = schema["spec"]["priorityLevelConfiguration"]["name"]
        level = self._storage.find(PRIORITY_LEVEL_CONFIGURATION, Key("", name))
        return (
            ("X-Kubernetes-PF-FlowSchema-UID", schema["metadata"]["uid"]),
            ("X-Kubernetes-PF-PriorityLevel-UID", level["metadata"]["uid"] if level is not None else ""),
        )


def matches(schema: Obj, question: _Question) -> bool:
    """Whether one of the schema's rules is about the user and the request."""
    user, groups, verb, group, resource, namespace, path = question
    for rule in schema["spec"].get("rules") or ():
        if not any(_is_subject(subject, user, groups) for subject in rule.get("subjects") or ()):
            continue
        if path:
            if any(_is_path(r, verb, path) for r in rule.get("nonResourceRules") or ()):
                return True
        elif any(_is_resource(r, verb, group, resource, namespace) for r in rule.get("resourceRules") or ()):
            return True
    return False


def _is_subject(subject: Obj, user: str, groups: Iterable[str]) -> bool:
    match subject.get("kind"):
        case "User":
            return subject["user"]["name"] in ("*", user)
        case "Group":
            return subject["group"]["name"] == "*" or subject["group"]["name"] in groups
        case "ServiceAccount":
            account = subject["serviceAccount"]
            start = f"{SERVICE_ACCOUNT_USER}{account['namespace']}:"
            return user.startswith(start) and account["name"] in ("*", user.removeprefix(start))
    return False


def _is_resource(rule: Obj, verb: str, group: str, resource: str, namespace: str) -> bool:
    if (
        not _has(rule["verbs"], verb)
        or not _has(rule["apiGroups"], group)
        or not _has(rule["resources"], resource)
    ):
        return False
    if namespace:
        return _has(rule.get("namespaces") or (), namespace)
    return bool(rule.get("clusterScope"))


def _is_path(rule: Obj, verb: str, path: str) -> bool:
    if not _has(rule["verbs"], verb):
        return False
    urls = rule["nonResourceURLs"]
    return any(url in ("*", path) or (url.endswith("/*") and path.startswith(url[:-1])) for url in urls)


def _has(wanted: Iterable[str], value: str) -> bool:
    return "*" in wanted or value in wanted
