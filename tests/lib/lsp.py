"""A client of the language server: messages over pipes, and texts kept as an editor keeps them."""
import json
import os
import pathlib
import queue
import random
import re
import subprocess
import tempfile
import threading
import time

import awry

FULL = {"general": {"positionEncodings": ["utf-16"]},
        "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
        "textDocument": {"publishDiagnostics": {"relatedInformation": True, "dataSupport": True, "codeDescriptionSupport": True,
                                                "tagSupport": {"valueSet": [1, 2]}}}}
LINE_END = re.compile(r"\r\n|\r|\n")


def frame(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def uri_of(path):
    """Of an absolute path; what is none is an address already."""
    return pathlib.Path(path).as_uri() if os.path.isabs(path) else path


class Client:
    """One server. What it sends is kept in order; what is waited for is taken out of it."""

    def __init__(self, cwd=None, program=None, environment=None):
        self.process = subprocess.Popen([program or awry.AWRY, "server"], cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**awry.environment(), **(environment or {})})
        self.messages = queue.Queue()
        self.kept = []
        self.latest = {}  # diagnostics by URI, as they came
        self.errors = b""
        self.number = 0
        self.readers = [threading.Thread(target=self.read, daemon=True), threading.Thread(target=self.read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    # ---- the pipes

    def read(self):
        out = self.process.stdout
        while True:
            length = None
            for line in iter(out.readline, b"\r\n"):
                if not line:
                    self.messages.put(None)
                    return
                name, value = line.split(b":", 1)
                if name == b"Content-Length":
                    length = int(value)
            message = json.loads(out.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.latest[message["params"]["uri"]] = message["params"]["diagnostics"]
            self.messages.put(message)

    def read_errors(self):
        self.errors = self.process.stderr.read()

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        self.send_bytes(frame(message))

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params if params is not None else {}})

    def start_request(self, method, params=None):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return self.number

    def wait(self, wanted, timeout=60):
        """The first message that `wanted` holds for; those before it are kept for later."""
        for i, message in enumerate(self.kept):
            if wanted(message):
                return self.kept.pop(i)
        while True:
            try:
                message = self.messages.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError("no such message within %d s; there were: %r" % (timeout, self.kept[-5:])) from None
            if message is None:
                raise AssertionError("the server has gone: exit code %r\n%s" % (self.process.wait(30), self.said()))
            if wanted(message):
                return message
            self.kept.append(message)

    def said(self):
        self.readers[1].join(30)
        return self.errors.decode("utf-8", "replace")[-4000:]

    def answer(self, number, timeout=60):
        return self.wait(lambda message: message.get("id") == number and "method" not in message, timeout)

    def request(self, method, params=None, timeout=60):
        return self.answer(self.start_request(method, params), timeout)

    # ---- the protocol

    def initialize(self, folder=None, capabilities=None, **more):
        params = {"processId": None, "capabilities": FULL if capabilities is None else capabilities}
        if folder:
            params["workspaceFolders"] = [{"uri": uri_of(folder), "name": "project"}]
        answer = self.request("initialize", {**params, **more})
        self.notify("initialized")
        return answer["result"]

    def open(self, path, text, version=1, language="python"):
        document = {"uri": uri_of(path), "version": version, "text": text, "languageId": language}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, path, version, *changes):
        """A change is a whole text, or (start, end, text) with places as (line, column)."""
        content = []
        for change in changes:
            if isinstance(change, str):
                content.append({"text": change})
            else:
                start, end, text = change
                content.append({"range": {"start": {"line": start[0], "character": start[1]},
                                          "end": {"line": end[0], "character": end[1]}}, "text": text})
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri_of(path), "version": version}, "contentChanges": content})

    def close(self, path):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(path)}})

    def published(self, path, version=None, timeout=60):
        """The diagnostics of a document that come next, or those for a version."""
        uri = uri_of(path)

        def is_wanted(message):
            if message.get("method") != "textDocument/publishDiagnostics" or message["params"]["uri"] != uri:
                return False
            return version is None or message["params"].get("version") == version
        return self.wait(is_wanted, timeout)["params"]["diagnostics"]

    def stop(self):
        """shutdown and exit; the exit code."""
        answer = self.request("shutdown")
        assert answer.get("result", 1) is None, answer
        self.notify("exit")
        return self.finish()

    def finish(self, timeout=60):
        """The exit code; the pipes are closed."""
        code = self.process.wait(timeout)
        for reader in self.readers:
            reader.join(timeout)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except OSError:
                pass
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.finish()

    def memory(self):
        """Resident bytes."""
        with open("/proc/%d/statm" % self.process.pid, encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


# ---- texts as an editor counts them

def length(text, encoding):
    return len(text.encode({"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding])) // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]


def place(text, offset, encoding="utf-16"):
    """(line, column) of a code point of the text."""
    ends = [end for end in LINE_END.finditer(text, 0) if end.end() <= offset]
    begin = ends[-1].end() if ends else 0
    return len(ends), length(text[begin:offset], encoding)


def offset_of(text, line, column, encoding="utf-16"):
    """The code point at a place."""
    starts = [0] + [end.end() for end in LINE_END.finditer(text)]
    at = starts[line]
    while column > 0:
        column -= length(text[at], encoding)
        at += 1
    return at


def as_rows(text, diagnostics, encoding="utf-16"):
    """Diagnostics in the words of `awry check --output-format json`: places as row and column in code points."""
    rows = []
    for found in diagnostics:
        ends = []
        for end in (found["range"]["start"], found["range"]["end"]):
            at = offset_of(text, end["line"], end["character"], encoding)
            line, column = place(text, at, "utf-32")
            ends += [line + 1, column + 1]
        severity = {1: "error", 2: "warning", 3: "info"}[found["severity"]]
        rows.append((found["code"], severity, found["message"].split("\nhelp: ")[0], *ends))
    return rows


def checked_rows(path, cwd):
    """The same rows by a run of the program over a file."""
    outcome = awry.run("check", "--no-cache", "--check-broken", "--output-format", "json", path, cwd=cwd)
    assert not awry.crashed(outcome), awry.crashed(outcome)
    return [(found["code"], found["severity"], found["message"], found["location"]["row"], found["location"]["column"],
             found["end_location"]["row"], found["end_location"]["column"]) for found in json.loads(outcome.out)]


# ---- random edits

PIECES = ["await ", "async ", "time.sleep(1)\n", "    ", "\n", "\r\n", "\r", "(", ")", "[", "]", "'", '"""', "#", "# noqa\n", "é", "😀", "e\u0301",
          "def f():\n    pass\n", "async def g():\n    time.sleep(1)\n", "import time\n", "asyncio.create_task(g())\n", ":", ",", "x",
          "return ", "\t", "try:\n", "except Exception:\n    pass\n", "with open('f') as f:\n", "\\", "f'{", "}'", "=", ".", "\N{COMBINING ACUTE ACCENT}"]


class Edits:
    """Edits of one text, each as the protocol says it; the text as it is after them."""

    def __init__(self, dice, original, encoding="utf-16"):
        self.dice = dice
        self.original = self.text = original
        self.encoding = encoding

    def boundary(self):
        """A place of the text that is not between CR and LF: no editor has a cursor there."""
        at = self.dice.randrange(len(self.text) + 1)
        return at + 1 if 0 < at < len(self.text) and self.text[at - 1:at + 1] == "\r\n" else at

    def piece(self):
        if self.dice.random() < 0.2 and self.original:
            begin = self.dice.randrange(len(self.original))
            return self.original[begin:begin + self.dice.randrange(200)]
        return self.dice.choice(PIECES)

    def next(self):
        """A change for Client.change; now and then the whole text as it was, so that it stays a program."""
        if self.dice.random() < 0.02:
            self.text = self.original
            return self.text
        begin = self.boundary()
        end = begin
        if self.dice.random() < 0.5:
            end = min(len(self.text), begin + self.dice.randrange(60))
            if 0 < end < len(self.text) and self.text[end - 1:end + 1] == "\r\n":
                end += 1
        text = self.piece() if self.dice.random() < 0.7 else ""
        change = (place(self.text, begin, self.encoding), place(self.text, end, self.encoding), text)
        self.text = self.text[:begin] + text + self.text[end:]
        return change


def sources(dice, number):
    """Real texts of a size that is edited: fixtures, where there is much to find, and the interpreter's own library."""
    fixtures = [path for path in awry.python_files(os.path.join(awry.ROOT, "fixtures")) if os.sep + "projects" + os.sep not in path]
    library = awry.some_files(awry.library())
    texts = []
    while len(texts) < number:
        path = dice.choice(fixtures if len(texts) % 2 else library)
        if 500 < os.path.getsize(path) < 40000:
            try:
                texts.append(open_text(path))
            except UnicodeDecodeError:
                pass
    return texts


def open_text(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def random_edits(test, count, checks=5):
    """Edits several documents at random. Now and then, and at the end, the diagnostics must become those of a run over the same texts.
    Gives what the server's memory was after each part of the edits."""
    seed = int(os.environ.get("AWRY_SEED") or random.SystemRandom().randrange(1 << 30))
    dice = random.Random(seed)
    encoding = dice.choice(("utf-8", "utf-16", "utf-32"))
    print("seed %d (AWRY_SEED), %s" % (seed, encoding), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        # What is freed goes back at once, so that memory that grows can be seen.
        options = {"ASAN_OPTIONS": awry.environment()["ASAN_OPTIONS"] + ":quarantine_size_mb=1"}
        client = Client(cwd=folder, environment=options)
        test.addCleanup(client.kill)
        client.initialize(folder, {**FULL, "general": {"positionEncodings": [encoding]}})
        documents = {os.path.join(folder, "module_%d.py" % i): Edits(dice, text, encoding) for i, text in enumerate(sources(dice, 6))}
        version = 1
        for path, edits in documents.items():
            client.open(path, edits.text, version)
        sizes = []
        for i in range(1, count + 1):
            path = dice.choice(list(documents))
            version += 1
            client.change(path, version, *[documents[path].next() for _ in range(dice.choice((1, 1, 1, 2, 4)))])
            if i % 10 == 0:
                client.published(path, version)
                client.kept.clear()
            if i % (count // checks) == 0:
                compare(test, client, folder, {path: edits.text for path, edits in documents.items()},
                        "after %d edits, seed %d" % (i, seed), encoding)
                sizes.append(client.memory())
        test.assertEqual(client.stop(), 0, client.said())
        return sizes


def compare(test, client, folder, texts, when, encoding="utf-16"):
    """Writes the texts of open documents to their files and waits until each has the diagnostics that a run over it gives; fails when
    that does not come."""
    for path, text in texts.items():
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    wanted = {path: checked_rows(os.path.relpath(path, folder), folder) for path in texts}
    for path, text in texts.items():
        found = None
        for _ in range(200):
            found = as_rows(text, client.latest.get(uri_of(path), []), encoding)
            if found == wanted[path]:
                break
            if client.process.poll() is not None:
                test.fail("the server has gone: %s" % client.said())
            time.sleep(0.1)
        test.assertEqual(found, wanted[path], "%s: %s" % (os.path.basename(path), when))
