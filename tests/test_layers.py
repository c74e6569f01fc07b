"""Includes point only downwards: a file includes from its own row or from a row below it."""
import os
import re
import unittest

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# From above. Folders in one row see each other, but for the pairs in STRANGERS.
ROWS = [
    ("src/cli", "src/lsp"),
    ("src/report",),
    ("src/engine",),
    ("rules",),
    ("src/finding",),
    ("src/program",),
    ("src/facts", "src/cext"),
    ("src/python",),
    ("src/base", "src/port"),
]
STRANGERS = {("src/facts", "src/cext"), ("src/cext", "src/facts")}
ALONE = "src/gen"
ROW_OF = {folder: number for number, row in enumerate(ROWS) for folder in row}
GENERATED = {"kinds.h", "parser_tables.h"}


def folder_of(path):
    """The folder of ROWS that holds a path (relative to the root); None when it is outside of all."""
    for folder in list(ROW_OF) + [ALONE]:
        if path.startswith(folder + "/"):
            return folder
    return None


def sources():
    for top in ("src", "rules"):
        for directory, _, names in os.walk(os.path.join(ROOT, top)):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".def")):
                    yield os.path.relpath(os.path.join(directory, name), ROOT)


def target_of(source, include):
    """The file that `#include "include"` in source names, relative to the root; None when there is none."""
    for base in (os.path.dirname(source), "src", "rules"):
        path = os.path.normpath(os.path.join(base, include))
        if os.path.isfile(os.path.join(ROOT, path)):
            return path
    return None


def problem(source, include):
    """What is wrong with an include; None when it is fine."""
    if include in GENERATED or include.startswith("./"):
        return None
    target = target_of(source, include)
    here, there = folder_of(source), folder_of(target) if target else None
    if ALONE in (here, there):
        return None if here == there else "src/gen stands alone"
    if target is None:
        return None if is_runtime_header(include) else "there is no such file"
    if here is None or there is None:
        return "is in no layer"
    if ROW_OF[there] < ROW_OF[here]:
        return "points upwards, to " + there
    if (here, there) in STRANGERS:
        return "%s and %s do not see each other" % (here, there)
    return None


def is_runtime_header(include):
    """The tree-sitter runtime's private headers, which come from its package."""
    return include in {"subtree.h", "tree.h", "length.h", "point.h", "alloc.h", "array.h", "language.h", "lib.h", "parser.h"}


class Layers(unittest.TestCase):
    def test_includes_point_downwards(self):
        wrong = []
        for source in sources():
            with open(os.path.join(ROOT, source), encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                    what = match and problem(source, match.group(1))
                    if what:
                        wrong.append('%s:%d: "%s" %s' % (source, number, match.group(1), what))
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_every_folder_has_a_row(self):
        folders = {"src/" + name for name in os.listdir(os.path.join(ROOT, "src")) if os.path.isdir(os.path.join(ROOT, "src", name))}
        self.assertEqual(sorted(folders - set(ROW_OF) - {ALONE}), [])

    def test_the_check_sees_an_upward_include(self):
        self.assertIn("upwards", problem("src/base/arena.c", "finding/rule.h"))
        self.assertIn("alone", problem("src/base/arena.c", "gen/gen.h"))
        self.assertIn("no such file", problem("src/base/arena.c", "base/nothing.h"))
        self.assertIsNone(problem("src/finding/pass.c", "finding/rule.h"))


if __name__ == "__main__":
    unittest.main()
