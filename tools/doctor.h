/*
 * `notionfs doctor`: what is in the way of a mount, and what to do.
 *
 * What it is not: a repair. Main thread only; blocks on the network.
 */
#ifndef NOTIONFS_TOOLS_DOCTOR_H
#define NOTIONFS_TOOLS_DOCTOR_H

/* argc and argv from the command's own name on. Exit code. */
int command_doctor(int argc, char **argv);

#endif
