// The terminal as a screen: what has to be undone even when the process is ended by a signal.
//
// One screen a process. Every function returns zero or more, or the negated error number. The
// Darwin branches have never been run.
#ifndef CHOST_TERMINAL_H
#define CHOST_TERMINAL_H

/// ioctl(2): the columns and rows of TIOCGWINSZ.
int chost_terminal_size(int descriptor, int *_Nonnull columns, int *_Nonnull rows);

/// open(2): the terminal behind a descriptor once more, for writing that never waits; no other
/// holder of the terminal sees the difference.
int chost_terminal_reopen(int descriptor);

/// sigaction(2): SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and SIGWINCH write their number as one
/// byte to `wake`; signals of a crash give the terminal back and end the process as they would.
int chost_terminal_catch(int wake);

/// sigaction(2): all these signals act as before.
void chost_terminal_uncatch(void);

/// tcsetattr(3) and write(2): every key at once and without echo, on the other screen of the
/// terminal, without cursor and without wrapping.
int chost_terminal_enter(int input, int output);

/// tcsetattr(3) and write(2): as it was before; nothing where it was not entered. Safe in a handler.
void chost_terminal_leave(void);

/// raise(3): stops the process as SIGTSTP does by itself, and returns when it goes on.
void chost_terminal_stop(void);

#endif
