"""What awry finds of real bugs whose fix is known: before the fix, and no longer after it.

    ./dev bench accuracy DIR [--cases DIR] [-v] [--outside] [--output text|json] [--write]

DIR holds a folder a case: before/<path>, after/<path>, and case.json, which says where the bug is (tests/accuracy/README.md). With
--cases the facts come from there; --write puts the table into docs/accuracy.md. A hit is a finding of an async rule on a bad line, or one line off; it is gone when the file after
the fix has fewer findings of the same rule with the same message on a line of the same text.
Exit code 1: a bound is not kept (two thirds of what one file or types can show, half of what other files show that come with the case, 3
and 0.3 findings in 1,000 other lines).
"""
import argparse
import json
import os
import sys
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import findings  # noqa: E402
import judged  # noqa: E402
import sources  # noqa: E402

FAMILIES = {"blocking-call", "blocking-call-transitive", "missing-await", "unstored-task", "swallowed-cancellation", "cancellation",
            "asyncio-run-in-loop", "manual-event-loop"}
ONE_FILE = ("single-file", "types")
COLUMNS = ["category", "needs", "cases", "found", "gone", "default"]
LEAST_FOUND, LEAST_ACROSS, MOST_ALL, MOST_DEFAULT = 2 / 3, 0.5, 3.0, 0.3


def load_cases(folder, facts_folder):
    """The facts of each case that is laid out, with its number."""
    cases = []
    for number in sorted(os.listdir(folder)):
        facts = os.path.join(facts_folder, number, "case.json")
        if os.path.isfile(facts) and os.path.isdir(os.path.join(folder, number, "before")):
            with open(facts, encoding="utf-8") as text:
                cases.append((number, json.load(text)))
    if not cases:
        sys.exit("no case in %s: NNN/before, NNN/after and NNN/case.json were due" % folder)
    return cases


def lines_of(path):
    """The lines as awry counts them: only line feeds and carriage returns end one."""
    with open(path, "rb") as source:
        text = source.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.decode("utf-8", "replace").split("\n")


def files_of(root):
    """All Python files below, relative to it: they are one project, whatever a .gitignore among them says."""
    return [os.path.relpath(path, root) for path in sources.python_files(root)]


def found_in(root, case, select, *options):
    """Findings of async rules in the file of the case, and those about the input. All files that come with it are one project."""
    here = os.path.normpath(case["path"])
    # Most files of these projects are not there, so imports fail.
    options = ["--no-profiles", "--project-root", ".", "--check-broken", *options]
    found = [f for f in findings.check(root, files_of(root), select, *options) if f["filename"] == here]
    return ([f for f in found if findings.is_async_rule(f["code"])], [f for f in found if f["code"] in ("AW001", "AW002", "AW003")])


def identity(finding, lines):
    number = findings.line_of(finding)
    return finding["code"], finding["message"], lines[number - 1].strip() if number <= len(lines) else ""


def is_near(finding, bad_lines):
    return any(abs(findings.line_of(finding) - line) <= 1 for line in bad_lines)


def examine(folder, number, case):
    """What came of one case."""
    before, after = (os.path.join(folder, number, side) for side in ("before", "after"))
    # Whoever wrote `# noqa` on a bug had a tool that found it: what is suppressed counts as found, and not as noise.
    here, unread = found_in(before, case, "all", "--ignore-suppressions")
    default = found_in(before, case, "default", "--ignore-suppressions")[0]
    there, unread_after = found_in(after, case, "all", "--ignore-suppressions")
    shown, shown_default = (found_in(before, case, select)[0] for select in ("all", "default"))
    lines, lines_after = (lines_of(os.path.join(side, case["path"])) for side in (before, after))
    count = Counter(identity(f, lines) for f in here)
    count_after = Counter(identity(f, lines_after) for f in there)
    hits = [f for f in here if is_near(f, case["bad_lines"])]
    gone = [f for f in hits if count_after[identity(f, lines)] < count[identity(f, lines)]]
    bad = {line + off for line in case["bad_lines"] for off in (-1, 0, 1) if 1 <= line + off <= len(lines)}
    return {
        "has_others": len(files_of(before)) > 1, "number": number, "category": case["category"], "needs": case["needs"], "path": case["path"], "bad_lines": case["bad_lines"],
        "hits": sorted({"%s@%d" % (f["code"], findings.line_of(f)) for f in hits}),
        "gone": sorted({"%s@%d" % (f["code"], findings.line_of(f)) for f in gone}),
        "by_default": any(is_near(f, case["bad_lines"]) for f in default),
        "lines": len(lines) - len(bad),
        "outside": ["%d %s %s" % (findings.line_of(f), f["code"], f["message"]) for f in shown if not is_near(f, case["bad_lines"])],
        "outside_default": sum(not is_near(f, case["bad_lines"]) for f in shown_default),
        "outside_info": sum(not is_near(f, case["bad_lines"]) for f in shown_default if f["severity"] == "info"),
        "unread": [f["message"] for f in unread + unread_after],
    }


def tally(results):
    return {"cases": len(results), "found": sum(bool(r["hits"]) for r in results), "gone": sum(bool(r["gone"]) for r in results),
            "default": sum(r["by_default"] for r in results)}


