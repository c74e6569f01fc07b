"""The projects of fixtures/linked: copies of them, the marks in their sources, and what awry finds in them.

    # expect: CODE                     found on this line, or on the next line of code when the mark is alone on its line
    # expect: CODE "text"              ... and the message holds the text
    # expect: CODE chain: f → g → api  ... and this is the whole way down
    # expect: CODE ... at: one two     ... and the steps of the way are at these places, in this order
    # place: one                       names this line
    # held: CODE                       held back, because the file can never run: found with --check-broken
    # missed: CODE, # wrong: CODE      as in the other fixtures: known, and to be taken away when no longer true
"""
import json
import os
import re
import shutil
import tempfile
from collections import namedtuple

import awry

FOLDER = os.path.join(awry.ROOT, "fixtures", "linked")
PROJECTS = sorted(os.listdir(FOLDER)) if os.path.isdir(FOLDER) else []

Mark = namedtuple("Mark", "kind path row code text chain at")

MARKS = re.compile(r"# (expect|held|missed|wrong|place): ")
EXPECTED = re.compile(r'(?P<code>AW\d+)(?: "(?P<text>[^"]*)")?(?: chain: (?P<chain>.*?))?(?: at: (?P<at>[\w. ]+?))?\s*\Z')


def copy(test, name):
    """A fresh copy of a project, gone with the test; its folder."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-linked-"))
    test.addCleanup(shutil.rmtree, folder)
    whole = os.path.join(folder, name)
    shutil.copytree(os.path.join(FOLDER, name), whole)
    os.mkdir(os.path.join(whole, ".git"))  # a checkout: all of it belongs together
    return whole


def files(folder):
    """The Python files below, relative, sorted."""
    found = []
    for directory, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        found += [os.path.relpath(os.path.join(directory, name), folder) for name in names if name.endswith((".py", ".pyi"))]
    return sorted(found)


def is_code(line):
    line = line.strip()
    return bool(line) and not line.startswith("#")


def row_meant(lines, row):
    """The row that a mark on this row is about."""
    while row < len(lines) and not is_code(lines[row - 1]):
        row += 1
    return row


def marks_of_line(path, lines, row):
    """(marks, names of places) of one line."""
    pieces = MARKS.split(lines[row - 1])
    marks, places = [], []
    for kind, rest in zip(pieces[1::2], pieces[2::2]):
        if kind == "place":
            places += rest.split()
            continue
        said = EXPECTED.match(rest.strip())
        if not said:
            raise ValueError("%s:%d: no such mark: %s" % (path, row, rest))
        marks.append(Mark(kind, path, row_meant(lines, row), said["code"], said["text"] or "", said["chain"], (said["at"] or "").split()))
    return marks, places


def read_marks(folder):
    """(marks, place by name) of all files of a project."""
    marks, places = [], {}
    for path in files(folder):
        with open(os.path.join(folder, path), encoding="utf-8") as source:
            lines = source.read().split("\n")
        for row in range(1, len(lines) + 1):
            here, named = marks_of_line(path, lines, row)
            marks += here
            for name in named:
                if name in places:
                    raise ValueError("%s:%d: the place %s is named twice" % (path, row, name))
                places[name] = (path, row)
    return marks, places


def check(folder, *arguments, no_cache=True, **more):
    """(findings, outcome) of a run in the folder; a crash is an AssertionError."""
    options = ["--no-cache"] if no_cache else []
    outcome = awry.run("check", "--select", "all", "--output-format", "json", *options, *arguments, cwd=folder, **more)
    trouble = awry.crashed(outcome)
    if trouble:
        raise AssertionError(trouble)
    try:
        return json.loads(outcome.out), outcome
    except ValueError:
        raise AssertionError("exit code %d: %s" % (outcome.code, outcome.err.decode("utf-8", "replace")[-2000:])) from None


def place_of(finding):
    return os.path.normpath(finding["filename"]), finding["location"]["row"]


def steps_of(finding):
    return [place_of(step) for step in finding["chain"] if step["step"] is not None]


def shown(place):
    return "%s:%d" % place


def judge_way(mark, finding, places):
    """What is wrong with the way that a finding shows."""
    where, problems = shown((mark.path, mark.row)), []
    if mark.chain is not None and finding["calls"] != mark.chain:
        problems.append("%s: %s goes `%s`, and not `%s`" % (where, mark.code, finding["calls"], mark.chain))
    if mark.chain is not None:
        wanted, there = [places[name] for name in mark.at], steps_of(finding)
        if wanted != there:
            problems.append("%s: %s has its steps at %s, and not at %s" % (
                where, mark.code, " ".join(map(shown, there)) or "no place", " ".join(map(shown, wanted))))
    return problems


def judge(marks, places, findings):
    """What is wrong, a line each: a finding without a mark, a mark without a finding, another way down."""
    problems, left = [], list(marks)
    for finding in findings:
        place = place_of(finding)
        mark = next((m for m in left if (m.path, m.row) == place and m.code == finding["code"] and m.text in finding["message"]), None)
        if mark is None or mark.kind in ("missed", "held"):
            what = "expected nothing, found" if mark is None or mark.kind == "held" else "now found, make it `expect:`:"
            problems.append("%s: %s %s %s (%s)" % (shown(place), what, finding["code"], finding["message"], finding["calls"]))
        if mark is not None:
            left.remove(mark)
            problems += judge_way(mark, finding, places)
    for mark in left:
        if mark.kind not in ("missed", "held"):
            what = "no longer found, take the `wrong:` away" if mark.kind == "wrong" else "expected, and not found"
            problems.append("%s: %s: %s %s" % (shown((mark.path, mark.row)), what, mark.code, mark.chain or mark.text))
    return problems
