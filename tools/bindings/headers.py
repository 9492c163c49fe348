"""Read the public headers, preprocessed with their comments, into a model.

Only what such a header may hold is understood: opaque handles, structs of plain fields, enums, function pointer
types and exported functions. Anything else, and what a WebAssembly host could not call (a struct or a 64-bit
integer by value, a variadic function, an argument without a name), raises Refused with its place.
"""

import os
import re
import subprocess
import textwrap
from dataclasses import dataclass, field

SIZES = {"uint8_t": 1, "int8_t": 1, "char": 1, "uint32_t": 4, "int32_t": 4, "int": 4, "uint64_t": 8, "int64_t": 8,
         "double": 8}
BY_VALUE = {"uint32_t", "int32_t", "int", "size_t", "double", "void"}

TOKEN = re.compile(
    r"(?P<line>^#[^\n]*$)|(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<word>\w+)"
    r"|(?P<dots>\.\.\.)|(?P<sign>[^\s\w])", re.S | re.M)
MARKER = re.compile(r'#\s*(?:line\s+)?(\d+)\s+"([^"]*)"')


class Refused(Exception):
    """A declaration that no binding can carry; the message says where it is."""


@dataclass(frozen=True)
class Type:
    """``const T *const *`` is base ``T``, two stars, const."""

    base: str
    stars: int = 0
    const: bool = False


@dataclass
class Param:
    name: str
    type: Type
    count: int = 0  # elements of an array field; 0 for a scalar
    doc: str = ""
    struct: "Struct | None" = None  # of a field that is a struct itself


@dataclass
class Function:
    name: str
    returns: Type
    params: list
    doc: str
    header: str


@dataclass
class Enum:
    name: str | None
    members: list  # (name, value, doc)
    doc: str
    typedef: bool = False  # whether its name is a type by itself


@dataclass
class Struct:
    name: str
    fields: list
    doc: str


@dataclass
class Handle:
    name: str
    doc: str


@dataclass
class Callback:
    name: str
    returns: Type
    params: list
    doc: str


@dataclass
class Model:
    functions: list = field(default_factory=list)
    enums: list = field(default_factory=list)
    structs: list = field(default_factory=list)
    handles: list = field(default_factory=list)
    callbacks: dict = field(default_factory=dict)  # by name, in the order of the headers

    def calls_back(self, function):
        """Whether a host must hand over a function of its own."""
        return any(p.type.base in self.callbacks for p in function.params)


@dataclass
class Token:
    kind: str
    text: str
    header: str
    line: int


def preprocess(include, headers):
    """The headers after the preprocessor, comments kept, JFHE_API left as a word to find functions by."""
    command = [os.environ.get("CC", "cc"), "-E", "-C", "-DJFHE_API=JFHE_API", f"-I{include}", "-x", "c", "-"]
    source = "".join(f'#include "{header}"\n' for header in headers)
    return subprocess.run(command, input=source, check=True, capture_output=True, text=True).stdout


def tokens_of(text):
    """The tokens that come from our own headers."""
    out, header, base, start = [], "", 1, 0
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "line":
            if marker := MARKER.match(match[0]):
                header, base, start = marker[2], int(marker[1]), match.end() + 1
            continue
        if "jfhe/" in header:
            line = base + text.count("\n", start, match.start())
            out.append(Token(kind, match[0], header[header.index("jfhe/"):], line))
    return out


def doc_of(comment):
    """A doc comment as plain lines, what all but the first are indented by taken away."""
    first, *rest = re.sub(r"^/\*\*<?|\*/$", "", comment).split("\n")
    rest = textwrap.dedent("\n".join(re.sub(r"^\s*\* ?", "", line).rstrip() for line in rest))
    return f"{first.strip()}\n{rest}".strip()


