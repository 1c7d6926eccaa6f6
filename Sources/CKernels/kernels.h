// The tables there are, for kernels.c to choose from.
#ifndef KERNELS_H
#define KERNELS_H
#include "CKernels.h"

#if defined(__x86_64__)
extern const ck_kernels ck_sse2, ck_avx2;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon, ck_dotprod;
int ck_has_dot_product(void);
#endif

// Depthwise and requantization: the same C for every table, compiled for each one's instructions.

// Channels are taken in blocks whose sums the compiler keeps in registers over the whole window.
enum { depthwise_block = 32 };

static inline __attribute__((always_inline)) void depthwise_block_sums(
    const int8_t *x, const int8_t *w, const ck_window *window, int16_t zero_point, size_t count,
    int32_t *sums) {
  int32_t block[depthwise_block] = {0};
  for (size_t row = 0; row < window->rows; row++) {
    for (size_t column = 0; column < window->columns; column++) {
      const int8_t *xs = x + row * window->x_row + column * window->x_column;
      const int8_t *ws = w + row * window->w_row + column * window->w_column;
      for (size_t c = 0; c < count; c++) {
        block[c] += (int16_t)(xs[c] - zero_point) * (int16_t)ws[c];
      }
    }
  }
  for (size_t c = 0; c < count; c++) sums[c] = block[c];
}

static inline __attribute__((always_inline)) void depthwise_sums(
    const int8_t *x, const int8_t *w, const ck_window *window, int32_t zero_point, size_t channels,
    int32_t *sums) {
  size_t c = 0;
  for (; c + depthwise_block <= channels; c += depthwise_block) {
    depthwise_block_sums(x + c, w + c, window, (int16_t)zero_point, depthwise_block, sums + c);
  }
  for (; c + 8 <= channels; c += 8) {
    depthwise_block_sums(x + c, w + c, window, (int16_t)zero_point, 8, sums + c);
  }
  if (c < channels) {
    depthwise_block_sums(x + c, w + c, window, (int16_t)zero_point, channels - c, sums + c);
  }
}

// Without a branch, so that it becomes vector code. The mantissa is never negative: the one product
// that would have to saturate cannot occur.
static inline __attribute__((always_inline)) void requantize_sums(
    const int32_t *restrict sums, const ck_outputs *outputs, size_t first, size_t count,
    int8_t *restrict y) {
  const int32_t *restrict bias = outputs->bias + first;
  const int32_t *restrict mantissa = outputs->mantissa + first;
  const int32_t *restrict exponent = outputs->exponent + first;
  const int32_t zero_point = outputs->zero_point, low = outputs->low, high = outputs->high;
  for (size_t i = 0; i < count; i++) {
    const int32_t left = exponent[i] > 0 ? exponent[i] : 0, right = left - exponent[i];
    const int32_t sum = (int32_t)((uint32_t)(sums[i] + bias[i]) << left);
    const int32_t product = (int32_t)(((int64_t)sum * mantissa[i] + (1 << 30)) >> 31);
    const int32_t mask = (int32_t)((1u << right) - 1);
    const int32_t threshold = (mask >> 1) + (product < 0);
    int32_t value = (product >> right) + ((product & mask) > threshold) + zero_point;
    value = value < low ? low : value;
    y[i] = (int8_t)(value > high ? high : value);
  }
}
#endif
