#!/usr/bin/env python3
"""The rules of a faithful simulator, one test for each, named after it. TAP.

usage: rules_test.py NOTION_SIM
"""

import json
import re
import sys
import threading
import urllib.error
import urllib.request

import small
from server import Server, Tap
from small import (ANN, BUTTON, CHILD, COLUMNS, COPY, DATABASE, FIRST, HIDDEN, IMAGE, INSIDE, LAST,
                   LINKED, MINUTE, NOTES, NOW, ORIGINAL_TEXT, PREVIEW, ROOT, SOURCE, STAMP, TAB,
                   TABLE, TOGGLE, TRASHED_SOURCE, row, uid)

tap = Tap()
PROGRAM = sys.argv[1]
RULES = []
TEXT = {"text": {"content": "new"}}
PARAGRAPH = {"paragraph": {"rich_text": [TEXT]}}


def rule(name, *arguments, config=None, rows=30):
    def register(function):
        RULES.append((name, function, arguments, config, rows))
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


# Input

@rule("unknown keys at body level and in block payloads are refused")
def _(api):
    answer = api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children",
                         {"children": [PARAGRAPH], "more": 1})
    equal(answer["message"], "body failed validation: body.more should be not present, instead "
                             "was `1`.")
    payload = {"paragraph": {"rich_text": [], "archived": False}}
    answer = api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children", {"children": [payload]})
    true("archived should be not present, instead was `false`." in answer["message"])
    equal(len(api.children(ROOT)), 15)


@rule("extra keys in rich text items are tolerated")
def _(api):
    item = dict(TEXT, plain_text="new", href=None, object="x", annotations={"bold": True})
    made = api.append(ROOT, [{"paragraph": {"rich_text": [item]}}])[0]
    equal(made["paragraph"]["rich_text"][0]["annotations"]["bold"], True)


@rule("the variant bits of a uuid are checked")
def _(api):
    bad = "12345678-1234-1234-1234-123456789abc"
    answer = api.refused(400, "GET", f"/v1/pages/{bad}")
    equal(answer["message"], "path failed validation: path.page_id should be a valid uuid, "
                             f"instead was `\"{bad}\"`.")
    equal(list(answer), ["object", "status", "code", "message", "request_id"])


@rule("ids without dashes are good, answers have them with")
def _(api):
    equal(api.ok("GET", f"/v1/pages/{ROOT.replace('-', '').upper()}")["id"], ROOT)


@rule("a token that is missing or another is 401", "--token", "secret")
def _(api):
    equal(api.refused(401, "GET", "/v1/users/me")["code"], "unauthorized")
    status, _ = api.request("GET", "/v1/users/me", headers={"Authorization": "Bearer secret"})
    equal(status, 200)


@rule("a version that is missing or not known is 400")
def _(api):
    api.connection.request("GET", "/v1/users/me", headers={"Authorization": "Bearer x"})
    response = api.connection.getresponse()
    equal(json.loads(response.read())["code"], "missing_version")
    status, answer = api.request("GET", "/v1/users/me", headers={"Notion-Version": "2020-01-01"})
    equal((status, answer["code"]), (400, "validation_error"))


@rule("what is no JSON and what is no endpoint is 400")
def _(api):
    equal(api.refused(400, "POST", "/v1/search", raw="{")["code"], "invalid_json")
    equal(api.refused(400, "GET", "/v1/nothing")["code"], "invalid_request_url")


@rule("what is missing, not shared or of another kind is 404 and names the connection")
def _(api):
    for path, kind, number in [("pages", "page", uid(77)), ("pages", "page", HIDDEN),
                               ("pages", "page", DATABASE), ("blocks", "block", SOURCE),
                               ("databases", "database", ROOT),
                               ("data_sources", "data source", DATABASE)]:
        answer = api.refused(404, "GET", f"/v1/{path}/{number}")
        equal(answer["message"], f"Could not find {kind} with ID: {number}. Make sure the relevant "
                                 "pages and databases are shared with your integration "
                                 "\"notionfs\".")
        equal(list(answer["additional_data"]), ["integration_id"])
    answer = api.refused(404, "GET", f"/v1/users/{uid(77)}")
    true(answer["message"].startswith(f"Could not find user with ID: {uid(77)}. Make sure your "))


@rule("a personal token sees everything but the list of users", "--token-kind", "pat")
def _(api):
    equal(api.ok("GET", f"/v1/pages/{HIDDEN}")["id"], HIDDEN)
    equal(api.refused(403, "GET", "/v1/users")["code"], "restricted_resource")
    made = api.ok("POST", "/v1/pages", {"parent": {"type": "workspace", "workspace": True},
                                        "properties": {"title": {"title": [TEXT]}}})
    equal(made["parent"], {"type": "workspace", "workspace": True})


