#define _GNU_SOURCE
#include "chost_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// ECMA-48 and the private modes of xterm: 1049 is the other screen, 25 the cursor, 7 wrapping.
static const char entering[] = "\033[?1049h\033[?25l\033[?7l\033[2J\033[H";
static const char leaving[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

static const int waking[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};
static const int ending[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
enum { waking_count = sizeof waking / sizeof *waking, ending_count = sizeof ending / sizeof *ending };

static struct sigaction before_waking[waking_count], before_ending[ending_count];
static struct termios before;
static volatile sig_atomic_t is_entered, wake_end = -1, input_end, output_end;
// A stack that has overflowed has no room for a handler.
static char other_stack[65536];

int chost_terminal_size(int descriptor, int *columns, int *rows) {
  struct winsize size = {0};
  if (ioctl(descriptor, TIOCGWINSZ, &size) < 0) return -errno;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int chost_terminal_reopen(int descriptor) {
  char path[32];
  snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
  int opened = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return opened < 0 ? -errno : opened;
}

static void on_waking(int number) {
  int code = errno;
  unsigned char byte = (unsigned char)number;
  // A pipe that is full wakes as well.
  ssize_t written = write(wake_end, &byte, 1);
  (void)written;
  errno = code;
}

static void on_ending(int number) {
  chost_terminal_leave();
  signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  raise(number);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
}

int chost_terminal_catch(int wake) {
  wake_end = wake;
  stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
  if (sigaltstack(&stack, NULL) < 0) return -errno;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_waking;
  for (int i = 0; i < waking_count; i++)
    if (sigaction(waking[i], &action, &before_waking[i]) < 0) return -errno;
  action.sa_handler = on_ending;
  action.sa_flags = SA_ONSTACK;
  for (int i = 0; i < ending_count; i++)
    if (sigaction(ending[i], &action, &before_ending[i]) < 0) return -errno;
  return 0;
}

void chost_terminal_uncatch(void) {
  for (int i = 0; i < waking_count; i++) sigaction(waking[i], &before_waking[i], NULL);
  for (int i = 0; i < ending_count; i++) sigaction(ending[i], &before_ending[i], NULL);
}

int chost_terminal_enter(int input, int output) {
  struct termios now;
  if (tcgetattr(input, &now) < 0) return -errno;
  // Whoever let the process go on may have changed the modes; how it began is kept.
  if (!is_entered) before = now;
  input_end = input;
  output_end = output;
  // Signals of the keyboard stay; Ctrl-S must not stop what is drawn.
  now.c_iflag &= (tcflag_t) ~(IXON | ICRNL);
  now.c_lflag &= (tcflag_t) ~(ICANON | ECHO | IEXTEN);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  is_entered = 1;
  if (tcsetattr(input, TCSANOW, &now) < 0) {
    int code = errno;
    is_entered = 0;
    return -code;
  }
  ssize_t written = write(output, entering, sizeof entering - 1);
  return written < 0 && errno != EAGAIN ? -errno : 0;
}

void chost_terminal_leave(void) {
  if (!is_entered) return;
  is_entered = 0;
  int code = errno;
  // In the background a change of the terminal would stop the process.
  sigset_t stops, held;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTTOU);
  sigprocmask(SIG_BLOCK, &stops, &held);
  // Nobody may be reading what the terminal shows.
  struct pollfd room = {.fd = output_end, .events = POLLOUT};
  if (poll(&room, 1, 200) > 0 && write(output_end, leaving, sizeof leaving - 1) < 0) {
    // It has gone; its modes may still be there.
  }
  tcsetattr(input_end, TCSANOW, &before);
  sigprocmask(SIG_SETMASK, &held, NULL);
  errno = code;
}

void chost_terminal_stop(void) {
  struct sigaction held, plain;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &plain, &held);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &held, NULL);
}
