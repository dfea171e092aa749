"""Projects and tasks, related both ways; the table of green coffee; the linked view."""

from urllib.parse import unquote

from wiki.api import Database, Row, Source, emoji, hosted, make_id
from wiki.markup import blocks, parse
from wiki.people import PEOPLE, editors


def option(name, color="default"):
    return {"id": make_id("option " + name, 4), "name": name, "color": color, "description": None}


def options(*pairs):
    return {"options": [option(*pair) for pair in pairs]}


STATES = (("Not started", "default"), ("In progress", "blue"), ("Done", "green"))
STATUS = {
    **options(*STATES),
    "groups": [
        {"id": make_id("group " + name, 4), "name": name, "color": color,
         "option_ids": [option(state)["id"]]}
        for name, color, state in (("To-do", "gray", "Not started"),
                                   ("In progress", "blue", "In progress"),
                                   ("Complete", "green", "Done"))
    ],
}
PROJECT_DATABASE, TASK_DATABASE = make_id("database projects", 4), make_id("database tasks", 4)
PROJECT_SOURCE, TASK_SOURCE = (make_id("data source projects", 4), make_id("data source tasks", 4))
TOKEN = "{{notion:block_property:%s:%s:%s}}"


def relation(database_id, source_id, synced=None):
    kind = "dual_property" if synced else "single_property"
    config = {"synced_property_name": synced[0], "synced_property_id": synced[1]} if synced else {}
    return {"database_id": database_id, "data_source_id": source_id, "type": kind, kind: config}


def rollup(function, relation_name, relation_id, target_name, target_id):
    return {"function": function, "rollup_property_name": target_name,
            "relation_property_name": relation_name, "rollup_property_id": target_id,
            "relation_property_id": relation_id}


def decoded_order(schema):
    """Notion returns properties by decoded id, the title behind them."""

    def rank(item):
        property_id = unquote(item[1][0])
        return (2 if property_id.startswith("verification") else property_id == "title",
                property_id)
    return dict(sorted(schema.items(), key=rank))


PROJECT_SCHEMA = {
    "Owner": ("%3AdTy", "people", {}),
    "Area": ("%3FbAF", "select", options(("Roastery", "brown"), ("Shop", "orange"),
                                         ("Online", "purple"), ("Building", "gray"))),
    "Tasks": ("%40pRo", "relation",
              relation(TASK_DATABASE, TASK_SOURCE, ("Project", "%5EtAs"))),
    "Budget": ("AfQ1", "number", {"format": "euro"}),
    "Period": ("CnU2", "date", {}),
    "Progress": ("DpV3", "rollup", rollup("percent_checked", "Tasks", "%40pRo", "Done", "NdW6")),
    "Next due": ("ErW4", "rollup", rollup("earliest_date", "Tasks", "%40pRo", "Due", "JzT2")),
    "Task names": ("GtX5", "rollup", rollup("show_original", "Tasks", "%40pRo", "Task", "title")),
    "Brief": ("HvY6", "rich_text", {}),
    "Files": ("KxZ7", "files", {}),
    "Website": ("MzA8", "url", {}),
    "State": ("R~b9", "status", STATUS),
    "Created": ("crT_", "created_time", {}),
    "Created by": ("crBy", "created_by", {}),
    "Project": ("title", "title", {}),
}

def names_rollup(*names):
    return {"type": "array", "function": "show_original",
            "array": [{"type": "title", "title": parse(name)} for name in names]}


def project(key, name, owner, area, period, state, tasks, done, due, brief, content="", budget=None,
            website=None, files=None, stamps=None, icon=None):
    titles = [TASK_TITLES[task] for task in tasks]
    return Row(key, {
        "Project": name, "Owner": owner, "Area": area, "Period": period, "State": state,
        "Tasks": tasks, "Budget": budget, "Brief": brief, "Website": website, "Files": files,
        "Progress": {"type": "number", "number": done, "function": "percent_checked"},
        "Next due": {"type": "date", "function": "earliest_date",
                     "date": {"start": due, "end": None, "time_zone": None} if due else None},
        "Task names": names_rollup(*titles),
    }, blocks(content), icon=icon, stamps=stamps)


