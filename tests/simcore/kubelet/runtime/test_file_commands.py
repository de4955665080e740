"""The commands about files: what they print on either stream, their status, and what they leave behind."""

from __future__ import annotations

import pytest

from simcore.kubelet.runtime.files import Change, Files, Tree
from simcore.kubelet.runtime.shell.control import Err
from simcore.kubelet.runtime.shell.file_commands import permissions
from simcore.kubelet.runtime.shell.interpreter import Shell
from simcore.kubelet.runtime.shell.variables import environment

MOUNTED = Tree(
    roots=("/config", "/secret", "/data"),
    arriving=(
        Change(0, "/config/app.yaml", ("colour: blue", "size: 3")),
        Change(0, "/config/empty", ()),
        Change(0, "/secret/token", ("abc",)),
        Change(60_000, "/config/late", ("came later",)),
    ),
    read_only=("/config", "/secret"),
    modes=(("/secret/token", 0o400), ("/data/run.sh", 0o755)),
)


def run(script: str) -> tuple[list[str], list[str], int, Shell]:
    """(lines of output, lines of errors, status, the shell afterwards)"""
    shell = Shell(environment({}, "web-0"), files=Files(MOUNTED))
    lines = [line.text for line in shell.run(script)]
    output = [str(text) for text in lines if not isinstance(text, Err)]
    return output, [str(text) for text in lines if isinstance(text, Err)], shell.status, shell


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("cat /config/app.yaml", ["colour: blue", "size: 3"]),
        ("cat /secret/token /config/app.yaml", ["abc", "colour: blue", "size: 3"]),
        ("cat /config/empty", []),
        ("cat < /secret/token", ["abc"]),
        ("echo fed | cat", ["fed"]),
        ("echo fed | cat -", ["fed"]),
        ("echo fed | cat /secret/token -", ["abc", "fed"]),
        ("ls /config", ["app.yaml", "empty"]),
        ("ls /config/", ["app.yaml", "empty"]),
        ("ls /config/app.yaml", ["/config/app.yaml"]),
        ("ls /config /secret | grep token", ["token"]),
        ("sleep 59; ls /config", ["app.yaml", "empty"]),
        ("sleep 60; ls /config", ["app.yaml", "empty", "late"]),
        ("sleep 60; cat /config/late", ["came later"]),
        ("mkdir /work; ls /work", []),
        ("mkdir -p /work/a/b; ls /work", ["a"]),
        ("mkdir /work && [ -d /work ] && echo folder", ["folder"]),
        ("touch /data/b /data/a; ls /data", ["a", "b"]),
        ("echo x > /data/f; touch /data/f; cat /data/f", ["x"]),
        ("echo x > /data/f; rm /data/f; ls /data", []),
        ("touch /data/a /data/b; rm /data/a /data/b; ls /data", []),
        ("mkdir /w; touch /w/a; rm -rf /w; [ -d /w ] || echo gone", ["gone"]),
        ("echo x > /data/a; cp /data/a /data/b; cat /data/a /data/b", ["x", "x"]),
        ("echo x > /data/a; mv /data/a /data/b; ls /data; cat /data/b", ["b", "x"]),
        ("cp /config/app.yaml /data; ls /data", ["app.yaml"]),
        ("cp /config/app.yaml /secret/token /data/; ls /data", ["app.yaml", "token"]),
        ("cp /config/app.yaml /data/copy; head -1 /data/copy", ["colour: blue"]),
        ("echo a | tee /data/x", ["a"]),
        ("echo a | tee /data/x > /dev/null; cat /data/x", ["a"]),
        ("echo a > /data/x; echo b | tee -a /data/x; cat /data/x", ["b", "a", "b"]),
        ("echo a | tee /data/x /data/y > /dev/null; cat /data/x /data/y", ["a", "a"]),
        ("stat -c %a /secret/token", ["400"]),
        ("stat -c %a /config/app.yaml", ["644"]),
        ("ls -l /secret", ["-r--------    1 root     root             4 token"]),
        ("ls -l /config/app.yaml", ["-rw-r--r--    1 root     root            21 /config/app.yaml"]),
        ("mkdir /data/d; ls -l /data", ["drwxr-xr-x    2 root     root          4096 d"]),
        ("touch /data/run.sh; ls -l /data", ["-rwxr-xr-x    1 root     root             0 run.sh"]),
        ("wc -l < /config/app.yaml", ["2"]),
        ("wc -c < /secret/token", ["4"]),
        ("tail -1 /config/app.yaml", ["size: 3"]),
        ("grep colour /config/app.yaml", ["colour: blue"]),
        ("cat > /data/h <<EOF\none\ntwo\nEOF\ncat /data/h", ["one", "two"]),
        ("x=1; cat <<EOF\nx is $x\nEOF", ["x is 1"]),
        ("x=1; cat <<'EOF'\nx is $x\nEOF", ["x is $x"]),
        ("cat <<-EOF\n\tindented\n\tEOF", ["indented"]),
        ("echo 'echo inner $1' > /data/s.sh; sh /data/s.sh", ["inner"]),
        ("while read line; do echo \"[$line]\"; done < /config/app.yaml", ["[colour: blue]", "[size: 3]"]),
    ],
)  # fmt: skip
def test_commands_about_files_print(script: str, printed: list[str]) -> None:
    output, errors, status, _ = run(script)
    assert (output, errors, status) == (printed, [], 0)


