#!/usr/bin/env python3
"""Hostile files, by a seeded generator: the same bytes on every machine.

    badinput.py FOLDER [--seed N] [--scale N] [--big]      writes them, one file a case

`files(scale)` gives (name, content) pairs; `scale` is the depth and length of the long ones. `trees(folder)` makes what is
no plain file: links, pipes, devices, directories without permission, odd names."""
import argparse
import os
import random
import stat

SEED = 20240311

# A real function's size and variety: its prefixes are what an editor holds while somebody types.
TYPED = b'''\
import asyncio
from contextlib import asynccontextmanager


class Fetcher:
    """Fetches pages, a few at a time."""

    limit: int = 8
    names = {"a": [1, 2, (3, 4)], 'b': {"c": None}}

    def __init__(self, session, *, timeout: float = 3.5, **options) -> None:
        self.session = session
        self.timeout = timeout
        self.gate = asyncio.Semaphore(options.pop("limit", self.limit))
        self.seen: set[str] = set()

    @property
    def idle(self): return not self.seen

    @asynccontextmanager
    async def slot(self, url: str):
        async with self.gate:
            self.seen.add(url)
            try:
                yield f"{url!r:>{self.timeout:.1f}} {'nested' if url else "x"}"
            finally:
                self.seen.discard(url)

    async def fetch(self, url, tries=3, /, *args):
        for attempt in range(tries):
            try:
                async with self.slot(url) as label, self.session.get(url) as response:
                    body = await response.text()
                    if (n := len(body)) > 10 and not body.isspace():
                        return label, n, body[1:-1:2], lambda x, *y: (x, y)
            except (OSError, asyncio.TimeoutError) as error:
                print(rf"\\d {error}", end="")
                await asyncio.sleep(2 ** attempt)
            except* ValueError: pass
            else:
                continue
        else:
            raise RuntimeError("no luck") from None
        match response:
            case {"status": 200 | 201, **rest} if rest: return rest
            case [first, *_] | (first, *_): return first
            case _: pass
        return [x async for x in self.rows(url) if await x]

    def rows(self, url): yield from (row for row in url.split("""/
"""))


async def main(urls):
    fetcher = Fetcher(None)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetcher.fetch(url)) for url in urls]
    return {url: task.result() for url, task in zip(urls, tasks)}
'''

PYTHON_2 = b'''\
import urllib2, sys
print "hello", ; print >>sys.stderr, "x"
exec "a = 1" in {}
def f((a, b), c=0777): return `a` <> 10L
try: raise ValueError, "old"
except ValueError, e: print e
async = 1
x = ur"text"
if x:
\tprint x
        print x
'''

JAVASCRIPT = b"!function(t,e){var n=t.a||{};for(var r in e)if(e.hasOwnProperty(r)){n[r]=e[r]&&{k:/x'y\"/g,f:()=>`${r}`}}return n}(this,{});"

CONFLICT = b"<<<<<<< HEAD\nasync def f():\n    x = 1\n=======\nasync def f():\n    x = 2\n>>>>>>> branch\n"


