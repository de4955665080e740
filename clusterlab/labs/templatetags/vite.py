"""`{% vite_entry "src/main.tsx" %}`: the tags of a bundle, with the hashed names that Vite's manifest gives."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def vite_entry(entry: str) -> SafeString:
    """Style sheets and module scripts, of what the entry imports, too. Nothing before the bundle was built."""
    chunks = manifest()
    if entry not in chunks:
        return SafeString("")
    files, styles = [chunks[entry]["file"]], list(chunks[entry].get("css", ()))
    for name in _imports(chunks, entry):
        styles += chunks[name].get("css", ())
    if files[0].endswith(".css"):
        files, styles = [], [*files, *styles]
    links = format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f),) for f in dict.fromkeys(styles))
    )
    scripts = format_html_join(
        "\n", '<script type="module" src="{}"></script>', ((static(f),) for f in files)
    )
    return format_html("{}\n{}", links, scripts)


def _imports(chunks: dict[str, Any], entry: str) -> list[str]:
    """Everything that the entry imports at once, each name a single time."""
    found: dict[str, None] = {}
    waiting = list(chunks[entry].get("imports", ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += chunks[name].get("imports", ())
    return list(found)


def manifest() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "frontend" / "dist" / ".vite" / "manifest.json"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=1)
def _read(path: Path, _changed_at: int) -> dict[str, Any]:
    chunks: dict[str, Any] = json.loads(path.read_text())
    return chunks
