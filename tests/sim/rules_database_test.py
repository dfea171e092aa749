#!/usr/bin/env python3
"""Rules for writing databases, data sources and schemas. TAP.

usage: rules_database_test.py NOTION_SIM
"""

import re
import sys

from rule import PARAGRAPH, equal, main, rule, true
from small import (CHILD, DATABASE, FIRST, HIDDEN, MINUTE, OTHER_DATABASE, OTHER_SOURCE, ROOT, SOURCE,
                   STAMP, row, uid)

IN_CHILD = {"type": "page_id", "page_id": CHILD}
TITLE = {"Name": {"title": {}}}


def rich(content):
    return [{"text": {"content": content}}]


def plain(items):
    return "".join(item["plain_text"] for item in items)


def create(api, properties=None, **more):
    body = dict({"parent": IN_CHILD}, **more)
    if properties is not None:
        body["initial_data_source"] = {"properties": properties}
    return api.ok("POST", "/v1/databases", body)


def source_of(database):
    return database["data_sources"][0]["id"]


def schema(api, number=SOURCE):
    return api.ok("GET", f"/v1/data_sources/{number}")["properties"]


def change(api, number=SOURCE, **properties):
    return api.ok("PATCH", f"/v1/data_sources/{number}", {"properties": properties})["properties"]


def values(api, number):
    return api.ok("GET", f"/v1/pages/{row(number)}")["properties"]


def write(api, number, **properties):
    return api.ok("PATCH", f"/v1/pages/{row(number)}", {"properties": properties})["properties"]


# Databases

