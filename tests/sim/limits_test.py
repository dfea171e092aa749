#!/usr/bin/env python3
"""Every limit over real HTTP: at the limit 200, one past it 400 with Notion's sentence. TAP.

usage: limits_test.py NOTION_SIM DEMO_JSON
"""

import json
import sys

from server import Server, Tap

tap = Tap()
PARAGRAPH = {"paragraph": {"rich_text": []}}
RUN = {"text": {"content": "a"}}
ID = "8d1e5c6a-0f3b-4a57-9c64-2f6f0a1b3c4d"


def refused(where, bound, limit, actual):
    return f"body failed validation: {where} should be {bound} `{limit}`, instead was `{actual}`."


def nested(blocks):
    """Toggles of at most 100 blocks with their children."""
    out = []
    while blocks > 0:
        own = min(blocks, 100)
        out.append({"toggle": {"rich_text": [], "children": [PARAGRAPH] * (own - 1)}})
        blocks -= own
    return out


def url(length):
    return "https://a.example/".ljust(length, "x")


def table(rows, cells=2):
    return {"table": {"table_width": 2, "children": [{"table_row": {"cells": [[]] * cells}}] * rows}}


def columns(count):
    return {"column_list": {"children": [{"column": {"children": []}}] * count}}


def tab(count):
    return {"tab": {"children": [PARAGRAPH] * count}}


def toggle(*children):
    return {"toggle": {"rich_text": [], "children": list(children)}}


def text(content):
    return {"paragraph": {"rich_text": [{"text": {"content": content}}]}}


def link(target):
    return {"paragraph": {"rich_text": [{"text": {"content": "a", "link": {"url": target}}}]}}


def inline_equation(length):
    return {"paragraph": {"rich_text": [{"equation": {"expression": "x" * length}}]}}


AT = "body.children[0]"
# name, what passes, what doesn't, the answer to it: lists of children to append
APPENDS = [
    ("100 blocks in a request", [PARAGRAPH] * 100, [PARAGRAPH] * 101,
     refused("body.children.length", "≤", 100, 101)),
    ("at least one block in a request", [PARAGRAPH], [],
     refused("body.children.length", "≥", 1, 0)),
    ("1000 blocks with the nested ones", nested(1000), nested(1001),
     refused("body.children.block_count.length", "≤", 1000, 1001)),
    ("100 children of a block", [toggle(*[PARAGRAPH] * 100)], [toggle(*[PARAGRAPH] * 101)],
     refused(f"{AT}.toggle.children.length", "≤", 100, 101)),
    ("2000 characters of text", [text("a" * 2000)], [text("a" * 2001)],
     refused(f"{AT}.paragraph.rich_text[0].text.content.length", "≤", 2000, 2001)),
    ("an emoji counts two", [text("🚲" * 1000)], [text("🚲" * 1001)],
     refused(f"{AT}.paragraph.rich_text[0].text.content.length", "≤", 2000, 2002)),
    ("100 runs of rich text", [{"quote": {"rich_text": [RUN] * 100}}],
     [{"quote": {"rich_text": [RUN] * 101}}],
     refused(f"{AT}.quote.rich_text.length", "≤", 100, 101)),
    ("100 runs of caption", [{"embed": {"url": url(30), "caption": [RUN] * 100}}],
     [{"embed": {"url": url(30), "caption": [RUN] * 101}}],
     refused(f"{AT}.embed.caption.length", "≤", 100, 101)),
    ("2000 characters of a link", [link(url(2000))], [link(url(2001))],
     refused(f"{AT}.paragraph.rich_text[0].text.link.url.length", "≤", 2000, 2001)),
    ("2000 characters of a bookmark", [{"bookmark": {"url": url(2000)}}],
     [{"bookmark": {"url": url(2001)}}], refused(f"{AT}.bookmark.url.length", "≤", 2000, 2001)),
    ("2000 characters of an image's URL", [{"image": {"external": {"url": url(2000)}}}],
     [{"image": {"external": {"url": url(2001)}}}],
     refused(f"{AT}.image.external.url.length", "≤", 2000, 2001)),
    ("1000 characters of an inline equation", [inline_equation(1000)], [inline_equation(1001)],
     refused(f"{AT}.paragraph.rich_text[0].equation.expression.length", "≤", 1000, 1001)),
    ("100 rows of a table", [table(100)], [table(101)],
     refused(f"{AT}.table.children.length", "≤", 100, 101)),
    ("at least one row of a table", [table(1)], [table(0)],
     refused(f"{AT}.table.children.length", "≥", 1, 0)),
    ("as many cells as the table is wide", [table(1, 2)], [table(1, 3)],
     "Content creation Failed. Fix the following: \n"
     "Number of cells in table row must match the table width of the parent table"),
    ("100 columns", [columns(100)], [columns(101)],
     refused(f"{AT}.column_list.children.length", "≤", 100, 101)),
    ("at least two columns", [columns(2)], [columns(1)],
     refused(f"{AT}.column_list.children.length", "≥", 2, 1)),
    ("100 tabs", [tab(100)], [tab(101)], refused(f"{AT}.tab.children.length", "≤", 100, 101)),
    ("at least one tab", [tab(1)], [tab(0)], refused(f"{AT}.tab.children.length", "≥", 1, 0)),
    ("a column's share is below one",
     [{"column_list": {"children": [{"column": {"children": [], "width_ratio": 0.99}}] * 2}}],
     [{"column_list": {"children": [{"column": {"children": [], "width_ratio": 1}}, {
         "column": {"children": []}}]}}],
     refused(f"{AT}.column_list.children[0].column.width_ratio", "<", 1, 1)),
    ("three levels of blocks", [toggle(toggle(PARAGRAPH))], [toggle(toggle(toggle()))],
     f"body failed validation: {AT}.toggle.children[0].toggle.children[0].toggle.children should "
     "be not present, instead was `[]`."),
    ("one more level in columns",
     [{"column_list": {"children": [{"column": {"children": [toggle(PARAGRAPH)]}}] * 2}}],
     [{"column_list": {"children": [{"column": {"children": [toggle(toggle())]}}, {
         "column": {"children": []}}]}}],
     f"body failed validation: {AT}.column_list.children[0].column.children[0].toggle.children[0]"
     ".toggle.children should be not present, instead was `[]`."),
]

