"""What random_steps.py walks on: the server, the mount on it, and their clock."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request


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

    def order(self, fault):
        """A request's answer goes wrong, as tools/sim/faults.h says."""
        self.http("faults", {"faults": [fault]})

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
        """Waits as a person would: while a request has to be repeated, time goes on."""
        sync = subprocess.Popen([self.notionfs, "sync", *options, self.mount],
                                env=self.environment, stdout=self.log, stderr=self.log)
        for _ in range(60):
            try:
                return sync.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self.advance(5)
        sync.kill()
        sync.wait()
        raise Failed("sync does not end")

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