@rule("a new database has its place, a block and a data source")
def _(api):
    api.advance(60)
    made = create(api, dict(TITLE, Sum={"number": {"format": "euro"}}), title=rich("Stock"),
                  description=rich("What"), is_inline=True,
                  icon={"type": "emoji", "emoji": "📦"})
    equal(list(made), ["object", "id", "title", "description", "parent", "is_inline", "in_trash",
                       "is_locked", "created_time", "last_edited_time", "data_sources", "icon",
                       "cover", "url", "public_url", "request_id"])
    equal((plain(made["title"]), plain(made["description"]), made["is_inline"], made["parent"]),
          ("Stock", "What", True, IN_CHILD))
    equal(made["created_time"], "2026-11-21T10:01:30.500+00:00")
    true(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4.*", made["id"]), made["id"])
    equal(made["url"], "https://www.notion.so/" + made["id"].replace("-", ""))
    block = api.children(CHILD)[0]
    equal((block["id"], block["type"], block["child_database"], block["has_children"]),
          (made["id"], "child_database", {"title": "Stock"}, False))
    equal(api.stamp("pages", CHILD), "2026-11-21T10:01:00.000Z")
    equal(api.ok("GET", f"/v1/blocks/{CHILD}")["has_children"], True)
    source = api.ok("GET", f"/v1/data_sources/{source_of(made)}")
    equal(list(source), ["object", "id", "cover", "icon", "created_time", "created_by",
                         "last_edited_by", "last_edited_time", "title", "description", "is_inline",
                         "properties", "parent", "database_parent", "url", "public_url", "in_trash",
                         "request_id"])
    equal((plain(source["title"]), source["parent"], source["database_parent"], source["url"]),
          ("Stock", {"type": "database_id", "database_id": made["id"]}, IN_CHILD, made["url"]))
    equal((list(source["properties"]), source["properties"]["Name"]["id"]), (["Sum", "Name"], "title"))
    entry = source["properties"]["Sum"]
    equal(list(entry), ["id", "name", "description", "type", "number"])
    equal((entry["name"], entry["description"], entry["number"]), ("Sum", None, {"format": "euro"}))
    equal(made["data_sources"], [{"id": source["id"], "name": "Stock"}])
    page = api.ok("POST", "/v1/pages", {"parent": {"database_id": made["id"]},
                                        "properties": {"Sum": {"number": 3}}})
    equal(page["parent"], {"type": "data_source_id", "data_source_id": source["id"],
                           "database_id": made["id"]})


@rule("a database nobody named is a new database with a title")
def _(api):
    made = create(api)
    equal((plain(made["title"]), made["data_sources"][0]["name"]), ("New database",) * 2)
    equal(api.children(CHILD)[0]["child_database"]["title"], "New database")
    equal(schema(api, source_of(made)), {"Name": {"id": "title", "name": "Name", "description": None,
                                                  "type": "title", "title": {}}})


@rule("what can't be a database is refused and changes nothing")
def _(api):
    before = api.ok("GET", "/_sim/dump")
    for body in [{}, {"parent": {"page_id": CHILD}}, {"parent": {"type": "workspace"}},
                 {"parent": {"type": "workspace", "workspace": True}}, {"parent": IN_CHILD, "x": 1},
                 {"parent": {"type": "block_id", "block_id": FIRST}},
                 {"parent": IN_CHILD, "properties": TITLE}, {"parent": IN_CHILD, "icon": None},
                 {"parent": IN_CHILD, "icon": {"file_upload": {"id": uid(77)}}}]:
        equal(api.refused(400, "POST", "/v1/databases", body)["code"], "validation_error")
    for properties in [{}, {"A": {"number": {}}}, {"A": {"title": {}}, "B": {"title": {}}},
                       {"": {"title": {}}}, dict(TITLE, A={"nothing": {}}),
                       dict(TITLE, A={"number": {}, "checkbox": {}}), dict(TITLE, A={}),
                       dict(TITLE, A={"select": {"options": [{"name": "a,b"}]}}),
                       dict(TITLE, A={"select": {"options": [{"name": "a"}, {"name": "a"}]}}),
                       dict(TITLE, A={"select": {"options": [{"name": str(n)} for n in range(101)]}}),
                       dict(TITLE, A={"rollup": {"function": "count", "relation_property_name": "B",
                                                 "rollup_property_name": "C"}})]:
        body = {"parent": IN_CHILD, "initial_data_source": {"properties": properties}}
        equal(api.refused(400, "POST", "/v1/databases", body)["code"], "validation_error")
    for number in (uid(77), HIDDEN, FIRST, DATABASE):
        api.refused(404, "POST", "/v1/databases", {"parent": {"type": "page_id", "page_id": number}})
    relation = {"relation": {"data_source_id": uid(77), "single_property": {}}}
    api.refused(404, "POST", "/v1/databases", {"parent": IN_CHILD, "initial_data_source": {
        "properties": dict(TITLE, A=relation)}})
    equal(api.ok("GET", "/_sim/dump"), before)


@rule("a personal token can make a database in the workspace itself", "--token-kind", "pat")
def _(api):
    made = create(api, parent={"type": "workspace", "workspace": True})
    equal(made["parent"], {"type": "workspace", "workspace": True})
    equal(api.ok("GET", f"/v1/blocks/{made['id']}")["type"], "child_database")


@rule("a database can be renamed, described, locked and decorated, and its stamp stays")
def _(api):
    api.advance(120)
    before = api.ok("GET", f"/v1/databases/{DATABASE}")
    answer = api.ok("PATCH", f"/v1/databases/{DATABASE}", {
        "title": rich("Other"), "description": rich("d"), "is_inline": True, "is_locked": True,
        "icon": {"emoji": "📦"}, "cover": {"external": {"url": "https://e.example/c.png"}}})
    equal((plain(answer["title"]), plain(answer["description"]), answer["is_inline"],
           answer["is_locked"], answer["icon"]["emoji"], answer["cover"]["type"]),
          ("Other", "d", True, True, "📦", "external"))
    equal(answer["last_edited_time"], before["last_edited_time"])
    equal(answer["data_sources"], before["data_sources"])
    block = [b for b in api.children(ROOT) if b["id"] == DATABASE][0]
    equal((block["child_database"], block["last_edited_time"]), ({"title": "Other"}, STAMP))
    equal(plain(api.ok("GET", f"/v1/data_sources/{SOURCE}")["title"]), "Things")
    equal(api.stamp("pages", ROOT), STAMP)


@rule("a database goes to the trash and comes back, by PATCH and by its block")
def _(api):
    api.advance(120)
    api.ok("PATCH", f"/v1/databases/{DATABASE}", {"in_trash": True})
    true(DATABASE not in [b["id"] for b in api.children(ROOT)])
    equal(api.stamp("blocks", DATABASE), "2026-11-21T10:02:00.000Z")
    equal(api.stamp("pages", ROOT), STAMP)
    for kind, number in (("databases", DATABASE), ("data_sources", SOURCE), ("pages", row(1))):
        equal(api.ok("GET", f"/v1/{kind}/{number}")["in_trash"], True)
    api.refused(400, "PATCH", f"/v1/databases/{DATABASE}", {"title": rich("x")})
    api.refused(400, "PATCH", f"/v1/data_sources/{SOURCE}", {"title": rich("x")})
    equal(api.ok("PATCH", f"/v1/databases/{DATABASE}", {"in_trash": False})["in_trash"], False)
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["in_trash"], False)
    answer = api.ok("DELETE", f"/v1/blocks/{DATABASE}")
    equal((answer["type"], answer["in_trash"]), ("child_database", True))
    equal(api.ok("GET", f"/v1/databases/{DATABASE}")["in_trash"], True)


