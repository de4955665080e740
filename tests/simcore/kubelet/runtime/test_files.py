"""Files of a simulated container: bounded, and known at every moment."""

from __future__ import annotations

from simcore.kubelet.runtime.files import MOST_FILES, MOST_LINES, Change, Files, Tree


def test_changes_tell_what_was_there_when() -> None:
    files = Files()
    files.write("/tmp/a", ["one"], 0)
    files.write("/tmp/a", ["two"], 1000, append=True)
    files.remove("/tmp/a", 2000)
    assert files.changes == [
        Change(0, "/tmp/a", ("one",)),
        Change(1000, "/tmp/a", ("one", "two")),
        Change(2000, "/tmp/a", None),
    ]
    assert Files.after(files.changes[:2]).read("/tmp/a") == ("one", "two")
    assert not Files.after(files.changes).exists("/tmp/a")


def test_folders_exist_while_there_is_something_in_them() -> None:
    files = Files()
    files.write("/work/a/b", [], 0)
    assert files.exists("/work") and files.exists("/work/a/") and not files.exists("/work/x")
    files.remove("/work", 0)
    assert not files.exists("/work/a/b")


def test_mounted_and_system_files_are_taken_to_exist() -> None:
    assert Files(Tree(unseen=("/config",))).exists("/config/app.yaml")
    assert not Files(Tree(roots=("/config",))).exists("/config/app.yaml")
    assert Files().exists("/etc/resolv.conf")
    assert not Files().exists("/config/app.yaml")


def test_files_and_their_lines_are_bounded() -> None:
    files = Files()
    for number in range(MOST_FILES + 10):
        files.write(f"/tmp/{number}", [], 0)
    assert not files.exists(f"/tmp/{MOST_FILES}")
    files.write("/tmp/0", ["x"] * (MOST_LINES + 5), 0)
    assert len(files.read("/tmp/0")) == MOST_LINES
