#!/usr/bin/env python3
"""Rules for requests, and for what a change bumps. TAP.

usage: rules_input_test.py NOTION_SIM
"""

import json
import sys

from rule import PARAGRAPH, TEXT, equal, main, rule, true
from small import (ANN, CHILD, DATABASE, FIRST, HIDDEN, INSIDE, MINUTE, ROOT, SOURCE, STAMP,
                   TOGGLE, row, uid)

# Input

@rule("unknown keys at body level and in block payloads are refused")
def _(api):
    answer = api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children",
                         {"children": [PARAGRAPH], "more": 1})
    equal(answer["message"], "body failed validation: body.more should be not present, instead "
                             "was `1`.")
    payload = {"paragraph": {"rich_text": [], "archived": False}}
    answer = api.refused(400, "PATCH", f"/v1/blocks/{ROOT}/children", {"children": [payload]})
    true("archived should be not present, instead was `false`." in answer["message"])
    equal(len(api.children(ROOT)), 15)


@rule("extra keys in rich text items are tolerated")
def _(api):
    item = dict(TEXT, plain_text="new", href=None, object="x", annotations={"bold": True})
    made = api.append(ROOT, [{"paragraph": {"rich_text": [item]}}])[0]
    equal(made["paragraph"]["rich_text"][0]["annotations"]["bold"], True)


@rule("the variant bits of a uuid are checked")
def _(api):
    bad = "12345678-1234-1234-1234-123456789abc"
    answer = api.refused(400, "GET", f"/v1/pages/{bad}")
    equal(answer["message"], "path failed validation: path.page_id should be a valid uuid, "
                             f"instead was `\"{bad}\"`.")
    equal(list(answer), ["object", "status", "code", "message", "request_id"])


@rule("ids without dashes are good, answers have them with")
def _(api):
    equal(api.ok("GET", f"/v1/pages/{ROOT.replace('-', '').upper()}")["id"], ROOT)


@rule("a token that is missing or another is 401", "--token", "secret")
def _(api):
    equal(api.refused(401, "GET", "/v1/users/me")["code"], "unauthorized")
    status, _ = api.request("GET", "/v1/users/me", headers={"Authorization": "Bearer secret"})
    equal(status, 200)


@rule("a version that is missing or not known is 400")
def _(api):
    api.connection.request("GET", "/v1/users/me", headers={"Authorization": "Bearer x"})
    response = api.connection.getresponse()
    equal(json.loads(response.read())["code"], "missing_version")
    status, answer = api.request("GET", "/v1/users/me", headers={"Notion-Version": "2020-01-01"})
    equal((status, answer["code"]), (400, "validation_error"))


@rule("what is no JSON and what is no endpoint is 400")
def _(api):
    equal(api.refused(400, "POST", "/v1/search", raw="{")["code"], "invalid_json")
    equal(api.refused(400, "GET", "/v1/nothing")["code"], "invalid_request_url")


@rule("what is missing, not shared or of another kind is 404 and names the connection")
def _(api):
    for path, kind, number in [("pages", "page", uid(77)), ("pages", "page", HIDDEN),
                               ("pages", "page", DATABASE), ("blocks", "block", SOURCE),
                               ("databases", "database", ROOT),
                               ("data_sources", "data source", DATABASE)]:
        answer = api.refused(404, "GET", f"/v1/{path}/{number}")
        equal(answer["message"], f"Could not find {kind} with ID: {number}. Make sure the relevant "
                                 "pages and databases are shared with your integration "
                                 "\"notionfs\".")
        equal(list(answer["additional_data"]), ["integration_id"])
    answer = api.refused(404, "GET", f"/v1/users/{uid(77)}")
    true(answer["message"].startswith(f"Could not find user with ID: {uid(77)}. Make sure your "))


@rule("a personal token sees everything but the list of users", "--token-kind", "pat")
def _(api):
    equal(api.ok("GET", f"/v1/pages/{HIDDEN}")["id"], HIDDEN)
    equal(api.refused(403, "GET", "/v1/users")["code"], "restricted_resource")
    made = api.ok("POST", "/v1/pages", {"parent": {"type": "workspace", "workspace": True},
                                        "properties": {"title": {"title": [TEXT]}}})
    equal(made["parent"], {"type": "workspace", "workspace": True})


