# label: quick
# timeout: 180
"""What Python's compiler refuses after its parser took it, against what `compile` of the running Python says: which text, which
row, which message. Small texts in every kind of scope, and the library's own with `async` taken from a `def` or given to one.

A module's own code may wait, as with PyCF_ALLOW_TOP_LEVEL_AWAIT. Before 3.11 comprehensions in comprehensions could not."""
import ast
import glob
import itertools
import json
import os
import re
import shutil
import sys
import sysconfig
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import agree
import awry

LIBRARY = sysconfig.get_paths()["stdlib"]
OF_LIBRARY = ("asyncio/*.py", "test/test_coroutines.py", "test/test_asyncgen.py", "test/test_generators.py", "contextlib.py",
              "test/test_contextlib_async.py", "test/test_global.py", "concurrent/futures/*.py", "unittest/*.py", "selectors.py")
VARIANTS_A_FILE = 24
EXACT = sys.version_info >= (3, 10)  # before, Python gives some of these no row, or another one

FRAMES = ("{}", "def f():\n    {}", "async def f():\n    {}", "class A:\n    {}", "def f():\n    class A:\n        {}",
          "async def f():\n    class A:\n        {}", "def f():\n    async def g():\n        {}",
          "async def f():\n    def g():\n        {}", "class A:\n    async def f(self):\n        {}", "if a:\n    {}",
          "def f():\n    try:\n        {}\n    finally:\n        pass")
EXPRESSIONS = """await g()|[x async for x in y]|{x async for x in y}|{x: x async for x in y}|(x async for x in y)|[await x for x in y]
    (await x for x in y)|[x for x in await y]|(x for x in await y)|[x for x in y for z in await x]|[x for x in y if await x]
    [(await x for x in y) for z in w]|((x async for x in y) for z in w)|[x for x in [await q for q in w]]
    [[x for x in await y] for z in w]|(x for x in [await q for q in w])|f"{await g()}"|lambda: await g()
    lambda x=await g(): x|lambda: (await x for x in y)|lambda: [await x for x in y]|[lambda: await x for x in y]|g(x=await g())
    (yield)|x = yield|(yield from y)|[(yield) for x in y]|{(yield) for x in y}|{1: (yield) for x in y}|((yield x) for x in y)
    [x for x in (yield)]|lambda: (yield)|lambda: (yield from y)|[lambda: (yield) for x in y]|(a := await g())|0 and (await x)
    1 if 1 else (await x)|[a async for a in b for c in [await d for d in e]]|lambda a, a: 1|lambda a: lambda a: 1"""
NESTED = "[[await x for x in y] for z in w]|([await x for x in y] for z in w)|[[x async for x in y] for z in w]"
STATEMENTS = """async for x in y: pass|async with x: pass|return|return 1|if 0: await x|while 0: await x|if 0: return 1
    assert 0, await x|return await x|for a in await b: pass|with await b: pass|del (await b).c|raise await b
    def h(a=await b): pass|class B(await c): pass|async def h(a=await b): pass|break|continue|for a in b: break
    for a in b: pass\n@else: break|for a in b: pass\n@else: continue|while a:\n@    if b: continue|while a:\n@    class C: break
    while a:\n@    def c(): break|while a:\n@    for x in y: pass\n@    else: break|while a:\n@    with b: break
    while a:\n@    try: pass\n@    finally: continue|while a:\n@    try: pass\n@    except E: break|while 1: break\n@else: break
    def h(a, a): pass|def h(a, *a): pass|def h(a, *, a=1, **k): pass|def h(_, _): pass|def h(*, a, b, c=1, **b): pass
    def h(x=lambda x: x): pass|def h(x: x): pass|def h(x, y=[x for x in z]): pass|from a import *
    async def h():\n@    yield 1\n@    return 1|async def h():\n@    return 1\n@    yield|async def h():\n@    return\n@    yield
    async def h():\n@    return None\n@    yield|async def h():\n@    lambda: (yield)\n@    return 1
    async def h():\n@    def i(): yield\n@    return 1|async def h():\n@    def i(): return 1\n@    yield
    async def h():\n@    async def i(): yield\n@    return 1|async def h():\n@    if 0: yield\n@    return 1
    def h():\n@    x = 1\n@    global x|def h(x):\n@    global x|def h():\n@    for x in y: pass\n@    global x
    def h():\n@    del x\n@    global x|def h():\n@    x: int\n@    global x|def h():\n@    [x for x in z]\n@    global x
    def h():\n@    [x := 1 for y in z]\n@    global x|def h():\n@    import x\n@    global x|def h():\n@    def x(): pass\n@    global x
    def h():\n@    with a as x: pass\n@    global x|class C:\n@    x = 1\n@    global x|class C:\n@    def x(self):\n@        global x
    def h():\n@    x = 1\n@    class A:\n@        global x|def h(x):\n@    def i():\n@        x = 1\n@        nonlocal x
    def h(x):\n@    def i(x):\n@        nonlocal x|def h(x):\n@    def i():\n@        nonlocal x"""
