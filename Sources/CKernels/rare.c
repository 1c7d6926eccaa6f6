#include "kernels.h"

void ck_dot_rows_u8(const uint8_t *x, const uint8_t *w, size_t depth, size_t rows, int32_t x_zero,
                    int32_t w_zero, int32_t *sums) {
  // The differences are in 16-bit variables, so that the compiler finds the instructions that
  // multiply and add pairs.
  const int16_t xz = (int16_t)x_zero, wz = (int16_t)w_zero;
  for (size_t row = 0; row < rows; row++, w += depth) {
    int32_t sum = 0;
    for (size_t k = 0; k < depth; k++) sum += (int16_t)(x[k] - xz) * (int16_t)(w[k] - wz);
    sums[row] = sum;
  }
}

// 256 · 2¹⁵ · 2⁷ = 2³⁰: the sum of so many products fits 32 bits.
enum { terms_of_32_bits = 256 };

void ck_dot_rows_16(const int16_t *x, const int8_t *w, size_t depth, size_t rows, int64_t *sums) {
  for (size_t row = 0; row < rows; row++, w += depth) {
    int64_t sum = 0;
    for (size_t first = 0; first < depth; first += terms_of_32_bits) {
      const size_t rest = depth - first;
      const size_t end = first + (rest < terms_of_32_bits ? rest : terms_of_32_bits);
      int32_t part = 0;
      for (size_t k = first; k < end; k++) part += x[k] * (int16_t)w[k];
      sum += part;
    }
    sums[row] = sum;
  }
}

DEPTHWISE(depthwise_sums_u8, uint8_t, uint8_t, int32_t, 8)
DEPTHWISE(depthwise_sums_16, int16_t, int8_t, int64_t, 8)

void ck_depthwise_u8(const uint8_t *x, const uint8_t *w, const ck_window *window, int32_t x_zero,
                     int32_t w_zero, size_t channels, size_t multiplier, int32_t *sums) {
  depthwise_sums_u8(x, w, window, x_zero, w_zero, channels, multiplier, sums);
}

void ck_depthwise_16(const int16_t *x, const int8_t *w, const ck_window *window, size_t channels,
                     size_t multiplier, int64_t *sums) {
  depthwise_sums_16(x, w, window, 0, 0, channels, multiplier, sums);
}

void ck_unpack_4(const uint8_t *packed, size_t first, size_t count, int8_t *values) {
  // A shift to the top of a byte and back down copies the sign.
  for (size_t i = 0; i < count; i++) {
    const size_t index = first + i;
    const uint8_t pair = packed[index / 2];
    values[i] = (int8_t)(index % 2 ? pair & 0xF0 : (uint8_t)(pair << 4)) >> 4;
  }
}
