// SPDX-License-Identifier: Apache-2.0
// Chrome trace event format: X slices, M names and orders, s and f arrows, C counters. One event a line.
#include <charconv>
#include <cmath>

#include "sim/timeline/arrows.hpp"
#include "sim/timeline/trace.hpp"
#include "sim/timeline/tracks.hpp"

namespace braid {
namespace {

class Writer {
 public:
  Writer& text(std::string_view s) {
    out_ += s;
    return *this;
  }
  Writer& number(std::int64_t n) { return print(n); }
  /// As short as it can be read back exactly. JSON knows no infinity.
  Writer& number(double x) { return std::isfinite(x) ? print(x) : text("null"); }
  /// Nanoseconds as microseconds with three decimals.
  Writer& micros(std::int64_t ns) {
    if (ns < 0) {
      out_ += '-';
      ns = -ns;
    }
    print(ns / 1000);
    const auto rest = static_cast<int>(ns % 1000);
    if (rest == 0) return *this;
    out_ += '.';
    out_ += static_cast<char>('0' + rest / 100);
    out_ += static_cast<char>('0' + rest / 10 % 10);
    out_ += static_cast<char>('0' + rest % 10);
    return *this;
  }
  Writer& quoted(std::string_view s) {
    constexpr const char* kHex = "0123456789abcdef";
    out_ += '"';
    for (const char c : s) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20 || byte >= 0x7f) {
        // Bytes above ASCII may be any encoding; as \u they are at least valid JSON.
        text("\\u00");
        out_ += kHex[byte >> 4];
        out_ += kHex[byte & 15];
      } else {
        out_ += c;
      }
    }
    out_ += '"';
    return *this;
  }
  Writer& name(const OpKey& key) {
    out_ += '"';
    append_name(out_, key);
    out_ += '"';
    return *this;
  }
  /// Begins the next event: `{"ph":"X","pid":0,"tid":1`.
  Writer& event(char phase, int pid, int tid) {
    text(first_ ? "\n{\"ph\":\"" : ",\n{\"ph\":\"");
    first_ = false;
    out_ += phase;
    text("\",\"pid\":").print(pid);
    return text(",\"tid\":").print(tid);
  }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

 private:
  template <typename Number>
  Writer& print(Number n) {
    char digits[32];
    const char* end = std::to_chars(std::begin(digits), std::end(digits), n).ptr;
    return text({digits, static_cast<std::size_t>(end - digits)});
  }

  std::string out_;
  bool first_ = true;
};

void write_metadata(Writer& out, const RankTimeline& rank, const std::vector<Track>& tracks) {
  const auto process = [&](const char* what) -> Writer& {
    return out.event('M', rank.rank, 0).text(",\"name\":\"").text(what).text("\",\"args\":{");
  };
  process("process_name").text("\"name\":\"rank ").number(std::int64_t{rank.rank}).text("\"}}");
  process("process_sort_index").text("\"sort_index\":").number(std::int64_t{rank.rank}).text("}}");
  for (const Track& track : tracks) {
    out.event('M', rank.rank, track.id)
        .text(",\"name\":\"thread_name\",\"args\":{\"name\":")
        .quoted(track.name)
        .text("}}");
    out.event('M', rank.rank, track.id).text(",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
    out.number(std::int64_t{track.order}).text("}}");
  }
}

void write_slice(Writer& out, int pid, int tid, const Span& span) {
  const OpKey& key = span.key;
  const std::int64_t start = nanoseconds(span.start);
  out.event('X', pid, tid).text(",\"ts\":").micros(start).text(",\"dur\":").micros(nanoseconds(span.end) - start);
  out.text(",\"name\":").name(key).text(",\"cat\":\"").text(to_text(key.kind)).text("\",\"args\":{");
  bool first = true;
  const auto argument = [&](const char* name) -> Writer& {
    out.text(first ? "\"" : ",\"").text(name).text("\":");
    first = false;
    return out;
  };
  if (key.microbatch >= 0) argument("microbatch").number(std::int64_t{key.microbatch});
  if (key.chunk >= 0) argument("chunk").number(std::int64_t{key.chunk});
  if (key.layer >= 0) argument("layer").number(std::int64_t{key.layer});
  if (key.index != 0) argument("index").number(std::int64_t{key.index});
  if (span.stretch.value != 0) argument("stretch_us").micros(nanoseconds(span.stretch));
  out.text("}}");
}

void write_arrow(Writer& out, int pid, int tid, const Span& span, const ArrowEnd& end) {
  out.event(end.leaves ? 's' : 'f', pid, tid).text(",\"ts\":").micros(nanoseconds(span.start));
  out.text(",\"name\":\"message\",\"cat\":\"message\",\"id\":").number(std::int64_t{end.arrow} + 1);
  out.text(end.leaves ? "}" : ",\"bp\":\"e\"}");
}

void write_counters(Writer& out, const RankTimeline& rank) {
  for (const Counter& counter : rank.counters) {
    for (const auto& [time, value] : counter.points) {
      out.event('C', rank.rank, 0).text(",\"ts\":").micros(nanoseconds(time)).text(",\"name\":").quoted(counter.name);
      out.text(",\"args\":{\"value\":").number(value).text("}}");
    }
  }
}

}  // namespace

std::string chrome_trace(const Timeline& timeline, std::span<const Arrow> arrows) {
  const std::vector<std::vector<ArrowEnd>> ends = ends_of(timeline, arrows);
  Writer out;
  std::size_t spans = 0;
  for (const RankTimeline& rank : timeline.ranks) {
    for (const auto& lane : rank.lanes) spans += lane.size();
  }
  constexpr std::size_t kBytesOfASlice = 160;
  out.reserve(spans * kBytesOfASlice);

  out.text("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"kind\":").quoted(timeline.provenance.kind);
  for (const auto& [name, value] : timeline.provenance.facts) out.text(",").quoted(name).text(":").quoted(value);
  out.text("},\"traceEvents\":[");
  for (std::size_t i = 0; i < timeline.ranks.size(); ++i) {
    const RankTimeline& rank = timeline.ranks[i];
    const std::vector<Track> tracks = tracks_of(rank);
    write_metadata(out, rank, tracks);
    for (const Track& track : tracks) {
      const std::vector<Span>& lane = rank.lanes[static_cast<std::size_t>(track.lane)];
      auto end = ends[i].begin();
      for (const std::uint32_t s : track.spans) {
        write_slice(out, rank.rank, track.id, lane[s]);
        if (track.lane != Lane::pp) continue;
        while (end != ends[i].end() && end->span < s) ++end;
        for (; end != ends[i].end() && end->span == s; ++end) write_arrow(out, rank.rank, track.id, lane[s], *end);
      }
    }
    write_counters(out, rank);
  }
  return out.text("\n]}\n").take();
}

}  // namespace braid
