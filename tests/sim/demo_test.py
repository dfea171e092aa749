#!/usr/bin/env python3
"""The sample workspace in the server: a dump is the file, and answers are what the file says. TAP.

usage: demo_test.py NOTION_SIM DEMO_JSON
"""

import json
import sys
import tempfile
import urllib.request

from server import Server, Tap

tap = Tap()


def text_of(value):
    """Key order counts, so texts are compared."""
    return json.dumps(value, ensure_ascii=False)


def unsigned(value):
    """Without what changes on every read."""
    if isinstance(value, dict):
        if "expiry_time" in value:
            return {key: None for key in value}
        return {key: unsigned(inner) for key, inner in value.items() if key != "request_id"}
    return [unsigned(inner) for inner in value] if isinstance(value, list) else value


def children_of(server, parent_id):
    results, cursor = [], ""
    while True:
        status, page = server.request(
            "GET", f"/v1/blocks/{parent_id}/children?page_size=100{cursor}")
        if status != 200:
            return page
        results += page["results"]
        if not page["has_more"]:
            return results
        cursor = "&start_cursor=" + page["next_cursor"]


def live(demo):
    """The lists of blocks that hang under nothing thrown away."""
    trashed = {block["id"] for children in demo["blocks"].values() for block in children
               if block["in_trash"]}
    return {parent_id: [block for block in children if not block["in_trash"]]
            for parent_id, children in demo["blocks"].items() if parent_id not in trashed}


def test_dump(program, path, demo):
    with Server(program, "--workspace", path) as server:
        _, dump = server.request("GET", "/_sim/dump")
    tap.check(text_of(dump) == text_of(demo), "a dump is the file")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(dump, file)
        file.flush()
        with Server(program, "--workspace", file.name) as server:
            _, again = server.request("GET", "/_sim/dump")
    tap.check(text_of(again) == text_of(demo), "the dump of a dump is the same")


def test_answers(server, demo):
    for kind in ("pages", "databases", "data_sources"):
        wrong = [thing["url"] for thing in demo[kind]
                 if text_of(unsigned(server.request("GET", f"/v1/{kind}/{thing['id']}")[1]))
                 != text_of(unsigned(thing))]
        tap.check(not wrong, f"{kind} are answered as they are in the file", "\n".join(wrong))
    wrong = [parent_id for parent_id, children in live(demo).items()
             if text_of(unsigned(children_of(server, parent_id))) != text_of(unsigned(children))]
    tap.check(not wrong, "blocks are answered as they are in the file", "\n".join(wrong))


def test_hosted_files(server, demo):
    image = next(block for children in demo["blocks"].values() for block in children
                 if block["type"] == "image" and block["image"]["type"] == "file")
    _, first = server.request("GET", "/v1/blocks/" + image["id"])
    _, second = server.request("GET", "/v1/blocks/" + image["id"])
    tap.check(first["image"]["file"]["url"] != second["image"]["file"]["url"],
              "the URL of a hosted file is another one on every read")
    with urllib.request.urlopen(second["image"]["file"]["url"]) as answer:
        content = answer.read().decode()
    tap.check(content in demo["files"].values(), "a hosted file has the content of the file's",
              content)


def main():
    program, path = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        demo = json.load(file)
    test_dump(program, path, demo)
    with Server(program, "--workspace", path, "--rate", "off") as server:
        test_answers(server, demo)
        test_hosted_files(server, demo)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
