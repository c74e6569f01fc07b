"""Each fixture of fixtures/python has the tree in its .tree file, which is `awry debug tree` of it; newer syntax than the
running Python's can be fixed only so. Where the running Python reads the fixture, its `ast` and `tokenize` must agree too.

AWRY_BLESS=1 writes the .tree files anew: then read the difference."""
import ast
import difflib
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import agree
import awry
import tokens

FOLDER = os.path.join(awry.ROOT, "fixtures", "python")
# These are broken on purpose; all others must have no trouble.
BROKEN = {"half_typed.py", "errors_in_brackets.py", "python_2.py", "tabs_bad.py"}


def names():
    return sorted(name for name in os.listdir(FOLDER) if name.endswith(".py"))


class Syntax(unittest.TestCase):
    def test_trees(self):
        bless = os.environ.get("AWRY_BLESS")
        for name in names():
            outcome = awry.run("debug", "tree", name, cwd=FOLDER)
            golden = os.path.join(FOLDER, name[:-3] + ".tree")
            with self.subTest(name):
                self.assertEqual(awry.crashed(outcome), "")
                if bless:
                    with open(golden, "wb") as file:
                        file.write(outcome.out)
                with open(golden, "rb") as file:
                    wanted = file.read()
                if outcome.out != wanted:
                    lines = [text.decode("utf-8", "replace").splitlines() for text in (wanted, outcome.out)]
                    self.fail("\n".join(difflib.unified_diff(*lines, golden, "awry debug tree", lineterm="", n=2)))

    def test_no_tree_is_left_over(self):
        trees = {name[:-5] for name in os.listdir(FOLDER) if name.endswith(".tree")}
        self.assertEqual(trees, {name[:-3] for name in names()})

    def test_troubles(self):
        paths = [os.path.join(FOLDER, name) for name in names()]
        for tree in awry.flat_trees(paths, "--kinds", "ERROR"):
            with self.subTest(tree.path):
                self.assertEqual(bool(tree.troubles), os.path.basename(tree.path) in BROKEN, tree.troubles)
                if not tree.troubles:
                    self.assertEqual(tree.nodes, [])

    def test_python_agrees(self):
        paths = [os.path.join(FOLDER, name) for name in names()]
        compared = 0
        trees = zip(awry.flat_trees(paths, "--kinds", agree.KINDS), awry.flat_trees(paths, "--leaves"))
        for tree, leaves in trees:
            with open(tree.path, "rb") as source:
                content = source.read()
            try:
                root = agree.compile_quietly(content, tree.path, ast.PyCF_ONLY_AST)
            except SyntaxError:
                continue
            compared += 1
            text = awry.source_text(content)
            with self.subTest(tree.path):
                self.assertEqual(agree.compare(tree.path, text, root, tree.nodes)[0], [])
                self.assertEqual(tokens.compare(tree.path, text, leaves.nodes)[0], [])
        self.assertGreater(compared, len(paths) // 2)


if __name__ == "__main__":
    unittest.main()
