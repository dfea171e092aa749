/*
 * Ids of the connection itself where the workspace file names none.
 *
 * What it is not: the endpoints of users; endpoint.h lists them.
 */
#ifndef NOTIONFS_SIM_USERS_H
#define NOTIONFS_SIM_USERS_H

#define USERS_DEFAULT_BOT_ID "9d0b5c52-6a31-4e0f-8f7c-2b1d4a3c6e58"
#define USERS_DEFAULT_WORKSPACE_ID "5b7e0c1d-2f43-4a96-b8d5-7c6e9f0a1b2d"

#endif
