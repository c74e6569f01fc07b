# timeout: 300
"""The language server from outside: its protocol, what it publishes, and that this is what `awry check` says."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import lsp

BLOCKS = "import time\n\n\nasync def main():\n    time.sleep(1)\n"
CLEAN = "import asyncio\n\n\nasync def main():\n    await asyncio.sleep(1)\n"


def codes(diagnostics):
    return [found["code"] for found in diagnostics]


class Server(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-server-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.module = os.path.join(self.folder, "module.py")

    def client(self, start=True, capabilities=None, **more):
        client = lsp.Client(cwd=self.folder)
        self.addCleanup(client.kill)
        if start:
            client.initialize(self.folder, capabilities, **more)
        return client

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def assert_stops(self, client):
        self.assertEqual(client.stop(), 0, client.said())
        self.assertEqual(client.errors, b"")


class Lifecycle(Server):
    def test_initialize(self):
        client = self.client(start=False)
        result = client.initialize(self.folder)
        self.assertEqual(result["capabilities"]["textDocumentSync"], {"openClose": True, "change": 2, "save": {"includeText": False}})
        self.assertEqual(result["capabilities"]["workspace"]["workspaceFolders"], {"supported": True, "changeNotifications": True})
        self.assertEqual(result["serverInfo"]["name"], "awry")
        self.assertEqual(client.request("initialize", {"capabilities": {}})["error"]["code"], -32600)
        self.assert_stops(client)

    def test_encodings(self):
        for offered, chosen in ((None, "utf-16"), ([], "utf-16"), (["utf-16"], "utf-16"), (["utf-16", "utf-8"], "utf-8"),
                                (["utf-32", "utf-16"], "utf-16"), (["utf-32"], "utf-32"), (["klingon"], "utf-16")):
            client = self.client(start=False)
            capabilities = {} if offered is None else {"general": {"positionEncodings": offered}}
            self.assertEqual(client.initialize(self.folder, capabilities)["capabilities"]["positionEncoding"], chosen, offered)
            self.assert_stops(client)

    def test_before_initialize(self):
        client = self.client(start=False)
        client.open(self.module, BLOCKS)  # dropped
        self.assertEqual(client.request("textDocument/hover", {})["error"]["code"], -32002)
        self.assertEqual(client.request("shutdown")["error"]["code"], -32002)
        client.notify("exit")
        self.assertEqual(client.finish(), 1)

    def test_after_shutdown(self):
        client = self.client()
        self.assertIsNone(client.request("shutdown")["result"])
        self.assertEqual(client.request("shutdown")["error"]["code"], -32600)
        client.open(self.module, BLOCKS)
        client.notify("exit")
        self.assertEqual(client.finish(), 0)
        self.assertFalse(client.latest)

    def test_exit_without_shutdown(self):
        client = self.client()
        client.notify("exit")
        self.assertEqual(client.finish(), 1)

    def test_end_of_input(self):
        client = self.client()
        client.process.stdin.close()
        self.assertEqual(client.finish(), 0)

    def test_nobody_reads(self):
        with subprocess.Popen([awry.AWRY, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=awry.environment()) as server:
            server.stdout.close()
            server.stdin.write(lsp.frame({"jsonrpc": "2.0", "id": 1, "method": "klingon"}))
            server.stdin.flush()
            self.assertEqual(server.wait(60), 1)

    def test_parent_dies(self):
        parent = subprocess.Popen(["sleep", "600"])
        self.addCleanup(parent.kill)
        client = self.client(processId=parent.pid)
        time.sleep(1.2)
        self.assertIsNone(client.process.poll())
        parent.kill()
        parent.wait()
        self.assertEqual(client.process.wait(30), 1)

    def test_unknown_messages(self):
        client = self.client()
        self.assertEqual(client.request("textDocument/klingon", {})["error"]["code"], -32601)
        self.assertEqual(client.request("$/klingon", {})["error"]["code"], -32601)
        for method in ("$/setTrace", "$/klingon", "klingon"):
            client.notify(method, {"value": "off"})
        client.send({"jsonrpc": "2.0", "id": "awry-watch", "result": None})
        client.send({"jsonrpc": "2.0", "id": "other", "error": {"code": 1, "message": "no"}})
        self.assertEqual(client.request("again")["error"]["code"], -32601)
        self.assert_stops(client)

    def test_ids_come_back_as_they_were(self):
        client = self.client()
        for name in ("a \"quoted\" é", "", 0, -7, 2 ** 53 - 1):
            client.send({"jsonrpc": "2.0", "id": name, "method": "klingon"})
            self.assertEqual(client.wait(lambda message: "error" in message)["id"], name)
        self.assert_stops(client)

    def test_cancelled(self):
        client = self.client()
        ask = {"jsonrpc": "2.0", "id": 41, "method": "textDocument/hover", "params": {}}
        client.send_bytes(lsp.frame(ask) + lsp.frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 41}}))
        self.assertEqual(client.answer(41)["error"]["code"], -32800)
        client.notify("$/cancelRequest", {"id": 4711})
        self.assert_stops(client)

    def test_no_messages_of_json_rpc(self):
        client = self.client()
        for message in ([], 1, "x", None, {}, {"id": 1}, {"method": 1}, {"id": {}, "method": "x"}):
            client.send(message)
            self.assertEqual(client.wait(lambda message: "error" in message)["error"]["code"], -32600, message)
        self.assert_stops(client)

    def test_help_and_options(self):
        outcome = awry.run("server", "--help")
        self.assertEqual(outcome.code, 0)
        self.assertIn(b"Usage: awry server", outcome.out)
        outcome = awry.run("server", "--sdtio")
        self.assertEqual((outcome.code, outcome.out), (2, b""))
        self.assertIn(b'did you mean "--stdio"?', outcome.err)
        self.assertEqual(awry.run("server", "--stdio"), (0, b"", b""))


class Framing(Server):
    def test_byte_by_byte(self):
        client = self.client()
        document = {"uri": lsp.uri_of(self.module), "version": 3, "languageId": "python", "text": BLOCKS}
        message = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}
        for byte in lsp.frame(message):
            client.send_bytes(bytes([byte]))
        self.assertEqual(codes(client.published(self.module, 3)), ["AW101"])
        self.assert_stops(client)

    def test_headers_of_all_kinds(self):
        client = self.client()
        body = json.dumps({"jsonrpc": "2.0", "id": 77, "method": "klingon"}).encode()
        number = str(len(body)).encode()
        for header in (b"content-length:%s\r\n\r\n", b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %s\r\n\r\n",
                       b"CONTENT-LENGTH:   %s  \r\nX: y\r\n\r\n", b"Content-Length: %s\n\n", b"\r\n\r\nContent-Length: %s\r\n\r\n"):
            client.send_bytes(header.replace(b"%s", number) + body)
            self.assertEqual(client.answer(77)["error"]["code"], -32601, header)
        self.assert_stops(client)

    def test_garbage(self):
        client = self.client()
        for garbage in (b"hello\r\n", b"X: y\r\n\r\n", b"Content-Length: many\r\n\r\n", b"Content-Length: -5\r\n\r\n",
                        b"Content-Length: 99999999999999999999\r\n\r\n", b"\x00\xff\xfe\n", b"x" * 100000, b"Content-Length:\r\n\r\n"):
            client.send_bytes(garbage)
            client.send_bytes(lsp.frame({"jsonrpc": "2.0", "id": 5, "method": "klingon"}))
            self.assertEqual(client.wait(lambda message: message.get("id", 1) is None)["error"]["code"], -32700, garbage[:40])
            self.assertEqual(client.answer(5)["error"]["code"], -32601, garbage[:40])
        self.assert_stops(client)

    def test_bodies_that_are_no_json(self):
        client = self.client()
        for body in (b"", b"{", b"}", b"[1,]", b'{"a":1,}', b"nul", b"{} {}", b'{"a" 1}', b'"\\x"', b'"\\u12G4"', b'"a\nb"', b'"\xff"', b"// x\n{}",
                     b"[" * 100000, b"[" * 200 + b"]" * 200, b'"', b'"\\', b"01", b"+1", b"\x00", b"NaN", b'{"a":1]'):
            client.send_bytes(lsp.frame(body))
            answer = client.wait(lambda message: "error" in message)
            self.assertEqual((answer["id"], answer["error"]["code"]), (None, -32700), body[:40])
        self.assert_stops(client)

    def test_a_message_that_is_too_long_is_passed_over(self):
        client = self.client()
        size = (64 << 20) + 1
        client.send_bytes(b"Content-Length: %d\r\n\r\n" % size)
        self.assertEqual(client.wait(lambda message: "error" in message)["error"]["code"], -32700)
        for _ in range(64):
            client.send_bytes(b"Content-Length: 2\r\n\r\n{}" + b"x" * ((1 << 20) - 23))
        client.send_bytes(b"x")
        self.assertEqual(client.request("klingon")["error"]["code"], -32601)
        self.assert_stops(client)

    def test_a_burst_is_one_look(self):
        client = self.client()
        client.open(self.module, BLOCKS)
        client.published(self.module, 1)
        burst = b""
        for version in range(2, 2002):
            change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "#\n"}
            document = {"uri": lsp.uri_of(self.module), "version": version}
            burst += lsp.frame({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": [change]}})
        client.send_bytes(burst)
        [found] = client.published(self.module, 2001)
        self.assertEqual(found["range"]["start"], {"line": 2004, "character": 4})
        looks = [message for message in client.kept if message.get("method") == "textDocument/publishDiagnostics"]
        self.assertLess(len(looks), 200)
        self.assert_stops(client)


class Documents(Server):
    def test_open_change_close(self):
        client = self.client()
        client.open(self.module, BLOCKS)
        [found] = client.published(self.module, 1)
        self.assertEqual((found["code"], found["severity"], found["source"]), ("AW101", 1, "awry"))
        self.assertEqual(found["range"], {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 17}})
        self.assertTrue(found["message"].startswith("`time.sleep` blocks the event loop"))
        self.assertIn("help: await asyncio.sleep(1)", found["message"])
        self.assertEqual(found["data"]["rule"], "blocking-sleep")
        self.assertNotIn("codeDescription", found)
        client.change(self.module, 2, ((4, 4), (4, 17), "pass"))
        self.assertEqual(client.published(self.module, 2), [])
        client.change(self.module, 3, ((4, 4), (4, 8), "x"), ((4, 5), (4, 5), "y"), BLOCKS, ((3, 0), (3, 6), ""))
        self.assertEqual(client.published(self.module, 3), [])  # no longer async
        client.change(self.module, 4, CLEAN, BLOCKS)
        self.assertEqual(codes(client.published(self.module, 4)), ["AW101"])
        client.close(self.module)
        self.assertEqual(client.published(self.module), [])
        client.change(self.module, 5, BLOCKS)  # not open: nobody minds
        client.close(self.module)
        client.open(self.module, BLOCKS, 9)
        self.assertEqual(codes(client.published(self.module, 9)), ["AW101"])
        self.assert_stops(client)

    def test_edits_outside_of_the_text_are_clamped(self):
        big = 2 ** 31 - 1
        for start, end, text, wanted in (((99, 0), (99, 9), "# end\n", BLOCKS + "# end\n"), ((0, big), (0, big), "  # x", BLOCKS.replace("time\n", "time  # x\n", 1)),
                                         ((2, 0), (0, 0), "", BLOCKS.replace("import time\n\n", "", 1)), ((0, 0), (big, big), "", ""),
                                         ((-1, -5), (0, 0), "#\n", "#\n" + BLOCKS)):
            client = self.client()
            client.open(self.module, BLOCKS)
            client.change(self.module, 2, (start, end, text))
            found = client.published(self.module, 2)
            self.write("module.py", wanted)
            self.assertEqual(lsp.as_rows(wanted, found), lsp.checked_rows("module.py", self.folder), (start, end))
            self.assert_stops(client)

    def test_places_in_every_encoding(self):
        text = 'import time\r\n\rasync def f():\r    "e\u0301 😀 \u4e2d"; time.sleep(1)\n    # 😀\r\n    time.sleep(2)'
        self.write("module.py", text)
        for encoding in ("utf-8", "utf-16", "utf-32"):
            client = self.client(capabilities={"general": {"positionEncodings": [encoding]}})
            client.open(self.module, text)
            found = client.published(self.module, 1)
            self.assertEqual(lsp.as_rows(text, found, encoding), lsp.checked_rows("module.py", self.folder))
            at = text.index("time.sleep(1)")
            start, end = (lsp.place(text, offset, encoding) for offset in (at, at + len("time.sleep(1)")))
            self.assertEqual(found[0]["range"]["start"], {"line": start[0], "character": start[1]})
            # Behind the emoji, then inside of it: the place is that of its beginning.
            smile = lsp.place(text, text.index("😀"), encoding)
            client.change(self.module, 2, (start, end, "time.sleep(3)"), (smile, (smile[0], smile[1] + lsp.length("😀", encoding)), "x"))
            edited = text.replace("time.sleep(1)", "time.sleep(3)").replace("😀", "x", 1)
            self.assertEqual([row[3:5] for row in lsp.as_rows(edited, client.published(self.module, 2), encoding)], [(4, 15), (6, 5)])
            self.assert_stops(client)

    def test_half_a_surrogate_pair(self):
        client = self.client(capabilities={})
        body = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {
            "uri": lsp.uri_of(self.module), "version": 1, "languageId": "python", "text": 'import time\nasync def f():\n    "X"; time.sleep(1)\n'}}})
        client.send_bytes(lsp.frame(body.replace("X", "\\ud83d").encode()))
        [found] = client.published(self.module, 1)
        self.assertEqual(found["range"]["start"], {"line": 2, "character": 9})
        self.assert_stops(client)

    def test_a_byte_order_mark(self):
        text = "\ufeffimport time; time.sleep(0)\nasync def f(): time.sleep(1)\n"
        client = self.client()
        client.open(self.module, text)
        [found] = client.published(self.module, 1)
        self.assertEqual(found["range"]["start"], {"line": 1, "character": 15})
        self.assert_stops(client)

    def test_a_coding_cookie_is_about_the_file(self):
        text = '# coding: latin-1\nimport time\nasync def f():\n    "é"; time.sleep(1)\n'
        client = self.client()
        client.open(self.module, text)
        [found] = client.published(self.module, 1)
        self.assertEqual((found["code"], found["range"]["start"]), ("AW101", {"line": 3, "character": 9}))
        client.change(self.module, 2, text.replace("latin-1", "klingon"))
        self.assertEqual(codes(client.published(self.module, 2)), ["AW004", "AW101"])
        self.assert_stops(client)

    def test_half_typed(self):
        client = self.client()
        client.open(self.module, BLOCKS)
        client.published(self.module, 1)
        for version, line in enumerate(("    await asy", "    foo(", "    x = 'abc", "    if", "    time.", "async def"), 2):
            text = BLOCKS + line
            client.change(self.module, version, text)
            found = client.published(self.module, version)
            self.write("module.py", text)
            self.assertEqual(lsp.as_rows(text, found), lsp.checked_rows("module.py", self.folder), line)
            self.assertIn("AW101", codes(found), line)
        self.assert_stops(client)

    def test_uris(self):
        client = self.client()
        name = os.path.join(self.folder, "with space é %20 #1?.py")
        client.open(name, BLOCKS)
        self.assertEqual(codes(client.published(name, 1)), ["AW101"])
        # The same file in another spelling.
        other = lsp.uri_of(name).replace("file:///", "file://localhost/").replace("%C3%A9", "%c3%a9").replace(".py", "%2Epy")
        client.change(other, 2, CLEAN)
        self.assertEqual(client.published(name, 2), [])
        for uri in ("untitled:Untitled-1", "untitled:a%20b", "file:///c%3A/project/x.py"):
            client.open(uri, BLOCKS)
            self.assertEqual(codes(client.published(uri, 1)), ["AW101"], uri)
        for uri in ("vscode-notebook-cell:/a.ipynb#W0", "git:/a.py", "file://server/share/a.py", "nonsense", "", "file:", "file:///a%00b.py"):
            client.open(uri, BLOCKS, 7)
            client.change(uri, 8, CLEAN)
            client.close(uri)
        client.open(self.module, BLOCKS, 1, "toml")  # by its name it is Python
        self.assertEqual(codes(client.published(self.module, 1)), ["AW101"])
        client.open(os.path.join(self.folder, "x.toml"), BLOCKS, 1, "toml")
        self.assertEqual(client.request("klingon")["error"]["code"], -32601)
        self.assertEqual([uri for uri in client.latest if not uri.startswith(("file:", "untitled:")) or "share" in uri or "toml" in uri], [])
        self.assert_stops(client)

    def test_nonsense_in_the_right_place(self):
        client = self.client()
        client.open(self.module, BLOCKS)
        for method in ("textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave", "initialized",
                       "workspace/didChangeWorkspaceFolders", "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"):
            for params in (None, [], {}, {"textDocument": 1}, {"textDocument": {"uri": 1}}, {"textDocument": {"uri": lsp.uri_of(self.module)}, "contentChanges": 3},
                           {"event": {"added": [1], "removed": "x"}}, {"changes": [{}, 1, {"uri": None}]}):
                if not (method.endswith("didClose") and isinstance(params, dict) and "contentChanges" in params):
                    client.send({"jsonrpc": "2.0", "method": method, "params": params})
        client.change(self.module, 5, ((0, 0), (0, 0), "#\n"))
        self.assertEqual(codes(client.published(self.module, 5)), ["AW101"])
        self.assert_stops(client)

    def test_what_the_client_cannot_show_is_left_out(self):
        text = "import time\ndef helper():\n    time.sleep(1)\nasync def main():\n    helper()\nx = 1  # awry: ignore[blocking-sleep] reason\n"
        client = self.client()
        client.open(self.module, text)
        found = client.published(self.module, 1)
        self.assertEqual(codes(found), ["AW117", "AW005"])
        self.assertEqual(found[1]["tags"], [1])
        [*_, last] = found[0]["relatedInformation"]
        self.assertEqual(last["location"], {"uri": lsp.uri_of(self.module), "range": {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 14}}})
        self.assertTrue(last["message"].startswith("2. "), last)
        self.assert_stops(client)
        client = self.client(capabilities={})
        client.open(self.module, text)
        found = client.published(self.module, 1)
        self.assertEqual([key for one in found for key in one if key in ("relatedInformation", "tags", "data", "codeDescription")], [])
        self.assertIn("(helper → time.sleep)", found[0]["message"].splitlines()[0])
        self.assert_stops(client)

    def test_fixes_are_in_the_data(self):
        text = "import asyncio\nasync def main():\n    '😀'; asyncio.sleep(1)\n"
        client = self.client()
        client.open(self.module, text)
        [found] = client.published(self.module, 1)
        fix = found["data"]["fix"]
        self.assertTrue(fix["title"])
        [edit] = fix["edits"]
        self.assertEqual(edit, {"range": {"start": {"line": 2, "character": 10}, "end": {"line": 2, "character": 10}}, "newText": "await "})
        self.assertIsInstance(fix["isSafe"], bool)
        self.assert_stops(client)


class Configuration(Server):
    def test_the_settings_of_the_folder_hold(self):
        self.write("pyproject.toml", '[tool.awry]\nignore = ["AW101"]\nexclude = ["generated/"]\n')
        self.write("strict/awry.toml", 'severity = { AW101 = "info" }\n')
        client = self.client()
        for name, wanted in (("module.py", []), ("strict/module.py", [("AW101", 3)]), ("generated/module.py", [])):
            path = os.path.join(self.folder, name)
            client.open(path, BLOCKS)
            self.assertEqual([(found["code"], found["severity"]) for found in client.published(path, 1)], wanted, name)
        client.open("untitled:1", BLOCKS)
        self.assertEqual(client.published("untitled:1", 1), [])
        self.assert_stops(client)

    def test_changes_of_the_configuration(self):
        path = self.write("pyproject.toml", '[tool.awry]\nignore = ["AW101"]\n')
        client = self.client()
        client.wait(lambda message: message.get("method") == "client/registerCapability")
        client.open(self.module, BLOCKS)
        self.assertEqual(client.published(self.module, 1), [])
        self.write("pyproject.toml", "[tool.awry]\n")
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(path), "type": 2}]})
        self.assertEqual(codes(client.published(self.module, 1)), ["AW101"])
        self.write("pyproject.toml", '[tool.awry]\nmin-severity = "error"\nseverity = { AW101 = "warning" }\n')
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        self.assertEqual(client.published(self.module, 1), [])
        os.remove(path)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(path), "type": 3}]})
        self.assertEqual(codes(client.published(self.module, 1)), ["AW101"])
        self.assert_stops(client)

    def test_a_mistake_is_shown_and_the_rest_holds(self):
        path = self.write("awry.toml", 'selct = ["all"]\nignore = ["AW101"]\n')
        client = self.client()
        client.open(self.module, BLOCKS)
        self.assertEqual(client.published(self.module, 1), [])
        shown = client.wait(lambda message: message.get("method") == "window/showMessage")["params"]
        self.assertEqual(shown["type"], 1)
        self.assertIn('awry.toml:1:1: unknown key "selct"; did you mean "select"?', shown["message"])
        self.write("awry.toml", "")
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(path), "type": 2}]})
        self.assertEqual(codes(client.published(self.module, 1)), ["AW101"])
        self.assertFalse([message for message in client.kept if message.get("method") == "window/showMessage"])
        self.assert_stops(client)

    def test_an_environment_that_is_none(self):
        self.write("awry.toml", 'python = "nowhere"\n')
        client = self.client()
        client.open(self.module, BLOCKS)
        self.assertEqual(codes(client.published(self.module, 1)), ["AW101"])
        self.assertIn("nowhere", client.wait(lambda message: message.get("method") == "window/showMessage")["params"]["message"])
        self.assert_stops(client)

    def test_suppressions_and_limits_hold(self):
        self.write("awry.toml", 'max-file-size = "200"\n')
        client = self.client()
        client.open(self.module, BLOCKS.replace("(1)", "(1)  # awry: ignore[blocking-sleep] it is a test"))
        self.assertEqual(client.published(self.module, 1), [])
        client.change(self.module, 2, BLOCKS + "#" * 200)
        self.assertEqual(codes(client.published(self.module, 2)), ["AW003"])
        client.change(self.module, 3, BLOCKS)
        self.assertEqual(codes(client.published(self.module, 3)), ["AW101"])
        self.assert_stops(client)

    def test_folders_come_and_go(self):
        other = os.path.join(self.folder, "other")
        self.write("other/awry.toml", 'ignore = ["AW101"]\n')
        client = self.client()
        client.open("untitled:1", BLOCKS)
        self.assertEqual(codes(client.published("untitled:1", 1)), ["AW101"])
        here, there = ({"uri": lsp.uri_of(folder), "name": "x"} for folder in (self.folder, other))
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [there], "removed": [here]}})
        self.assertEqual(client.published("untitled:1", 1), [])
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [here], "removed": [there]}})
        self.assertEqual(codes(client.published("untitled:1", 1)), ["AW101"])
        self.assert_stops(client)

    def test_roots_of_old_clients(self):
        self.write("other/awry.toml", 'ignore = ["AW101"]\n')
        other = os.path.join(self.folder, "other")
        for root in ({"rootUri": lsp.uri_of(other)}, {"rootUri": None, "rootPath": other}, {"workspaceFolders": None, "rootUri": lsp.uri_of(other) + "/"}):
            client = self.client(start=False)
            client.initialize(None, **root)
            client.open("untitled:1", BLOCKS)
            self.assertEqual(client.published("untitled:1", 1), [], root)
            self.assert_stops(client)


HELPER = "import time\n\n\ndef refresh():\n    time.sleep(1)\n"
HARMLESS = "import time\n\n\ndef refresh():\n    return time.time()\n"
CALLER = "from app.helper import refresh\n\n\nasync def main():\n    refresh()\n"


class Project(Server):
    def setUp(self):
        super().setUp()
        self.write("pyproject.toml", "")
        self.write("app/__init__.py", "")
        self.helper = self.write("app/helper.py", HARMLESS)
        self.caller = self.write("app/caller.py", CALLER)

    def test_an_edit_of_a_helper_changes_its_caller(self):
        client = self.client()
        client.open(self.caller, CALLER)
        self.assertEqual(client.published(self.caller, 1), [])
        client.open(self.helper, HARMLESS)
        client.published(self.helper, 1)
        client.change(self.helper, 2, HELPER)
        [found] = client.published(self.caller)
        self.assertEqual(found["code"], "AW117")
        self.assertEqual(found["range"]["start"], {"line": 4, "character": 4})
        step = found["relatedInformation"][-1]
        self.assertEqual(step["location"], {"uri": lsp.uri_of(self.helper), "range": {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 14}}})
        client.change(self.helper, 3, ((0, 0), (0, 0), "# 😀\n\n"))
        [found] = client.published(self.caller)
        self.assertEqual(found["relatedInformation"][-1]["location"]["range"]["start"], {"line": 6, "character": 4})
        client.change(self.helper, 4, HARMLESS)
        self.assertEqual(client.published(self.caller), [])
        self.assert_stops(client)

    def test_helpers_with_async_words_too(self):
        both = HELPER + "\n\nasync def other():\n    pass\n"
        client = self.client()
        client.open(self.helper, both.replace("sleep", "localtime"))
        client.open(self.caller, CALLER)
        self.assertEqual(client.published(self.caller, 1), [])
        client.change(self.helper, 2, both)
        self.assertEqual(codes(client.published(self.caller)), ["AW117"])
        # While it is being typed, what it said last holds for the others.
        client.change(self.helper, 3, both + "def broken(:\n")
        self.assertIn("AW002", codes(client.published(self.helper, 3)))
        client.change(self.caller, 2, CALLER + "\n")
        self.assertEqual(codes(client.published(self.caller, 2)), ["AW117"])
        client.change(self.helper, 4, both.replace("sleep", "localtime"))
        self.assertEqual(client.published(self.caller), [])
        self.assert_stops(client)

    def test_a_caller_without_async_words(self):
        plain = CALLER.replace("async def", "def")
        self.write("pyproject.toml", "[tool.awry]\nselect = ['strict']\n")
        client = self.client()
        client.open(self.caller, plain)
        self.assertEqual(client.published(self.caller, 1), [])
        client.open(self.helper, HARMLESS)
        client.change(self.helper, 2, HARMLESS.replace("def refresh", "async def refresh"))
        [found] = client.published(self.caller)
        self.assertEqual((found["code"], found["range"]["start"]["line"]), ("AW201", 4))
        client.change(self.caller, 2, plain + "    refresh()\n")
        self.assertEqual(codes(client.published(self.caller, 2)), ["AW201", "AW201"])
        client.change(self.helper, 3, HARMLESS)
        self.assertEqual(client.published(self.caller), [])
        self.assert_stops(client)

    def test_what_is_on_the_disk_holds_for_closed_files(self):
        client = self.client()
        client.open(self.helper, HELPER)
        client.open(self.caller, CALLER)
        self.assertEqual(codes(client.published(self.caller, 1)), ["AW117"])
        client.close(self.helper)
        self.assertEqual(client.published(self.caller), [])
        self.write("app/helper.py", HELPER)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(self.helper), "type": 2}]})
        [found] = client.published(self.caller)
        self.assertEqual(found["relatedInformation"][-1]["location"]["uri"], lsp.uri_of(self.helper))
        os.remove(self.helper)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(self.helper), "type": 3}]})
        self.assertEqual(client.published(self.caller), [])
        self.write("app/helper.py", HELPER)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": lsp.uri_of(self.helper), "type": 1}]})
        self.assertEqual(codes(client.published(self.caller)), ["AW117"])
        self.assert_stops(client)

    def test_a_file_that_is_not_saved_yet(self):
        os.remove(self.helper)
        client = self.client()
        client.open(self.caller, CALLER)
        self.assertEqual(client.published(self.caller, 1), [])
        client.open(self.helper, HELPER)
        self.assertEqual(codes(client.published(self.caller)), ["AW117"])
        client.close(self.helper)
        self.assertEqual(client.published(self.caller), [])
        self.assert_stops(client)

    def test_the_home_directory_is_no_project(self):
        other = self.write("elsewhere/x.py", HELPER)
        client = lsp.Client(cwd=os.path.join(self.folder, "app"), environment={"HOME": self.folder})
        self.addCleanup(client.kill)
        client.initialize(self.folder)
        client.open(other, CALLER)
        self.assertEqual(client.published(other, 1), [])
        client.open(self.caller, CALLER)
        self.assertEqual(client.published(self.caller, 1), [])
        client.open(self.helper, HELPER)
        self.assertEqual(codes(client.published(self.caller)), ["AW117"])
        self.assert_stops(client)

    def test_a_class_that_another_file_derives_from(self):
        base = "class Store:\n    def load(self):\n        return 1\n\n    async def run(self):\n        self.load()\n"
        derived = "import time\nfrom app.base import Store\n\n\nclass Slow(Store):\n    def load(self):\n        time.sleep(1)\n"
        base_path, path = self.write("app/base.py", base), self.write("app/derived.py", derived)
        client = self.client()
        for name, text in ((base_path, base), (path, derived)):
            client.open(name, text)
        wanted = {name: lsp.checked_rows(os.path.relpath(name, self.folder), self.folder) for name in (base_path, path)}
        for name, text in ((base_path, base), (path, derived)):
            self.assertEqual(lsp.as_rows(text, client.published(name, 1)), wanted[name])
        self.assert_stops(client)

    def test_random_edits_of_helpers(self):
        """Texts that parse, whatever is edited first: the diagnostics are those of a run over the same files."""
        texts = {self.helper: (HARMLESS, HELPER, HELPER + "\n\nasync def other():\n    refresh()\n", HELPER.replace("refresh", "renew")),
                 self.caller: (CALLER, CALLER.replace("refresh()", "x = 1"), "import app.helper as h\n\n\nasync def main():\n    h.refresh()\n"),
                 os.path.join(self.folder, "app", "between.py"): ("from app.helper import refresh\n\n\ndef again():\n    refresh()\n",
                                                                  "def again():\n    pass\n"),
                 os.path.join(self.folder, "app", "far.py"): ("from .between import again\n\n\nasync def main():\n    again()\n",)}
        seed = int(os.environ.get("AWRY_SEED") or random.SystemRandom().randrange(1 << 30))
        print("seed %d (AWRY_SEED)" % seed, flush=True)
        dice = random.Random(seed)
        client = self.client()
        now = {}
        for version in range(1, 60):
            path = dice.choice(list(texts))
            text = dice.choice(texts[path]) + "\n" * dice.randrange(3)
            if path in now and dice.random() < 0.15:
                client.close(path)
                self.write(os.path.relpath(path, self.folder), text)
                client.notify("textDocument/didSave", {"textDocument": {"uri": lsp.uri_of(path)}})
                del now[path]
            elif path in now:
                client.change(path, version, text)
                now[path] = text
            else:
                client.open(path, text, version)
                now[path] = text
            if version % 6 == 0:
                lsp.compare(self, client, self.folder, now, "%d texts, step %d, seed %d" % (len(now), version, seed))
        self.assert_stops(client)


class Edits(Server):
    def test_random_edits(self):
        sizes = lsp.random_edits(self, 500)
        self.assertEqual(len(sizes), 5)


if __name__ == "__main__":
    unittest.main()
