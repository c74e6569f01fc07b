"""A made-up monorepo: services over libraries, in the sizes and with the imports of real ones. The same seed gives the same files.

    python3 tests/bench/lib/monorepo.py DIR [--files 20000] [--seed 1]

Each project has a pyproject.toml and a src folder; a package of four to nine parts of some modules. A module imports its neighbours, by
relative and absolute names, and other projects through what their `__init__` hands on. A quarter of the modules is async.
"""
import argparse
import os
import random
import sys

VERSION = 1  # of this script: other files for the same seed
WORDS = """account address agent alarm answer archive asset audit badge batch billing booking bucket budget cache campaign carrier cart
catalog channel charge checkout client cluster column comment company config contact contract coupon course credit crew currency cursor
customer dataset delivery deploy device discount document domain driver email entry event export feature feed field filter fleet flow folder
form gateway grade graph group guest handler health history image index inventory invoice item job journal label layout ledger lesson
letter license limit line link listing location lock login lot manifest market media member memo merge message meter metric model module
monitor node note offer office order page parcel partner passage payment permit person phase picture place plan player point policy portal
price printer process product profile project proxy quota quote range rate reader receipt record refund region release report request
reserve result review role room route rule sample schedule scope score search seat section sensor series server session shape share shelf
shift ship signal site slot source stage state station status step stock store stream street string supplier survey switch table tag target
task team template tenant ticket timer token topic track trade traffic trip unit update upload user value vendor version video visit vote
wallet warehouse watch wave weather widget worker zone""".split()
LEAVES = [("time", "time.sleep(%d)"), ("subprocess", "subprocess.run([\"true\", str(%d)], check=True)"), ("json", "json.dumps({\"n\": %d})"),
          ("os", "os.path.join(\"a\", str(%d))"), ("math", "math.floor(%d)"), ("re", "re.compile(str(%d))"),
          ("socket", "socket.create_connection((\"localhost\", %d))"), ("hashlib", "hashlib.sha256(str(%d).encode())")]


class Module:
    """What others may import of a module."""

    def __init__(self, project, package, name, is_async):
        self.project, self.package, self.name, self.is_async = project, package, name, is_async
        self.functions, self.coroutines, self.classes = [], [], []

    def dotted(self):
        return "%s.%s.%s" % (self.project, self.package, self.name)


class Writer:
    def __init__(self, dice):
        self.dice = dice

    def word(self):
        return self.dice.choice(WORDS)

    def name(self):
        return "%s_%s" % (self.word(), self.word())

    def sentence(self):
        return " ".join(self.word() for _ in range(self.dice.randint(5, 14))).capitalize() + "."

    def docstring(self, indent):
        if self.dice.random() < 0.5:
            return ["%s\"\"\"%s\"\"\"" % (indent, self.sentence())]
        lines = [indent + self.sentence() for _ in range(self.dice.randint(1, 6))]
        return [indent + "\"\"\"" + self.sentence(), ""] + lines + [indent + "\"\"\""]

    def statement(self, indent, names):
        """One to some lines that touch local names."""
        dice, name, other = self.dice, self.dice.choice(names), self.word()
        kind = dice.randrange(9)
        if kind == 0:
            return ["%sif %s and len(str(%s)) > %d:" % (indent, name, name, dice.randrange(90)), "%s    %s = [%s, \"%s\", %d]" % (indent, other, name, self.word(), dice.randrange(9)),
                    "%s    print(%s)" % (indent, other)]
        if kind == 1:
            return ["%sfor %s in (%s, None, %d):" % (indent, other, name, dice.randrange(9)), "%s    if %s is None:" % (indent, other), "%s        continue" % indent,
                    "%s    print(f\"{%s}: {%s!r}\")" % (indent, other, name)]
        if kind == 2:
            return ["%stry:" % indent, "%s    %s = int(%s)" % (indent, other, name), "%sexcept (TypeError, ValueError) as error:" % indent,
                    "%s    raise RuntimeError(\"%s\") from error" % (indent, self.sentence())]
        if kind == 3:
            return ["%s# %s" % (indent, self.sentence())]
        if kind == 4:
            keys = ", ".join("\"%s\": %s" % (self.word(), name) for _ in range(dice.randint(1, 6)))
            return ["%s%s = {%s}" % (indent, other, keys), "%sprint(%s.get(\"%s\", %d))" % (indent, other, self.word(), dice.randrange(99))]
        if kind == 5:
            return ["%s%s = [each for each in str(%s).split(\",\") if each.strip() and each != \"%s\"]" % (indent, other, name, self.word()),
                    "%sprint(len(%s), sorted(%s))" % (indent, other, other)]
        if kind == 6:
            return ["%sassert %s is not %d, \"%s\"" % (indent, name, dice.randrange(9), self.word())]
        if kind == 7:
            return ["%s%s = str(%s).replace(\"%s\", \"%s\").upper() + \"%s\"" % (indent, other, name, self.word(), self.word(), self.word()), "%sprint(%s)" % (indent, other)]
        return ["%sprint(%s, \"%s\", %d, sep=\", \")" % (indent, name, self.word(), dice.randrange(999))]

    def body(self, indent, names, size, calls):
        """About `size` lines; the calls are spread among them."""
        lines, left = [], list(calls)
        while len(lines) < size or left:
            if left and (self.dice.random() < 0.3 or len(lines) >= size):
                lines.append(indent + left.pop())
            else:
                lines += self.statement(indent, names)
        return lines

    def size(self):
        return min(120, int(self.dice.lognormvariate(1.9, 0.8)) + 1)


