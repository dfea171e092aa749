#!/usr/bin/env python3
"""Rules for filters of a query and for short lists. TAP.

usage: rules_query_test.py NOTION_SIM
"""

import sys

import small
from rule import PROGRAM, Api, equal, main, rule
from small import ANN, BOB, BOT, ROOT, SOURCE, option, row

PATH = f"/v1/data_sources/{SOURCE}/query"


def ask(api, condition):
    """The numbers of the rows that pass, in order."""
    answer = api.ok("POST", PATH, {"filter": condition})
    return sorted(int(r["id"][-4:]) - 1000 for r in answer["results"])


def prop(name, kind, operation, operand=True):
    return {"property": name, kind: {operation: operand}}


def fill(api, number, **values):
    api.ok("PATCH", f"/v1/pages/{row(number)}", {"properties": values})


def text(content):
    return {"rich_text": [{"text": {"content": content}}]}


def check(api, kind, name, *expected):
    for operation, operand, rows in expected:
        equal(ask(api, prop(name, kind, operation, operand)), rows, f"{operation} {operand}")


@rule("texts are filtered", rows=4)
def _(api):
    fill(api, 0, Note=text("Apple pie"), Site={"url": "https://a.example/"})
    fill(api, 1, Note=text("pie"))
    check(api, "rich_text", "Note", ("equals", "pie", [1]), ("does_not_equal", "pie", [0, 2, 3]),
          ("contains", "PIE", [0, 1]), ("does_not_contain", "apple", [1, 2, 3]),
          ("starts_with", "apple", [0]), ("ends_with", "pie", [0, 1]),
          ("is_empty", True, [2, 3]), ("is_not_empty", True, [0, 1]))
    check(api, "title", "Name", ("equals", "Row 2", [2]), ("starts_with", "Row", [0, 1, 2, 3]))
    check(api, "url", "Site", ("contains", "a.example", [0]), ("is_empty", True, [1, 2, 3]))
    equal(ask(api, prop("title", "title", "ends_with", "3")), [3])


@rule("numbers and boxes are filtered", rows=5)
def _(api):
    fill(api, 4, Number={"number": None}, Done={"checkbox": True})
    check(api, "number", "Number", ("equals", 2, [2]), ("does_not_equal", 2, [0, 1, 3, 4]),
          ("greater_than", 1, [2, 3]), ("less_than", 1, [0]),
          ("greater_than_or_equal_to", 2, [2, 3]), ("less_than_or_equal_to", 1, [0, 1]),
          ("is_empty", True, [4]), ("is_not_empty", True, [0, 1, 2, 3]))
    check(api, "checkbox", "Done", ("equals", True, [4]), ("equals", False, [0, 1, 2, 3]),
          ("does_not_equal", True, [0, 1, 2, 3]))
    made = api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    equal([r["id"] for r in api.ok("POST", PATH, {"filter": prop(
        "Id", "unique_id", "greater_than", 0)})["results"]], [made["id"]])


@rule("options are filtered, by one or by any of several", rows=4)
def _(api):
    fill(api, 0, Kind={"select": {"name": "Old"}}, Tags={"multi_select": [{"name": "a"},
                                                                       {"name": "b"}]})
    fill(api, 1, Kind={"select": {"name": "New"}}, Tags={"multi_select": [{"name": "b"}]})
    fill(api, 2, State={"status": {"name": "Done"}})
    check(api, "select", "Kind", ("equals", "Old", [0]), ("equals", ["Old", "New"], [0, 1]),
          ("does_not_equal", "Old", [1, 2, 3]), ("is_empty", True, [2, 3]),
          ("equals", "old", []))
    check(api, "multi_select", "Tags", ("contains", "a", [0]), ("contains", ["a", "b"], [0, 1]),
          ("does_not_contain", "a", [1, 2, 3]), ("is_not_empty", True, [0, 1]))
    check(api, "status", "State", ("equals", "Done", [2]), ("equals", option(92, "Done", "")["id"],
                                                            [2]))


@rule("dates are filtered, by bounds, days and words", rows=5)
def _(api):
    days = ["2026-11-21", "2026-11-20T23:30:00+01:00", "2026-12-01", "2026-10-01"]
    for number, day in enumerate(days):
        fill(api, number, Day={"date": {"start": day}})
    check(api, "date", "Day", ("equals", "2026-11-20", [1]), ("before", "2026-11-21", [1, 3]),
          ("after", "2026-11-20", [0, 2]), ("on_or_before", "2026-11-20", [1, 3]),
          ("on_or_after", "2026-11-20T22:30:00Z", [0, 1, 2]),
          ("after", "2026-11-20T22:30:00Z", [0, 2]), ("equals", "today", [0]),
          ("equals", "yesterday", [1]), ("before", "one_month_ago", [3]), ("past_week", {}, [0, 1]),
          ("this_week", {}, [0, 1]), ("next_week", {}, [0]), ("next_month", {}, [0, 2]),
          ("past_month", {}, [0, 1]), ("past_year", {}, [0, 1, 3]), ("is_empty", True, [4]))
    equal(ask(api, {"timestamp": "last_edited_time", "last_edited_time": {"equals": "today"}}),
          [0, 1, 2, 3])


