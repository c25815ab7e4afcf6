// The variant every processor of the architecture runs: SSE2 on x86-64, NEON on arm64.
#include <string.h>
#if defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

#include "variants.h"

#define SK_SUFFIX portable
#define SK_LANES 4
// Without fused multiply-add a product takes a register before it is added.
#if defined(__x86_64__)
#define SK_ROWS 4
#else
#define SK_ROWS 6
#endif
#include "kernels_body.inc"