@rule("an internal connection must give a parent")
def _(api):
    api.refused(400, "POST", "/v1/pages", {"properties": {"title": {"title": [TEXT]}}})


# Stamps and bumps

@rule("stamps of pages, blocks and data sources are floored to the minute, of databases not")
def _(api):
    made = api.append(ROOT, [PARAGRAPH])[0]
    equal((made["created_time"], made["last_edited_time"]), (MINUTE, MINUTE))
    equal(api.ok("GET", f"/v1/databases/{DATABASE}")["created_time"],
          "2026-06-27T16:49:02.556+00:00")
    equal(api.ok("GET", f"/v1/data_sources/{SOURCE}")["created_time"], STAMP)
    true("Sat, 21 Nov 2026 10:00:30 GMT" == api.headers["Date"], api.headers["Date"])


@rule("an append bumps the container appended to")
def _(api):
    api.append(TOGGLE, [PARAGRAPH])
    equal(api.stamp("blocks", TOGGLE), MINUTE)


@rule("an append to a page bumps the page")
def _(api):
    api.append(CHILD, [PARAGRAPH])
    equal(api.stamp("pages", CHILD), MINUTE)
    equal(api.stamp("blocks", CHILD), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("an edit below the first level does not bump the page")
def _(api):
    api.append(TOGGLE, [PARAGRAPH])
    api.ok("PATCH", f"/v1/blocks/{INSIDE}", PARAGRAPH)
    equal(api.stamp("blocks", INSIDE), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("a PATCH of a block bumps that block alone")
def _(api):
    api.ok("PATCH", f"/v1/blocks/{FIRST}", PARAGRAPH)
    equal(api.stamp("blocks", FIRST), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("DELETE bumps only the record itself")
def _(api):
    answer = api.ok("DELETE", f"/v1/blocks/{INSIDE}")
    equal((answer["in_trash"], answer["last_edited_time"]), (True, MINUTE))
    equal(api.stamp("blocks", TOGGLE), STAMP)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("creating a child page bumps the parent page")
def _(api):
    api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}})
    equal(api.stamp("pages", ROOT), MINUTE)


@rule("trashing a child database bumps its block, not the page")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{DATABASE}")
    equal(api.stamp("blocks", DATABASE), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)
    equal(api.stamp("databases", DATABASE), "2026-06-27T16:49:02.556+00:00")


@rule("creating and editing rows does not bump the data source or the page")
def _(api):
    api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    api.ok("PATCH", f"/v1/pages/{row(3)}", {"properties": {"Number": {"number": 5}}})
    equal(api.stamp("pages", row(3)), MINUTE)
    equal(api.stamp("data_sources", SOURCE), STAMP)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("trash and restore of a page are stamped at the time of the call")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    equal(api.stamp("pages", CHILD), MINUTE)
    api.advance(120)
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": False})
    equal(api.stamp("pages", CHILD), "2026-11-21T10:02:00.000Z")


@rule("an edit in the app bumps block and page")
def _(api):
    api.ok("POST", "/_sim/edit", {"as": "app", "op": "update", "id": INSIDE, "block": PARAGRAPH})
    equal(api.stamp("blocks", INSIDE), MINUTE)
    equal(api.stamp("pages", ROOT), MINUTE)
    equal(api.stamp("blocks", TOGGLE), STAMP)
    equal(api.ok("GET", f"/v1/blocks/{INSIDE}")["last_edited_by"]["id"], ANN)


@rule("an edit as the API bumps as the API does")
def _(api):
    api.ok("POST", "/_sim/edit", {"as": "api", "op": "update", "id": FIRST, "block": PARAGRAPH})
    equal(api.stamp("blocks", FIRST), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


# Blocks

@rule("a positioned append answers the new blocks and every later sibling")
def _(api):
    later = [b["id"] for b in api.children(ROOT)]
    made = api.append(ROOT, [PARAGRAPH, PARAGRAPH], after(FIRST))
    equal([b["id"] for b in made[2:]], later[1:])
    equal([b["id"] for b in api.children(ROOT)][1:3], [b["id"] for b in made[:2]])
    made = api.append(ROOT, [PARAGRAPH], {"type": "start"})
    equal(len(made), 18)
    equal(api.children(ROOT)[0]["id"], made[0]["id"])


@rule("an append at the end answers the new blocks alone")
def _(api):
    equal(len(api.append(ROOT, [PARAGRAPH])), 1)
    made = api.append(ROOT, [PARAGRAPH], {"type": "end"})
    equal(len(made), 1)
    equal(api.children(ROOT)[-1]["id"], made[0]["id"])


@rule("an append after what is no child is 400")
def _(api):
    body = {"children": [PARAGRAPH], "position": after(INSIDE)}
    api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children", body)
    api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children",
                {"children": [PARAGRAPH], "after": FIRST})