def depth(n):
    """Nesting and long chains, n deep; each stands in a file with an `await`, so that it is parsed."""
    chain = {
        "parentheses": b"x = " + b"(" * n + b")" * n,
        "lists": b"x = " + b"[" * n + b"]" * n,
        "dictionaries": b"x = " + b"{1:" * n + b"1" + b"}" * n,
        "sets_open": b"x = " + b"{" * n,
        "mixed_open": b"x = " + b"([{" * (n // 3),
        "closing_only": b"x = 1" + b")" * n,
        "crossed": b"x = " + b"([" * (n // 2) + b")]" * (n // 2),
        "calls": b"f(" * n + b")" * n,
        "call_chain": b"x = f" + b"()" * n,
        "subscript_chain": b"x = a" + b"[0]" * n,
        "lambdas": b"x = " + b"lambda: " * n + b"1",
        "lambda_defaults": b"x = " + b"lambda a=" * n + b"1" + b": 1" * n,
        "not": b"x = " + b"not " * n + b"y",
        "minus": b"x = " + b"-" * n + b"1",
        "tilde": b"x = " + b"~" * n + b"1",
        "await": b"async def f():\n    " + b"await " * n + b"x",
        "await_parentheses": b"async def f():\n    " + b"await (" * n + b"x" + b")" * n,
        "stars": b"x = [" + b"*" * n + b"a]",
        "star_calls": b"x = [" + b"*f(" * n + b")" * n + b"]",
        "power": b"x = " + b"2 ** " * n + b"2",
        "await_power": b"async def f():\n    " + b"await a ** " * n + b"2",
        "plus": b"x = 1" + b" + 1" * n,
        "plus_joined": b"x = (1" + b"\n + 1" * n + b")",
        "attributes": b"x = a" + b".b" * n,
        "attribute_calls": b"x = a" + b".b()" * n,
        "assignments": b"x = " * n + b"1",
        "and": b"x = a" + b" and a" * n,
        "or": b"x = a" + b" or a" * n,
        "and_or": b"x = a" + b" and b or c" * (n // 2),
        "comparisons": b"x = a" + b" < a" * n,
        "not_in": b"x = a" + b" not in a" * n,
        "conditional": b"x = " + b"1 if a else " * n + b"2",
        "walrus": b"x = " + b"(y := " * n + b"1" + b")" * n,
        "yields": b"def f():\n    x = " + b"yield " * n,
        "comprehensions": b"x = " + b"[a for a in " * n + b"b" + b"]" * n,
        "comprehension_clauses": b"x = [a" + b" for a in b if c" * n + b"]",
        "generators_async": b"async def f():\n  x = [a" + b" async for a in b" * n + b"]",
        "f_fields": b"x = f'" + b"{a}" * n + b"'",
        "f_nested": b"x = " + b"f'{" * n + b"1" + b"}'" * n,
        "f_nested_triple": b"x = " + b"f'''{" * n + b"1" + b"}'''" * n,
        "f_specifiers": b"x = f'" + b"{a:" * n + b"}" * n + b"'",
        "f_open": b"x = f'" + b"{" * n,
        "f_open_odd": b"x = f'" + b"{" * (n + 1),
        "strings_joined": b"x = 'a'" + b" 'b'" * n,
        "elif": b"if a:\n    pass\n" + b"elif b:\n    pass\n" * n,
        "except": b"try:\n    pass\n" + b"except A:\n    pass\n" * n,
        "decorators": b"@d\n" * n + b"def f(): pass",
        "with_items": b"with (" + b"a as b, " * n + b"c): pass",
        "cases": b"match x:\n" + b"    case [1, *_]: pass\n" * n,
        "patterns": b"match x:\n    case " + b"[" * n + b"]" * n + b": pass",
        "patterns_or": b"match x:\n    case 1" + b" | 1" * n + b": pass",
        "parameters": b"def f(" + b",".join(b"a%d=1" % i for i in range(n)) + b"): pass",
        "keyword_arguments": b"f(" + b",".join(b"a%d=1" % i for i in range(n)) + b")",
        "globals": b"def f():\n    global a" + b", a" * n,
        "names": b"\n".join(b"name%d = 1" % i for i in range(n)),
        "imports": b"from a import " + b", ".join(b"b%d" % i for i in range(n)),
        "functions": b"async def f(): await g()\n" * n,
        "semicolons": b"x = 1" + b"; x = 1" * n,
        "one_line_blocks": b"if a: " * n + b"pass",
        "classes": b"class A: pass\n" * n,
        "type_parameters": b"def f[" + b",".join(b"T%d: int = str" % i for i in range(n)) + b"](): pass",
        "annotations": b"x: " + b"list[" * n + b"int" + b"]" * n + b" = 1",
        "unions": b"x: int" + b" | int" * n,
        "slices": b"x[" + b":, " * n + b"]",
        "targets": b"(" * n + b"a" + b")" * n + b" = 1",
        "dels": b"del a" + b", a" * n,
        "table": b"x = [\n" + b"    (1, 'a', 2.5),\n" * n + b"]",
        "numbers": b"x = [" + b"1," * n + b"]",
    }
    return {"deep_" + name: b"async def start(): await x\n" + content + b"\n" for name, content in chain.items()}


IMPORTS = "import asyncio, contextlib, functools, requests, threading, time\nfrom typing import List, Optional, Union\n"


def program(n):
    """Valid programs of one shape, n times over: what is known of classes, functions, names and calls is asked of all of them."""
    def each(shape):
        return "".join(shape(i) for i in range(n))

    cases = {
        "class_chain": "class C0:\n    def go(self): time.sleep(1)\n" + each(lambda i: f"class C{i + 1}(C{i}):\n    def a{i}(self): self.go()\n")
                       + each(lambda i: f"async def m{i}(x: C{i}):\n    x.go()\n"),
        "class_star": "class B:\n    def go(self): self.run()\n    def run(self): time.sleep(1)\n"
                      + each(lambda i: f"class C{i}(B):\n    def run(self): time.sleep(1)\n    async def x(self): self.go(); self.run()\n"),
        "class_cycle": each(lambda i: f"class C{i}(C{(i + 1) % n}):\n    def f{i}(self): self.go()\n    async def g{i}(self): self.f{i}()\n"),
        "class_diamonds": "class A0:\n    def go(self): time.sleep(1)\n"
                          + each(lambda i: f"class L{i}(A{i}): pass\nclass R{i}(A{i}): pass\nclass A{i + 1}(L{i}, R{i}): pass\n")
                          + f"async def m(x: A{n}): x.go()\n",
        "overrides": "class B:\n" + each(lambda i: f"    def f{i}(self): time.sleep(1)\n") + "class D(B):\n"
                     + each(lambda i: f"    def f{i}(self): self.f{(i + 1) % n}()\n") + "    async def m(self):\n" + each(lambda i: f"        self.f{i}()\n"),
        "same_class": each(lambda i: "class K:\n    def f(self): self.g()\n    async def g(self): self.f()\nasync def u(k: K): k.f(); K().g()\n"),
        "recursion": each(lambda i: f"def f{i}(x): f{(i + 1) % n}(x); return f{(i * 7 + 3) % n}(x)\n")
                     + "async def m():\n" + each(lambda i: f"    f{i}(m())\n"),
        "call_chain": each(lambda i: f"def f{i}(x): return f{i + 1}(x)\n") + f"def f{n}(x): time.sleep(1); return asyncio.create_task(x)\n"
                      + each(lambda i: f"async def m{i}(): f{i}(m{i}())\n"),
        "callbacks": "def run(cb): cb()\n" + each(lambda i: f"def r{i}(cb): run(cb); r{(i + 1) % n}(cb)\ndef b{i}(): time.sleep(1)\n")
                     + "async def m():\n" + each(lambda i: f"    r{i}(b{i})\n    loop.call_soon(b{i})\n"),
        "properties": "class A:\n" + each(lambda i: f"    @property\n    def p{i}(self): return self.p{(i + 1) % n}\n")
                      + "    async def m(self):\n" + each(lambda i: f"        self.p{i}\n"),
        "quoted": "class K:\n" + each(lambda i: f"    a{i}: \"a{(i + 1) % n}\"\n") + "    async def f(self):\n" + each(lambda i: f"        self.a{i}.read()\n"),
        "quoted_itself": each(lambda i: "a: \"Optional[a]\"\n") + "async def f():\n" + each(lambda i: "    a.read()\n"),
        "aliases": each(lambda i: f"A{i} = \"Union[A{(i + 1) % n}, List[A{(i * 5 + 2) % n}]]\"\n")
                   + each(lambda i: f"async def f{i}(x: A{i}):\n    x.read()\n"),
        "unions": each(lambda i: f"class C{i}:\n    async def go(self): pass\n") + "async def f(x: " + " | ".join(f"C{i}" for i in range(n)) + "):\n    x.go()\n",
        "parameters": "def f(" + ", ".join(f"a{i}: int = {i}" for i in range(n)) + "): " + "; ".join(f"a{i}.x()" for i in range(n))
                      + "\nasync def m():\n    f(" + ", ".join(f"a{i}=m()" for i in range(n)) + ")\n    f(" + ", ".join(["m()"] * n) + ")\n",
        "names": "async def f():\n    x0 = requests.Session()\n" + each(lambda i: f"    x{i + 1} = x{i}\n    x{i}.get('')\n"),
        "one_name": "async def f():\n    x = 0\n" + each(lambda i: "    if c: x = x.g()\n") + "    x.go()\n",
        "one_attribute": "class A:\n" + each(lambda i: f"    async def f{i}(self):\n        self.x = g{i}()\n        self.x.get()\n"),
        "nonlocals": "def o():\n    x = 1\n" + each(lambda i: f"    async def f{i}():\n        nonlocal x\n        x = f{i}()\n") + each(lambda i: "    x = 2\n"),
        "local_imports": each(lambda i: f"async def f{i}():\n    import time as t{i}\n    t{i}.sleep(1)\n    open('x').read()\n"),
        "deep_operators": "async def g(): pass\nasync def f():\n    return " + " + ".join(["g()"] * n) + " or g()" * n + "\n",
        "deep_attributes": "async def f(a):\n    await a" + ".b" * n + "\n    a" + ".b(time.sleep(1))" * n + "\n",
        "with_items": "async def f():\n    with " + ", ".join(f"open('a') as x{i}" for i in range(n)) + ":\n        await h()\n",
        "handlers": "async def f():\n    try:\n        await g()\n" + each(lambda i: f"    except E{i} as e:\n        await h()\n"),
        "tries": "async def f():\n" + each(lambda i: "    try:\n        await g()\n    except BaseException:\n        await h()\n    finally:\n        await k()\n"),
        "cancelled": "async def f(t):\n" + each(lambda i: f"    t{i}.cancel()\n    try:\n        await t{i}\n    except asyncio.CancelledError:\n        pass\n"),
        "tasks": "async def f():\n" + each(lambda i: f"    t{i} = asyncio.create_task(g({i}))\n") + each(lambda i: f"    await t{i}\n"),
        "one_task": "async def g(): pass\nasync def f():\n    while a:\n" + each(lambda i: "        c = g()\n        if b: continue\n        if d: await c\n"),
        "one_coroutine": "async def g(): pass\nasync def f():\n" + each(lambda i: "    c = g()\n    print(c)\n"),
        "assigned_on": "async def f(a):\n    try: await a\n    except asyncio.CancelledError: pass\n    " + each(lambda i: f"x{i} = ") + "a\n",
        "futures": "import concurrent.futures\nasync def f(x: List[concurrent.futures.Future]):\n" + each(lambda i: "    for t in x: t.result()\n"),
        "locks": "lock = threading.Lock()\nasync def f():\n" + each(lambda i: "    lock.acquire()\n    await h()\n    lock.release()\n    with lock:\n        await h()\n"),
        "awaits": "async def f(a):\n" + each(lambda i: f"    x{i % 50} = await a.g{i}(x{(i + 1) % 50})\n"),
        "generators": each(lambda i: f"def c{i}():\n    yield from c{(i + 1) % n}()\n") + "async def m():\n" + each(lambda i: f"    async for y in c{i}(): y\n"),
    }
    return {"program_" + name: (IMPORTS + text).encode() for name, text in cases.items()}


def indents(n, unit=b" ", last=b"pass"):
    return b"".join(unit * i + b"if a:\n" for i in range(n)) + unit * n + last + b"\n"


def layout(n):
    """Indentation, line ends, comments, backslashes."""
    yield "indent_99", indents(99)
    for levels in (100, 101, 510, 511, 512, 600, 1024):
        yield "indent_%d" % levels, indents(levels)
        yield "indent_%d_string" % levels, indents(levels, last=b"x = 'a' 'b")
        yield "indent_%d_fstring" % levels, indents(levels, last=b"x = f'{a}' f'''{b")
    yield "indent_wide", b"if a:\n" + b" " * 65536 + b"pass\nawait_ = 1\n"
    yield "indent_wide_511", b"".join(b" " * (i * 200) + b"if a:\n" for i in range(90))
    yield "dedents", (b"if a:\n if a:\n  if a:\n   pass\n" * (n // 4))
    yield "indent_random", b"".join(b" " * (i * 7919 % 23) + b"x = 1\n" for i in range(n // 4))
    yield "tabs_mixed", b"if a:\n\tx = 1\n        y = 2\n    \tz = 3\n"
    yield "tabs_consistent", b"if a:\n\tif b:\n\t\tx = 1\n\ty = 2\n"
    yield "tab_stops", b"if a:\n  \tx = 1\n\ty = 2\n"
    yield "form_feeds", b"\x0cif a:\n\x0c    x = 1\n  \x0c    y = 2\n\x0c\x0c\x0cz = 3\n"
    yield "vertical_tab", b"x\x0b= 1\n"
    yield "cr_only", b"async def f():\r    await g()\r    x = 1\r"
    yield "cr_mixed", b"async def f():\r\n    await g()\r\r\n    x = 1\n\ry = 2"
    yield "crlf_in_string", b'x = """a\r\nb\rc"""\r\ny = "a\\\r\nb"\r\n'
    yield "comments_short", b"async def f():\n    await g()\n" + b"# c\n" * n
    yield "comments_wide", b"async def f():\n    await g()\n" + (b"#" + b" " * 78 + b"\n") * (n // 4)
    yield "comments_indented", b"async def f():\n" + b"    # c\n" * n + b"    await g()\n"
    yield "comments_in_brackets", b"async def f():\n    await g(\n" + b"# c\n" * n + b")\n"
    yield "comments_suppressing", b"async def f():\n    await g()\n" + b"x = 1  # noqa: ASYNC100  # awry: ignore[a, b]\n" * (n // 10)
    yield "comments_hashes", b"async def f(): await g()\n" + b"#" * n + b"\n" + b"# " * n + b"\n"
    yield "comments_unending", b"async def f(): await g()\n# awry: ignore[" + b"a," * n
    yield "blank_lines", b"async def f():\n    await g()\n" + b"\n" * n + b"x = 1\n"
    yield "blank_wide", b"async def f():\n    await g()\n" + b" " * n + b"\n" + b"\t" * n
    yield "backslashes", b"async def f(): await g()\nx = 1 " + b"\\\n" * n + b"+ 1\n"
    yield "backslash_end", b"async def f(): await g()\nx = 1 \\"
    yield "backslash_space", b"x = 1 \\ \n+ 2\n"
    yield "backslash_first", b"\\\n" * n + b"x = 1\n"
    yield "long_name", b"async def f(): await g()\n" + b"a" * n + b" = 1\n"
    yield "long_number", b"x = " + b"1" * n + b"\n"
    yield "long_string", b"async def f(): await g('" + b"a" * n + b"')\n"
    yield "long_escapes", b"async def f(): await g('" + b"\\'" * n + b"')\n"
    yield "long_line", b"async def f(): await g()\n" + b"x = 1; " * n


def half_typed():
    for end in range(0, len(TYPED), 7):
        yield "typed_%04d" % end, TYPED[:end]


def broken(rng, n):
    yield "strings_unterminated", b"async def f():\n    await g('abc\n" + b"x = 'abc\n" * (n // 10)
    yield "string_triple_open", b"async def f(): await g()\nx = '''\n" + b"text\n" * n
    yield "string_triple_fstring_open", b"async def f(): await g()\nx = f'''{\n" + b"text\n" * n
    yield "string_prefixes", b"async def f(): await g()\n" + b"".join(
        p + q + b"\n" for p in (b"b", b"rb", b"Rb", b"u", b"ur", b"f", b"fr", b"bf", b"t", b"rt", b"ft", b"z") for q in (b"'a'", b'"""{a}"""', b"''"))
    yield "fstring_odd", b"async def f(): await g()\n" + b"\n".join(
        (b"f'{a!r:{b}}'", b"f'{'", b"f'}'", b"f'{{}'", b"f'{a!}'", b"f'{a:'", b"f'{a:{'", b"f'{}'", b"f'{a b}'", b"f'{#}'", b"f'{a\\n}'",
         b"f'{lambda x: 1}'", b"f'{a:=10}'", b"f'{(a:=10)}'", b"f'{a=}'", b"f'{a = !r:>10}'", b"f'\\N{DIGIT ONE}{a}'", b"f'\\N{'",
         b"rf'\\N{a}'", b"f'{a!r'", b"f'{*a}'", b"f'{yield}'", b"f'{a[\"b\"]}'", b"f'''{\na\n}'''", b"f'{a:{b:{c:{d}}}}'")) + b"\n"
    yield "brackets_unclosed", b"async def f():\n    await g(\n" + b"def h(: pass\n" * (n // 10)
    yield "brackets_wrong", b"async def f(): await g(]\nx = {(]})\n" * (n // 20)
    yield "conflicts", CONFLICT * (n // 100 + 1)
    yield "javascript", b"async def f(): await g()\n" + JAVASCRIPT * (n // 20)
    yield "javascript_lines", (JAVASCRIPT + b"\n") * (n // 20)
    yield "json", b"async def f(): await g()\n" + b'{"a": [true, null, {"b": 1.5e10}], "c": "\\u1234"}\n' * (n // 10)
    yield "html", b"<!DOCTYPE html><html><body class='a'>async & await</body></html>\n" * (n // 20)
    yield "templates", b"async def f(): await g()\n{% for x in y %}\n{{ x.z|default('a') }} = 1\n{% endfor %}\n" * (n // 20)
    yield "shell", b"#!/bin/sh\nfor x in $(ls); do echo \"$x\" | grep -q '^a' && exit 1; done # async await\n" * (n // 20)
    yield "doctests", b"async def f(): await g()\n" + b">>> x = 1\n... y = 2\n" * (n // 10)
    yield "operators", b"async def f(): await g()\n" + b"+-*/%@&|^~<>=!.,:;" * (n // 10)
    yield "keywords", b"async def f(): await g()\n" + b"def class if for while with try async await yield lambda " * (n // 20)
    yield "python_2", PYTHON_2
    yield "python_2_long", b"async_ = 1; await_ = 2\n" + b"print 'a', b\nexec c\n" * (n // 10)
    for i in range(6):
        yield "random_bytes_%d" % i, bytes(rng.randrange(256) for _ in range(2000 << i))
        yield "random_ascii_%d" % i, b"async def f(): await g()\n" + bytes(rng.choice(range(9, 127)) for _ in range(1000 << i))
    words = [b"async ", b"await ", b"def ", b"f", b"(", b")", b":", b"\n", b"    ", b"'", b'"""', b"f'{", b"}'", b"[", b"]", b"{", b"}", b"=", b"#",
             b"\\", b"if ", b"else", b"\t", b"\r", b".", b",", b"*", b"class ", b"with ", b"for ", b"in ", b"x", b"1", b"lambda ", b"\x00", b"\xff", b"@"]
    for i in range(12):
        yield "random_words_%02d" % i, b"".join(rng.choice(words) for _ in range(n // 10))
    for i in range(12):
        mutant = bytearray(TYPED)
        for _ in range(1 + i * 3):
            at = rng.randrange(len(mutant))
            mutant[at:at + rng.randrange(3)] = rng.choice(words)
        yield "mutant_%02d" % i, bytes(mutant)


def encodings():
    code = "async def f():\n    await g('\u00e9\u00fc\u4e2d\U0001f600')\n"
    western = "# coding: latin-1\nasync def f():\n    await g('\u00e9\u00fc')\n"
    yield "utf8", code.encode()
    yield "utf8_bom", b"\xef\xbb\xbf" + code.encode()
    yield "utf8_two_boms", b"\xef\xbb\xbf\xef\xbb\xbf" + code.encode()
    yield "utf8_invalid", b"async def f():\n    await g('\xc3\x28')\n"
    yield "utf8_invalid_name", b"async def f():\n    await g\xff\xfe()\n"
    yield "utf8_overlong", b"x = '\xc0\xaf'\n" + code.encode()
    yield "utf8_surrogate", b"x = '\xed\xa0\x80'\n" + code.encode()
    yield "utf8_cut", code.encode() + b"x = '\xf0\x9f\x98"
    yield "utf8_too_high", b"x = '\xf4\x90\x80\x80'\n" + code.encode()
    yield "latin1_undeclared", western.encode("latin-1").replace(b"# coding: latin-1", b"# nothing")
    yield "latin1", western.encode("latin-1")
    yield "cookie_second_line", b"#!/usr/bin/python\n" + western.encode("latin-1")
    yield "cookie_third_line", b"#\n#\n" + western.encode("latin-1")
    yield "cookie_unknown", b"# -*- coding: no-such-codec -*-\n" + code.encode()
    yield "cookie_rot13", b"# coding: rot13\nnflap qrs s(): cnff\n"
    yield "cookie_long", b"# coding: " + b"a" * 5000 + b"\n" + code.encode()
    yield "cookie_utf16", b"# coding: utf-16\n" + code.encode()
    yield "cookie_against_bom", b"\xef\xbb\xbf# coding: latin-1\n" + code.encode()
    yield "cookie_ascii", b"# coding: ascii\n" + code.encode()
    yield "cookie_shift_jis", "# coding: shift_jis\nx = '\u8868'; y = await_\n".encode("shift_jis")
    yield "cookie_gb18030", ("# coding: gb18030\n" + code).encode("gb18030")
    yield "cookie_euc_kr", "# coding: euc-kr\nasync def f(): await g('\uac00')\n".encode("euc-kr")
    yield "cookie_iso2022", "# coding: iso-2022-jp\nasync def f(): await g('\u65e5\u672c')\n".encode("iso-2022-jp")
    yield "cookie_utf7", b"# coding: utf-7\nasync def f(): await g('+AOk-')\n"
    yield "cookie_idna", b"# coding: idna\nx = 1\n"
    yield "cookie_hex", b"# coding: hex\n78203d2031\n"
    yield "cookie_slash", b"# coding: ../../etc/passwd\nx = 1\n"
    yield "cookie_percent", b"# coding: %s%n%n\nx = 1\n"
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield name.replace("-", "_"), code.encode(name)
    yield "ebcdic", "x = 1\n".encode("cp037")
    yield "nul", b"async def f():\n    await g(\0)\n"
    yield "nul_in_string", b"async def f():\n    await g('a\0b')\n"
    yield "nul_in_comment", b"async def f():\n    await g()  # a\0b\n"
    yield "nul_first", b"\0async def f(): await g()\n"
    yield "nul_only", b"\0" * 10000
    yield "control_z", b"async def f(): await g()\n\x1a"
    yield "escapes", b"async def f(): await g('\x1b[31mred\x1b]0;title\x07')\n\x1b[2J = 1\n"
    yield "bidi", "async def f(): await g('\u202e\u2066')\nx = \u202e1\n".encode()
    yield "non_ascii_space", "x\u00a0=\u30001\u2028y = 2\u0085\n".encode()
    yield "odd_names", "\u00b5 = 1; \u2118 = 2; \uff41 = 3; \u0301x = 4; \u20ac = 5\n".encode()
    yield "elf", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40
    yield "png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(255, -1, -1)) * 40
    yield "zip", b"PK\x03\x04" + b"\x14\0\0\0\x08\0async await" * 300
    yield "bytecode", b"\xa7\r\r\n" + b"\0" * 12 + b"\xe3" + b"\0" * 40 + b"async def f(): await g()\n" * 100


def tiny():
    yield "empty", b""
    yield "newline", b"\n"
    yield "space", b" "
    yield "bom_only", b"\xef\xbb\xbf"
    yield "bom_cut", b"\xef\xbb"
    yield "comment_only", b"# c"
    for i, text in enumerate((b"(", b")", b"'", b'"""', b"\\", b"\r", b"\t", b"\x0c", b"\0", b"\xff", b"f'{", b"f'", b"async", b"await", b"async def",
                              b"@", b":", b"=", b"#", b"if", b"if:", b"def f(", b"class", b"lambda", b"f'{a:", b"x = f'{a!", b"print", b"type",
                              b"type X", b"match", b"match x:", b"match x:\n case", b"with (", b"for", b"[a for", b"...", b"`", b"$", b"?", b"!", b"0x", b"1_", b"[}", b"({[}", b"f'{[}'", b":\ne[](")):
        yield "tiny_%02d" % i, text


def files(scale=10000, seed=SEED):
    """(name, content) of every case."""
    rng = random.Random(seed)
    cases = {}
    for group in (depth(scale).items(), program(max(scale // 10, 2)).items(), layout(scale), half_typed(), broken(rng, scale), encodings(), tiny()):
        for name, content in group:
            assert name not in cases, name
            cases[name] = content
    return sorted(cases.items())


def big(folder):
    """Files of the size that a limit is for. Written piece by piece; (path, size)."""
    cases = [("line_50mb", b"x = [" , b"1, 2, 'a', ", 50 << 20), ("statements_6mb", b"async def f(): await g()\n", b"x = 1\n", 6 << 20),
             ("comments_20mb", b"async def f(): await g()\n", b"# c\n", 20 << 20), ("string_30mb", b"await_ = '", b"a" * 1000, 30 << 20)]
    made = []
    for name, head, piece, size in cases:
        path = os.path.join(folder, name + ".py")
        with open(path, "wb") as file:
            file.write(head)
            block = piece * (1 << 16)
            while file.tell() < size:
                file.write(block)
        made.append(path)
    path = os.path.join(folder, "sparse_5gib.py")
    with open(path, "wb") as file:
        file.truncate(5 << 30)
    return made + [path]


def trees(folder):
    """What is no plain file. Gives {name relative to the folder: what it is}."""
    made = {}

    def note(name, what):
        made[name] = what
        return os.path.join(folder, name)

    os.mkfifo(note("fifo.py", "not a regular file"))
    os.symlink("/dev/zero", note("zero.py", "link outside"))
    os.symlink("/dev/stdin", note("stdin.py", "link outside"))
    os.symlink("/etc/passwd", note("passwd.py", "link outside"))
    os.symlink("/proc/self/environ", note("environ.py", "link outside"))
    os.symlink("nothing_there.py", note("dangling.py", "link to nothing"))
    os.symlink("itself.py", note("itself.py", "link to nothing"))
    os.symlink("loop_b.py", note("loop_a.py", "link to nothing"))
    os.symlink("loop_a.py", note("loop_b.py", "link to nothing"))
    os.mkdir(os.path.join(folder, "around"))
    os.symlink("..", os.path.join(folder, "around", "again"))
    os.symlink(".", os.path.join(folder, "around", "here"))
    os.mkdir(os.path.join(folder, "directory.py"))
    for i, name in enumerate((b"new\nline.py", b"\x1b[31mred.py", b"tab\there.py", b"quote'\".py", b"back\\slash.py", b"-v.py", b"--help.py", b"space here.py",
                              b"\xff\xfe.py", "\u202eyp.py".encode(), b"%s%n.py", b"\r.py", b"::error::x.py", b"&<>.py", b"*.py", b"a" * 250 + b".py")):
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as file:
            file.write(b"async def f%d(): await g()\n" % i)
        made[os.fsdecode(name)] = "file"
    deep = folder
    for i in range(60):
        deep = os.path.join(deep, "d%d" % i)
    os.makedirs(deep)
    with open(os.path.join(deep, "deep.py"), "wb") as file:
        file.write(b"async def f(): await g()\n")
    made[os.path.relpath(os.path.join(deep, "deep.py"), folder)] = "file"
    denied = note("denied.py", "denied")
    with open(denied, "wb") as file:
        file.write(b"x = 1\n")
    os.chmod(denied, 0)
    locked = os.path.join(folder, "locked")
    os.mkdir(locked)
    with open(os.path.join(locked, "inside.py"), "wb") as file:
        file.write(b"x = 1\n")
    os.chmod(locked, 0)
    made["locked"] = "denied directory"
    return made


def unlock(folder):
    """So that the tree can be removed."""
    for name in ("locked", "denied.py"):
        path = os.path.join(folder, name)
        if os.path.lexists(path):
            os.chmod(path, stat.S_IRWXU)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=int, default=10000)
    parser.add_argument("--big", action="store_true", help="files of 5 to 50 MB, and a sparse one of 5 GiB, too")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    for name, content in files(options.scale, options.seed):
        with open(os.path.join(options.folder, name + ".py"), "wb") as file:
            file.write(content)
    if options.big:
        big(options.folder)


if __name__ == "__main__":
    main()
