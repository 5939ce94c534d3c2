// SPDX-License-Identifier: Apache-2.0
#include "gui/model/coverage.hpp"

#include <atomic>
#include <bit>
#include <thread>

namespace braid {
namespace {

constexpr std::uint64_t kSpansPerBucket = 4;
constexpr int kLevelShift = 2;            // a level has every fourth edge of the one below
constexpr std::uint32_t kMarkSpans = 64;  // spans between two exact sums
constexpr std::int64_t kSegment = Coverage::kSegment;
constexpr std::uint64_t kWalkSpans = 4 * kSegment;
// Where the buckets are too long for the pixels: above this the exact sums cost less.
constexpr std::uint64_t kMostWalked = 64 * kSegment;
// Exact sums are at whole nanoseconds. More spans than kMostWalked in pixels shorter than this have no length.
constexpr double kFewNanoseconds = 64;

std::size_t index_of(Category c) { return static_cast<std::size_t>(c); }

}  // namespace

struct Coverage::Row {
  std::vector<Category> categories;
  std::array<std::uint8_t, kCategories> slot{};
  std::uint32_t begin = 0, end = 0;  ///< spans
  std::int64_t zero = 0;             ///< of the first bucket
  std::int64_t length = 1;           ///< ns from zero to the last span's end
  std::int64_t bucket = 1;           ///< ns
  int unit_shift = 0;                ///< sums in `edges` are in half nanoseconds >> unit_shift
  /// By level, then edge: the first span that ends after the edge, then a sum for each category.
  std::vector<std::uint32_t> edges;
  std::vector<std::size_t> level_at;      ///< into edges
  std::vector<std::uint32_t> level_last;  ///< number of a level's last edge
  /// Before every 64th span: half nanoseconds of each category so far.
  std::vector<std::uint64_t> marks;

  std::size_t stride() const { return categories.size() + 1; }

