#pragma once
#include <stddef.h>

/// One implementation of every kernel, compiled for one instruction set.
typedef struct {
  const char *_Nonnull name;
  /// Σ aᵢ·bᵢ, accumulated in lanes and combined in a fixed order.
  float (*_Nonnull dot)(const float *_Nonnull a, const float *_Nonnull b, size_t count);
  /// outᵢ = max(aᵢ, 0).
  void (*_Nonnull relu)(float *_Nonnull out, const float *_Nonnull a, size_t count);
  /// Σ aᵢ in double precision.
  double (*_Nonnull sum)(const float *_Nonnull a, size_t count);
} sk_table;

/// The number of variants this processor can run, portable one first.
size_t sk_variant_count(void);

/// The variant at `index`; the last one is the widest this processor supports.
const sk_table *_Nonnull sk_variant(size_t index);
