"""Random steps through a real mount against a simple model: create, write in four ways, append,
truncate, rename, move, unlink, mkdir, edits by somebody else, remounts, kill -9. Now and then all
is sent, and names, bytes and what the server holds must be the model's.

Time is the server's, moved by the test: no step waits for it. The seed is printed; the same seed
makes the same steps.

usage: random_steps.py NOTIONFS NOTION-SIM WORKSPACE.json STEPS [SEED]
"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

WORDS = ["Same.", "Same.", "Same.", "Other.", "Tea & cake.", "Ünïcode – 漢字.", "A longer line of words, to be changed."]
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Fir"]


class Failed(Exception):
    pass


class World:
    """The server, the mount on it, and the clock."""

    def __init__(self, notionfs, notion_sim, workspace):
        self.notionfs, self.notion_sim = notionfs, notion_sim
        self.folder = tempfile.mkdtemp(prefix="notionfs-random-")
        self.mount = os.path.join(self.folder, "mount")
        os.mkdir(self.mount)
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.server = subprocess.Popen(
            [notion_sim, "--workspace", workspace, "--token", "ntn_test", "--rate", "off"],
            stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://[0-9.:]+", self.server.stdout.readline()).group()
        self.environment = dict(os.environ, HOME=self.folder, NOTION_API_TOKEN="ntn_test",
                                NOTION_API_BASE_URL=self.url, NOTIONFS_TEST_CLOCK=self.url)
        for name in ("CACHE", "STATE", "CONFIG"):
            self.environment["XDG_%s_HOME" % name] = os.path.join(self.folder, name.lower())
        self.daemon = None
        self.start()

    def http(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_sim/" + path, data,
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def advance(self, seconds):
        self.http("clock", {"advance_s": seconds})

    def start(self):
        self.daemon = subprocess.Popen(
            [self.notionfs, "mount", "-f", "-o", "poll=30,sweep=off", self.mount],
            env=self.environment, stdout=self.log, stderr=self.log)
        end = time.time() + 30
        while not (os.path.ismount(self.mount) and self.status() is not None):
            if self.daemon.poll() is not None or time.time() > end:
                raise Failed("not mounted")
            time.sleep(0.01)

    def status(self):
        try:
            with open(os.path.join(self.mount, ".notionfs/status.json")) as file:
                return json.load(file)
        except OSError:
            return None

    def kill(self):
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        subprocess.run(["umount", "-l", self.mount], check=True)

    def remount(self):
        """Plainly: what is owed stays queued."""
        subprocess.run(["umount", self.mount], check=True)
        self.daemon.wait(timeout=60)
        self.start()

    def sync(self, *options):
        return subprocess.run([self.notionfs, "sync", *options, self.mount], env=self.environment,
                              stdout=self.log, stderr=self.log, timeout=120).returncode

    def end(self):
        for process in (self.daemon, self.server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        subprocess.run(["umount", "-l", self.mount], stderr=subprocess.DEVNULL)


def apart(work):
    """In a process of its own: what this one has opened before is nothing it has seen."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except OSError as error:
            print(error, flush=True)
            os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise Failed("a step's process failed")


class Page:
    def __init__(self, blocks):
        self.blocks = list(blocks)  # the words of its paragraphs

    def text(self):
        return "\n\n".join(self.blocks) + "\n" if self.blocks else ""


class Model:
    """Paths without `.md` from the mount's top → pages. A row is a page as any other."""

    def __init__(self):
        self.pages = {"Home": Page(["Same.", "Same."]), "Home/Box": Page(["Same.", "Same."]),
                      "Home/Box/Inner": Page(["Same."]), "Home/Other": Page(["Same."]),
                      "Home/Tasks/One": Page(["Same."]), "Home/Tasks/Two": Page(["Same."])}
        self.fixed = set(self.pages)
        self.unlinked = {}  # path → when

    def below(self, path):
        return [other for other in self.pages if other.startswith(path + "/")]

    def own(self):
        """Pages that may be renamed and removed."""
        return sorted(path for path in self.pages if path not in self.fixed)


