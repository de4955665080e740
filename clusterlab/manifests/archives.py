"""Zip archives of manifests. An archive is hostile: nothing that it says of itself is believed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from simcore.apimachinery.documents import MAX_BYTES

MOST_ENTRIES = 500
MOST_RATIO = 200
"""How many times larger than packed a file may be; YAML shrinks to a tenth."""
RATIO_FROM = 64 * 1024
"""Smaller files may shrink as they like."""
SUFFIXES = (".yaml", ".yml", ".json")
MAGIC = b"PK\x03\x04"
CHUNK = 64 * 1024

File = tuple[str, bytes]


class BadArchive(ValueError):
    """One sentence that names the archive and what is wrong with it."""


def unpacked(files: Iterable[File]) -> list[File]:
    """Archives are replaced by the manifests in them, as `archive.zip/folder/web.yaml`. Raises: BadArchive."""
    found: list[File] = []
    for name, data in files:
        found += _members(name, data) if is_archive(name, data) else [(name, data)]
    return found


def is_archive(name: str, data: bytes) -> bool:
    return data.startswith(MAGIC) or name.lower().endswith(".zip")


def _members(archive: str, data: bytes) -> list[File]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            found = list(_read(archive, opened))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        if isinstance(error, BadArchive):
            raise
        raise BadArchive(f"{archive} is no zip archive that can be read") from None
    if not found:
        raise BadArchive(f"{archive} holds no {', '.join(SUFFIXES)} file")
    return found


def _read(archive: str, opened: zipfile.ZipFile) -> Iterator[File]:
    entries = opened.infolist()
    if len(entries) > MOST_ENTRIES:
        raise BadArchive(f"{archive} has {len(entries):,} entries; at most {MOST_ENTRIES} are taken")
    left = MAX_BYTES
    for entry in entries:
        if entry.is_dir() or not _is_manifest(entry.filename):
            continue
        if entry.flag_bits & 0x1:
            raise BadArchive(f"{archive}: {entry.filename!r} is encrypted")
        data = _contents(archive, opened, entry, left)
        left -= len(data)
        yield f"{archive}/{entry.filename}", data


def _contents(archive: str, opened: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """At most `left` bytes, whatever the entry's own header promises."""
    most = min(left, max(RATIO_FROM, entry.compress_size * MOST_RATIO))
    parts: list[bytes] = []
    size = 0
    with opened.open(entry) as stream:
        while part := stream.read(CHUNK):
            size += len(part)
            if size > most:
                what = (
                    f"more than {MAX_BYTES:,} bytes"
                    if most == left
                    else f"more than {MOST_RATIO} times its size"
                )
                raise BadArchive(f"{archive}: unpacked, {entry.filename!r} would take {what}")
            parts.append(part)
    return b"".join(parts)


def _is_manifest(name: str) -> bool:
    """Names are shown, never used as paths. Hidden files and what macOS adds are no manifests."""
    parts = name.replace("\\", "/").split("/")
    is_hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return name.lower().endswith(SUFFIXES) and not is_hidden and "\0" not in name