@rule("a database moves to another page with all it has")
def _(api):
    answer = api.ok("PATCH", f"/v1/databases/{DATABASE}", {"parent": IN_CHILD})
    equal(answer["parent"], IN_CHILD)
    equal([b["id"] for b in api.children(CHILD)], [DATABASE])
    equal(api.ok("GET", f"/v1/blocks/{DATABASE}")["parent"], IN_CHILD)
    true(DATABASE not in [b["id"] for b in api.children(ROOT)])
    equal(api.ok("GET", f"/v1/data_sources/{SOURCE}")["database_parent"], IN_CHILD)
    equal(api.stamp("pages", CHILD), MINUTE)
    api.refused(400, "PATCH", f"/v1/databases/{DATABASE}",
                {"parent": {"type": "page_id", "page_id": row(1)}})
    api.refused(400, "PATCH", f"/v1/databases/{DATABASE}",
                {"parent": {"type": "workspace", "workspace": True}})


# Data sources

@rule("a database can have another data source")
def _(api):
    body = {"parent": {"database_id": DATABASE}, "properties": TITLE, "title": rich("More")}
    made = api.ok("POST", "/v1/data_sources", body)
    true(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8.*", made["id"]), made["id"])
    listed = api.ok("GET", f"/v1/databases/{DATABASE}")["data_sources"]
    equal(listed, [{"id": SOURCE, "name": "Things"}, {"id": made["id"], "name": "More"}])
    api.refused(400, "POST", "/v1/pages", {"parent": {"database_id": DATABASE}})
    api.ok("POST", "/v1/pages", {"parent": {"data_source_id": made["id"]}})
    for wrong in [{"parent": {"database_id": DATABASE}}, {"properties": TITLE},
                  {"parent": {"page_id": CHILD}, "properties": TITLE},
                  {"parent": {"database_id": DATABASE}, "properties": {}}]:
        api.refused(400, "POST", "/v1/data_sources", wrong)
    api.refused(404, "POST", "/v1/data_sources", dict(body, parent={"database_id": SOURCE}))


@rule("a data source can be renamed, and trashed by itself")
def _(api):
    api.advance(60)
    made = api.ok("POST", "/v1/data_sources", {"parent": {"database_id": DATABASE},
                                               "properties": TITLE})
    answer = api.ok("PATCH", f"/v1/data_sources/{SOURCE}", {"title": rich("T"), "icon": {
        "emoji": "📦"}})
    equal((plain(answer["title"]), answer["icon"]["emoji"], answer["last_edited_time"]),
          ("T", "📦", "2026-11-21T10:01:00.000Z"))
    database = api.ok("GET", f"/v1/databases/{DATABASE}")
    equal((plain(database["title"]), database["data_sources"][0]["name"]), ("Things", "T"))
    equal(api.ok("PATCH", f"/v1/data_sources/{SOURCE}", {"icon": None})["icon"], None)
    answer = api.ok("PATCH", f"/v1/data_sources/{SOURCE}", {"in_trash": True})
    equal(answer["in_trash"], True)
    listed = api.ok("GET", f"/v1/databases/{DATABASE}")["data_sources"]
    equal([s["id"] for s in listed], [made["id"]])
    equal(api.stamp("databases", DATABASE), "2026-06-27T16:49:02.556+00:00")
    api.ok("PATCH", f"/v1/data_sources/{SOURCE}", {"in_trash": False})
    equal(len(api.ok("GET", f"/v1/databases/{DATABASE}")["data_sources"]), 2)


@rule("a data source moves to another database and takes its rows along", other=True)
def _(api):
    parent = {"type": "database_id", "database_id": OTHER_DATABASE}
    answer = api.ok("PATCH", f"/v1/data_sources/{SOURCE}", {"parent": parent})
    equal(answer["parent"], parent)
    equal([s["id"] for s in api.ok("GET", f"/v1/databases/{OTHER_DATABASE}")["data_sources"]],
          [OTHER_SOURCE, SOURCE])
    equal(api.ok("GET", f"/v1/databases/{DATABASE}")["data_sources"], [])
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["parent"]["database_id"], OTHER_DATABASE)
    api.refused(404, "PATCH", f"/v1/data_sources/{SOURCE}", {"parent": {"database_id": uid(77)}})