class Steps:
    def __init__(self, world, seed):
        self.world, self.model, self.random = world, Model(), random.Random(seed)
        self.count = 0
        self.history = []
        self.is_settled = False

    def path(self, page):
        return os.path.join(self.world.mount, page + ".md")

    # ---- what a person does ----

    def words(self):
        return self.random.choice(WORDS)

    def place(self):
        """A directory a page can be made in."""
        return self.random.choice(["Home", "Home/Box", "Home/Other", "Home/Tasks"] +
                                  [path for path in self.model.own() if path.count("/") < 4])

    def make_directory(self, page):
        """X/ beside X.md, where it is not there yet."""
        directory = os.path.join(self.world.mount, page)
        if not os.path.isdir(directory):
            os.mkdir(directory)

    def create(self):
        page = self.place() + "/" + self.random.choice(NAMES)
        if page in self.model.pages or page.count("/") > 5:
            return None
        self.make_directory(os.path.dirname(page))
        blocks = [self.words() for _ in range(self.random.choice([0, 1, 2, 3, 3, 130]))]
        self.model.pages[page] = Page(blocks)
        with open(self.path(page), "w") as file:
            file.write(self.model.pages[page].text())
        return page, len(blocks)

    def read(self, page):
        """The head, and the blocks of the text; what they say is what the model says."""
        with open(self.path(page)) as file:
            text = file.read()
        self.same("text of %s before the step" % page, self.model.pages[page].blocks,
                  self.shown(page, text))
        head = re.match(r"(---\n.*?^---\n)?", text, flags=re.S | re.M).group()
        return head, [block for block in re.split(r"\n+", text[len(head):]) if block]

    def edited(self, page):
        """Another text for the page; lines that stand for pages stay where they are."""
        head, blocks = self.read(page)
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randrange(len(blocks) + 1)
            what = self.random.random()
            if what < 0.5 or at == len(blocks) or blocks[at].startswith("<"):
                blocks.insert(at, self.words())
            elif what < 0.75:
                blocks[at] = self.words()
            else:
                del blocks[at]
        blocks = blocks or [self.words()]
        self.model.pages[page].blocks = [block for block in blocks if not block.startswith("<")]
        return head + "\n\n".join(blocks) + "\n"

    def any_page(self):
        return self.random.choice(sorted(path for path in self.model.pages if
                                         "Tasks" not in path or path not in self.model.fixed))

    def write(self):
        page = self.any_page()
        how = self.random.choice(["in place", "over", "away", "again"])
        text = self.edited(page)
        def work():
            if how == "over":
                other = os.path.join(os.path.dirname(self.path(page)), ".swap~")
                with open(other, "w") as file:
                    file.write(text)
                os.replace(other, self.path(page))
            elif how == "away":
                backup = os.path.join(os.path.dirname(self.path(page)), "backup~")
                os.rename(self.path(page), backup)
                with open(self.path(page), "w") as file:
                    file.write(text)
                os.unlink(backup)
            elif how == "again":
                os.unlink(self.path(page))
                with open(self.path(page), "w") as file:
                    file.write(text)
            else:
                with open(self.path(page), "w") as file:
                    file.write(text)

        apart(work)
        return page, how

    def append(self):
        page = self.any_page()
        model = self.model.pages[page]
        words = self.words()
        blocks = self.read(page)[1]

        def work():
            with open(self.path(page), "a") as file:
                file.write(("\n" if blocks else "") + words + "\n")

        apart(work)
        model.blocks.append(words)
        return (page,)

    def truncate(self):
        page = self.any_page()
        model = self.model.pages[page]
        head, blocks = self.read(page)
        if len(blocks) < 2 or len(blocks) > len(model.blocks):
            return None
        model.blocks = model.blocks[:self.random.randint(1, len(model.blocks) - 1)]
        size = len((head + model.text()).encode())
        apart(lambda: os.truncate(self.path(page), size))
        return (page,)

    def move_model(self, page, new):
        for path in [page] + self.model.below(page):
            self.model.pages[new + path[len(page):]] = self.model.pages.pop(path)

    def rename(self):
        pages = self.model.own()
        if not pages:
            return None
        page = self.random.choice(pages)
        self.count += 1
        new = os.path.dirname(page) + "/Name %d" % self.count
        os.rename(self.path(page), self.path(new))
        self.move_model(page, new)
        return page, new

    def move(self):
        pages = [page for page in self.model.own() if "/Tasks/" not in page]
        places = [path for path in ["Home", "Home/Box", "Home/Other"]]
        if not pages:
            return None
        page = self.random.choice(pages)
        self.count += 1
        new = self.random.choice(places) + "/Moved %d" % self.count
        if os.path.dirname(new) == os.path.dirname(page):
            return None
        os.rename(self.path(page), self.path(new))
        self.move_model(page, new)
        return page, new

    def unlink(self):
        pages = [page for page in self.model.own() if not self.model.below(page)]
        if not pages:
            return None
        page = self.random.choice(pages)
        os.unlink(self.path(page))
        directory = os.path.join(self.world.mount, page)
        if os.path.isdir(directory):
            os.rmdir(directory)
        del self.model.pages[page]
        return (page,)

    # ---- what others do ----

    def find_ids(self):
        """Path → id, of what the server shows, and id → blocks."""
        dump = self.world.http("dump")
        titles, parents = {}, {}
        for page in dump["pages"]:
            value = next(v for v in page["properties"].values() if v["type"] == "title")
            titles[page["id"]] = "".join(run["plain_text"] for run in value["title"])
            parents[page["id"]] = None if page["in_trash"] else page["parent"]
        sources = {source["id"]: source["database_parent"]["page_id"]
                   for source in dump["data_sources"]}

        def path_of(page):
            parent = parents[page]
            if parent is None:
                return None
            if parent["type"] == "workspace":
                return titles[page]
            if parent["type"] == "data_source_id":
                above = path_of(sources[parent["data_source_id"]])
                return above and above + "/Tasks/" + titles[page]
            above = path_of(parent["page_id"])
            return above and above + "/" + titles[page]

        ids = {}
        for page in titles:
            path = path_of(page)
            if path is not None:
                if path in ids:
                    raise Failed("two pages of the name %s" % path)
                ids[path] = page
        return ids, dump["blocks"]

    def remote(self):
        """An edit by somebody else, while nothing of ours is owed."""
        self.settle()
        page = self.any_page()
        ids, blocks = self.find_ids()
        own = [block for block in blocks.get(ids[page], [])
               if not block["in_trash"] and block["type"] == "paragraph"]
        model = self.model.pages[page]
        words = self.words()
        paragraph = {"paragraph": {"rich_text": [{"type": "text", "text": {"content": words}}]}}
        if own and self.random.random() < 0.5:
            at = self.random.randrange(len(own))
            edit = {"as": "app", "op": "update", "id": own[at]["id"], "block": paragraph}
            model.blocks[at] = words
        elif own and self.random.random() < 0.3:
            at = self.random.randrange(len(own))
            edit = {"as": "app", "op": "delete", "id": own[at]["id"]}
            del model.blocks[at]
        else:
            edit = {"as": "app", "op": "insert", "id": ids[page], "block": paragraph,
                    "after": own[-1]["id"] if own else None}
            model.blocks.append(words)
        if "ids" not in self.world.http("edit", edit):
            raise Failed("the edit was refused: %r" % edit)
        self.world.advance(130)  # its minute is over
        self.world.sync("--complete")
        self.read(page)
        return page, edit["op"]

    # ---- what happens ----

    def remount(self):
        self.world.remount()
        return ()

    def kill(self):
        self.world.advance(self.random.choice([0, 2, 2, 40]))
        time.sleep(self.random.random() * 0.05)  # anywhere in the sending
        self.world.kill()
        self.world.start()
        return ()

    def pass_time(self):
        seconds = self.random.choice([1, 5, 40])
        self.world.advance(seconds)
        return (seconds,)

    # ---- what must be ----

    def settle(self):
        said = None
        for _ in range(12):
            self.world.advance(40)  # grace times are over
            self.world.sync()
            said = self.world.status()
            if said["pending"] == 0 and not said["failed"]:
                return
            self.world.advance(40)
        raise Failed("still owed: %r" % said)

    def files(self):
        found = {}
        for folder, directories, names in os.walk(os.path.join(self.world.mount, "Home")):
            for name in names:
                path = os.path.join(folder, name)
                if not name.endswith(".md") or name.startswith("."):
                    raise Failed("beside the pages: %s" % path)
                with open(path) as file:
                    found[os.path.relpath(path, self.world.mount)[:-3]] = file.read()
        with open(self.path("Home")) as file:
            found["Home"] = file.read()
        return found

    def shown(self, page, text):
        """The text without what the model does not have: frontmatter, and child pages' lines."""
        text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.S | re.M)
        lines = [line for line in text.split("\n") if not re.match(r"<(page|database) ", line)]
        return [line for line in lines if line]

    def check(self):
        self.settle()
        want = {page: model.blocks for page, model in self.model.pages.items()}
        for look in range(20):
            ids, blocks = self.find_ids()
            if set(ids) == set(want):
                break
            self.world.advance(15)
            time.sleep(0.05)
        self.same("pages of the server", sorted(want), sorted(ids))
        for page, known in want.items():
            there = ["".join(run["plain_text"] for run in block["paragraph"]["rich_text"])
                     for block in blocks.get(ids[page], [])
                     if not block["in_trash"] and block["type"] == "paragraph"]
            self.same("blocks of " + page, known, there)
        files = self.files()
        self.same("files", sorted(want), sorted(files))
        for page, text in files.items():
            self.same("text of " + page, want[page], self.shown(page, text))
        status = self.world.status()
        if status["conflicts"] or status["held"]:
            raise Failed("status: %r" % status)

    def same(self, what, want, got):
        if want != got:
            raise Failed("%s:\n  wanted %r\n  got    %r" % (what, want, got))

    # ---- the run ----

    CHOICES = [("create", 10), ("write", 22), ("append", 10), ("truncate", 6), ("rename", 7),
               ("move", 5), ("unlink", 7), ("pass_time", 10), ("remote", 5), ("remount", 2),
               ("kill", 5)]

    def run(self, steps):
        names = [name for name, weight in self.CHOICES for _ in range(weight)]
        for step in range(1, steps + 1):
            name = self.random.choice(names)
            self.history.append((step, name))
            done = getattr(self, name)()
            self.history[-1] += (done,)
            if step % 12 == 0 or step == steps:
                self.check()


def main():
    if not os.path.exists("/dev/fuse"):
        sys.exit(77)
    notionfs, notion_sim, workspace, steps = sys.argv[1:5]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1 << 30)
    print("seed %d, %s steps" % (seed, steps), flush=True)
    world = None
    try:
        world = World(os.path.abspath(notionfs), os.path.abspath(notion_sim), workspace)
        random_steps = Steps(world, seed)
        began = time.time()
        try:
            world.sync("--complete")
            random_steps.run(int(steps))
        except (Failed, OSError) as error:
            for step in random_steps.history[-60:]:
                print(*step)
            print("FAILED at step %d of seed %d: %s" % (len(random_steps.history), seed, error))
            with open(os.path.join(world.folder, "log")) as log:
                print("".join(log.readlines()[-30:]))
            sys.exit(1)
        world.sync()
        print("%s steps, %d pages, %d s" % (steps, len(random_steps.model.pages),
                                            time.time() - began))
    finally:
        if world is not None:
            world.end()
            subprocess.run(["rm", "-rf", world.folder])


main()
