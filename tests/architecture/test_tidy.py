"""The figures and habits that keep the tree readable."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

from tests.architecture.sources import (
    FRONTEND_SUFFIXES,
    PYTHON_SOURCES,
    ROOT,
    Source,
    code_lines,
    files,
    function_lines,
    functions,
    sources,
)

LONGEST_FILE = 500
MEDIAN_FILE = 150
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 8
TESTS_TO_SOURCES = (1.0, 1.6)

# The places that supervise a loop: the controllers of a cluster, the clusters of a process, the stream of a socket.
CATCHING_ALL = {
    "clusterlab/coalescing.py": 1,  # hands it on to every thread that waits for the same work
    "clusterlab/engine/worker.py": 1,
    "clusterlab/live/consumer.py": 1,
    "simcore/client/control_loop.py": 1,
}

UNFINISHED = ("TODO", "FIXME", "XXX")
BANNED_NAMES = {"utils", "helpers", "common", "misc"}
BANNED_IN_SIMCORE = {
    "time",
    "random",
    "secrets",
    "uuid",
    "asyncio",
    "threading",
    "django",
    "channels",
    "celery",
}
MAY_IMPORT = {("simcore/sim/rng.py", "random")}


def test_no_file_is_longer_than_500_lines() -> None:
    paths = [path for folder in (*PYTHON_SOURCES, "tests") for path in files(folder, ".py")]
    paths += files("frontend/src", *FRONTEND_SUFFIXES)
    too_long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    assert {name: lines for name, lines in too_long.items() if lines > LONGEST_FILE} == {}


def test_the_median_file_has_at_most_150_lines() -> None:
    lines = [source.lines for source in sources(*PYTHON_SOURCES) if source.path.name != "__init__.py"]
    assert median(lines) <= MEDIAN_FILE


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = [
        f"{source.name}:{function.lineno} {function.name} has {function_lines(function)} lines"
        for source in sources(*PYTHON_SOURCES, "tests")
        for function in functions(source)
        if function_lines(function) > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_the_median_function_has_at_most_8_lines() -> None:
    lines = [function_lines(f) for source in sources(*PYTHON_SOURCES) for f in functions(source)]
    assert median(lines) <= MEDIAN_FUNCTION


def test_broad_except_stands_only_where_a_loop_is_supervised_or_what_it_caught_is_handed_on() -> None:
    found = {source.name: count for source in sources(*PYTHON_SOURCES) if (count := _broad_handlers(source))}
    assert found == CATCHING_ALL


def test_simcore_reads_no_wall_clock_no_chance_and_knows_no_framework() -> None:
    found = [
        f"{source.name}:{line} {module}"
        for source in sources("simcore")
        for line, module in _imports(source)
        if module.split(".")[0] in BANNED_IN_SIMCORE and (source.name, module) not in MAY_IMPORT
    ]
    clocks = re.compile(r"\bdatetime\.(now|utcnow|today)\b|\bdate\.today\b")
    found += [
        f"{source.name} {match[0]}" for source in sources("simcore") for match in clocks.finditer(source.text)
    ]
    assert found == []


def test_the_dashboard_s_model_knows_neither_views_nor_the_page() -> None:
    upwards = re.compile(
        r"""from ["'](?:[^"']*/(?:views|ui)/[^"']*|react[^"']*)["']|\b(?:document|window)\."""
    )
    paths = files("frontend/src/model", ".ts", ".tsx")
    code = {path: re.sub(r"/\*[\s\S]*?\*/|//.*", "", path.read_text()) for path in paths}
    found = [f"{path.name}: {match[0]}" for path in paths for match in upwards.finditer(code[path])]
    assert paths
    assert found == []


def test_every_todo_names_an_entry_in_the_deviations() -> None:
    deviations = (ROOT / "docs" / "deviations.md").read_text()
    paths = [path for folder in (*PYTHON_SOURCES, "tests") for path in files(folder, ".py")]
    paths += files("frontend/src", *FRONTEND_SUFFIXES)
    words = "|".join(UNFINISHED)
    marker = re.compile(rf"(?:#|//|/\*).*\b(?:{words})\b(?:\(([^)]*)\))?")
    unknown = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in paths
        for match in marker.finditer(path.read_text())
        if not match[1] or match[1] not in deviations
    ]
    assert unknown == []


def test_every_module_starts_with_a_sentence_of_purpose() -> None:
    silent = [
        source.name
        for source in sources(*PYTHON_SOURCES)
        if source.text.strip() and not _has_docstring(source)
    ]
    assert silent == []


def test_files_are_named_by_what_they_hold() -> None:
    assert [
        s.name for s in sources(*PYTHON_SOURCES, "tests") if set(s.path.with_suffix("").parts) & BANNED_NAMES
    ] == []


def test_every_type_ignore_names_its_error_and_reason() -> None:
    marker = re.compile(r"# type: ignore(.*)")
    reason = re.compile(r"\[[\w, -]+\]  # \S.*")
    bare = [
        f"{source.name}: {match[0]}"
        for source in sources(*PYTHON_SOURCES)
        for match in marker.finditer(source.text)
        if not reason.fullmatch(match[1])
    ]
    assert bare == []


def test_lock_files_name_no_registry() -> None:
    locks = [*ROOT.glob("requirements*.txt"), ROOT / "frontend" / "package-lock.json"]
    named = re.compile(r'--(?:extra-)?index-url|"resolved": "http|https?://[^\s"]*(?:simple|registry)')
    assert [path.name for path in locks if named.search(path.read_text())] == []
    for path in ROOT.glob("requirements*.txt"):
        pinned = re.findall(r"^[a-z0-9][^=\s]*==", path.read_text(), re.MULTILINE)
        assert pinned, path.name
        assert path.read_text().count("--hash=sha256:") >= len(pinned), path.name


def test_tests_and_sources_keep_their_proportion() -> None:
    source = code_lines([*files("simcore", ".py"), *files("clusterlab", ".py")])
    tests = code_lines(files("tests", ".py"))
    least, most = TESTS_TO_SOURCES
    assert least <= tests / source <= most, f"{tests} test lines, {source} source lines"


def _broad_handlers(source: Source) -> int:
    handlers = [node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    return sum(handler.type is None or not _names(handler.type).isdisjoint(BROAD) for handler in handlers)


BROAD = {"Exception", "BaseException"}


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def _has_docstring(source: Source) -> bool:
    return ast.get_docstring(source.tree) is not None
