"""The frame of the rule tests: each rule runs on a fresh server with the small workspace."""

import json
import sys

import small
from server import Server, Tap
from small import NOW

PROGRAM = sys.argv[1]
RULES = []
TEXT = {"text": {"content": "new"}}
PARAGRAPH = {"paragraph": {"rich_text": [TEXT]}}


def rule(name, *arguments, config=None, rows=30, other=False):
    """`other`: with the second data source of small.py."""
    def register(function):
        RULES.append((name, function, arguments, config, rows, other))
        return function
    return register


class Api(Server):
    def ok(self, method, path, body=None):
        status, answer = self.request(method, path, body)
        if status != 200:
            raise AssertionError(f"{method} {path}: {status} {answer.get('message')}")
        return answer

    def refused(self, status, method, path, body=None, **more):
        got, answer = self.request(method, path, body, **more)
        equal(got, status, f"{method} {path}: {answer}")
        return answer

    def append(self, parent, children, position=None):
        body = {"children": children}
        if position is not None:
            body["position"] = position
        return self.ok("PATCH", f"/v1/blocks/{parent}/children", body)["results"]

    def children(self, parent):
        return self.ok("GET", f"/v1/blocks/{parent}/children")["results"]

    def stamp(self, kind, number):
        return self.ok("GET", f"/v1/{kind}/{number}")["last_edited_time"]

    def advance(self, seconds):
        self.ok("POST", "/_sim/clock", {"advance_s": seconds})

    def fault(self, **fault):
        self.ok("POST", "/_sim/faults", {"faults": [fault]})

    def log(self):
        return self.ok("GET", "/_sim/requests")


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} is not {expected!r}")


def true(value, what=""):
    if not value:
        raise AssertionError(what or "not true")


def after(number):
    return {"type": "after_block", "after_block": {"id": number}}


class Connection(Server):
    """One more connection to a server that runs."""

    def __init__(self, server):
        self.connection = type(server.connection)("127.0.0.1", server.port, timeout=60)

    def __exit__(self, *_):
        self.connection.close()

    def raw(self, method, path):
        self.connection.request(method, path, headers={"Authorization": "Bearer x",
                                                       "Notion-Version": "2026-03-11"})
        response = self.connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()

    def is_cut(self, method, path, body=None):
        try:
            self.request(method, path, body)
        except (ConnectionError, OSError, ValueError) as error:
            return not isinstance(error, json.JSONDecodeError)
        except Exception as error:  # http.client has a family of its own
            return type(error).__name__ in ("IncompleteRead", "RemoteDisconnected")
        return False


def hold(api):
    with Connection(api) as other:
        other.request("GET", "/v1/users/me")


def clock_ms(api):
    return api.ok("GET", "/_sim/clock")["now_ms"]


def wait_for(condition):
    """Another thread of the server does it any moment; asking is the waiting."""
    for _ in range(20000):
        if condition():
            return
    raise AssertionError("it never came")


def main():
    tap = Tap()
    for name, function, arguments, config, rows, other in RULES:
        detail = ""
        try:
            workspace = small.make(rows, config)
            if other:
                small.add_other(workspace)
            with small.File(workspace) as path:
                with Api(PROGRAM, "--workspace", path, "--now", NOW, *arguments) as api:
                    function(api)
        except Exception as error:  # whatever it is, the next rule is tested
            detail = f"{type(error).__name__}: {error}"
        tap.check(not detail, name, detail)
    return tap.end()
