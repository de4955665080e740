"""Image references, registries that lack some, and the words for both.

Models: kubernetes v1.36 pkg/util/parsers/parsers.go (ParseImageName) and containerd's errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kubelet.runtime.own_images import BadImage, read
from simcore.sim.rng import Rng

DEFAULT_MISSING = ("404", "missing", "non-existent", "does-not-exist")


class Registries(NamedTuple):
    """What can be had from where, as a cluster's record of images says it."""

    missing: tuple[str, ...] = DEFAULT_MISSING
    """Patterns of what there is not."""
    failing: tuple[str, ...] = ()
    """Patterns of what cannot be had now, because its registry does not answer."""
    private: tuple[str, ...] = ()
    """Patterns of what is given only to who brings a pull secret."""
    own: Mapping[str, Obj] = {}
    """Images that the cluster's users describe, by name."""


_PART = r"[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
_HOST = (
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?"
)
_REFERENCE = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{{32,}}))?"
)


class ImageName(NamedTuple):
    """A reference in full: `nginx` is docker.io/library/nginx:latest."""

    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag}"

    @property
    def name(self) -> str:
        """The last part of the repository, which the catalogue goes by."""
        return self.repository.rpartition("/")[2]


class InvalidImageName(ValueError):
    """The text is no image reference; the message is the kubelet's."""


@lru_cache(maxsize=4096)
def parse(text: str) -> ImageName:
    """Raises: InvalidImageName."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise InvalidImageName(
            f'Failed to apply default image tag "{text}": couldn\'t parse image name "{text}": {_fault(text)}'
        )
    host, path, tag, digest = match.group("host", "path", "tag", "digest")
    if host is not None and not ("." in host or ":" in host or host == "localhost"):
        if host != host.lower():
            raise InvalidImageName(
                f'Failed to apply default image tag "{text}": couldn\'t parse image name "{text}": {_fault(text)}'
            )
        host, path = None, f"{host}/{path}"
    if host in (None, "docker.io", "index.docker.io"):
        host, path = "docker.io", path if "/" in path else f"library/{path}"
    return ImageName(f"{host}/{path}", tag or ("" if digest else "latest"), digest or "")


def _fault(text: str) -> str:
    repository = text.partition("@")[0].rpartition(":")[0] or text
    if repository != repository.lower():
        name = repository if "/" in repository else f"library/{repository}"
        return f"invalid reference format: repository name ({name}) must be lowercase"
    return "invalid reference format"


def pull_error(image: ImageName, registries: Registries, *, has_secret: bool = False) -> str | None:
    """What containerd says when one of the patterns names the image's tag, its name or the whole reference."""
    if any(_names(pattern, image) for pattern in registries.failing):
        return _unreachable(str(image))
    if not has_secret and any(_names(pattern, image) for pattern in registries.private):
        return _denied(str(image))
    return _missing_error(image, registries.missing)


@lru_cache(maxsize=4096)
def _missing_error(image: ImageName, patterns: tuple[str, ...]) -> str | None:
    """Nodes ask the same of the same images."""
    for pattern in patterns:
        if "/" in pattern or ":" in pattern:
            if fnmatchcase(str(image), pattern) or fnmatchcase(f"{image.name}:{image.tag}", pattern):
                return _not_found(str(image))
        elif image.tag and fnmatchcase(image.tag, pattern):
            return _not_found(str(image))
        elif fnmatchcase(image.name, pattern):
            return _denied(str(image))
    return None


def _names(pattern: str, image: ImageName) -> bool:
    texts = (
        str(image),
        f"{image.name}:{image.tag}",
        image.repository,
        image.name,
        image.repository.partition("/")[0],
    )
    return any(fnmatchcase(text, pattern) for text in texts)


def _unreachable(image: str) -> str:
    host, _, path = image.partition("/")
    repository, _, tag = path.partition("@" if "@" in path else ":")
    server = "registry-1.docker.io" if host == "docker.io" else host
    return (
        f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": failed to do request: '
        f'Head "https://{server}/v2/{repository}/manifests/{tag}": dial tcp: lookup {server}: i/o timeout'
    )


def _not_found(image: str) -> str:
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
        f'failed to resolve reference "{image}": {image}: not found'
    )


def _denied(image: str) -> str:
    return (
        f'rpc error: code = Unknown desc = failed to pull and unpack image "{image}": '
        f'failed to resolve reference "{image}": pull access denied, repository does not exist or may require '
        "authorization: server message: insufficient_scope: authorization failed"
    )


def digest(image: ImageName, rng: Rng) -> str:
    """`sha256:...`: the same image has the same digest on every node."""
    if image.digest:
        return image.digest
    low, high = rng.bits("image", str(image), 0), rng.bits("image", str(image), 1)
    return f"sha256:{low:032x}{high:032x}"


def registries_of(doc: Obj) -> Registries:
    """What a record of images says; what it does not say is as usual, and what cannot be understood is not there."""
    return Registries(
        tuple(doc.get("missing", DEFAULT_MISSING)),
        tuple(doc.get("failing", ())),
        tuple(doc.get("private", ())),
        {name: entry for name, entry in doc.get("own", {}).items() if _is_understood(name, entry)},
    )


def _is_understood(name: str, entry: Obj) -> bool:
    try:
        read(name, entry)
    except BadImage:
        return False
    return True
