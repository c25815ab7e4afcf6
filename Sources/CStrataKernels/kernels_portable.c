#include "variants.h"

#define SK_SUFFIX portable
#include "kernels_body.inc"