# Nothing is said of them, because versions differ, or for want of a rule that is simple and exact.
SILENT = """def h(a: (await b)): pass|def h() -> (await b): pass|x: (yield) = 1|def h():\n@    nonlocal unknown
    def h():\n@    x.y = 1\n@    global x"""


def pieces(text):
    return [piece.replace("\\n", "\n") for line in text.split("\n    ") for piece in line.split("|")]


def texts(wanted):
    for frame, piece in itertools.product(FRAMES, pieces(wanted)):
        indent = re.search(r"( *)\{}", frame).group(1)
        yield "import asyncio\n%s\n" % frame.format(piece.replace("@", indent))


def verdict(text):
    """(row, message) of what the compiler refuses; None for nothing, and False when it is the grammar that refuses."""
    try:
        agree.compile_quietly(text, "text", ast.PyCF_ONLY_AST)
    except SyntaxError:
        return False
    try:
        agree.compile_quietly(text, "text", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        return error.lineno, error.msg.replace("'yield from' outside function", "'yield' outside function")
    return None


def toggled(name, text, definition):
    """The text with `async` taken from a definition, or given to it. Its last lines name it and have it parsed."""
    line = text.count("\n", 0, definition.end()) + 1
    at = definition.end() - len("def ")
    front = text[:definition.start(1)] if definition.group(1) else text[:at] + "async "
    return front + text[at:] + "\n# %s:%d\nasyncio\n" % (name, line)


class CompileErrors(unittest.TestCase):
    def refusals(self, texts, suffix=".py"):
        """[(row, message)] for each text."""
        folder = tempfile.mkdtemp(prefix="awry-compile-")
        self.addCleanup(shutil.rmtree, folder)
        for number, text in enumerate(texts):
            with open(os.path.join(folder, "t%05d%s" % (number, suffix)), "w", encoding="utf-8") as file:
                file.write(text)
        outcome = awry.run("check", "--isolated", "--no-cache", "--select", "AW002", "--output-format", "json", ".", cwd=folder)
        self.assertEqual(awry.crashed(outcome), "")
        found = [[] for _ in texts]
        for finding in json.loads(outcome.out):
            self.assertEqual(finding["code"], "AW002")
            found[int(finding["filename"][1:6])].append((finding["location"]["row"], finding["message"]))
        return found

    def compare(self, texts):
        """How many of the texts were compared and how many of those are refused."""
        known = [(text, said) for text, said in ((text, verdict(text)) for text in texts) if said is not False]
        for (text, said), found in zip(known, self.refusals([text for text, _ in known])):
            with self.subTest(text[-300:]):
                if said is None:
                    self.assertEqual(found, [])
                elif EXACT:
                    self.assertIn(said, found)
                else:
                    self.assertNotEqual(found, [])
        return len(known), sum(said is not None for _, said in known)

    def test_every_kind_of_scope(self):
        wanted = [EXPRESSIONS, STATEMENTS] + [NESTED] * (sys.version_info >= (3, 11))
        count, refused = self.compare([text for one in wanted for text in texts(one)])
        print("%d texts, %d of them refused" % (count, refused))
        self.assertGreater(refused, 400)
        self.assertGreater(count - refused, 400)

    def test_versions_that_differ_get_the_benefit(self):
        for text, found in zip(texts(NESTED), self.refusals(list(texts(NESTED)))):
            if "async def" in text and "class" not in text and "def g():\n        [" not in text:
                self.assertEqual(found, [], text)

    def test_what_is_left_out(self):
        for text, found in zip(texts(SILENT), self.refusals(list(texts(SILENT)))):
            self.assertEqual([said for said in found if "'yield'" not in said[1]], [], text)

    def test_a_stub_says_nothing(self):
        self.assertEqual(self.refusals(["import asyncio\ndef f():\n    await g()\n"], ".pyi"), [[]])

    def test_behind_an_error_of_the_grammar_nothing_more_is_said(self):
        found = self.refusals(["import asyncio\ndef f():\n    await g()\n\nx = = 1\n", "def f():\n    await g()\n)\n"])
        self.assertEqual([[row for row, _ in one] for one in found], [[5], [3]])

    def test_nonlocal_of_a_module(self):
        self.compare(["import asyncio\nnonlocal x\n", "import asyncio\nif a:\n    nonlocal x\n"])

    def test_defaults(self):
        """The parser refuses that, and each version in words of its own."""
        wrong = ("a=1, b", "a, b: int = 1, c: int", "a=1, /, b", "a=1, b, *c", "self, a=1, b=2, c")
        right = ("a, b=1", "a=1, *b, c", "a=1, *, b", "a, /, b=1, *c: int, d, e=1, f, **g", "a: int = 1, **b", "a=1, *b: int, c")
        texts = ["import asyncio\ndef f(%s): pass\n" % one for one in wrong + right]
        said = [(2, "parameter without a default follows parameter with a default")]
        self.assertEqual(self.refusals(texts), [said] * len(wrong) + [[]] * len(right))
        self.assertEqual([verdict(text) for text in texts], [False] * len(wrong) + [None] * len(right))
        self.assertEqual(self.refusals(["import asyncio\nlambda a=1, b: 0\n", "import asyncio\nlambda a=1, *, b: 0\n"]), [said, []])

    def test_what_imports_a_refused_module_cannot_run(self):
        folder = tempfile.mkdtemp(prefix="awry-compile-")
        self.addCleanup(shutil.rmtree, folder)
        use = "import time\nfrom .helper import load\n\nasync def main():\n    time.sleep(1)\n"
        good, bad = "async def load():\n    await x\n", "def load():\n    await x\n"
        for name, text in (("pyproject.toml", "[project]\nname = 'shop'\n"), ("shop/__init__.py", ""), ("shop/use.py", use)):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        for options in (["--no-cache"], ["--cache-dir", os.path.join(folder, "cache")]):
            for text, held, wanted in ((bad, [], ["AW002"]), (good, [], ["AW101"]), (bad, [], ["AW002"]), (bad, ["--check-broken"], ["AW002", "AW101"])):
                with open(os.path.join(folder, "shop", "helper.py"), "w", encoding="utf-8") as file:
                    file.write(text)
                outcome = awry.run("check", "--output-format", "json", *options, *held, "shop", cwd=folder)
                self.assertEqual([finding["code"] for finding in json.loads(outcome.out)], wanted, (options, text))

    def test_places_and_order(self):
        text = "async def f():\n    return 1\n    yield\n\n\ndef g(a, a):\n    x = [  \n        await y for y in z]\n    await x; await y\n"
        self.assertEqual(self.refusals([text]), [[
            (2, "'return' with value in async generator"), (6, "duplicate argument 'a' in function definition"),
            (7, "asynchronous comprehension outside of an asynchronous function"), (9, "'await' outside async function")]])

    def test_the_library_with_async_put_elsewhere(self):
        variants = []
        for path in sorted(path for pattern in OF_LIBRARY for path in glob.glob(os.path.join(LIBRARY, pattern))):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            places = list(re.finditer(r"^ *(async )?def ", text, re.MULTILINE))
            for place in places[::len(places) // VARIANTS_A_FILE + 1]:
                variants.append(toggled(os.path.relpath(path, LIBRARY), text, place))
        if not variants:
            self.skipTest("the library has no sources here")
        count, refused = self.compare(variants)
        print("%d variants of the library, %d of them refused" % (count, refused))
        self.assertGreater(refused, 50)
        self.assertGreater(count - refused, 100)


if __name__ == "__main__":
    unittest.main()
