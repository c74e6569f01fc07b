#!/usr/bin/env python3
"""Runs ctest and counts test cases: cmocka's and unittest's own where a test reports them, else one for each ctest entry.

    run_all.py --build DIR --labels quick[,slow,net] [--limit SECONDS] [--totals FILE] [NAME-REGEX]

A test that exits with 77 is skipped. Under CI=true that counts as failed, and so does a single case whose reason says
`missing tool: NAME`: a machine that tests for everyone must have everything.
The last line is `N passed, N failed, N skipped`; the exit code is 1 when anything failed.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

IS_CI = os.environ.get("CI") == "true"


def cmocka_counts(text):
    """(passed, failed, skipped) of all groups in a cmocka output; None when it is not one."""
    if "[==========]" not in text:
        return None
    counts = []
    for word in ("PASSED", "FAILED", "SKIPPED"):
        numbers = re.findall(r"^\[ +%s +\] (\d+) test\(s\)" % word, text, re.MULTILINE)
        counts.append(sum(map(int, numbers)))
    return tuple(counts)


def unittest_counts(text):
    """(passed, failed, skipped) of a unittest output; None when it is not one."""
    ran = re.findall(r"^Ran (\d+) tests? in ", text, re.MULTILINE)
    verdicts = re.findall(r"^(?:OK|FAILED)(?: \((.*)\))?$", text, re.MULTILINE)
    if not ran or not verdicts:
        return None
    kinds = {"failures": 0, "errors": 0, "unexpected successes": 0, "skipped": 0}
    for verdict in verdicts:
        for kind, number in re.findall(r"([a-z ]+)=(\d+)", verdict):
            kinds[kind.strip()] = kinds.get(kind.strip(), 0) + int(number)
    failed = kinds["failures"] + kinds["errors"] + kinds["unexpected successes"]
    skipped = kinds["skipped"]
    return max(sum(map(int, ran)) - failed - skipped, 0), failed, skipped


def missing_tools(text):
    return re.findall(r"skipped ['\"](missing tool: [^'\"]*)", text)


def count(status, text):
    """(passed, failed, skipped, notes) of one ctest entry."""
    if status == "skipped":
        reason = text.strip().splitlines()[-1] if text.strip() else "no reason given"
        return (0, 1, 0, [reason]) if IS_CI else (0, 0, 1, [reason])
    passed, failed, skipped = cmocka_counts(text) or unittest_counts(text) or (int(status == "passed"), 0, 0)
    notes = sorted(set(missing_tools(text)))
    if IS_CI and notes:
        missing = len(missing_tools(text))
        failed, skipped = failed + missing, skipped - missing
    if status != "passed" and not failed:
        failed = 1
    return passed, failed, skipped, notes


def entries(path):
    """(name, status, output) of each test in ctest's report."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        text = case.findtext("system-out") or ""
        skip = case.find("skipped")
        if case.get("status") == "run":
            yield case.get("name"), "passed", text
        elif skip is not None and "SKIP_RETURN_CODE" in (skip.get("message") or ""):
            yield case.get("name"), "skipped", text
        else:
            yield case.get("name"), "failed", text


def run_ctest(options, report):
    command = ["ctest", "--test-dir", options.build, "--output-on-failure", "--output-junit", report,
               "--test-output-size-passed", "4000000", "--test-output-size-failed", "4000000",
               "-L", "^(%s)$" % options.labels.replace(",", "|"), "-j", str(os.cpu_count() or 1)]
    if options.regex:
        command += ["-R", options.regex]
    if options.limit:
        end = time.localtime(time.time() + options.limit)
        command += ["--stop-time", time.strftime("%H:%M:%S", end)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        process.wait(options.limit + 30 if options.limit else None)
    except subprocess.TimeoutExpired:
        print("out of time after %d s" % options.limit)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    return process.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--labels", default="quick")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--totals")
    parser.add_argument("regex", nargs="?")
    options = parser.parse_args()

    total = [0, 0, 0]
    remarks = []
    with tempfile.TemporaryDirectory() as directory:
        report = os.path.join(directory, "report.xml")
        code = run_ctest(options, report)
        results = list(entries(report)) if os.path.exists(report) else []
        for name, status, text in results:
            passed, failed, skipped, notes = count(status, text)
            for i, number in enumerate((passed, failed, skipped)):
                total[i] += number
            if failed and status != "failed":
                remarks.append("failed under CI=true: " + name)
            elif failed:
                remarks.append("failed: " + name)
            remarks += ["not run in %s: %s" % (name, note) for note in notes]
    if code != 0 and not total[1]:
        total[1] = 1
        remarks.append("ctest itself failed (%s)" % code)
    if not results and options.regex:
        total[1] += 1
        remarks.append("no test is called like `%s`" % options.regex)

    if options.totals:
        with open(options.totals, "a") as out:
            print(json.dumps(total), file=out)
    for remark in remarks:
        print(remark)
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
