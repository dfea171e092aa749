"""Random steps through a real mount against a simple model: create, write in six ways, append,
truncate, store through a mapping, rename, move, replace, unlink, rm -r, mkdir, edits by somebody
else, faults of the network, remounts, kill -9. Now and then all is sent, and names, bytes and what
the server holds must be the model's.

Time is the server's, and steps move it: none waits. What a step does follows from the seed, its
number and the model alone, so the same seed makes the same steps, with some of them
left out, too. Only the daemon's own threads race, and a kill strikes where it strikes.

usage: random_steps.py NOTIONFS NOTION-SIM WORKSPACE.json STEPS [SEED [WITHOUT [KEEP]]]
  WITHOUT  steps that are not taken, as 3,7-12; - for none
  KEEP     a folder that gets the state, the log and the server's requests of a run that fails
"""
import errno
import json
import mmap
import os
import random
import re
import subprocess
import sys
import time
import zlib

from random_world import Failed, World, apart

WORDS = ["Same.", "Same.", "Same.", "Other.", "Tea & cake.", "Ünïcode – 漢字.", "A longer line of words, to be changed."]
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Fir"]
PLACES = ["Home", "Home/Box", "Home/Other"]

# What goes wrong with a write, and whether it was carried out.
FAULTS = [
    {"do": "status", "status": 503, "apply": "all", "committed": True},
    {"do": "status", "status": 503, "apply": "none"},
    {"do": "status", "status": 504, "apply": "all"},
    {"do": "status", "status": 504, "apply": "none"},
    {"do": "status", "status": 409, "apply": "none"},
    {"do": "status", "status": 429, "apply": "none", "retry_after": 1},
    {"do": "cut", "apply": "all"},
    {"do": "cut", "apply": "none"},
]


class Page:
    def __init__(self, blocks):
        self.blocks = list(blocks)  # the words of its paragraphs
        self.is_busy = False  # until all is settled nothing is done to it here
        self.is_young = True  # made since all was settled
        self.is_quiet = False  # not written since all was settled


class Model:
    """Paths without `.md` from the mount's top → pages. A row is a page as any other."""

    def __init__(self):
        self.pages = {"Home": Page(["Same.", "Same."]), "Home/Box": Page(["Same.", "Same."]),
                      "Home/Box/Inner": Page(["Same."]), "Home/Other": Page(["Same."]),
                      "Home/Tasks/One": Page(["Same."]), "Home/Tasks/Two": Page(["Same."])}
        self.fixed = set(self.pages)

    def below(self, path):
        return [other for other in self.pages if other.startswith(path + "/")]

    def is_busy(self, path):
        return any(self.pages[other].is_busy for other in [path] + self.below(path))

    def own(self):
        """Pages that may be renamed and removed."""
        return sorted(path for path in self.pages
                      if path not in self.fixed and not self.is_busy(path))

    def move(self, page, new):
        for path in [page] + self.below(page):
            self.pages[new + path[len(page):]] = self.pages.pop(path)


