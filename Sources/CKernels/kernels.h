// The tables from which kernels.c chooses, and the loops that they share.
#ifndef KERNELS_H
#define KERNELS_H
#include "CKernels.h"

#if defined(__x86_64__)
extern const ck_kernels ck_sse2, ck_avx2;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon, ck_dotprod;
int ck_has_dot_product(void);
#endif

// For the instructions that every processor of the architecture has.
void ck_plain_depthwise(const int8_t *x, const int8_t *w, const ck_window *window,
                        int32_t zero_point, size_t channels, size_t multiplier, int32_t *sums);
void ck_plain_requantize(const int32_t *sums, const ck_outputs *outputs, size_t first,
                         size_t count, int8_t *y);

// Depthwise and requantization: all tables share this C code; each table compiles it for its own
// instructions.

// The loop of depthwise convolutions, one macro for all number formats:
//
//     sums[o] = Σ over the window of (x[o / multiplier] − x_zero) · (w[o] − w_zero)
//
// The loop takes outputs in blocks of a size that the compiler knows, so that their sums stay in
// registers over the whole window: blocks of `widest` and 8, and one each of 4, 2 and 1 for the
// rest. `step` is 1 where each output has a separate input, and 0 where a run of outputs shares
// one. The differences are in 16-bit variables, so that the compiler finds the instructions that
// multiply them. Without the pragma the compiler takes several columns at once instead of several
// outputs, and the loop is up to three times slower.
#define DEPTHWISE(name, x_type, w_type, sum_type, widest)                                          \
  static inline __attribute__((always_inline)) void name##_block(                                  \
      const x_type *x, const w_type *w, const ck_window *window, int16_t x_zero, int16_t w_zero,   \
      size_t step, size_t count, sum_type *sums) {                                                 \
    sum_type block[widest] = {0};                                                                  \
    for (size_t row = 0; row < window->rows; row++) {                                              \
      _Pragma("clang loop vectorize(disable)")                                                     \
      for (size_t column = 0; column < window->columns; column++) {                                \
        const x_type *xs = x + row * window->x_row + column * window->x_column;                    \
        const w_type *ws = w + row * window->w_row + column * window->w_column;                    \
        for (size_t o = 0; o < count; o++) {                                                       \
          block[o] += (int16_t)(xs[o * step] - x_zero) * (int16_t)(ws[o] - w_zero);                \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    for (size_t o = 0; o < count; o++) sums[o] = block[o];                                         \
  }                                                                                                \
  static inline __attribute__((always_inline)) void name##_run(                                    \
      const x_type *x, const w_type *w, const ck_window *window, int16_t x_zero, int16_t w_zero,   \
      size_t step, size_t count, sum_type *sums) {                                                 \
    size_t o = 0;                                                                                  \
    if (step == 1 && widest > 8) {                                                                 \
      for (; o + widest <= count; o += widest) {                                                   \
        name##_block(x + o, w + o, window, x_zero, w_zero, 1, widest, sums + o);                   \
      }                                                                                            \
    }                                                                                              \
    for (; o + 8 <= count; o += 8) {                                                               \
      name##_block(x + o * step, w + o, window, x_zero, w_zero, step, 8, sums + o);                \
    }                                                                                              \
    if (o + 4 <= count) {                                                                          \
      name##_block(x + o * step, w + o, window, x_zero, w_zero, step, 4, sums + o);                \
      o += 4;                                                                                      \
    }                                                                                              \
    if (o + 2 <= count) {                                                                          \
      name##_block(x + o * step, w + o, window, x_zero, w_zero, step, 2, sums + o);                \
      o += 2;                                                                                      \
    }                                                                                              \
    if (o < count) {                                                                               \
      name##_block(x + o * step, w + o, window, x_zero, w_zero, step, 1, sums + o);                \
    }                                                                                              \
  }                                                                                                \
  static inline __attribute__((always_inline)) void name(                                          \
      const x_type *x, const w_type *w, const ck_window *window, int32_t x_zero, int32_t w_zero,   \
      size_t channels, size_t multiplier, sum_type *sums) {                                        \
    const int16_t xz = (int16_t)x_zero, wz = (int16_t)w_zero;                                      \
    if (multiplier == 1) {                                                                         \
      name##_run(x, w, window, xz, wz, 1, channels, sums);                                         \
      return;                                                                                      \
    }                                                                                              \
    for (size_t c = 0; c < channels; c++) {                                                        \
      const size_t o = c * multiplier;                                                             \
      name##_run(x + c, w + o, window, xz, wz, 0, multiplier, sums + o);                           \
    }                                                                                              \
  }

DEPTHWISE(depthwise_sums, int8_t, int8_t, int32_t, 32)

// The loop has no branch, so that it becomes vector code. The mantissa is never negative, so the
// one product that would have to saturate cannot occur.
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
