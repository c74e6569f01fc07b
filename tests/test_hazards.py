# timeout: 180
"""The known hazards of the parser reach no user: each is tried through the program, on the pinned runtime.

What the bare runtime does with such inputs is shown by test_runtime.c."""
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import badinput

SLOW = 12 if awry.is_sanitized() else 1  # how much slower a sanitized build may be
# Where there is a release build beside the one under test, it is the one whose time is measured.
RELEASE = os.environ.get("AWRY_RELEASE")
FAST = RELEASE if RELEASE and os.path.exists(RELEASE) else awry.AWRY
FAST_SLOW = 12 if awry.is_sanitized(FAST) else 1
GOOD = b"import time\n\nasync def pause():\n    time.sleep(1)\n"
ASYNC = b"async def f():\n    await g()\n"


class Hazards(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-hazard-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("aaa_good.py", GOOD)

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)

    def check(self, *options, paths=(".",), **more):
        """(codes by file, standard error, seconds); the good file beside the others must have its finding."""
        begin = time.monotonic()
        outcome = awry.run("check", "--output-format", "json", *options, *paths, cwd=self.folder, timeout=120, **more)
        seconds = time.monotonic() - begin
        self.assertEqual(awry.crashed(outcome), "")
        codes = {}
        for finding in json.loads(outcome.out):
            codes.setdefault(finding["filename"], []).append(finding["code"])
        if paths == (".",):
            self.assertEqual(codes.pop("aaa_good.py", None), ["AW101"])
        return codes, outcome.err.decode(), seconds

    def phases(self, name, *wanted, options=(), runs=3):
        """Milliseconds of CPU that the phases take for a file: the least of some runs."""
        least = float("inf")
        for _ in range(runs):
            err = self.check("--timings", "-j1", *options, paths=(name,), program=FAST)[1]
            times = dict(re.findall(r"^(\w+) +([\d.]+)$", err, re.MULTILINE))
            least = min(least, sum(float(times[phase]) for phase in wanted))
        return least

    # ---- row 1: more open blocks than the grammar's scanner can keep

    def test_blocks_beyond_the_limit_are_refused(self):
        for levels in (99, 100, 509, 510, 511, 512, 513, 1100):
            for name, last in (("plain", b"pass"), ("string", b"x = 'a"), ("triple", b"x = '''a"), ("fields", b"x = f'{a}' f'{b' f\"{c"), ("many", b"f'{f\"{" * 40)):
                self.write("%s_%d.py" % (name, levels), ASYNC + badinput.indents(levels, last=last))
        codes = self.check()[0]
        self.assertNotIn("plain_99.py", codes)
        for levels in (100, 509, 510, 511, 512, 513, 1100):
            for name in ("plain", "string", "triple", "fields", "many"):
                self.assertEqual(codes["%s_%d.py" % (name, levels)][0], "AW002")

    # ---- row 2: runs of comments

    def places_of_comments(self, block):
        yield "top", ASYNC + block + b"x = 1\n"
        yield "first", block + ASYNC
        yield "last", ASYNC + block
        yield "body", b"async def f():\n" + block + b"    await g()\n" + block.replace(b"#", b"    #")
        yield "brackets", b"async def f():\n    await g(\n" + block + b"        a,\n" + block + b")\n"
        yield "else", b"async def f():\n    if x:\n        pass\n" + block + b"    else:\n        await g()\n"
        yield "decorator", b"@d\n" + block + ASYNC
        yield "trailing", b"async def f():\n" + b"".join(b"    await g()  " + line + b"\n" for line in block.splitlines()[:500])

    def test_comments_cost_nearly_nothing(self):
        block = (b"#" + b" c" * 39 + b"\n") * 5000
        for name, content in self.places_of_comments(block):
            self.write("bare.py", content.replace(block, b"").replace(block.replace(b"#", b"    #"), b""))
            self.write("full.py", content)
            cost = self.phases("full.py", "scan", "parse", "flatten", "rules") - self.phases("bare.py", "scan", "parse", "flatten", "rules")
            self.assertLess(cost, 50 * FAST_SLOW, name)

    def test_comments_are_linear(self):
        costs = []
        for lines in (20000, 200000):
            self.write("comments.py", ASYNC + b"# comment\n" * lines + b"x = 1\n")
            costs.append(self.phases("comments.py", "scan", "parse", "flatten", "rules"))
        print("20,000 comment lines: %.1f ms, 200,000: %.1f ms" % tuple(costs))
        self.assertLess(costs[1], 30 * max(costs[0], 0.5))

    # ---- row 4: no memory left

    def test_spent_memory_ends_a_file_and_not_the_run(self):
        self.write("large.py", ASYNC + b"x = [1, 2, 3]\n" * 40000)
        codes = self.check("--max-memory", "8M")[0]
        self.assertEqual(codes, {"large.py": ["AW003"]})
        codes = self.check("--max-memory", "500M")[0]
        self.assertEqual(codes, {})

    def test_every_budget_ends_well(self):
        """Whatever the allocation at which memory ends: the file is given up, and nothing else happens."""
        self.write("typed.py", badinput.TYPED.replace(b"            except* ValueError: pass\n", b"") * 20)
        seen = set()
        size = 1 << 12
        while size < 64 << 20:
            codes = self.check("--max-memory", str(size), paths=("typed.py",))[0].get("typed.py", [])
            self.assertIn(codes, ([], ["AW003"]), size)
            seen.add(tuple(codes))
            size = size * 5 // 4 + 1
        self.assertEqual(len(seen), 2)

    # ---- row 5: deep nesting in a small stack

    def test_deep_inputs_need_no_stack(self):
        kilobytes = 1024 if awry.is_sanitized() else 256

        def small_stack():
            resource.setrlimit(resource.RLIMIT_STACK, (kilobytes << 10, kilobytes << 10))

        for name, content in badinput.depth(1500 if awry.is_sanitized() else 10000).items():
            self.write(name + ".py", content)
        self.check(preexec_fn=small_stack)
        names = sorted(name for name in os.listdir(self.folder) if name.startswith("deep_"))
        for view in (["tree", "--flat", "--leaves"], ["flow", "--count"]):
            outcome = awry.run("debug", *view, *names, cwd=self.folder, timeout=120, preexec_fn=small_stack)
            self.assertEqual(awry.crashed(outcome), "", view)

    # ---- what is known of a program: twice as many of a kind cost about twice as much

    def test_programs_cost_little(self):
        options = ("--select", "all", "--isolated", "--no-cache", "--no-profiles")
        count = 500 if awry.is_sanitized(FAST) else 3000
        fewer = badinput.program(count // 2)

        def cost_of(content, runs):
            self.write("program.py", content)
            return self.phases("program.py", "rules", options=options, runs=runs)

        for name, content in badinput.program(count).items():
            # What is quadratic costs four times as much; 100 ms are noise.
            for runs in (1, 5):
                cost, limit = cost_of(content, runs), 3 * cost_of(fewer[name], runs) + 100
                if cost <= limit:
                    break
            self.assertLess(cost, limit, "%s: %d bytes" % (name, len(content)))

    def test_programs_need_no_stack(self):
        kilobytes = 1024 if awry.is_sanitized() else 256
        for name, content in badinput.program(300).items():
            self.write(name + ".py", content)
        limit = (resource.RLIMIT_STACK, (kilobytes << 10, kilobytes << 10))
        self.check("--select", "all", "--isolated", "--no-profiles", preexec_fn=lambda: resource.setrlimit(*limit))

    # ---- rows 9 and 10: recovery is slow, and cancelling it is coarse

    def test_slow_recovery_stops_at_the_limit(self):
        heavy = {
            "javascript.py": ASYNC + badinput.JAVASCRIPT * 15000,
            "javascript_lines.py": ASYNC + (badinput.JAVASCRIPT + b"\n") * 15000,
            "conflicts.py": badinput.CONFLICT * 30000,
            "templates.py": ASYNC + b"{% for x in y %}\n{{ x.z|default('a') }} = 1\n{% endfor %}\n" * 30000,
            "strings.py": ASYNC + b"x = 'abc\nawait y\n" * 100000,
            "brackets.py": ASYNC + b"x = (1, ]\n" * 100000,
            "numbers.py": ASYNC + b"x = [" + b"1," * 1500000 + b"]\n",
            "operators.py": ASYNC + b"+-*/%@&|^~<>=!.,:;" * 100000,
        }
        for name, content in heavy.items():
            self.write(name, content)
        limit, worst, stopped = 0.2, ("", 0.0), 0
        for name in heavy:
            codes, _, seconds = self.check("-j1", "--max-seconds", str(limit), "aaa_good.py", paths=(name,))
            self.assertEqual(codes.pop("aaa_good.py"), ["AW101"])
            stopped += "AW003" in codes[name]
            self.assertTrue(codes[name], name)
            worst = max(worst, (name, seconds - limit), key=lambda pair: pair[1])
            self.assertLess(seconds, limit + 1.0 * SLOW, name)
        # The others are refused by the scan, or done in time.
        self.assertGreaterEqual(stopped, 4)
        print("limit of %.1f s: the latest answer came %.2f s behind it (%s)" % (limit, worst[1], worst[0]))
        codes = self.check("--max-seconds", str(limit))[0]
        self.assertLessEqual(set(codes), set(heavy))

    def test_the_limit_holds_in_runs_of_comments(self):
        self.write("comments.py", ASYNC + b"# c\n" * 1000000)
        _, _, seconds = self.check("--max-seconds", "0.2")
        self.assertLess(seconds, 0.2 + 1.0 * SLOW)


if __name__ == "__main__":
    unittest.main()
