#include "tools/sim/generate/text.h"

#include <ctype.h>

#define COUNT(words) ((unsigned)(sizeof(words) / sizeof((words)[0])))

static const char *const adjectives[] = {
	"amber",    "ancient",	"bright",  "broad",  "calm",	 "careful",  "clear",  "copper",
	"crisp",    "curious",	"distant", "early",  "eastern",	 "elder",    "even",   "faithful",
	"fallen",   "fine",	"gentle",  "gilded", "golden",	 "grand",    "green",  "hidden",
	"honest",   "hollow",	"ivory",   "kind",   "little",	 "lively",   "lonely", "lucky",
	"marble",   "mellow",	"misty",   "modest", "narrow",	 "northern", "open",   "patient",
	"plain",    "polished", "quiet",   "rapid",  "restless", "royal",    "rugged", "rural",
	"sandy",    "scarlet",	"second",  "secret", "silent",	 "silver",   "simple", "slender",
	"southern", "steady",	"sunny",   "tall",   "velvet",	 "western",  "winter", "wooden",
};
static const char *const nouns[] = {
	"anchor",   "apple",   "arch",	    "autumn",  "barn",	  "basket",   "beacon",	 "bell",
	"bird",	    "boat",    "bridge",    "brook",   "cabin",	  "candle",   "canyon",	 "carriage",
	"castle",   "cedar",   "cellar",    "chapel",  "cherry",  "cliff",    "cloud",	 "coast",
	"corner",   "cottage", "courtyard", "creek",   "crown",	  "dawn",     "desk",	 "door",
	"engine",   "falcon",  "farm",	    "feather", "fern",	  "ferry",    "field",	 "forest",
	"fountain", "garden",  "gate",	    "glacier", "granite", "grove",    "harbour", "harvest",
	"hazel",    "hill",    "island",    "journal", "kettle",  "lake",     "lantern", "letter",
	"library",  "maple",   "market",    "meadow",  "mill",	  "mirror",   "moon",	 "morning",
	"mountain", "museum",  "oak",	    "ocean",   "orchard", "parlour",  "path",	 "pearl",
	"pine",	    "pond",    "quarry",    "railway", "rain",	  "river",    "road",	 "roof",
	"school",   "shadow",  "shore",	    "snow",    "spring",  "stable",   "star",	 "station",
	"stone",    "storm",   "stream",    "street",  "summer",  "tower",    "train",	 "valley",
	"village",  "wagon",   "water",	    "willow",  "window",  "workshop", "yard",	 "yarn",
};
static const char *const kinds[] = {
	"account",   "agenda",	"archive",   "atlas",	 "brief",    "bulletin", "calendar",
	"catalogue", "chapter", "charter",   "digest",	 "diary",    "draft",	 "essay",
	"estimate",  "folder",	"forecast",  "guide",	 "handbook", "index",	 "invoice",
	"ledger",    "lesson",	"log",	     "manual",	 "map",	     "memo",	 "minutes",
	"notebook",  "notes",	"outline",   "overview", "plan",     "portrait", "primer",
	"profile",   "program", "project",   "proposal", "record",   "register", "report",
	"review",    "roster",	"routine",   "schedule", "sketch",   "story",	 "study",
	"summary",   "survey",	"timetable", "tour",	 "volume",
};
static const char *const people[] = {
	"the baker",	 "the captain",	 "the carpenter", "the clerk",	   "the doctor",
	"the driver",	 "the editor",	 "the engineer",  "the farmer",	   "the gardener",
	"the librarian", "the mechanic", "the painter",	  "the postman",   "the printer",
	"the sailor",	 "the teacher",	 "the treasurer", "the neighbour", "the visitor",
	"our chairman",	 "our guest",	 "my brother",	  "my sister",
};
static const char *const verbs[] = {
	"admired",  "borrowed", "built",      "carried",   "chose",	   "cleaned",  "closed",
	"counted",  "covered",	"crossed",    "described", "drew",	   "examined", "finished",
	"followed", "found",	"guarded",    "kept",	   "left",	   "measured", "mended",
	"missed",   "noticed",	"opened",     "painted",   "photographed", "planned",  "praised",
	"prepared", "reached",	"remembered", "repaired",  "returned to",  "sold",     "studied",
	"touched",  "visited",	"watched",    "weighed",   "wrote about",
};
static const char *const places[] = {
	"near the",	"behind the", "beside the", "above the",    "below the",  "far from the",
	"close to the", "inside the", "across the", "opposite the", "beyond the", "along the",
};
static const char *const openings[] = {
	"In the morning", "By noon",	     "After the meeting", "On Friday",	    "Last winter",
	"Every spring",	  "At the weekend",  "Before lunch",	  "In the end",	    "As agreed",
	"To be safe",	  "With some luck",  "For the record",	  "Without a word", "Once more",
	"A year later",	  "Late that night", "On the way home",
};
static const char *const reasons[] = {
	"because it was due",	      "since nobody had objected",   "although it was raining",
	"while the others waited",    "so that everyone could rest", "until the light faded",
	"before the bell rang",	      "as the rules demand",	     "though it took all day",
	"because the price was fair", "when the work was done",	     "as soon as the road was dry",
};

