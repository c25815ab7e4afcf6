#pragma once
#include <stddef.h>
#include <stdint.h>

/// One implementation of every kernel, compiled for one instruction set.
typedef struct {
  const char *_Nonnull name;
  /// Σ aᵢ·bᵢ, accumulated in lanes and combined in a fixed order.
  float (*_Nonnull dot)(const float *_Nonnull a, const float *_Nonnull b, size_t count);
  /// Σ aᵢ in double precision.
  double (*_Nonnull sum)(const float *_Nonnull a, size_t count);
  /// The CRC-32C state after `count` more bytes; neither argument nor result is inverted.
  uint32_t (*_Nonnull crc32c)(uint32_t state, const uint8_t *_Nonnull bytes, size_t count);
} sk_table;

/// The number of variants this processor can run, portable one first.
size_t sk_variant_count(void);

/// The variant at `index`; the last one is the widest this processor supports.
const sk_table *_Nonnull sk_variant(size_t index);

/// The variant this process uses: the one that STRATA_KERNELS names, else the widest.
///
/// Chosen at the first call. A name that is unknown, or that this processor cannot run, ends the process with a message.
const sk_table *_Nonnull sk_active(void);

/// The CRC-32C (Castagnoli) checksum of `count` bytes that follow bytes of checksum `seed`; `seed` is zero at the start.
uint32_t sk_crc32c(const void *_Nullable bytes, size_t count, uint32_t seed);