@rule("nested children are created and not answered")
def _(api):
    deep = {"toggle": {"rich_text": [], "children": [
        {"bulleted_list_item": {"rich_text": [], "children": [PARAGRAPH]}}]}}
    made = api.append(ROOT, [deep])
    equal([b["has_children"] for b in made], [True])
    item = api.children(made[0]["id"])[0]
    equal((item["type"], item["has_children"], item["parent"]),
          ("bulleted_list_item", True, {"type": "block_id", "block_id": made[0]["id"]}))


@rule("neighbouring runs of equal style are merged")
def _(api):
    runs = [{"text": {"content": "a" * 2000}}, {"text": {"content": "b"}},
            {"text": {"content": "c"}, "annotations": {"bold": True}},
            {"text": {"content": "d", "link": {"url": "https://e.example/"}}}]
    made = api.append(ROOT, [{"paragraph": {"rich_text": runs}}])[0]["paragraph"]["rich_text"]
    equal([len(r["plain_text"]) for r in made], [2001, 1, 1])
    equal(made[2]["href"], "https://e.example/")


@rule("annotations, icon, caption and name are filled in")
def _(api):
    url = "https://e.example/a/b.txt?x=1"
    made = api.append(ROOT, [{"paragraph": {"rich_text": [TEXT]}},
                             {"bookmark": {"url": url}}, {"embed": {"url": url}},
                             {"file": {"external": {"url": url}}},
                             {"heading_4": {"rich_text": []}}])
    run = made[0]["paragraph"]["rich_text"][0]
    equal(run["annotations"], {"bold": False, "italic": False, "strikethrough": False,
                               "underline": False, "code": False, "color": "default"})
    equal((run["text"]["link"], run["href"], run["plain_text"]), (None, None, "new"))
    equal(made[0]["paragraph"]["icon"], None)
    equal((made[1]["bookmark"]["caption"], made[2]["embed"]["caption"]), ([], []))
    equal(made[3]["file"], {"caption": [], "type": "external", "external": {"url": url},
                            "name": "b.txt"})
    equal(list(made[4]["heading_4"].items()),
          [("rich_text", []), ("is_toggleable", False), ("color", "default")])


@rule("an update replaces the fields sent and keeps the others")
def _(api):
    made = api.append(ROOT, [{"to_do": {"rich_text": [TEXT], "checked": True, "color": "red"}}])[0]
    answer = api.ok("PATCH", f"/v1/blocks/{made['id']}", {"to_do": {"checked": False}})
    equal((answer["to_do"]["checked"], answer["to_do"]["color"]), (False, "red"))
    equal(answer["to_do"]["rich_text"][0]["plain_text"], "new")
    api.refused(400, "PATCH", f"/v1/blocks/{made['id']}", {"toggle": {"rich_text": []}})


@rule("a new name of a file keeps the extension of the source")
def _(api):
    made = api.append(ROOT, [{"file": {"external": {"url": "https://e.example/a.txt"}}}])[0]
    answer = api.ok("PATCH", f"/v1/blocks/{made['id']}", {"file": {"name": "n"}})
    equal(answer["file"]["name"], "n.txt")


@rule("an icon by the URL of a built-in one becomes that one")
def _(api):
    body = {"icon": {"external": {"url": "https://www.notion.so/icons/light-bulb_yellow.svg"}}}
    answer = api.ok("PATCH", f"/v1/pages/{CHILD}", body)
    equal(answer["icon"], {"type": "icon", "icon": {"name": "light-bulb", "color": "yellow"}})


@rule("leaves, databases and plain headings take no children")
def _(api):
    heading = api.append(ROOT, [{"heading_1": {"rich_text": []}}])[0]["id"]
    for number in (PREVIEW, DATABASE, heading):
        answer = api.refused(400, "PATCH", f"/v1/blocks/{number}/children",
                             {"children": [PARAGRAPH]})
        equal(answer["message"], "Block does not support children.")


