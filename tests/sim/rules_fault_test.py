#!/usr/bin/env python3
"""Rules for the budget and for faults. TAP.

usage: rules_fault_test.py NOTION_SIM
"""

import json
import sys
import threading

from rule import PARAGRAPH, Connection, after, clock_ms, equal, hold, main, rule, true, wait_for
from small import CHILD, ROOT

# Budget and faults

@rule("the budget is a fixed window of 60 s, 180 by default", rows=1)
def _(api):
    for _ in range(180):
        api.ok("GET", "/v1/users/me")
    api.advance(20)
    answer = api.refused(429, "GET", "/v1/users/me")
    equal(answer["code"], "rate_limited")
    equal(answer["additional_data"], {"rate_limit_reason": "public_api_request_rate_limit",
                                      "retry_after": "40"})
    equal(api.headers["Retry-After"], "40")
    api.ok("GET", "/_sim/clock")
    api.advance(40)
    api.ok("GET", "/v1/users/me")


@rule("the budget can be another", "--rate", "2", rows=1)
def _(api):
    api.ok("GET", "/v1/users/me")
    api.ok("GET", "/v1/users/me")
    api.refused(429, "GET", "/v1/users/me")


@rule("the budget can be off", "--rate", "off", rows=1)
def _(api):
    for _ in range(200):
        api.ok("GET", "/v1/users/me")


@rule("429 and 529 carry Retry-After")
def _(api):
    for status, code in [(429, "rate_limited"), (529, "service_overload")]:
        api.fault(match={"nth": 1}, do="status", status=status, retry_after=7)
        answer = api.refused(status, "GET", "/v1/users/me")
        equal((answer["code"], api.headers["Retry-After"]), (code, "7"))
        equal(answer["additional_data"]["retry_after"], "7")
        api.ok("DELETE", "/_sim/faults")


@rule("overlapping writes to one parent are 409", "--latency-ms", "300", rows=1)
def _(api):
    statuses = []

    def write():
        with Connection(api) as other:
            statuses.append(other.request("PATCH", f"/v1/blocks/{ROOT}/children",
                                          {"children": [PARAGRAPH]})[0])
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(statuses), [200, 409])
    equal(len(api.children(ROOT)), 16)


@rule("a committed 503 names what was saved")
def _(api):
    api.fault(match={"method": "PATCH", "path": "/children$"}, do="status", status=503, apply="all")
    answer = api.refused(503, "PATCH", f"/v1/blocks/{CHILD}/children",
                         {"children": [{"toggle": {"rich_text": [], "children": [PARAGRAPH]}}]})
    data = answer["additional_data"]
    equal((answer["code"], data["committed_resource_id"]), ("service_unavailable", CHILD))
    equal(data["committed_child_ids"], [b["id"] for b in api.children(CHILD)])
    true(isinstance(data["retry_guidance"], list))
    api.fault(match={"method": "POST", "path": "^/v1/pages$"}, do="status", status=503, apply="all")
    answer = api.refused(503, "POST", "/v1/pages", {"parent": {"page_id": CHILD}})
    equal(api.children(CHILD)[1]["id"], answer["additional_data"]["committed_resource_id"])


@rule("an uncommitted 503 names nothing and did nothing")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=503)
    answer = api.refused(503, "PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]})
    true("additional_data" not in answer)
    equal(api.children(CHILD), [])


@rule("a 504 may come after the commit")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=504, apply="all")
    equal(api.refused(504, "PATCH", f"/v1/blocks/{CHILD}/children",
                      {"children": [PARAGRAPH]})["code"], "gateway_timeout")
    equal(len(api.children(CHILD)), 1)


@rule("part of an append may be applied")
def _(api):
    api.fault(match={"method": "PATCH"}, do="status", status=500, apply="first:2")
    api.refused(500, "PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH] * 5})
    equal(len(api.children(CHILD)), 2)


@rule("a 502 may be HTML")
def _(api):
    api.fault(match={}, do="html", status=502)
    with Connection(api) as other:
        status, content_type, text = other.raw("GET", "/v1/users/me")
    equal((status, content_type), (502, "text/html; charset=utf-8"))
    true(text.startswith(b"<!DOCTYPE html>"))


@rule("a connection may be cut before or after the request is applied")
def _(api):
    for apply, count in [("none", 0), ("all", 1)]:
        api.fault(match={"method": "PATCH", "nth": 1}, do="cut", apply=apply)
        with Connection(api) as other:
            true(other.is_cut("PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]}))
        equal(len(api.children(CHILD)), count, apply)
        entry = [e for e in api.log() if e["method"] == "PATCH"][-1]
        equal((entry["status"], entry["applied"], entry["fault"]), (0, count == 1, "cut"))
        api.ok("DELETE", "/_sim/faults")


@rule("a late write is applied after its connection was cut")
def _(api):
    api.fault(match={"method": "PATCH"}, do="cut", apply="late", late_ms=600000)
    with Connection(api) as other:
        true(other.is_cut("PATCH", f"/v1/blocks/{CHILD}/children", {"children": [PARAGRAPH]}))
    equal(len(api.children(CHILD)), 0)
    api.advance(600)
    wait_for(lambda: len(api.children(CHILD)) == 1)
    wait_for(lambda: [e for e in api.log() if e["method"] == "PATCH"][0]["applied"])


@rule("an answer may be truncated or malformed")
def _(api):
    api.fault(match={"nth": 1}, do="truncate")
    api.fault(match={"nth": 2}, do="malformed")
    with Connection(api) as other:
        true(other.is_cut("GET", "/v1/users/me"))
    with Connection(api) as other:
        status, content_type, text = other.raw("GET", "/v1/users/me")
    equal((status, content_type), (200, "application/json; charset=utf-8"))
    try:
        json.loads(text)
        raise AssertionError("it can be parsed")
    except json.JSONDecodeError:
        pass


@rule("a held request waits for the release and blocks nobody else", rows=1)
def _(api):
    api.fault(match={"path": "^/v1/users/me$"}, do="hold")
    held = [threading.Thread(target=hold, args=(api,)) for _ in range(20)]
    for thread in held:
        thread.start()
    wait_for(lambda: sum(e["fault"] == "hold" for e in api.log()) == 20)
    equal({e["status"] for e in api.log()}, {None})
    api.ok("GET", "/v1/users")
    api.ok("POST", "/_sim/release")
    for thread in held:
        thread.join()
    equal(sorted({e["status"] for e in api.log()}), [200])


@rule("DELETE of the faults lets held requests go", rows=1)
def _(api):
    api.fault(match={}, do="hold")
    thread = threading.Thread(target=hold, args=(api,))
    thread.start()
    wait_for(lambda: any(e["fault"] == "hold" for e in api.log()))
    api.ok("DELETE", "/_sim/faults")
    thread.join()
    equal(api.log()[-1]["status"], 200)


@rule("answers may be slow", rows=1)
def _(api):
    api.fault(match={}, do="delay", delay_ms=50)
    with Connection(api) as other:
        before = clock_ms(api)
        other.request("GET", "/v1/users/me")
    equal(clock_ms(api), before)
    equal(api.log()[-1]["fault"], "delay")


@rule("a fault hits the nth matching request, so many times")
def _(api):
    api.fault(match={"method": "GET", "path": "^/v1/users", "nth": 2, "times": 2}, do="status",
              status=500)
    statuses = [api.request("GET", "/v1/users")[0] for _ in range(4)]
    equal(statuses, [200, 500, 500, 200])


if __name__ == "__main__":
    sys.exit(main())
