#!/usr/bin/env python3
"""What differs between two dumps of notion-sim, a line for each block and page, in order.

usage: changes.py BEFORE.json AFTER.json

    update paragraph: old text -> new text      same id, same place
    insert paragraph in PAGE after TEXT: text   a new id
    delete paragraph: text                      gone or in the trash
    move paragraph: text
    page TITLE Property: old -> new
    new page TITLE in PARENT
    trash page TITLE

Texts are the rich text's content; a block whose other content changed says which key. Stamps and
who edited are no change. An id that went and came back is an insert and a delete, so "update" in
the output means that the id was kept, and what isn't named is untouched.
"""
import json
import sys

STAMPS = {"last_edited_time", "last_edited_by", "request_id"}


def text_of(value):
    """The rich text in a block's or property's content."""
    if isinstance(value, list):
        return " | ".join(filter(None, map(text_of, value)))
    if not isinstance(value, dict):
        return ""
    if "plain_text" in value:
        return value["plain_text"]
    parts = []
    for key in ("rich_text", "title", "caption", "cells", "expression"):
        part = value.get(key)
        parts.append(part if isinstance(part, str) else "".join(map(text_of, part or [])))
    return "".join(parts)


def content(block):
    return block.get(block["type"], {})


def describe(block):
    return text_of(content(block))


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items() if k not in STAMPS}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


def bare(block):
    """A block without what changes by itself: its stamps, and whether it has children."""
    return {k: v for k, v in clean(block).items() if k != "has_children"}


def flat(dump):
    """Block id -> (parent id, previous live sibling's id, block)."""
    found = {}
    for parent, children in dump["blocks"].items():
        previous = None
        for block in children:
            if block.get("in_trash"):
                continue
            found[block["id"]] = (parent, previous, block)
            previous = block["id"]
    return found


def title_of(page):
    for value in page["properties"].values():
        if value["type"] == "title":
            return text_of(value)
    return ""


def names(dump):
    found = {page["id"]: title_of(page) for page in dump["pages"]}
    for kind in ("databases", "data_sources"):
        for item in dump[kind]:
            found[item["id"]] = "".join(map(text_of, item["title"]))
    return found


def value_text(value):
    kind = value["type"]
    inner = value[kind]
    if kind in ("title", "rich_text"):
        return "".join(map(text_of, inner))
    if isinstance(inner, dict):
        return str(inner.get("name") or inner.get("start") or json.dumps(inner, sort_keys=True))
    if isinstance(inner, list):
        return ", ".join(str(item.get("name") or item.get("id")) for item in inner)
    return json.dumps(inner)


def parent_id(page):
    parent = page["parent"]
    return parent.get("data_source_id") or parent.get(parent["type"])


COMPUTED = {"formula", "rollup", "last_edited_time", "last_edited_by"}


def page_changes(before, after):
    old = {page["id"]: page for page in before["pages"]}
    titles = names(after)
    for page in after["pages"]:
        title = titles[page["id"]]
        was = old.get(page["id"])
        if was is None:
            parent = parent_id(page)
            yield f"new page {title} in {titles.get(parent, parent)}"
            continue
        if page["in_trash"] != was["in_trash"]:
            yield ("trash" if page["in_trash"] else "restore") + f" page {title}"
        for name, value in page["properties"].items():
            before_value = was["properties"].get(name)
            if value["type"] in COMPUTED or clean(value) == clean(before_value):
                continue
            yield f"page {title} {name}: {value_text(before_value)} -> {value_text(value)}"
        for key in page:
            if key not in STAMPS | {"properties", "in_trash", "is_archived", "archived", "url"}:
                if clean(page[key]) != clean(was.get(key)):
                    yield f"page {title} {key} changed"
    for page_id in old.keys() - {page["id"] for page in after["pages"]}:
        yield f"lost page {title_of(old[page_id])}"


def block_changes(before, after):
    old, new = flat(before), flat(after)
    titles = names(after)

    def place(parent):
        if parent in titles:
            return titles[parent]
        return describe(new[parent][2]) if parent in new else parent

    for block_id, (parent, previous, block) in new.items():
        kind = block["type"]
        if block_id not in old:
            after_text = f" after {describe(new[previous][2])}" if previous else ""
            yield f"insert {kind} in {place(parent)}{after_text}: {describe(block)}"
            continue
        old_parent, _, was = old[block_id]
        if old_parent != parent:
            yield f"move {kind}: {describe(block)}"
        if bare(was) == bare(block):
            continue
        if describe(was) != describe(block):
            yield f"update {kind}: {describe(was)} -> {describe(block)}"
            continue
        inner, was_inner = content(block), content(was)
        keys = [k for k in inner if clean(inner[k]) != clean(was_inner.get(k))]
        yield f"update {kind}: {describe(block)} ({', '.join(keys) or 'other'})"
    for block_id, (_, _, block) in old.items():
        if block_id not in new:
            yield f"delete {block['type']}: {describe(block)}"
    for parent in before["blocks"]:
        kept = [b["id"] for b in before["blocks"][parent] if b["id"] in new]
        now = [b["id"] for b in after["blocks"].get(parent, []) if b["id"] in kept]
        if [i for i in kept if i in now] != now:
            yield f"order changed in {place(parent)}"


def main():
    before, after = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
    for line in [*page_changes(before, after), *block_changes(before, after)]:
        print(line)


main()
