#!/usr/bin/env python3
"""Rules for property values, queries and search. TAP.

usage: rules_property_test.py NOTION_SIM
"""

import re
import sys
import urllib.request

import small
from rule import PROGRAM, Api, after, equal, main, rule, true
from small import CHILD, DATABASE, HIDDEN, MINUTE, ROOT, SOURCE, TRASHED_SOURCE, rich, row, uid

# Properties

@rule("properties come in the order of their decoded ids, the title last")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"database_id": DATABASE}})
    order = ["Fans", "Day", "Tags", "Kind", "Push", "State", "Editor", "Edited", "Done", "Sum",
             "Papers", "Mail", "Made", "Maker", "Note", "Id", "Who", "Phone", "Place", "Roll",
             "Friends", "Site", "Number", "Name"]
    decoded = {name: urllib.request.unquote(p["id"]) for name, p in made["properties"].items()}
    names = sorted((n for n in decoded if n != "Name"), key=lambda n: decoded[n]) + ["Name"]
    equal(list(made["properties"]), names)
    equal(sorted(names), sorted(order))
    equal(list(api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]), names)


@rule("a row sent nothing has the values of an empty row")
def _(api):
    values = {n: p[p["type"]] for n, p in api.ok(
        "POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})["properties"].items()}
    for name in ("Name", "Note", "Tags", "Friends", "Papers", "Who"):
        equal(values[name], [], name)
    for name in ("Number", "Kind", "Day", "Site", "Mail", "Phone", "Place"):
        equal(values[name], None, name)
    equal((values["Done"], values["Id"], values["Push"]), (False, {"prefix": "T", "number": 1}, {}))
    equal((values["State"]["name"], values["Made"], values["Sum"]["type"]),
          ("Not started", MINUTE, "string"))
    equal((values["Maker"]["name"], values["Roll"]["function"]), ("Test bot", "count"))


@rule("datetimes are floored to the minute, with an offset and no zone")
def _(api):
    for sent, start in [
            ({"start": "2024-01-06T17:57:33.18+01:00"}, "2024-01-06T17:57:00.000+01:00"),
            ({"start": "2024-01-06"}, "2024-01-06"),
            ({"start": "2024-01-06T00:00:00", "time_zone": "UTC"}, "2024-01-06T00:00:00.000+00:00"),
            ({"start": "2024-07-06T09:30:00", "time_zone": "Europe/Berlin"},
             "2024-07-06T09:30:00.000+02:00"),
            ({"start": "2024-01-06T09:30:00Z"}, "2024-01-06T09:30:00.000+00:00")]:
        answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"Day": {"date": sent}}})
        equal(answer["properties"]["Day"]["date"], {"start": start, "end": None, "time_zone": None})


@rule("an unknown option of a select is created, of a status refused")
def _(api):
    answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {
        "Kind": {"select": {"name": "New"}}, "Bb2c": {"multi_select": [{"name": "a"}]}}})
    equal(answer["properties"]["Kind"]["select"]["name"], "New")
    known = api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]
    equal([o["name"] for o in known["Kind"]["select"]["options"]], ["Old", "New"])
    equal(list(known["Tags"]["multi_select"]["options"][0]), ["id", "name", "color", "description"])
    api.refused(400, "PATCH", f"/v1/pages/{row(1)}",
                {"properties": {"State": {"status": {"name": "Never"}}}})
    answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"State": {"status": None}}})
    equal(answer["properties"]["State"]["status"]["name"], "Not started")


@rule("an unknown property is refused, and nothing else of the request is done")
def _(api):
    answer = api.refused(400, "PATCH", f"/v1/pages/{row(1)}", {"properties": {
        "Number": {"number": 99}, "Nope": {"number": 1}}})
    true("Nope is not a property that exists." in answer["message"])
    equal(api.ok("GET", f"/v1/pages/{row(1)}")["properties"]["Number"]["number"], 1)


@rule("relations and people are cut at 25 in a page, has_more says so")
def _(api):
    properties = api.ok("GET", f"/v1/pages/{row(0)}")["properties"]
    equal((len(properties["Friends"]["relation"]), properties["Friends"]["has_more"]), (25, True))
    equal(len(properties["Who"]["people"]), 25)


@rule("the property endpoint pages through all of them")
def _(api):
    path = f"/v1/pages/{row(0)}/properties/rR_1?page_size=20"
    answer = api.ok("GET", path)
    equal((len(answer["results"]), answer["has_more"], answer["type"]), (20, True, "property_item"))
    equal(list(answer["results"][0]), ["object", "type", "id", "relation"])
    rest = api.ok("GET", path + "&start_cursor=" + answer["next_cursor"])
    equal((len(rest["results"]), rest["has_more"], rest["property_item"]["next_url"]),
          (9, False, None))
    single = api.ok("GET", f"/v1/pages/{row(1)}/properties/x%40y6")
    equal(list(single.items())[:4], [("object", "property_item"), ("type", "number"),
                                     ("id", "x%40y6"), ("number", 1)])


@rule("a two-way relation changes both sides")
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(2)}", {"properties": {"Friends": {"relation": [
        {"id": row(5)}]}}})
    api.ok("PATCH", f"/v1/pages/{row(5)}", {"properties": {"Fans": {"relation": []}}})
    equal(api.ok("GET", f"/v1/pages/{row(2)}")["properties"]["Friends"]["relation"], [])
    api.refused(404, "PATCH", f"/v1/pages/{row(2)}",
                {"properties": {"Friends": {"relation": [{"id": uid(77)}]}}})


