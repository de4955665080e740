"""Makes a tree of a script's words: lists, `&&` and `||`, pipelines, loops, conditions, choices and functions."""

from __future__ import annotations

from dataclasses import dataclass

from simcore.kubelet.runtime.shell.words import (
    HereDocument,
    Operator,
    Piece,
    ShellSyntaxError,
    Token,
    Word,
    plain,
    tokenize,
)

MAX_DEPTH = 25

_ENDS = ("then", "do", "done", "fi", "else", "elif", "esac", "}")
_TO_FILE = {">": 1, ">>": 1, "2>": 2, "2>>": 2, "&>": 3}
_JOINS = ("2>&1", ">&2", "1>&2")


@dataclass(frozen=True)
class Redirection:
    """Where a command's streams go. `stream`: 1 output, 2 errors, 3 both."""

    stream: int
    path: Word
    append: bool = False


@dataclass(frozen=True)
class Streams:
    """All that is said about a command's streams."""

    redirections: tuple[Redirection, ...] = ()
    joins: str = ""
    """`2>&1`, `>&2`: one stream goes where the other does."""
    source: Word | None = None
    """The file that feeds it."""
    document: Word | None = None
    """The here-document that feeds it."""


UNTOUCHED = Streams()


@dataclass(frozen=True)
class Simple:
    """Assignments, then a command with its arguments."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Redirected:
    """A command whose streams go elsewhere."""

    command: Node
    streams: Streams


@dataclass(frozen=True)
class Pipeline:
    commands: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class AndOr:
    """`first`, then each pipeline if the status before it is what its operator asks for."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Sequence:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Subshell:
    """`( ... )`: what it sets and where it goes is lost, and `exit` leaves only it."""

    body: Node


@dataclass(frozen=True)
class Loop:
    """while, or with `until` until."""

    condition: Node
    body: Node
    until: bool = False


@dataclass(frozen=True)
class For:
    variable: str
    values: tuple[Word, ...]
    body: Node


@dataclass(frozen=True)
class If:
    condition: Node
    body: Node
    otherwise: Node | None


@dataclass(frozen=True)
class Case:
    word: Word
    branches: tuple[tuple[tuple[Word, ...], Node], ...]
    """The first branch with a pattern that fits is taken."""


@dataclass(frozen=True)
class Function:
    name: str
    body: Node


@dataclass(frozen=True)
class Background:
    """A command with `&` behind it: it goes on beside the script."""

    command: Node


Node = (
    Simple | Redirected | Pipeline | AndOr | Sequence | Subshell | Loop | For | If | Case | Function | Background
)  # fmt: skip


