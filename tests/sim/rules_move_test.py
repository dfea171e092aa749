#!/usr/bin/env python3
"""Rules for POST /v1/pages/{id}/move. TAP.

usage: rules_move_test.py NOTION_SIM
"""

import sys

from rule import PARAGRAPH, equal, main, rule, true, wait_for
from small import (BUTTON, CHILD, DATABASE, FIRST, HIDDEN, INSIDE, LAST, MINUTE, OTHER_DATABASE,
                   OTHER_SOURCE, ROOT, SOURCE, STAMP, TOGGLE, row, uid)

TO_ROOT = {"parent": {"type": "page_id", "page_id": ROOT}}


def new_page(api, parent, **more):
    title = {"title": {"title": [{"text": {"content": "Moving"}}]}}
    body = {"parent": {"page_id": parent}, "properties": title}
    return api.ok("POST", "/v1/pages", dict(body, **more))["id"]


def move(api, number, **parent):
    return api.ok("POST", f"/v1/pages/{number}/move", {"parent": parent})


def titles(api, number):
    return [b["child_page"]["title"] for b in api.children(number) if b["type"] == "child_page"]


@rule("a page moved is last in its new parent, with all that is below")
def _(api):
    made = new_page(api, ROOT, children=[PARAGRAPH])
    below = new_page(api, made)
    second = new_page(api, CHILD)
    answer = move(api, made, page_id=CHILD)
    equal((answer["object"], answer["id"], answer["parent"]),
          ("page", made, {"type": "page_id", "page_id": CHILD}))
    equal(api.ok("GET", f"/v1/pages/{made}")["parent"], answer["parent"])
    equal([b["id"] for b in api.children(CHILD)], [second, made])
    block = api.ok("GET", f"/v1/blocks/{made}")
    equal((block["parent"], block["type"], block["child_page"], block["has_children"]),
          ({"type": "page_id", "page_id": CHILD}, "child_page", {"title": "Moving"}, True))
    equal([b["type"] for b in api.children(made)], ["paragraph", "child_page"])
    equal(api.ok("GET", f"/v1/pages/{below}")["parent"], {"type": "page_id", "page_id": made})
    true(made not in [b["id"] for b in api.children(ROOT)])


@rule("has_children follows on both sides")
def _(api):
    made = new_page(api, CHILD)
    other = new_page(api, ROOT)
    equal(api.ok("GET", f"/v1/blocks/{CHILD}")["has_children"], True)
    move(api, made, page_id=other)
    equal(api.ok("GET", f"/v1/blocks/{CHILD}")["has_children"], False)
    equal(api.ok("GET", f"/v1/blocks/{other}")["has_children"], True)
    inside = api.ok("POST", "/_sim/edit", {"op": "move", "id": made, "parent": TOGGLE})["ids"][0]
    api.ok("DELETE", f"/v1/blocks/{INSIDE}")
    equal(api.ok("GET", f"/v1/blocks/{TOGGLE}")["has_children"], True)
    move(api, inside, page_id=ROOT)  # out of the toggle into its page
    equal(api.ok("GET", f"/v1/blocks/{TOGGLE}")["has_children"], False)
    equal(api.children(ROOT)[-1]["id"], made)


@rule("a move stamps the page and its new parent, not the one it left")
def _(api):
    made = new_page(api, ROOT)
    other = new_page(api, ROOT)
    api.advance(120)
    equal(move(api, made, page_id=CHILD)["last_edited_time"], "2026-11-21T10:02:00.000Z")
    equal(api.stamp("pages", CHILD), "2026-11-21T10:02:00.000Z")
    equal(api.stamp("pages", ROOT), MINUTE)
    move(api, other, data_source_id=SOURCE)
    equal(api.stamp("data_sources", SOURCE), STAMP)


@rule("where a page can't go is refused and changes nothing")
def _(api):
    made = new_page(api, CHILD)
    trashed = new_page(api, ROOT)
    api.ok("PATCH", f"/v1/pages/{trashed}", {"in_trash": True})
    before = api.ok("GET", "/_sim/dump")
    path = f"/v1/pages/{CHILD}/move"
    for parent in [{"page_id": ROOT}, {"page_id": CHILD}, {"page_id": made}, {"page_id": trashed},
                   {"workspace": True}, {"type": "workspace", "workspace": True},
                   {"block_id": TOGGLE}, {"database_id": DATABASE}, {}, None,
                   {"page_id": ROOT, "data_source_id": SOURCE}, {"page_id": "x"}]:
        answer = api.refused(400, "POST", path, {"parent": parent})
        equal(answer["code"], "validation_error", parent)
    api.refused(400, "POST", path, {})
    api.refused(400, "POST", path, {"parent": {"data_source_id": SOURCE}, "position": {}})
    for parent in [{"page_id": uid(77)}, {"page_id": DATABASE}, {"page_id": HIDDEN},
                   {"page_id": FIRST}, {"data_source_id": DATABASE}]:
        api.refused(404, "POST", path, {"parent": parent})
    api.refused(400, "POST", f"/v1/pages/{trashed}/move", {"parent": {"page_id": CHILD}})
    api.refused(400, "POST", f"/v1/pages/{row(1)}/move", {"parent": {"data_source_id": SOURCE}})
    equal(api.ok("GET", "/_sim/dump"), before)


