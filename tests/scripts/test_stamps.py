"""A finished step is skipped as long as nothing that went into it has changed."""

from pathlib import Path

from scripts import stamps


def tree(root: Path) -> Path:
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.ts").write_text("a")
    (root / "package.json").write_text("{}")
    (root / "node_modules").mkdir()
    (root / "node_modules" / "x.js").write_text("x")
    return root


def test_a_stamp_is_fresh_until_a_source_changes(tmp_path: Path) -> None:
    root, stamp = tree(tmp_path / "frontend"), tmp_path / "stamp"
    first = stamps.hash_of(stamps.files_under(root))
    assert not stamps.is_fresh(stamp, first)
    stamps.write(stamp, first)
    assert stamps.is_fresh(stamp, stamps.hash_of(stamps.files_under(root)))
    (root / "src" / "a.ts").write_text("b")
    assert not stamps.is_fresh(stamp, stamps.hash_of(stamps.files_under(root)))


def test_a_renamed_file_counts_as_a_change(tmp_path: Path) -> None:
    root = tree(tmp_path)
    before = stamps.hash_of(stamps.files_under(root))
    (root / "src" / "a.ts").rename(root / "src" / "b.ts")
    assert stamps.hash_of(stamps.files_under(root)) != before


def test_folders_that_are_not_sources_are_left_out(tmp_path: Path) -> None:
    found = stamps.files_under(tree(tmp_path), without=frozenset({"node_modules"}))
    assert [path.name for path in found] == ["package.json", "a.ts"]


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    found = stamps.files_under(tree(tmp_path))
    assert stamps.hash_of(found) == stamps.hash_of(reversed(found))
