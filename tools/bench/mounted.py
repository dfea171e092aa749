"""A generated workspace on notion-sim, mounted, on the server's own clock: what the benchmarks
`files` and `api` share. Nothing here judges; folders, server and mounts go with the Bench."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(ROOT, "build-bench")


def build():
    """notionfs and notion-sim as they are released, in build-bench."""
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        subprocess.run(["meson", "setup", BUILD, "--buildtype=release", "-Doptimization=2"],
                       cwd=ROOT, check=True, stdout=sys.stderr)
    subprocess.run(["ninja", "-C", BUILD, "notionfs", "notion-sim"], check=True, stdout=sys.stderr)


class Server:
    """notion-sim with a generated workspace. The clock moves when `advance` says so."""

    def __init__(self, work, generate, *options):
        self.log = os.path.join(work, "server.log")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [os.path.join(BUILD, "notion-sim"), "--generate", generate, *options],
                stdout=out, stderr=out)
        deadline = time.monotonic() + 1800
        while True:
            found = re.search(r"http://\S+", open(self.log).read())
            if found:
                break
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("no server: " + open(self.log).read())
            time.sleep(0.02)
        self.url = found.group()

    def ask(self, path, method="GET", body=None):
        request = urllib.request.Request(
            f"{self.url}/_sim/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or b"null")

    def advance(self, seconds):
        self.ask("clock", "POST", {"advance_s": seconds})

    def now_s(self):
        return self.ask("clock")["now_ms"] / 1000

    def requests(self):
        return self.ask("requests")

    def forget_requests(self):
        self.ask("requests", "DELETE")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Mount:
    """One daemon in the foreground of a process of its own, with folders of its own."""

    def __init__(self, server, work, name, options, follow_clock=True):
        self.directory = os.path.join(work, name)
        os.makedirs(self.directory, exist_ok=True)
        home = os.path.join(work, name + "-home")
        os.makedirs(home, exist_ok=True)
        self.environment = dict(
            os.environ, HOME=home, XDG_CACHE_HOME=home + "/cache", XDG_STATE_HOME=home + "/state",
            XDG_CONFIG_HOME=home + "/config", XDG_RUNTIME_DIR=home, NOTION_API_TOKEN="ntn_bench",
            NOTION_API_BASE_URL=server.url)
        if follow_clock:
            self.environment["NOTIONFS_TEST_CLOCK"] = server.url
        self.server = server
        self.log = open(os.path.join(work, name + ".log"), "ab")
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "notionfs"), "mount", "-f", *(["-o", options] if options else []),
             self.directory], env=self.environment, stdout=self.log, stderr=self.log)
        while not os.path.ismount(self.directory):
            if self.process.poll() is not None:
                raise RuntimeError("not mounted: " + open(self.log.name).read())
            time.sleep(0.002)
        self.status()
        self.mount_s = time.perf_counter() - started

    def status(self):
        with open(os.path.join(self.directory, ".notionfs", "status.json")) as file:
            return json.load(file)

    def messages(self):
        return self.status()["fuse_messages"]

    def own_messages(self):
        """What one reading of the counter itself costs, once its entries are known."""
        self.messages()
        first = self.messages()
        return self.messages() - first

    def memory_kb(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return {key: int(re.search(rf"^{key}:\s+(\d+)", text, re.M).group(1))
                for key in ("VmRSS", "RssAnon", "VmHWM")}

    def wait_idle(self, quiet_s=0.15):
        """Until nothing has been asked for a while: what is due now has been done."""
        last, since = None, time.monotonic()
        while time.monotonic() - since < quiet_s:
            now = self.count()
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.03)

    def count(self):
        status = self.status()
        pages = status["pages"]
        return (status["budget"]["used"], pages["cached"], pages["known"])

    def hydrate(self, step_s=5):
        """Moves the clock until every page is here; the seconds it took by the server's clock."""
        began = self.server.now_s()
        waiting = subprocess.Popen(
            [os.path.join(BUILD, "notionfs"), "sync", "--complete", self.directory],
            env=self.environment, stdout=self.log, stderr=self.log)
        self.pass_time(waiting, step_s)
        if waiting.returncode != 0:
            raise RuntimeError("sync --complete failed: " + open(self.log.name).read()[-500:])
        return self.server.now_s() - began

    def pass_time(self, process, step_s=5):
        """Moves the clock whenever the budget is used up, until the process ends."""
        last, since = None, time.monotonic()
        while process.poll() is None:
            budget = self.status()["budget"]
            now = self.count()
            still_s = time.monotonic() - since
            if now != last:
                last, since = now, time.monotonic()
            elif still_s > (0.1 if budget["used"] >= budget["limit"] * 0.79 else 2):
                self.server.advance(step_s)
                since = time.monotonic()
            time.sleep(0.01)

    def unmount(self):
        subprocess.run(["umount", "-l", self.directory], check=False)
        self.process.wait(timeout=60)


class Bench:
    """The work folder, in memory unless TMPDIR says otherwise, and all that lives in it."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="notionfs-bench-", dir=os.environ.get("TMPDIR", "/dev/shm"))
        self.ends = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in reversed(self.ends):
            try:
                end()
            except Exception as error:  # the others are ended all the same
                print(error, file=sys.stderr)
        shutil.rmtree(self.work, ignore_errors=True)

    def server(self, generate, *options):
        server = Server(self.work, generate, *options)
        self.ends.append(server.stop)
        return server

    def mount(self, server, name, options, **keywords):
        mount = Mount(server, self.work, name, options, **keywords)
        self.ends.append(lambda: mount.process.poll() is None and mount.unmount())
        return mount


def machine():
    """Where the figures come from, a line for the table."""
    cpu = re.search(r"model name\s*:\s*(.*)", open("/proc/cpuinfo").read())
    return "%s, %d cores, Linux %s" % (cpu.group(1).strip() if cpu else "?", os.cpu_count(),
                                       os.uname().release)
