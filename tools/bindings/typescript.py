"""lab/packages/wasm/src/raw.ts: a typed, documented method for each export, the enums, and the structs."""

import re
import textwrap

from bindings.headers import layout

HEAD = """// Written by tools/gen_bindings from engine/include/jfhe; do not edit.
// Raw calls: addresses in, numbers out. memory.ts moves the data; engine.ts loads the module.

/** An address in the engine's memory of something of C type `T`. */
export type Ptr<T extends string = string> = number & { readonly __to: T };

/** The address of nothing. */
export const NULL = 0 as Ptr<never>;

/** What a jfhe.wasm exports: integers and addresses are i32, `double` is f64. */
export type Exports = Readonly<Record<(typeof EXPORTS)[number], (...args: number[]) => number>> & {
  readonly memory: WebAssembly.Memory;
  readonly _initialize?: () => void;
};
"""
READERS = {"uint8_t": "getUint8", "int8_t": "getInt8", "uint32_t": "getUint32", "int32_t": "getInt32",
           "int": "getInt32", "uint64_t": "getBigUint64", "int64_t": "getBigInt64", "double": "getFloat64"}
GLOBALS = {"Object", "Error", "Function", "Map", "Set", "Array"}  # of JavaScript: not to be hidden
RESERVED = {"in", "with", "delete", "new", "function", "default", "var", "this", "class", "enum", "export", "import"}


def camel(name):
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def pascal(name):
    name = camel(name.removeprefix("jfhe_"))
    name = name[:1].upper() + name[1:]
    return name + "Kind" if name in GLOBALS else name


def doc(text, indent=""):
    if not text:
        return ""
    lines = text.replace("*/", "* /").split("\n")
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


# ---- constants ----
def common_prefix(names):
    """What all members begin with, up to an underscore."""
    words = [n.split("_") for n in names]
    count = 0
    while all(len(w) > count + 1 and w[count] == words[0][count] for w in words):
        count += 1
    return "_".join(words[0][:count]) + "_" if count else ""


def enum(item):
    if item.name is None:
        return "".join(doc(note) + f"export const {name.removeprefix('JFHE_')} = {value};\n"
                       for name, value, note in item.members)
    name, prefix = pascal(item.name), common_prefix([m for m, _, _ in item.members])
    if len(item.members) == 1:
        prefix = item.members[0][0].rpartition("_")[0] + "_"
    rows = ",\n".join(doc(note, "  ") + f"  {member.removeprefix(prefix)}: {value}"
                      for member, value, note in item.members)
    return (doc(item.doc) + f"export const {name} = {{\n{rows}\n}} as const;\n"
            f"export type {name} = (typeof {name})[keyof typeof {name}];\n")


# ---- structs ----
def field_type(item):
    if item.struct:
        return pascal(item.type.base)
    if item.count:
        return "Uint8Array"
    return "bigint" if READERS[item.type.base].startswith("getBig") else "number"


def field_value(item, offset):
    where = f"at + {offset}" if offset else "at"
    if item.struct:
        return f"read{pascal(item.type.base)}(memory, ({where}) as Ptr<'{item.type.base}'>)"
    if item.count:
        return f"new Uint8Array(memory, {where}, {item.count}).slice()"
    little = "" if item.type.base in ("uint8_t", "int8_t") else ", true"
    return f"view.getX({where}{little})".replace("getX", READERS[item.type.base])


def struct(item):
    name, (offsets, size, _) = pascal(item.name), layout(item)
    for f in item.fields:
        if f.count and (f.struct or f.type.base != "uint8_t"):
            raise ValueError(f"{item.name}.{f.name}: arrays are of bytes here")
    rows = [(camel(f.name), f, offset) for f, offset in zip(item.fields, offsets) if f.name != "pad"]
    types = "".join(doc(f.doc, "  ") + f"  readonly {key}: {field_type(f)};\n" for key, f, _ in rows)
    values = ",\n".join(f"    {key}: {field_value(f, offset)}" for key, f, offset in rows)
    return (doc(item.doc) + f"export interface {name} {{\n{types}}}\n\n"
            f"/** Bytes of a {item.name}. */\nexport const {item.name.removeprefix('jfhe_').upper()}_BYTES = {size};\n\n"
            f"/** A copy of the {item.name} at an address. */\n"
            f"export function read{name}(memory: ArrayBuffer, at: Ptr<'{item.name}'>): {name} {{\n"
            f"  const view = new DataView(memory);\n  return {{\n{values}\n  }};\n}}\n")


# ---- calls ----
def argument_type(kind):
    if not kind.stars:
        return "number"
    return "Ptr" if kind.base == "void" else f"Ptr<'{kind.base}{'*' * (kind.stars - 1)}'>"


def local(name):
    return camel(name) + ("_" if name in RESERVED else "")


def fill(line):
    """A line of code, broken between arguments where it is long."""
    indent = " " * (len(line) - len(line.lstrip()))
    return "\n".join(textwrap.wrap(line.strip(), 120, initial_indent=indent, subsequent_indent=indent + "  ",
                                   break_long_words=False, break_on_hyphens=False)) + "\n"


def call(function):
    params = [(local(p.name), argument_type(p.type)) for p in function.params]
    typed = ", ".join(f"{name}: {kind}" for name, kind in params)
    inner = f"this.x.{function.name}({', '.join(name for name, _ in params)})"
    returns = function.returns
    if returns.base == "jfhe_status" and not returns.stars:
        kind, body = "void", f"this.check({inner});"
    elif returns.base == "void" and not returns.stars:
        kind, body = "void", f"{inner};"
    elif returns.stars:
        kind = argument_type(returns)
        body = f"return ({inner} >>> 0) as {kind};"
    elif returns.base in ("uint32_t", "size_t"):  # i32 is signed where it meets JavaScript
        kind, body = "number", f"return {inner} >>> 0;"
    else:
        kind, body = "number", f"return {inner};"
    head = f"  {camel(function.name.removeprefix('jfhe_'))}("
    return doc(function.doc, "  ") + fill(f"{head}{typed}): {kind} {{") + fill(f"    {body}") + "  }\n"


def calls(model):
    """The class of all calls, a heading where the header changes."""
    out, header = [], None
    for function in model.functions:
        if model.calls_back(function):
            continue
        if function.header != header:
            header = function.header
            out.append(f"  // ---- {header} ----\n")
        out.append(call(function))
    return ("/** One method an export. Those that return a status throw what `fail` makes of a failure. */\n"
            "export class Calls {\n  constructor(\n    private readonly x: Exports,\n"
            "    private readonly fail: (status: number) => Error\n  ) {}\n\n"
            "  private check(status: number): void {\n    if (status !== 0) throw this.fail(status);\n  }\n\n"
            + "\n".join(out) + "}\n")


def exported(model, extra):
    names = sorted([f.name for f in model.functions if not model.calls_back(f)] + extra)
    rows = ",\n".join(f"  '{name}'" for name in names)
    return f"/** The names that a jfhe.wasm of this version exports. */\nexport const EXPORTS = [\n{rows}\n] as const;\n"


def handles(model):
    rows = "".join(f" * - `Ptr<'{h.name}'>`" + (": " + re.sub(r"\s+", " ", h.doc) if h.doc else "") + "\n"
                   for h in model.handles)
    return f"/*\n * Handles are addresses too:\n{rows} */\n"


def write(model, extra):
    """The whole module."""
    parts = [HEAD, handles(model), *map(enum, model.enums), *map(struct, model.structs), exported(model, extra),
             calls(model)]
    return "\n".join(parts)