def parse(script: str) -> Node:
    """Raises: ShellSyntaxError."""
    parser = _Parser(tokenize(script))
    tree = parser.sequence()
    if parser.peek() is not None:
        raise parser.unexpected()
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self, ahead: int = 0) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def unexpected(self) -> ShellSyntaxError:
        token = self.peek()
        if token is None:
            return ShellSyntaxError("syntax error: unexpected end of file")
        if isinstance(token, HereDocument):
            return ShellSyntaxError("syntax error: unexpected redirection")
        text = token.text if isinstance(token, Operator) else "".join(piece.text for piece in token)
        return ShellSyntaxError(f'syntax error: unexpected "{text if text != chr(10) else "newline"}"')

    def _skip(self, *operators: str) -> str:
        token = self.peek()
        if isinstance(token, Operator) and token.text in operators:
            self.at += 1
            return token.text
        return ""

    def _skip_lines(self) -> None:
        while self._skip("\n"):
            pass

    def _expect(self, word: str) -> None:
        if plain(self.peek()) != word:
            raise self.unexpected()
        self.at += 1

    def _expect_operator(self, operator: str) -> None:
        if not self._skip(operator):
            raise self.unexpected()

    def sequence(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShellSyntaxError("syntax error: nested too deeply")
        items: list[Node] = []
        while True:
            while self._skip(";", "\n"):
                pass
            token = self.peek()
            if (
                token is None
                or plain(token) in _ENDS
                or (isinstance(token, Operator) and token.text in (")", ";;"))
            ):
                break
            item = self._and_or()
            items.append(Background(item) if self._skip("&") else item)
            if not isinstance(self.peek(), Operator) and self.tokens[self.at - 1] != Operator("&"):
                break
        self.depth -= 1
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _and_or(self) -> Node:
        first, rest = self._pipeline(), []
        while operator := self._skip("&&", "||"):
            self._skip_lines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> Node:
        negated = plain(self.peek()) == "!"
        self.at += negated
        commands = [self._command()]
        while self._skip("|"):
            self._skip_lines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated) if negated or len(commands) > 1 else commands[0]

    def _command(self) -> Node:
        compound = {
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "if": self._if,
            "case": self._case,
            "{": self._group,
        }
        word = plain(self.peek()) or ""
        make = compound.get(word)
        if make is not None:
            return self._with_streams(make())
        if self._skip("("):
            body = self.sequence()
            self._expect_operator(")")
            return self._with_streams(Subshell(body))
        if word.isidentifier() and self.peek(1) == Operator("(") and self.peek(2) == Operator(")"):
            self.at += 3
            self._skip_lines()
            return Function(word, self._command())
        return self._simple()

    def _with_streams(self, made: Node) -> Node:
        said = _Said()
        while self._redirection(said):
            pass
        streams = said.streams()
        return Redirected(made, streams) if streams != UNTOUCHED else made

    def _simple(self) -> Node:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        said = _Said()
        while self._redirection(said) or isinstance(self.peek(), tuple):
            token = self.peek()
            if not isinstance(token, tuple):
                continue
            self.at += 1
            assignment = None if words else _assignment(token)
            if assignment is not None:
                assignments.append(assignment)
            else:
                words.append(token)
        streams = said.streams()
        if not words and not assignments and streams == UNTOUCHED:
            raise self.unexpected()
        made = Simple(tuple(assignments), tuple(words))
        return Redirected(made, streams) if streams != UNTOUCHED else made

    def _redirection(self, said: _Said) -> bool:
        """Takes one, if there is one."""
        operator = self._skip(*_TO_FILE, *_JOINS, "<", "<<", "<<-")
        if not operator:
            return False
        if operator in _JOINS:
            said.joins = operator
            return True
        target = self.peek()
        if isinstance(target, HereDocument):
            said.document = target.body
        elif not isinstance(target, tuple) or operator.startswith("<<"):
            raise self.unexpected()
        elif operator == "<":
            said.source = target
        else:
            said.redirections.append(Redirection(_TO_FILE[operator], target, ">>" in operator))
        self.at += 1
        return True

    def _group(self) -> Node:
        self._expect("{")
        body = self.sequence()
        self._expect("}")
        return body

    def _body(self) -> Node:
        self._expect("do")
        body = self.sequence()
        self._expect("done")
        return body

    def _loop(self) -> Node:
        until = plain(self.peek()) == "until"
        self.at += 1
        return Loop(self.sequence(), self._body(), until)

    def _for(self) -> Node:
        self._expect("for")
        variable = plain(self.peek())
        if variable is None or not variable.isidentifier():
            raise self.unexpected()
        self.at += 1
        values: list[Word] = []
        if plain(self.peek()) == "in":
            self.at += 1
            while isinstance(token := self.peek(), tuple):
                values.append(token)
                self.at += 1
        else:
            values.append((Piece("@", "variable"),))
        while self._skip(";", "\n"):
            pass
        return For(variable, tuple(values), self._body())

    def _if(self) -> Node:
        self.at += 1
        condition = self.sequence()
        self._expect("then")
        body = self.sequence()
        otherwise: Node | None = None
        if plain(self.peek()) == "elif":
            return If(condition, body, self._if())
        if plain(self.peek()) == "else":
            self.at += 1
            otherwise = self.sequence()
        self._expect("fi")
        return If(condition, body, otherwise)

    def _case(self) -> Node:
        self._expect("case")
        word = self.peek()
        if not isinstance(word, tuple):
            raise self.unexpected()
        self.at += 1
        self._skip_lines()
        self._expect("in")
        branches: list[tuple[tuple[Word, ...], Node]] = []
        self._skip_lines()
        while plain(self.peek()) != "esac":
            branches.append((self._patterns(), self.sequence()))
            self._skip(";;")
            self._skip_lines()
        self._expect("esac")
        return Case(word, tuple(branches))

    def _patterns(self) -> tuple[Word, ...]:
        self._skip("(")
        found: list[Word] = []
        while isinstance(token := self.peek(), tuple):
            found.append(token)
            self.at += 1
            if not self._skip("|"):
                break
        self._expect_operator(")")
        return tuple(found)


class _Said:
    """What has been read of a command's streams so far."""

    def __init__(self) -> None:
        self.redirections: list[Redirection] = []
        self.joins = ""
        self.source: Word | None = None
        self.document: Word | None = None

    def streams(self) -> Streams:
        return Streams(tuple(self.redirections), self.joins, self.source, self.document)


def _assignment(token: Word) -> tuple[str, Word] | None:
    first = token[0]
    name, equals, value = first.text.partition("=")
    if not equals or first.kind != "text" or first.quoted or not name.isidentifier():
        return None
    return name, (*((Piece(value),) if value else ()), *token[1:])
