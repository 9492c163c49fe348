"""python/native/*.cdef: the headers in the C that cffi reads.

Each function pointer type gets a trampoline besides: an ``extern "Python"`` function of its signature, which Python fills
with ``ffi.def_extern`` and passes where the engine wants a function (docs/adr/0014).
"""

import textwrap


def spelled(kind, name=""):
    """A declaration: ``const jfhe_ct *const *in`` and the like, without the inner const, which cffi does not check."""
    return f"{'const ' if kind.const else ''}{kind.base} {'*' * kind.stars}{name}".rstrip()


def listed(parts, first="", rest="    "):
    """Parts with commas between, lines broken after commas alone."""
    glued = ", ".join(parts).replace(" ", "\0").replace(",\0", ", ")
    return textwrap.fill(glued, 120, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False).replace("\0", " ")


def prototype(returns, name, params):
    arguments = [spelled(p.type, p.name) for p in params] or ["void"]
    return listed(arguments, f"{spelled(returns, name)}(") + ");"


def enum(item):
    """Values are written out: the compiler is asked whether they are right."""
    body = listed([f"{name} = {value}" for name, value, _ in item.members], "    ")
    name = f" {item.name}" if item.name else ""
    return f"typedef enum{name} {{\n{body}\n}}{name};" if item.typedef else f"enum{name} {{\n{body}\n}};"


def struct(item):
    fields = "".join(f"    {spelled(f.type, f.name)}{f'[{f.count}]' if f.count else ''};\n" for f in item.fields)
    return f"typedef struct {item.name} {{\n{fields}}} {item.name};"


def trampoline(name):
    """The name of the function that stands for Python's own: jfhe_real_fn gives jfhe_py_real."""
    return "jfhe_py_" + name.removeprefix("jfhe_").removesuffix("_fn")


def callback(item):
    pointer = prototype(item.returns, f"(*{item.name})", item.params)
    return f"typedef {pointer}"


def functions(model):
    """All prototypes, a heading where the header changes."""
    out, header = [], None
    for item in model.functions:
        if item.header != header:
            header = item.header
            out.append(f"\n/* {header} */")
        out.append(prototype(item.returns, item.name, item.params))
    return out


def write(model):
    """The whole definition."""
    lines = ["/* Written by tools/gen_bindings from engine/include/jfhe; do not edit. */", ""]
    lines += [f"typedef struct {h.name} {h.name};" for h in model.handles]
    lines += ["", *map(enum, model.enums), "", *map(callback, model.callbacks.values()), ""]
    lines += [*map(struct, model.structs), *functions(model)]
    lines += ["", 'extern "Python" {']
    lines += [textwrap.indent(prototype(c.returns, trampoline(c.name), c.params), "    ")
              for c in model.callbacks.values()]
    return "\n".join([*lines, "}"]) + "\n"
