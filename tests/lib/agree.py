"""Our tree against CPython's `ast` of the same file.

Compared, for each file that the running Python compiles:
  await            as many, the same begin and end
  call             likewise (decorators and base classes' calls included; class patterns are no calls in either)
  def, class       the same begin, end, and `async`
  for              likewise
  with             likewise; the number of its items and where each begins (up to opening brackets)
  try              the same begin and end; where each handler begins, and whether it is an `except*`
  comprehensions   the `for` clauses in order: where each target stands, and `async`
An end may differ by `;`, blanks, comments and line ends, for `ast` has no node for them.

Inside f-strings Python gives true places from 3.12 on only; before, nodes inside of one are counted by kind.
"""
import ast
import bisect
import collections
import re
import sys
import warnings

from awry import line_starts, source_text

KINDS = ("await,call,function_definition,class_definition,for_statement,for_in_clause,with_statement,with_item,"
         "try_statement,except_clause")
FIELDS_HAVE_PLACES = sys.version_info >= (3, 12)
FILLING = re.compile(rb"(?:[ \t\f;\r\n]|\\(?:\r\n|\r|\n)|#[^\r\n]*)*\Z")
BRACKETS = re.compile(rb"(?:[ \t\f(\r\n]|\\(?:\r\n|\r|\n)|#[^\r\n]*)*\Z")

SAME = {
    ast.Await: "await", ast.Call: "call", ast.FunctionDef: "function_definition", ast.AsyncFunctionDef: "function_definition",
    ast.ClassDef: "class_definition", ast.For: "for_statement", ast.AsyncFor: "for_statement",
    ast.With: "with_statement", ast.AsyncWith: "with_statement", ast.Try: "try_statement",
    ast.ExceptHandler: "except_clause", ast.comprehension: "for_in_clause", ast.withitem: "with_item",
}
if hasattr(ast, "TryStar"):
    SAME[ast.TryStar] = "try_statement"
ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
FORMATTED = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name))

# What one node of either side is, for the comparison. `mark` is "async", "star" or "".
Seen = collections.namedtuple("Seen", "begin end mark")


def compile_quietly(content, path, flags=0):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(content, path, "exec", flags, dont_inherit=True)


