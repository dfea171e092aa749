#!/usr/bin/env python3
"""Rules for the server itself and for edits from outside. TAP.

usage: rules_server_test.py NOTION_SIM
"""

import json
import subprocess
import sys
import threading

import small
from rule import PARAGRAPH, PROGRAM, TEXT, Api, Connection, clock_ms, equal, main, rule, true
from small import ANN, CHILD, DATABASE, FIRST, INSIDE, LAST, ROOT, SOURCE, TOGGLE, row, uid

# The server itself

@rule("each answer has a request_id, in the header too, and no ETag")
def _(api):
    for path in ("/v1/users/me", "/v1/users", "/v1/nothing", f"/v1/blocks/{ROOT}/children"):
        _, answer = api.request("GET", path)
        equal(list(answer)[-1], "request_id")
        equal(api.headers["x-notion-request-id"], answer["request_id"])
        equal(api.headers["Content-Type"], "application/json; charset=utf-8")
        equal(api.headers["ETag"], None)


@rule("the log of requests has its keys, and /_sim/ is not in it")
def _(api):
    api.ok("POST", "/v1/search", {"page_size": 1})
    api.ok("GET", f"/v1/blocks/{ROOT}/children?page_size=1")
    log = api.log()
    equal([list(e) for e in log], [["seq", "t_ms", "method", "path", "query", "status", "applied",
                                    "fault", "body"]] * 2)
    equal((log[0]["body"], log[1]["query"], log[1]["body"]), ({"page_size": 1}, "page_size=1", None))
    api.ok("DELETE", "/_sim/requests")
    equal(api.log(), [])


@rule("the clock stands still and moves when told to")
def _(api):
    equal(clock_ms(api), 1795255230500)
    version = api.ok("GET", "/_sim/clock")["version"]
    answers = []

    def follow():
        with Connection(api) as other:
            answers.append(other.request("GET", f"/_sim/clock?after={version}")[1])
    thread = threading.Thread(target=follow)
    thread.start()
    api.advance(3)
    thread.join()
    equal((answers[0]["now_ms"], answers[0]["running"]), (1795255233500, False))
    equal(answers[0]["version"], version + 1)


@rule("what is taken from the connection is nowhere, with all that is below, until it is given back")
def _(api):
    def titles():
        return [block["id"] for block in api.children(ROOT)]

    def edit(op, number):
        api.ok("POST", "/_sim/edit", {"op": op, "id": number})
    before = titles()
    true(CHILD in before, before)
    rows = len(api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})["results"])
    first = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})["results"][0]["id"]
    edit("unshare", CHILD)
    edit("unshare", first)
    equal(titles(), [number for number in before if number != CHILD])
    for path in (f"/v1/pages/{CHILD}", f"/v1/blocks/{CHILD}", f"/v1/blocks/{CHILD}/children",
                 f"/v1/pages/{first}"):
        equal(api.refused(404, "GET", path)["code"], "object_not_found")
    api.refused(404, "PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    found = [each["id"] for each in api.ok("POST", "/v1/search", {})["results"]]
    true(CHILD not in found and first not in found, found)
    equal(len(api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})["results"]), rows - 1)
    edit("share", CHILD)
    edit("share", first)
    equal(titles(), before)
    api.ok("GET", f"/v1/pages/{CHILD}")


@rule("the app can move, retype and make what the API can't")
def _(api):
    def edit(**body):
        return api.ok("POST", "/_sim/edit", dict(body, **{"as": "app"}))
    edit(op="move", id=LAST, after=None)
    equal(api.children(ROOT)[0]["id"], LAST)
    edit(op="move", id=LAST, parent={"block_id": TOGGLE}, after=INSIDE)
    equal([b["id"] for b in api.children(TOGGLE)], [INSIDE, LAST])
    edit(op="update", id=LAST, block={"quote": {"rich_text": [TEXT]}})
    equal(list(api.ok("GET", f"/v1/blocks/{LAST}"))[-3:], ["type", "quote", "request_id"])
    made = edit(op="insert", id=ROOT, after=FIRST,
                block={"unsupported": {"block_type": "form"}})["ids"]
    equal(api.children(ROOT)[1]["id"], made[0])
    edit(op="trash", id=made[0])
    edit(op="restore", id=made[0])
    equal(api.children(ROOT)[1]["unsupported"], {"block_type": "form"})
    edit(op="delete", id=made[0])
    edit(op="rename", id=CHILD, title="Other")
    equal(api.children(ROOT)[1]["type"], "toggle")
    equal([b["child_page"]["title"] for b in api.children(ROOT) if b["type"] == "child_page"],
          ["Other"])
    edit(op="rename", id=DATABASE, title="Stuff")
    equal(api.ok("GET", f"/v1/databases/{DATABASE}")["title"][0]["plain_text"], "Stuff")
    edit(op="set", id=row(1), properties={"Number": {"number": 41}})
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["properties"]["Number"]["number"], 41)
    edit(op="move", id=row(1), parent={"page_id": CHILD})
    equal([b["id"] for b in api.children(CHILD)], [row(1)])
    equal(list(api.ok("GET", f"/v1/pages/{row(1)}")["properties"]), ["title"])
    edit(op="move", id=row(1), parent={"data_source_id": SOURCE})
    equal(api.children(CHILD), [])
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["properties"]["Name"]["title"][0]["plain_text"],
          "Row 1")