@rule("cells must be as many as the table is wide, in an append and an update")
def _(api):
    cells = {"table_row": {"cells": [[], [], []]}}
    for method, path, body in [("PATCH", f"/v1/blocks/{TABLE}/children", {"children": [cells]}),
                               ("PATCH", f"/v1/blocks/{small.TABLE_ROW}", cells)]:
        answer = api.refused(400, method, path, body)
        true("Number of cells in table row must match" in answer["message"])


@rule("a listing goes on at its cursor and omits the trash")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{TOGGLE}")
    seen, cursor = [], ""
    while True:
        answer = api.ok("GET", f"/v1/blocks/{ROOT}/children?page_size=4{cursor}")
        seen += [b["id"] for b in answer["results"]]
        if not answer["has_more"]:
            break
        cursor = "&start_cursor=" + answer["next_cursor"]
    equal(len(seen), 14)
    true(TOGGLE not in seen)
    api.refused(400, "GET", f"/v1/blocks/{ROOT}/children?page_size=101")
    api.refused(400, "GET", f"/v1/blocks/{ROOT}/children?start_cursor=null")


@rule("hosted files have another signed URL on each read, which ends after an hour with 403")
def _(api):
    first, second = (api.ok("GET", f"/v1/blocks/{IMAGE}")["image"]["file"] for _ in range(2))
    true(first["url"] != second["url"])
    equal(first["url"].split("?")[0], second["url"].split("?")[0])
    equal(first["expiry_time"], "2026-11-21T11:00:30.500Z")
    equal(urllib.request.urlopen(first["url"]).read(), b"pixels")
    api.advance(3600)
    try:
        urllib.request.urlopen(first["url"])
        raise AssertionError("still there")
    except urllib.error.HTTPError as error:
        equal(error.code, 403)


@rule("there are a linked view, a button, a synced copy, a tab, columns, notes and a preview")
def _(api):
    answer = api.ok("GET", f"/v1/databases/{LINKED}")
    equal((answer["data_sources"], answer["is_inline"], answer["title"][0]["plain_text"]),
          ([], True, "Untitled"))
    equal(api.ok("GET", f"/v1/blocks/{BUTTON}")["unsupported"], {"block_type": "button"})
    equal(api.ok("GET", f"/v1/blocks/{COPY}")["has_children"], True)
    equal([b["id"] for b in api.children(COPY)], [ORIGINAL_TEXT])
    equal([b["type"] for b in api.children(TAB)], ["paragraph"])
    equal([b["type"] for b in api.children(COLUMNS)], ["column", "column"])
    equal(api.ok("GET", f"/v1/blocks/{NOTES}")["type"], "meeting_notes")
    equal(api.ok("GET", f"/v1/blocks/{PREVIEW}")["link_preview"]["url"], "https://github.com/x/y")


@rule("a linked view is an error where the workspace says so",
      config={"linked_databases": "error"})
def _(api):
    answer = api.refused(400, "GET", f"/v1/databases/{LINKED}")
    true("does not contain any data sources accessible by this API bot." in answer["message"])


# Trash

@rule("what is in the trash can be read, its descendants too")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{TOGGLE}")
    equal(api.ok("GET", f"/v1/blocks/{TOGGLE}")["in_trash"], True)
    answer = api.ok("GET", f"/v1/blocks/{INSIDE}")
    equal((answer["in_trash"], answer["last_edited_time"]), (True, STAMP))
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    equal(api.ok("GET", f"/v1/pages/{CHILD}")["in_trash"], True)
    true(CHILD not in [b["id"] for b in api.children(ROOT)])


@rule("what is in the trash can't be edited")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{TOGGLE}")
    archived = "Can't edit block that is archived. You must unarchive the block before editing."
    for method, path, body in [("PATCH", f"/v1/blocks/{TOGGLE}", {"toggle": {"rich_text": []}}),
                               ("PATCH", f"/v1/blocks/{INSIDE}", PARAGRAPH),
                               ("PATCH", f"/v1/blocks/{TOGGLE}/children",
                                {"children": [PARAGRAPH]}),
                               ("DELETE", f"/v1/blocks/{TOGGLE}", None)]:
        answer = api.refused(400, method, path, body)
        equal((answer["code"], answer["message"]), ("validation_error", archived))


@rule("in_trash false restores")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{TOGGLE}")
    equal(api.ok("PATCH", f"/v1/blocks/{TOGGLE}", {"in_trash": False})["in_trash"], False)
    equal(api.ok("GET", f"/v1/blocks/{INSIDE}")["in_trash"], False)
    equal(api.children(ROOT)[1]["id"], TOGGLE)


# Pages