@rule("there are no templates")
def _(api):
    answer = api.ok("GET", f"/v1/data_sources/{SOURCE}/templates")
    equal(list(answer), ["templates", "has_more", "next_cursor", "request_id"])
    equal((answer["templates"], answer["has_more"]), ([], False))
    api.refused(404, "GET", f"/v1/data_sources/{DATABASE}/templates")


# Schemas

@rule("properties are added, and old rows have them", rows=4)
def _(api):
    known = change(api, Extra={"checkbox": {}}, Born={"created_time": {}}, Rank={"unique_id": {
        "prefix": "R"}}, More={"select": {"options": [{"name": "x", "color": "red"}]}},
                   Stage={"status": {}}, Calc={"formula": {"expression": "1+1"}, "description": "d"})
    equal((known["Extra"]["type"], known["Calc"]["formula"], known["Calc"]["description"]),
          ("checkbox", {"expression": "1+1"}, "d"))
    equal([o["name"] for o in known["Stage"]["status"]["options"]],
          ["Not started", "In progress", "Done"])
    equal([(g["name"], g["color"], len(g["option_ids"])) for g in known["Stage"]["status"]["groups"]],
          [("To-do", "gray", 1), ("In progress", "blue", 1), ("Complete", "green", 1)])
    equal(len({entry["id"] for entry in known.values()}), len(known))
    one = values(api, 2)
    equal(list(one), list(known))
    equal((one["Extra"]["checkbox"], one["Born"]["created_time"], one["Rank"]["unique_id"]),
          (False, "2026-06-27T16:02:00.000Z", {"prefix": "R", "number": 3}))
    equal(one["Stage"]["status"]["name"], "Not started")
    equal((one["Number"]["number"], one["Name"]["title"][0]["plain_text"]), (2, "Row 2"))
    equal(api.stamp("data_sources", SOURCE), MINUTE)
    true(api.stamp("pages", row(2)) != MINUTE)
    true(api.stamp("pages", ROOT) != MINUTE)


@rule("a property is renamed by name or id and keeps id and values")
def _(api):
    known = change(api, Number={"name": "Count"})
    equal((known["Count"]["id"], "Number" in known), ("x%40y6", False))
    equal(values(api, 3)["Count"]["number"], 3)
    known = change(api, **{"x%40y6": {"name": "Again"}, "title": {"name": "Label"}})
    equal((known["Again"]["name"], known["Label"]["id"]), ("Again", "title"))
    equal(write(api, 3, Label={"title": rich("new")})["Label"]["title"][0]["plain_text"], "new")
    known = change(api, **{"x@y6": {"name": "Last", "number": {"format": "percent"}}})
    equal(known["Last"]["number"], {"format": "percent"})


