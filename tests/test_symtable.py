# label: quick
# timeout: 300
"""Our scopes against those that CPython's own compiler makes: `awry debug scopes --flat` and the module `symtable`, scope by
scope, name by name, over a part of the standard library (test_symtable_library.py: over all of it).

From 3.12 on CPython folds comprehensions into the function around them; before 3.10 annotations that are not evaluated count as
uses, and what stands in an f-string has a wrong line. So an interpreter between is needed; one is looked for.
"""
import os
import shutil
import subprocess
import symtable
import sys
import sysconfig
import tokenize
import unicodedata
import unittest

AWRY = os.environ.get("AWRY", "awry")
COMPARABLE = ((3, 10), (3, 11))
LIBRARY = sysconfig.get_paths()["stdlib"]
# Always looked at: what they hold is what scopes are about.
TELLING = """test/test_scope.py test/test_named_expressions.py test/test_patma.py test/test_syntax.py test/test_symtable.py
    test/test_global.py test/test_grammar.py test/test_coroutines.py test/test_asyncgen.py test/test_generators.py
    test/test_listcomps.py test/test_unpack_ex.py test/test_fstring.py test/test_super.py test/test_class.py
    test/test_keywordonlyarg.py test/test_with.py test/test_dataclasses.py typing.py dataclasses.py enum.py
    functools.py""".split()

# CPython names these scopes so; a function that somebody calls `listcomp` cannot be told from one.
NAMELESS = ("lambda", "listcomp", "setcomp", "dictcomp", "genexpr")

# What CPython makes itself: the first iterable of a comprehension, the cell of super(), and the like.
MADE_BY_THE_COMPILER = {".0", "__class__", "__classdict__"}


def library_files():
    for directory, folders, names in os.walk(LIBRARY):
        folders[:] = sorted(f for f in folders if f not in ("site-packages", "__pycache__", "lib2to3"))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.join(directory, name)


def mangled(name, class_name):
    """Names that start with two underscores carry the name of their class."""
    stripped = (class_name or "").lstrip("_")
    if not name.startswith("__") or name.endswith("__") or not stripped:
        return name
    return "_" + stripped + name


def expected_scopes(table, path=(), found=None):
    """{(path of kinds and names and lines): [{name: (whose, p, i, b, used)}]}"""
    found = {} if found is None else found
    kind, name = table.get_type(), table.get_name()
    if kind == "module":
        name, line = "-", 1
    else:
        line = table.get_lineno()
        if name in NAMELESS:
            kind, name = name, "-"
    path += ((kind, name, line),)
    names = {}
    for symbol in table.get_symbols():
        if symbol.get_name() in MADE_BY_THE_COMPILER:
            continue
        whose = {symtable.FREE: "f", symtable.GLOBAL_EXPLICIT: "e", symtable.GLOBAL_IMPLICIT: "g"}.get(
            symbol._Symbol__scope, "l")
        names[symbol.get_name()] = (whose, symbol.is_parameter(), symbol.is_imported(), symbol.is_assigned(),
                                    symbol.is_referenced())
    found.setdefault(path, []).append(names)
    for child in table.get_children():
        expected_scopes(child, path, found)
    return found


def our_scopes(lines):
    found, scopes = {}, {}
    for line in lines:
        _, number, parent, kind, at, name, *names = line.split(" ")
        if name in NAMELESS:
            kind, name = name, "-"
        path, class_name = scopes.get(parent, ((), None))
        path += ((kind, name, int(at)),)
        class_name = name if kind == "class" else class_name
        scopes[number] = (path, class_name)
        seen = {}
        for item in names:
            spelt, flags = item.rsplit(":", 1)
            # CPython compares names in their NFKC form; we take them as they are spelt. Nobody spells one name in two ways.
            spelt = mangled(unicodedata.normalize("NFKC", spelt), class_name)
            if spelt not in MADE_BY_THE_COMPILER:
                seen[spelt] = (flags[0], "p" in flags, "i" in flags, "b" in flags, "u" in flags)
        found.setdefault(path, []).append(seen)
    return found