@rule("a page has a slug in its URL, a database none")
def _(api):
    text = {"text": {"content": " A b, (c)_d: é! "}}
    answer = api.ok("PATCH", f"/v1/pages/{CHILD}", {"properties": {"title": {"title": [text]}}})
    equal(answer["url"], "https://www.notion.so/A-b-c-_d-" + CHILD.replace("-", ""))
    equal(api.children(ROOT)[2]["child_page"]["title"], " A b, (c)_d: é! ")
    made = api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}})
    equal(made["url"], "https://www.notion.so/" + made["id"].replace("-", ""))


@rule("a page is created with children and at a position")
def _(api):
    made = api.ok("POST", "/v1/pages", {
        "parent": {"page_id": ROOT}, "properties": {"title": {"title": [TEXT]}},
        "children": [PARAGRAPH, PARAGRAPH], "position": {"type": "page_start"}})
    equal(api.children(ROOT)[0]["id"], made["id"])
    equal(api.children(ROOT)[0]["has_children"], True)
    equal(len(api.children(made["id"])), 2)
    made = api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}, "position": after(FIRST)})
    equal(api.children(ROOT)[2]["id"], made["id"])


@rule("erase_content drops the children")
def _(api):
    api.append(CHILD, [PARAGRAPH])
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"erase_content": True})
    equal(api.children(CHILD), [])
    equal(api.ok("GET", f"/v1/blocks/{CHILD}")["has_children"], False)


@rule("new ids are of version 8 and of nobody else")
def _(api):
    made = [b["id"] for b in api.append(ROOT, [PARAGRAPH] * 100)]
    equal(len(set(made)), 100)
    true(all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-81[0-9a-f]{2}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                          number) for number in made), made)


# Properties

@rule("properties come in the order of their decoded ids, the title last")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"database_id": DATABASE}})
    order = ["Fans", "Day", "Tags", "Kind", "Push", "State", "Editor", "Edited", "Done", "Sum",
             "Papers", "Mail", "Made", "Maker", "Note", "Id", "Who", "Phone", "Place", "Roll",
             "Friends", "Site", "Number", "Name"]
    decoded = {name: urllib.request.unquote(p["id"]) for name, p in made["properties"].items()}
    names = sorted((n for n in decoded if n != "Name"), key=lambda n: decoded[n]) + ["Name"]
    equal(list(made["properties"]), names)
    equal(sorted(names), sorted(order))
    equal(list(api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]), names)


@rule("a row sent nothing has the values of an empty row")
def _(api):
    values = {n: p[p["type"]] for n, p in api.ok(
        "POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})["properties"].items()}
    for name in ("Name", "Note", "Tags", "Friends", "Papers", "Who"):
        equal(values[name], [], name)
    for name in ("Number", "Kind", "Day", "Site", "Mail", "Phone", "Place"):
        equal(values[name], None, name)
    equal((values["Done"], values["Id"], values["Push"]), (False, {"prefix": "T", "number": 1}, {}))
    equal((values["State"]["name"], values["Made"], values["Sum"]["type"]),
          ("Not started", MINUTE, "string"))
    equal((values["Maker"]["name"], values["Roll"]["function"]), ("Test bot", "count"))


@rule("datetimes are floored to the minute, with an offset and no zone")
def _(api):
    for sent, start in [
            ({"start": "2024-01-06T17:57:33.18+01:00"}, "2024-01-06T17:57:00.000+01:00"),
            ({"start": "2024-01-06"}, "2024-01-06"),
            ({"start": "2024-01-06T00:00:00", "time_zone": "UTC"}, "2024-01-06T00:00:00.000+00:00"),
            ({"start": "2024-07-06T09:30:00", "time_zone": "Europe/Berlin"},
             "2024-07-06T09:30:00.000+02:00"),
            ({"start": "2024-01-06T09:30:00Z"}, "2024-01-06T09:30:00.000+00:00")]:
        answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"Day": {"date": sent}}})
        equal(answer["properties"]["Day"]["date"], {"start": start, "end": None, "time_zone": None})


@rule("an unknown option of a select is created, of a status refused")
def _(api):
    answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {
        "Kind": {"select": {"name": "New"}}, "Bb2c": {"multi_select": [{"name": "a"}]}}})
    equal(answer["properties"]["Kind"]["select"]["name"], "New")
    known = api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]
    equal([o["name"] for o in known["Kind"]["select"]["options"]], ["Old", "New"])
    equal(list(known["Tags"]["multi_select"]["options"][0]), ["id", "name", "color", "description"])
    api.refused(400, "PATCH", f"/v1/pages/{row(1)}",
                {"properties": {"State": {"status": {"name": "Never"}}}})
    answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"State": {"status": None}}})
    equal(answer["properties"]["State"]["status"]["name"], "Not started")


