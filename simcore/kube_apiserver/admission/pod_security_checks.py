"""The checks of the pod security standards, in the order of their messages.

Models: kubernetes v1.36 pod-security-admission/policy/check_*.go. A check yields (reason, detail).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from simcore.apimachinery.meta import Obj, annotations_of

Found = Iterator[tuple[str, str]]
_CAPABILITIES = frozenset(
    (
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    )
)  # fmt: skip
_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    )
)  # fmt: skip
_SELINUX = frozenset(("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"))
_VOLUMES = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)


def containers_of(pod: Obj) -> list[Obj]:
    spec = pod.get("spec") or {}
    lists = (spec.get(name) or () for name in ("initContainers", "containers", "ephemeralContainers"))
    return [container for listed in lists for container in listed]


def context(holder: Obj) -> Obj:
    found: Obj = holder.get("securityContext") or {}
    return found


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def named(names: list[str], what: str = "container") -> str:
    return f"{what}{'s' if len(names) > 1 else ''} {quoted(names)}"


def _where(pod: Obj, is_bad: Callable[[Obj], bool]) -> list[str]:
    return [container["name"] for container in containers_of(pod) if is_bad(container)]


def _in_pod_or_containers(pod: Obj, is_bad: Callable[[Obj], bool]) -> str:
    """`pod and container "a"`; '' when nothing is bad."""
    parts = ["pod"] if is_bad(context(pod.get("spec") or {})) else []
    if names := _where(pod, lambda container: is_bad(context(container))):
        parts.append(named(names))
    return " and ".join(parts)


def app_armor(pod: Obj) -> Found:
    bad = [
        f'annotation "{name}"="{value}"'
        for name, value in sorted(annotations_of({"metadata": pod.get("metadata") or {}}).items())
        if name.startswith("container.apparmor.security.beta.kubernetes.io/")
        and value not in ("", "runtime/default")
        and not value.startswith("localhost/")
    ]
    where = _in_pod_or_containers(pod, lambda c: (c.get("appArmorProfile") or {}).get("type") == "Unconfined")
    if where:
        bad.insert(0, f'{where} must not set AppArmor profile type to "Unconfined"')
    if bad:
        yield f"forbidden AppArmor profile{'s' if len(bad) > 1 else ''}", ", ".join(bad)


def capabilities_baseline(pod: Obj) -> Found:
    names, bad = _added_beyond(pod, _CAPABILITIES)
    if names:
        yield (
            "non-default capabilities",
            f"{named(names)} must not include {quoted(sorted(bad))} in securityContext.capabilities.add",
        )


def host_namespaces(pod: Obj) -> Found:
    spec = pod.get("spec") or {}
    bad = [f"{name}=true" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)]
    if bad:
        yield "host namespaces", ", ".join(bad)


def host_path(pod: Obj) -> Found:
    names = [v["name"] for v in (pod.get("spec") or {}).get("volumes") or () if v.get("hostPath") is not None]
    if names:
        yield "hostPath volumes", named(names, "volume")


def host_ports(pod: Obj) -> Found:
    found = {
        container["name"]: ports
        for container in containers_of(pod)
        if (ports := [port["hostPort"] for port in container.get("ports") or () if port.get("hostPort")])
    }
    if found:
        ports = sorted({str(port) for listed in found.values() for port in listed})
        what = f"hostPort{'s' if len(ports) > 1 else ''} {', '.join(ports)}"
        yield "hostPort", f"{named(list(found))} {'use' if len(found) > 1 else 'uses'} {what}"


def privileged(pod: Obj) -> Found:
    if names := _where(pod, lambda c: bool(context(c).get("privileged"))):
        yield "privileged", f"{named(names)} must not set securityContext.privileged=true"


def proc_mount(pod: Obj) -> Found:
    if names := _where(pod, lambda c: context(c).get("procMount") not in (None, "", "Default")):
        values = sorted(
            {str(context(c).get("procMount")) for c in containers_of(pod)} - {"None", "", "Default"}
        )
        yield "procMount", f"{named(names)} must not set securityContext.procMount to {quoted(values)}"


def seccomp_baseline(pod: Obj) -> Found:
    where = _in_pod_or_containers(pod, lambda c: _seccomp(c) == "Unconfined")
    if where:
        yield "seccompProfile", f'{where} must not set securityContext.seccompProfile.type to "Unconfined"'


def se_linux(pod: Obj) -> Found:
    def options(c: Obj) -> Obj:
        found: Obj = c.get("seLinuxOptions") or {}
        return found

    def is_bad(c: Obj) -> bool:
        return options(c).get("type", "") not in _SELINUX or bool(
            options(c).get("user") or options(c).get("role")
        )

    if where := _in_pod_or_containers(pod, is_bad):
        holders = [context(pod.get("spec") or {}), *(context(c) for c in containers_of(pod))]
        types = sorted({t for c in holders if (t := options(c).get("type", "")) not in _SELINUX})
        bad = [f"type{'s' if len(types) > 1 else ''} {quoted(types)}"] if types else []
        bad += [
            f"{part} may not be set"
            for part in ("user", "role")
            if any(options(c).get(part) for c in holders)
        ]
        yield "seLinuxOptions", f"{where} set forbidden securityContext.seLinuxOptions: {'; '.join(bad)}"


def sysctls(pod: Obj) -> Found:
    names = [
        s["name"] for s in context(pod.get("spec") or {}).get("sysctls") or () if s["name"] not in _SYSCTLS
    ]
    if names:
        yield "forbidden sysctls", ", ".join(names)


def host_process(pod: Obj) -> Found:
    where = _in_pod_or_containers(pod, lambda c: bool((c.get("windowsOptions") or {}).get("hostProcess")))
    if where:
        yield "hostProcess", f"{where} must not set securityContext.windowsOptions.hostProcess=true"


def escalation(pod: Obj) -> Found:
    if _is_windows(pod):
        return
    if names := _where(pod, lambda c: context(c).get("allowPrivilegeEscalation") is not False):
        yield (
            "allowPrivilegeEscalation != false",
            f"{named(names)} must set securityContext.allowPrivilegeEscalation=false",
        )


def capabilities_restricted(pod: Obj) -> Found:
    def keeps(container: Obj) -> bool:
        return "ALL" not in ((context(container).get("capabilities") or {}).get("drop") or ())

    said: list[str] = []
    if _is_windows(pod):
        return
    if names := _where(pod, keeps):
        said.append(f'{named(names)} must set securityContext.capabilities.drop=["ALL"]')
    names, bad = _added_beyond(pod, frozenset(("NET_BIND_SERVICE",)))
    if names:
        said.append(
            f"{named(names)} must not include {quoted(sorted(bad))} in securityContext.capabilities.add"
        )
    if said:
        yield "unrestricted capabilities", "; ".join(said)


def restricted_volumes(pod: Obj) -> Found:
    volumes = (pod.get("spec") or {}).get("volumes") or ()
    bad = {
        v["name"]: kind for v in volumes if (kind := next((k for k in v if k != "name"), "")) not in _VOLUMES
    }
    if bad:
        kinds = sorted(set(bad.values()))
        verb = "use" if len(bad) > 1 else "uses"
        types = f"restricted volume type{'s' if len(kinds) > 1 else ''} {quoted(kinds)}"
        yield "restricted volume types", f"{named(list(bad), 'volume')} {verb} {types}"


def non_root(pod: Obj) -> Found:
    of_pod = context(pod.get("spec") or {}).get("runAsNonRoot")
    explicit = _where(pod, lambda c: context(c).get("runAsNonRoot") is False)
    if of_pod is False or explicit:
        parts = (["pod"] if of_pod is False else []) + ([named(explicit)] if explicit else [])
        yield "runAsNonRoot != true", f"{' and '.join(parts)} must not set securityContext.runAsNonRoot=false"
    elif not of_pod and (names := _where(pod, lambda c: not context(c).get("runAsNonRoot"))):
        yield "runAsNonRoot != true", f"pod or {named(names)} must set securityContext.runAsNonRoot=true"


def root_user(pod: Obj) -> Found:
    if where := _in_pod_or_containers(pod, lambda c: c.get("runAsUser") == 0):
        yield "runAsUser=0", f"{where} must not set runAsUser=0"


def seccomp_restricted(pod: Obj) -> Found:
    allowed, spec = ("RuntimeDefault", "Localhost"), pod.get("spec") or {}
    if _is_windows(pod):
        return
    where = _in_pod_or_containers(pod, lambda c: _seccomp(c) not in (None, *allowed))
    if where:
        holders = [context(spec), *(context(c) for c in containers_of(pod))]
        values = sorted({str(_seccomp(c)) for c in holders} - {"None", *allowed})
        yield (
            "seccompProfile",
            f"{where} must not set securityContext.seccompProfile.type to {quoted(values)}",
        )
        return
    names = _where(pod, lambda c: _seccomp(context(c)) is None)
    if names and _seccomp(context(spec)) is None:
        must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
        yield "seccompProfile", f"pod or {named(names)} {must}"


def host_probes(pod: Obj) -> Found:
    found: dict[str, set[str]] = {}
    for container in containers_of(pod):
        hooks = (container.get("lifecycle") or {}).values()
        probes = (container.get(name) for name in ("livenessProbe", "readinessProbe", "startupProbe"))
        for handler in (*probes, *hooks):
            for action in ("httpGet", "tcpSocket"):
                if host := ((handler or {}).get(action) or {}).get("host"):
                    found.setdefault(container["name"], set()).add(host)
    if found:
        hosts = sorted(set().union(*found.values()))
        what = f"probe or lifecycle host{'s' if len(hosts) > 1 else ''} {quoted(hosts)}"
        yield (
            "probe or lifecycle host",
            f"{named(sorted(found))} {'use' if len(found) > 1 else 'uses'} {what}",
        )


def _is_windows(pod: Obj) -> bool:
    return bool(((pod.get("spec") or {}).get("os") or {}).get("name") == "windows")


def _seccomp(c: Obj) -> Any:
    return (c.get("seccompProfile") or {}).get("type")


def _added_beyond(pod: Obj, allowed: frozenset[str]) -> tuple[list[str], set[str]]:
    """Containers that add capabilities which are not allowed, and those capabilities."""
    added = {
        c["name"]: set((context(c).get("capabilities") or {}).get("add") or ()) for c in containers_of(pod)
    }
    beyond = {name: extra for name, capabilities in added.items() if (extra := capabilities - allowed)}
    return list(beyond), set().union(*beyond.values())


BASELINE = (
    (0, app_armor),
    (0, capabilities_baseline),
    (0, host_namespaces),
    (0, host_path),
    (0, host_ports),
    (34, host_probes),
    (0, privileged),
    (0, proc_mount),
    (0, se_linux),
    (19, seccomp_baseline),
    (0, sysctls),
    (0, host_process),
)
"""With the minor version since which each counts; in the order of their ids."""
_STRICTER = frozenset((capabilities_baseline, host_path, seccomp_baseline))
"""What a restricted check says better."""
RESTRICTED = (
    *(entry for entry in BASELINE if entry[1] not in _STRICTER),
    (8, escalation),
    (22, capabilities_restricted),
    (0, restricted_volumes),
    (0, non_root),
    (23, root_user),
    (19, seccomp_restricted),
)
