/* wake DIRECTORY   prints "ready", then a line each time that something in the directory changes.

   The least that a program must do to be woken by an append: inotify, poll, read, write. It ends
   when nobody reads its output. */
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 2) return 2;
  int watch = inotify_init1(IN_NONBLOCK);
  if (watch < 0 || inotify_add_watch(watch, words[1], IN_MODIFY | IN_CREATE) < 0) return 1;
  if (write(1, "ready\n", 6) < 0) return 1;
  struct pollfd entry = {watch, POLLIN, 0};
  char events[16384];
  while (poll(&entry, 1, -1) > 0) {
    while (read(watch, events, sizeof events) > 0) {
    }
    if (write(1, "woken\n", 6) < 0) return 1;
  }
  return 1;
}
