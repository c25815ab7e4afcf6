#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "variants.h"

size_t sk_variant_count(void) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("sse4.2")) return 1;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") ? 3 : 2;
#else
  return 1;
#endif
}

static const sk_table *const all[] = {
  &sk_table_portable,
#if defined(__x86_64__)
  &sk_table_avx2, &sk_table_avx512,
#endif
};

const sk_table *sk_variant(size_t index) { return all[index]; }

static const sk_table *choose(void) {
  size_t runnable = sk_variant_count();
  const char *wanted = getenv("STRATA_KERNELS");
  if (wanted == NULL || *wanted == 0) return all[runnable - 1];
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (strcmp(wanted, all[i]->name) != 0) continue;
    if (i < runnable) return all[i];
    fprintf(stderr, "STRATA_KERNELS: this processor cannot run '%s'; the widest it can run is '%s'\n", wanted,
            all[runnable - 1]->name);
    exit(78);
  }
  fprintf(stderr, "STRATA_KERNELS: '%s' is not a kernel variant; choose one of", wanted);
  for (size_t i = 0; i < runnable; i++) fprintf(stderr, "%s %s", i ? "," : "", all[i]->name);
  fprintf(stderr, "\n");
  exit(78);
}

const sk_table *sk_active(void) {
  // Threads that race here all store the same pointer.
  static _Atomic(const sk_table *) active;
  const sk_table *table = atomic_load_explicit(&active, memory_order_acquire);
  if (table == NULL) {
    table = choose();
    atomic_store_explicit(&active, table, memory_order_release);
  }
  return table;
}

uint32_t sk_crc32c(const void *bytes, size_t count, uint32_t seed) {
  return count == 0 ? seed : ~sk_active()->crc32c(~seed, bytes, count);
}