class Parser:
    """Recursive descent over the tokens of headers."""

    def __init__(self, tokens):
        self.tokens, self.at, self.doc = tokens, 0, ""
        self.model, self.constants = Model(), {}

    # ---- tokens ----
    def peek(self):
        """The next token that is no comment; a doc comment on the way waits in self.doc."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "comment":
            text = self.tokens[self.at].text
            self.doc = doc_of(text) if text.startswith("/**") and not text.startswith("/**<") else ""
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, want=None):
        token = self.peek()
        if token is None or (want is not None and token.text != want):
            self.refuse(f"{want or 'more'} expected" + (f", not {token.text}" if token else ""))
        self.at += 1
        return token.text

    def accept(self, text):
        token = self.peek()
        if token is not None and token.text == text:
            self.at += 1
            return True
        return False

    def trailing(self):
        """The ``/**< ... */`` that stands here, if any."""
        if self.at < len(self.tokens) and self.tokens[self.at].text.startswith("/**<"):
            self.at += 1
            return doc_of(self.tokens[self.at - 1].text)
        return ""

    def take_doc(self):
        doc, self.doc = self.doc, ""
        return doc

    def refuse(self, why):
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        raise Refused(f"{token.header}:{token.line}: {why}")

    # ---- declarations ----
    def parse(self):
        while (token := self.peek()) is not None:
            if token.text == "JFHE_API":
                self.function()
            elif token.text == "typedef":
                self.typedef()
            elif token.text == "enum":
                self.take()
                self.enum(self.take_doc())
                self.take(";")
            else:
                self.refuse(f"a public header does not hold {token.text} here")
        return self.model

    def attributes(self):
        while self.accept("__attribute__"):
            depth = 0
            while True:
                depth += {"(": 1, ")": -1}.get(self.take(), 0)
                if depth == 0:
                    break

    def type(self):
        const = self.accept("const")
        for tag in ("struct", "enum", "unsigned", "long", "short"):
            if self.accept(tag):
                self.refuse(f"a type is one word here, not {tag} ...")
        base, stars = self.take(), 0
        while True:
            if self.accept("*"):
                stars += 1
            elif not self.accept("const"):
                return Type(base, stars, const)

    def params(self):
        out = []
        self.take("(")
        if self.accept("void"):
            if self.accept(")"):
                return out
            self.at -= 1
        while True:
            if self.peek().kind == "dots":
                self.refuse("no variadic functions")
            kind = self.type()
            if self.peek().kind != "word":
                self.refuse("an argument without a name")
            out.append(Param(self.take(), kind))
            if not self.accept(","):
                self.take(")")
                return out

    def function(self):
        self.take("JFHE_API")
        doc, header = self.take_doc(), self.peek().header
        self.attributes()
        returns, name = self.type(), self.take()
        function = Function(name, returns, self.params(), doc, header)
        self.take(";")
        function.doc = function.doc or self.trailing()
        for kind in [returns] + [p.type for p in function.params]:
            self.check(kind, name)
        self.model.functions.append(function)

    def check(self, kind, name):
        enums = {e.name for e in self.model.enums}
        known = kind.stars or kind.base in BY_VALUE | enums | set(self.model.callbacks)
        if not known:
            self.refuse(f"{name}: {kind.base} by value")

    def typedef(self):
        self.take("typedef")
        doc = self.take_doc()
        if self.accept("enum"):
            name = self.enum(doc, typedef=True)
            self.take(name)
            self.take(";")
        elif self.accept("struct"):
            name = self.take()
            if self.accept("{"):
                self.model.structs.append(Struct(name, self.fields(), doc))
            else:
                self.model.handles.append(Handle(name, doc))
            self.take(name)
            self.take(";")
        else:
            returns = self.type()
            self.take("(")
            self.take("*")
            name = self.take()
            self.take(")")
            self.model.callbacks[name] = Callback(name, returns, self.params(), doc)
            self.take(";")
        self.take_doc()

    def fields(self):
        out, structs = [], {s.name: s for s in self.model.structs}
        while not self.accept("}"):
            kind, name, count = self.type(), self.take(), 0
            if kind.base not in {**SIZES, **structs} or kind.stars:
                self.refuse(f"field {name}: {kind.base} has not the same size everywhere")
            if self.accept("["):
                count = self.number(self.take())
                self.take("]")
            self.take(";")
            out.append(Param(name, kind, count, self.trailing(), structs.get(kind.base)))
        return out

    def number(self, text):
        return self.constants[text] if text in self.constants else int(text.rstrip("uUlL"), 0)

    def enum(self, doc, typedef=False):
        name = None if self.peek().text == "{" else self.take()
        self.take("{")
        members, value = [], 0
        while not self.accept("}"):
            member = self.take()
            if self.accept("="):
                sign = -1 if self.accept("-") else 1
                value = sign * self.number(self.take())
                if self.tokens[self.at].text == "<":  # looked at, not peeked: a comment may stand here that `note` is made of
                    self.take("<")
                    self.take("<")
                    value <<= self.number(self.take())
            note = self.trailing()
            comma = self.accept(",")
            if not comma and self.peek().text != "}":
                self.refuse(f"{member}: a value is a number, perhaps shifted, not more")
            members.append((member, value, note or (self.trailing() if comma else "")))
            self.constants[member] = value
            value += 1
        self.model.enums.append(Enum(name, members, doc, typedef))
        self.take_doc()
        return name


def read(include, headers):
    """The model of headers, as ``#include`` would find them under a folder."""
    return Parser(tokens_of(preprocess(include, headers))).parse()


def layout(struct):
    """(offset of each field, size, alignment): the C rules, for types of one size everywhere."""
    offsets, at, align = [], 0, 1
    for item in struct.fields:
        _, size, unit = layout(item.struct) if item.struct else (None, *2 * (SIZES[item.type.base],))
        at = (at + unit - 1) // unit * unit
        offsets.append(at)
        at += size * (item.count or 1)
        align = max(align, unit)
    return offsets, (at + align - 1) // align * align, align