def summary(results):
    """All the figures, ready for JSON."""
    groups = {}
    for result in results:
        groups.setdefault((result["category"], result["needs"]), []).append(result)
    family = [r for r in results if r["category"] in FAMILIES]
    lines = max(1, sum(r["lines"] for r in results))
    return {
        "groups": [{"category": category, "needs": needs, **tally(group)} for (category, needs), group in sorted(groups.items())],
        "all": tally(results),
        "families_one_file": tally([r for r in family if r["needs"] in ONE_FILE]),
        "families_cross_file": tally([r for r in family if r["needs"] not in ONE_FILE]),
        "families_with_files": tally([r for r in family if r["needs"] not in ONE_FILE and r["has_others"]]),
        "lines_outside": lines,
        "outside_all": sum(len(r["outside"]) for r in results),
        "outside_default": sum(r["outside_default"] for r in results),
        "outside_info": sum(r["outside_info"] for r in results),
        "outside_all_per_1000": 1000 * sum(len(r["outside"]) for r in results) / lines,
        "outside_default_per_1000": 1000 * sum(r["outside_default"] for r in results) / lines,
    }


def broken_bounds(figures):
    broken = []
    for what, group, least, words in (("one file or types", "families_one_file", LEAST_FOUND, "two thirds were"),
                                      ("across files that come with the case", "families_with_files", LEAST_ACROSS, "half was")):
        counts = figures[group]
        if counts["gone"] < least * counts["cases"]:
            broken.append("%s: %d of %d found and gone, at least %s due" % (what, counts["gone"], counts["cases"], words))
    for what, most in (("all", MOST_ALL), ("default", MOST_DEFAULT)):
        rate = figures["outside_%s_per_1000" % what]
        if rate > most:
            broken.append("%.2f findings in 1,000 other lines (--select %s), at most %.1f was due" % (rate, what, most))
    return broken


def share(counts):
    part = 100 * counts["gone"] / counts["cases"] if counts["cases"] else 0
    return "%d of %d (%.0f %%) found before and gone after; found at all %d, by the default set %d" % (
        counts["gone"], counts["cases"], part, counts["found"], counts["default"])


def groups_and_all(figures):
    return figures["groups"] + [{"category": "all", "needs": "", **figures["all"]}]


def sentences(figures):
    """The figures that are bounded."""
    return [
        "The five families, one file or types: " + share(figures["families_one_file"]) + ".",
        "The five families, across files: " + share(figures["families_cross_file"]) + ".",
        "Those of them that come with other files: " + share(figures["families_with_files"]) + ".",
        "Outside of the bad lines, %s lines: %d findings with all rules (%.2f in 1,000 lines), %d by the default set (%.2f in 1,000), %d of these as info." % (
            format(figures["lines_outside"], ","), figures["outside_all"], figures["outside_all_per_1000"],
            figures["outside_default"], figures["outside_default_per_1000"], figures["outside_info"]),
    ]


def page(figures):
    """What docs/accuracy.md says of the cases."""
    lines = [judged.row(COLUMNS), judged.row(["---"] * 2 + ["---:"] * 4)]
    lines += [judged.row([g[column] for column in COLUMNS]) for g in groups_and_all(figures)]
    return "\n".join(lines + [""] + ["- " + sentence for sentence in sentences(figures)])


def print_text(results, figures, options):
    if options.verbose:
        for r in results:
            state = "gone" if r["gone"] else "stays" if r["hits"] else "missed"
            said = " ".join(r["hits"]) or "-"
            print("%s  %-6s  %-24s %-11s  %s:%s  %s%s" % (r["number"], state, r["category"], r["needs"], r["path"],
                  ",".join(map(str, r["bad_lines"])), said, "  NOT READ: " + r["unread"][0] if r["unread"] else ""))
        print()
    if options.outside:
        for r in results:
            for line in r["outside"]:
                print("%s  %s:%s" % (r["number"], r["path"], line))
        print()
    row = "%-26s %-12s %6s %6s %6s %8s"
    print(row % tuple(COLUMNS))
    for g in groups_and_all(figures):
        print(row % tuple(g[column] for column in COLUMNS))
    print()
    print("\n".join(sentences(figures)))
    unread = [r["number"] for r in results if r["unread"]]
    if unread:
        print("not read: " + " ".join(unread))


def main():
    parser = argparse.ArgumentParser(prog="./dev bench accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="DIR", help="where the cases are laid out")
    parser.add_argument("--cases", metavar="DIR", help="where the case.json files are, when not beside the sources")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each case")
    parser.add_argument("--outside", action="store_true", help="a line for each finding outside of the bad lines")
    parser.add_argument("--write", action="store_true", help="put the table into docs/accuracy.md")
    parser.add_argument("--output", choices=["text", "json"], default="text")
    options = parser.parse_args()
    if not os.path.isdir(options.folder):
        parser.error("no such folder: " + options.folder)
    cases = load_cases(options.folder, options.cases or options.folder)
    results = [examine(options.folder, number, case) for number, case in cases]
    figures = summary(results)
    broken = broken_bounds(figures)
    if options.output == "json":
        print(json.dumps({**figures, "broken": broken, "cases": results}, indent=1))
    else:
        print_text(results, figures, options)
        print("\n".join(broken) if broken else "all within bounds")
    if options.write:
        judged.write("cases", page(figures))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
