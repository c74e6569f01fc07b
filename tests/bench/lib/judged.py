"""The verdicts of tests/accuracy: one file a rule, one line a finding that somebody read in its context."""
import csv
import glob
import math
import os
import re
from collections import namedtuple

from sources import ROOT

FOLDER = os.path.join(ROOT, "tests", "accuracy")
HELD_OUT = os.path.join(FOLDER, "held-out")
COLUMNS = ["package", "version", "place", "case", "verdict", "reason"]

Verdict = namedtuple("Verdict", "code package version place case verdict reason where")


def rows(path):
    """The lines of a table with a line of heads, as (number of the line, dictionary)."""
    with open(path, encoding="utf-8", newline="") as table:
        reader = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        heads = next(reader)
        for cells in reader:
            if len(cells) != len(heads):
                raise ValueError("%s:%d: %d columns, %d were due" % (path, reader.line_num, len(cells), len(heads)))
            yield reader.line_num, dict(zip(heads, cells))


def files(folder=FOLDER):
    return sorted(path for path in glob.glob(os.path.join(folder, "AW*.tsv")) if re.match(r"AW\d+\.tsv\Z", os.path.basename(path)))


def read(folder=FOLDER):
    """All verdicts, sorted by rule, in the order of their file. The column `case` may be left out."""
    found = []
    for path in files(folder):
        code = os.path.basename(path)[:-4]
        for number, row in rows(path):
            found.append(Verdict(code, row["package"], row["version"], row["place"], row.get("case", ""), row["verdict"], row["reason"],
                                 "%s:%d" % (os.path.basename(path), number)))
    return found


def corpora(folder=FOLDER):
    """(package, version) of all that was scanned, in order."""
    return [(row["package"], row["version"]) for _, row in rows(os.path.join(folder, "corpora.tsv"))]


def wilson(right, read_):
    """The lower bound of the 95 % Wilson interval of right out of read_; 0 when nothing was read."""
    if read_ == 0:
        return 0.0
    z = 1.959964
    share = right / read_
    middle = share + z * z / (2 * read_)
    spread = z * math.sqrt(share * (1 - share) / read_ + z * z / (4 * read_ * read_))
    return max(0.0, (middle - spread) / (1 + z * z / read_))


# ---- docs/accuracy.md

PAGE = os.path.join(ROOT, "docs", "accuracy.md")


def placed(page, name, text):
    """The page with the text between the marks of that name."""
    begin, end = "<!-- %s: begin -->" % name, "<!-- %s: end -->" % name
    at = page.index(begin) + len(begin)
    return page[:at] + "\n" + text + "\n" + page[page.index(end):]


def write(name, text):
    """Puts the text between the marks in docs/accuracy.md."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    changed = placed(page, name, text)
    if changed != page:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(changed)
        print("\nwritten into docs/accuracy.md")


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
