"""What the black-box tests share: the program under test, its flat tree, sources as it sees them, Python's own library."""
import os
import re
import subprocess
import sys
import sysconfig
import tokenize
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("AWRY_BUILD") or os.path.join(ROOT, "build", "dev")
AWRY = os.environ.get("AWRY") or os.path.join(BUILD, "awry")

# A sanitizer's report ends the program with this code, so that it cannot be taken for "something was found".
SANITIZER_EXIT = 99
SANITIZER_REPORT = re.compile(rb"(?:ERROR|WARNING): (?:Address|Leak|Thread|UndefinedBehavior)Sanitizer|: runtime error: ")

Node = namedtuple("Node", "kind begin end flags field")
Trouble = namedtuple("Trouble", "kind begin end message")
FlatFile = namedtuple("FlatFile", "path nodes troubles")
Outcome = namedtuple("Outcome", "code out err")


def environment():
    """The environment of a run: a sanitizer that finds something says so by its exit code."""
    names = {"ASAN_OPTIONS": "exitcode=99:allocator_may_return_null=1", "LSAN_OPTIONS": "exitcode=99",
             "UBSAN_OPTIONS": "exitcode=99:print_stacktrace=1", "TSAN_OPTIONS": "exitcode=99"}
    return {**names, **os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def run(*arguments, program=None, timeout=600, **more):
    """Runs awry; (exit code, standard output, standard error). A signal is a negative code; so is a time-out (-1000)."""
    command = [program or AWRY, *map(os.fspath, arguments)]
    try:
        done = subprocess.run(command, stdin=more.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout, check=False, env=more.pop("env", environment()), **more)
    except subprocess.TimeoutExpired as late:
        return Outcome(-1000, late.stdout or b"", (late.stderr or b"") + b"\nnot finished in %d seconds" % int(timeout))
    return Outcome(done.returncode, done.stdout, done.stderr)


def crashed(outcome):
    """What went wrong in a run that no input may do; an empty text when nothing did."""
    if outcome.code not in (0, 1, 2):
        return "exit code %d: %s" % (outcome.code, outcome.err.decode("utf-8", "replace")[-3000:])
    if SANITIZER_REPORT.search(outcome.err):
        return "a sanitizer's report: " + outcome.err.decode("utf-8", "replace")[-3000:]
    return ""


_kind_of_build = {}


def is_sanitized(program=None):
    """Whether the program was built with a sanitizer: slow, and of unlimited address space."""
    program = program or AWRY
    if program not in _kind_of_build:
        with open(program, "rb") as binary:
            content = binary.read()
        _kind_of_build[program] = b"__asan_init" in content or b"__tsan_init" in content
    return _kind_of_build[program]


# ---- the flat tree

# `is not` and `==` are kinds too.
NODE_LINE = re.compile(r"(\S+(?: \w+)?) (\d+) (\d+) (\S+) (\S+)\Z")

def parse_flat(text):
    """FlatFile for each file of an output of `awry debug tree --flat`."""
    current = None
    # Not splitlines: a path or a message may hold other line separators.
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        # A trouble may look like a node: `! syntax 24 29 invalid syntax`.
        node = None if line.startswith("! ") else NODE_LINE.match(line)
        if node:
            kind, begin, end, flags, field = node.groups()
            current.nodes.append(Node(kind, int(begin), int(end), frozenset() if flags == "-" else frozenset(flags.split("+")),
                                      "" if field == "-" else field))
        elif line.startswith("== "):
            if current:
                yield current
            current = FlatFile(line[3:], [], [])
        elif line.startswith("! "):
            kind, begin, end, message = line[2:].split(" ", 3)
            current.troubles.append(Trouble(kind, int(begin), int(end), message))
    if current:
        yield current


def flat_trees(paths, *options, batch=50):
    """The flat trees of many files, in order; a generator. A process reads a batch while the one before is looked at."""
    paths = [os.fspath(path) for path in paths]
    parts = [paths[first:first + batch] for first in range(0, len(paths), batch)]
    with ThreadPoolExecutor(1) as ahead:
        coming = [ahead.submit(run, "debug", "tree", "--flat", *options, *part) for part in parts[:1]]
        for i, part in enumerate(parts):
            outcome = coming.pop(0).result()
            if i + 1 < len(parts):
                coming.append(ahead.submit(run, "debug", "tree", "--flat", *options, *parts[i + 1]))
            yield from trees_of(part, outcome)


def trees_of(paths, outcome):
    """The trees of one process, one for each path."""
    trouble = crashed(outcome)
    if trouble:
        raise AssertionError("awry debug tree on %s ... %s: %s" % (paths[0], paths[-1], trouble))
    trees = list(parse_flat(outcome.out))
    if [tree.path for tree in trees] != paths:
        raise AssertionError("trees of %d files, %d were due: %s" % (len(trees), len(paths), outcome.err.decode()[-1000:]))
    yield from trees


# ---- sources

LINE_END = re.compile(rb"\r\n|\r|\n")
COOKIE_LINE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def source_text(content):
    """The bytes as awry counts them: UTF-8 behind a BOM. Raises SyntaxError or UnicodeError as Python does."""
    lines = iter(LINE_END.sub(b"\n", content[:4096]).splitlines(keepends=True))
    encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    if encoding in ("utf-8", "utf-8-sig"):
        content.decode("utf-8")
        return content
    return content.decode(encoding).encode("utf-8")


def line_starts(text):
    """Offset of the first byte of each line; LF, CR LF and CR end a line, a form feed does not."""
    return [0] + [end.end() for end in LINE_END.finditer(text)]


# ---- Python's own library

def library():
    """The library to compare with: the running interpreter's, or what PYTHON_LIBRARY says."""
    return os.environ.get("PYTHON_LIBRARY") or sysconfig.get_path("stdlib")


def python_files(root):
    """All Python files below, without what was installed there by users; sorted."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in ("site-packages", "dist-packages", "__pycache__"))
        found += [os.path.join(folder, name) for name in names if name.endswith((".py", ".pyi"))]
    return sorted(path for path in found if os.path.isfile(path))


# Files with much of what is compared, wherever a library has them.
RICH = ("asyncio/tasks.py", "asyncio/base_events.py", "asyncio/taskgroups.py", "contextlib.py", "ast.py", "typing.py",
        "dataclasses.py", "enum.py", "test/test_grammar.py", "test/test_patma.py", "test/test_coroutines.py",
        "test/test_asyncgen.py", "test/test_except_star.py", "test/test_fstring.py", "test/test_contextlib_async.py",
        "test/test_with.py", "test/test_compile.py", "test/test_named_expressions.py", "test/test_unparse.py",
        "test/test_asyncio/test_taskgroups.py", "test/test_unpack_ex.py", "test/test_tokenize.py", "test/test_dictcomps.py",
        "test/test_positional_only_arg.py", "test/test_string_literals.py", "test/test_type_comments.py",
        "test/test_syntax.py", "test/test_source_encoding.py", "test/test_tstring.py", "test/test_type_params.py")


def some_files(root, number=150):
    """A fixed choice of a library: the rich ones, then evenly over the rest."""
    files = python_files(root)
    rich = [path for path in (os.path.join(root, name) for name in RICH) if os.path.isfile(path)]
    rest = [path for path in files if path not in set(rich)]
    step = max(1, len(rest) // max(1, number - len(rich)))
    return sorted(rich + rest[::step][:number - len(rich)])


def shorten(problems, most=40):
    """Problems as one message."""
    more = "\n... and %d more" % (len(problems) - most) if len(problems) > most else ""
    return "%d problems:\n%s%s" % (len(problems), "\n".join(problems[:most]), more)


def python_version():
    return "%d.%d" % sys.version_info[:2]
