#!/usr/bin/env python3
"""Prints the sample workspace, demo.json: the wiki of a small coffee roastery.

The content is in wiki/, to be read and changed there; the same content gives the same bytes.
usage: tools/sim/demo.py > tools/sim/demo.json
"""

import json
import sys
from urllib.parse import unquote

sys.dont_write_bytecode = True  # the source tree stays as it is

from wiki import api, markup
from wiki.databases import GREEN, GREEN_EDITORS, GREEN_STAMPS
from wiki.pages import HOME, NOTES
from wiki.people import PEOPLE, USERS, editors

STAMPS = ("2025-03-11T08:30:00.000Z", "2026-09-30T12:00:00.000Z")


def comment(name, parent, who, text, stamp):
    return {
        "object": "comment", "id": api.make_id("comment " + name), "parent": parent,
        "discussion_id": api.make_id("discussion " + name), "created_time": stamp,
        "last_edited_time": stamp, "created_by": {"object": "user", "id": PEOPLE[who]["id"]},
        "rich_text": markup.parse(text),
        "display_name": {"type": "user", "resolved_name": PEOPLE[who]["name"]},
    }


def hosted_paths(value):
    """The paths of all files that Notion keeps."""
    if isinstance(value, dict):
        file = value.get("file")
        if value.get("type") == "file" and isinstance(file, dict) and "url" in file:
            yield file["url"].split(".com", 1)[1]
        for inner in value.values():
            yield from hosted_paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from hosted_paths(inner)


def main():
    workspace = api.Workspace(USERS, markup.parse)
    workspace.add_root(HOME, STAMPS, editors("ines"))
    workspace.add_root(NOTES, STAMPS, editors("ines"))
    workspace.add_database(GREEN, {"type": "workspace", "workspace": True}, GREEN_STAMPS,
                           GREEN_EDITORS)
    out = workspace.out
    out["roots"].append(GREEN.id)
    out["comments"] = [
        comment("gate", {"type": "page_id", "page_id": api.make_id("page task-gate")}, "tobias",
                "She is on holiday until **Thursday**.", "2026-10-13T08:20:00.000Z"),
        comment("hours", {"type": "block_id", "block_id": api.make_id("block hours")}, "samira",
                "Also on {date:2026-12-24}?", "2026-10-20T15:02:00.000Z"),
    ]
    for path in hosted_paths([out["pages"], out["blocks"]]):
        file_id, name = path.split("/")[-2:]
        out["files"][file_id] = f"This stands for {unquote(name)}.\n"
    out["config"] = {
        "workspace_name": "Lantern Yard", "workspace_id": api.COMPANY_ID,
        "integration_name": "notionfs", "bot_id": PEOPLE["notionfs"]["id"],
    }
    json.dump(out, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
