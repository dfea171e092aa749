"""Pages with the titles that people really give pages, to the sorrow of file systems."""

from wiki.api import Page, emoji
from wiki.markup import blocks
from wiki.people import editors

LONG = ("Minutes of the second extraordinary meeting about the question whether the blue of the "
        "yard gate, which the school has painted and the monuments office has photographed, may be "
        "renewed in the colour of 2014 or has to be kept in the colour of 1961, with all letters "
        "that were read out and the names of those who left early")

TITLES = (
    ("dots", "..", "The two dots stand for Inés and Tobias. It was a nickname for a week."),
    ("slash", "in/out", "What came in and what went out, kept by hand until March."),
    ("git", ".git", "Notes from the course on version control."),
    ("newline", "Bread list\n(Tuesday and Friday)", "Tuesday {user:mei}, Friday {user:jonas}."),
    ("dot-end", "Etc.", "Whatever did not fit anywhere."),
    ("space-end", "Playlist ", "Canal songs, packing songs, songs for the chimney man."),
    ("con", "CON", "Pro and con of capsules. There were more cons."),
    ("rtl", "\u200fملاحظات حراز", "ملاحظات من الرحلة إلى حراز."),
    ("rtl-override", "label \u202efdp.exe", "A file name somebody sent us. We did not open it."),
    ("emoji-only", "☕🚲", "Deliveries by bicycle: 🧑‍🍳 roasts, 🚴🏽‍♀️ rides."),
    ("long", LONG, "They agreed on blue."),
    ("untitled", "", "A page nobody has named yet."),
    ("plan-a", "Plan", "The plan."),
    ("plan-b", "Plan", "The other plan."),
    ("plan-c", "plan", "The plan in small letters."),
    ("cafe-nfc", "Caf\u00e9s", "Cafés we deliver to, first list."),
    ("cafe-nfd", "Cafe\u0301s", "Cafés we deliver to, second list. It looks the same, doesn't it?"),
)

ODD_TITLES = Page("odd", "Loose sheets", blocks("""
Pages without a better place. Sort them in when you have a quiet afternoon.
""") + [
    Page("odd-" + key, title, blocks(text),
         stamps=(f"2025-1{index % 3}-{index + 5:02d}T10:00:00.000Z",
                 f"2026-0{index % 9 + 1}-{index + 3:02d}T11:30:00.000Z"))
    for index, (key, title, text) in enumerate(TITLES)
], icon=emoji("🗂️"), stamps=("2025-09-30T07:45:00.000Z", "2026-10-01T12:00:00.000Z"),
    editors=editors("samira", "ines"))
