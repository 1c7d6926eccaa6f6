#if defined(__aarch64__)
#include "kernels.h"
#include <arm_neon.h>
#include <string.h>
#include <sys/auxv.h>

// arch/arm64/include/uapi/asm/hwcap.h
enum { hwcap_dot_product = 1 << 20 };
int ck_has_dot_product(void) { return (getauxval(AT_HWCAP) & hwcap_dot_product) != 0; }

// If the depth is no multiple of 16, the loop ends with the last 16 bytes of the row, some of which
// it has counted before. In x, the bytes that were counted before are set to zero. So no byte
// outside the row is read.
static inline int8x16_t last_16(const int8_t *x, size_t depth) {
  int8_t last[16] = {0};
  const size_t rest = depth % 16;
  memcpy(last + 16 - rest, x + depth - rest, rest);
  return vld1q_s8(last);
}

static inline int32x4_t madd_neon(int32x4_t sum, int8x16_t x, int8x16_t w) {
  sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(x), vget_low_s8(w)));
  return vpadalq_s16(sum, vmull_high_s8(x, w));
}
#define DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
static inline DOTPROD int32x4_t madd_dotprod(int32x4_t sum, int8x16_t x, int8x16_t w) {
  return vdotq_s32(sum, x, w);
}

// One macro for both tables. Four rows share each load of x.
#define DOT_ROWS(name, madd, target)                                                            \
  target static void name(const int8_t *x, const int8_t *w, size_t depth, size_t rows,          \
                          int32_t *sums) {                                                      \
    if (depth < 16) {                                                                           \
      ck_portable.dot_rows(x, w, depth, rows, sums);                                            \
      return;                                                                                   \
    }                                                                                           \
    const size_t whole = depth / 16 * 16;                                                       \
    const int8x16_t last = last_16(x, depth);                                                   \
    size_t row = 0;                                                                             \
    for (; row + 4 <= rows; row += 4, w += 4 * depth) {                                         \
      int32x4_t a = vdupq_n_s32(0), b = a, c = a, d = a;                                        \
      const int8_t *w0 = w, *w1 = w0 + depth, *w2 = w1 + depth, *w3 = w2 + depth;               \
      for (size_t k = 0; k < whole; k += 16) {                                                  \
        const int8x16_t xs = vld1q_s8(x + k);                                                   \
        a = madd(a, xs, vld1q_s8(w0 + k));                                                      \
        b = madd(b, xs, vld1q_s8(w1 + k));                                                      \
        c = madd(c, xs, vld1q_s8(w2 + k));                                                      \
        d = madd(d, xs, vld1q_s8(w3 + k));                                                      \
      }                                                                                         \
      if (whole < depth) {                                                                      \
        a = madd(a, last, vld1q_s8(w0 + depth - 16));                                           \
        b = madd(b, last, vld1q_s8(w1 + depth - 16));                                           \
        c = madd(c, last, vld1q_s8(w2 + depth - 16));                                           \
        d = madd(d, last, vld1q_s8(w3 + depth - 16));                                           \
      }                                                                                         \
      vst1q_s32(sums + row, vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d)));                    \
    }                                                                                           \
    for (; row < rows; row++, w += depth) {                                                     \
      int32x4_t sum = vdupq_n_s32(0);                                                           \
      for (size_t k = 0; k < whole; k += 16) sum = madd(sum, vld1q_s8(x + k), vld1q_s8(w + k)); \
      if (whole < depth) sum = madd(sum, last, vld1q_s8(w + depth - 16));                       \
      sums[row] = vaddvq_s32(sum);                                                              \
    }                                                                                           \
  }

DOT_ROWS(dot_rows_neon, madd_neon, )
DOT_ROWS(dot_rows_dotprod, madd_dotprod, DOTPROD)

const ck_kernels ck_neon = {"neon", dot_rows_neon, ck_plain_depthwise, ck_plain_requantize};
const ck_kernels ck_dotprod = {
    "neon-dotprod", dot_rows_dotprod, ck_plain_depthwise, ck_plain_requantize};
#endif