@rule("what is no page can't be moved")
def _(api):
    for number in (DATABASE, BUTTON, LAST, SOURCE, uid(77)):
        equal(api.refused(404, "POST", f"/v1/pages/{number}/move", TO_ROOT)["code"],
              "object_not_found")


@rule("a page that becomes a row has the schema's properties and its title")
def _(api):
    answer = move(api, CHILD, data_source_id=SOURCE)
    equal(answer["parent"], {"type": "data_source_id", "data_source_id": SOURCE,
                             "database_id": DATABASE})
    equal(list(answer["properties"]), list(api.ok("GET", f"/v1/data_sources/{SOURCE}")["properties"]))
    equal(answer["properties"]["Name"]["title"][0]["plain_text"], "Child")
    equal((answer["properties"]["Number"]["number"], answer["properties"]["Done"]["checkbox"]),
          (None, False))
    true("Child" not in titles(api, ROOT))
    rows = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})["results"]
    true(CHILD in [r["id"] for r in rows])


@rule("a row that becomes a page keeps its title alone, and its relations end")
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"Friends": {"relation": [
        {"id": row(2)}]}}})
    equal(api.ok("GET", f"/v1/pages/{row(2)}")["properties"]["Fans"]["relation"], [{"id": row(1)}])
    answer = move(api, row(1), page_id=CHILD)
    equal(list(answer["properties"]), ["title"])
    equal(answer["properties"]["title"]["title"][0]["plain_text"], "Row 1")
    equal(titles(api, CHILD), ["Row 1"])
    equal(api.ok("GET", f"/v1/pages/{row(2)}")["properties"]["Fans"]["relation"], [])
    rows = api.ok("POST", f"/v1/data_sources/{SOURCE}/query", {})["results"]
    true(row(1) not in [r["id"] for r in rows])


@rule("a row in another data source keeps what has a twin there", other=True)
def _(api):
    api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {
        "Kind": {"select": {"name": "Old"}}, "State": {"status": {"name": "Done"}},
        "Day": {"date": {"start": "2026-01-01"}}, "Friends": {"relation": [{"id": row(2)}]}}})
    api.ok("PATCH", f"/v1/pages/{row(3)}", {"properties": {"State": {"status": {
        "name": "Not started"}}}})
    values = move(api, row(1), data_source_id=OTHER_SOURCE)["properties"]
    equal(sorted(values), ["Day", "Friends", "Id", "Kind", "Label", "Number", "State"])
    equal((values["Number"]["number"], values["Number"]["id"]), (1, "oNum"))
    equal(values["Label"]["title"][0]["plain_text"], "Row 1")
    equal((values["Day"]["rich_text"], values["Id"]["unique_id"]),
          ([], {"prefix": "O", "number": 1}))
    equal(values["Friends"]["relation"], [{"id": row(2)}])
    equal(values["State"]["status"]["id"], uid(97))
    options = api.ok("GET", f"/v1/data_sources/{OTHER_SOURCE}")["properties"]["Kind"]["select"]
    equal([o["name"] for o in options["options"]], ["New", "Old"])
    equal(values["Kind"]["select"]["id"], options["options"][1]["id"])
    equal(api.ok("GET", f"/v1/pages/{row(2)}")["properties"]["Fans"]["relation"], [])
    answer = move(api, row(3), data_source_id=OTHER_SOURCE)
    equal(answer["properties"]["State"]["status"]["name"], "Todo")
    equal(answer["parent"]["database_id"], OTHER_DATABASE)


@rule("faults are carried out on a move as on other writes")
def _(api):
    made = new_page(api, ROOT)
    path = f"/v1/pages/{made}/move"

    def parent():
        return api.ok("GET", f"/v1/pages/{made}")["parent"]["page_id"]
    api.fault(match={"path": "/move$", "nth": 1}, do="status", status=503, apply="all",
              committed=True)
    answer = api.refused(503, "POST", path, {"parent": {"page_id": CHILD}})
    equal((answer["additional_data"]["committed_resource_id"], parent()), (made, CHILD))
    api.ok("DELETE", "/_sim/faults")
    api.fault(match={"path": "/move$", "nth": 1}, do="status", status=503)
    api.refused(503, "POST", path, TO_ROOT)
    equal(parent(), CHILD)
    api.ok("DELETE", "/_sim/faults")
    api.fault(match={"path": "/move$", "nth": 1}, do="status", status=504, apply="late",
              late_ms=60000)
    api.refused(504, "POST", path, TO_ROOT)
    equal(parent(), CHILD)
    api.advance(61)
    wait_for(lambda: parent() == ROOT)


if __name__ == "__main__":
    sys.exit(main())