ENGLISH = {"rich_text": [{"text": {"content": "a"}}]}
READ_ONLY = [
    ("id", ID), ("has_children", False), ("in_trash", False), ("archived", False),
    ("created_time", "2026-01-01T00:00:00.000Z"), ("last_edited_time", "2026-01-01T00:00:00.000Z"),
    ("parent", {"page_id": ID}),
]


def append(server, page, children, **more):
    return server.request("PATCH", f"/v1/blocks/{page}/children", {"children": children, **more})


def check_refused(name, answer, message):
    status, body = answer
    passed = (status == 400 and body.get("code") == "validation_error"
              and body.get("message") == message)
    tap.check(passed, name, json.dumps(body, ensure_ascii=False) + "\nexpected: " + message)


def check_taken(name, answer):
    status, body = answer
    tap.check(status == 200, name, json.dumps(body, ensure_ascii=False)[:2000])


def test_appends(server, page):
    for name, good, bad, message in APPENDS:
        check_taken(name, append(server, page, good))
        check_refused(name + ", and no further", append(server, page, bad), message)
    for key, value in READ_ONLY:
        shown = json.dumps(value, separators=(",", ":"))
        check_refused(f"{key} can't be written",
                      append(server, page, [{"paragraph": ENGLISH, key: value}]),
                      f"body failed validation: {AT}.{key} should be not present, "
                      f"instead was `{shown}`.")
    check_refused("no null icon", append(server, page, [{"paragraph": {**ENGLISH, "icon": None}}]),
                  f"body failed validation: {AT}.paragraph.icon should be an object or "
                  "`undefined`, instead was `null`.")
    check_refused("no after on this version", append(server, page, [PARAGRAPH], after=ID),
                  f"body failed validation: body.after should be not present, instead was `\"{ID}\"`.")


def test_rows_of_a_stored_table(server, page):
    _, body = append(server, page, [table(1)])
    stored = body["results"][0]["id"]
    row = {"table_row": {"cells": [[], []]}}
    check_taken("100 rows to a table at once", append(server, stored, [row] * 100))
    check_refused("and no 101", append(server, stored, [row] * 101),
                  refused("body.children.length", "≤", 100, 101))
    check_refused("rows as wide as the stored table",
                  append(server, stored, [{"table_row": {"cells": [[]]}}]),
                  "Content creation Failed. Fix the following: \n"
                  "Number of cells in table row must match the table width of the parent table")


def test_leaves(server, page):
    _, body = append(server, page, [{"divider": {}}, {"heading_2": {"rich_text": []}}])
    for block in body["results"]:
        check_refused(f"a {block['type']} has no children",
                      append(server, block["id"], [PARAGRAPH]), "Block does not support children.")


def padded(size):
    """A body of exactly so many bytes."""
    words = json.dumps({"children": [PARAGRAPH]})
    return words[:-1] + " " * (size - len(words)) + "}"