@rule("an internal connection must give a parent")
def _(api):
    api.refused(400, "POST", "/v1/pages", {"properties": {"title": {"title": [TEXT]}}})


# Stamps and bumps

@rule("stamps of pages, blocks and data sources are floored to the minute, of databases not")
def _(api):
    made = api.append(ROOT, [PARAGRAPH])[0]
    equal((made["created_time"], made["last_edited_time"]), (MINUTE, MINUTE))
    equal(api.ok("GET", f"/v1/databases/{DATABASE}")["created_time"],
          "2026-06-27T16:49:02.556+00:00")
    equal(api.ok("GET", f"/v1/data_sources/{SOURCE}")["created_time"], STAMP)
    true("Sat, 21 Nov 2026 10:00:30 GMT" == api.headers["Date"], api.headers["Date"])


@rule("an append bumps the container appended to")
def _(api):
    api.append(TOGGLE, [PARAGRAPH])
    equal(api.stamp("blocks", TOGGLE), MINUTE)


@rule("an append to a page bumps the page")
def _(api):
    api.append(CHILD, [PARAGRAPH])
    equal(api.stamp("pages", CHILD), MINUTE)
    equal(api.stamp("blocks", CHILD), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("an edit below the first level does not bump the page")
def _(api):
    api.append(TOGGLE, [PARAGRAPH])
    api.ok("PATCH", f"/v1/blocks/{INSIDE}", PARAGRAPH)
    equal(api.stamp("blocks", INSIDE), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("a PATCH of a block bumps that block alone")
def _(api):
    api.ok("PATCH", f"/v1/blocks/{FIRST}", PARAGRAPH)
    equal(api.stamp("blocks", FIRST), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("DELETE bumps only the record itself")
def _(api):
    answer = api.ok("DELETE", f"/v1/blocks/{INSIDE}")
    equal((answer["in_trash"], answer["last_edited_time"]), (True, MINUTE))
    equal(api.stamp("blocks", TOGGLE), STAMP)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("creating a child page bumps the parent page")
def _(api):
    api.ok("POST", "/v1/pages", {"parent": {"page_id": ROOT}})
    equal(api.stamp("pages", ROOT), MINUTE)


@rule("trashing a child database bumps its block, not the page")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{DATABASE}")
    equal(api.stamp("blocks", DATABASE), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)
    equal(api.stamp("databases", DATABASE), "2026-06-27T16:49:02.556+00:00")


@rule("creating and editing rows does not bump the data source or the page")
def _(api):
    api.ok("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}})
    api.ok("PATCH", f"/v1/pages/{row(3)}", {"properties": {"Number": {"number": 5}}})
    equal(api.stamp("pages", row(3)), MINUTE)
    equal(api.stamp("data_sources", SOURCE), STAMP)
    equal(api.stamp("pages", ROOT), STAMP)


@rule("trash and restore of a page are stamped at the time of the call")
def _(api):
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": True})
    equal(api.stamp("pages", CHILD), MINUTE)
    api.advance(120)
    api.ok("PATCH", f"/v1/pages/{CHILD}", {"in_trash": False})
    equal(api.stamp("pages", CHILD), "2026-11-21T10:02:00.000Z")


@rule("an edit in the app bumps block and page")
def _(api):
    api.ok("POST", "/_sim/edit", {"as": "app", "op": "update", "id": INSIDE, "block": PARAGRAPH})
    equal(api.stamp("blocks", INSIDE), MINUTE)
    equal(api.stamp("pages", ROOT), MINUTE)
    equal(api.stamp("blocks", TOGGLE), STAMP)
    equal(api.ok("GET", f"/v1/blocks/{INSIDE}")["last_edited_by"]["id"], ANN)


@rule("an edit as the API bumps as the API does")
def _(api):
    api.ok("POST", "/_sim/edit", {"as": "api", "op": "update", "id": FIRST, "block": PARAGRAPH})
    equal(api.stamp("blocks", FIRST), MINUTE)
    equal(api.stamp("pages", ROOT), STAMP)


if __name__ == "__main__":
    sys.exit(main())
