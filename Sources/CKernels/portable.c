#include "kernels.h"

static void dot_rows(const int8_t *x, const int8_t *w, size_t depth, size_t rows, int32_t *sums) {
  for (size_t row = 0; row < rows; row++, w += depth) {
    int32_t sum = 0;
    for (size_t k = 0; k < depth; k++) sum += (int32_t)x[k] * w[k];
    sums[row] = sum;
  }
}

void ck_plain_depthwise(const int8_t *x, const int8_t *w, const ck_window *window,
                        int32_t zero_point, size_t channels, size_t multiplier, int32_t *sums) {
  depthwise_sums(x, w, window, zero_point, 0, channels, multiplier, sums);
}

void ck_plain_requantize(const int32_t *sums, const ck_outputs *outputs, size_t first,
                         size_t count, int8_t *y) {
  requantize_sums(sums, outputs, first, count, y);
}

const ck_kernels ck_portable = {"portable", dot_rows, ck_plain_depthwise, ck_plain_requantize};

int32_t ck_sum(const int8_t *x, size_t count) {
  int32_t sum = 0;
  for (size_t k = 0; k < count; k++) sum += x[k];
  return sum;
}
