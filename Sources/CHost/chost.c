#define _GNU_SOURCE
#include "chost.h"

#include <errno.h>
#include <stdio.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/vfs.h>
#else
#include <sys/random.h>
#endif

static int outcome(int value) { return value < 0 ? -errno : value; }

const char *chost_next_name(DIR *stream, int *code) {
  errno = 0;
  struct dirent *entry = readdir(stream);
  *code = entry == NULL ? -errno : 0;
  return entry == NULL ? NULL : entry->d_name;
}

int chost_forbid_core_files(void) {
  struct rlimit none = {0, 0};
  return outcome(setrlimit(RLIMIT_CORE, &none));
}

int chost_ignore_broken_pipe(void) { return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0; }

extern char **environ;

char **chost_environment(void) { return environ; }

int chost_unblock(int descriptor) {
  int flags = outcome(fcntl(descriptor, F_GETFL));
  return flags < 0 ? flags : outcome(fcntl(descriptor, F_SETFL, flags | O_NONBLOCK));
}

int chost_terminal_width(int descriptor) {
  struct winsize size = {0};
  int code = outcome(ioctl(descriptor, TIOCGWINSZ, &size));
  return code < 0 ? code : size.ws_col;
}

#if defined(__linux__)

int chost_pipe(int *ends) { return outcome(pipe2(ends, O_CLOEXEC)); }

long chost_random(void *buffer, size_t count) {
  ssize_t got = getrandom(buffer, count, 0);
  return got < 0 ? -errno : got;
}

int chost_flush(int descriptor) { return outcome(fdatasync(descriptor)); }

int64_t chost_filesystem_magic(int descriptor) {
  struct statfs facts;
  int code = outcome(fstatfs(descriptor, &facts));
  return code < 0 ? code : (int64_t)(uint32_t)facts.f_type;
}

int chost_forbid_dumps(void) { return outcome(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }

int chost_watch_open(void) { return outcome(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)); }

int chost_watch_add(int watch, const char *path) {
  return outcome(inotify_add_watch(
      watch, path,
      IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
          IN_MOVE_SELF | IN_ONLYDIR));
}

int chost_rename_new(int directory, const char *old_name, int new_directory,
                     const char *new_name) {
  return outcome(renameat2(directory, old_name, new_directory, new_name, RENAME_NOREPLACE));
}

#else

int chost_pipe(int *ends) {
  int code = outcome(pipe(ends));
  if (code < 0) return code;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
}

int chost_rename_new(int directory, const char *old_name, int new_directory,
                     const char *new_name) {
  return outcome(renameatx_np(directory, old_name, new_directory, new_name, RENAME_EXCL));
}


long chost_random(void *buffer, size_t count) {
  size_t some = count > 256 ? 256 : count;
  return getentropy(buffer, some) < 0 ? -errno : (long)some;
}

int chost_flush(int descriptor) { return outcome(fcntl(descriptor, F_FULLFSYNC)); }

int64_t chost_filesystem_magic(int descriptor) {
  (void)descriptor;
  return -ENOTSUP;
}

int chost_forbid_dumps(void) { return 0; }

int chost_watch_open(void) { return -ENOTSUP; }

int chost_watch_add(int watch, const char *path) {
  (void)watch;
  (void)path;
  return -ENOTSUP;
}

#endif
