#!/usr/bin/env python3
"""Keys and key order of every type the server answers, against shapes.json, which is what
api.notion.com answered in June 2026 on version 2026-03-11. TAP.

usage: shapes_test.py NOTION_SIM DEMO_JSON
"""

import json
import pathlib
import sys

from server import Server, Tap

tap = Tap()
SHAPES = json.loads((pathlib.Path(__file__).parent / "shapes.json").read_text(encoding="utf-8"))
PARAGRAPH = {"paragraph": {"rich_text": []}}
RUN = {"text": {"content": "a"}}
URL = {"external": {"url": "https://a.example/b.pdf"}}
CREATED = {
    "audio": URL, "bookmark": {"url": "https://a.example/"}, "breadcrumb": {},
    "bulleted_list_item": {"rich_text": [RUN]}, "callout": {"rich_text": [RUN]},
    "code": {"rich_text": [RUN], "language": "c"}, "divider": {},
    "column_list": {"children": [{"column": {"children": [PARAGRAPH]}}] * 2},
    "embed": {"url": "https://a.example/"}, "equation": {"expression": "x"}, "file": URL,
    "heading_1": {"rich_text": [RUN]}, "heading_2": {"rich_text": [RUN]},
    "heading_3": {"rich_text": [RUN]}, "image": URL, "numbered_list_item": {"rich_text": [RUN]},
    "paragraph": {"rich_text": [RUN]}, "pdf": URL, "quote": {"rich_text": [RUN]},
    "synced_block": {"synced_from": None, "children": [PARAGRAPH]},
    "tab": {"children": [PARAGRAPH]}, "table_of_contents": {}, "to_do": {"rich_text": [RUN]},
    "table": {"table_width": 1, "children": [{"table_row": {"cells": [[RUN]]}}]},
    "toggle": {"rich_text": [RUN]}, "video": URL,
}

# Values whose keys depend on what they are: a person or a bot, a text or a number.
VARYING = ("formula", "rollup", "files", "people", "title", "rich_text", "created_by",
           "last_edited_by")