  void build(const RunView& run, const RunRow& row);
  void build_levels();
  void sums_at(const RunView& run, std::int64_t time, std::array<std::uint64_t, kCategories>& out) const;
  std::uint32_t first_span(const RunView& run, std::int64_t time) const;
  std::size_t level_for(double step) const;
  std::uint64_t count(std::size_t level, double from, double to) const;
  void from_sums(std::size_t level, const PixelGrid& grid, std::int64_t from, std::int64_t to, float* out) const;
  void from_spans(const RunView& run, const PixelGrid& grid, std::int64_t from, std::int64_t to, float* out) const;
  void from_marks(const RunView& run, const PixelGrid& grid, std::int64_t from, std::int64_t to, float* out) const;
  /// Where a time in ns after `zero` lies among the edges of a level.
  double place(std::size_t level, double time) const {
    const double size = std::ldexp(static_cast<double>(bucket), kLevelShift * static_cast<int>(level));
    const double before = level_last[level] - 1;
    const double at = std::max(0.0, time / size);
    if (at <= before) return at;
    // The last one ends with the row, not where a bucket would.
    const double last = before * size;
    return before + std::min(1.0, (time - last) / (static_cast<double>(length) - last));
  }
};

void Coverage::Row::build(const RunView& run, const RunRow& row) {
  begin = static_cast<std::uint32_t>(row.begin);
  end = static_cast<std::uint32_t>(row.end);
  if (begin == end) return;
  const std::span<const Category> halves = run.half.empty() ? run.category : run.half;
  std::uint32_t present = 0;
  for (std::uint32_t i = begin; i < end; ++i) present |= 1u << index_of(run.category[i]) | 1u << index_of(halves[i]);
  for (std::size_t c = 0; c < kCategories; ++c) {
    if (!(present >> c & 1)) continue;
    slot[c] = static_cast<std::uint8_t>(categories.size());
    categories.push_back(static_cast<Category>(c));
  }
  zero = run.start[begin];
  length = std::max<std::int64_t>(1, run.end[end - 1] - zero);
  const auto buckets = static_cast<std::int64_t>((end - begin + kSpansPerBucket - 1) / kSpansPerBucket);
  bucket = (length + buckets - 1) / buckets;
  // Differences fit into 31 bits.
  const int bits = std::bit_width(static_cast<std::uint64_t>(length) * 2);
  unit_shift = std::max(0, bits - 31);
  const std::size_t k = categories.size();
  const auto last = static_cast<std::uint32_t>((length + bucket - 1) / bucket);
  edges.resize((last + 1) * stride());
  marks.reserve(((end - begin) / kMarkSpans + 1) * k);

  std::array<std::uint64_t, kCategories> sums{};
  std::uint32_t edge = 0;
  std::int64_t edge_time = zero;
  const auto put_edge = [&](std::uint32_t span, std::size_t first, std::size_t second, std::uint64_t ns) {
    std::uint32_t* at = edges.data() + edge * stride();
    at[0] = span;
    for (std::size_t c = 0; c < k; ++c) {
      const std::uint64_t more = (c == first ? ns : 0) + (c == second ? ns : 0);
      at[1 + c] = static_cast<std::uint32_t>((sums[c] + more) >> unit_shift);
    }
    ++edge;
    edge_time += bucket;
  };
  for (std::uint32_t i = begin; i < end; ++i) {
    if ((i - begin) % kMarkSpans == 0) marks.insert(marks.end(), sums.begin(), sums.begin() + static_cast<long>(k));
    const std::size_t first = slot[index_of(run.category[i])], second = slot[index_of(halves[i])];
    const std::int64_t from = run.start[i], to = run.end[i];
    while (edge <= last && edge_time < to) {
      put_edge(i, first, second, static_cast<std::uint64_t>(std::max<std::int64_t>(0, edge_time - from)));
    }
    sums[first] += static_cast<std::uint64_t>(to - from);
    sums[second] += static_cast<std::uint64_t>(to - from);
  }
  while (edge <= last) put_edge(end, 0, 0, 0);
  build_levels();
}

void Coverage::Row::build_levels() {
  auto last = static_cast<std::uint32_t>(edges.size() / stride() - 1);
  level_at = {0};
  level_last = {last};
  std::size_t all = edges.size();
  // A level of so few edges is in the cache whole.
  while (level_last.back() > 64) {
    level_at.push_back(all);
    level_last.push_back((level_last.back() + 3) >> kLevelShift);
    all += (level_last.back() + 1) * stride();
  }
  edges.resize(all);
  for (std::size_t level = 1; level < level_at.size(); ++level) {
    for (std::uint32_t i = 0; i <= level_last[level]; ++i) {
      const std::uint32_t below = std::min(i << kLevelShift, level_last[level - 1]);
      std::copy_n(edges.begin() + static_cast<long>(level_at[level - 1] + below * stride()), stride(),
                  edges.begin() + static_cast<long>(level_at[level] + i * stride()));
    }
  }
}

std::uint32_t Coverage::Row::first_span(const RunView& run, std::int64_t time) const {
  if (begin == end || time < zero) return begin;
  const auto edge = static_cast<std::uint64_t>((time - zero) / bucket);
  if (edge >= level_last[0]) return end;
  const std::uint32_t low = edges[edge * stride()];
  const std::uint32_t high = std::min(end, edges[(edge + 1) * stride()] + 1);
  const auto first = run.end.begin() + low;
  return low + static_cast<std::uint32_t>(std::partition_point(first, run.end.begin() + std::max(low, high),
                                                               [&](std::int64_t e) { return e <= time; }) -
                                          first);
}

void Coverage::Row::sums_at(const RunView& run, std::int64_t time, std::array<std::uint64_t, kCategories>& out) const {
  const std::size_t k = categories.size();
  const std::uint32_t until = first_span(run, time);
  // Past the last mark when all spans are over and their number is a multiple of 64.
  const std::uint32_t mark = std::min((until - begin) / kMarkSpans, (end - begin - 1) / kMarkSpans);
  std::copy_n(marks.begin() + static_cast<long>(mark * k), k, out.begin());
  const std::span<const Category> halves = run.half.empty() ? run.category : run.half;
  const auto add = [&](std::uint32_t i, std::int64_t ns) {
    out[slot[index_of(run.category[i])]] += static_cast<std::uint64_t>(ns);
    out[slot[index_of(halves[i])]] += static_cast<std::uint64_t>(ns);
  };
  for (std::uint32_t i = begin + mark * kMarkSpans; i < until; ++i) add(i, run.end[i] - run.start[i]);
  if (until < end && run.start[until] < time) add(until, time - run.start[until]);
}

std::size_t Coverage::Row::level_for(double step) const {
  std::size_t level = 0;
  // Two buckets a pixel where there are as many: edges are sharper, and it costs nothing.
  while (level + 1 < level_at.size() &&
         std::ldexp(static_cast<double>(bucket), kLevelShift * static_cast<int>(level + 1)) * 2 <= step) {
    ++level;
  }
  return level;
}

std::uint64_t Coverage::Row::count(std::size_t level, double from, double to) const {
  const auto low = static_cast<std::size_t>(place(level, from));
  const auto high = static_cast<std::size_t>(std::ceil(place(level, to)));
  const std::uint32_t* at = edges.data() + level_at[level];
  const std::uint32_t until = at[high * stride()];
  return std::min(end, until + 1) - std::min(at[low * stride()], until);
}

void Coverage::Row::from_sums(std::size_t level, const PixelGrid& grid, std::int64_t from, std::int64_t to,
                              float* out) const {
  const std::size_t k = categories.size();
  const std::uint32_t* table = edges.data() + level_at[level];
  const double to_zero = static_cast<double>(grid.zero - zero);
  const auto scale = static_cast<float>(std::ldexp(0.5, unit_shift) / grid.step);
  const std::uint32_t last = level_last[level] - 1;
  const auto locate = [&](std::int64_t pixel, float& part) {
    const double at = place(level, to_zero + static_cast<double>(grid.first + pixel) * grid.step);
    const std::uint32_t i = std::min(static_cast<std::uint32_t>(at), last);
    part = static_cast<float>(at - i);
    return table + i * stride() + 1;
  };
  float part = 0;
  const std::uint32_t* at = locate(from, part);
  for (std::int64_t pixel = from; pixel < to; ++pixel, out += k) {
    float next_part = 0;
    const std::uint32_t* next = locate(pixel + 1, next_part);
    for (std::size_t c = 0; c < k; ++c) {
      const auto whole = static_cast<float>(static_cast<std::int32_t>(next[c] - at[c]));
      const auto here = static_cast<float>(static_cast<std::int32_t>(at[c + stride()] - at[c]));
      const auto there = static_cast<float>(static_cast<std::int32_t>(next[c + stride()] - next[c]));
      out[c] = std::max(0.0f, (whole + next_part * there - part * here) * scale);
    }
    at = next;
    part = next_part;
  }
}

void Coverage::Row::from_spans(const RunView& run, const PixelGrid& grid, std::int64_t from, std::int64_t to,
                               float* out) const {
  const std::size_t k = categories.size();
  std::fill_n(out, static_cast<std::size_t>(to - from) * k, 0.0f);
  const std::span<const Category> halves = run.half.empty() ? run.category : run.half;
  // Counted from zero of the grid, so that rounding does not depend on where the view begins.
  const auto left = static_cast<double>(grid.first + from), right = static_cast<double>(grid.first + to);
  for (std::uint32_t i = first_span(run, grid.time(static_cast<double>(from)) - 1); i < end; ++i) {
    const double x0 = std::max(left, grid.place(run.start[i])), x1 = std::min(right, grid.place(run.end[i]));
    if (x0 >= right) break;
    const std::size_t first = slot[index_of(run.category[i])], second = slot[index_of(halves[i])];
    for (double pixel = std::floor(x0); pixel < x1; ++pixel) {
      const auto half = static_cast<float>(0.5 * (std::min(x1, pixel + 1) - std::max(x0, pixel)));
      float* const at = out + static_cast<std::size_t>(pixel - left) * k;
      at[first] += half;
      at[second] += half;
    }
  }
}

void Coverage::Row::from_marks(const RunView& run, const PixelGrid& grid, std::int64_t from, std::int64_t to,
                               float* out) const {
  const std::size_t k = categories.size();
  std::array<std::uint64_t, kCategories> sums{}, next{};
  sums_at(run, grid.time(static_cast<double>(from)), sums);
  for (std::int64_t pixel = from; pixel < to; ++pixel, out += k) {
    sums_at(run, grid.time(static_cast<double>(pixel + 1)), next);
    for (std::size_t c = 0; c < k; ++c)
      out[c] = static_cast<float>(static_cast<double>(next[c] - sums[c]) / (2 * grid.step));
    sums = next;
  }
}

Coverage::Coverage(const RunView& run, int threads) : run_(run), rows_(run.rows.size()) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < rows_.size(); i = next++) {
      if (run_.rows[i].kind != RowKind::counter) rows_[i].build(run_, run_.rows[i]);
    }
  };
  constexpr std::size_t kWorthThread = 100'000;
  std::vector<std::jthread> others;
  if (run.spans() > kWorthThread) {
    for (int i = 1; i < threads; ++i) others.emplace_back(work);
  }
  work();
}

