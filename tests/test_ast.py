"""Our tree agrees with CPython's `ast`: a fixed choice of the library of the running Python. What is compared: lib/agree.py.

PYTHON_LIBRARY names another library than the running interpreter's (of its own version, or older)."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import agree
import awry
import waivers


def compare_all(case, corpus, root, paths):
    """Compares the files; waivers of that corpus hold, and must be needed."""
    waived = {os.path.join(root, name): versions for name, (versions, _) in waivers.AST[corpus].items()
              if not versions or awry.python_version() in versions}
    problems, nodes, refused, needed = [], 0, 0, set()
    for tree in awry.flat_trees(paths, "--kinds", agree.KINDS):
        found, number, why = agree.check_file(tree.path, tree)
        nodes += number
        refused += why is not None
        if found and tree.path in waived:
            needed.add(tree.path)
        else:
            problems += found
    problems += ["%s: the waiver is not needed" % path for path in waived if path in set(paths) - needed]
    print("%d files of %s, %d nodes compared, %d refused by Python, %d waived"
          % (len(paths), root, nodes, refused, len(needed)))
    if problems:
        case.fail(awry.shorten(problems))
    case.assertGreater(nodes, 20 * len(paths))


class Ast(unittest.TestCase):
    def test_some_of_the_library(self):
        root = awry.library()
        compare_all(self, "library", root, awry.some_files(root))


if __name__ == "__main__":
    unittest.main()
