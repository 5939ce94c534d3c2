// SPDX-License-Identifier: Apache-2.0
// Words and conditions against all spans of a run.
//
// Labels are put together from few parts (kind and unit, microbatch, name, category), and a word, having no blank, lies
// within one part. So each part is looked at once, as a mask of the words in it, and a span costs a few table look-ups.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "gui/model/find.hpp"
#include "sim/base/error.hpp"
#include "sim/base/units.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostWords = 30;
constexpr std::size_t kMostHits = 1'000'000;
constexpr int kKinds = static_cast<int>(OpKind::copy_in) + 1;
constexpr int kUnits = static_cast<int>(Unit::head) + 1;
constexpr std::size_t kStride = 1 << 16;  ///< spans between looks at the stop flag

std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return low;
}

int whole_number(const std::string& text, const std::string& whole) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0)
    throw Error("search", fmt::format("'{}' wants a whole number, as in mb:3", whole));
  return number;
}

std::int64_t duration(const std::string& text) {
  for (const char* slots : {"slots", "slot"}) {
    if (!text.ends_with(slots)) continue;
    const std::string number = text.substr(0, text.size() - std::string_view(slots).size());
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc{} && end == number.data() + number.size() && value >= 0 && value < 1e9)
      return std::llround(value * 1e9);
  }
  const double seconds = parse_seconds(text, "search").value;
  if (seconds < 0 || seconds > 1e9) throw Error("search", fmt::format("'{}' is no length of time", text));
  return std::llround(seconds * 1e9);
}

std::string lane_called(const std::string& name) {
  std::string all = "passes";
  if (name == all) return name;
  for (int lane = 0; lane < kLanes; ++lane) {
    const char* known = to_text(static_cast<Lane>(lane));
    if (name == known) return name;
    all.append(", ").append(known);
  }
  throw Error("search", fmt::format("'lane:{}' is none of {}", name, all));
}

std::string cause_called(const std::string& name) {
  std::string all;
  for (int c = static_cast<int>(Category::idle_tp); c < kCategories; ++c) {
    const std::string known = std::string(to_text(static_cast<Category>(c))).substr(std::string_view("idle: ").size());
    if (name == known) return name;
    all.append(all.empty() ? "" : ", ").append(known);
  }
  throw Error("search", fmt::format("'idle:{}' is none of {}", name, all));
}

bool is_unit(const std::string& word) {
  for (int unit = 1; unit < kUnits; ++unit) {
    if (word == to_text(static_cast<Unit>(unit))) return true;
  }
  return false;
}

/// A word that is a unit, or ends in a number after mb, chunk, layer or rank, is meant whole where it stands in a name:
/// "mlp" is no part of "pre_mlp", "mb3" none of "mb30".
bool is_whole(const std::string& word) {
  if (is_unit(word)) return true;
  for (const std::string_view prefix : {"mb", "chunk", "layer", "rank"}) {
    if (word.starts_with(prefix) && word.size() > prefix.size() &&
        word.find_first_not_of("0123456789", prefix.size()) == std::string::npos)
      return true;
  }
  return false;
}

/// The number of "layer7" for the prefix "layer"; -1 for other words.
int number_after(std::string_view prefix, const std::string& word) {
  if (!word.starts_with(prefix)) return -1;
  int number = -1;
  const auto [end, error] = std::from_chars(word.data() + prefix.size(), word.data() + word.size(), number);
  return error == std::errc{} && end == word.data() + word.size() ? number : -1;
}

bool holds(const std::string& text, const std::string& word, bool whole) {
  const auto goes_on = [&](std::size_t at) {
    const char c = at < text.size() ? text[at] : ' ';
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!whole || (!(at > 0 && goes_on(at - 1)) && !goes_on(at + word.size()))) return true;
  }
  return false;
}

/// Which words lie in which part of a label, a bit a word.
class Words {
 public:
  Words(const RunView& run, const std::vector<std::string>& words) : run_(run), words_(words) {
    BRAID_CHECK(words.size() <= kMostWords, "words are counted when they are read");
    for (const std::string& word : words) {
      const std::uint32_t bit = 1u << whole_.size();
      whole_.push_back(is_whole(word));
      if (const int chunk = number_after("chunk", word); chunk >= 0) chunks_.push_back({chunk, bit});
      if (const int layer = number_after("layer", word); layer >= 0) layers_.push_back({layer, bit});
      if (const int rank = number_after("rank", word); rank >= 0) ranks_.push_back({rank, bit});
    }
    all_ = (1u << words.size()) - 1;
    for (int c = 0; c < kCategories; ++c)
      category_[static_cast<std::size_t>(c)] = mask(to_text(static_cast<Category>(c)));
    for (int kind = 0; kind < kKinds; ++kind) {
      for (int unit = 0; unit < kUnits; ++unit) {
        const char* unit_text = unit == 0 ? "" : to_text(static_cast<Unit>(unit));
        key_[static_cast<std::size_t>(kind * kUnits + unit)] =
            mask(to_text(static_cast<OpKind>(kind))) | mask(unit_text);
      }
    }
    const auto may_be_microbatch = [](const std::string& w) {
      return w.find_first_not_of("mb0123456789") == std::string::npos;
    };
    if (std::any_of(words.begin(), words.end(), may_be_microbatch)) {
      microbatch_.resize(1 << 15);
      for (std::size_t m = 0; m < microbatch_.size(); ++m) microbatch_[m] = mask("mb" + std::to_string(m));
    }
    names_.assign(run.name.empty() ? 0 : run.names(), kUnseen);
  }

