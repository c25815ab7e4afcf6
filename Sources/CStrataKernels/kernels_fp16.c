#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "variants.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512fp16,amx-tile,amx-bf16,amx-int8,avx512bf16,avx512vnni,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,sse4.2"))), apply_to = function)
#define SK_SUFFIX fp16
#define SK_LANES 16
#define SK_ROWS 12
#define SK_HAS_SSE42
#define SK_HAS_FMA
#define SK_HAS_AMX
#define SK_HAS_HALVES
#include "kernels_body.inc"
#pragma clang attribute pop
#endif
