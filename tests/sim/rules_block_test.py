#!/usr/bin/env python3
"""Rules for blocks, the trash and pages. TAP.

usage: rules_block_test.py NOTION_SIM
"""

import re
import sys
import urllib.error
import urllib.request

import small
from rule import PARAGRAPH, TEXT, after, equal, main, rule, true
from small import (BUTTON, CHILD, COLUMNS, COPY, DATABASE, FIRST, IMAGE, INSIDE, LINKED, NOTES,
                   ORIGINAL_TEXT, PREVIEW, ROOT, STAMP, TAB, TABLE, TOGGLE, row)

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


@rule("a workspace at its limit makes no more blocks, pages, rows or databases, and the rest goes on",
      config={"block_limit_reached": True})
def _(api):
    page = {"type": "page_id", "page_id": CHILD}
    for method, path, body in [
            ("PATCH", f"/v1/blocks/{ROOT}/children", {"children": [PARAGRAPH]}),
            ("POST", "/v1/pages", {"parent": page}),
            ("POST", "/v1/pages", {"parent": {"database_id": DATABASE}}),
            ("POST", "/v1/databases", {"parent": page})]:
        answer = api.refused(403, method, path, body)
        equal((answer["code"], answer["additional_data"]),
              ("restricted_resource", {"block_limit": "block_creation"}))
    api.ok("PATCH", f"/v1/blocks/{FIRST}", {"paragraph": {"rich_text": [TEXT]}})
    api.ok("DELETE", f"/v1/blocks/{FIRST}")


if __name__ == "__main__":
    sys.exit(main())
