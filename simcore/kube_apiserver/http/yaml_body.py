"""YAML bodies: read as manifests are, with bounds on depth, size and expansion; written as sigs.k8s.io/yaml does."""

from __future__ import annotations

from typing import Any

import yaml

from simcore.apimachinery.documents import Refused
from simcore.apimachinery.yaml_text import documents


class YamlError(ValueError):
    """The text is not YAML, or more than is taken."""


def loads(data: bytes) -> Any:
    """The first document; a mapping that names a member twice is a `Doubled`. Raises: YamlError."""
    try:
        first = next(documents(data.decode(), marks_doubles=True), None)
    except UnicodeDecodeError:
        raise YamlError("yaml: invalid leading UTF-8 octet") from None
    except Refused as error:
        raise YamlError(error.message) from None
    return first.value if first is not None else None


def dumps(doc: Any) -> bytes:
    """Members in alphabetical order."""
    text: str = yaml.dump(doc, Dumper=_Dumper, default_flow_style=False, sort_keys=True, allow_unicode=True)
    return text.encode()


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
