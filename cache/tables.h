/*
 * The tables of the two databases; their records are described in FORMAT.md.
 *
 * What it is not: code. The state database is never thrown away; the cache may be at any time.
 */
#ifndef NOTIONFS_CACHE_TABLES_H
#define NOTIONFS_CACHE_TABLES_H

/* $XDG_STATE_HOME/notionfs/<key>/ */
enum state_table {
	STATE_NODE,    /* node → struct node_record */
	STATE_ENTRY,   /* directory node, name → node */
	STATE_ORDER,   /* directory node, cookie → node */
	STATE_OBJECT,  /* Notion id, 'f' or 'd' → node */
	STATE_VERSION, /* page id, version → what a reader was given: {"page","blocks"} */
	STATE_TEXT,    /* page id → the user's own bytes, while they mean what Notion holds */
	STATE_QUEUE,   /* node → the save that is owed */
	STATE_JOURNAL, /* node → the plan being sent, and how far it is */
	STATE_META,    /* name → counter or text */
	STATE_ASSET,   /* stored files and their names (asset.h) */
	STATE_TRASH,   /* node → where it was before it went to the trash */
	STATE_HISTORY, /* number → what was pushed or pulled, and the text it replaced */
	STATE_MARKED,  /* node → empty: in conflict, or could not be removed (marks.h) */
	STATE_SOURCE,  /* which local files were uploaded, and shown where (source.h) */
	STATE_ALIAS,   /* directory node, name → the page that had it (alias.h) */
	STATE_MADE,    /* node → when the page was made here (made.h) */
	STATE_EMPTY,   /* number → a directory that is not decided yet (workspace.h) */
};
#define STATE_TABLE_NAMES                                                                          \
	{                                                                                          \
		"node", "entry", "order", "object", "version", "text", "queue", "journal", "meta", \
			"asset", "trash", "history", "marked", "source", "alias", "made", "empty", \
			NULL                                                                       \
	}

/* $XDG_CACHE_HOME/notionfs/<key>/ */
enum cache_table {
	CACHE_OBJECT,	 /* Notion id → page, database or data source object (JSON) */
	CACHE_CHILD,	 /* parent id, child id → empty: what search says lies where */
	CACHE_BODY,	 /* page id → its blocks, nested (JSON), and when they were read */
	CACHE_RENDERING, /* page id → version and the bytes shown */
	CACHE_META,	 /* name → watermark, format */
	CACHE_SHOWN,	 /* node, version → what a read-only mount showed (shown.h) */
	CACHE_SIGNED,	 /* asset → its signed URL, and when that ends */
	CACHE_PLACE,	 /* Notion id → where the object lies (object_index.h) */
	CACHE_UNREAD,	 /* page id → its body has to be read, or was given up */
};
#define CACHE_TABLE_NAMES                                                                   \
	{                                                                                   \
		"object", "child", "body", "rendering", "meta", "shown", "signed", "place", \
			"unread", NULL                                                      \
	}

#endif