Coverage::~Coverage() = default;

std::span<const Category> Coverage::categories(std::size_t row) const { return rows_[row].categories; }

void Coverage::shares(std::size_t row, const TimeMap& map, std::span<float> out) const {
  shares(row, {.zero = map.range.begin, .step = map.ns_per_pixel()}, 0, static_cast<std::int64_t>(map.width), out);
}

void Coverage::shares(std::size_t row, const PixelGrid& grid, std::int64_t from, std::int64_t to,
                      std::span<float> out) const {
  const Row& r = rows_[row];
  const std::size_t k = r.categories.size();
  if (k == 0) return;
  const std::size_t level = r.level_for(grid.step);
  const bool fine = static_cast<double>(r.bucket) <= grid.step;
  for (std::int64_t pixel = from; pixel < to;) {
    const std::int64_t segment = segment_of(grid, pixel);
    const std::int64_t stop = std::min(to, segment + kSegment);
    float* const at = out.data() + static_cast<std::size_t>(pixel - from) * k;
    const std::uint64_t spans = spans_within(row, grid, segment, segment + kSegment);
    if (spans <= kWalkSpans || (!fine && (spans <= kMostWalked || grid.step < kFewNanoseconds))) {
      r.from_spans(run_, grid, pixel, stop, at);
    } else if (fine) {
      r.from_sums(level, grid, pixel, stop, at);
    } else {
      r.from_marks(run_, grid, pixel, stop, at);
    }
    pixel = stop;
  }
}

