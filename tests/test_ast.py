"""Our tree agrees with CPython's `ast`: a fixed choice of the library of the running Python. What is compared: lib/agree.py.

PYTHON_LIBRARY names another library than the running interpreter's (of its own version, or older)."""
import ast
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import agree
import awry
import waivers


def compare_all(case, corpus, root, paths):
    """Compares the files; waivers of that corpus hold, and must be needed."""
    waived = {os.path.join(root, name) for name in waivers.AST[corpus]}
    problems, nodes, refused, needed = [], 0, 0, set()
    for tree in awry.flat_trees(paths, "--kinds", agree.KINDS):
        found, number, why = agree.check_file(tree.path, tree)
        nodes += number
        refused += why is not None
        if found and tree.path in waived:
            needed.add(tree.path)
        else:
            problems += found
    problems += ["%s: the waiver is not needed" % path for path in sorted(waived & set(paths) - needed)]
    print("%d files of %s, %d nodes compared, %d files refused by Python, %d waived"
          % (len(paths), root, nodes, refused, len(needed)))
    if problems:
        case.fail(awry.shorten(problems))
    case.assertGreater(nodes, 20 * len(paths))


SAMPLE = b"""\
@decorate(1)
class A(make()):
    async def f(self):
        async with a(), b() as c:
            async for x in y: await x
        return [await z async for z in w if (await z)]

try:
    pass
except* (A, B): pass
for i in (
        f)(i): g()  # h()
"""


class Ast(unittest.TestCase):
    def test_some_of_the_library(self):
        root = awry.library()
        compare_all(self, "library", root, awry.some_files(root))

    @unittest.skipIf(sys.version_info < (3, 11), "except* needs Python 3.11")
    def test_the_comparison_sees_each_difference(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sample.py")
            with open(path, "wb") as file:
                file.write(SAMPLE)
            nodes = next(awry.flat_trees([path], "--kinds", agree.KINDS)).nodes
        root = ast.parse(SAMPLE)
        self.assertEqual(agree.compare("", SAMPLE, root, nodes), ([], 19))
        for i, node in enumerate(nodes):
            wrong = [node._replace(begin=node.begin + 1), node._replace(begin=node.begin - 1), node._replace(kind="await")]
            if node.kind in ("await", "call"):
                wrong.append(node._replace(end=node.end + 1))
            if node.kind not in ("await", "call", "with_item"):
                wrong.append(node._replace(flags=node.flags ^ {"star" if node.kind == "except_clause" else "async"}))
            for other in wrong:
                if other != node:
                    self.assertTrue(agree.compare("", SAMPLE, root, nodes[:i] + [other] + nodes[i + 1:])[0], (node, other))
            self.assertTrue(agree.compare("", SAMPLE, root, nodes[:i] + nodes[i + 1:])[0], node)


if __name__ == "__main__":
    unittest.main()
