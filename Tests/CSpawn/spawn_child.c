/* In C, because Swift does not see what <spawn.h> has beyond POSIX. */
#define _GNU_SOURCE
#include "spawn_child.h"

#include <signal.h>
#include <spawn.h>

int spawn_child(pid_t *identifier, const char *program, char *const arguments[], char *const environment[],
                const char *folder, int input, int output, int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, usual;
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  int code = posix_spawn_file_actions_init(&actions);
  if (code) return code;
  code = posix_spawnattr_init(&attributes);
  if (!code) {
    const int descriptors[] = {input, output, errors};
    for (int i = 0; i < 3 && !code; i++) code = posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    if (!code) code = posix_spawn_file_actions_addchdir_np(&actions, folder);
#ifdef __APPLE__
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#else
    if (!code) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
    /* A child inherits the signals that its parent's thread blocks, and threads of a pool block nearly all; and those that
       its parent ignores, as a shell in the background does. */
    sigemptyset(&none);
    sigfillset(&usual);
    sigdelset(&usual, SIGKILL);
    sigdelset(&usual, SIGSTOP);
    if (!code) code = posix_spawnattr_setsigdefault(&attributes, &usual);
    if (!code) code = posix_spawnattr_setsigmask(&attributes, &none);
    if (!code) code = posix_spawnattr_setflags(&attributes, flags);
    if (!code) code = posix_spawn(identifier, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return code;
}
