#include "chash.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// FIPS 180-4 §4.2.2.
static const uint32_t K[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

int chash_is_native(void) {
  // Asked once: in a virtual machine cpuid is slow. 0 is unknown, 1 no, 2 yes.
  static int known = 0;
  int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (answer == 0) {
    unsigned a, b, c, d;
    int has_sse = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1);
    int has_sha = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
    answer = has_sse && has_sha ? 2 : 1;
    __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
  }
  return answer == 2;
}

// Two rounds at a time on the state as the instructions want it: words a b e f and c d g h.
__attribute__((target("sha,sse4.1,ssse3"))) static void transform(
    uint32_t state[8], const uint8_t *bytes, size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(abcd, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, abcd, 0xF0);
  for (; blocks > 0; blocks--, bytes += 64) {
    const __m128i old_abef = abef, old_cdgh = cdgh;
    __m128i w[4];
    for (int i = 0; i < 16; i++) {
      __m128i *word = &w[i & 3];
      if (i < 4) {
        *word = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * i)), swap);
      } else {
        __m128i sum = _mm_sha256msg1_epu32(*word, w[(i + 1) & 3]);
        sum = _mm_add_epi32(sum, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
        *word = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3]);
      }
      __m128i keyed = _mm_add_epi32(*word, _mm_load_si128((const __m128i *)(K + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
    }
    abef = _mm_add_epi32(abef, old_abef);
    cdgh = _mm_add_epi32(cdgh, old_cdgh);
  }
  __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

// The state counts bits; bytes that fill no block wait in its buffer.
static void update(chash_state *state, const uint8_t *bytes, size_t count) {
  size_t waiting = (size_t)(state->count >> 3) & 63;
  state->count += (uint64_t)count << 3;
  if (waiting > 0) {
    size_t taken = count < 64 - waiting ? count : 64 - waiting;
    memcpy(state->buf + waiting, bytes, taken);
    if (waiting + taken < 64) return;
    transform(state->state, state->buf, 1);
    bytes += taken;
    count -= taken;
  }
  transform(state->state, bytes, count / 64);
  memcpy(state->buf, bytes + (count & ~(size_t)63), count & 63);
}

// A one bit, zeros, and the count of bits in the last eight bytes of a block: FIPS 180-4 §5.1.1.
static void final(chash_state *state, uint8_t *hash) {
  uint64_t bits = state->count;
  size_t waiting = (size_t)(bits >> 3) & 63;
  uint8_t end[128] = {0};
  size_t count = waiting < 56 ? 64 : 128;
  memcpy(end, state->buf, waiting);
  end[waiting] = 0x80;
  for (int i = 0; i < 8; i++) end[count - 1 - i] = (uint8_t)(bits >> (8 * i));
  transform(state->state, end, count / 64);
  for (int i = 0; i < 32; i++) hash[i] = (uint8_t)(state->state[i / 4] >> (24 - 8 * (i & 3)));
}

#else
int chash_is_native(void) { return 0; }
static void update(chash_state *state, const uint8_t *bytes, size_t count) {
  crypto_hash_sha256_update(state, bytes, count);
}
static void final(chash_state *state, uint8_t *hash) { crypto_hash_sha256_final(state, hash); }
#endif

void chash_init(chash_state *state) { crypto_hash_sha256_init(state); }

void chash_update(chash_state *state, const uint8_t *bytes, size_t count) {
  if (count == 0) return;
  if (chash_is_native()) {
    update(state, bytes, count);
  } else {
    crypto_hash_sha256_update(state, bytes, count);
  }
}

void chash_final(chash_state *state, uint8_t *hash) {
  if (chash_is_native()) {
    final(state, hash);
  } else {
    crypto_hash_sha256_final(state, hash);
  }
}
