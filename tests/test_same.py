# timeout: 300
"""The same findings, byte for byte, whatever a run is given besides the sources: threads, a cache, the order of its paths, one
file at a time. And a warm run knows all that an edit of one file changes in the findings of the others."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import linked
from warm import PROJECT, Project

SEED = int(os.environ.get("AWRY_SEED") or random.randrange(1 << 30))


def least(name):
    """Findings that are due in a project, some of its marks left aside: a comparison of nothing would hold always."""
    marks, _ = linked.read_marks(os.path.join(linked.FOLDER, name))
    return max(1, sum(mark.kind == "expect" for mark in marks) * 3 // 4)


class Runs(unittest.TestCase):
    """The projects of fixtures/linked, run in all ways."""

    def projects(self):
        for name in linked.PROJECTS:
            folder = linked.copy(self, name)
            project = Project(self, folder=folder)
            whole = project.run(".", "-j1", warm=False).out
            self.assertGreaterEqual(len(json.loads(whole)), least(name), name)
            yield project, whole

    def test_threads(self):
        for project, whole in self.projects():
            for jobs in ("-j2", "-j8", "-j8"):
                self.assertEqual(project.run(".", jobs, warm=False).out, whole, jobs)

    def test_cache(self):
        for project, whole in self.projects():
            for jobs in ("-j8", "-j1", "-j8"):
                self.assertEqual(project.run(".", jobs).out, whole, jobs)
            self.assertTrue(project.cache_files())

    def test_order_of_paths(self):
        dice = random.Random(SEED)
        for project, whole in self.projects():
            paths = linked.files(project.folder)
            for turn in range(4):
                dice.shuffle(paths)
                self.assertEqual(project.run(*paths, warm=turn % 2 == 1).out, whole, "AWRY_SEED=%d" % SEED)

    def test_a_file_at_a_time(self):
        """What is found in a file that is named is what the whole run finds in it."""
        for project, whole in self.projects():
            findings = json.loads(whole)
            for turn, path in enumerate(linked.files(project.folder)):
                wanted = [f for f in findings if f["filename"] == path]
                self.assertEqual(json.loads(project.run(path, warm=False).out), wanted, path)
                # The first of these runs makes the cache, the others find it.
                self.assertEqual(json.loads(project.run(path, "-j%d" % (turn % 4 + 1)).out), wanted, path)
            self.assertEqual(project.run(".").out, whole, "behind runs over one file each")
            self.assertEqual(json.loads(project.run(path).out), wanted, path + ", behind a run over all")

    def test_a_folder_at_a_time(self):
        for project, whole in self.projects():
            findings, folders = json.loads(whole), {os.path.dirname(path) for path in linked.files(project.folder)}
            for folder in sorted(folders - {""}):
                wanted = [f for f in findings if f["filename"].startswith(folder + "/")]
                self.assertEqual(json.loads(project.run(folder, warm=False).out), wanted, folder)
                # From inside of it: other paths, the same findings.
                inside = awry.run("check", "--no-cache", "--select", "all", "--output-format", "json", ".", cwd=project.path(folder))
                places = [(os.path.join(folder, f["filename"]), f["location"], f["message"]) for f in json.loads(inside.out)]
                self.assertEqual(places, [(f["filename"], f["location"], f["message"]) for f in wanted], "inside of " + folder)

    def test_a_file_of_no_project(self):
        """No pyproject.toml and no repository: where packages begin says what belongs together."""
        folder = linked.copy(self, "conditional")
        os.rmdir(os.path.join(folder, ".git"))
        os.remove(os.path.join(folder, "pyproject.toml"))
        project = Project(self, folder=folder)
        findings = json.loads(project.run(".", warm=False).out)
        self.assertGreaterEqual(len(findings), least("conditional"))
        for path in linked.files(folder):
            self.assertEqual(json.loads(project.run(path, warm=False).out), [f for f in findings if f["filename"] == path], path)

    def test_from_elsewhere(self):
        """The working directory says how paths are shown, and nothing else."""
        for project, whole in self.projects():
            outcome = awry.run("check", "--no-cache", "--select", "all", "--output-format", "json", project.folder,
                               cwd=os.path.dirname(project.folder))
            short = os.path.basename(project.folder) + "/"
            there = outcome.out.decode().replace(project.folder + "/", "").replace('"filename":"' + short, '"filename":"')
            strip = [[{**f, "fingerprint": ""} for f in json.loads(text)] for text in (there, whole)]
            self.assertEqual(strip[0], strip[1])

    def test_what_is_shown_does_not_change_what_is_found(self):
        for project, whole in self.projects():
            project.run(".", "--select", "AW201")
            project.run(".", form="full")
            self.assertEqual(project.run(".").out, whole)


HELPER = {
    "app/__init__.py": "",
    "app/helper.py": "def load():\n    return 1\n",
    "app/middle.py": "from app.helper import load\n\n\ndef get():\n    return load()\n",
    "app/views.py": "from app.middle import get\n\n\nasync def view():\n    return get()\n",
}
BLOCKS = "import time\n\n\ndef load():\n    time.sleep(1)\n"
VIEW = "app/views.py:5 AW117"

HERITAGE = {
    "app/__init__.py": "",
    "app/base.py": "import time\n\n\nclass Base:\n    def load(self):\n        time.sleep(1)\n",
    "app/views.py": "from app.base import Base\n\n\nasync def view(base: Base):\n    base.load()\n",
}
OVERRIDE = "from app.base import Base\n\n\nclass Other(Base):\n    def load(self):\n        return 1\n"


class Edits(unittest.TestCase):
    def project(self, files, *wanted):
        project = Project(self, files)
        project.agree(*wanted)
        return project

    def test_a_helper_blocks_and_no_longer(self):
        project = self.project(HELPER, "nothing")
        for _ in range(2):
            project.write("app/helper.py", BLOCKS)
            project.agree(VIEW)
            project.write("app/helper.py", HELPER["app/helper.py"])
            project.agree("nothing")

    def test_places_of_a_step_move(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        for text in ("\n\n" + BLOCKS, "# one\n" + BLOCKS, BLOCKS.replace("sleep(1)", "sleep( 1 )"), BLOCKS.replace("    time", "        time")):
            project.write("app/helper.py", text)
            project.agree(VIEW)

    def test_what_a_step_shows_changes_and_its_offset_does_not(self):
        """Rows and excerpts of a finding come from other files, too."""
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        for text in (BLOCKS.replace("\n\n\n", "  \n"), BLOCKS, BLOCKS.replace("sleep(1)", "sleep(2)"), BLOCKS.replace("time.sleep(1)", "time.sleep(1); load")):
            project.write("app/helper.py", text)
            project.agree(VIEW)
            shown = [re.sub(rb" in \d.*", b"", project.run(form="full", warm=warm).out) for warm in (True, False)]
            self.assertEqual(shown[0].decode(), shown[1].decode())

    def test_a_helper_becomes_a_coroutine_function(self):
        project = self.project({**HELPER, "app/views.py": "from app.helper import load\n\n\nasync def view():\n    load()\n"}, "nothing")
        project.write("app/helper.py", "async def load():\n    return 1\n")
        project.agree("app/views.py:5 AW201")
        project.write("app/helper.py", HELPER["app/helper.py"])
        project.agree("nothing")

    def test_files_without_async_words(self):
        """They are looked at when something that they call may be a coroutine function, and no sooner."""
        project = Project(self, {"app/__init__.py": "", "app/store.py": "class Store:\n    def save(self): ...\n",
                                 "app/base.py": "class Base:\n    def load(self): ...\n    async def wait(self): ...\n",
                                 "run.py": "from app.store import Store\n\n\ndef main():\n    Store().save()\n    Store().load()\n"})
        project.agree("nothing")
        project.replace("app/store.py", "def save", "async def save")
        project.agree("run.py:5 AW201")
        project.write("app/store.py", "from app.base import Base\n\n\nclass Store(Base):\n    async def save(self): ...\n")
        project.agree("run.py:5 AW201")
        project.replace("app/base.py", "def load", "async def load")
        project.agree("run.py:5 AW201", "run.py:6 AW201")
        project.replace("run.py", "Store().save()", "print(Store().save)")
        project.agree("run.py:6 AW201")
        project.replace("app/base.py", "async def load", "def load")
        project.agree("nothing")
        project.replace("app/store.py", "(Base)", "(Base, object)")
        project.write("more.py", "from app import store\n\nstore.Store().save()\n")
        project.agree("more.py:3 AW201")
        self.assertEqual(len(json.loads(project.run("more.py").out)), 1)
        project.remove("app/store.py")
        project.agree("nothing")

    def test_a_re_export_points_elsewhere(self):
        project = self.project({**HELPER, "app/middle.py": "from app.helper import load as get\n", "app/slow.py": BLOCKS}, "nothing")
        project.write("app/middle.py", "from app.slow import load as get\n")
        project.agree(VIEW)
        project.write("app/middle.py", "from app.nowhere import load as get\n")
        project.agree("nothing")

    def test_a_new_file_shadows_a_library(self):
        project = self.project({"views.py": "import requests\n\n\nasync def view():\n    requests.get('x')\n"}, "views.py:5 AW102")
        project.write("requests.py", "def get(address):\n    return address\n")
        project.agree("nothing")
        project.write("requests.py", "async def get(address):\n    return address\n")
        project.agree("views.py:5 AW201")
        project.remove("requests.py")
        project.agree("views.py:5 AW102")

    def test_a_library_comes_into_the_tree(self):
        """What it says of its own functions counts, where the tables say something else."""
        use = "import socketio\n\nsio = socketio.AsyncServer()\n\n\nasync def view():\n    sio.leave_room(1, 2)\n"
        project = self.project({"views.py": use}, "views.py:7 AW201")
        project.write("socketio/__init__.py", "from .server import AsyncServer\n")
        project.agree("views.py:7 AW201")
        project.write("socketio/server.py", "class AsyncServer:\n    def leave_room(self, sid, room):\n        self.left = sid\n")
        project.agree("nothing")
        project.replace("socketio/server.py", "    def", "    async def")
        project.agree("views.py:7 AW201")
        project.replace("socketio/server.py", "leave_room", "leave")
        project.agree("nothing")
        project.remove("socketio/server.py")
        project.agree("views.py:7 AW201")

    def test_a_decorator_of_a_class_changes(self):
        sync = "def sync(source):\n    for name in dir(source):\n        setattr(source, name, None)\n    return source\n"
        project = self.project({"app/__init__.py": "", "app/sync.py": sync,
            "app/pod.py": "from app.sync import sync\n\n\n@sync\nclass Pod:\n    async def make(self):\n        return 1\n",
            "app/views.py": "from app.pod import Pod\n\n\nasync def view():\n    Pod().make()\n"}, "nothing")
        project.replace("app/sync.py", "setattr(source, name, None)", "print(name)")
        project.agree("app/views.py:5 AW201")
        project.write("app/sync.py", sync)
        project.agree("nothing")
        project.replace("app/sync.py", "source, name,", "source, name + '_now',")
        project.agree("app/views.py:5 AW201")
        project.replace("app/sync.py", "_now", "ake")
        project.agree("nothing")

    def test_a_base_takes_other_arguments(self):
        project = self.project({"app/__init__.py": "",
            "app/base.py": "class Base:\n    def __init__(self, name):\n        self.name = name\n\n    async def load(self):\n        return 1\n",
            "app/views.py": "import asyncio\nfrom app.base import Base\n\n\nclass View(Base):\n    def __init__(self):\n        super().__init__()\n\n"
                            "    def show(self):\n        self.load()\n"}, "nothing")
        project.replace("app/base.py", "(self, name)", "(self, name=None)")
        project.agree("app/views.py:10 AW201")
        project.replace("app/base.py", "(self, name=None)", "(self, name)")
        project.agree("nothing")

    def test_a_base_makes_its_classes_sync(self):
        model = ("import asyncio\n\nfrom asgiref.sync import async_to_sync\n\n\nclass Base:\n    kind = 1\n\n\ndef remake(class_):\n"
                 "    for name, method in vars(class_).items():\n        if asyncio.iscoroutinefunction(method):\n"
                 "            setattr(class_, name, async_to_sync(method))\n    return class_\n")
        project = self.project({"app/__init__.py": "", "app/model.py": model,
            "app/core.py": "from app.model import Base\n\n\nclass Core(Base):\n    async def load(self):\n        return 1\n",
            "app/views.py": "import asyncio\nfrom app.core import Core\n\n\ndef view():\n    Core().load()\n"}, "nothing")
        project.write("app/model.py", "class Base:\n    kind = 1\n")
        project.agree("app/views.py:6 AW201")
        project.write("app/model.py", model)
        project.agree("nothing")

    def test_a_parameter_gets_a_default(self):
        project = self.project({"app/__init__.py": "", "app/helper.py": "async def load(name):\n    return name\n",
            "app/views.py": "from app.helper import load\n\n\nasync def view():\n    load()\n"}, "nothing")
        project.replace("app/helper.py", "(name)", "(name=1)")
        project.agree("app/views.py:5 AW201")
        project.replace("app/helper.py", "(name=1)", "(name)")
        project.agree("nothing")

    def test_a_package_shadows_a_module(self):
        project = self.project(HELPER, "nothing")
        project.write("app/helper/__init__.py", BLOCKS)
        project.agree(VIEW)
        project.remove("app/helper/__init__.py")
        os.rmdir(project.path("app/helper"))
        project.agree("nothing")

    def test_a_module_that_was_not_there(self):
        project = self.project({**HELPER, "app/middle.py": "from app.later import load as get\n"}, "nothing")
        project.write("app/later.py", BLOCKS)
        project.agree(VIEW)
        project.remove("app/later.py")
        project.agree("nothing")

    def test_a_stub_appears(self):
        project = self.project({**HELPER, "app/middle.py": "def get():\n    return find()\n\n\ndef find():\n    return {}['x']\n",
                                "app/views.py": "from app.middle import get\n\n\nasync def view():\n    get().load()\n",
                                "app/base.py": HERITAGE["app/base.py"]}, "nothing")
        project.write("app/middle.pyi", "from app.base import Base\n\ndef get() -> Base: ...\n")
        project.agree("app/views.py:5 AW117")
        project.remove("app/middle.pyi")
        project.agree("nothing")

    def test_a_source_makes_what_its_stub_declares(self):
        """The stub tells of a class whose source is looked at as well, and of names of the module."""
        made = "from driver import make\n\n\nclass Grid:\n    write = make(print)\n\n\nsend = make(print)\n\n\ndef get():\n    return {}['x']\n"
        stub = ("class Grid:\n    async def write(self) -> None: ...\n\nasync def send() -> None: ...\n"
                "def get() -> Grid: ...\n")
        project = self.project({"app/__init__.py": "", "app/grid.py": made, "app/grid.pyi": stub,
            "app/views.py": "from app.grid import get, send\n\n\nasync def view():\n    get().write()\n    send()\n"}, "nothing")
        project.replace("app/grid.py", "    write = make(print)", "    async def write(self):\n        return 1")
        project.agree("app/views.py:5 AW201")
        project.replace("app/grid.py", "send = make(print)", "async def send():\n    return 1")
        project.agree("app/views.py:5 AW201", "app/views.py:6 AW201")
        project.write("app/grid.py", made)
        project.agree("nothing")
        project.replace("app/grid.py", "class Grid:", "class Other:")
        project.agree("app/views.py:5 AW201")
        project.write("app/grid.py", made)
        project.agree("nothing")

    def test_a_class_gets_an_attribute(self):
        """What its use raises without it stands before a call."""
        service = "class Service:\n    pass\n"
        project = self.project({"app/__init__.py": "", "app/service.py": service, "app/base.py": "class Base:\n    pass\n",
            "app/views.py": "from app.service import Service\n\n\nasync def log(): ...\n\n\nasync def view():\n"
                            "    Service.preview()\n    log()\n"}, "nothing")
        for more in ("\n    preview = print", "\n\n\nService.preview = print", "\n\n\ndef fill():\n    setattr(Service, 'preview', print)",
                     "\n\n\nclass Meta(type): ...\n\n\nclass Service(metaclass=Meta): ..."):
            project.write("app/service.py", service.replace("\n    pass", "\n    pass" + more))
            project.agree("app/views.py:9 AW201")
            project.write("app/service.py", service)
            project.agree("nothing")
        project.replace("app/service.py", "class Service:", "from app.base import Base\n\n\nclass Service(Base):")
        project.agree("nothing")
        project.replace("app/base.py", "pass", "preview = print")
        project.agree("app/views.py:9 AW201")

    def test_an_instance_gets_an_attribute(self):
        service = "from app.base import Base\n\n\nclass Service(Base):\n    pass\n"
        project = self.project({"app/__init__.py": "", "app/service.py": service, "app/base.py": "class Base:\n    pass\n",
            "app/views.py": "from app.service import Service\n\n\nasync def log(): ...\n\n\nasync def view():\n"
                            "    service = Service()\n    service.preview()\n    log()\n"}, "nothing")
        for more in ("def fill(self):\n        self.preview = print", "__slots__ = ('preview',)", "def __getattr__(self, name):\n        return name",
                     "def fill(self, **given):\n        self.__dict__.update(given)"):
            for path in ("app/base.py", "app/service.py"):
                project.replace(path, "pass", more)
                project.agree("app/views.py:10 AW201")
                project.replace(path, more, "pass")
                project.agree("nothing")
        project.replace("app/service.py", "class Service(Base)", "class Service(Base, Unknown)")
        project.agree("app/views.py:10 AW201")

    def test_a_function_before_takes_other_arguments(self):
        project = self.project({"app/__init__.py": "", "app/audit.py": "def audit(db, email):\n    return db\n",
            "app/views.py": "from app.audit import audit\n\n\nasync def log(): ...\n\n\nasync def view():\n"
                            "    audit(1, mail=2)\n    log()\n"}, "nothing")
        project.replace("app/audit.py", "email", "mail")
        project.agree("app/views.py:9 AW201")
        project.replace("app/audit.py", "mail", "*, email")
        project.agree("nothing")

    def test_a_base_under_another_name(self):
        plain = "from app.item import Item as _Item\n\n\nclass Item(_Item):\n    def load(self):\n        return 1\n"
        project = self.project({"app/__init__.py": "", "app/item.py": "class Item:\n    async def load(self):\n        return 1\n",
            "app/plain.py": plain, "app/views.py": "from app.item import Item\n\n\nasync def view(item: Item):\n    item.load()\n"},
            "nothing")
        project.replace("app/plain.py", "def load", "def other")
        project.agree("app/views.py:5 AW201")
        project.replace("app/plain.py", "def other", "def load")
        project.agree("nothing")
        project.replace("app/plain.py", "class Item(_Item)", "class Item(_Other)")
        project.agree("app/views.py:5 AW201")

    def test_a_static_method_takes_other_arguments(self):
        project = self.project({"app/__init__.py": "",
            "app/audit.py": "class Audit:\n    @staticmethod\n    async def log(db, email):\n        return db\n",
            "app/views.py": "from app.audit import Audit\n\n\nasync def view():\n    Audit.log(1, mail=2)\n"}, "nothing")
        project.replace("app/audit.py", "email", "mail")
        project.agree("app/views.py:5 AW201")
        project.replace("app/audit.py", "@staticmethod", "@classmethod")
        project.agree("nothing")

    def test_a_file_is_deleted(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        project.remove("app/helper.py")
        project.agree("nothing")
        project.write("app/helper.py", BLOCKS)
        project.agree(VIEW)
        project.remove("app/views.py")
        project.agree("nothing")

    def test_a_folder_is_renamed(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        os.rename(project.path("app"), project.path("shop"))
        project.agree("nothing")
        os.rename(project.path("shop"), project.path("app"))
        project.agree(VIEW)

    def test_an_override_in_a_third_file(self):
        project = self.project(HERITAGE, VIEW)
        project.write("app/other.py", OVERRIDE)
        project.agree("nothing")
        project.write("app/other.py", OVERRIDE.replace("return 1", "super().load()"))
        project.agree(VIEW)
        project.remove("app/other.py")
        project.agree(VIEW)

    def test_a_base_changes(self):
        project = self.project({**HERITAGE, "app/views.py": "from app.base import Base\n\n\nclass View(Base):\n    async def show(self):\n        self.load()\n"},
                               "app/views.py:6 AW117")
        project.replace("app/base.py", "    def load", "    async def load")
        project.agree("app/base.py:6 AW101", "app/views.py:6 AW201")
        project.replace("app/base.py", "class Base:", "class Root:")
        project.agree("app/base.py:6 AW101")

    def test_an_attribute_of_a_base_changes(self):
        store = "import time\n\n\nclass Slow:\n    def get(self):\n        time.sleep(1)\n\n\nclass Fast:\n    def get(self):\n        return 1\n"
        base = "from app.store import Fast, Slow\n\n\nclass Base:\n    def __init__(self):\n        self.store = Fast()\n"
        view = "from app.base import Base\n\n\nclass View(Base):\n    async def show(self):\n        self.store.get()\n"
        project = self.project({"app/__init__.py": "", "app/store.py": store, "app/base.py": base, "app/views.py": view}, "nothing")
        project.replace("app/base.py", "= Fast()", "= Slow()")
        project.agree("app/views.py:6 AW117")
        project.replace("app/base.py", "= Slow()", "= Fast()")
        project.agree("nothing")

    def test_a_caller_changes(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        project.replace("app/views.py", "return get()", "return get")
        project.agree("nothing")
        project.replace("app/views.py", "return get", "return get()")
        project.agree(VIEW)
        project.replace("app/middle.py", "return load()", "return load")
        project.agree("nothing")

    def test_an_argument_becomes_something_else(self):
        """What a helper tests its parameter for: its class, and what stands for the argument, are in files of their own."""
        kinds = "class Slow:\n    pass\n\n\nclass Fast:\n    pass\n"
        helper = ("import time\n\nfrom app.kinds import Slow\n\n\ndef load(thing):\n    if isinstance(thing, Slow):\n        time.sleep(1)\n"
                  "\n\ndef get(thing):\n    load(thing)\n")
        made = "from app.kinds import Fast as Kind\n\nthing = Kind()\n"
        views = "from app.helper import get\nfrom app.made import thing\n\n\nasync def view():\n    get(thing)\n"
        project = self.project({"app/__init__.py": "", "app/kinds.py": kinds, "app/helper.py": helper, "app/made.py": made,
                                "app/views.py": views}, "nothing")
        for _ in range(2):
            project.replace("app/made.py", "Fast", "Slow")
            project.agree("app/views.py:6 AW117")
            project.replace("app/made.py", "Slow", "Fast")
            project.agree("nothing")
        project.replace("app/kinds.py", "class Fast:", "class Fast(Slow):")
        project.agree("app/views.py:6 AW117")

    def test_a_connection_goes_to_memory(self):
        database = "import sqlite3\n\n\ndef connect():\n    return sqlite3.connect('shop.db')\n\n\ndef seed(conn):\n    conn.commit()\n"
        middle = "from app.database import connect\n\n\ndef get():\n    return connect()\n"
        views = ("import sqlite3\n\nfrom app.middle import get\n\n\ndef seed(conn: sqlite3.Connection):\n    conn.commit()\n"
                 "\n\nasync def view():\n    seed(get())\n")
        both = ["app/views.py:11 AW117"] * 2
        project = self.project({"app/__init__.py": "", "app/database.py": database, "app/middle.py": middle, "app/views.py": views}, *both)
        project.replace("app/database.py", "shop.db", ":memory:")
        project.agree("nothing")
        project.replace("app/database.py", ":memory:", "shop.db")
        project.agree(*both)

    def test_a_constructor_is_no_coroutine_function(self):
        wards = ("class Ward:\n    async def __init__(self):\n        self.beds = 1\n\n    async def free(self):\n        return 1\n\n"
                 "    def count(self):\n        self.free()\n")
        project = self.project({"app/__init__.py": "", "app/base.py": "class Base:\n    pass\n", "app/wards.py": wards,
            "app/views.py": "import asyncio\nfrom app.wards import Ward\n\n\nclass View(Ward):\n    def show(self):\n        self.free()\n"},
            "nothing")
        project.replace("app/wards.py", "async def __init__", "def __init__")
        both = ["app/views.py:7 AW201", "app/wards.py:9 AW201"]
        project.agree(*both)
        project.write("app/wards.py", wards.replace("class Ward:", "@print\nclass Ward:").replace("        self.free()", "        pass"))
        project.agree("app/views.py:7 AW201")
        project.write("app/wards.py", wards)
        project.agree("nothing")
        project.write("app/heirs.py", "from app.views import View\n\n\nclass Heir(View):\n    def __init__(self):\n        self.beds = 2\n")
        project.agree(*both)

    def test_a_host_becomes_a_name(self):
        helper = "import socket\n\n\ndef find(host='127.0.0.1'):\n    return socket.gethostbyname(host)\n"
        project = self.project({"app/__init__.py": "", "app/helper.py": helper,
            "app/views.py": "from app.helper import find\n\n\nasync def view():\n    find()\n"}, "nothing")
        project.replace("app/helper.py", "127.0.0.1", "localhost")
        project.agree("app/views.py:5 AW117")
        project.replace("app/helper.py", "localhost", "10.0.0.1")
        project.agree("nothing")

    def test_an_owner_of_tasks_forgets(self):
        tasks = "import asyncio\n\nkept = set()\n\n\ndef spawn(work):\n    task = asyncio.create_task(work)\n    kept.add(task)\n    return task\n"
        view = "from app.tasks import spawn\n\n\nasync def view():\n    spawn(work())\n\n\nasync def work():\n    return 1\n"
        project = self.project({"app/__init__.py": "", "app/tasks.py": tasks, "app/views.py": view}, "nothing")
        project.write("app/tasks.py", "import asyncio\n\n\ndef spawn(work):\n    return asyncio.create_task(work)\n")
        project.agree("app/views.py:5 AW301")
        project.write("app/tasks.py", tasks)
        project.agree("nothing")

    def test_the_configuration_changes(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        project.write("pyproject.toml", PROJECT + "\n[tool.awry]\nmin-severity = 'error'\n")
        project.agree("nothing")
        project.write("pyproject.toml", PROJECT)
        project.agree(VIEW)

    def test_without_a_project_file(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        project.remove("pyproject.toml")
        project.agree(VIEW)
        project.write("app/helper.py", HELPER["app/helper.py"])
        project.agree("nothing")

    def test_a_file_is_broken_and_mended(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        project.write("app/helper.py", "def load(:\n" + BLOCKS)
        project.agree()
        project.write("app/helper.py", BLOCKS)
        project.agree(VIEW)

    def test_files_that_are_touched(self):
        project = self.project({**HELPER, "app/helper.py": BLOCKS}, VIEW)
        for name in linked.files(project.folder):
            os.utime(project.path(name))
            project.agree(VIEW)

    def test_random_edits(self):
        """Any row of edits of one project, each followed by a warm run and a cold one."""
        dice = random.Random(SEED)
        project = Project(self, folder=linked.copy(self, "harbour"))
        paths = [path for path in linked.files(project.folder) if not path.endswith("__init__.py")]
        first = {path: project.read(path) for path in paths}
        edits = (lambda text: text, lambda text: text.replace("time.sleep(", "abs("), lambda text: text.replace("async def ", "def "),
                 lambda text: text.replace("    def ", "    async def "), lambda text: "\n" + text, lambda text: text.replace("import ", "import x, ", 1),
                 lambda text: text.replace("(Base)", "(object)"), lambda text: text.replace("return ", "return None or "), None)
        project.agree(about=", AWRY_SEED=%d" % SEED)
        for step in range(20):
            path, edit = dice.choice(paths), dice.choice(edits)
            if edit:
                project.write(path, edit(first[path]))
            elif os.path.exists(project.path(path)):
                project.remove(path)
            project.agree(about=", step %d: %s, AWRY_SEED=%d" % (step, path, SEED))
        for path in paths:
            project.write(path, first[path])
        whole = project.agree()
        self.assertGreaterEqual(len(json.loads(whole)), least("harbour"))


class Clocks(unittest.TestCase):
    """A stamp that does not change is no proof that the file did not."""

    SLOW, QUICK = BLOCKS, BLOCKS.replace("time.sleep(1)", "time.ctime(1)")  # of one size

    def setUp(self):
        self.assertEqual(len(self.SLOW), len(self.QUICK))
        self.project = Project(self, {**HELPER, "app/helper.py": self.SLOW})
        self.helper = self.project.path("app/helper.py")
        self.project.agree(VIEW)

    def test_the_same_size_and_time(self):
        stamp = os.stat(self.helper)
        for text, wanted in ((self.QUICK, "nothing"), (self.SLOW, VIEW)) * 3:
            self.project.write("app/helper.py", text)
            os.utime(self.helper, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            self.project.agree(wanted)

    def test_another_file_in_its_place(self):
        other = self.helper + ".new"
        for text, wanted in ((self.QUICK, "nothing"), (self.SLOW, VIEW)):
            self.project.write("app/helper.py.new", text)
            shutil.copystat(self.helper, other)
            os.replace(other, self.helper)
            self.project.agree(wanted)

    def test_times_to_come(self):
        later = time.time() + 86400
        for text, wanted in ((self.SLOW, VIEW), (self.QUICK, "nothing"), (self.SLOW, VIEW)):
            self.project.write("app/helper.py", text)
            os.utime(self.helper, (later, later))
            self.project.agree(wanted)

    def test_times_long_ago(self):
        for text, wanted in ((self.QUICK, "nothing"), (self.SLOW, VIEW)):
            self.project.write("app/helper.py", text)
            os.utime(self.helper, (1, 1))
            self.project.agree(wanted)

    def test_the_cache_comes_from_another_time(self):
        for shift in (-10 * 86400, 10 * 86400):
            for path in self.project.cache_files():
                os.utime(path, (time.time() + shift,) * 2)
            self.project.write("app/helper.py", self.QUICK)
            self.project.agree("nothing")
            self.project.write("app/helper.py", self.SLOW)
            self.project.agree(VIEW)

    def test_edits_that_follow_each_other_at_once(self):
        for turn in range(20):
            text = self.SLOW if turn % 2 else self.QUICK
            self.project.write("app/helper.py", text)
            self.project.found(*((VIEW,) if turn % 2 else ("nothing",)))


class Damage(unittest.TestCase):
    """Nothing of a cache is believed that cannot be checked."""

    @classmethod
    def setUpClass(cls):
        cls.dice = random.Random(SEED)

    def setUp(self):
        self.project = Project(self, {**HELPER, "app/helper.py": BLOCKS})
        self.whole = self.project.agree(VIEW)
        self.assertTrue(self.project.cache_files(), "no cache was written")
        self.kept = []
        for path in self.project.cache_files():
            with open(path, "rb") as file:
                self.kept.append((path, file.read()))

    def damage(self, path, content, what):
        with open(path, "wb") as out:
            out.write(content)
        self.assertEqual(self.project.run().out, self.whole, "%s, AWRY_SEED=%d" % (what, SEED))
        self.assertEqual(self.project.run().out, self.whole, "the run behind it: %s" % what)
        for path, content in self.kept:
            with open(path, "wb") as out:
                out.write(content)

    def test_cut(self):
        for path, content in self.kept[:1]:
            for size in sorted({0, 1, 7, 8, 63, len(content) // 3, len(content) // 2, len(content) - 8, len(content) - 1}):
                self.damage(path, content[:size], "cut to %d of %d bytes" % (size, len(content)))

    def test_longer(self):
        for path, content in self.kept[:1]:
            self.damage(path, content + b"\0" * 4096, "zeros behind it")
            self.damage(path, content + content, "twice")

    def test_other_bytes(self):
        path, content = self.kept[0]
        for _ in range(25):
            at, mask = self.dice.randrange(len(content)), self.dice.randrange(1, 256)
            self.damage(path, content[:at] + bytes([content[at] ^ mask]) + content[at + 1:], "byte %d ^ %d of %d" % (at, mask, len(content)))

    def test_of_another_version(self):
        path, content = self.kept[0]
        for at in range(0, min(64, len(content)), 4):
            self.damage(path, content[:at] + b"\xff\xff\xff\xff" + content[at + 4:], "bytes %d to %d" % (at, at + 4))

    def test_numbers_that_are_large(self):
        path, content = self.kept[0]
        for _ in range(15):
            at = self.dice.randrange(0, max(1, len(content) - 8), 4)
            self.damage(path, content[:at] + b"\xff\xff\xff\x7f" + content[at + 4:], "number at %d of %d" % (at, len(content)))

    def test_no_cache_at_all(self):
        for path, _ in self.kept:
            self.damage(path, b"something else, of somebody else\n" * 50, "another file")
            self.damage(path, b"", "empty")

    def test_pieces_of_another_project(self):
        """A cache that lies about a path it really knows: parts of one file in the place of another's."""
        other = Project(self, {**HELPER, "app/helper.py": BLOCKS.replace("time.sleep", "print")})
        other.agree("nothing")
        for path in other.cache_files()[:1]:
            with open(path, "rb") as file:
                content = file.read()
            self.damage(self.kept[0][0], content, "the cache of other sources under the same names")


