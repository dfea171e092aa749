"""A small workspace with one of everything the rules speak of, and the ids of its parts."""

import json
import os
import tempfile

STAMP = "2026-06-27T17:13:00.000Z"
NOW = "2026-11-21T10:00:30.500Z"
MINUTE = "2026-11-21T10:00:00.000Z"


def uid(number):
    return f"{number:08d}-60a4-81aa-8000-0000{number:08d}"


BOT, ANN, BOB = uid(1), uid(2), uid(3)
ROOT, CHILD, HIDDEN = uid(10), uid(11), uid(12)
TOGGLE, INSIDE, FIRST, LAST, IMAGE, BUTTON = (uid(n) for n in range(20, 26))
ORIGINAL, ORIGINAL_TEXT, COPY, TAB, TAB_LABEL = (uid(n) for n in range(30, 35))
COLUMNS, LEFT, RIGHT, TABLE, TABLE_ROW = (uid(n) for n in range(40, 45))
PREVIEW, NOTES, LINKED = uid(46), uid(47), uid(48)
DATABASE, SOURCE, TRASHED_DATABASE, TRASHED_SOURCE = (uid(n) for n in range(50, 54))
OTHER_DATABASE, OTHER_SOURCE = uid(54), uid(55)


def row(number):
    return uid(1000 + number)


def rich(content):
    plain = {"bold": False, "italic": False, "strikethrough": False, "underline": False,
             "code": False, "color": "default"}
    return {"type": "text", "text": {"content": content, "link": None}, "annotations": plain,
            "plain_text": content, "href": None}


def someone(user=ANN):
    return {"object": "user", "id": user}


def block(number, parent, kind, payload, has_children=False):
    return {"object": "block", "id": number, "parent": parent, "created_time": STAMP,
            "last_edited_time": STAMP, "created_by": someone(), "last_edited_by": someone(),
            "has_children": has_children, "in_trash": False, "type": kind, kind: payload}


def page(number, parent, properties, stamp=STAMP):
    return {"object": "page", "id": number, "created_time": stamp, "last_edited_time": stamp,
            "created_by": someone(), "last_edited_by": someone(), "cover": None, "icon": None,
            "parent": parent, "in_trash": False, "is_archived": False, "is_locked": False,
            "properties": properties,
            "url": "https://www.notion.so/" + number.replace("-", ""), "public_url": None}


def title(text):
    return {"title": {"id": "title", "type": "title", "title": [rich(text)]}}


def in_page(number):
    return {"type": "page_id", "page_id": number}


def in_block(number):
    return {"type": "block_id", "block_id": number}


def person(number, name):
    return {"object": "user", "id": number, "name": name, "avatar_url": None, "type": "person",
            "person": {"email": name.lower() + "@example.com"}}


def database(number, source, name, in_trash=False):
    sources = [] if source is None else [{"id": source, "name": name}]
    return {"object": "database", "id": number, "title": [rich(name)], "description": [],
            "parent": in_page(ROOT), "is_inline": source is None, "in_trash": in_trash,
            "is_locked": False, "created_time": "2026-06-27T16:49:02.556+00:00",
            "last_edited_time": "2026-06-27T16:49:02.556+00:00", "data_sources": sources,
            "icon": None, "cover": None, "url": "https://www.notion.so/" + number.replace("-", ""),
            "public_url": None}


def option(number, name, color):
    return {"id": uid(number), "name": name, "color": color, "description": None}


