"""Image references, registries that lack some, and the words for both.

Models: kubernetes v1.36 pkg/util/parsers/parsers.go (ParseImageName) and containerd's errors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from simcore.sim.rng import Rng

DEFAULT_MISSING = ("404", "missing", "non-existent", "does-not-exist")

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


def pull_error(image: ImageName, missing: Sequence[str]) -> str | None:
    """What containerd says when one of the patterns names the image's tag, its name or the whole reference."""
    for pattern in missing:
        if "/" in pattern or ":" in pattern:
            if fnmatchcase(str(image), pattern) or fnmatchcase(f"{image.name}:{image.tag}", pattern):
                return _not_found(str(image))
        elif image.tag and fnmatchcase(image.tag, pattern):
            return _not_found(str(image))
        elif fnmatchcase(image.name, pattern):
            return _denied(str(image))
    return None


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