@rule("somebody can make pages and rows in the app")
def _(api):
    made = api.ok("POST", "/_sim/edit", {"op": "insert", "id": ROOT, "after": FIRST, "block": {
        "child_page": {"title": "By hand", "children": [PARAGRAPH]}}})["ids"][0]
    equal(api.children(ROOT)[1]["child_page"], {"title": "By hand"})
    equal(api.ok("GET", f"/v1/pages/{made}")["created_by"]["id"], ANN)
    equal(len(api.children(made)), 1)
    made = api.ok("POST", "/_sim/edit", {"op": "insert", "id": SOURCE, "properties": {
        "Name": {"title": [TEXT]}}})["ids"][0]
    answer = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {"page_size": 1})
    equal(answer["results"][0]["id"], made)
    equal(answer["results"][0]["properties"]["Name"]["title"][0]["plain_text"], "new")


@rule("the schema can be changed in the app, and rows follow")
def _(api):
    api.ok("POST", "/_sim/edit", {"op": "set", "id": SOURCE, "properties": {
        "Number": {"name": "Count"}, "Done": None, "Extra": {"checkbox": {}}}})
    known = api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]
    equal((known["Count"]["id"], known["Extra"]["type"]), ("x%40y6", "checkbox"))
    values = api.ok("GET", f"/v1/pages/{row(3)}")["properties"]
    equal(list(values), list(known))
    equal((values["Count"]["number"], values["Extra"]["checkbox"]), (3, False))
    true("Done" not in known and "Number" not in values)


@rule("an edit that is refused has changed nothing")
def _(api):
    before = api.ok("GET", "/_sim/dump")
    for body in [{"op": "move", "id": LAST, "after": uid(77)}, {"op": "nothing", "id": ROOT},
                 {"op": "move", "id": TOGGLE, "parent": {"block_id": INSIDE}},
                 {"op": "insert", "id": ROOT, "block": {}}, {"op": "rename", "id": INSIDE}]:
        api.refused(400, "POST", "/_sim/edit", body)
    equal(api.ok("GET", "/_sim/dump"), before)


@rule("loading a dump and dumping it again is the identity")
def _(api):
    api.append(ROOT, [{"table": {"table_width": 1, "children": [{"table_row": {
        "cells": [[TEXT]]}}]}}])
    api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    api.ok("DELETE", f"/v1/blocks/{FIRST}")
    dump = api.ok("GET", "/_sim/dump")
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        again = other.ok("GET", "/_sim/dump")
    equal(json.dumps(again), json.dumps(dump))


@rule("a generated workspace dumps, loads and dumps the same, and is the same for the same seed")
def _(_):
    options = ["--generate", "pages=30,rows=20,blocks=9,seed=7", "--rate", "off"]
    with Api(PROGRAM, *options) as first, Api(PROGRAM, *options) as second:
        dump = first.ok("GET", "/_sim/dump")
        equal(json.dumps(second.ok("GET", "/_sim/dump")), json.dumps(dump))
        equal(first.ok("GET", f"/v1/pages/{dump['roots'][0]}")["object"], "page")
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        equal(json.dumps(other.ok("GET", "/_sim/dump")), json.dumps(dump))


@rule("a file that is no workspace is refused in one sentence")
def _(_):
    for content in ([], {"pages": {}}, {"pages": [{"id": "x"}]}, {"roots": [uid(1)]}):
        with small.File(content) as path:
            run = subprocess.run([PROGRAM, "--workspace", path], capture_output=True, text=True,
                                 check=False)
        equal(run.returncode, 1)
        true(run.stderr.startswith("notion-sim: workspace file: ") and
             run.stderr.count("\n") == 1, run.stderr)


if __name__ == "__main__":
    sys.exit(main())