@rule("a page cuts people at 25, the property endpoint has them all, in pages")
def _(api):
    page = api.ok("GET", f"/v1/pages/{row(0)}")
    equal((len(page["properties"]["Who"]["people"]), "has_more" in page["properties"]["Who"]),
          (25, False))
    path = f"/v1/pages/{row(0)}/properties/p1~x"
    whole = api.ok("GET", path)
    equal((len(whole["results"]), whole["has_more"], whole["property_item"]),
          (30, False, {"id": "p1~x", "next_url": None, "type": "people", "people": {}}))
    equal(list(whole["results"][0]), ["object", "type", "id", "people"])
    part = api.ok("GET", path + "?page_size=29")
    true(part["property_item"]["next_url"].endswith("start_cursor=" + part["next_cursor"]))
    equal(len(api.ok("GET", path + f"?start_cursor={part['next_cursor']}")["results"]), 1)
    api.refused(400, "GET", path + "?start_cursor=zz")
    api.refused(404, "GET", f"/v1/pages/{row(0)}/properties/none")


@rule("the items of a rollup are those of the rows it shows", rows=2)
def _(api):
    dump = api.ok("GET", "/_sim/dump")
    page = [p for p in dump["pages"] if p["id"] == row(0)][0]
    page["properties"]["Roll"] = {"id": "r0ll", "type": "rollup", "rollup": {
        "type": "array", "function": "show_original", "array": [
            {"type": "number", "number": 1}, {"type": "title", "title": [rich("a"), rich("b")]},
            {"type": "people", "people": []}]}}
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        answer = other.ok("GET", f"/v1/pages/{row(0)}/properties/r0ll")
    equal([(i["object"], i["type"], i["id"]) for i in answer["results"]],
          [("property_item", kind, "r0ll") for kind in ("number", "title", "title")])
    equal(answer["results"][2]["title"]["plain_text"], "b")
    equal(answer["property_item"]["rollup"],
          {"type": "array", "function": "show_original", "array": []})


# Queries and search

@rule("a query answers the newest-created first and goes on at the next row")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    path = f"/v1/data_sources/{SOURCE}/query"
    answer = api.ok("POST", path, {"page_size": 10})
    equal([r["id"] for r in answer["results"]][:3], [made["id"], row(29), row(28)])
    true(re.fullmatch(r"s:[0-9a-f-]{36}:" + row(20), answer["next_cursor"]), answer["next_cursor"])
    second = api.ok("POST", path, {"page_size": 10, "start_cursor": answer["next_cursor"]})
    equal(second["results"][0]["id"], row(20))
    equal((answer["type"], answer["page_or_data_source"]), ("page_or_data_source", {}))


@rule("a query filters by timestamps and sorts")
def _(api):
    path = f"/v1/data_sources/{SOURCE}/query"
    api.ok("PATCH", f"/v1/pages/{row(4)}", {"properties": {"Number": {"number": 100}}})
    answer = api.ok("POST", path, {"filter": {"timestamp": "last_edited_time", "last_edited_time": {
        "on_or_after": "2026-11-21T09:58:00Z"}}})
    equal([r["id"] for r in answer["results"]], [row(4)])
    answer = api.ok("POST", path, {"sorts": [{"property": "Number", "direction": "descending"},
                                             {"timestamp": "created_time",
                                              "direction": "ascending"}]})
    equal([r["id"] for r in answer["results"]][:3], [row(4), row(6), row(13)])
    answer = api.ok("POST", path, {"filter": {"and": [
        {"timestamp": "created_time", "created_time": {"before": "2026-06-27T16:03:00Z"}},
        {"timestamp": "created_time", "created_time": {"on_or_after": "2026-06-27T16:01:00Z"}}]}})
    equal([r["id"] for r in answer["results"]], [row(2), row(1)])


@rule("a query ends at its cap and says so on each page", config={"query_result_limit": 20})
def _(api):
    path = f"/v1/data_sources/{SOURCE}/query"
    answer = api.ok("POST", path, {"page_size": 15})
    equal(answer["request_status"], {"type": "incomplete",
                                     "incomplete_reason": "query_result_limit_reached"})
    answer = api.ok("POST", path, {"page_size": 15, "start_cursor": answer["next_cursor"]})
    equal((len(answer["results"]), answer["has_more"], answer["request_status"]["type"]),
          (5, False, "incomplete"))


@rule("trashed rows are in no query")
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(4)}", {"in_trash": True})
    answer = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})
    true(row(4) not in [r["id"] for r in answer["results"]])
    equal(len(answer["results"]), 29)


@rule("search answers everything shared, the last edited first")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"is_locked": True})
    results = api.ok("POST", "/v1/search", {"filter": {"property": "object", "value": "page"}})
    found = [r["id"] for r in results["results"]]
    equal(found[0], CHILD)
    true(ROOT in found and HIDDEN not in found)
    stamps = [r["last_edited_time"] for r in results["results"]]
    equal(stamps, sorted(stamps, reverse=True))


@rule("rows are partly missing in search")
def _(api):
    found = api.ok("POST", "/v1/search", {})["results"]
    rows = [r for r in found if r["parent"]["type"] == "data_source_id"]
    true(0 < len(rows) < 30, len(rows))


@rule("trashed data sources are visible in search, trashed pages are not")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    found = {r["id"]: r for r in api.ok("POST", "/v1/search", {})["results"]}
    equal(found[TRASHED_SOURCE]["in_trash"], True)
    true(CHILD not in found and DATABASE not in found)


@rule("search finds what is new after its lag", "--search-lag-ms", "30000")
def _(api):
    made = api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}, "properties": {
        "title": {"title": [{"text": {"content": "Needle"}}]}}})
    equal(api.ok("POST", "/v1/search", {"query": "needle"})["results"], [])
    api.advance(30)
    equal([r["id"] for r in api.ok("POST", "/v1/search", {"query": "needle"})["results"]],
          [made["id"]])


if __name__ == "__main__":
    sys.exit(main())