std::array<double, kCategories> Coverage::times(std::size_t row, TimeRange range) const {
  std::array<double, kCategories> result{};
  const Row& r = rows_[row];
  if (r.begin == r.end || range.length() <= 0) return result;
  std::array<std::uint64_t, kCategories> before{}, after{};
  r.sums_at(run_, range.begin, before);
  r.sums_at(run_, range.end, after);
  for (std::size_t c = 0; c < r.categories.size(); ++c) {
    result[index_of(r.categories[c])] = 0.5 * static_cast<double>(after[c] - before[c]);
  }
  return result;
}

std::uint32_t Coverage::first_span(std::size_t row, std::int64_t time) const {
  return rows_[row].first_span(run_, time);
}

std::uint64_t Coverage::spans_within(std::size_t row, const PixelGrid& grid, std::int64_t from, std::int64_t to) const {
  const Row& r = rows_[row];
  if (r.begin == r.end) return 0;
  if (static_cast<double>(r.bucket) <= grid.step) {
    const double to_zero = static_cast<double>(grid.zero - r.zero);
    return r.count(r.level_for(grid.step), to_zero + static_cast<double>(grid.first + from) * grid.step,
                   to_zero + static_cast<double>(grid.first + to) * grid.step);
  }
  const std::uint32_t low = r.first_span(run_, grid.time(static_cast<double>(from)) - 1);
  const std::uint32_t high = r.first_span(run_, grid.time(static_cast<double>(to)) + 1);
  return std::min(r.end, high + 1) - low;
}

bool Coverage::draws_spans(std::size_t row, const TimeMap& map) const {
  const Row& r = rows_[row];
  const std::uint32_t low = r.first_span(run_, map.range.begin), high = r.first_span(run_, map.range.end);
  return static_cast<double>(std::min(r.end, high + 1) - low) <= map.width;
}

std::size_t Coverage::bytes() const {
  std::size_t all = rows_.size() * sizeof(Row);
  for (const Row& row : rows_) {
    all += row.edges.capacity() * sizeof(std::uint32_t) + row.marks.capacity() * sizeof(std::uint64_t);
  }
  return all;
}

}  // namespace braid
