"""agnhost's `mounttest`: makes files, and tells of files and folders what its options ask.

Models: kubernetes v1.36 test/images/agnhost/mounttest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.program import Fixed, Line, Program
from simcore.kubelet.runtime.shell.file_commands import SET_GROUP, permissions
from simcore.kubelet.runtime.text import text_of

NEW = "mount-tester new file"
BETWEEN_MS = 2_000
"""From one look in a loop to the next."""
LONGEST_LOOP_S = 20_000
DISK, MEMORY = "61267", "tmpfs"
"""What it calls file systems: of disks it knows the number alone."""
_ORDER = (
    "fs_type", "new_file_0644", "new_file_0666", "new_file_0660", "new_file_0777", "file_mode", "file_perm",
    "file_owner", "file_content",
)  # fmt: skip


@dataclass
class _Run:
    inside: Inside
    files: Files
    lines: list[Line] = field(default_factory=list)
    failed: bool = False

    def say(self, text: str, at_ms: int = 0) -> None:
        self.lines += [Line(at_ms, line) for line in text.removesuffix("\n").split("\n")]

    def act(self, option: str, path: str) -> None:
        if option.startswith("new_file_"):
            if not self.files.write(path, (NEW,), 0):
                self.say(f'error writing new file "{path}": open {path}: read-only file system')
                self.failed = True
                return
            self.files.set_mode(path, int(option[-4:], 8))
            self.act("file_content", path)
        elif option == "file_content":
            found = self.content(path, 0)
            self.failed = self.failed or found is None
            missing = f'error reading file content for "{path}": open {path}: no such file or directory'
            self.say(missing if found is None else f'content of file "{path}": {found}')
        elif not self.files.exists(path):
            self.say(f'error with file stat "{path}": lstat {path}: no such file or directory')
            self.failed = True
        else:
            self.say(self.about(option, path))

    def content(self, path: str, at_ms: int) -> str | None:
        """None: there is no such file."""
        if not self.files.exists(path, at_ms) or self.files.is_folder(path, at_ms):
            return None
        return text_of(self.files.raw(path, at_ms))

    def about(self, option: str, path: str) -> str:
        mode, folder = self.files.mode(path), self.files.is_folder(path)
        match option:
            case "file_mode":
                kind = ("dg" if mode & SET_GROUP else "d") if folder else "-"
                return f'mode of file "{path}": {permissions(mode & 0o777, kind)}'
            case "file_perm":
                return f'perms of file "{path}": {permissions(mode & 0o777)}'
            case "file_owner":
                own, identity = self.files.is_its_own(path), self.inside.identity
                group = identity.fs_group if self.files.mount_of(path) else None
                group = (identity.gid if own else 0) if group is None else group
                return f'owner UID of "{path}": {identity.uid if own else 0}\nowner GID of "{path}": {group}'
        in_memory = self.files.mount_of(path) in self.files.tree.in_memory
        return f'mount type of "{path}": {MEMORY if in_memory else DISK}'

    def loop(self, path: str, most_s: int, *, breaks: bool) -> int:
        """Looks again and again; returns how long."""
        for at_ms in range(0, most_s * 1000, BETWEEN_MS):
            found = self.content(path, at_ms)
            self.failed = found is None
            if found is None:
                self.say(
                    f"Error reading file {path}: open {path}: no such file or directory, retrying", at_ms
                )
                continue
            self.say(f'content of file "{path}": {found}', at_ms)
            if breaks and found == f"{NEW}\n":
                return at_ms
            if breaks:
                self.say(f"Unexpected content. Expected: {NEW}\n. Retrying", at_ms)
        return -(-most_s * 1000 // BETWEEN_MS) * BETWEEN_MS


def program(arguments: tuple[str, ...], inside: Inside) -> Program:
    options = {name.lstrip("-"): value for name, _, value in (word.partition("=") for word in arguments)}
    run = _Run(inside, Files(inside.tree))
    for option in _ORDER:
        if options.get(option):
            run.act(option, options[option])
    took_ms = 0
    if path := options.get("file_content_in_loop"):
        retry = options.get("retry_time", "180")
        most_s = min(int(retry), LONGEST_LOOP_S) if retry.isdigit() and len(retry) < 9 else 180
        took_ms = run.loop(path, most_s, breaks=options.get("break_on_expected_content") != "false")
    return Program(
        Fixed(tuple(run.lines)), took_ms, int(run.failed), stop_code=2, changes=tuple(run.files.changes)
    )
