#include "variants.h"
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SK_SUFFIX avx2
#include "kernels_body.inc"
#pragma clang attribute pop
#endif