@rule("an unknown property is refused, and nothing else of the request is done")
def _(api):
    answer = api.refused(400, "PATCH", f"/v1/pages/{row(1)}", {"properties": {
        "Number": {"number": 99}, "Nope": {"number": 1}}})
    true("Nope is not a property that exists." in answer["message"])
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["properties"]["Number"]["number"], 1)


@rule("relations and people are cut at 25 in a page, has_more says so")
def _(api):
    properties = api.ok("GET", f"/v1/pages/{row(0)}")["properties"]
    equal((len(properties["Friends"]["relation"]), properties["Friends"]["has_more"]), (25, True))
    equal(len(properties["Who"]["people"]), 25)


@rule("the property endpoint pages through all of them")
def _(api):
    path = f"/v1/pages/{row(0)}/properties/rR_1?page_size=20"
    answer = api.ok("GET", path)
    equal((len(answer["results"]), answer["has_more"], answer["type"]), (20, True, "property_item"))
    equal(list(answer["results"][0]), ["object", "type", "id", "relation"])
    rest = api.ok("GET", path + "&start_cursor=" + answer["next_cursor"])
    equal((len(rest["results"]), rest["has_more"], rest["property_item"]["next_url"]),
          (9, False, None))
    single = api.ok("GET", f"/v1/pages/{row(1)}/properties/x%40y6")
    equal(list(single.items())[:4], [("object", "property_item"), ("type", "number"),
                                     ("id", "x%40y6"), ("number", 1)])


@rule("a two-way relation changes both sides")
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(2)}", {"properties": {"Friends": {"relation": [
        {"id": row(5)}]}}})
    api.ok("PATCH", f"/v1/pages/{row(5)}", {"properties": {"Fans": {"relation": []}}})
    equal(api.ok("GET", f"/v1/pages/{row(2)}")["properties"]["Friends"]["relation"], [])
    api.refused(404, "PATCH", f"/v1/pages/{row(2)}",
                {"properties": {"Friends": {"relation": [{"id": uid(77)}]}}})


# Queries and search

@rule("a query answers the newest-created first and goes on at the next row")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    path = f"/v1/data_sources/{SOURCE}/query"
    answer = api.ok("POST", path, {"page_size": 10})
    equal([r["id"] for r in answer["results"]][:3], [made["id"], row(29), row(28)])
    true(re.fullmatch(r"s:[0-9a-f-]{36}:" + row(20), answer["next_cursor"]), answer["next_cursor"])
    second = api.ok("POST", path, {"page_size": 10, "start_cursor": answer["next_cursor"]})
    equal(second["results"][0]["id"], row(20))
    equal((answer["type"], answer["page_or_data_source"]), ("page_or_data_source", {}))


@rule("a query filters by timestamps and sorts")
def _(api):
    path = f"/v1/data_sources/{SOURCE}/query"
    api.ok("PATCH", f"/v1/pages/{row(4)}", {"properties": {"Number": {"number": 100}}})
    answer = api.ok("POST", path, {"filter": {"timestamp": "last_edited_time", "last_edited_time": {
        "on_or_after": "2026-11-21T09:58:00Z"}}})
    equal([r["id"] for r in answer["results"]], [row(4)])
    answer = api.ok("POST", path, {"sorts": [{"property": "Number", "direction": "descending"},
                                             {"timestamp": "created_time",
                                              "direction": "ascending"}]})
    equal([r["id"] for r in answer["results"]][:3], [row(4), row(6), row(13)])
    answer = api.ok("POST", path, {"filter": {"and": [
        {"timestamp": "created_time", "created_time": {"before": "2026-06-27T16:03:00Z"}},
        {"timestamp": "created_time", "created_time": {"on_or_after": "2026-06-27T16:01:00Z"}}]}})
    equal([r["id"] for r in answer["results"]], [row(2), row(1)])


@rule("a query ends at its cap and says so on each page", config={"query_result_limit": 20})
def _(api):
    path = f"/v1/data_sources/{SOURCE}/query"
    answer = api.ok("POST", path, {"page_size": 15})
    equal(answer["request_status"], {"type": "incomplete",
                                     "incomplete_reason": "query_result_limit_reached"})
    answer = api.ok("POST", path, {"page_size": 15, "start_cursor": answer["next_cursor"]})
    equal((len(answer["results"]), answer["has_more"], answer["request_status"]["type"]),
          (5, False, "incomplete"))


