// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/chrome_pieces.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kMost = std::size_t{256} << 20;
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kEvents = "\"traceEvents\"";

/// Bytes that mean something outside of a string.
constexpr std::array<bool, 256> kStructure = [] {
  std::array<bool, 256> table{};
  for (const unsigned char c : std::string_view("\"{}[],")) table[c] = true;
  return table;
}();

/// The quote that ends the string that `at` is in, or `end`; `escaped`: the byte there has a backslash before it.
const char* string_end(const char* at, const char* end, bool& escaped) {
  for (; at < end; ++at) {
    if (escaped) {
      escaped = false;
    } else if (*at == '\\') {
      escaped = true;
    } else if (*at == '"') {
      return at;
    }
  }
  return end;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(kBlank) == std::string_view::npos; }

}  // namespace

EventPieces::EventPieces(ByteSource& source, const std::string& file) : source_(source), file_(file) { begin(); }

bool EventPieces::refill() {
  // What is before `first_` was given out.
  buffer_.erase(0, first_);
  dropped_ += first_;
  at_ -= first_;
  next_ -= first_;
  first_ = 0;
  const std::size_t size = buffer_.size();
  if (size > kMost) throw Error(file_, "holds an event, or something beside them, that is larger than 256 MiB");
  buffer_.resize(size + kPiece);
  const std::size_t count = source_.read(buffer_.data() + size, kPiece);
  buffer_.resize(size + count);
  return count > 0;
}

void EventPieces::begin() {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  while (buffer_.size() < kMark.size() && refill()) {}
  if (buffer_.starts_with(kMark)) at_ = kMark.size();
  do {
    at_ = std::min(buffer_.find_first_not_of(kBlank, at_), buffer_.size());
  } while (at_ == buffer_.size() && (first_ = next_ = at_, refill()));
  const char c = at_ < buffer_.size() ? buffer_[at_] : '\0';
  if (c != '{' && c != '[') throw Error(file_, "is no JSON: it does not begin with {");
  bare_list_ = has_events_ = c == '[';
  where_ = bare_list_ ? Where::events : Where::outside;
  rest_ = c;
  ++at_;
  if (bare_list_) first_ = next_ = at_;
}

bool EventPieces::next(EventPiece& piece) {
  for (;;) {
    switch (where_) {
      case Where::outside:
        outside();
        break;
      case Where::events:
        if (events(piece)) return true;
        break;
      case Where::end:
        return false;
    }
  }
}

void EventPieces::outside() {
  // Depth 0 is the inside of the object at the top. What follows it is for the parser of rest_ to refuse.
  while (where_ == Where::outside) {
    if (at_ == buffer_.size()) {
      first_ = next_ = at_;
      if (rest_.size() > kMost) throw Error(file_, "holds more than 256 MiB besides its events");
      if (!refill()) return finish_rest();
    }
    const char c = buffer_[at_++];
    rest_ += c;
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        is_key_ = depth_ == 0 && std::string_view(rest_).substr(string_at_) == kEvents;
      }
      continue;
    }
    if (c == '"') {
      in_string_ = true;
      string_at_ = rest_.size() - 1;
    } else if (c == '[' && is_key_ && rest_[rest_.find_last_not_of("[ \t\r\n")] == ':') {
      where_ = Where::events;
      has_events_ = true;
      first_ = next_ = at_;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
    if (c != ':' && kBlank.find(c) == std::string_view::npos) is_key_ = false;
  }
}

bool EventPieces::events(EventPiece& piece) {
  for (;;) {
    if (at_ == buffer_.size()) {
      if (!refill()) return cut_events(piece);
    }
    const char* const begin = buffer_.data();
    const char* const end = begin + buffer_.size();
    const char* p = begin + at_;
    while (p < end) {
      if (in_string_) {
        p = string_end(p, end, escaped_);
        if (p == end) break;
        in_string_ = false;
        ++p;
        continue;
      }
      while (p < end && !kStructure[static_cast<unsigned char>(*p)]) ++p;
      if (p == end) break;
      const char c = *p++;
      if (c == '"') {
        in_string_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if (c == ',') {
        if (depth_ > 0) continue;
        next_ = static_cast<std::size_t>(p - begin);
        if (next_ - first_ < kPiece) continue;
        at_ = next_;
        return emit(piece, next_ - 1);
      } else if (depth_ > 0) {
        --depth_;
      } else {
        at_ = static_cast<std::size_t>(p - begin);
        std::size_t until = at_ - 1;
        if (c == '}') {
          throw Error(file_, "cannot be read as JSON at byte " + std::to_string(dropped_ + until) +
                                 ": } where the list of events should end with ]");
        }
        // A comma behind the last event is forgiven, as by other viewers.
        const bool no_more = is_blank(std::string_view(buffer_).substr(next_, until - next_));
        if (no_more && next_ > first_) until = next_ - 1;
        where_ = Where::outside;
        rest_ += ']';
        whole_rest_ = rest_.size();
        depth_ = 0;
        return emit(piece, until);
      }
    }
    at_ = static_cast<std::size_t>(p - begin);
  }
}

/// Gives out [first_, until); what comes next begins at at_.
bool EventPieces::emit(EventPiece& piece, std::size_t until) {
  const std::string_view text = std::string_view(buffer_).substr(first_, until - first_);
  const bool any = !is_blank(text);
  if (any) {
    piece.offset = dropped_ + first_;
    piece.text.clear();
    piece.text.reserve(text.size() + 2);
    piece.text += '[';
    piece.text += text;
    piece.text += ']';
  }
  first_ = next_ = at_;
  return any;
}

/// The file ends within the list: what is whole of it.
bool EventPieces::cut_events(EventPiece& piece) {
  const std::string_view tail = std::string_view(buffer_).substr(next_);
  const bool whole = depth_ == 0 && !in_string_;
  if (!bare_list_ || !whole) cut_at_ = dropped_ + buffer_.size();
  where_ = Where::end;
  rest_ += bare_list_ ? "]" : "]}";
  const bool last = whole && tail.find('}') != std::string_view::npos;
  return emit(piece, last ? buffer_.size() : next_ > first_ ? next_ - 1 : first_);
}

/// The file ends outside of the list: where it should, or the parser of rest_ would say.
void EventPieces::finish_rest() {
  where_ = Where::end;
  const bool open = in_string_ || depth_ > (bare_list_ ? 0 : -1);
  if (!open || !has_events_) return;
  // The events are there; what came behind them is not worth as much.
  cut_at_ = dropped_ + buffer_.size();
  rest_.resize(whole_rest_);
  if (!bare_list_) rest_ += '}';
}

}  // namespace braid
