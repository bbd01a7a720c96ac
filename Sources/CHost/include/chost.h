// System calls that Swift cannot make from Glibc's module, one function each, no decisions.
//
// Every function returns a value of zero or more, or the negated error number. The Darwin
// branches in chost.c are written with care and have never been run.
#ifndef CHOST_H
#define CHOST_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

#include "chost_terminal.h"

/// getrandom(2) with no flags; getentropy(2) on Darwin, at most 256 bytes a call.
long chost_random(void *_Nonnull buffer, size_t count);

/// fdatasync(2); on Darwin fcntl F_FULLFSYNC, which alone reaches the platter there.
int chost_flush(int descriptor);

/// readdir(3): the next name, or NULL with `code` zero at the end and negative on an error.
const char *_Nullable chost_next_name(DIR *_Nonnull stream, int *_Nonnull code);

/// fstatfs(2): the magic number of the file system; -ENOTSUP on Darwin.
int64_t chost_filesystem_magic(int descriptor);

/// setrlimit(2): both limits of RLIMIT_CORE to zero.
int chost_forbid_core_files(void);

/// prctl(2): PR_SET_DUMPABLE to zero; nothing on Darwin.
int chost_forbid_dumps(void);

/// madvise(2), MADV_DONTNEED for the program's code and constants: what is used again is mapped
/// again from its file; nothing on Darwin.
int chost_release_code(void);

/// signal(2): SIGPIPE is ignored, so that a closed pipe is an EPIPE.
int chost_ignore_broken_pipe(void);

/// ioctl(2): the columns of TIOCGWINSZ.
int chost_terminal_width(int descriptor);

/// renameat2(2) with RENAME_NOREPLACE; renameatx_np with RENAME_EXCL on Darwin.
int chost_rename_new(int directory, const char *_Nonnull old_name, int new_directory,
                     const char *_Nonnull new_name);

/// pipe2(2), both ends closed on exec; on Darwin pipe(2) and fcntl(2), which leaves a moment between.
int chost_pipe(int *_Nonnull ends);

/// fcntl(2): O_NONBLOCK for one descriptor.
int chost_unblock(int descriptor);

/// environ(7), which Swift 6 cannot name.
char *_Nullable *_Nonnull chost_environment(void);

/// sigaction(2): from now on these signals only write their number, a byte, to a pipe whose other
/// end is returned, non-blocking; at most one such pipe a process.
int chost_signal_queue(const int *_Nonnull signals, int count);

/// timerfd_create(2) on the clock that runs on while the machine sleeps; -ENOTSUP on Darwin.
int chost_timer_open(void);

/// timerfd_settime(2): due once, at this many nanoseconds of that clock; zero takes it back.
int chost_timer_set(int timer, int64_t nanoseconds);

/// inotify_init1(2), non-blocking and closed on exec; -ENOTSUP on Darwin.
int chost_watch_open(void);

/// inotify_add_watch(2) of a directory for what a rescan can see; -ENOTSUP on Darwin.
int chost_watch_add(int watch, const char *_Nonnull path);

#endif