@rule("trashed rows are in no query")
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(4)}", {"in_trash": True})
    answer = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})
    true(row(4) not in [r["id"] for r in answer["results"]])
    equal(len(answer["results"]), 29)


@rule("search answers everything shared, the last edited first")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"is_locked": True})
    results = api.ok("POST", "/v1/search", {"filter": {"property": "object", "value": "page"}})
    found = [r["id"] for r in results["results"]]
    equal(found[0], CHILD)
    true(ROOT in found and HIDDEN not in found)
    stamps = [r["last_edited_time"] for r in results["results"]]
    equal(stamps, sorted(stamps, reverse=True))


@rule("rows are partly missing in search")
def _(api):
    found = api.ok("POST", "/v1/search", {})["results"]
    rows = [r for r in found if r["parent"]["type"] == "data_source_id"]
    true(0 < len(rows) < 30, len(rows))


@rule("trashed data sources are visible in search, trashed pages are not")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    found = {r["id"]: r for r in api.ok("POST", "/v1/search", {})["results"]}
    equal(found[TRASHED_SOURCE]["in_trash"], True)
    true(CHILD not in found and DATABASE not in found)


@rule("search finds what is new after its lag", "--search-lag-ms", "30000")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}, "properties": {
        "title": {"title": [{"text": {"content": "Needle"}}]}}})
    equal(api.ok("POST", "/v1/search", {"query": "needle"})["results"], [])
    api.advance(30)
    equal([r["id"] for r in api.ok("POST", "/v1/search", {"query": "needle"})["results"]],
          [made["id"]])


# Budget and faults

@rule("the budget is a fixed window of 60 s, 180 by default", rows=1)
def _(api):
    for _ in range(180):
        api.ok("GET", "/v1/users/me")
    api.advance(20)
    answer = api.refused(429, "GET", "/v1/users/me")
    equal(answer["code"], "rate_limited")
    equal(answer["additional_data"], {"rate_limit_reason": "public_api_request_rate_limit",
                                      "retry_after": "40"})
    equal(api.headers["Retry-After"], "40")
    api.ok("GET", "/_sim/clock")
    api.advance(40)
    api.ok("GET", "/v1/users/me")


@rule("the budget can be another", "--rate", "2", rows=1)
def _(api):
    api.ok("GET", "/v1/users/me")
    api.ok("GET", "/v1/users/me")
    api.refused(429, "GET", "/v1/users/me")


@rule("the budget can be off", "--rate", "off", rows=1)
def _(api):
    for _ in range(200):
        api.ok("GET", "/v1/users/me")


@rule("429 and 529 carry Retry-After")
def _(api):
    for status, code in [(429, "rate_limited"), (529, "service_overload")]:
        api.fault(match={"nth": 1}, do="status", status=status, retry_after=7)
        answer = api.refused(status, "GET", "/v1/users/me")
        equal((answer["code"], api.headers["Retry-After"]), (code, "7"))
        equal(answer["additional_data"]["retry_after"], "7")
        api.ok("DELETE", "/_sim/faults")


@rule("overlapping writes to one parent are 409", "--latency-ms", "300", rows=1)
def _(api):
    statuses = []

    def write():
        with Connection(api) as other:
            statuses.append(other.request("PATCH", f"/v1/blocks/{ROOT}/children",
                                          {"children": [PARAGRAPH]})[0])
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(statuses), [200, 409])
    equal(len(api.children(ROOT)), 16)


@rule("a committed 503 names what was saved")
def _(api):
    api.fault(match={"method": "PATCH", "path": "/children$"}, do="status", status=503, apply="all")
    answer = api.refused(503, "PATCH", f"/v1/blocks/{CHILD}/children",
                         {"children": [{"toggle": {"rich_text": [], "children": [PARAGRAPH]}}]})
    data = answer["additional_data"]
    equal((answer["code"], data["committed_resource_id"]), ("service_unavailable", CHILD))
    equal(data["committed_child_ids"], [b["id"] for b in api.children(CHILD)])
    true(isinstance(data["retry_guidance"], list))
    api.fault(match={"method": "POST", "path": "^/v1/pages$"}, do="status", status=503, apply="all")
    answer = api.refused(503, "POST", "/v1/pages", {"parent": {"page_id": CHILD}})
    equal(api.children(CHILD)[1]["id"], answer["additional_data"]["committed_resource_id"])


