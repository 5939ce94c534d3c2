// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/chrome_json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/timeline/chrome_pieces.hpp"

namespace braid {
namespace {

namespace od = simdjson::ondemand;

/// Pieces that are parsed while the caller takes in another.
constexpr std::size_t kAhead = 3;

[[noreturn]] void throw_json_error(const std::string& file, simdjson::error_code error,
                                   std::optional<std::uint64_t> at) {
  const bool cut = error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT || error == simdjson::UNCLOSED_STRING;
  std::string what = "cannot be read as JSON";
  if (at) what += " at byte " + std::to_string(*at);
  throw Error(file, what + ": " + simdjson::error_message(error) + (cut ? " Was the file cut short?" : ""));
}

/// Lets simdjson pass over the value that some versions of torch leave out. The positions of all else stay.
void mend(std::string& text) {
  constexpr std::string_view kKey = "\"Process Group Description\":";
  std::size_t at = 0;
  while (const void* found = memmem(text.data() + at, text.size() - at, kKey.data(), kKey.size())) {
    at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + kKey.size();
    const std::size_t next = text.find_first_not_of(" \t\r\n", at);
    if (next != std::string::npos && next > at && (text[next] == ',' || text[next] == '}')) text[at] = '0';
  }
}

/// What a document is iterated over, again without the bytes that are no UTF-8 if that is what is wrong.
simdjson::error_code begin(od::parser& parser, std::string& text, od::document& document) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::padded_string_view bytes(text.data(), text.size(), text.capacity());
  simdjson::error_code error = parser.iterate(bytes).get(document);
  if (error == simdjson::UTF8_ERROR) {  // in names of kernels and files: no reason to give up
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    error = parser.iterate(bytes).get(document);
  }
  return error;
}

/// The inside of a key without escapes.
std::string_view text_of(od::raw_json_string key) {
  const char* const begin = key.raw();
  return {begin, static_cast<std::size_t>(static_cast<const char*>(std::strchr(begin, '"')) - begin)};
}

/// One piece and the events that it holds. Made once, used for one piece after the other.
class ParsedPiece {
 public:
  EventPiece piece;
  std::vector<ChromeEvent> events;
  std::uint64_t odd = 0;

  void parse(const std::string& file) {
    events.clear();
    args_.clear();
    arg_ends_.clear();
    odd = 0;
    mend(piece.text);
    od::document document;
    bool begun = false;  // a document that never began has no location
    try {
      const simdjson::error_code error = begin(parser_, piece.text, document);
      if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
      begun = true;
      for (auto element : document.get_array()) take(element.value());
    } catch (const simdjson::simdjson_error& e) {
      const char* at = nullptr;
      std::optional<std::uint64_t> place;
      if (begun && document.current_location().get(at) == simdjson::SUCCESS && at > piece.text.data()) {
        place = piece.offset + static_cast<std::uint64_t>(at - piece.text.data()) - 1;
      }
      throw_json_error(file, e.error(), place);
    }
    std::size_t from = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      events[i].args = std::span<const ChromeArg>(args_).subspan(from, arg_ends_[i] - from);
      from = arg_ends_[i];
    }
  }

 private:
  void take(od::value element) {
    od::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      constexpr std::string_view kBegins = "\"[-0123456789tfn";
      if (kBegins.find(element.raw_json_token().front()) == std::string_view::npos) {
        throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
      }
      ++odd;
      return;
    }
    ChromeEvent event;
    const std::size_t args = args_.size();
    for (auto field : object) {
      const std::string_view key = text_of(field.key());
      od::value value = field.value();
      if (key == "name") {
        if (value.get_string().get(event.name) != simdjson::SUCCESS) event.name = bare_token(value.raw_json_token());
      } else if (key == "ph") {
        const std::string_view phase = bare_token(value.raw_json_token());
        event.phase = phase.size() == 1 ? phase.front() : '\0';
      } else if (key == "ts") {
        event.has_ts = parse_micros(bare_token(value.raw_json_token()), event.ts);
      } else if (key == "dur") {
        event.has_dur = parse_micros(bare_token(value.raw_json_token()), event.dur);
      } else if (key == "cat") {
        event.category = bare_token(value.raw_json_token());
      } else if (key == "pid") {
        event.pid = bare_token(value.raw_json_token());
      } else if (key == "tid") {
        event.tid = bare_token(value.raw_json_token());
      } else if (key == "id") {
        event.id = bare_token(value.raw_json_token());
      } else if (key == "bp") {
        event.encloses = bare_token(value.raw_json_token()) == "e";
      } else if (key == "args") {
        args_.resize(args);
        arguments(value);
      }
    }
    events.push_back(event);
    arg_ends_.push_back(args_.size());
  }

  void arguments(od::value value) {
    od::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return;
    for (auto field : object) {
      const std::string_view key = text_of(field.key());
      args_.push_back({.key = key, .value = trimmed(field.value().raw_json_token())});
    }
  }

  static std::string_view trimmed(std::string_view token) {
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }

  od::parser parser_;
  std::vector<ChromeArg> args_;
  std::vector<std::size_t> arg_ends_;
};

