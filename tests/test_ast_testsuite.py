# label: net
"""Our tree agrees with CPython's `ast` on every file of Debian's package of Python's test suite."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import debian_testsuite
from test_ast import compare_all


class AstTestsuite(unittest.TestCase):
    def test_all_of_the_testsuite(self):
        if sys.version_info < (3, 11):
            self.skipTest("the test suite of 3.11 needs Python 3.11")
        root, why = debian_testsuite.unpacked()
        if not root:
            self.skipTest(why)
        compare_all(self, "testsuite", root, awry.python_files(root))


if __name__ == "__main__":
    unittest.main()
