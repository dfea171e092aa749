"""Objects as the Notion API returns them: key order, defaults and ids of the real service.

Content modules describe pages with Page, Row, Database and block(); Workspace turns them into the
form of a workspace file. Everything is derived from names, so the same content gives the same bytes.
"""

import hashlib
import re
from urllib.parse import quote

COMPANY_ID = "5b0c2f4e-7d19-4a63-9e08-c4f1a2b3d5e6"


def make_id(name, version=8):
    """A stable RFC 4122 id for a name; pages and blocks have version 8, databases 4."""
    digits = list(hashlib.sha256(name.encode()).hexdigest()[:32])
    digits[12] = str(version)
    digits[16] = "89ab"[int(digits[16], 16) % 4]
    text = "".join(digits)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def url_of(object_id, title=""):
    """Pages have their title in the URL, databases don't."""
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", title).strip("-")
    return "https://www.notion.so/" + (slug + "-" if slug else "") + object_id.replace("-", "")


def hosted(name):
    """A file that Notion keeps: the server signs its URL on every read."""
    path = f"/{COMPANY_ID}/{make_id('file ' + name, 4)}/{quote(name)}"
    return {
        "url": "https://prod-files-secure.s3.us-west-2.amazonaws.com" + path,
        "expiry_time": "2026-10-30T17:00:00.000Z",
    }


def emoji(character):
    return {"type": "emoji", "emoji": character}


def block(kind, payload=None, children=None, key=None, trashed=False, nested=None):
    """`nested` overrides has_children where the children are not ours to show."""
    return {
        "kind": kind,
        "payload": payload or {},
        "children": children or [],
        "key": key,
        "trashed": trashed,
        "nested": nested,
    }


class Page:
    """A page below a page; where it stands in a list of blocks, its child_page block stands."""

    def __init__(self, key, title, content=(), icon=None, cover=None, stamps=None, editors=None,
                 trashed=False, locked=False):
        self.key, self.title, self.content = key, title, list(content)
        self.icon, self.cover, self.stamps, self.editors = icon, cover, stamps, editors
        self.trashed, self.locked = trashed, locked
        self.id = make_id("page " + key)


class Row:
    """A row of a data source; `values` are by property name, as written."""

    def __init__(self, key, values, content=(), icon=None, stamps=None, trashed=False):
        self.key, self.values, self.content = key, values, list(content)
        self.icon, self.stamps, self.trashed = icon, stamps, trashed
        self.id = make_id("page " + key)


class Source:
    """A data source: `schema` maps names to (id, type, configuration), the title last."""

    def __init__(self, key, title, schema, rows, version=4):
        self.key, self.title, self.schema, self.rows = key, title, schema, rows
        self.id = make_id("data source " + key, version)


class Database:
    """Without sources it is a linked view, as the API shows one."""

    def __init__(self, key, title, sources, icon=None, description=(), inline=False, stamp=None):
        self.key, self.title, self.sources, self.icon = key, title, sources, icon
        self.description, self.inline = list(description), inline
        self.stamp = stamp or "2025-02-03T08:12:44.318+00:00"
        self.id = make_id("database " + key, 4)