SCHEMA_TYPES = {
    "Day": ("Aa1_", "date", {}), "Tags": ("Bb2c", "multi_select", {"options": []}),
    "Kind": ("%5Cc3d", "select", {"options": [option(90, "Old", "pink")]}),
    "State": ("dD4e", "status", {"options": [option(91, "Not started", "default"),
                                             option(92, "Done", "green")], "groups": []}),
    "Number": ("x%40y6", "number", {"format": "number"}), "Done": ("eE5f", "checkbox", {}),
    "Who": ("p1~x", "people", {}), "Site": ("u1Rl", "url", {}), "Mail": ("mAil", "email", {}),
    "Phone": ("pHon", "phone_number", {}), "Note": ("n0te", "rich_text", {}),
    "Papers": ("fIle", "files", {}), "Place": ("plAc", "place", {}),
    "Friends": ("rR_1", "relation", {"database_id": DATABASE, "data_source_id": SOURCE,
                                     "type": "dual_property", "dual_property": {
                                         "synced_property_name": "Fans",
                                         "synced_property_id": "%3FaN1"}}),
    "Fans": ("%3FaN1", "relation", {"database_id": DATABASE, "data_source_id": SOURCE,
                                    "type": "dual_property", "dual_property": {
                                        "synced_property_name": "Friends",
                                        "synced_property_id": "rR_1"}}),
    "Id": ("nUmb", "unique_id", {"prefix": "T"}), "Push": ("bUtt", "button", {}),
    "Sum": ("f0rm", "formula", {"expression": "1"}),
    "Roll": ("r0ll", "rollup", {"function": "count"}),
    "Made": ("mAde", "created_time", {}), "Edited": ("eDit", "last_edited_time", {}),
    "Maker": ("mAke", "created_by", {}), "Editor": ("eDor", "last_edited_by", {}),
    "Name": ("title", "title", {}),
}


def schema():
    return {name: {"id": key, "name": name, "description": None, "type": kind, kind: config}
            for name, (key, kind, config) in SCHEMA_TYPES.items()}


def data_source(number, parent, name, properties, in_trash=False):
    return {"object": "data_source", "id": number, "cover": None, "icon": None,
            "created_time": STAMP, "created_by": someone(), "last_edited_by": someone(),
            "last_edited_time": STAMP, "title": [rich(name)], "description": [],
            "is_inline": False, "properties": properties,
            "parent": {"type": "database_id", "database_id": parent},
            "database_parent": in_page(ROOT),
            "url": "https://www.notion.so/" + parent.replace("-", ""), "public_url": None,
            "in_trash": in_trash}


def table_row(number, rows=30):
    """A row whose relation names all the others and whose people are 30."""
    created = f"2026-06-27T{16 + number // 60:02d}:{number % 60:02d}:00.000Z"
    properties = {"Name": {"id": "title", "type": "title", "title": [rich(f"Row {number}")]},
                  "Number": {"id": "x%40y6", "type": "number", "number": number % 7},
                  "Friends": {"id": "rR_1", "type": "relation", "relation": [], "has_more": False},
                  "Fans": {"id": "%3FaN1", "type": "relation", "relation": [], "has_more": False}}
    if number == 0:
        properties["Friends"]["relation"] = [{"id": row(n)} for n in range(1, rows)]
        properties["Who"] = {"id": "p1~x", "type": "people",
                             "people": [person(ANN, "Ann")] * 30}
    return page(row(number), {"type": "data_source_id", "data_source_id": SOURCE,
                              "database_id": DATABASE}, properties, created)