def import_lines(writer, module, near, far):
    """(lines, names of functions, of coroutine functions, of classes) that the module imports."""
    dice, lines, functions, coroutines, classes = writer.dice, [], [], [], []
    for other in near + far:
        names = [n for n in dice.sample(other.functions, min(2, len(other.functions)))]
        taken = [n for n in dice.sample(other.coroutines, min(2, len(other.coroutines)))] if module.is_async else []
        bases = other.classes[:1]
        if not names + taken + bases:
            continue
        if other.project != module.project:
            place = other.project if dice.random() < 0.4 else "%s.%s" % (other.project, other.package)
        elif other.package == module.package:
            place = "." + other.name if dice.random() < 0.6 else other.dotted()
        else:
            place = "..%s.%s" % (other.package, other.name) if dice.random() < 0.3 else other.dotted()
        lines.append("from %s import %s" % (place, ", ".join(sorted(set(names + taken + bases)))))
        functions += names
        coroutines += taken
        classes += bases
    return sorted(set(lines)), functions, coroutines, classes


def write_module(writer, module, near, far):
    """The text of a module; what it defines is noted in the module."""
    dice = writer.dice
    lines, functions, coroutines, classes = import_lines(writer, module, near, far)
    used = dice.sample(LEAVES, dice.randint(1, 3))
    head = ["\"\"\"%s\"\"\"" % writer.sentence()] + (["import asyncio"] if module.is_async else []) + ["import %s" % m for m, _ in sorted(used)]
    text = head + lines + ["", "%s = %d" % (writer.name().upper(), dice.randrange(999))]
    for _ in range(max(1, int(dice.lognormvariate(1.0, 0.7)))):
        text += ["", ""] + write_function(writer, module, used, functions, coroutines, "")
    for _ in range(dice.choice((0, 0, 1, 1, 1, 2, 3))):
        text += ["", ""] + write_class(writer, module, used, functions, coroutines, classes)
    return "\n".join(text) + "\n"


