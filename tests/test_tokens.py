"""Each leaf of our tree, mapped back to the file, covers the bytes of its token: see lib/tokens.py. A fixed choice of the
library, the same with other line ends and tabs, and texts with byte-order marks, coding cookies and form feeds."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import agree
import awry
import tokens
import waivers


def compare_all(case, corpus, root, paths):
    """Compares the files that Python compiles; waivers of that corpus hold, and must be needed."""
    waived = {os.path.join(root, name) for name, (last, _) in waivers.TOKENS.get(corpus, {}).items()
              if sys.version_info[:2] <= last}
    problems, number, files, needed = [], 0, 0, set()
    for tree in awry.flat_trees(paths, "--leaves"):
        with open(tree.path, "rb") as source:
            content = source.read()
        if agree.refusal(content, tree.path):
            continue
        files += 1
        found, n = tokens.compare(tree.path, awry.source_text(content), tree.nodes)
        number += n
        found += ["%s: %s" % (tree.path, trouble.message) for trouble in tree.troubles]
        if found and tree.path in waived:
            needed.add(tree.path)
        else:
            problems += found
    problems += ["%s: the waiver is not needed" % path for path in sorted(waived & set(paths) - needed)]
    print("%d files of %s, %d tokens compared, %d files waived" % (files, root, number, len(needed)))
    if problems:
        case.fail(awry.shorten(problems))
    return files


def with_tabs(content):
    """Each eight spaces of an indentation as a tab: the same columns by Python's rule."""
    lines = []
    for line in content.split(b"\n"):
        blank = len(line) - len(line.lstrip(b" "))
        lines.append(b"\t" * (blank // 8) + line[blank // 8 * 8:])
    return b"\n".join(lines)


OTHERS = {
    "crlf": lambda content: content.replace(b"\n", b"\r\n"),
    "cr": lambda content: content.replace(b"\n", b"\r"),
    "tabs": with_tabs,
    "bom": lambda content: b"\xef\xbb\xbf" + content,
    "no_last_newline": lambda content: content.rstrip(b"\n"),
    "form_feeds": lambda content: content.replace(b"\ndef ", b"\n\f\ndef ").replace(b"\nclass ", b"\n\fclass "),
    "latin": lambda content: b"# -*- coding: latin-1 -*-\n" + content.decode().encode("latin-1", "replace"),
    "shift_jis": lambda content: b"# coding: shift_jis\nx = '\x83\x5c\x83\x5c'; y = x\n" + content.decode().encode("shift_jis", "replace"),
}
WORDS = "\u00e9t\u00e9 = '\u00fc\u00f6'; na\u00efve = f'\u00df{\u00e9t\u00e9}\u00df' + \u00e9t\u00e9; \U0001d530 = \u00e9t\u00e9\n"


class Tokens(unittest.TestCase):
    def test_some_of_the_library(self):
        root = awry.library()
        compare_all(self, "library", root, awry.some_files(root))

    def test_other_line_ends_and_encodings(self):
        root = awry.library()
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for path in awry.some_files(root)[::5]:
                with open(path, "rb") as source:
                    content = source.read()
                if b"coding" in content[:200] or agree.refusal(content, path) or b"\r" in content:
                    continue
                content.decode("utf-8")
                for name, change in OTHERS.items():
                    paths.append(os.path.join(folder, "%s_%s" % (name, path[len(root) + 1:].replace("/", "_"))))
                    with open(paths[-1], "wb") as other:
                        other.write(change(content))
            files = compare_all(self, "changed", folder, paths)
            self.assertGreater(files, len(paths) * 2 // 3)

    def test_words_of_other_scripts(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, content in (("plain", WORDS.encode()), ("bom", b"\xef\xbb\xbf" + WORDS.encode()),
                                  ("utf_7", b"# coding: utf-7\n" + WORDS.encode("utf-7")),
                                  ("gb18030", b"# vim: set fileencoding=gb18030 :\n" + WORDS.encode("gb18030"))):
                paths.append(os.path.join(folder, name + ".py"))
                with open(paths[-1], "wb") as file:
                    file.write(content)
            self.assertEqual(compare_all(self, "words", folder, paths), 4)

    def test_the_comparison_sees_each_difference(self):
        text = b"x = f(a, 'b') if y is not None else (c)\n"
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sample.py")
            with open(path, "wb") as file:
                file.write(text)
            leaves = next(awry.flat_trees([path], "--leaves")).nodes
        self.assertEqual(tokens.compare("", text, leaves), ([], len(list(tokens.tokens_of(text)))))
        for i, leaf in enumerate(leaves):
            for wrong in (leaf._replace(end=leaf.end + 1), leaf._replace(begin=leaf.begin - 1), leaf._replace(end=leaf.begin)):
                self.assertTrue(tokens.compare("", text, leaves[:i] + [wrong] + leaves[i + 1:])[0], wrong)
            if leaf.kind in ("identifier", "string", "none"):
                self.assertTrue(tokens.compare("", text, leaves[:i] + leaves[i + 1:])[0], leaf)


if __name__ == "__main__":
    unittest.main()
