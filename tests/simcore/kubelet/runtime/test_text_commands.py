"""The commands that pass lines on: what comes of the lines that they are fed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.kubelet.runtime.shell.arithmetic import quotient
from simcore.kubelet.runtime.shell.interpreter import Shell
from simcore.kubelet.runtime.shell.variables import environment

LINES = "printf 'pear 3\\napple 10\\nfig 2\\napple 1\\n'"
TABLE = "printf 'root:0:/root\\nada:1000:/home/ada\\n'"


def run(script: str) -> tuple[list[str], int]:
    shell = Shell(environment({}, "web-0"))
    return [str(line.text) for line in shell.run(script)], shell.status


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("cat", ["pear 3", "apple 10", "fig 2", "apple 1"]),
        ("head -n 1", ["pear 3"]),
        ("head -n1", ["pear 3"]),
        ("head -0", []),
        ("head -99", ["pear 3", "apple 10", "fig 2", "apple 1"]),
        ("tail -n 1", ["apple 1"]),
        ("tail -n +1", ["pear 3", "apple 10", "fig 2", "apple 1"]),
        ("tail -n +3", ["fig 2", "apple 1"]),
        ("tail -0", []),
        ("sort", ["apple 1", "apple 10", "fig 2", "pear 3"]),
        ("sort -r", ["pear 3", "fig 2", "apple 10", "apple 1"]),
        ("cut -d' ' -f1 | sort -u", ["apple", "fig", "pear"]),
        ("cut -d' ' -f2 | sort -n", ["1", "2", "3", "10"]),
        ("cut -d' ' -f2 | sort -nr", ["10", "3", "2", "1"]),
        ("cut -d' ' -f2 | sort -n -r | head -1", ["10"]),
        ("cut -d' ' -f1 | sort | uniq", ["apple", "fig", "pear"]),
        ("cut -d' ' -f1 | uniq", ["pear", "apple", "fig", "apple"]),
        ("cut -c1", ["p", "a", "f", "a"]),
        ("cut -c 2-3", ["ea", "pp", "ig", "pp"]),
        ("cut -c-2", ["pe", "ap", "fi", "ap"]),
        ("grep apple", ["apple 10", "apple 1"]),
        ("grep -v apple", ["pear 3", "fig 2"]),
        ("grep -i APPLE", ["apple 10", "apple 1"]),
        ("grep -c apple", ["2"]),
        ("grep -vc apple", ["2"]),
        ("grep -iv APPLE", ["pear 3", "fig 2"]),
        ("grep apple | wc -l", ["2"]),
        ("wc -l", ["4"]),
        ("wc -w", ["8"]),
        ("wc -c", ["30"]),
        ("rev", ["3 raep", "01 elppa", "2 gif", "1 elppa"]),
        ("tr a-z A-Z", ["PEAR 3", "APPLE 10", "FIG 2", "APPLE 1"]),
        ("tr '[:lower:]' '[:upper:]' | head -1", ["PEAR 3"]),
        ("tr -d '[:digit:]' | head -1", ["pear "]),
        ("tr -d 0-9 | head -2", ["pear ", "apple "]),
        ("tr '\\n' ,", ["pear 3,apple 10,fig 2,apple 1,"]),
        ("tr -d '\\n'", ["pear 3apple 10fig 2apple 1"]),
        ("grep none | tr a b", []),
        ("tr ' ' _", ["pear_3", "apple_10", "fig_2", "apple_1"]),
        ("sed s/apple/plum/", ["pear 3", "plum 10", "fig 2", "plum 1"]),
        ("sed 's/p//g'", ["ear 3", "ale 10", "fig 2", "ale 1"]),
        ("sed 's/p/b/'", ["bear 3", "abple 10", "fig 2", "abple 1"]),
        ("sed 's|pear|/usr/pear|' | head -1", ["/usr/pear 3"]),
        ("sed -e 's/ /=/' | head -1", ["pear=3"]),
        ("awk '{print $1}'", ["pear", "apple", "fig", "apple"]),
        ("awk '{print $2}'", ["3", "10", "2", "1"]),
        ("awk '{print $NF}'", ["3", "10", "2", "1"]),
        ("awk '{print $0}' | head -1", ["pear 3"]),
        ("awk '{print $3}' | wc -l", ["4"]),
        ("while read name count; do echo $count $name; done | head -2", ["3 pear", "10 apple"]),
        ("sort | tail -1 | awk '{print $1}' | tr a-z A-Z | rev", ["RAEP"]),
        ("base64 | base64 -d | head -2", ["pear 3", "apple 10"]),
    ],
)
def test_fed_with_lines_a_command_prints(command: str, lines: list[str]) -> None:
    assert run(f"{LINES} | {command}")[0] == lines


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("cut -d: -f1", ["root", "ada"]),
        ("cut -d: -f3", ["/root", "/home/ada"]),
        ("cut -d: -f1,3", ["root:/root", "ada:/home/ada"]),
        ("cut -d: -f2-", ["0:/root", "1000:/home/ada"]),
        ("cut -d: -f-2", ["root:0", "ada:1000"]),
        ("cut -d : -f 1-2", ["root:0", "ada:1000"]),
        ("awk -F: '{print $2}'", ["0", "1000"]),
        ("awk -F : '{print $3}'", ["/root", "/home/ada"]),
        ("awk -F: '{print $NF}'", ["/root", "/home/ada"]),
        ("grep ada | cut -d: -f2", ["1000"]),
        ("sed 's/:/ /g' | awk '{print $2}'", ["0", "1000"]),
        ("tr : '\\n' | head -3", ["root", "0", "/root"]),
    ],
)  # fmt: skip
def test_columns_are_cut_out(command: str, lines: list[str]) -> None:
    assert run(f"{TABLE} | {command}")[0] == lines


@pytest.mark.parametrize(
    ("script", "lines", "status"),
    [
        ("expr 2 + 3", ["5"], 0),
        ("expr 2 - 3", ["-1"], 0),
        ("expr -7 / 2", ["-3"], 0),
        ("expr -7 % 2", ["-1"], 0),
        ("expr 7 / -2", ["-3"], 0),
        ("expr 3 - 3", ["0"], 1),
        ("expr 1 / 2", ["0"], 1),
        ("expr 1 / 0", [], 2),
        ("expr 1 % 0", [], 2),
        ("expr a + 1", [], 2),
        ("expr 1 +", [], 2),
        ("basename /a/b/", ["b"], 0),
        ("basename c", ["c"], 0),
        ("dirname /a/b/", ["/a"], 0),
        ("dirname c", ["."], 0),
        ("echo -n hello | base64", ["aGVsbG8="], 0),
        ("printf hello | base64", ["aGVsbG8="], 0),
        ("echo aGVsbG8K | base64 -d", ["hello"], 0),
        ("echo aGVsbG8= | base64 --decode", ["hello"], 0),
        ("echo x | grep x", ["x"], 0),
        ("echo x | grep -q x", [], 0),
        ("echo x | grep y", [], 1),
        ("echo x | grep -c y", ["0"], 1),
        ("echo x | grep -v x", [], 1),
        ("seq 5 -2 1", ["5", "3", "1"], 0),
        ("seq 3 1", [], 0),
        ("seq -2 1", ["-2", "-1", "0", "1"], 0),
        ("seq 1 2 3 4", [], 1),
        ("seq", [], 1),
        ("printf '%s'", [], 0),
        ("printf '%%\\n'", ["%"], 0),
        ("printf '%5s|\\n' ab", ["   ab|"], 0),
        ("printf '%-5s|\\n' ab", ["ab   |"], 0),
        ("printf '%03d\\n' 7", ["007"], 0),
        ("printf '%d %d\\n' 1 2 3 4", ["1 2", "3 4"], 0),
        ("printf '%s=%d\\n' a 1 b", ["a=1", "b=0"], 0),
        ("printf '%f\\n' 1.5", ["1.500000"], 0),
        ("printf 'a\\n\\nb\\n'", ["a", "", "b"], 0),
        ("timeout 5 sleep 2", [], 0),
        ("timeout 2 sleep 5", [], 124),
        ("timeout 2 sleep infinity", [], 124),
        ("timeout 1s echo fast", ["fast"], 0),
        ("whoami", ["root"], 0),
        ("pwd", ["/"], 0),
        ("uname", ["Linux"], 0),
        ("id", ["uid=0(root) gid=0(root) groups=0(root)"], 0),
        ("printenv HOSTNAME", ["web-0"], 0),
        ("printenv NOTHING", [], 1),
        ("export A=1; env | grep A=1", ["A=1"], 0),
        ("export A=1; printenv A", ["1"], 0),
        ("env | sort | head -1", ["HOME=/root"], 0),
        ("date -u +%s", ["0"], 0),
        ("date +%Y-%m-%dT%H:%M:%SZ", ["1970-01-01T00:00:00Z"], 0),
        ("sleep 90; date +%H:%M:%S", ["00:01:30"], 0),
        ("date", ["Thu Jan  1 00:00:00 UTC 1970"], 0),
    ],
)
def test_a_command_prints_and_ends(script: str, lines: list[str], status: int) -> None:
    assert run(script) == (lines, status)


WORDS = st.lists(st.text("abcxyz", min_size=1, max_size=6), min_size=1, max_size=8)


def fed(words: list[str], command: str) -> list[str]:
    text = "".join(f"{word}\\n" for word in words)
    return run(f"printf '{text}' | {command}")[0]


@given(WORDS)
def test_sorted_lines_are_the_same_lines_in_order(words: list[str]) -> None:
    assert fed(words, "sort") == sorted(words)
    assert fed(words, "sort -u") == fed(words, "sort | uniq") == sorted(set(words))
    assert fed(words, "wc -l") == [str(len(words))]


@given(WORDS, st.integers(0, 10))
def test_head_and_tail_share_the_lines_between_them(words: list[str], number: int) -> None:
    assert fed(words, f"head -n {number}") + fed(words, f"tail -n +{number + 1}") == words


@given(WORDS)
def test_what_is_encoded_or_reversed_comes_back(words: list[str]) -> None:
    assert fed(words, "base64 | base64 -d") == fed(words, "rev | rev") == words


@given(st.integers(-99, 99), st.integers(-99, 99).filter(bool))
def test_a_quotient_and_its_rest_make_the_number_again(left: int, right: int) -> None:
    rest = left - right * quotient(left, right)
    assert abs(rest) < abs(right) and rest * left >= 0
