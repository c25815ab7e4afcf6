#include "variants.h"

size_t sk_variant_count(void) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 1;
  return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") ? 3 : 2;
#else
  return 1;
#endif
}

const sk_table *sk_variant(size_t index) {
#if defined(__x86_64__)
  static const sk_table *const all[] = {&sk_table_portable, &sk_table_avx2, &sk_table_avx512};
  return all[index];
#else
  return &sk_table_portable;
#endif
}