def make(rows=30, config=None):
    hosted = "https://prod-files-secure.s3.us-west-2.amazonaws.com/w/1/shot.png"
    top = in_page(ROOT)
    blocks = {
        ROOT: [
            block(FIRST, top, "paragraph", {"rich_text": [rich("one")], "icon": None,
                                            "color": "default"}),
            block(TOGGLE, top, "toggle", {"rich_text": [rich("more")], "color": "default"}, True),
            block(CHILD, top, "child_page", {"title": "Child"}),
            block(IMAGE, top, "image", {"caption": [], "type": "file", "file": {
                "url": hosted + "?X-Amz-Expires=3600", "expiry_time": STAMP}}),
            block(BUTTON, top, "unsupported", {"block_type": "button"}),
            block(ORIGINAL, top, "synced_block", {"synced_from": None}, True),
            block(COPY, top, "synced_block", {"synced_from": {"type": "block_id",
                                                              "block_id": ORIGINAL}}, True),
            block(TAB, top, "tab", {}, True),
            block(COLUMNS, top, "column_list", {}, True),
            block(TABLE, top, "table", {"table_width": 2, "has_column_header": False,
                                        "has_row_header": False}, True),
            block(PREVIEW, top, "link_preview", {"url": "https://github.com/x/y"}),
            block(NOTES, top, "meeting_notes", {"title": [rich("Monday")],
                                                "status": "notes_ready"}),
            block(LINKED, top, "child_database", {"title": "Untitled"}),
            block(DATABASE, top, "child_database", {"title": "Things"}),
            block(LAST, top, "paragraph", {"rich_text": [], "icon": None, "color": "default"}),
        ],
        TOGGLE: [block(INSIDE, in_block(TOGGLE), "paragraph",
                       {"rich_text": [rich("inside")], "icon": None, "color": "default"})],
        ORIGINAL: [block(ORIGINAL_TEXT, in_block(ORIGINAL), "paragraph",
                         {"rich_text": [rich("same")], "icon": None, "color": "default"})],
        TAB: [block(TAB_LABEL, in_block(TAB), "paragraph",
                    {"rich_text": [rich("label")], "icon": None, "color": "default"})],
        COLUMNS: [block(LEFT, in_block(COLUMNS), "column", {}),
                  block(RIGHT, in_block(COLUMNS), "column", {})],
        TABLE: [block(TABLE_ROW, in_block(TABLE), "table_row", {"cells": [[], []]})],
    }
    return {
        "users": [person(ANN, "Ann"), person(BOB, "Bob"),
                  {"object": "user", "id": BOT, "name": "Test bot", "avatar_url": None,
                   "type": "bot", "bot": {}}],
        "pages": [page(ROOT, {"type": "workspace", "workspace": True}, title("Root")),
                  page(CHILD, in_page(ROOT), title("Child")),
                  page(HIDDEN, {"type": "workspace", "workspace": True}, title("Not shared"))]
        + [table_row(n, rows) for n in range(rows)],
        "databases": [database(DATABASE, SOURCE, "Things"), database(LINKED, None, "Untitled"),
                      database(TRASHED_DATABASE, TRASHED_SOURCE, "Gone", True)],
        "data_sources": [data_source(SOURCE, DATABASE, "Things", schema()),
                         data_source(TRASHED_SOURCE, TRASHED_DATABASE, "Gone", {
                             "Name": {"id": "title", "name": "Name", "description": None,
                                      "type": "title", "title": {}}}, True)],
        "blocks": blocks, "comments": [],
        "files": {"1": {"base64": "cGl4ZWxz"}},
        "roots": [ROOT], "config": config or {},
    }


def add_other(workspace):
    """A second database in the root page; some of its schema is like that of the first."""
    name = {"id": "title", "name": "Label", "description": None, "type": "title", "title": {}}
    kinds = {"options": [option(95, "New", "blue")]}
    states = {"options": [option(96, "Todo", "default"), option(97, "Done", "green")],
              "groups": []}
    relation = {"database_id": DATABASE, "data_source_id": SOURCE, "type": "single_property",
                "single_property": {}}
    entries = [("oNum", "Number", "number", {"format": "number"}), ("oKin", "Kind", "select", kinds),
               ("oSta", "State", "status", states), ("oDay", "Day", "rich_text", {}),
               ("oFri", "Friends", "relation", relation), ("oId1", "Id", "unique_id", {"prefix": "O"})]
    properties = {entry: {"id": key, "name": entry, "description": None, "type": kind, kind: config}
                  for key, entry, kind, config in entries}
    properties["Label"] = name
    workspace["databases"].append(database(OTHER_DATABASE, OTHER_SOURCE, "Other"))
    workspace["data_sources"].append(data_source(OTHER_SOURCE, OTHER_DATABASE, "Other", properties))
    workspace["blocks"][ROOT].append(
        block(OTHER_DATABASE, in_page(ROOT), "child_database", {"title": "Other"}))


class File:
    """The workspace as a file that is gone afterwards."""

    def __init__(self, workspace):
        handle, self.path = tempfile.mkstemp(suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(workspace, out, ensure_ascii=False)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        os.unlink(self.path)