def test_body(server, page):
    path = f"/v1/blocks/{page}/children"
    check_taken("a body of 500 KB", server.request("PATCH", path, raw=padded(500000)))
    check_refused("and no further", server.request("PATCH", path, raw=padded(500001)),
                  refused("body.length", "≤", 500000, 500001))
    status, body = server.request("PATCH", path, raw="{")
    tap.check((status, body["code"]) == (400, "invalid_json"), "a body is JSON", body)


def test_page_size(server, page):
    path = f"/v1/blocks/{page}/children?page_size="
    check_taken("a page of 100 children", server.request("GET", path + "100"))
    status, body = server.request("GET", path + "101")
    tap.check((status, body["code"]) == (400, "validation_error"), "and no 101", body)
    check_taken("100 hits", server.request("POST", "/v1/search", {"page_size": 100}))
    check_refused("and no 101", server.request("POST", "/v1/search", {"page_size": 101}),
                  refused("body.page_size", "≤", 100, 101))


def test_pages(server, page):
    def create(**more):
        return server.request("POST", "/v1/pages", {"parent": {"page_id": page}, **more})

    title = {"title": {"title": [{"text": {"content": "a"}}]}}
    check_taken("a page with 100 blocks", create(properties=title, children=[PARAGRAPH] * 100))
    check_refused("and no 101", create(properties=title, children=[PARAGRAPH] * 101),
                  refused("body.children.length", "≤", 100, 101))
    check_taken("a title of 2000 characters",
                create(properties={"title": {"title": [{"text": {"content": "t" * 2000}}]}}))
    check_refused("and no further",
                  create(properties={"title": {"title": [{"text": {"content": "t" * 2001}}]}}),
                  refused("body.properties.title.title[0].text.content.length", "≤", 2000, 2001))
    check_refused("a page under a page has only a title",
                  create(properties={**title, "Stage": {"status": None}}),
                  "Stage is not a property that exists.")


def check_property(server, row, name, kind, good, bad, message):
    path = f"/v1/pages/{row}"
    check_taken(f"{name}: {len(good)}",
                server.request("PATCH", path, {"properties": {name: {kind: good}}}))
    check_refused(f"{name}: not {len(bad)}",
                  server.request("PATCH", path, {"properties": {name: {kind: bad}}}), message)


def test_properties(server):
    """Values of the sample workspace's rows."""
    _, found = server.request("POST", "/v1/search",
                              {"filter": {"property": "object", "value": "data_source"}})
    rows = {}
    for source in found["results"]:
        _, rows_of = server.request("POST", f"/v1/data_sources/{source['id']}/query", {})
        rows["".join(run["plain_text"] for run in source["title"])] = rows_of["results"]
    lot, project, task = (rows[title][0]["id"] for title in ("Lots", "Projects", "Tasks"))
    people = rows["Projects"][0]["properties"]["Owner"]["people"]
    lists = [
        (project, "Tasks", "relation", {"id": task}), (project, "Owner", "people",
                                                       {"id": people[0]["id"]}),
        (task, "Tags", "multi_select", {"name": "quick"}), (project, "Brief", "rich_text", RUN),
        (project, "Files", "files", {"name": "a", "external": {"url": "https://a.example/a"}}),
    ]
    texts = [(lot, "Mail", "email", 200), (lot, "Telephone", "phone_number", 200),
             (project, "Website", "url", 2000)]
    for row, name, kind, item in lists:
        check_property(server, row, name, kind, [item] * 100, [item] * 101,
                       refused(f"body.properties.{name}.{kind}.length", "≤", 100, 101))
    for row, name, kind, limit in texts:
        check_property(server, row, name, kind, url(limit), url(limit + 1),
                       refused(f"body.properties.{name}.{kind}.length", "≤", limit, limit + 1))
        check_refused(f"{name}: not empty",
                      server.request("PATCH", f"/v1/pages/{row}",
                                     {"properties": {name: {kind: ""}}}),
                      f"body failed validation: body.properties.{name}.{kind} should be populated "
                      'or `null`, instead was `""`.')
    check_refused("a status that exists",
                  server.request("PATCH", f"/v1/pages/{task}",
                                 {"properties": {"State": {"status": {"name": "Doing"}}}}),
                  'Invalid status option. Status option "Doing" does not exist.')


def main():
    with Server(sys.argv[1], "--generate", "pages=1,rows=1,blocks=1,seed=1", "--rate",
                "off") as server:
        _, found = server.request("POST", "/v1/search",
                                  {"filter": {"property": "object", "value": "page"}})
        page = next(hit["id"] for hit in found["results"] if hit["parent"]["type"] == "workspace")
        for test in (test_appends, test_rows_of_a_stored_table, test_leaves, test_body,
                     test_page_size, test_pages):
            test(server, page)
    with Server(sys.argv[1], "--workspace", sys.argv[2], "--rate", "off") as server:
        test_properties(server)
    return tap.end()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