@pytest.mark.parametrize(
    ("script", "errors", "status"),
    [
        ("cat /none", ["cat: can't open '/none': No such file or directory"], 1),
        ("cat /config/none", ["cat: can't open '/config/none': No such file or directory"], 1),
        ("cat /config/late", ["cat: can't open '/config/late': No such file or directory"], 1),
        ("cat /config", ["cat: read error: Is a directory"], 1),
        ("ls /none", ["ls: /none: No such file or directory"], 1),
        ("ls /config/none", ["ls: /config/none: No such file or directory"], 1),
        ("rm /data/none", ["rm: can't remove '/data/none': No such file or directory"], 1),
        ("rm -f /data/none", [], 0),
        ("rm /config/app.yaml", ["rm: can't remove '/config/app.yaml': Read-only file system"], 1),
        ("rm -f /config/app.yaml", ["rm: can't remove '/config/app.yaml': Read-only file system"], 1),
        ("touch /config/x", ["touch: /config/x: Read-only file system"], 1),
        ("touch /config/x /data/x", ["touch: /config/x: Read-only file system"], 1),
        ("mkdir /config/x", ["mkdir: can't create directory '/config/x': Read-only file system"], 1),
        ("cp /none /data/x", ["cp: can't stat '/none': No such file or directory"], 1),
        ("mv /none /data/x", ["mv: can't stat '/none': No such file or directory"], 1),
        ("stat /none", ["stat: can't stat '/none': No such file or directory"], 1),
        ("nosuch", ["sh: nosuch: not found"], 127),
        ("/data/nosuch.sh", ["sh: /data/nosuch.sh: not found"], 127),
        ("sleep soon", ["sleep: invalid number 'soon'"], 1),
        ("echo '?' | base64 -d", ["base64: truncated input"], 1),
    ],
)
def test_commands_about_files_complain(script: str, errors: list[str], status: int) -> None:
    assert run(script)[1:3] == (errors, status)


@pytest.mark.parametrize(
    "script",
    [
        "cat /none 2>/dev/null",
        "cat /none > /dev/null 2>&1",
        "cat /none &> /dev/null",
        "{ cat /none; } 2>/dev/null",
        "(cat /none) 2>/dev/null",
    ],
)
def test_complaints_can_be_sent_away_and_the_status_stays(script: str) -> None:
    assert run(script)[:3] == ([], [], 1)


@pytest.mark.parametrize(
    ("script", "path", "lines"),
    [
        ("echo a > /data/x", "/data/x", ("a",)),
        ("echo a > /data/x; echo b > /data/x", "/data/x", ("b",)),
        ("echo a >> /data/x; echo b >> /data/x", "/data/x", ("a", "b")),
        ("cat /none 2> /data/x", "/data/x", ("cat: can't open '/none': No such file or directory",)),
        ("for i in 1 2; do echo $i; done > /data/x", "/data/x", ("1", "2")),
        ("{ echo a; echo b; } > /data/x", "/data/x", ("a", "b")),
        ("(echo a; cat /none) > /data/x 2>&1", "/data/x",
         ("a", "cat: can't open '/none': No such file or directory")),
        ("printf 'b\\na\\n' > /data/x; sort /data/x > /data/y", "/data/y", ("a", "b")),
        ("echo one > /data/x; sed -i 's/one/two/' /data/x", "/data/x", ("two",)),
        ("echo bye > /dev/termination-log", "/dev/termination-log", ("bye",)),
    ],
)  # fmt: skip
def test_redirections_leave_files(script: str, path: str, lines: tuple[str, ...]) -> None:
    assert run(script)[3].files.read(path) == lines


@pytest.mark.parametrize(
    ("test", "status"),
    [
        ("-e /config/app.yaml", 0),
        ("-f /config/app.yaml", 0),
        ("-d /config/app.yaml", 1),
        ("-s /config/app.yaml", 0),
        ("-s /config/empty", 1),
        ("-e /config/empty", 0),
        ("-d /config", 0),
        ("-d /config/", 0),
        ("-f /config", 1),
        ("-e /config/late", 1),
        ("! -e /config/late", 0),
        ("-e /data/none", 1),
        ("-r /config/app.yaml -a -e /secret/token", 0),
        ("-e /data/none -o -e /secret/token", 0),
        ("-e /data/none -o -e /config/none", 1),
    ],
)
def test_files_are_tested(test: str, status: int) -> None:
    assert run(f"[ {test} ]")[2] == status
    assert run(f"test {test}")[2] == status


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        (0o644, "-rw-r--r--"),
        (0o600, "-rw-------"),
        (0o755, "-rwxr-xr-x"),
        (0o400, "-r--------"),
        (0o777, "-rwxrwxrwx"),
        (0o000, "----------"),
    ],
    ids=["usual", "private", "program", "read by its owner", "everybody", "nobody"],
)
def test_permissions_are_written_as_ls_does(mode: int, text: str) -> None:
    assert permissions(mode) == text


def test_a_change_carries_the_moment_of_the_script_and_not_that_of_its_end() -> None:
    shell = run("sleep 2; echo a > /data/x; sleep 3; rm /data/x")[3]
    emptied, written, removed = shell.files.changes
    assert (emptied, written) == (Change(2_000, "/data/x", ()), Change(2_000, "/data/x", ("a",)))
    assert removed == Change(5_000, "/data/x", None)
