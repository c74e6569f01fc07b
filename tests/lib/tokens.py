"""The leaves of our tree against the tokens of Python's own `tokenize`.

Each leaf covers exactly one token; some kinds (EMPTY, and `not in`, `is not`) cover a row of whole tokens. Leaves are in
order and do not overlap. The other way round, each name that is no keyword, each number and each string without
replacement fields is exactly one leaf. Before 3.12 an f-string is one token: what is inside its fields is not compared.

The tokenizer gets the text with its line ends made plain, for a lone CR is no line end to it in all versions."""
import io
import keyword
import re
import token
import tokenize

from awry import LINE_END, line_starts

# Leaves that stand for more than one token when they are empty, or that begin with an operator.
EMPTY = {"argument_list", "parameters", "tuple", "list", "dictionary", "tuple_pattern", "list_pattern", "dict_pattern",
         "splat_pattern", "import_prefix", "parenthesized_list_splat", "string", "not in", "is not", "slice"}
SKIPPED = {token.NEWLINE, token.INDENT, token.DEDENT, token.ENDMARKER, tokenize.NL, tokenize.COMMENT, tokenize.ENCODING}
FSTRING_START = {getattr(token, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(token, name)}
FSTRING_MIDDLE = {getattr(token, name) for name in ("FSTRING_MIDDLE", "TSTRING_MIDDLE") if hasattr(token, name)}
FSTRING_END = {getattr(token, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(token, name)}
KEYWORDS = set(keyword.kwlist)
HAVE_LEAVES = {"True", "False", "None"}
SOFT = {"match", "case", "type"}
FIELD = re.compile(r"(?<!\{)(?:\{\{)*\{(?!\{)")


class Token:
    __slots__ = ("kind", "begin", "end", "text", "starts_line")

    def __init__(self, kind, begin, end, text, starts_line):
        self.kind, self.begin, self.end, self.text, self.starts_line = kind, begin, end, text, starts_line


def tokens_of(text):
    """The tokens that can have leaves, with bytes of `text`. Raises as tokenize does."""
    starts = line_starts(text)
    lines = [line.decode("utf-8") + "\n" for line in LINE_END.split(text)]
    if lines and lines[-1] == "\n":
        lines.pop()
    ascii_lines = [line.isascii() for line in lines]

    def offset(row, column):
        if row > len(lines):
            return len(text)
        line = lines[row - 1]
        return starts[row - 1] + (column if ascii_lines[row - 1] else len(line[:column].encode("utf-8")))

    tokens, starts_line, in_format = [], True, 0
    for kind, string, begin, end, _ in tokenize.generate_tokens(iter(lines + [""]).__next__):
        in_format += (kind in FSTRING_START) - (kind in FSTRING_END)
        if kind in (token.NEWLINE, token.INDENT, token.DEDENT):
            starts_line = True
        if kind in SKIPPED or kind in FSTRING_MIDDLE:
            continue
        tokens.append(Token(kind, offset(*begin), offset(*end), string, starts_line))
        starts_line = kind == token.OP and string in (";", ":") and not in_format
    return tokens


def check_leaves(leaves, by_begin, tokens, is_inside):
    """Problems of the first kind: leaves that are no tokens."""
    problems, behind = [], 0
    for leaf in leaves:
        if leaf.begin < behind:
            problems.append((leaf.begin, "%s %d-%d begins inside the leaf before it" % (leaf.kind, leaf.begin, leaf.end)))
        behind = max(behind, leaf.end)
        if leaf.end <= leaf.begin:
            problems.append((leaf.begin, "%s at %d is empty" % (leaf.kind, leaf.begin)))
            continue
        first = by_begin.get(leaf.begin)
        if first is None:
            if not is_inside(leaf):
                problems.append((leaf.begin, "%s %d-%d begins inside a token" % (leaf.kind, leaf.begin, leaf.end)))
            continue
        last = first
        while tokens[last].end < leaf.end and last + 1 < len(tokens):
            last += 1
        if tokens[last].end != leaf.end:
            problems.append((leaf.begin, "%s %d-%d ends inside a token" % (leaf.kind, leaf.begin, leaf.end)))
        elif last > first and leaf.kind not in EMPTY:
            problems.append((leaf.begin, "%s %d-%d covers %d tokens" % (leaf.kind, leaf.begin, leaf.end, last - first + 1)))
    return problems


def needs_leaf(tokens, i, case_wildcards):
    """Whether token i must be a leaf of its own."""
    t = tokens[i]
    if t.kind == token.NUMBER:
        return True
    if t.kind == token.STRING:
        prefix = t.text[:t.text.index(t.text[-1])].lower()
        return not ("f" in prefix or "t" in prefix) or not FIELD.search(t.text)
    if t.kind != token.NAME:
        return False
    if t.text in KEYWORDS:
        return t.text in HAVE_LEAVES
    if t.text in SOFT and t.starts_line:
        return False
    if t.text == "_" and t.begin in case_wildcards:
        return False
    before = tokens[i - 1].text if i else ""
    # The conversion of a replacement field, `!r`, is left out of the tree.
    return before != "!" and not (t.text == "__future__" and before == "from")


def check_tokens(leaves, tokens):
    """Problems of the second kind: tokens that are no leaves."""
    ranges = {(leaf.begin, leaf.end) for leaf in leaves}
    wildcards = set()
    for leaf in leaves:
        if leaf.kind in ("case_pattern", "splat_pattern"):
            wildcards.update(range(leaf.begin, leaf.end))
    return [(t.begin, "no leaf for %r" % t.text[:40]) for i, t in enumerate(tokens)
            if (t.begin, t.end) not in ranges and needs_leaf(tokens, i, wildcards)]


def compare(path, text, leaves):
    """(problems, tokens compared) of one file: its text and the leaves of our tree."""
    tokens = tokens_of(text)
    by_begin = {t.begin: i for i, t in enumerate(tokens)}
    whole_formats = {}
    if not FSTRING_START:
        for t in tokens:
            if t.kind == token.STRING and "f" in t.text[:t.text.index(t.text[-1])].lower():
                whole_formats.update(dict.fromkeys(range(t.begin, t.end)))
    leaves = [leaf for leaf in leaves if not (leaf.kind == "module" and len(leaves) == 1)]
    problems = check_leaves(leaves, by_begin, tokens, lambda leaf: leaf.begin in whole_formats)
    problems += check_tokens(leaves, tokens)
    starts = line_starts(text)
    return ["%s:%d: %s" % (path, sum(start <= at for start in starts), what) for at, what in sorted(problems)[:3]], len(tokens)
