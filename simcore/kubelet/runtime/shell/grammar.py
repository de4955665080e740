"""Makes a tree of a script's words: lists, `&&` and `||`, pipelines, loops and conditions."""

from __future__ import annotations

from dataclasses import dataclass

from simcore.kubelet.runtime.shell.words import Operator, ShellSyntaxError, Token, Word, plain, tokenize

MAX_DEPTH = 25

_ENDS = ("then", "do", "done", "fi", "else", "elif", "}")


@dataclass(frozen=True)
class Simple:
    """Assignments, then a command with its arguments."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    output: Word | None = None
    """The file that takes what it prints."""
    append: bool = False


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
class Background:
    """A command with `&` behind it: what it does goes on beside the script and isn't followed."""

    command: Node


Node = Simple | Pipeline | AndOr | Sequence | Loop | For | If | Background


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

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def unexpected(self) -> ShellSyntaxError:
        token = self.peek()
        if token is None:
            return ShellSyntaxError("syntax error: unexpected end of file")
        text = token.text if isinstance(token, Operator) else "".join(piece.text for piece in token)
        return ShellSyntaxError(f'syntax error: unexpected "{text if text != chr(10) else "newline"}"')

    def _skip(self, *operators: str) -> str:
        token = self.peek()
        if isinstance(token, Operator) and token.text in operators:
            self.at += 1
            return token.text
        return ""

    def _expect(self, word: str) -> None:
        if plain(self.peek()) != word:
            raise self.unexpected()
        self.at += 1

    def sequence(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShellSyntaxError("syntax error: nested too deeply")
        items: list[Node] = []
        while True:
            while self._skip(";", "\n"):
                pass
            token = self.peek()
            if token is None or plain(token) in _ENDS or (isinstance(token, Operator) and token.text == ")"):
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
            while self._skip("\n"):
                pass
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> Node:
        negated = plain(self.peek()) == "!"
        self.at += negated
        commands = [self._command()]
        while self._skip("|"):
            commands.append(self._command())
        return Pipeline(tuple(commands), negated) if negated or len(commands) > 1 else commands[0]

    def _command(self) -> Node:
        compound = {
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "if": self._if,
            "{": self._group,
        }
        make = compound.get(plain(self.peek()) or "")
        if make is not None:
            made = make()
            self._redirections()
            return made
        if self._skip("("):
            body = self.sequence()
            if not self._skip(")"):
                raise self.unexpected()
            return body
        return self._simple()

    def _simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        output, append = self._redirections()
        while isinstance(token := self.peek(), tuple):
            self.at += 1
            name, equals, value = token[0].text.partition("=")
            if (
                not words
                and equals
                and token[0].kind == "text"
                and not token[0].quoted
                and name.isidentifier()
            ):
                first = (type(token[0])(value),) if value else ()
                assignments.append((name, (*first, *token[1:])))
            else:
                words.append(token)
            later, later_append = self._redirections()
            if later is not None:
                output, append = later, later_append
        if not words and not assignments and output is None:
            raise self.unexpected()
        return Simple(tuple(assignments), tuple(words), output, append)

    def _redirections(self) -> tuple[Word | None, bool]:
        """The file to which standard output goes, if any, and whether it is added to what is there."""
        output, append = None, False
        while operator := self._skip(">", ">>", "<", "2>", "2>&1", ">&2", "1>&2"):
            if operator in (">", ">>", "<", "2>"):
                word = self.peek()
                if not isinstance(word, tuple):
                    raise self.unexpected()
                self.at += 1
                if operator in (">", ">>"):
                    output, append = word, operator == ">>"
        return output, append

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
