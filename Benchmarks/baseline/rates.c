/* What the library underneath and the disk can do, as numbers a second.

   rates sign SECONDS
   rates verify SECONDS
   rates append FILE BYTES SECONDS   one write and one fdatasync at a time */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned char pk[32], secret[64], id[32], signature[64];

static void sign(void) {
  if (crypto_sign_detached(signature, NULL, id, sizeof id, secret) < 0) exit(1);
  id[0] += 1;
}

static void verify(void) {
  if (crypto_sign_verify_detached(signature, id, sizeof id, pk) < 0) exit(1);
}

static int file;
static char *line;
static size_t length;

static void append(void) {
  if (write(file, line, length) != (ssize_t)length || fdatasync(file) < 0) {
    perror("append");
    exit(1);
  }
}

static void measure(void (*once)(void), double seconds) {
  long count = 0;
  double start = now(), end = start;
  while (end - start < seconds) {
    for (int i = 0; i < 16; i++) once();
    count += 16;
    end = now();
  }
  printf("%.1f\n", (double)count / (end - start));
}

int main(int count, char **words) {
  if (count < 3 || sodium_init() < 0) return 2;
  crypto_sign_keypair(pk, secret);
  if (!strcmp(words[1], "sign")) {
    measure(sign, atof(words[2]));
  } else if (!strcmp(words[1], "verify")) {
    sign();
    id[0] -= 1;
    measure(verify, atof(words[2]));
  } else if (!strcmp(words[1], "append") && count == 5) {
    length = (size_t)atol(words[3]);
    line = malloc(length);
    file = open(words[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || line == NULL) return 1;
    memset(line, 'x', length);
    measure(append, atof(words[4]));
  } else {
    return 2;
  }
  return 0;
}