  /// `rank` as the run numbers it, -1: none.
  bool hold(std::size_t span, int rank) {
    const std::uint32_t of_rank = bits_of(ranks_, rank);
    if (!run_.name.empty() && run_.name[span] != kNoIndex) return (name(run_.name[span]) | of_rank) == all_;
    const Category c = run_.category[span];
    if (run_.key.empty() || is_idle(c)) return (category_[static_cast<std::size_t>(c)] | of_rank) == all_;
    const OpKey& k = run_.key[span];
    std::uint32_t found = of_rank | bits_of(chunks_, k.chunk) | bits_of(layers_, k.layer);
    found |= key_[static_cast<std::size_t>(k.kind) * kUnits + static_cast<std::size_t>(k.unit)];
    if (k.microbatch >= 0 && !microbatch_.empty()) found |= microbatch_[static_cast<std::size_t>(k.microbatch)];
    return found == all_;
  }

 private:
  static constexpr std::uint32_t kUnseen = 1u << 31;
  struct Numbered {
    int number = 0;
    std::uint32_t bit = 0;
  };

  static std::uint32_t bits_of(const std::vector<Numbered>& words, int number) {
    std::uint32_t bits = 0;
    for (const Numbered& word : words) bits |= word.number == number ? word.bit : 0;
    return bits;
  }
  std::uint32_t mask(std::string_view text) const {
    const std::string low = lower(text);
    std::uint32_t bits = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      if (holds(low, words_[w], whole_[w])) bits |= 1u << w;
    }
    return bits;
  }
  std::uint32_t name(std::uint32_t index) {
    std::uint32_t& known = names_[index];
    if (known == kUnseen) known = mask(run_.name_at(index));
    return known;
  }

  const RunView& run_;
  const std::vector<std::string>& words_;
  std::vector<bool> whole_;
  std::vector<Numbered> chunks_, layers_, ranks_;
  std::uint32_t all_ = 0;
  std::array<std::uint32_t, kCategories> category_{};
  std::array<std::uint32_t, static_cast<std::size_t>(kKinds* kUnits)> key_{};
  std::vector<std::uint32_t> microbatch_;
  std::vector<std::uint32_t> names_;
};

/// By time, then by place in the run; the first million. The spans come in the order of the run.
std::vector<std::uint32_t> by_time(const RunView& run, const std::vector<std::uint32_t>& spans) {
  if (spans.empty()) return {};
  std::int64_t first = INT64_MAX, last = INT64_MIN;
  for (const std::uint32_t span : spans) {
    first = std::min(first, run.start[span]);
    last = std::max(last, run.start[span]);
  }
  // Counting into bins leaves little to sort: millions of hits in a tenth of the time of a sort of them all.
  const std::size_t bins = std::clamp<std::size_t>(spans.size() / 8, 1, 1 << 17);
  const double scale = static_cast<double>(bins) / (static_cast<double>(last - first) + 1);
  const auto bin_of = [&](std::uint32_t span) {
    return std::min(bins - 1, static_cast<std::size_t>(static_cast<double>(run.start[span] - first) * scale));
  };
  std::vector<std::size_t> bin_end(bins + 1, 0);
  for (const std::uint32_t span : spans) ++bin_end[bin_of(span) + 1];
  for (std::size_t b = 1; b <= bins; ++b) bin_end[b] += bin_end[b - 1];
  std::vector<std::size_t> at(bin_end.begin(), bin_end.end() - 1);
  std::vector<std::uint32_t> sorted(spans.size());
  for (const std::uint32_t span : spans) sorted[at[bin_of(span)]++] = span;
  const auto place = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  for (std::size_t b = 0; b < bins && bin_end[b] < kMostHits; ++b) {
    std::sort(sorted.begin() + place(bin_end[b]), sorted.begin() + place(bin_end[b + 1]),
              [&](std::uint32_t x, std::uint32_t y) {
                return run.start[x] != run.start[y] ? run.start[x] < run.start[y] : x < y;
              });
  }
  sorted.resize(std::min(sorted.size(), kMostHits));
  return sorted;
}