def keys_of(value):
    """The keys of everything inside, in order; of an array its first element's."""
    if isinstance(value, dict):
        return {key: keys_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [keys_of(value[0])] if value else []
    return 0


def fits(keys, shape):
    """The same keys in the same order; what is empty or null on one side is no difference."""
    if isinstance(keys, dict) and isinstance(shape, dict):
        return list(keys) == list(shape) and all(fits(keys[k], shape[k]) for k in keys)
    if isinstance(keys, list) and isinstance(shape, list):
        return not keys or not shape or fits(keys[0], shape[0])
    return keys == 0 or shape == 0


def payload_fits(kind, payload):
    """Of media one of external and file is there; of a column the width may be."""
    wanted = list(SHAPES["payloads"][kind])
    if payload.get("type") == "file":
        wanted[wanted.index("external")] = "file"
    if kind == "link_to_page":
        wanted = ["type", payload["type"]]
    if kind == "column":
        return set(payload) <= {"width_ratio"}
    if kind == "numbered_list_item":
        return list(payload)[:2] == wanted
    return list(payload) == wanted


class Walk:
    """All that one server answers, sorted by type."""

    def __init__(self, server, demo):
        self.server, self.demo = server, demo
        self.blocks, self.runs, self.values = {}, {}, {}

    def get(self, path):
        return self.server.request("GET", path)[1]

    def take_runs(self, value):
        if isinstance(value, dict):
            if "plain_text" in value and "annotations" in value:
                kind = value["type"]
                if kind == "mention":
                    kind += " " + value["mention"]["type"]
                self.runs.setdefault(kind, value)
            for inner in value.values():
                self.take_runs(inner)
        elif isinstance(value, list):
            for inner in value:
                self.take_runs(inner)

    def walk(self):
        for parent in self.demo["blocks"]:
            answer = self.get(f"/v1/blocks/{parent}/children?page_size=100")
            for block in answer["results"]:
                self.blocks.setdefault(block["type"], []).append(block)
                self.take_runs(block)
        for source in self.demo["data_sources"]:
            answer = self.server.request("POST", f"/v1/data_sources/{source['id']}/query", {})[1]
            for page in answer["results"]:
                for value in page["properties"].values():
                    self.values.setdefault(value["type"], []).append(value)


def test_blocks(walk):
    for kind in SHAPES["payloads"]:
        found = walk.blocks.get(kind, [])
        bad = [b for b in found if list(b) != SHAPES["block"] + [kind]
               or not payload_fits(kind, b[kind])]
        tap.check(found and not bad, f"{kind} as it is read", bad[:1])


def test_created(walk, page):
    for kind, payload in CREATED.items():
        status, answer = walk.server.request("PATCH", f"/v1/blocks/{page}/children",
                                             {"children": [{kind: payload}]})
        block = answer["results"][0] if status == 200 else {}
        tap.check(status == 200 and list(answer) == SHAPES["lists"]["append"]
                  and list(block) == SHAPES["block"] + [kind] and payload_fits(kind, block[kind]),
                  f"{kind} as it is created", answer)
        walk.take_runs(block)


def test_runs(walk):
    tap.check(fits(keys_of(walk.runs["text"]), SHAPES["run"]), "a run of text", walk.runs["text"])
    for kind, shape in SHAPES["mentions"].items():
        run = walk.runs.get("mention " + kind, {})
        tap.check(list(run) == ["type", "mention", "annotations", "plain_text", "href"]
                  and list(run["mention"]) == ["type", kind]
                  and fits(keys_of(run["mention"][kind]), shape), f"a mention of {kind}", run)


def test_values(walk):
    for kind, shape in SHAPES["values"].items():
        found = walk.values.get(kind, [])
        bad = [v for v in found if list(v) != list(shape)]
        if kind not in VARYING:
            bad += [v for v in found if not fits(keys_of(v), shape)]
        tap.check(found and not bad, f"a value of {kind}", bad[:1])


def test_objects(walk, demo):
    row = next(p["id"] for p in demo["pages"] if "data_source_id" in p["parent"])
    page = next(p["id"] for p in demo["pages"] if "page_id" in p["parent"])
    linked = next(d["id"] for d in demo["databases"] if not d["data_sources"])
    database = next(d["id"] for d in demo["databases"] if d["data_sources"])
    source = demo["data_sources"][0]["id"]
    for name, path, shape in [
            ("a page", f"/v1/pages/{page}", "page"), ("a row", f"/v1/pages/{row}", "page"),
            ("a database", f"/v1/databases/{database}", "database"),
            ("a linked database", f"/v1/databases/{linked}", "linked_database"),
            ("a data source", f"/v1/data_sources/{source}", "data_source")]:
        answer = walk.get(path)
        tap.check(list(answer) == SHAPES[shape], name, list(answer))
    properties = walk.get(f"/v1/data_sources/{source}")["properties"].values()
    tap.check(all(list(p)[:4] == SHAPES["schema"] and list(p)[4:] == [p["type"]]
                  for p in properties), "an entry of the schema")
    options = [o for p in properties for o in p[p["type"]].get("options", [])]
    tap.check(options and all(list(o) == SHAPES["option"] for o in options), "an option")
    return row, page, source


def test_lists(walk, row, page, source):
    post = walk.server.request
    for name, answer in [
            ("children", walk.get(f"/v1/blocks/{page}/children")),
            ("search", post("POST", "/v1/search", {"page_size": 1})[1]),
            ("query", post("POST", f"/v1/data_sources/{source}/query", {})[1]),
            ("users", walk.get("/v1/users")),
            ("items", walk.get(f"/v1/pages/{row}/properties/title"))]:
        tap.check(list(answer) == SHAPES["lists"][name], f"the list of {name}", list(answer))
    answer = walk.get(f"/v1/pages/{row}/properties/title")
    tap.check(list(answer["results"][0])[:3] == SHAPES["item_in_list"][:3]
              and list(answer["property_item"])[:3] == SHAPES["item_summary"][:3],
              "property items in a list", answer)
    number = next(p["id"] for p in walk.get(f"/v1/pages/{row}")["properties"].values()
                  if p["type"] in ("checkbox", "number"))
    answer = walk.get(f"/v1/pages/{row}/properties/{number}")
    tap.check(list(answer)[:3] == SHAPES["item"]["single"][:3] and len(answer) == 5,
              "a single property item", answer)


def test_users_and_errors(walk):
    tap.check(fits(keys_of(walk.get("/v1/users/me")), SHAPES["user_me"]), "the bot itself")
    users = walk.get("/v1/users")["results"]
    person = next(u for u in users if u["type"] == "person")
    tap.check(list(person) == list(SHAPES["person"]), "a person", person)
    gone = "11111111-1111-4111-8111-111111111111"
    for path, shape in zip(["/v1/pages/12345678-1234-1234-1234-123456789abc",
                            f"/v1/pages/{gone}", f"/v1/users/{gone}"], SHAPES["errors"]):
        answer = walk.get(path)
        tap.check(list(answer) == shape, f"the error of {path}", answer)


def main():
    program, path = sys.argv[1:3]
    demo = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    with Server(program, "--workspace", path, "--rate", "off") as server:
        walk = Walk(server, demo)
        walk.walk()
        row, page, source = test_objects(walk, demo)
        test_blocks(walk)
        test_created(walk, page)
        test_runs(walk)
        test_values(walk)
        test_lists(walk, row, page, source)
        test_users_and_errors(walk)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
