"""Zip archives, friendly and hostile."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from clusterlab.manifests import archives
from clusterlab.manifests.archives import BadArchive, unpacked
from simcore.apimachinery.documents import MAX_BYTES


def zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(BadArchive) as caught:
        unpacked([("a.zip", data)])
    return str(caught.value)


def test_manifests_come_out_in_order_under_the_archives_name() -> None:
    data = zipped({"one.yaml": b"a: 1", "more/two.json": b"{}", "three.yml": b"b: 2"})
    assert unpacked([("a.zip", data), ("plain.yaml", b"c: 3")]) == [
        ("a.zip/one.yaml", b"a: 1"),
        ("a.zip/more/two.json", b"{}"),
        ("a.zip/three.yml", b"b: 2"),
        ("plain.yaml", b"c: 3"),
    ]


def test_an_archive_is_known_by_its_first_bytes_whatever_it_is_called() -> None:
    assert unpacked([("web.yaml", zipped({"x.yaml": b"a: 1"}))]) == [("web.yaml/x.yaml", b"a: 1")]


def test_other_files_hidden_files_and_folders_are_passed_over() -> None:
    files = {
        "read.me": b"x",
        ".hidden.yaml": b"x",
        "__MACOSX/a.yaml": b"x",
        ".git/b.yaml": b"x",
        "c.yaml": b"y",
    }
    assert unpacked([("a.zip", zipped(files))]) == [("a.zip/c.yaml", b"y")]


@pytest.mark.parametrize("name", ["../../etc/x.yaml", "..\\x.yaml", "a/../x.yaml"])
def test_names_that_climb_are_no_manifests(name: str) -> None:
    assert refusal(zipped({name: b"a: 1"})) == "a.zip holds no .yaml, .yml, .json file"


def test_an_archive_without_manifests_says_so() -> None:
    assert refusal(zipped({"read.me": b"x"})) == "a.zip holds no .yaml, .yml, .json file"
    assert refusal(zipped({})) == "a.zip holds no .yaml, .yml, .json file"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a zip", id="text"),
        pytest.param(b"PK\x03\x04" + b"\0" * 50, id="only the beginning"),
        pytest.param(zipped({"a.yaml": b"x" * 5000})[:-30], id="cut off"),
    ],
)
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert refusal(data) == "a.zip is no zip archive that can be read"


def test_damaged_contents_are_refused() -> None:
    data = bytearray(zipped({"a.yaml": b"a: 1\n" * 400}))
    data[60:70] = b"\xff" * 10
    assert refusal(bytes(data)) == "a.zip is no zip archive that can be read"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = zipped({"bomb.yaml": b"\0" * (2 * MAX_BYTES)})
    assert len(data) < 10_000
    assert refusal(data).startswith("a.zip: unpacked, 'bomb.yaml' would take more than")


def test_many_files_together_have_the_bound_of_one() -> None:
    part = bytes(range(256)) * 2048  # half a megabyte that does not shrink much
    files = {f"{n}.yaml": part[n:] + part[:n] for n in range(8)}
    assert "would take more than 3,145,728 bytes" in refusal(zipped(files, compression=zipfile.ZIP_STORED))


def test_a_header_that_lies_about_the_size_helps_nothing() -> None:
    data = bytearray(zipped({"bomb.yaml": b"\0" * (2 * MAX_BYTES)}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    with pytest.raises(BadArchive):
        unpacked([("a.zip", bytes(data))])


def test_too_many_entries_are_refused() -> None:
    data = zipped({f"{n}.txt": b"" for n in range(archives.MOST_ENTRIES + 1)})
    assert refusal(data) == "a.zip has 501 entries; at most 500 are taken"


def test_encrypted_entries_are_refused() -> None:
    data = bytearray(zipped({"a.yaml": b"a: 1"}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rfind(sign) + offset] |= 1
    assert refusal(bytes(data)) == "a.zip: 'a.yaml' is encrypted"