std::vector<bool> rows_to_search(const RunView& run, const Query& query) {
  std::vector<bool> computes(run.ranks.size(), false), rows(run.rows.size(), false);
  for (const RunRow& row : run.rows) {
    if (row.rank >= 0 && row.kind == RowKind::lane && row.lane == Lane::compute)
      computes[static_cast<std::size_t>(row.rank)] = true;
  }
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    const RunRow& row = run.rows[i];
    const bool passes = row.kind == RowKind::passes;
    if (row.kind == RowKind::counter) continue;
    if (query.rank >= 0 && (row.rank < 0 || run.ranks[static_cast<std::size_t>(row.rank)].rank != query.rank)) continue;
    if (query.lane.empty()) {
      rows[i] = !passes || row.rank < 0 || !computes[static_cast<std::size_t>(row.rank)];
    } else {
      rows[i] = query.lane == (passes ? "passes" : to_text(row.lane));
    }
  }
  return rows;
}

/// What the rows that were looked at have.
class Scan {
 public:
  Scan(const RunView& run, const Query& query)
      : run_(run),
        query_(query),
        words_(run, query.words),
        by_key_(query.microbatch >= 0 || query.chunk >= 0 || query.layer >= 0),
        by_length_(query.longer_than >= 0 || query.shorter_than >= 0) {
    const std::string idle = "idle: " + query.idle;
    for (int c = 0; c < kCategories; ++c)
      wanted_[static_cast<std::size_t>(c)] = query.idle.empty() || idle == to_text(static_cast<Category>(c));
  }

  void look(const RunRow& row, const std::atomic<bool>* stop) {
    if (by_key_ && run_.key.empty()) return;
    const int rank = row.rank < 0 ? -1 : run_.ranks[static_cast<std::size_t>(row.rank)].rank;
    for (std::uint64_t begin = row.begin; begin < row.end; begin += kStride) {
      if (stop && stop->load(std::memory_order_relaxed)) return;
      const std::uint64_t end = std::min<std::uint64_t>(begin + kStride, row.end);
      for (std::uint64_t i = begin; i < end; ++i) {
        if (!fits(i, rank)) continue;
        found.push_back(static_cast<std::uint32_t>(i));
        time += run_.end[i] - run_.start[i];
      }
    }
  }

  std::vector<std::uint32_t> found;
  std::int64_t time = 0;

 private:
  bool fits(std::size_t i, int rank) {
    if (!wanted_[static_cast<std::size_t>(run_.category[i])]) return false;
    if (by_key_) {
      const OpKey& key = run_.key[i];
      if (is_idle(run_.category[i]) || (query_.microbatch >= 0 && key.microbatch != query_.microbatch) ||
          (query_.chunk >= 0 && key.chunk != query_.chunk) || (query_.layer >= 0 && key.layer != query_.layer)) {
        return false;
      }
    }
    if (by_length_) {
      const std::int64_t length = run_.end[i] - run_.start[i];
      if (query_.longer_than >= 0 && length <= query_.longer_than) return false;
      if (query_.shorter_than >= 0 && length >= query_.shorter_than) return false;
    }
    return query_.words.empty() || words_.hold(i, rank);
  }

  const RunView& run_;
  const Query& query_;
  Words words_;
  bool by_key_ = false, by_length_ = false;
  std::array<bool, kCategories> wanted_{};
};

}  // namespace

Query parse_query(const std::string& text) {
  Query query;
  std::istringstream stream(text);
  for (std::string token; stream >> token;) {
    const std::size_t colon = token.find(':');
    const std::string name = lower(token.substr(0, colon));
    const std::string value = colon == std::string::npos ? "" : token.substr(colon + 1);
    int* const number = colon == std::string::npos             ? nullptr
                        : name == "mb" || name == "microbatch" ? &query.microbatch
                        : name == "chunk"                      ? &query.chunk
                        : name == "layer"                      ? &query.layer
                        : name == "rank"                       ? &query.rank
                                                               : nullptr;
    if (number) {
      *number = whole_number(value, token);
    } else if (colon != std::string::npos && name == "lane") {
      query.lane = lane_called(lower(value));
    } else if (colon != std::string::npos && name == "idle" && !value.empty()) {
      query.idle = cause_called(lower(value));
    } else if (token[0] == '>' || token[0] == '<') {
      std::string length = token.substr(1);
      if (length.empty()) stream >> length;  // "> 1ms"
      (token[0] == '>' ? query.longer_than : query.shorter_than) = duration(length);
    } else if (query.words.size() == kMostWords) {
      throw Error("search", fmt::format("more than {} words", kMostWords));
    } else {
      query.words.push_back(lower(token));
    }
  }
  return query;
}

Hits search(const RunView& run, const Query& query, const std::atomic<bool>* stop) {
  if (query == Query{}) return {};
  const std::vector<bool> wanted = rows_to_search(run, query);
  Scan scan(run, query);
  for (std::size_t row = 0; row < run.rows.size(); ++row) {
    if (wanted[row]) scan.look(run.rows[row], stop);
  }
  return {.spans = by_time(run, scan.found), .count = scan.found.size(), .time = scan.time};
}

}  // namespace braid
