/* What one durable send costs at least: the same line as `deaddrop send` writes, by straight C.

   send KEY DIRECTORY WIRE FROM TO SUBJECT BODY

   Reads the 32-byte seed in KEY, takes the lock DIRECTORY/lock, reads seq and id of the last line
   from DIRECTORY/head, hashes, signs and appends the next line to DIRECTORY/log.jsonl, waits for
   it to be on disk, and puts the new head in place. It checks nothing that it does not need. */
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static char unsigned_line[1 << 17];
static char line[1 << 17];

/* Adds text to a line; `used` is where it ends. */
static size_t add(char *to, size_t used, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(to + used, sizeof line - used, format, arguments);
  va_end(arguments);
  if (count < 0 || used + (size_t)count >= sizeof line) exit(2);
  return used + (size_t)count;
}

static size_t add_string(char *to, size_t used, const char *text) {
  if (used + 6 * strlen(text) + 2 >= sizeof line) exit(2);
  to[used++] = '"';
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      to[used++] = '\\';
      to[used++] = (char)byte;
    } else if (byte < 0x20) {
      used += (size_t)sprintf(to + used, "\\u%04x", byte);
    } else {
      to[used++] = (char)byte;
    }
  }
  to[used++] = '"';
  return used;
}

struct message {
  const char *wire, *from, *to, *subject, *body;
  char pk[65], prev[65], id[65], key_id[80], signature[90], stamp[40];
  long seq;
};

/* The canonical form, with or without the three fields that the id leaves out. */
static size_t print(char *out, const struct message *m, int is_signed) {
  size_t n = add(out, 0, "{\"ack_required\":false,\"body\":");
  n = add_string(out, n, m->body);
  n = add(out, n, ",\"correlation_id\":\"%s\"", m->stamp);
  if (is_signed) n = add(out, n, ",\"event_id\":\"%s\"", m->id);
  n = add(out, n, ",\"from\":\"%s\",\"kind\":1202,\"pk\":\"%s\",\"prev\":\"%s\"", m->from, m->pk,
          m->prev);
  n = add(out, n, ",\"priority\":\"medium\"");
  if (is_signed) n = add(out, n, ",\"public_key_id\":\"%s\"", m->key_id);
  n = add(out, n, ",\"refs\":[],\"seq\":%ld", m->seq);
  if (is_signed) n = add(out, n, ",\"signature\":\"%s\"", m->signature);
  n = add(out, n, ",\"subject\":");
  n = add_string(out, n, m->subject);
  return add(out, n, ",\"timestamp\":\"%s\",\"to\":[\"%s\"],\"type\":\"request\",\"v\":1,\"wire\":\"%s\"}",
             m->stamp, m->to, m->wire);
}

static void stamp(char *out) {
  struct timespec now;
  struct tm date;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &date);
  size_t used = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &date);
  snprintf(out + used, 40 - used, ".%06ldZ", now.tv_nsec / 1000);
}

int main(int count, char **words) {
  if (count != 8 || sodium_init() < 0) return 2;
  struct message m = {.wire = words[3], .from = words[4], .to = words[5], .subject = words[6],
                      .body = words[7]};
  unsigned char seed[32], pk[32], secret[64], hash[32], signature[64];
  int file = open(words[1], O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, seed, 32) != 32) fail(words[1]);
  close(file);
  crypto_sign_seed_keypair(pk, secret, seed);
  sodium_memzero(seed, sizeof seed);
  sodium_bin2hex(m.pk, sizeof m.pk, pk, 32);
  crypto_hash_sha256(hash, pk, 32);
  char hex[65];
  snprintf(m.key_id, sizeof m.key_id, "%s:%.8s", m.from, sodium_bin2hex(hex, sizeof hex, hash, 32));

  if (chdir(words[2]) < 0) fail(words[2]);
  int lock = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) < 0) fail("lock");
  memset(m.prev, '0', 64);
  char head[128] = "";
  int old = open("head", O_RDONLY | O_CLOEXEC);
  if (old >= 0) {
    if (read(old, head, sizeof head - 1) <= 0 || sscanf(head, "%ld %64s", &m.seq, m.prev) != 2)
      fail("head");
    close(old);
  }
  m.seq += 1;
  stamp(m.stamp);
  size_t length = print(unsigned_line, &m, 0);
  crypto_hash_sha256(hash, (unsigned char *)unsigned_line, length);
  sodium_bin2hex(m.id, sizeof m.id, hash, 32);
  crypto_sign_detached(signature, NULL, hash, 32, secret);
  sodium_memzero(secret, sizeof secret);
  sodium_bin2base64(m.signature, sizeof m.signature, signature, 64, sodium_base64_VARIANT_ORIGINAL);
  length = print(line, &m, 1);
  line[length++] = '\n';

  int log = open("log.jsonl", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (log < 0 || write(log, line, length) != (ssize_t)length || fdatasync(log) < 0) fail("log");
  int next = open("head.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int used = snprintf(head, sizeof head, "%ld %s\n", m.seq, m.id);
  if (next < 0 || write(next, head, (size_t)used) != used) fail("head.new");
  close(next);
  if (rename("head.new", "head") < 0) fail("head");
  printf("%s stored\n", m.id);
  return 0;
}
