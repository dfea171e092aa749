"""The wiki of Lantern Yard Coffee: the pages that are written like a wiki is."""

import os

from wiki.api import Page, block, emoji, hosted
from wiki.databases import LINKED_TASKS, PROJECTS, TASKS
from wiki.markup import blocks, parse
from wiki.people import editors
from wiki.showcase import SHOWCASE
from wiki.titles import ODD_TITLES

SPRING = ("2025-03-11T08:30:00.000Z", "2026-04-02T14:17:00.000Z")
SUMMER = ("2025-06-19T09:05:00.000Z", "2026-08-21T10:42:00.000Z")
AUTUMN = ("2025-09-30T07:45:00.000Z", "2026-10-27T16:08:00.000Z")


def handbook():
    with open(os.path.join(os.path.dirname(__file__), "handbook.txt"), encoding="utf-8") as file:
        content = blocks(file.read())
    assert len(content) == 300, len(content)
    return Page("handbook", "Handbook", content, icon=emoji("📖"), stamps=AUTUMN,
                editors=editors("ines", "samira"))


WEB_SHOP = Page("web-shop", "Web shop", blocks("""
Owner: {user:jonas}. Orders come in by the shop software; the small programs here turn them into packing lists.
## How an order travels
1. The customer pays, the shop writes the order into its queue.
2. `lists.py` fetches the queue at eight, eleven and twelve.
  - Orders inside the ring road go to the bicycle list
  - Everything else is sorted by parcel size
    - Letters first, they are quickest
3. The parcel service gets its file at four.
## The packing list
```python
def parcel_size(order):
    bags = sum(line.count for line in order.lines)
    if bags <= 2:
        return "letter"
    return "small" if bags <= 6 else "large"
```
## Daily figures
```sql
SELECT date(paid_at) AS day, count(*) AS orders, sum(total_cents) / 100.0 AS euros
FROM orders
WHERE paid_at >= '2026-01-01'
GROUP BY day
ORDER BY day;
```
## Known trouble
+ The label printer stops after the first sheet
  Open the lid, take the sheet out and close it again. Restarting the computer does not help, whatever the screen says.
  ! ⚠️ Do not print the same list twice without asking, we once sent forty parcels to the same forty people.
+ The queue is empty although there are orders
  The certificate has run out. Jonas gets a mail two weeks before, and so does {user:tobias}.
---
See also {page:roasting-log|Roasting log} and the [shop's status page](https://status.lanternyard.example/?from=wiki).
"""), icon=emoji("🛒"), stamps=SUMMER, editors=editors("jonas"))

ROASTING_LOG = Page("roasting-log", "Roasting log", blocks("""
What we learnt about each lot. The curves are on the computer beside the large roaster, the words are here.
## Huila, El Mirador
Washed caturra from 1750 metres. Rises fast after the turning point, so go in with {blue:less gas} than for other Colombians.
| Batch | Charge | First crack | Drop | Loss |
| 4411 | 196 °C | 8:52 | 10:31 | 14.1 % |
| 4412 | 198 °C | 8:40 | 10:20 | 14.3 % |
| 4419 | 196 °C | 8:58 | 10:36 | **15.2 %** |
The third was baked for a minute. Development was $d = (636 - 538) / 636 = 15.4\\%$.
## 云南 保山 (Yunnan, Baoshan)
铁皮卡，水洗。香气像红糖和桂花。 Mei says: red sugar and osmanthus, and she is right.
Slow beans. Give them time in the middle and do not be afraid of ten minutes.
## يمن حراز (Yemen, Haraz)
Small and uneven, with quakers. Sort **after** roasting as well, and expect two per cent of loss on the table.
## Guji, Uraga
> Smells of peach at 205 degrees and of jasmine at 208. Drop at 207.
"""), icon={"type": "external", "external": {"url": "https://lanternyard.example/icons/drum.png"}},
    stamps=AUTUMN, editors=editors("mei", "tobias"))

PARTS = Page("parts", "スペアパーツ (spare parts)", blocks("""
焙煎機の部品リスト。発注は毎月十日まで。 Orders go out by the tenth of the month.
| 部品 | Box | Left | Supplier |
| ドラムシール (drum seal) | 14 | 2 | Porto |
| 温度センサー (probe) | 3 | 5 | 大阪計器 |
| ベアリング 6204 | 7 | 1 | Porto |
[ ] ベアリングを注文する (order bearings)
[x] Probe cable replaced on the small roaster
"""), stamps=SUMMER, editors=editors("tobias", "mei"))