/* splitmix64 */
uint64_t generate_next(struct generate_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned generate_below(struct generate_random *random, unsigned count)
{
	return (unsigned)(generate_next(random) % count);
}

#define PICK(random, words) ((words)[generate_below(random, COUNT(words))])

void generate_put_sentence(struct buf *buf, struct generate_random *random)
{
	size_t start = buf->len;
	unsigned form = generate_below(random, 4);
	if (form == 0 || form == 1) {
		buf_printf(buf, "%s, ", PICK(random, openings));
	}
	buf_printf(buf, "%s %s the %s %s", PICK(random, people), PICK(random, verbs),
		   PICK(random, adjectives), PICK(random, nouns));
	if (form != 1) {
		buf_printf(buf, " %s %s", PICK(random, places), PICK(random, nouns));
	}
	if (form == 2) {
		buf_printf(buf, " and the %s", PICK(random, nouns));
	}
	if (form == 1 || form == 3) {
		buf_printf(buf, ", %s", PICK(random, reasons));
	}
	buf_putc(buf, '.');
	buf->data[start] = (char)toupper((unsigned char)buf->data[start]);
}

void generate_put_paragraph(struct buf *buf, struct generate_random *random)
{
	unsigned sentences = 2 + generate_below(random, 4);
	for (unsigned i = 0; i < sentences; i++) {
		if (i > 0) {
			buf_putc(buf, ' ');
		}
		generate_put_sentence(buf, random);
	}
}

void generate_put_phrase(struct buf *buf, struct generate_random *random)
{
	size_t start = buf->len;
	buf_printf(buf, "%s %s %s %s", PICK(random, adjectives), PICK(random, nouns),
		   PICK(random, places), PICK(random, nouns));
	buf->data[start] = (char)toupper((unsigned char)buf->data[start]);
}

void generate_put_name(struct buf *buf, unsigned index)
{
	size_t start = buf->len;
	/* Steps through all combinations in an order in which neighbours look different: 7919 is
	 * prime to each count and so to their product. */
	uint64_t combinations = (uint64_t)COUNT(adjectives) * COUNT(nouns) * COUNT(kinds);
	uint64_t round = index / combinations;
	uint64_t place = (uint64_t)index % combinations * 7919 % combinations;
	buf_printf(buf, "%s %s %s", adjectives[place % COUNT(adjectives)],
		   nouns[place / COUNT(adjectives) % COUNT(nouns)],
		   kinds[place / COUNT(adjectives) / COUNT(nouns)]);
	if (round > 0) {
		buf_printf(buf, " %llu", (unsigned long long)round + 1);
	}
	buf->data[start] = (char)toupper((unsigned char)buf->data[start]);
}
