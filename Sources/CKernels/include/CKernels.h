/// The inner loops of the operators that have weights: exact integer sums over int8, and the
/// requantization of the sums to int8. The Swift code (Sources/EdgeRuntime) computes shapes, bounds
/// and multipliers; it has proved that every index is in bounds and that no sum overflows.
///
/// One table of functions is chosen once, before main, for the processor on which the agent runs.
/// Faster versions are a new table, so that no caller changes. Every version must give the same
/// integers.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <stddef.h>
#include <stdint.h>

/// The part of a depthwise filter that is inside the image, for one output cell. Strides count
/// elements. The arguments `x` and `w` of the call point at the first cell of the part.
typedef struct {
  size_t rows, columns;
  size_t x_row, x_column;
  size_t w_row, w_column;
} ck_window;

/// How sums become outputs, channel by channel. The real factor of channel c is
///
///     mantissa[c] / 2³¹ · 2^exponent[c], mantissa ≥ 0, exponent in −31...30
typedef struct {
  const int32_t *bias, *mantissa, *exponent;
  int32_t zero_point, low, high;
} ck_outputs;

typedef struct {
  const char *name;
  /// sums[r] = Σₖ x[k] · w[r · depth + k], for r in 0..<rows
  void (*dot_rows)(const int8_t *x, const int8_t *w, size_t depth, size_t rows, int32_t *sums);
  /// sums[o] = Σ over the window of (x[o / multiplier] − zero_point) · w[o], for o in
  /// 0..<channels · multiplier
  void (*depthwise)(const int8_t *x, const int8_t *w, const ck_window *window, int32_t zero_point,
                    size_t channels, size_t multiplier, int32_t *sums);
  /// y[i] = clamp(zero_point + round₂(factor[c] · (sums[i] + bias[c]))), c = first + i, for i in
  /// 0..<count; round₂ is FixedMultiplier's (Sources/EdgeRuntime/Arithmetic), to the bit
  void (*requantize)(const int32_t *sums, const ck_outputs *outputs, size_t first, size_t count,
                     int8_t *y);
} ck_kernels;

/// The table in use: the best that this processor runs.
extern const ck_kernels *ck_active;
/// The table that every processor can run. It defines the results of all other tables.
extern const ck_kernels ck_portable;
/// The `index`th table that this processor can run, from plain to best; NULL past the last.
const ck_kernels *ck_runnable(size_t index);

static inline const char *ck_active_name(void) { return ck_active->name; }
static inline void ck_dot_rows(const int8_t *x, const int8_t *w, size_t depth, size_t rows,
                               int32_t *sums) {
  ck_active->dot_rows(x, w, depth, rows, sums);
}
static inline void ck_depthwise(const int8_t *x, const int8_t *w, const ck_window *window,
                                int32_t zero_point, size_t channels, size_t multiplier,
                                int32_t *sums) {
  ck_active->depthwise(x, w, window, zero_point, channels, multiplier, sums);
}
static inline void ck_requantize(const int32_t *sums, const ck_outputs *outputs, size_t first,
                                 size_t count, int8_t *y) {
  ck_active->requantize(sums, outputs, first, count, y);
}

/// The loops for number formats that few models have; so there is one version of each. A window is
/// summed as `depthwise` does it.

/// sums[r] = Σₖ (x[k] − x_zero) · (w[r · depth + k] − w_zero), zero points in 0...255
void ck_dot_rows_u8(const uint8_t *x, const uint8_t *w, size_t depth, size_t rows, int32_t x_zero,
                    int32_t w_zero, int32_t *sums);
/// sums[r] = Σₖ x[k] · w[r · depth + k]
void ck_dot_rows_16(const int16_t *x, const int8_t *w, size_t depth, size_t rows, int64_t *sums);
/// Σ over the window of (x − x_zero) · (w − w_zero)
void ck_depthwise_u8(const uint8_t *x, const uint8_t *w, const ck_window *window, int32_t x_zero,
                     int32_t w_zero, size_t channels, size_t multiplier, int32_t *sums);
/// Σ over the window of x · w
void ck_depthwise_16(const int16_t *x, const int8_t *w, const ck_window *window, size_t channels,
                     size_t multiplier, int64_t *sums);
/// values[i] = the signed half byte first + i of `packed`, the low half of each byte first
void ck_unpack_4(const uint8_t *packed, size_t first, size_t count, int8_t *values);

/// Σₖ x[k]
int32_t ck_sum(const int8_t *x, size_t count);

/// The 256 entries from which 16-bit LOGISTIC and TANH are interpolated (SigmoidTable.swift).
const uint16_t *ck_sigmoid_table(void);

/// Zeroed memory on a cache line, or NULL when there is none. Used at setup only.
void *ck_allocate(size_t bytes);
void ck_release(void *memory);
#endif