def normal(path, names, future_annotations):
    """Leaves out what cannot agree, and says why."""
    kind = path[-1][0]
    result = {}
    for name, (whose, *flags) in names.items():
        # CPython says of a walrus in a comprehension at module level that its name is declared global, there and in the module.
        if kind == "module":
            whose = "l" if any(flags[:3]) else "g"
        elif kind in NAMELESS[1:]:
            whose = "g" if whose == "e" else whose
        # Annotations that are not evaluated use nothing; ours are there without a flag.
        if future_annotations and whose in "gf" and not any(flags):
            continue
        result[name] = (whose, *flags[:3])
    return result


def is_sound_use(ours, theirs):
    return all(name in theirs and (theirs[name][4] or not flags[4]) for name, flags in ours.items() if name in theirs)


def differences(path, expected, found, future_annotations):
    for place in sorted(set(expected) | set(found)):
        label = "%s: %s" % (path, " > ".join("%s %s:%d" % part for part in place))
        theirs, ours = expected.get(place, []), found.get(place, [])
        if len(theirs) != len(ours):
            yield "%s: CPython has %d such scopes, we have %d" % (label, len(theirs), len(ours))
            continue
        if not all(any(is_sound_use(o, t) for t in theirs) for o in ours):
            yield "%s: we see a use where CPython sees none" % label
        theirs = [normal(place, names, future_annotations) for names in theirs]
        for names in (normal(place, names, future_annotations) for names in ours):
            if names in theirs:
                theirs.remove(names)
                continue
            nearest = theirs[0] if theirs else {}
            for name in sorted(set(names) | set(nearest)):
                if names.get(name) != nearest.get(name):
                    yield "%s: %s: CPython %s, we %s" % (label, name, nearest.get(name), names.get(name))


def compiled(path):
    """The symbol table, or None for what this CPython does not compile."""
    try:
        with tokenize.open(path) as source:
            text = source.read()
        table = symtable.symtable(text, path, "exec")
    except (SyntaxError, ValueError, UnicodeDecodeError, RecursionError):
        return None, False
    return table, "annotations" in text and "from __future__ import" in text and any(
        line.startswith("from __future__ import") and "annotations" in line for line in text.splitlines())


def run_awry(paths):
    result = subprocess.run([AWRY, "debug", "scopes", "--flat", *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            check=False)
    if result.returncode != 0:
        raise AssertionError("exit code %d\n%s" % (result.returncode, result.stderr.decode("utf-8", "replace")[-2000:]))
    files = {}
    for line in result.stdout.decode("utf-8", "surrogateescape").split("\n"):
        if line.startswith("== "):
            lines = files.setdefault(line[3:], [])
        elif line:
            lines.append(line)
    return files


def compare(paths):
    """(files compared, scopes compared, differences)"""
    tables = {}
    for path in paths:
        table, future = compiled(path)
        if table:
            tables[path] = (expected_scopes(table), future)
    scopes, wrong, order = 0, [], sorted(tables)
    for start in range(0, len(order), 50):
        for path, lines in run_awry(order[start:start + 50]).items():
            expected, future = tables[path]
            scopes += len(lines)
            wrong += differences(path, expected, our_scopes(lines), future)
    return len(order), scopes, wrong


class Symtable(unittest.TestCase):
    def check(self, paths):
        files, scopes, wrong = compare(paths)
        print("%d files, %d scopes" % (files, scopes))
        self.assertGreater(scopes, 20 * files)
        self.assertEqual(wrong, [], "\n%d differences\n%s" % (len(wrong), "\n".join(wrong[:60])))

    def test_a_part_of_the_library(self):
        paths = list(library_files())
        paths = paths[::len(paths) // 45]
        paths += [os.path.join(LIBRARY, name) for name in TELLING]
        self.check(sorted({path for path in paths if os.path.isfile(path)}))


def comparable_interpreter():
    for minor in range(COMPARABLE[1][1], COMPARABLE[0][1] - 1, -1):
        path = shutil.which("python3.%d" % minor)
        if path and subprocess.run([path, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return path
    return None


def main():
    if COMPARABLE[0] <= sys.version_info[:2] <= COMPARABLE[1]:
        unittest.main()
    other = comparable_interpreter()
    if not other:
        print("skipped: no CPython 3.10 or 3.11 in PATH, and others say other things of comprehensions or annotations")
        sys.exit(77)
    os.execv(other, [other] + sys.argv)


if __name__ == "__main__":
    main()
