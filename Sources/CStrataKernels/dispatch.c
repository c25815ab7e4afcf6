#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "variants.h"

#if defined(__x86_64__)
/// Whether the processor has AMX with bfloat16 and bytes, and the system lets this process use its tiles.
static int may_use_amx(void) {
#if defined(__linux__)
  unsigned a, b, c, d;
  enum { bfloat16 = 1u << 22, tiles = 1u << 24, bytes = 1u << 25, needed = bfloat16 | tiles | bytes };
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & needed) != needed) return 0;
  if (!__builtin_cpu_supports("avx512bf16")) return 0;
  enum { request_permission = 0x1023, tile_data = 18 };
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
  return 0;
#endif
}

/// Whether the processor has arithmetic in half precision on 32 lanes; the compiler's own test does not know it.
static int multiplies_halves(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && d & 1u << 23;
}
#endif

static size_t count_variants(void) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("sse4.2")) return 1;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return 2;
  if (!__builtin_cpu_supports("avx512vnni")) return 3;
  if (!may_use_amx()) return 4;
  return multiplies_halves() ? 6 : 5;
#else
  return 1;
#endif
}

size_t sk_variant_count(void) {
  // Threads that race here all find the same number.
  static _Atomic size_t known;
  size_t count = atomic_load_explicit(&known, memory_order_relaxed);
  if (count == 0) {
    count = count_variants();
    atomic_store_explicit(&known, count, memory_order_relaxed);
  }
  return count;
}

static const sk_table *const all[] = {
  &sk_table_portable,
#if defined(__x86_64__)
  &sk_table_avx2, &sk_table_avx512, &sk_table_vnni, &sk_table_amx, &sk_table_fp16,
#endif
};

const sk_table *sk_variant(size_t index) { return all[index]; }

int sk_has_variant(const char *name) {
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (strcmp(name, all[i]->name) == 0) return 1;
  return 0;
}

static const sk_table *choose(void) {
  size_t runnable = sk_variant_count();
  const char *wanted = getenv("STRATA_KERNELS");
  if (wanted == NULL || *wanted == 0) return all[runnable - 1];
  for (size_t i = 0; i < runnable; i++)
    if (strcmp(wanted, all[i]->name) == 0) return all[i];
  return NULL;
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

size_t sk_second_cache(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes > 0) return (size_t)bytes;
#endif
  return 1 << 19;
}

uint32_t sk_crc32c(const void *bytes, size_t count, uint32_t seed) {
  if (count == 0) return seed;
  const sk_table *table = sk_active();
  return ~(table ? table : &sk_table_portable)->crc32c(~seed, bytes, count);
}
