"""A notion-sim for a test: started on a free port, spoken to over one connection, ended with it."""

import http.client
import json
import subprocess

VERSION = "2026-03-11"
TOKEN = "ntn_test"


class Server:
    def __init__(self, program, *arguments):
        self.process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def request(self, method, path, body=None, raw=None, headers=None):
        """Status and parsed body; `raw` is sent as it is."""
        data = raw if raw is not None else None if body is None else json.dumps(body)
        sent = {"Authorization": "Bearer " + TOKEN, "Notion-Version": VERSION}
        if data is not None:
            sent["Content-Type"] = "application/json"
            data = data.encode() if isinstance(data, str) else data
        sent.update(headers or {})
        self.connection.request(method, path, data, sent)
        response = self.connection.getresponse()
        self.headers = response.headers  # of the last answer
        return response.status, json.loads(response.read())


class Tap:
    """Counts and prints test points."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def check(self, passed, name, detail=""):
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}", flush=True)
        if not passed and detail:
            for line in str(detail).split("\n"):
                print("# " + line, flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0
