"""Paths inside volumes and containers."""

from __future__ import annotations

from simcore.kube_apiserver.validation.field import Errors, invalid


def no_backsteps(path: str, target: str) -> Errors:
    return [invalid(path, target, "must not contain '..'")] if ".." in target.split("/") else []


def local_descending(path: str, target: str) -> Errors:
    """A relative path that never leaves its folder."""
    absolute = [invalid(path, target, "must be a relative path")] if target.startswith("/") else []
    return absolute + no_backsteps(path, target)


def local_not_reserved(path: str, target: str) -> Errors:
    """As local_descending; names starting with two dots belong to the kubelet."""
    errors = local_descending(path, target)
    if target.startswith("..") and not target.startswith("../"):
        errors.append(invalid(path, target, "must not start with '..'"))
    return errors


def file_mode(path: str, mode: int | None) -> Errors:
    if mode is None or 0 <= mode <= 0o777:
        return []
    return [invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")]