TASK_SCHEMA = {
    "Label": ("%3CfoL", "formula", {
        "expression": TOKEN % ("title", TASK_SOURCE, "task") + ' + ", " + '
                      + TOKEN % ("QeX3", TASK_SOURCE, "hours")}),
    "Project": ("%5EtAs", "relation",
                relation(PROJECT_DATABASE, PROJECT_SOURCE, ("Tasks", "%40pRo"))),
    "Blocked by": ("%7CblK", "relation", relation(TASK_DATABASE, TASK_SOURCE)),
    "Number": ("FuN1", "unique_id", {"prefix": "LY"}),
    "Due": ("JzT2", "date", {}),
    "Tags": ("LaU4", "multi_select", options(("urgent", "red"), ("quick", "green"),
                                             ("ask first", "yellow"), ("静か", "blue"))),
    "Assignee": ("MbV5", "people", {}),
    "Done": ("NdW6", "checkbox", {}),
    "Hours": ("QeX3", "number", {"format": "number"}),
    "State": ("SfY7", "status", STATUS),
    "Minutes": ("TgZ8", "formula", {"expression": TOKEN % ("QeX3", TASK_SOURCE, "hours") + " * 60"}),
    "Late": ("UhA9", "formula", {"expression": TOKEN % ("JzT2", TASK_SOURCE, "due") + " < now()"}),
    "Reminder": ("ViB0", "formula", {
        "expression": "dateSubtract(" + TOKEN % ("JzT2", TASK_SOURCE, "due") + ', 1, "days")'}),
    "Finish": ("WjC_", "button", {}),
    "Edited": ("edT_", "last_edited_time", {}),
    "Edited by": ("edWh", "last_edited_by", {}),
    "Task": ("title", "title", {}),
}


PROJECT_SCHEMA, TASK_SCHEMA = decoded_order(PROJECT_SCHEMA), decoded_order(TASK_SCHEMA)

TASK_LIST = (
    # key, title, project, assignees, due, state, tags, hours, reminder
    ("task-winter-tasting", "Taste the winter blend", "project-winter", ("mei", "samira"),
     "2026-10-23", "Done", ("quick",), 2, "2026-10-22"),
    ("task-winter-label", "Draw the winter label", "project-winter", ("samira",),
     "2026-10-30", "In progress", (), 6, "2026-10-29"),
    ("task-winter-cards", "Write 400 cards", "project-winter", ("ines", "tobias", "samira"),
     ("2026-11-02", "2026-11-27"), "Not started", ("静か",), 20, "2026-11-01"),
    ("task-calendar", "Order the calendars (count the Februaries!)", "project-winter", ("samira",),
     "2026-09-28", "Done", ("urgent", "quick"), 0.5, "2026-09-27"),
    ("task-bearing", "Order the bearing of the large grinder", "project-grinder", ("tobias",),
     "2026-10-12", "Done", ("urgent",), 1, "2026-10-11"),
    ("task-grinder-swap", "Swap the bearing", "project-grinder", ("tobias", "mei"),
     "2026-11-06T07:00:00.000+01:00", "Not started", ("ask first",), 5,
     "2026-11-05T07:00:00.000+01:00"),
    ("task-grinder-test", "Grind two kilos and listen", "project-grinder", (),
     None, "Not started", (), None, None),
    ("task-checkout", "Checkout: **one page** instead of three", "project-shop", ("jonas",),
     "2026-10-09", "In progress", ("ask first",), 30, "2026-10-08"),
    ("task-search", "Search finds `guji` also as *Gudschi*", "project-shop", ("jonas",),
     "2026-10-20", "In progress", (), 8, "2026-10-19"),
    ("task-mails", "Rewrite the mails", "project-shop", ("samira", "jonas"),
     "2026-11-13", "Not started", ("静か", "quick"), 4, "2026-11-12"),
    ("task-mails-again", "Rewrite the mails", "project-shop", ("samira",),
     None, "Not started", (), None, None),
    ("task-gate", "Ask the monuments office about the gate", "project-gate", ("ines",),
     "2026-10-16", "In progress", ("ask first",), 1.25, "2026-10-15"),
    ("task-quotes", "Three offers / one decision", "project-gate", ("ines", "tobias"),
     ("2026-11-09T09:00:00.000+01:00", "2026-11-09T11:30:00.000+01:00"), "Not started", (), 3,
     "2026-11-08T09:00:00.000+01:00"),
)
TASK_TITLES = {task[0]: task[1] for task in TASK_LIST}
BLOCKED = {"task-grinder-swap": ["task-bearing"], "task-grinder-test": ["task-grinder-swap"],
           "task-quotes": ["task-gate"]}
