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
#include <link.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <time.h>
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

static volatile sig_atomic_t signal_pipe = -1;

static void queue_signal(int number) {
  int code = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds enough of them already.
  ssize_t written = write(signal_pipe, &byte, 1);
  (void)written;
  errno = code;
}

int chost_signal_queue(const int *signals, int count) {
  int ends[2];
  int code = chost_pipe(ends);
  if (code >= 0) code = chost_unblock(ends[0]);
  if (code >= 0) code = chost_unblock(ends[1]);
  if (code < 0) return code;
  signal_pipe = ends[1];
  struct sigaction action = {.sa_handler = queue_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (int index = 0; index < count; index++) {
    if (sigaction(signals[index], &action, NULL) < 0) return -errno;
  }
  return ends[0];
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

// Called for the program itself first, and for no library: each of its segments that is not written
// to holds what its file holds.
static int release_segments(struct dl_phdr_info *program, size_t size, void *code) {
  (void)size;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < program->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &program->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    uintptr_t start = program->dlpi_addr + segment->p_vaddr;
    uintptr_t end = (start + segment->p_filesz) & ~(page - 1);
    start &= ~(page - 1);
    *(int *)code = outcome(madvise((void *)start, end - start, MADV_DONTNEED));
  }
  return 1;
}

int chost_release_code(void) {
  int code = 0;
  dl_iterate_phdr(release_segments, &code);
  return code;
}

int chost_timer_open(void) {
  return outcome(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
}

int chost_timer_set(int timer, int64_t nanoseconds) {
  struct itimerspec due = {
      .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
  return outcome(timerfd_settime(timer, TFD_TIMER_ABSTIME, &due, NULL));
}

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

int chost_release_code(void) { return 0; }

int chost_timer_open(void) { return -ENOTSUP; }

int chost_timer_set(int timer, int64_t nanoseconds) {
  (void)timer;
  (void)nanoseconds;
  return -ENOTSUP;
}

int chost_watch_open(void) { return -ENOTSUP; }

int chost_watch_add(int watch, const char *path) {
  (void)watch;
  (void)path;
  return -ENOTSUP;
}

#endif
