# label: slow
# timeout: 1200
"""5,000 random edits: the diagnostics are those of a fresh run over the same texts, and the server's memory stays where it was."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import lsp

MIB = 1 << 20


class Edits(unittest.TestCase):
    def test_random_edits(self):
        sizes = lsp.random_edits(self, 5000, checks=20)
        print("MiB:", *[size // MIB for size in sizes])
        warm = max(sizes[:5])
        self.assertLess(max(sizes[5:]), warm * 1.2 + 8 * MIB)


if __name__ == "__main__":
    unittest.main()
