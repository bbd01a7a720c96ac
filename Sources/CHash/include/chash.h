// SHA-256 by the processor's own instructions where it has them, else by libsodium.
//
// Source: FIPS 180-4; Intel SHA Extensions (x86). The state is libsodium's own, so that either can
// go on from the other. Every function behaves as libsodium's of the same name.
#pragma once

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

typedef crypto_hash_sha256_state chash_state;

void chash_init(chash_state *_Nonnull state);
void chash_update(chash_state *_Nonnull state, const uint8_t *_Nullable bytes, size_t count);
void chash_final(chash_state *_Nonnull state, uint8_t *_Nonnull hash);

/// 1 where the processor has the instructions.
int chash_is_native(void);
