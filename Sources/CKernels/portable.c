#include "kernels.h"

static void dot_rows(const int8_t *x, const int8_t *w, size_t depth, size_t rows, int32_t *sums) {
  for (size_t row = 0; row < rows; row++, w += depth) {
    int32_t sum = 0;
    for (size_t k = 0; k < depth; k++) sum += (int32_t)x[k] * w[k];
    sums[row] = sum;
  }
}

static void depthwise(const int8_t *x, const int8_t *w, const ck_window *window, int32_t zero_point,
                      size_t channels, int32_t *sums) {
  depthwise_sums(x, w, window, zero_point, channels, sums);
}

static void requantize(const int32_t *sums, const ck_outputs *outputs, size_t first,
                       size_t count, int8_t *y) {
  requantize_sums(sums, outputs, first, count, y);
}

const ck_kernels ck_portable = {"portable", dot_rows, depthwise, requantize};

void ck_depthwise_multiplied(const int8_t *x, const int8_t *w, const ck_window *window,
                             int32_t zero_point, size_t channels, size_t multiplier,
                             int32_t *sums) {
  for (size_t o = 0; o < channels * multiplier; o++) sums[o] = 0;
  for (size_t row = 0; row < window->rows; row++) {
    for (size_t column = 0; column < window->columns; column++) {
      const int8_t *xs = x + row * window->x_row + column * window->x_column;
      const int8_t *ws = w + row * window->w_row + column * window->w_column;
      for (size_t c = 0; c < channels; c++) {
        const int32_t value = xs[c] - zero_point;
        for (size_t j = 0; j < multiplier; j++) {
          sums[c * multiplier + j] += value * ws[c * multiplier + j];
        }
      }
    }
  }
}

int32_t ck_sum(const int8_t *x, size_t count) {
  int32_t sum = 0;
  for (size_t k = 0; k < count; k++) sum += x[k];
  return sum;
}