class Workspace:
    def __init__(self, users, parse):
        self.users = {user["id"]: user for user in users}
        self.parse = parse  # inline markup → rich text
        self.out = {
            "users": users, "pages": [], "databases": [], "data_sources": [], "blocks": {},
            "comments": [], "files": {}, "roots": [], "config": {},
        }

    def partial(self, user_id):
        return {"object": "user", "id": user_id}

    def base(self, stamps, editors):
        created, edited = stamps
        by, last = editors
        return {
            "created_time": created, "last_edited_time": edited,
            "created_by": self.partial(by), "last_edited_by": self.partial(last),
        }

    # pages

    def page(self, page, parent, properties, title, stamps, editors, trashed):
        self.out["pages"].append({
            "object": "page", "id": page.id, **self.base(stamps, editors),
            "cover": getattr(page, "cover", None), "icon": page.icon, "parent": parent,
            "in_trash": trashed, "is_archived": False, "is_locked": getattr(page, "locked", False),
            "properties": properties, "url": url_of(page.id, title), "public_url": None,
        })

    def add_page(self, page, parent, stamps, editors):
        stamps = page.stamps or stamps
        editors = page.editors or editors
        title = [] if page.title == "" else self.plain(page.title)
        self.page(page, parent, {"title": {"id": "title", "type": "title", "title": title}},
                  page.title, stamps, editors, page.trashed)
        self.fill(page.id, {"type": "page_id", "page_id": page.id}, page.content, page.key, stamps,
                  editors)

    def add_root(self, page, stamps, editors):
        self.add_page(page, {"type": "workspace", "workspace": True}, stamps, editors)
        self.out["roots"].append(page.id)

    def plain(self, text):
        return self.parse(text, markup=False)

    # blocks

    def fill(self, parent_id, parent, content, key, stamps, editors):
        if not content:
            return
        children = self.out["blocks"].setdefault(parent_id, [])
        for index, item in enumerate(content):
            children.append(self.block(item, parent, f"{key}/{index}", stamps, editors))

    def block(self, item, parent, key, stamps, editors):
        if isinstance(item, Page):
            self.add_page(item, parent, stamps, editors)
            return self.envelope(item.id, parent, item.stamps or stamps, item.editors or editors,
                                 bool(item.content), item.trashed, "child_page",
                                 {"title": item.title})
        if isinstance(item, Database):
            self.add_database(item, parent, stamps, editors)
            return self.envelope(item.id, parent, stamps, editors, False, False, "child_database",
                                 {"title": item.title})
        block_id = make_id("block " + (item["key"] or key))
        children = item["children"]
        self.fill(block_id, {"type": "block_id", "block_id": block_id}, children, key, stamps,
                  editors)
        nested = bool(children) if item["nested"] is None else item["nested"]
        return self.envelope(block_id, parent, stamps, editors, nested, item["trashed"],
                             item["kind"], item["payload"])

    def envelope(self, block_id, parent, stamps, editors, nested, trashed, kind, payload):
        return {
            "object": "block", "id": block_id, "parent": parent, **self.base(stamps, editors),
            "has_children": nested, "in_trash": trashed, "type": kind, kind: payload,
        }

    # databases

    def add_database(self, database, parent, stamps, editors):
        url = url_of(database.id)
        self.out["databases"].append({
            "object": "database", "id": database.id, "title": self.plain(database.title),
            "description": database.description, "parent": parent, "is_inline": database.inline,
            "in_trash": False, "is_locked": False, "created_time": database.stamp,
            "last_edited_time": database.stamp,
            "data_sources": [{"id": s.id, "name": s.title} for s in database.sources],
            "icon": database.icon, "cover": None, "url": url, "public_url": None,
        })
        for source in database.sources:
            by, last = editors
            self.out["data_sources"].append({
                "object": "data_source", "id": source.id, "cover": None, "icon": database.icon,
                "created_time": stamps[0], "created_by": self.partial(by),
                "last_edited_by": self.partial(last), "last_edited_time": stamps[1],
                "title": self.plain(source.title), "description": database.description,
                "is_inline": database.inline, "properties": self.schema(source),
                "parent": {"type": "database_id", "database_id": database.id},
                "database_parent": parent, "url": url, "public_url": None, "in_trash": False,
            })
            for row in source.rows:
                self.add_row(row, source, database, stamps, editors)

    def schema(self, source):
        entries = {}
        for name, (property_id, kind, config) in source.schema.items():
            entries[name] = {"id": property_id, "name": name, "description": None, "type": kind,
                             kind: config}
        return entries

    def add_row(self, row, source, database, stamps, editors):
        stamps = row.stamps or stamps
        properties, title = {}, ""
        for name, (property_id, kind, config) in source.schema.items():
            value = self.value(row, kind, config, row.values.get(name), stamps, editors)
            properties[name] = {"id": property_id, "type": kind, kind: value}
            if kind == "relation":
                properties[name]["has_more"] = False
            if kind == "title":
                title = "".join(run["plain_text"] for run in value if run["type"] == "text")
        parent = {"type": "data_source_id", "data_source_id": source.id,
                  "database_id": database.id}
        self.page(row, parent, properties, title, stamps, editors, row.trashed)
        self.fill(row.id, {"type": "page_id", "page_id": row.id}, row.content, row.key, stamps,
                  editors)

    def value(self, row, kind, config, given, stamps, editors):
        """What Notion returns for a value; None is one that was never set."""
        if kind in ("title", "rich_text"):
            return self.parse(given) if given else []
        if kind in ("multi_select", "select", "status"):
            options = {o["name"]: {k: o[k] for k in ("id", "name", "color")}
                       for o in config["options"]}
            if kind == "multi_select":
                return [options[name] for name in given or []]
            return options[given] if given else None
        if kind == "people":
            return [self.users[make_id("user " + name, 4)] for name in given or []]
        if kind == "relation":
            return [{"id": make_id("page " + key)} for key in given or []]
        if kind == "date" and given:
            start, end = given if isinstance(given, tuple) else (given, None)
            return {"start": start, "end": end, "time_zone": None}
        if kind in ("created_time", "last_edited_time"):
            return stamps[0 if kind == "created_time" else 1]
        if kind in ("created_by", "last_edited_by"):
            return self.users[editors[0 if kind == "created_by" else 1]]
        defaults = {"checkbox": False, "files": [], "button": {}}
        return defaults.get(kind) if given is None else given