def refusal(content, path):
    """Why Python does not compile the file; None when it does."""
    try:
        compile_quietly(content, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return "%s: %s" % (type(error).__name__, error)
    return None


class PythonTree(ast.NodeVisitor):
    """The nodes that are compared, by our kinds."""

    def __init__(self, text):
        self.starts = line_starts(text)
        self.seen = collections.defaultdict(list)
        self.items = {}       # begin of a with -> begins of its items
        self.strings = []     # (begin, end, Counter of kinds) of outermost f-strings, where their fields have no places
        self.star = ""        # of the handlers of the try that is visited

    def at(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def walk(self, root):
        """Iterative: the library holds deep trees."""
        stack = [(root, "")]
        while stack:
            node, star = stack.pop()
            if isinstance(node, FORMATTED) and not FIELDS_HAVE_PLACES:
                self.count_fields(node)
                continue
            kind = SAME.get(type(node))
            if kind:
                self.add(kind, node, star)
            is_star = type(node).__name__ == "TryStar"
            for child in ast.iter_child_nodes(node):
                stack.append((child, "star" if is_star and isinstance(child, ast.ExceptHandler) else ""))

    def add(self, kind, node, star):
        if kind == "for_in_clause":
            self.seen[kind].append(Seen(self.at(node.target), self.end(node.iter), "async" if node.is_async else ""))
        elif kind == "with_item":
            last = node.optional_vars or node.context_expr
            self.seen[kind].append(Seen(self.at(node.context_expr), self.end(last), ""))
        else:
            mark = star or ("async" if isinstance(node, ASYNC) else "")
            self.seen[kind].append(Seen(self.at(node), self.end(node), mark))

    def count_fields(self, string):
        counts = collections.Counter(SAME[type(node)] for node in ast.walk(string) if type(node) in SAME)
        if counts:
            self.strings.append((self.at(string), self.end(string), counts))


def our_nodes(nodes):
    seen = collections.defaultdict(list)
    for node in nodes:
        mark = "star" if "star" in node.flags else "async" if "async" in node.flags else ""
        seen[node.kind].append(Seen(node.begin, node.end, mark))
    return seen


def take_fields(ours, strings):
    """Takes the nodes inside f-strings out of ours, and gives what is not as often there as Python says."""
    begins = sorted(begin for begin, _, _ in strings)
    ends = {begin: end for begin, end, _ in strings}
    found = {begin: collections.Counter() for begin in begins}
    for kind, seen in ours.items():
        left = []
        for node in seen:
            i = bisect.bisect_right(begins, node.begin) - 1
            if i >= 0 and node.end <= ends[begins[i]]:
                found[begins[i]][kind] += 1
            else:
                left.append(node)
        ours[kind] = left
    return ["f-string at byte %d: %s, Python has %s" % (begin, dict(found[begin]), dict(counts))
            for begin, _, counts in strings if found[begin] != counts]


def same_node(kind, text, ours, theirs):
    """Whether both are the same node: see the head of this file."""
    if ours.mark != theirs.mark:
        return False
    if kind == "for_in_clause":
        word = re.match(rb"(?:async(?:[ \t\f]|\\\r?\n?|[\r\n]|#[^\r\n]*)+)?for\b", text[ours.begin:ours.end])
        return bool(word) and bool(BRACKETS.match(text[ours.begin + word.end():theirs.begin])) and ours.end >= theirs.end
    if kind == "with_item":
        before = text[ours.begin:theirs.begin]
        return ours.begin <= theirs.begin and before[:1] in (b"", b"(") and bool(BRACKETS.match(before)) and ours.end >= theirs.end
    if ours.begin != theirs.begin:
        return False
    if ours.end == theirs.end:
        return True
    if kind in ("await", "call"):
        return False
    return bool(FILLING.match(text[min(ours.end, theirs.end):max(ours.end, theirs.end)]))


def row(starts, offset):
    return bisect.bisect_right(starts, offset)


def compare(path, text, root, nodes):
    """(problems, nodes compared) of one file: its text, Python's tree, our nodes of KINDS."""
    python = PythonTree(text)
    python.walk(root)
    ours = our_nodes(nodes)
    problems = ["%s: %s" % (path, line) for line in take_fields(ours, python.strings)] if not FIELDS_HAVE_PLACES else []
    total = sum(sum(counts.values()) for _, _, counts in python.strings)
    for kind in KINDS.split(","):
        mine, theirs = sorted(ours[kind]), sorted(python.seen[kind])
        total += len(theirs)
        if len(mine) != len(theirs):
            odd = sorted({node.begin for node in mine} ^ {node.begin for node in theirs})
            rows = [row(python.starts, at) for at in odd[:5]] if kind not in ("for_in_clause", "with_item") else []
            problems.append("%s: %d nodes %s, Python has %d (lines %s)" % (path, len(mine), kind, len(theirs), rows))
            continue
        for a, b in zip(mine, theirs):
            if not same_node(kind, text, a, b):
                problems.append("%s:%d: %s %s, Python has %s" % (path, row(python.starts, b.begin), kind, tuple(a), tuple(b)))
                break
    return problems, total


def check_file(path, tree):
    """(problems, nodes compared, why Python refuses it) of a file and our flat tree of it."""
    with open(path, "rb") as source:
        content = source.read()
    why = refusal(content, path)
    if why:
        return [] if tree.troubles else ["%s: Python refuses it (%s), awry does not" % (path, why)], 0, why
    if tree.troubles:
        first = tree.troubles[0]
        starts = line_starts(source_text(content))
        return ["%s:%d: Python accepts it, awry says: %s" % (path, row(starts, first.begin), first.message)], 0, None
    root = compile_quietly(content, path, ast.PyCF_ONLY_AST)
    problems, total = compare(path, source_text(content), root, tree.nodes)
    return problems, total, None
