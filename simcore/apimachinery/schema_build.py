"""Makes the compact schema file: `python -m simcore.apimachinery.schema_build DATA_DIR`.

The package kubernetes-validate carries the OpenAPI definitions of Kubernetes v1.36, changed for JSON Schema validators
(everything may be null, quantities are a choice). This undoes those changes, so that the file holds the definitions as
the real server publishes them.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import zstandard

from simcore.apimachinery.schema import FILE_NAME

SOURCE = "kubernetes-json-schema/v1.36.0-local/_definitions.json"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_SCALARS: dict[str, dict[str, str]] = {
    QUANTITY: {"type": "string", "description": "Quantity is a fixed-point representation of a number."},
    INT_OR_STRING: {
        "type": "string",
        "format": "int-or-string",
        "description": "IntOrString is a type that can hold an int32 or a string.",
    },
}


def source_path() -> Path:
    """Raises: FileNotFoundError when the package is not installed."""
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package kubernetes-validate is not installed")
    return Path(spec.origin).parent / SOURCE


def restored(node: Any) -> Any:
    """A definition without what the package put in."""
    if isinstance(node, list):
        return [restored(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {name: restored(value) for name, value in node.items()}
    kinds = plain.get("type")
    if isinstance(kinds, list):
        plain["type"] = next(kind for kind in kinds if kind != "null")
    ref = plain.get("$ref")
    if isinstance(ref, str):
        plain["$ref"] = ref.replace("#/$defs/", "#/definitions/")
    return plain


def definitions(source: dict[str, Any]) -> dict[str, Any]:
    """All definitions by name, as `io.k8s.api.core.v1.Pod`."""
    made = {name: restored(definition) for name, definition in sorted(source["$defs"].items())}
    made.update(_SCALARS)
    for definition in made.values():
        for name in ("apiVersion", "kind"):
            definition.get("properties", {}).get(name, {}).pop("enum", None)
    return made


def build(data_dir: Path) -> Path:
    """Writes the file and returns where it is. Raises: OSError."""
    made = definitions(json.loads(source_path().read_bytes()))
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    data_dir.mkdir(parents=True, exist_ok=True)
    target, fresh = data_dir / FILE_NAME, data_dir / f"{FILE_NAME}.new"
    fresh.write_bytes(zstandard.compress(text.encode(), 12))
    fresh.replace(target)
    return target


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