def write_function(writer, module, used, functions, coroutines, indent, method=False):
    dice = writer.dice
    is_coroutine = module.is_async and dice.random() < 0.45
    name, names = "%s_%d" % (writer.name(), dice.randrange(1000)), [writer.word() for _ in range(dice.randint(1, 3))]
    names = sorted(set(names))
    calls = ["%s(%s)" % (each, names[0]) for each in dice.sample(functions, min(len(functions), dice.choice((0, 1, 1, 2))))]
    if is_coroutine:
        calls += ["await %s(%s)" % (each, names[0]) for each in dice.sample(coroutines, min(len(coroutines), dice.choice((0, 1, 2))))]
        calls += ["await asyncio.sleep(%d)" % dice.randrange(9)]
    if dice.random() < 0.25:
        calls.append(dice.choice(used)[1] % dice.randrange(1, 9))
    if not method:
        (module.coroutines if is_coroutine else module.functions).append(name)
    shown = ", ".join((["self"] if method else []) + [names[0]] + ["%s=None" % each for each in names[1:]])
    lines = ["%s%sdef %s(%s):" % (indent, "async " if is_coroutine else "", name, shown)]
    inner = indent + "    "
    lines += writer.docstring(inner) if dice.random() < 0.5 else []
    lines += writer.body(inner, names, writer.size(), calls)
    return lines + ["%sreturn %s" % (inner, names[-1])]


def write_class(writer, module, used, functions, coroutines, classes):
    dice = writer.dice
    name = "%s%s%d" % (writer.word().capitalize(), writer.word().capitalize(), dice.randrange(1000))
    module.classes.append(name)
    base = "(%s)" % dice.choice(classes) if classes and dice.random() < 0.5 else ""
    lines = ["class %s%s:" % (name, base)] + writer.docstring("    ") + ["", "    def __init__(self, %s=None):" % writer.word()]
    lines += (["        super().__init__()"] if base else []) + ["        self.%s = %s" % (writer.word(), "%s()" % dice.choice(classes) if classes and dice.random() < 0.5 else "[]")]
    for _ in range(max(1, int(dice.lognormvariate(1.1, 0.6)))):
        lines += [""] + write_function(writer, module, used, functions, coroutines, "    ", method=True)
    return lines


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def write_init(folder, modules):
    """A package hands on what some of its modules define."""
    lines = ["from .%s import %s" % (m.where, ", ".join(sorted((m.functions + m.coroutines + m.classes)))) for m in modules
             if m.functions + m.coroutines + m.classes]
    put(os.path.join(folder, "__init__.py"), "\n".join(lines) + "\n" if lines else "")


def write_project(writer, folder, project, modules_due, others):
    """One project; (its modules, number of files)."""
    dice, modules, files = writer.dice, [], 1
    packages = dice.randint(4, 9)
    top = os.path.join(folder, project.replace("_", "-"), "src", project)
    put(os.path.join(folder, project.replace("_", "-"), "pyproject.toml"), "[project]\nname = \"%s\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\n" % project)
    names = dice.sample(WORDS, packages)
    for i, package in enumerate(names):
        here = []
        for stem in dice.sample(WORDS, max(1, modules_due // packages)):
            module = Module(project, package, stem, dice.random() < 0.25)
            module.where = stem
            near = dice.sample(modules, min(len(modules), dice.randint(0, 4)))
            far = dice.sample(others, min(len(others), dice.choice((0, 0, 1, 2))))
            put(os.path.join(top, package, stem + ".py"), write_module(writer, module, near, far))
            modules.append(module)
            here.append(module)
        write_init(os.path.join(top, package), here)
        files += len(here) + 1
    handed_on = dice.sample(modules, min(len(modules), 6))
    for module in handed_on:
        module.where = "%s.%s" % (module.package, module.name)
    write_init(top, handed_on)
    return handed_on, files


def generate(folder, files=20000, seed=1):
    """Writes at least this many files; how many there are."""
    writer, others, made, number = Writer(random.Random(seed)), [], 0, 0
    while made < files:
        number += 1
        project = "%s_%s%d" % (writer.word(), writer.word(), number)
        kind = "libs" if number % 5 == 0 or number < 10 else "services"
        handed_on, count = write_project(writer, os.path.join(folder, kind), project, min(writer.dice.randint(20, 110), max(9, files - made)), others)
        if kind == "libs":
            others += handed_on
        made += count
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if os.path.exists(options.folder):
        sys.exit("%s is there already" % options.folder)
    print("%d files with seed %d in %s" % (generate(options.folder, options.files, options.seed), options.seed, options.folder))


if __name__ == "__main__":
    main()