/// Throws if the file without its events is no JSON object, or no list.
void check_rest(const std::string& file, std::string text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  const simdjson::error_code error = parser.parse(text).get(element);
  if (error == simdjson::TAPE_ERROR && text.find_last_not_of(" \t\r\n") != std::string::npos &&
      text[text.find_last_not_of(" \t\r\n")] != '}') {
    throw_json_error(file, simdjson::INCOMPLETE_ARRAY_OR_OBJECT, std::nullopt);
  }
  if (error != simdjson::SUCCESS) throw_json_error(file, error, std::nullopt);
}

}  // namespace

ChromeFile read_chrome_json(ByteSource& source, const std::string& file,
                            const std::function<void(std::span<const ChromeEvent>)>& take,
                            const std::function<bool()>& go_on) {
  ChromeFile result;
  EventPieces pieces(source, file);
  std::vector<std::unique_ptr<ParsedPiece>> idle;
  struct Job {
    std::unique_ptr<ParsedPiece> parsed;
    std::future<void> done;
  };
  std::deque<Job> jobs;  // whose futures wait for their threads if we leave early
  bool more = true;
  for (;;) {
    while (more && jobs.size() < kAhead) {
      auto parsed = idle.empty() ? std::make_unique<ParsedPiece>() : std::move(idle.back());
      if (!idle.empty()) idle.pop_back();
      more = pieces.next(parsed->piece);
      if (!more) break;
      // A small file is not worth a thread.
      const bool alone = jobs.empty() && parsed->piece.text.size() < (std::size_t{1} << 16);
      ParsedPiece* const piece = parsed.get();
      jobs.push_back({std::move(parsed), std::async(alone ? std::launch::deferred : std::launch::async,
                                                    [piece, &file] { piece->parse(file); })});
    }
    if (jobs.empty()) break;
    Job job = std::move(jobs.front());
    jobs.pop_front();
    job.done.get();
    result.events += job.parsed->events.size();
    result.odd += job.parsed->odd;
    take(job.parsed->events);
    idle.push_back(std::move(job.parsed));
    if (go_on && !go_on()) return result;
  }
  result.rest = pieces.rest();
  result.bare_list = pieces.bare_list();
  result.cut_at = pieces.cut_at();
  if (!result.bare_list) check_rest(file, result.rest);
  if (!pieces.has_events()) throw Error(file, "has no list of traceEvents: it is no trace");
  return result;
}

std::string cut_short_text(std::uint64_t at) {
  return "cannot be read as JSON beyond byte " + std::to_string(at) +
         ", where it ends in the middle of its events. Was the file cut short?";
}

bool parse_micros(std::string_view text, std::int64_t& nanoseconds) {
  // Until 2065 as time since 1970; sums and differences of such times fit into 64 bits.
  constexpr std::int64_t kMost = 3'000'000'000'000'000;
  const bool negative = text.starts_with('-');
  const char* at = text.data() + (negative ? 1 : 0);
  const char* const end = text.data() + text.size();
  const char* const whole = at;
  std::int64_t value = 0;
  for (; at < end && *at >= '0' && *at <= '9'; ++at) {
    value = value * 10 + (*at - '0');
    if (value > kMost) return false;
  }
  bool plain = at > whole;
  value *= 1000;
  if (plain && at < end && *at == '.') {
    std::int64_t scale = 100;
    for (++at; at < end && *at >= '0' && *at <= '9'; ++at, scale /= 10) value += (*at - '0') * scale;
  }
  plain = plain && at == end;
  if (plain) {
    nanoseconds = negative ? -value : value;
    return true;
  }
  // 1.65e15, as other tools rewrite it.
  double micros = 0;
  const auto [last, error] = std::from_chars(text.data(), end, micros);
  if (error != std::errc() || last != end || !(std::abs(micros) < static_cast<double>(kMost))) return false;
  nanoseconds = std::llround(micros * 1000);
  return true;
}

std::string_view bare_token(std::string_view token) {
  if (token.empty() || token.front() != '"') return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  return token.substr(1, token.find('"', 1) - 1);
}

std::string unescaped_token(std::string_view token) {
  if (token.find('\\') == std::string_view::npos) return std::string(bare_token(token));
  od::parser parser;
  od::document document;
  std::string text(token);
  std::string_view inside;
  if (begin(parser, text, document) != simdjson::SUCCESS || document.get_string().get(inside) != simdjson::SUCCESS) {
    return std::string(bare_token(token));
  }
  return std::string(inside);
}

}  // namespace braid