@rule("a property is removed, and its values with it")
def _(api):
    known = change(api, Number=None, **{"eE5f": None})
    true("Number" not in known and "Done" not in known)
    true("Number" not in values(api, 3))
    api.refused(400, "PATCH", f"/v1/pages/{row(3)}", {"properties": {"Number": {"number": 1}}})


@rule("another type keeps the id and empties the values")
def _(api):
    known = change(api, Number={"rich_text": {}})
    equal((known["Number"]["type"], known["Number"]["id"], "number" in known["Number"]),
          ("rich_text", "x%40y6", False))
    equal(values(api, 3)["Number"], {"id": "x%40y6", "type": "rich_text", "rich_text": []})


@rule("a list of options replaces the old one, and rows follow", rows=4)
def _(api):
    write(api, 1, Tags={"multi_select": [{"name": "a"}, {"name": "b"}]}, Kind={"select": {
        "name": "Old"}})
    write(api, 2, Kind={"select": {"name": "New"}}, State={"status": {"name": "Done"}})
    options = schema(api)["Kind"]["select"]["options"]
    known = change(api, Kind={"select": {"options": [
        {"id": options[1]["id"], "name": "Newer", "color": "red"}, {"name": "Third"}]}},
                   Tags={"multi_select": {"options": [{"name": "b", "description": "d"}]}},
                   State={"status": {"options": [{"name": "Not started"}, {"name": "Maybe"}]}})
    got = known["Kind"]["select"]["options"]
    equal([(o["name"], o["color"]) for o in got], [("Newer", "red"), ("Third", "green")])
    equal((got[0]["id"], got[1]["id"] != options[0]["id"]), (options[1]["id"], True))
    equal(known["Tags"]["multi_select"]["options"][0]["description"], "d")
    one, two = values(api, 1), values(api, 2)
    equal((one["Kind"]["select"], [t["name"] for t in one["Tags"]["multi_select"]]), (None, ["b"]))
    equal((two["Kind"]["select"]["name"], two["Kind"]["select"]["color"]), ("Newer", "red"))
    equal(two["State"]["status"]["name"], "Not started")
    equal(change(api, Kind={"select": {}})["Kind"]["select"]["options"], got)


@rule("a two-way relation has another side, which follows renames and ends with it", other=True)
def _(api):
    known = change(api, Peers={"relation": {"data_source_id": OTHER_SOURCE, "dual_property": {
        "synced_property_name": "Back"}}}, Auto={"relation": {"data_source_id": OTHER_SOURCE,
                                                             "type": "dual_property",
                                                             "dual_property": {}}})
    other = schema(api, OTHER_SOURCE)
    equal(known["Peers"]["relation"], {
        "database_id": OTHER_DATABASE, "data_source_id": OTHER_SOURCE, "type": "dual_property",
        "dual_property": {"synced_property_name": "Back", "synced_property_id": other["Back"]["id"]}})
    equal(other["Back"]["relation"]["dual_property"],
          {"synced_property_name": "Peers", "synced_property_id": known["Peers"]["id"]})
    equal(other["Related to Things (Auto)"]["relation"]["data_source_id"], SOURCE)
    made = api.ok("POST", "/v1/pages", {"parent": {"data_source_id": OTHER_SOURCE}})["id"]
    write(api, 1, Peers={"relation": [{"id": made}]})
    equal(api.ok("GET", f"/v1/pages/{made}")["properties"]["Back"]["relation"], [{"id": row(1)}])
    change(api, OTHER_SOURCE, Back={"name": "Things"})
    equal(schema(api)["Peers"]["relation"]["dual_property"]["synced_property_name"], "Things")
    change(api, Peers=None)
    equal(schema(api, OTHER_SOURCE)["Things"]["relation"]["type"], "single_property")