MEETING_PAGES = [
    Page(f"meeting-{day}", "Monday meeting", blocks(text),
         stamps=(f"{day}T07:30:00.000Z", f"{day}T08:04:00.000Z"), editors=editors(who))
    for day, who, text in (
        ("2026-09-21", "samira", """
Here: everybody but {user:jonas}.
- The bicycle is back, with new brakes
- Winter blend: taste on Friday, see {page:task-winter-tasting|Taste the winter blend}
- [x] is not a to-do when it stands in a bullet, says Tobias
[x] Order the calendars
[ ] Ask the school about the rope
"""),
        ("2026-10-05", "tobias", """
Lantern lit on time, cake by {user:mei}.
- Large grinder sounds wrong again
- Prices for February are a draft until {date:2026-11-30}
[ ] Bearing from Porto, two of them this time
"""),
        ("2026-10-26", "ines", """
Short one. Eight batches a day from now on.
Decision: no new coffees before Christmas.
"""),
    )
]

MEETINGS = Page("meetings", "Meetings", blocks("""
Minutes hold decisions and names, no speeches.
""") + MEETING_PAGES, icon=emoji("🗓️"), stamps=AUTUMN, editors=editors("samira"))

TRAVEL = Page("travel", "Travel diary: Huila 2026", blocks("""
Written on the road by {user:ines} and {user:samira}. Not tidy, but true.
### {date:2026-05-11}, Pitalito
Rain since Neiva. The driver knew a shortcut, and the shortcut knew the river better than he did.
### {date:2026-05-12..2026-05-14}, El Mirador
Don Aurelio has built new drying beds. He showed us each of them, and then each of them again to Samira, who drew.
Cupped eleven lots. Three for us, perhaps four. The late harvest tastes of *guava* and a little of tobacco.
- Sacks: 120 promised, 96 sure
- Price as agreed, half of it paid on the spot
  - Receipt in the folder
### {date:2026-05-16}, back
The road smelled of wet dust and of somebody's breakfast.
""") + [
    block("image", {"caption": parse("The new drying beds"), "type": "file",
                    "file": hosted("drying-beds.jpg")}),
    block("audio", {"caption": [], "type": "file", "file": hosted("rain on the roof.mp3")}),
], icon=emoji("🚌"), cover={"type": "external", "external": {
    "url": "https://images.lanternyard.example/huila.jpg"}},
    stamps=("2026-05-11T20:12:00.000Z", "2026-05-18T18:40:00.000Z"),
    editors=editors("ines", "samira"))

ARCHIVE = Page("archive", "Archive", [
    Page("menu-2015", "Menu 2015", blocks("""
Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile.
Cake from the corner, until three.
"""), stamps=("2025-03-11T09:00:00.000Z", "2025-03-11T09:02:00.000Z"), editors=editors("samira")),
    Page("empty", "To be written", stamps=SPRING, editors=editors("jonas")),
    Page("capsules", "Capsules", blocks("We stopped. See the handbook, year 2025."), stamps=SPRING,
         editors=editors("tobias"), trashed=True),
], stamps=SPRING, editors=editors("samira"), locked=True)

OPERATIONS = Page("operations", "Shop operations", blocks("""
Everything that has to be done on a day in the shop and in the yard. The long version is in the {page:handbook|Handbook}.
""") + [WEB_SHOP, ROASTING_LOG, PARTS] + blocks("""
## What is going on
""") + [LINKED_TASKS], icon={"type": "icon", "icon": {"name": "shop", "color": "brown"}},
    stamps=AUTUMN, editors=editors("samira", "jonas"))

HOME = Page("home", "Lantern Yard Coffee", blocks("""
Welcome to the wiki of the yard. **Look here first**, ask second, and write down the answer.
! 🕯️ Next big meeting: {date:2026-12-17}. Agenda closes on the Tuesday before.
""") + [
    handbook(), OPERATIONS, MEETINGS, TRAVEL, SHOWCASE, PROJECTS, TASKS, ODD_TITLES, ARCHIVE,
], icon=emoji("🏮"), stamps=AUTUMN, editors=editors("ines"))

NOTES = Page("notes", "Notes of Inés", blocks("""
Shared with the team, but mine.
[ ] Call the lady at the monuments office about the gate
[ ] Birthday of Mrs. Petersen on {date:2026-11-29}
- 70 people came on the Long Night, 40 of them for the toilet
"""), stamps=("2025-10-02T19:20:00.000Z", "2026-10-29T21:55:00.000Z"), editors=editors("ines"))