@rule("people, relations and files are filtered", rows=4)
def _(api):
    fill(api, 1, Who={"people": [{"id": BOB}]}, Friends={"relation": [{"id": row(2)}]},
         Papers={"files": [{"name": "a", "external": {"url": "https://e.example/"}}]})
    check(api, "people", "Who", ("contains", BOB, [1]), ("contains", ANN, [0]),
          ("does_not_contain", BOB.replace("-", ""), [0, 2, 3]), ("is_empty", True, [2, 3]))
    check(api, "relation", "Friends", ("contains", row(2), [0, 1]), ("contains", row(3), [0]))
    check(api, "relation", "Fans", ("is_not_empty", True, [2]))
    check(api, "files", "Papers", ("is_not_empty", True, [1]))
    made = api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    for operand in (BOT, "me"):
        equal([r["id"] for r in api.ok("POST", PATH, {"filter": prop(
            "Maker", "created_by", "contains", operand)})["results"]], [made["id"]])


@rule("formulas and rollups are filtered by what they show", rows=3)
def _(api):
    dump = api.ok("GET", "/_sim/dump")
    shown = [p for p in dump["pages"] if p["id"] in (row(0), row(1))]
    for page, word, days in zip(shown, ("one", "two"), (["2026-01-01"], ["2026-01-01", None])):
        items = [{"type": "date", "date": {"start": day} if day else None} for day in days]
        page["properties"]["Sum"] = {"id": "f0rm", "type": "formula",
                                     "formula": {"type": "string", "string": word}}
        page["properties"]["Roll"] = {"id": "r0ll", "type": "rollup", "rollup": {
            "type": "array", "array": items, "function": "show_original"}}
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        def formula(kind, operation, operand):
            return ask(other, {"property": "Sum", "formula": {kind: {operation: operand}}})

        def rollup(which, **condition):
            return ask(other, {"property": "Roll", "rollup": {which: condition}})
        equal(formula("string", "contains", "o"), [0, 1])
        equal(formula("string", "equals", "two"), [1])
        equal(formula("string", "is_empty", True), [2])
        equal(formula("number", "is_empty", True), [0, 1, 2])
        day = {"before": "2026-02-01"}
        equal(rollup("any", date=day), [0, 1])
        equal(rollup("every", date=day), [0, 2])
        equal(rollup("none", date=day), [2])
        equal(rollup("any", rich_text={"contains": "x"}), [])
    for _ in range(2):
        api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    answer = api.ok("POST", PATH, {"filter": {"property": "Roll", "rollup": {"number": {
        "equals": 0}}}})
    equal(len(answer["results"]), 2)


@rule("filters are joined by and and or, two levels deep", rows=7)
def _(api):
    little, large = prop("Number", "number", "less_than", 2), prop("Number", "number",
                                                                  "greater_than", 4)
    even = {"or": [prop("Name", "title", "ends_with", str(n)) for n in (0, 2, 4, 6)]}
    equal(ask(api, {"or": [little, large]}), [0, 1, 5, 6])
    equal(ask(api, {"and": [little, large]}), [])
    equal(ask(api, {"and": [even, {"or": [little, large]}]}), [0, 6])
    two = prop("Name", "title", "ends_with", "1")
    equal(ask(api, {"or": [{"and": [little, two]}, {"and": [large, two]}]}), [1])
    equal(ask(api, {"and": [prop("Number", "number", "is_not_empty"), {
        "timestamp": "created_time", "created_time": {"before": "2026-06-27T16:02:00Z"}}]}), [0, 1])
    api.refused(400, "POST", PATH, {"filter": {"and": [{"or": [{"and": [little]}]}]}})


@rule("a filter keeps to pages and sorts", rows=20)
def _(api):
    body = {"filter": prop("Number", "number", "less_than", 3), "page_size": 4,
            "sorts": [{"property": "Name", "direction": "ascending"}]}
    seen, cursor = [], None
    while True:
        answer = api.ok("POST", PATH, dict(body, **({"start_cursor": cursor} if cursor else {})))
        seen += [r["properties"]["Name"]["title"][0]["plain_text"] for r in answer["results"]]
        cursor = answer["next_cursor"]
        if not answer["has_more"]:
            break
    equal(seen, sorted(seen))
    equal(len(seen), 9)


@rule("a filter on what isn't in the schema, or is something else there, is refused", rows=1)
def _(api):
    for condition in [prop("Nothing", "number", "equals", 1), prop("Name", "number", "equals", 1),
                      prop("Tags", "select", "equals", "a"), prop("Day", "date", "equals", "soon"),
                      {"timestamp": "created_time", "created_time": {"before": "x"}},
                      {"and": [{"or": [prop("Nothing", "number", "equals", 1)]}]},
                      {"property": "Sum", "formula": {"date": {"equals": "x"}}}]:
        equal(api.refused(400, "POST", PATH, {"filter": condition})["code"], "validation_error")


@rule("lists may be shorter than asked for", config={"list_items_max": 3}, rows=8)
def _(api):
    for method, path, body in [("POST", PATH, {"page_size": 100}), ("POST", "/v1/search", {}),
                               ("GET", f"/v1/blocks/{ROOT}/children?page_size=50", None)]:
        answer = api.ok(method, path, body)
        equal((len(answer["results"]), answer["has_more"]), (3, True))
    equal(len(api.ok("POST", PATH, {"page_size": 2})["results"]), 2)
    ids, cursor = [], None
    while cursor is not None or not ids:
        answer = api.ok("POST", PATH, {} if cursor is None else {"start_cursor": cursor})
        ids += [r["id"] for r in answer["results"]]
        cursor = answer["next_cursor"]
    equal(ids, [row(n) for n in range(7, -1, -1)])


if __name__ == "__main__":
    sys.exit(main())