@rule("an uncommitted 503 names nothing and did nothing")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=503)
    answer = api.refused(503, "PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]})
    true("additional_data" not in answer)
    equal(api.children(CHILD), [])


@rule("a 504 may come after the commit")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=504, apply="all")
    equal(api.refused(504, "PATCH", f"/v1/blocks/{CHILD}/children",
                      {"children": [PARAGRAPH]})["code"], "gateway_timeout")
    equal(len(api.children(CHILD)), 1)


@rule("part of an append may be applied")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=500, apply="first:2")
    api.refused(500, "PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH] * 5})
    equal(len(api.children(CHILD)), 2)


@rule("a 502 may be HTML")
def _(api):
    api.fault(match={}, do="html", status=502)
    with Connection(api) as other:
        status, content_type, text = other.raw("GET", "/v1/users/me")
    equal((status, content_type), (502, "text/html; charset=utf-8"))
    true(text.startswith(b"<!DOCTYPE html>"))


@rule("a connection may be cut before or after the request is applied")
def _(api):
    for apply, count in [("none", 0), ("all", 1)]:
        api.fault(match={"method": "PATCH", "nth": 1}, do="cut", apply=apply)
        with Connection(api) as other:
            true(other.is_cut("PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]}))
        equal(len(api.children(CHILD)), count, apply)
        entry = [e for e in api.log() if e["method"] == "PATCH"][-1]
        equal((entry["status"], entry["applied"], entry["fault"]), (0, count == 1, "cut"))
        api.ok("DELETE", "/_sim/faults")


@rule("a late write is applied after its connection was cut")
def _(api):
    api.fault(match={"method": "PATCH"}, do="cut", apply="late", late_ms=600000)
    with Connection(api) as other:
        true(other.is_cut("PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]}))
    equal(len(api.children(CHILD)), 0)
    api.advance(600)
    wait_for(lambda: len(api.children(CHILD)) == 1)
    wait_for(lambda: [e for e in api.log() if e["method"] == "PATCH"][0]["applied"])


@rule("an answer may be truncated or malformed")
def _(api):
    api.fault(match={"nth": 1}, do="truncate")
    api.fault(match={"nth": 2}, do="malformed")
    with Connection(api) as other:
        true(other.is_cut("GET", "/v1/users/me"))
    with Connection(api) as other:
        status, content_type, text = other.raw("GET", "/v1/users/me")
    equal((status, content_type), (200, "application/json; charset=utf-8"))
    try:
        json.loads(text)
        raise AssertionError("it can be parsed")
    except json.JSONDecodeError:
        pass


@rule("a held request waits for the release and blocks nobody else", rows=1)
def _(api):
    api.fault(match={"path": "^/v1/users/me$"}, do="hold")
    held = [threading.Thread(target=hold, args=(api,)) for _ in range(20)]
    for thread in held:
        thread.start()
    wait_for(lambda: sum(e["fault"] == "hold" for e in api.log()) == 20)
    equal({e["status"] for e in api.log()}, {None})
    api.ok("GET", "/v1/users")
    api.ok("POST", "/_sim/release")
    for thread in held:
        thread.join()
    equal(sorted({e["status"] for e in api.log()}), [200])


@rule("DELETE of the faults lets held requests go", rows=1)
def _(api):
    api.fault(match={}, do="hold")
    thread = threading.Thread(target=hold, args=(api,))
    thread.start()
    wait_for(lambda: any(e["fault"] == "hold" for e in api.log()))
    api.ok("DELETE", "/_sim/faults")
    thread.join()
    equal(api.log()[-1]["status"], 200)


@rule("answers may be slow", rows=1)
def _(api):
    api.fault(match={}, do="delay", delay_ms=50)
    with Connection(api) as other:
        before = clock_ms(api)
        other.request("GET", "/v1/users/me")
    equal(clock_ms(api), before)
    equal(api.log()[-1]["fault"], "delay")


@rule("a fault hits the nth matching request, so many times")
def _(api):
    api.fault(match={"method": "GET", "path": "^/v1/users", "nth": 2, "times": 2}, do="status",
              status=500)
    statuses = [api.request("GET", "/v1/users")[0] for _ in range(4)]
    equal(statuses, [200, 500, 500, 200])


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
    for name, function, arguments, config, rows in RULES:
        detail = ""
        try:
            with small.File(small.make(rows, config)) as path:
                with Api(PROGRAM, "--workspace", path, "--now", NOW, *arguments) as api:
                    function(api)
        except Exception as error:  # whatever it is, the next rule is tested
            detail = f"{type(error).__name__}: {error}"
        tap.check(not detail, name, detail)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
