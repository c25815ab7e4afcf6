#include <pthread.h>

#include "variants.h"

// Slicing by eight (Kounavis and Berry, "A Systematic Approach to Building High Performance Software-Based CRC
// Generators", ISCC 2005). `table[k][b]` is the effect of byte b followed by k zero bytes.
static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t state = b;
    for (int bit = 0; bit < 8; bit++) state = (state >> 1) ^ (state & 1 ? 0x82F63B78u : 0);
    table[0][b] = state;
  }
  for (int k = 1; k < 8; k++)
    for (int b = 0; b < 256; b++) table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 255];
}

uint32_t sk_crc32c_by_table(uint32_t state, const uint8_t *bytes, size_t count) {
  pthread_once(&once, build);
  for (; count >= 8; count -= 8, bytes += 8) {
    uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    uint32_t low = state ^ word;
    state = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^
        table[3][bytes[4]] ^ table[2][bytes[5]] ^ table[1][bytes[6]] ^ table[0][bytes[7]];
  }
  for (; count > 0; count--, bytes++) state = (state >> 8) ^ table[0][(state ^ *bytes) & 255];
  return state;
}
