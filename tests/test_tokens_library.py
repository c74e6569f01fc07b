# label: slow
"""Each leaf of our tree covers the bytes of its token, in every file of the library of the running Python."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
from test_tokens import compare_all


class TokensLibrary(unittest.TestCase):
    def test_all_of_the_library(self):
        root = awry.library()
        compare_all(self, "library", root, awry.python_files(root))


if __name__ == "__main__":
    unittest.main()
