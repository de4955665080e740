"""Cuts a script into words and operators."""

from __future__ import annotations

from dataclasses import dataclass

OPERATORS = (
    "&&", "||", ";;", "2>&1", "1>&2", ">&2", "2>>", "&>", ">>", "2>", "<<-", "<<", ";", "|", "&", "(", ")", "<", ">",
    "\n",
)  # fmt: skip


class ShellSyntaxError(ValueError):
    """The script cannot be read; the message is what a shell would say."""


@dataclass(frozen=True)
class Piece:
    """Part of a word: text, or something to be put in its place."""

    text: str
    kind: str = "text"
    """text, variable, command or arithmetic."""
    quoted: bool = False


Word = tuple[Piece, ...]


@dataclass(frozen=True)
class Operator:
    text: str


def plain(token: Token | None) -> str | None:
    """The token's text if it is one unquoted piece of text: what a reserved word must be."""
    if isinstance(token, tuple) and len(token) == 1 and token[0].kind == "text" and not token[0].quoted:
        return token[0].text
    return None


def expanding(text: str) -> Word:
    """A text in which `$` has its meaning and quotes have none."""
    return tuple(_Lexer(text).document())


def tokenize(script: str) -> list[Token]:
    """Raises: ShellSyntaxError."""
    return _Lexer(script).tokens()


@dataclass(frozen=True)
class HereDocument:
    """The lines that `<<` announces."""

    body: Word


Token = Word | Operator | HereDocument


class _Lexer:
    def __init__(self, script: str) -> None:
        self.script, self.at = script, 0
        self.announced: list[
            tuple[int, bool]
        ] = []  # here-documents of this line: (index of the token, indented)

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while self.at < len(self.script):
            char = self.script[self.at]
            if char in " \t":
                self.at += 1
            elif self.script.startswith("\\\n", self.at):
                self.at += 2
            elif char == "#":
                end = self.script.find("\n", self.at)
                self.at = len(self.script) if end < 0 else end
            elif operator := self._operator():
                if operator.startswith("<<"):
                    self.announced.append((len(found), operator == "<<-"))
                found.append(Operator(operator))
                if operator == "\n" and self.announced:
                    self._read_documents(found)
            else:
                found.append(self._word())
        return found

    def _read_documents(self, found: list[Token]) -> None:
        """Puts each document in the place of the word that ends it."""
        for index, indented in self.announced:
            ending = found[index + 1] if index + 1 < len(found) else None
            if not isinstance(ending, tuple):
                raise ShellSyntaxError('syntax error: unexpected "<<"')
            last, raw = "".join(piece.text for piece in ending), any(piece.quoted for piece in ending)
            lines: list[str] = []
            while self.at < len(self.script):
                end = self.script.find("\n", self.at)
                line = self.script[self.at : end if end >= 0 else len(self.script)]
                self.at = end + 1 if end >= 0 else len(self.script)
                line = line.lstrip("\t") if indented else line
                if line == last:
                    break
                lines.append(line)
            text = "\n".join(lines)
            found[index + 1] = HereDocument((Piece(text, quoted=True),) if raw else expanding(text))
        self.announced.clear()

    def _operator(self) -> str:
        for operator in OPERATORS:
            if self.script.startswith(operator, self.at):
                self.at += len(operator)
                return operator
        return ""

    def _word(self) -> Word:
        pieces: list[Piece] = []
        while self.at < len(self.script) and self.script[self.at] not in " \t\n;&|()<>":
            char = self.script[self.at]
            if char == "'":
                pieces.append(Piece(self._until("'"), quoted=True))
            elif char == '"':
                pieces.extend(self._double_quoted())
            elif char in "$`":
                pieces.append(self._expansion(quoted=False))
            elif char == "\\":
                pieces.append(Piece(self.script[self.at + 1 : self.at + 2], quoted=True))
                self.at += 2
            else:
                pieces.append(Piece(self._run_of_text()))
        return tuple(pieces)

    def _run_of_text(self) -> str:
        start = self.at
        while self.at < len(self.script) and self.script[self.at] not in " \t\n;&|()<>'\"$`\\":
            self.at += 1
        return self.script[start : self.at]

    def _until(self, quote: str) -> str:
        end = self.script.find(quote, self.at + 1)
        if end < 0:
            raise ShellSyntaxError("syntax error: unterminated quoted string")
        text, self.at = self.script[self.at + 1 : end], end + 1
        return text

    def _double_quoted(self) -> list[Piece]:
        self.at += 1
        pieces = [Piece("", quoted=True)]
        while self.at < len(self.script):
            char = self.script[self.at]
            if char == '"':
                self.at += 1
                return pieces
            if char in "$`":
                pieces.append(self._expansion(quoted=True))
            else:
                if char == "\\" and self.script[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\"):
                    self.at += 1
                pieces.append(Piece(self.script[self.at], quoted=True))
                self.at += 1
        raise ShellSyntaxError("syntax error: unterminated quoted string")

    def document(self) -> list[Piece]:
        pieces = [Piece("", quoted=True)]
        while self.at < len(self.script):
            char = self.script[self.at]
            if char in "$`":
                pieces.append(self._expansion(quoted=True))
                continue
            if char == "\\" and self.script[self.at + 1 : self.at + 2] in ("$", "`", "\\"):
                self.at += 1
            pieces.append(Piece(self.script[self.at], quoted=True))
            self.at += 1
        return pieces

    def _expansion(self, *, quoted: bool) -> Piece:
        if self.script[self.at] == "`":
            return Piece(self._until("`"), "command", quoted)
        rest = self.script[self.at + 1 :]
        if rest.startswith("(("):
            text = self._bracketed(2, "))")
            return Piece(text, "arithmetic", quoted)
        if rest.startswith("("):
            return Piece(self._bracketed(1, ")"), "command", quoted)
        if rest.startswith("{"):
            return Piece(self._bracketed(1, "}"), "variable", quoted)
        length = 0
        while length < len(rest) and (rest[length].isalnum() or rest[length] == "_"):
            length += 1
        if not length and rest[:1] in ("?", "#", "$", "@", "*", "!"):
            length = 1
        self.at += 1 + length
        return Piece(rest[:length], "variable", quoted) if length else Piece("$", quoted=quoted)

    def _bracketed(self, opening: int, closing: str) -> str:
        """The text up to the closing bracket that matches, nested ones included."""
        start = self.at + 1 + opening
        depth, at = 1, start
        opener = self.script[start - 1]
        while at < len(self.script):
            if self.script[at] == opener:
                depth += 1
            elif self.script[at] == closing[0]:
                depth -= 1
                if depth == 0:
                    self.at = at + len(closing)
                    return self.script[start:at]
            at += 1
        raise ShellSyntaxError(f'syntax error: unexpected end of file (expecting "{closing}")')