class Together(unittest.TestCase):
    def test_runs_at_once(self):
        """Several runs share a cache while it is made; each says what a run alone says, and so does the next."""
        project = Project(self, folder=linked.copy(self, "harbour"))
        whole = project.run(warm=False).out
        self.assertGreaterEqual(len(json.loads(whole)), least("harbour"))
        for turn in range(3):
            command = [awry.AWRY, *project.command()]
            running = [subprocess.Popen(command, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=awry.environment())
                       for _ in range(4)]
            for process in running:
                out, err = process.communicate(timeout=120)
                self.assertIn(process.returncode, (0, 1), err)
                self.assertEqual(out, whole)
            self.assertEqual(project.run().out, whole)
            for path in linked.files(project.folder)[turn::3]:
                os.utime(project.path(path))

    def test_of_different_parts(self):
        project = Project(self, folder=linked.copy(self, "harbour"))
        whole = project.run(warm=False).out
        parts = linked.files(project.folder)
        running = [subprocess.Popen([awry.AWRY, *project.command(path)], cwd=project.folder, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE, env=awry.environment()) for path in parts[::4]]
        for process in running:
            err = process.communicate(timeout=120)[1]
            self.assertIn(process.returncode, (0, 1), err)
        self.assertEqual(project.run().out, whole)


class Place(unittest.TestCase):
    def test_the_cache_lies_in_the_project_and_goes(self):
        project = Project(self, HELPER)
        there = project.path(".awry_cache")
        for _ in range(2):
            self.assertEqual(awry.run("check", cwd=project.folder).code, 0)
            self.assertTrue(os.path.isfile(os.path.join(there, "CACHEDIR.TAG")))
            self.assertTrue(os.path.isfile(os.path.join(there, ".gitignore")))
        outcome = awry.run("clean", cwd=project.folder)
        self.assertEqual((outcome.code, os.path.exists(there)), (0, False), outcome.err)

    def test_none_is_made_when_none_is_wanted(self):
        project = Project(self, HELPER)
        awry.run("check", "--no-cache", cwd=project.folder)
        self.assertFalse(os.path.exists(project.path(".awry_cache")))


if __name__ == "__main__":
    unittest.main()
