# label: slow
# timeout: 1200
"""test_symtable.py over the whole standard library."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_symtable  # noqa: E402


class SymtableOfTheLibrary(test_symtable.Symtable):
    def test_a_part_of_the_library(self):
        self.check(list(test_symtable.library_files()))


if __name__ == "__main__":
    test_symtable.main()
