#!/usr/bin/env python3
"""The sample workspace is what its script prints, and holds what it promises. TAP."""

import json
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(sys.argv[1])
SCRIPT = os.path.join(ROOT, "tools/sim/demo.py")
FILE = os.path.join(ROOT, "tools/sim/demo.json")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

BLOCK_TYPES = """paragraph heading_1 heading_2 heading_3 heading_4 bulleted_list_item
numbered_list_item to_do toggle quote callout code equation divider breadcrumb table_of_contents
bookmark embed image video audio pdf file table table_row column_list column synced_block tab
link_to_page template child_page child_database link_preview meeting_notes unsupported""".split()
PROPERTY_TYPES = """title rich_text number select multi_select status date people files checkbox url
email phone_number relation formula rollup created_time created_by last_edited_time last_edited_by
unique_id button verification place location last_visited_time""".split()
MENTIONS = """user page database date template_mention custom_emoji link_mention
link_preview""".split()
ICONS = "emoji external file custom_emoji icon".split()


def walk(value):
    """Every object inside."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def rich_texts(value):
    """Every array of runs inside."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "plain_text" in value[0]:
            yield value
        for inner in value:
            yield from rich_texts(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from rich_texts(inner)


with open(FILE, encoding="utf-8") as opened:
    TEXT = opened.read()
DEMO = json.loads(TEXT)
BLOCKS = [block for children in DEMO["blocks"].values() for block in children]
RUNS = [run for runs in rich_texts(DEMO) for run in runs]


def file_is_what_the_script_prints():
    return subprocess.run([SCRIPT], check=True, capture_output=True).stdout.decode() == TEXT


def every_block_type_is_there():
    return {block["type"] for block in BLOCKS} == set(BLOCK_TYPES)


def every_property_type_is_there():
    return {value["type"] for page in DEMO["pages"]
            for value in page["properties"].values()} == set(PROPERTY_TYPES)


def every_kind_of_rich_text_is_there():
    styles = [name for name in RUNS[0]["annotations"] if name != "color"]
    return (all(any(run["annotations"][style] for run in RUNS) for style in styles)
            and {run["type"] for run in RUNS} == {"text", "mention", "equation"}
            and {run["mention"]["type"] for run in RUNS if run["type"] == "mention"}
            == set(MENTIONS)
            and len({run["annotations"]["color"] for run in RUNS}) == 19
            and any(run["href"] for run in RUNS if run["type"] == "text"))


def every_kind_of_icon_is_there():
    return {thing["icon"]["type"] for thing in walk(DEMO)
            if isinstance(thing.get("icon"), dict) and "type" in thing["icon"]} == set(ICONS)


def neighbouring_runs_differ_as_the_service_merges_them():
    def style(run):
        return run["type"] == "text" and (run["annotations"], run["href"])
    return all(not style(a) or style(a) != style(b)
               for runs in rich_texts(DEMO) for a, b in zip(runs, runs[1:]))


def ids_are_valid_and_unique():
    ids = [thing["id"] for key in ("users", "pages", "databases", "data_sources")
           for thing in DEMO[key]]
    ids += [block["id"] for block in BLOCKS if not block["type"].startswith("child_")]
    return len(ids) == len(set(ids)) and all(UUID.fullmatch(one) for one in ids)


def every_parent_is_where_it_says():
    return all(parent_id in block["parent"].values()
               for parent_id, children in DEMO["blocks"].items() for block in children)


def stamps_are_past_and_full_minutes():
    stamps = [thing[key] for thing in BLOCKS + DEMO["pages"]
              for key in ("created_time", "last_edited_time")]
    return (max(stamps) < "2026-11" and all(stamp.endswith(":00.000Z") for stamp in stamps)
            and all(thing["created_time"] <= thing["last_edited_time"]
                    for thing in BLOCKS + DEMO["pages"]))


def one_page_has_300_blocks():
    sizes = [len(children) for children in DEMO["blocks"].values()]
    longest = max(DEMO["blocks"].values(), key=len)
    prose = sum(block["type"] == "paragraph" for block in longest)
    return max(sizes) == 300 and prose > 200


def nothing_is_longer_than_may_be_written():
    return all(len(run["plain_text"].encode("utf-16-le")) <= 4000 for run in RUNS)


TESTS = [
    file_is_what_the_script_prints,
    every_block_type_is_there,
    every_property_type_is_there,
    every_kind_of_rich_text_is_there,
    every_kind_of_icon_is_there,
    neighbouring_runs_differ_as_the_service_merges_them,
    ids_are_valid_and_unique,
    every_parent_is_where_it_says,
    stamps_are_past_and_full_minutes,
    one_page_has_300_blocks,
    nothing_is_longer_than_may_be_written,
]
print(f"1..{len(TESTS)}")
failed = False
for number, test in enumerate(TESTS, 1):
    passed = test()
    failed = failed or not passed
    print(f"{'ok' if passed else 'not ok'} {number} - {test.__name__.replace('_', ' ')}")
sys.exit(failed)
