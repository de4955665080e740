"""Lines with and without an end, bytes that are no text, and how pieces become lines."""

from __future__ import annotations

import pytest

from simcore.kubelet.runtime.files import Change, Files, Tree
from simcore.kubelet.runtime.program import Line
from simcore.kubelet.runtime.shell.control import Endless, Err
from simcore.kubelet.runtime.shell.interpreter import Shell
from simcore.kubelet.runtime.shell.output import whole
from simcore.kubelet.runtime.text import LONGEST, OPEN, bytes_of, closed, joined, lines_of, readable, text_of


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\n\n", "\n", "a\nb", "\na"])
def test_a_text_is_its_lines_and_back(text: str) -> None:
    assert text_of(lines_of(text)) == text


def test_what_follows_an_open_line_continues_it() -> None:
    assert joined(["a" + OPEN, "b", "c" + OPEN, "d" + OPEN]) == ["ab", "cd" + OPEN]
    assert closed(["a" + OPEN, OPEN, "b" + OPEN]) == ["ab"]
    assert closed([OPEN]) == []
    assert len(joined(["x" * LONGEST + OPEN, "y"])) == 2


@pytest.mark.parametrize("data", [b"plain", "süß".encode(), bytes(range(256)), b"\xff\xfe\n"])
def test_bytes_survive_as_text(data: bytes) -> None:
    assert bytes_of(readable(data)) == data


def test_pieces_of_one_moment_are_one_line() -> None:
    pieces = [Line(0, "a" + OPEN), Line(0, Err("oh")), Line(0, "b"), Line(5, "." + OPEN), Line(6, "." + OPEN)]
    assert [*whole(iter(pieces))] == [Line(0, "oh"), Line(0, "ab"), Line(5, "."), Line(6, ".")]


def test_an_endless_program_has_said_what_it_has_begun() -> None:
    def begins():
        yield Line(0, "waiting" + OPEN)
        raise Endless

    lines = whole(begins())
    assert next(lines) == Line(0, "waiting")
    with pytest.raises(Endless):
        next(lines)


SEALED = Tree(roots=("/sealed",), read_only=("/sealed",), arriving=(Change(0, "/sealed/f", ("x",)),))


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("echo abc | wc; printf 'a b' | wc -w; printf abc | wc -m", ["        1         1         4", "2", "3"]),
        ("wc -l /none", ["wc: /none: No such file or directory"]),
        ("printf x | sha256sum | cut -c1-8; printf x | sha1sum | cut -c1-8", ["2d711642", "11f6ad8e"]),
        ("seq 40 | base64 | wc -l; seq 40 | base64 -w 0 | wc -l", ["2", "0"]),
        ("echo '%%' | base64 -d", ["base64: truncated input"]),
        ("printf 'one two three four' | hexdump -C | head -1",
         ["00000000  6f 6e 65 20 74 77 6f 20  74 68 72 65 65 20 66 6f  |one two three fo|"]),
        ("echo -n > /empty; wc -c /empty; hexdump -C /empty", ["0 /empty"]),
        ("printf 'a\\nb' > /f; while read x; do echo $x; done < /f", ["a", "b"]),
        ("printf 'a\\nb' > /f; echo c >> /f; cat /f", ["a", "bc"]),
        ("touch /f; chmod 640 /f; stat -c %a /f; chmod u+x,g-r /f; stat -c %a /f; chmod o=r /f; stat -c %a /f",
         ["640", "700", "704"]),
        ("cd /tmp && pwd && echo x > f && cat /tmp/f && ls; cd ..; pwd", ["/tmp", "x", "f", "/"]),
        ("(cd /tmp; pwd); pwd; cd; pwd", ["/tmp", "/", "/root"]),
        ("cd /none; pwd", ["sh: cd: can't cd to /none: No such file or directory", "/"]),
        ("cd /sealed; cat ./f ../sealed/f; echo y > f", ["x", "x", "sh: can't create f: Read-only file system"]),
        ("killall nginx; echo $?", ["1"]),
        ("uname; uname -r; uname -a", ["Linux", "6.12.48", "Linux localhost 6.12.48 #1 SMP x86_64 GNU/Linux"]),
        ("perl -Mbignum=bpi -wle 'print bpi(12)'; perl -wle 'print bpi(1)'", ["3.14159265359", "3"]),
        ("chmod 600 /none; echo $?", ["chmod: /none: No such file or directory", "1"]),
        ("chmod 600 /sealed/f", ["chmod: /sealed/f: Read-only file system"]),
    ],
)  # fmt: skip
def test_bytes_and_modes_are_what_the_shell_says(script: str, lines: list[str]) -> None:
    assert [line.text for line in Shell({"HOME": "/root"}, files=Files(SEALED)).run(script)] == lines
