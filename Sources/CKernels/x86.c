#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>
#include <string.h>

// If the depth is no multiple of 16, the loop ends with the last 16 bytes of the row, some of which
// it has counted before. In x, the bytes that were counted before are set to zero. So no byte
// outside the row is read.
static inline __m128i last_16(const int8_t *x, size_t depth) {
  int8_t last[16] = {0};
  const size_t rest = depth % 16;
  memcpy(last + 16 - rest, x + depth - rest, rest);
  return _mm_loadu_si128((const __m128i *)last);
}
static inline __m128i load_16(const int8_t *bytes) {
  return _mm_loadu_si128((const __m128i *)bytes);
}
static inline int32_t sum_4(__m128i v) {
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4E));
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xB1));
  return _mm_cvtsi128_si32(v);
}

static inline __m128i madd_sse2(__m128i sum, __m128i x, __m128i w) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i x_sign = _mm_cmpgt_epi8(zero, x), w_sign = _mm_cmpgt_epi8(zero, w);
  sum = _mm_add_epi32(
      sum, _mm_madd_epi16(_mm_unpacklo_epi8(x, x_sign), _mm_unpacklo_epi8(w, w_sign)));
  return _mm_add_epi32(
      sum, _mm_madd_epi16(_mm_unpackhi_epi8(x, x_sign), _mm_unpackhi_epi8(w, w_sign)));
}

static void dot_rows_sse2(const int8_t *x, const int8_t *w, size_t depth, size_t rows,
                          int32_t *sums) {
  if (depth < 16) {
    ck_portable.dot_rows(x, w, depth, rows, sums);
    return;
  }
  const size_t whole = depth / 16 * 16;
  const __m128i last = last_16(x, depth);
  for (size_t row = 0; row < rows; row++, w += depth) {
    __m128i sum = _mm_setzero_si128();
    for (size_t k = 0; k < whole; k += 16) sum = madd_sse2(sum, load_16(x + k), load_16(w + k));
    if (whole < depth) sum = madd_sse2(sum, last, load_16(w + depth - 16));
    sums[row] = sum_4(sum);
  }
}

const ck_kernels ck_sse2 = {"sse2", dot_rows_sse2, ck_plain_depthwise, ck_plain_requantize};

#define AVX2 __attribute__((target("avx2")))

static inline AVX2 __m256i madd_avx2(__m256i sum, __m256i x, __m128i w) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(x, _mm256_cvtepi8_epi16(w)));
}
// The four sums of four rows, in order.
static inline AVX2 __m128i sum_rows(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

AVX2 static void dot_rows_avx2(const int8_t *x, const int8_t *w, size_t depth, size_t rows,
                               int32_t *sums) {
  if (depth < 16) {
    ck_portable.dot_rows(x, w, depth, rows, sums);
    return;
  }
  const size_t whole = depth / 16 * 16;
  const __m256i last = _mm256_cvtepi8_epi16(last_16(x, depth));
  size_t row = 0;
  for (; row + 4 <= rows; row += 4, w += 4 * depth) {
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    const int8_t *w0 = w, *w1 = w0 + depth, *w2 = w1 + depth, *w3 = w2 + depth;
    for (size_t k = 0; k < whole; k += 16) {
      const __m256i xs = _mm256_cvtepi8_epi16(load_16(x + k));
      a = madd_avx2(a, xs, load_16(w0 + k));
      b = madd_avx2(b, xs, load_16(w1 + k));
      c = madd_avx2(c, xs, load_16(w2 + k));
      d = madd_avx2(d, xs, load_16(w3 + k));
    }
    if (whole < depth) {
      a = madd_avx2(a, last, load_16(w0 + depth - 16));
      b = madd_avx2(b, last, load_16(w1 + depth - 16));
      c = madd_avx2(c, last, load_16(w2 + depth - 16));
      d = madd_avx2(d, last, load_16(w3 + depth - 16));
    }
    _mm_storeu_si128((__m128i *)(sums + row), sum_rows(a, b, c, d));
  }
  for (; row < rows; row++, w += depth) {
    __m256i sum = _mm256_setzero_si256();
    for (size_t k = 0; k < whole; k += 16) {
      sum = madd_avx2(sum, _mm256_cvtepi8_epi16(load_16(x + k)), load_16(w + k));
    }
    if (whole < depth) sum = madd_avx2(sum, last, load_16(w + depth - 16));
    sums[row] = sum_4(
        _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1)));
  }
}

AVX2 static void depthwise_avx2(const int8_t *x, const int8_t *w, const ck_window *window,
                                int32_t zero_point, size_t channels, size_t multiplier,
                                int32_t *sums) {
  depthwise_sums(x, w, window, zero_point, 0, channels, multiplier, sums);
}

AVX2 static void requantize_avx2(const int32_t *sums, const ck_outputs *outputs, size_t first,
                       size_t count, int8_t *y) {
  requantize_sums(sums, outputs, first, count, y);
}

const ck_kernels ck_avx2 = {"avx2", dot_rows_avx2, depthwise_avx2, requantize_avx2};
#endif
