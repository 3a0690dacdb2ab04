#ifndef SPAWN_CHILD_H
#define SPAWN_CHILD_H

#include <sys/types.h>

/* Starts a program in a folder with its three standard descriptors, no other open one, and no signal blocked or
 * ignored.
 * Returns 0, or the number of the error. */
int spawn_child(pid_t *identifier, const char *program, char *const arguments[], char *const environment[],
                const char *folder, int input, int output, int errors);

#endif