TASK_NOTES = {
    "task-checkout": """
Address, payment and the button on one page. The old three pages stay until February.
- [ ] is how the shop shows an empty box, do not be confused
[x] Drawing
[ ] Address field that knows the street names
""",
    "task-quotes": "Same wood, same hinges, and the blue has to be **that** blue.",
}


def task(number, key, title, project_key, assignees, due, state, tags, hours, reminder):
    first = due[0] if isinstance(due, tuple) else due
    plain = "".join(run["plain_text"] for run in parse(title))
    return Row(key, {
        "Task": title, "Project": [project_key], "Blocked by": BLOCKED.get(key), "Due": due,
        "Number": {"prefix": "LY", "number": number}, "Tags": tags, "Assignee": assignees,
        "Done": state == "Done", "Hours": hours, "State": state,
        "Label": {"type": "string", "string": plain if hours is None else f"{plain}, {hours}"},
        "Minutes": {"type": "number", "number": None if hours is None else int(hours * 60)},
        "Late": {"type": "boolean",
                 "boolean": first is not None and state != "Done" and first < "2026-10-31"},
        "Reminder": {"type": "date", "date": {"start": reminder, "end": None, "time_zone": None}
                     if reminder else None},
    }, blocks(TASK_NOTES.get(key, "")),
        stamps=(f"2026-09-{number + 7:02d}T09:1{number % 10}:00.000Z",
                f"2026-10-{number + 9:02d}T15:{number + 20}:00.000Z"))


TASKS = Database("tasks", "Tasks", [Source("tasks", "Tasks", TASK_SCHEMA, [
    task(number, *entry) for number, entry in enumerate(TASK_LIST, 1)])],
    icon=emoji("✅"), inline=True)

PROJECTS = Database("projects", "Projects", [Source("projects", "Projects", PROJECT_SCHEMA, [
    project("project-winter", "Winter blend 2026", ("mei", "samira"), "Roastery",
            ("2026-09-14", "2026-12-23"), "In progress",
            ["task-winter-tasting", "task-winter-label", "task-winter-cards", "task-calendar"], 0.5,
            "2026-09-28", "Three coffees, one bag, and *no* cinnamon. {user:mei} decides.", """
## What is in it
| Coffee | Share |
| Huila | 50 % |
| Guji | 30 % |
| 云南 | 20 % |
It should taste of plum cake and not of perfume.
""", budget=3200, website="https://lanternyard.example/winter", files=[
                {"name": "label draft.pdf", "type": "file", "file": hosted("label draft.pdf")},
                {"name": "blue", "type": "external",
                 "external": {"url": "https://images.lanternyard.example/blue.png"}}],
            icon=emoji("❄️")),
    project("project-grinder", "The large grinder", ("tobias",), "Roastery", ("2026-10-05", None),
            "In progress", ["task-bearing", "task-grinder-swap", "task-grinder-test"], 0.3333,
            "2026-10-12", "It announces something. Again.", budget=480.5),
    project("project-shop", "Shop, third edition", ("jonas",), "Online", ("2026-08-17", "2027-02-01"),
            "In progress", ["task-checkout", "task-search", "task-mails", "task-mails-again"], 0,
            "2026-10-09", "Fewer pages, fewer mails, fewer questions."),
    project("project-gate", "New wood for the gate", ("ines",), "Building", None, "Not started",
            ["task-gate", "task-quotes"], 0, "2026-10-16", None, budget=11000),
])], icon=emoji("📌"), description=parse("What takes longer than a week and has an owner."))