class Steps:
    def __init__(self, world, seed):
        self.world, self.model, self.seed = world, Model(), seed
        self.history = []
        self.start_step(0)

    def start_step(self, step):
        self.step = step
        self.random = random.Random("%d.%d" % (self.seed, step))

    def pick(self, items):
        """One of them; with other items left out or added it mostly stays the same."""
        def order(item):
            return zlib.crc32(("%d.%d.%s" % (self.seed, self.step, item)).encode()), str(item)
        return min(items, key=order) if items else None

    def path(self, page):
        return os.path.join(self.world.mount, page + ".md")

    # ---- what a person does ----

    def words(self):
        return self.random.choice(WORDS)

    def any_page(self):
        return self.pick([path for path in self.model.pages if not self.model.pages[path].is_busy and
                          ("Tasks" not in path or path not in self.model.fixed)])

    def make_directory(self, page):
        """X/ beside X.md, where it is not there yet."""
        directory = os.path.join(self.world.mount, page)
        if not os.path.isdir(directory):
            os.mkdir(directory)

    def create(self):
        places = PLACES + ["Home/Tasks"]
        place = self.pick(places + [path for path in self.model.own() if path.count("/") < 4])
        page = place + "/" + self.random.choice(NAMES)
        blocks = [self.words() for _ in range(self.random.choice([0, 1, 2, 3, 3, 130]))]
        if page in self.model.pages:
            return None
        self.make_directory(os.path.dirname(page))
        self.model.pages[page] = Page(blocks)
        with open(self.path(page), "w") as file:
            file.write("\n\n".join(blocks) + "\n" if blocks else "")
        return page, len(blocks)

    def mkdir(self):
        """A directory that becomes a page by what is put into it."""
        page = self.pick(PLACES) + "/Made %d" % self.step
        inner = page + "/" + self.random.choice(NAMES)
        blocks = [self.words() for _ in range(2)]
        self.make_directory(os.path.dirname(page))
        os.mkdir(os.path.join(self.world.mount, page))
        with open(self.path(inner), "w") as file:
            file.write("\n\n".join(blocks) + "\n")
        self.model.pages[page] = Page([])
        self.model.pages[inner] = Page(blocks)
        self.model.pages[page].is_busy = self.model.pages[inner].is_busy = True
        return (inner,)

    def read(self, page):
        """The text, its head, and its blocks; what they say is what the model says."""
        self.model.pages[page].is_quiet = False
        with open(self.path(page)) as file:
            text = file.read()
        self.same("text of %s before the step" % page, self.model.pages[page].blocks,
                  self.shown(text))
        head = re.match(r"(---\n.*?^---\n)?", text, flags=re.S | re.M).group()
        return text, head, [block for block in re.split(r"\n+", text[len(head):]) if block]

    def edited(self, page):
        """Another text for the page; lines that stand for pages stay where they are."""
        _, head, blocks = self.read(page)
        for _ in range(self.random.randint(1, 3)):
            at = int(self.random.random() * (len(blocks) + 1))
            what, words = self.random.random(), self.words()
            if what < 0.5 or at == len(blocks) or blocks[at].startswith("<"):
                blocks.insert(at, words)
            elif what < 0.75:
                blocks[at] = words
            else:
                del blocks[at]
        blocks = blocks or [self.words()]
        self.model.pages[page].blocks = [block for block in blocks if not block.startswith("<")]
        return head + "\n\n".join(blocks) + "\n"

    def write(self):
        page = self.any_page()
        how = self.random.choice(["in place", "over", "away", "again", "draft", "twice"])
        if how == "draft" and page == "Home":
            how = "over"  # a page can't be made at the top
        text = self.edited(page)
        path = self.path(page)
        beside = os.path.dirname(path)

        def put(path, text):
            with open(path, "w") as file:
                file.write(text)

        def work():
            if how == "over":
                put(os.path.join(beside, ".swap~"), text)
                os.replace(os.path.join(beside, ".swap~"), path)
            elif how == "draft":
                put(os.path.join(beside, "Draft.md"), text)
                os.replace(os.path.join(beside, "Draft.md"), path)
            elif how == "away":
                os.rename(path, os.path.join(beside, "backup~"))
                put(path, text)
                os.unlink(os.path.join(beside, "backup~"))
            elif how == "again":
                os.unlink(path)
                put(path, text)
            elif how == "twice":
                put(path, text[:len(text) // 2])
                put(path, text)
            else:
                put(path, text)

        apart(work)
        return page, how

    def append(self):
        page = self.any_page()
        words = self.words()
        text, _, blocks = self.read(page)

        def work():
            with open(self.path(page), "a") as file:
                file.write(("\n" if blocks else "") + words + "\n")

        apart(work)
        self.model.pages[page].blocks.append(words)
        return page, words

    def truncate(self):
        page = self.any_page()
        model = self.model.pages[page]
        text, head, blocks = self.read(page)
        if len(blocks) < 2 or len(blocks) > len(model.blocks):
            return None
        keep = self.random.randint(1, len(blocks) - 1)
        ends = [match.end() for match in re.finditer(r"[^\n]+\n", text[len(head):])]
        size = len(text[:len(head) + ends[keep - 1]].encode())
        apart(lambda: os.truncate(self.path(page), size))
        model.blocks = model.blocks[:keep]
        return page, keep

    def store(self):
        """Other letters, through a mapping."""
        page = self.any_page()
        model = self.model.pages[page]
        text, head, blocks = self.read(page)
        at = [i for i, block in enumerate(blocks) if block.isascii() and block[0] != "<"]
        if not at or len(blocks) > len(model.blocks):
            return None
        at = self.random.choice(at)
        match = list(re.finditer(r"[^\n]+", text[len(head):]))[at]
        start = len(text[:len(head) + match.start()].encode())
        letters = match.group().swapcase()

        def work():
            with open(self.path(page), "r+b") as file:
                with mmap.mmap(file.fileno(), 0) as mapping:
                    mapping[start:start + len(letters)] = letters.encode()

        apart(work)
        model.blocks[at] = blocks[at].swapcase()
        return page, at

    def rename(self):
        page = self.pick(self.model.own())
        if page is None:
            return None
        new = os.path.dirname(page) + "/Name %d" % self.step
        os.rename(self.path(page), self.path(new))
        self.model.move(page, new)
        return page, new

    def move(self):
        page = self.pick([page for page in self.model.own() if "/Tasks/" not in page])
        new = self.pick(PLACES) + "/Moved %d" % self.step
        if page is None or os.path.dirname(new) == os.path.dirname(page):
            return None
        self.make_directory(os.path.dirname(new))
        os.rename(self.path(page), self.path(new))
        self.model.move(page, new)
        return page, new

    def refused(self):
        """A page that stands for long onto another one: neither is lost."""
        old = [path for path in self.model.own() if not self.model.pages[path].is_young]
        page, other = self.pick(old), self.pick([path for path in PLACES if path != "Home"])
        if page is None:
            return None
        try:
            os.rename(self.path(page), self.path(other))
        except FileExistsError:
            return page, other
        raise Failed("%s went onto %s" % (page, other))

    def unlink(self):
        page = self.pick(self.model.own())
        if page is None:
            return None
        directory = os.path.join(self.world.mount, page)
        below = self.model.below(page)
        names = [self.path(page)] + ([directory] if os.path.isdir(directory) else [])
        subprocess.run(["rm", "-r", *names], check=True)
        for path in [page] + below:
            del self.model.pages[path]
        return [page] + below

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
                if path in ids and path not in PLACES:
                    raise Failed("two pages of the name %s" % path)
                ids[path] = page
        return ids, dump["blocks"]

    def edit(self, **what):
        answer = self.world.http("edit", dict(what, **{"as": "app"}))
        if "ids" not in answer:
            raise Failed("the edit was refused: %r" % what)

    def edit_blocks(self, page):
        """A block of a page of which nothing is owed here."""
        ids, blocks = self.find_ids()
        own = [block for block in blocks.get(ids[page], [])
               if not block["in_trash"] and block["type"] == "paragraph"]
        model = self.model.pages[page]
        words = self.words()
        what, at = self.random.random(), int(self.random.random() * len(own))
        paragraph = {"paragraph": {"rich_text": [{"type": "text", "text": {"content": words}}]}}
        if own and what < 0.5:
            self.edit(op="update", id=own[at]["id"], block=paragraph)
            model.blocks[at] = words
            return "update", at
        if own and what < 0.7:
            self.edit(op="delete", id=own[at]["id"])
            del model.blocks[at]
            return "delete", at
        self.edit(op="insert", id=ids[page], block=paragraph, after=own[-1]["id"] if own else None)
        model.blocks.append(words)
        return ("insert",)

    def catch_up(self):
        """What others did is here."""
        self.world.advance(130)  # its minute is over
        self.world.sync("--complete")

    def remote(self):
        """An edit by somebody else, while nothing of ours is owed; it is read at once."""
        self.settle()
        page = self.any_page()
        done = self.edit_blocks(page)
        self.catch_up()
        self.read(page)
        return page, *done

    def remote_beside(self):
        """The same while other pages are being sent."""
        page = self.pick([path for path in PLACES if self.model.pages[path].is_quiet and
                          not self.model.pages[path].is_busy])
        if page is None:
            return None
        self.model.pages[page].is_busy = True
        return page, *self.edit_blocks(page)

    def remote_page(self):
        """A page is retitled, moved or trashed by somebody else."""
        self.settle()
        page = self.pick([page for page in self.model.own() if "/Tasks/" not in page])
        how = self.random.choice(["rename", "move", "trash"])
        if page is None:
            return None
        ids, _ = self.find_ids()
        if how == "rename":
            new = os.path.dirname(page) + "/Theirs %d" % self.step
            self.edit(op="rename", id=ids[page], title=os.path.basename(new))
            self.model.move(page, new)
        elif how == "move":
            place = self.pick([path for path in PLACES if path != os.path.dirname(page)])
            new = place + "/" + os.path.basename(page)
            if new in self.model.pages:
                return None
            self.edit(op="move", id=ids[page], parent=ids[place])
            self.model.move(page, new)
        else:
            self.edit(op="trash", id=ids[page])
            for path in [page] + self.model.below(page):
                del self.model.pages[path]
        self.catch_up()
        return page, how

    # ---- what happens ----

    def fault(self):
        """One of the next writes goes wrong."""
        fault = dict(self.random.choice(FAULTS))
        fault["match"] = {"method": self.random.choice(["POST", "PATCH", "PATCH", "DELETE"]),
                          "path": "^/v1/(pages|blocks)", "nth": self.random.choice([1, 1, 2, 3])}
        self.world.order(fault)
        return (json.dumps(fault),)

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
        said, quiet = None, 0
        for _ in range(14):
            self.world.advance(40)  # grace times are over
            self.world.sync()
            said = self.world.status()
            # A removal whose request had no answer is no save that is pending: it waits a minute.
            quiet = quiet + 1 if said["pending"] == 0 and not said["failed"] else 0
            if quiet == 3:
                break
            self.world.advance(40)
        else:
            raise Failed("still owed: %r" % said)
        if any(page.is_busy for page in self.model.pages.values()):
            self.catch_up()
        for page in self.model.pages.values():
            page.is_busy = page.is_young = False
            page.is_quiet = True

    def files(self):
        found = {}
        for folder, directories, names in os.walk(os.path.join(self.world.mount, "Home")):
            for name in names:
                path = os.path.join(folder, name)
                if name == ".schema.yaml":
                    continue
                if not name.endswith(".md") or name.startswith("."):
                    raise Failed("beside the pages: %s" % path)
                with open(path) as file:
                    found[os.path.relpath(path, self.world.mount)[:-3]] = file.read()
        with open(self.path("Home")) as file:
            found["Home"] = file.read()
        return found

    def shown(self, text):
        """The text without what the model does not have: frontmatter, and child pages' lines."""
        text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.S | re.M)
        lines = [line for line in text.split("\n") if not re.match(r"<(page|database) ", line)]
        return [line for line in lines if line]

    def check(self):
        self.settle()
        want = {page: model.blocks for page, model in self.model.pages.items()}
        ids, blocks = self.find_ids()
        self.same("pages of the server", sorted(want), sorted(ids))
        for page, known in want.items():
            there = [("".join(run["plain_text"] for run in block["paragraph"]["rich_text"])
                      if block["type"] == "paragraph" else block["type"])
                     for block in blocks.get(ids[page], [])
                     if not block["in_trash"] and not block["type"].startswith("child_")]
            self.same("blocks of " + page, known, there)
        files = self.files()
        self.same("files", sorted(want), sorted(files))
        for page, text in files.items():
            self.same("text of " + page, want[page], self.shown(text))
        status = self.world.status()
        if status["conflicts"] or status["held"]:
            raise Failed("status: %r" % status)

    def same(self, what, want, got):
        if want != got:
            raise Failed("%s:\n  wanted %r\n  got    %r" % (what, want, got))

    # ---- the run ----

    CHOICES = [("create", 10), ("write", 22), ("append", 8), ("truncate", 4), ("store", 4),
               ("mkdir", 3), ("rename", 7), ("move", 5), ("refused", 2), ("unlink", 7),
               ("pass_time", 8), ("remote", 4), ("remote_beside", 4), ("remote_page", 3),
               ("fault", 5), ("remount", 2), ("kill", 5)]

    def run(self, steps, without):
        names = [name for name, weight in self.CHOICES for _ in range(weight)]
        for step in range(1, steps + 1):
            self.start_step(step)
            if step not in without:
                name = self.random.choice(names)
                pause = self.random.choice([0, 0, 1, 2])
                self.history.append((step, name))
                done = getattr(self, name)()
                self.history[-1] += tuple(done or ["-"])
                self.world.advance(pause)
            if step % 12 == 0 or step == steps:
                self.check()


def steps_named(text):
    named = set()
    for part in [] if text == "-" else text.split(","):
        first, _, last = part.partition("-")
        named.update(range(int(first), int(last or first) + 1))
    return named


def explain(steps, error, keep):
    for step in steps.history[-60:]:
        print(*step)
    print("FAILED at step %d of seed %d: %s" % (steps.step, steps.seed, error))
    world = steps.world
    sys.stdout.flush()
    subprocess.run(["find", world.mount, "-not", "-path", "*/.*"], timeout=60)
    with open(os.path.join(world.folder, "log")) as log:
        print("".join(log.readlines()[-30:]))
    if keep:
        for name in ("requests", "dump"):
            with open(os.path.join(world.folder, name), "w") as file:
                json.dump(world.http(name), file, indent=1)
        world.end()
        subprocess.run(["cp", "-r", world.folder, keep], check=True)


def main():
    if not os.path.exists("/dev/fuse"):
        sys.exit(77)
    notionfs, notion_sim, workspace, steps = sys.argv[1:5]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1 << 30)
    without = steps_named(sys.argv[6]) if len(sys.argv) > 6 else set()
    keep = sys.argv[7] if len(sys.argv) > 7 else None
    print("seed %d, %s steps" % (seed, steps), flush=True)
    world = None
    try:
        world = World(os.path.abspath(notionfs), os.path.abspath(notion_sim), workspace)
        random_steps = Steps(world, seed)
        began = time.time()
        try:
            world.sync("--complete")
            random_steps.run(int(steps), without)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            explain(random_steps, error, keep)
            sys.exit(1)
        print("%s steps, %d pages, %d s" % (steps, len(random_steps.model.pages),
                                            time.time() - began))
    finally:
        if world is not None:
            world.end()
            subprocess.run(["rm", "-rf", world.folder])


main()