@rule("a relation that is made to point elsewhere is empty", other=True)
def _(api):
    write(api, 1, Friends={"relation": [{"id": row(2)}]})
    known = change(api, Friends={"relation": {"data_source_id": OTHER_SOURCE,
                                              "single_property": {}}})
    equal((known["Friends"]["id"], known["Friends"]["relation"]["type"]),
          ("rR_1", "single_property"))
    equal(known["Fans"]["relation"]["type"], "single_property")
    equal(values(api, 1)["Friends"], {"id": "rR_1", "type": "relation", "relation": [],
                                      "has_more": False})


@rule("a rollup names its relation and what it shows, also in the same request", other=True)
def _(api):
    rollup = {"rollup": {"function": "sum", "relation_property_name": "To",
                         "rollup_property_name": "Number"}}
    known = change(api, Total=rollup, To={"relation": {"data_source_id": OTHER_SOURCE,
                                                       "single_property": {}}})
    equal(known["Total"]["rollup"], {
        "function": "sum", "rollup_property_name": "Number", "relation_property_name": "To",
        "rollup_property_id": "oNum", "relation_property_id": known["To"]["id"]})
    change(api, To={"name": "Towards"})
    equal(schema(api)["Total"]["rollup"]["relation_property_name"], "Towards")
    equal(values(api, 1)["Total"]["rollup"]["type"], "number")


@rule("a change of the schema that is refused has changed nothing")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{FIRST}")
    before = api.ok("GET", "/_sim/dump")
    path = f"/v1/data_sources/{SOURCE}"
    good = {"checkbox": {}}
    for properties in [{"Name": None}, {"title": None}, {"Name": {"rich_text": {}}},
                       {"Number": {"title": {}}}, {"New": {"title": {}}}, {"Nothing": None},
                       {"Nothing": {"name": "x"}}, {"Number": {"name": "Done"}},
                       {"Number": {"name": ""}}, {"": good}, {"New": {"button": {}}},
                       {"Kind": {"select": {"options": [{"id": "nothing"}]}}},
                       {"Kind": {"select": {"options": [{"color": "red"}]}}},
                       {"New": {"relation": {"data_source_id": SOURCE}}},
                       {"Number": {"description": "d"}}, {"Number": 1}, {"New": {}}]:
        answer = api.refused(400, "PATCH", path, {"properties": dict({"Good": good}, **properties),
                                                  "title": rich("x"), "in_trash": True})
        equal(answer["code"], "validation_error")
    for body in [{"archived": True}, {"description": []}, {"parent": {"page_id": CHILD}},
                 {"properties": []}, {"is_inline": True}]:
        api.refused(400, "PATCH", path, body)
    api.refused(404, "PATCH", f"/v1/data_sources/{DATABASE}", {})
    equal(api.ok("GET", "/_sim/dump"), before)


@rule("a saved 503 names what was made")
def _(api):
    for path, body in [("/v1/databases", {"parent": IN_CHILD}),
                       ("/v1/data_sources", {"parent": {"database_id": DATABASE},
                                             "properties": TITLE})]:
        api.fault(match={"path": path + "$"}, do="status", status=503, apply="all", committed=True)
        answer = api.refused(503, "POST", path, body)
        kind = path.split("/")[2]
        api.ok("GET", f"/v1/{kind}/{answer['additional_data']['committed_resource_id']}")
        api.ok("DELETE", "/_sim/faults")


@rule("a page with a database in it can be moved")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}, "children": [PARAGRAPH]})["id"]
    database = create(api, parent={"type": "page_id", "page_id": made})
    api.ok("POST", f"/v1/pages/{made}/move", {"parent": {"page_id": CHILD}})
    equal([b["type"] for b in api.children(made)], ["paragraph", "child_database"])
    api.refused(400, "POST", f"/v1/pages/{made}/move",
                {"parent": {"data_source_id": source_of(database)}})


if __name__ == "__main__":
    sys.exit(main())