# A view of the tasks elsewhere: the API shows a database without sources.
LINKED_TASKS = Database("linked tasks", "Untitled", [], inline=True,
                        stamp="2026-10-12T09:31:07.902+00:00")

GREEN_SCHEMA = decoded_order({
    "Origin": ("%3Dori", "select", options(("Colombia", "yellow"), ("Ethiopia", "green"),
                                           ("中国", "red"), ("اليمن", "brown"))),
    "Farm": ("BfrM", "place", {}),
    "Mail": ("CmaI", "email", {}),
    "Telephone": ("DteL", "phone_number", {}),
    "Sacks": ("EsaK", "number", {"format": "number_with_commas"}),
    "Score": ("FscO", "number", {"format": "percent"}),
    "Arrived": ("GarR", "date", {}),
    "Contract": ("HcoN", "files", {}),
    "Cupping": ("IcuP", "rich_text", {}),
    "Where": ("JloC", "location", {}),
    "Last opened": ("KviS", "last_visited_time", {}),
    "Forecast": ("LunS", "formula", {"expression": "style(1)"}),
    "Verification": ("verification", "verification", {}),
    "Lot": ("title", "title", {}),
})


def lot(key, name, origin, farm, sacks, score, arrived, cupping, verified=None, mail=None,
        telephone=None, contract=None):
    verification = {"state": "unverified", "date": None, "verified_by": None}
    if verified:
        verification = {"state": "verified", "verified_by": PEOPLE["mei"],
                        "date": {"start": verified, "end": None, "time_zone": None}}
    return Row(key, {
        "Lot": name, "Origin": origin, "Farm": farm, "Mail": mail, "Telephone": telephone,
        "Sacks": sacks, "Score": score, "Arrived": arrived, "Contract": contract,
        "Cupping": cupping, "Forecast": {"type": "unsupported", "unsupported": {}},
        "Verification": verification,
    })


def farm(lat, lon, name, address):
    return {"lat": lat, "lon": lon, "name": name, "address": address, "aws_place_id": None,
            "google_place_id": None}


SAMPLE_SCHEMA = {"Grams": ("Agra", "number", {"format": "number"}),
                 "Sample": ("title", "title", {})}
GREEN = Database("green", "Green coffee", [
    Source("green lots", "Lots", GREEN_SCHEMA, [
        lot("lot-mirador", "El Mirador 2026", "Colombia",
            farm(1.8537, -76.0515, "Finca El Mirador", "Pitalito, Huila"), 96, 0.874, "2026-08-04",
            "Guava, cane sugar, a little tobacco. $87.4$ points, **three cups of five clean**.",
            verified="2026-08-21", mail="aurelio@elmirador.example", telephone="+57 8 555 0134",
            contract=[{"name": "contract.pdf", "type": "file", "file": hosted("contract.pdf")}]),
        lot("lot-baoshan", "保山 2026", "中国",
            farm(25.112, 99.1618, None, "云南省保山市"), 40, 0.861, "2026-06-30",
            "红糖、桂花。 Red sugar and osmanthus.", mail="info@baoshan.example"),
        lot("lot-haraz", "حراز 2025", "اليمن", None, 3, None, None, None),
    ]),
    Source("green samples", "Samples", SAMPLE_SCHEMA, [
        Row("sample-guji", {"Sample": "Guji, sample 7", "Grams": 300})], version=8),
], icon=emoji("🌱"), stamp="2025-04-08T10:22:51.040+00:00")
GREEN_STAMPS = ("2025-04-08T10:22:00.000Z", "2026-08-21T11:03:00.000Z")
GREEN_EDITORS = editors("mei")
