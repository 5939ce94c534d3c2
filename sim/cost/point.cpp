// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace braid {
namespace {

const char* name_of(Pass pass) {
  switch (pass) {
    case Pass::F:
      return "F";
    case Pass::I:
      return "I";
    case Pass::W:
      return "W";
  }
  return "?";
}

const char* name_of(WPart part) {
  switch (part) {
    case WPart::whole:
      return "whole";
    case WPart::row_parallel:
      return "row";
    case WPart::column_parallel:
      return "column";
  }
  return "?";
}

std::string_view word_of(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// "2x3x4" as {2, 3, 4}; nothing if any part is no positive finite number.
std::optional<std::vector<double>> sizes(std::string_view text) {
  std::vector<double> values;
  while (true) {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || !(value > 0) || value > 1e15) return std::nullopt;
    values.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return values;
    if (text[0] != 'x') return std::nullopt;
    text.remove_prefix(1);
  }
}

bool is_count(std::string_view word) {
  if (word == "0") return true;
  const auto values = sizes(word);
  return values && values->size() == 1;
}

const char* name_of(Unit unit) { return unit == Unit::none ? "none" : to_text(unit); }

bool is_pass(std::string_view word) { return word == "F" || word == "I" || word == "W"; }

}  // namespace

bool is_part_key(std::string_view key) {
  const std::string_view kind = word_of(key);
  const std::string_view first = word_of(key);
  if (kind == "gemm") {
    if (!is_pass(first)) return false;
    const auto shape = sizes(word_of(key));
    if (!shape || shape->size() != 3) return false;
    if (key.empty()) return true;
    if (key[0] != 'x') return false;
    const auto count = sizes(key.substr(1));
    return count && count->size() == 1;
  }
  if (kind == "attention") {
    if (first != "forward" && first != "backward") return false;
    const auto shape = sizes(word_of(key));
    if (!shape || shape->size() != 5) return false;
    const std::string_view mask = word_of(key);
    return (mask == "causal" || mask == "full") && (key == "flash" || key == "unfused");
  }
  if (kind == "elementwise") {
    const bool unit = word_of(key) == "B" && word_of(key) == "in";
    const std::string_view kernels = word_of(key);
    return unit && is_count(first) && is_count(kernels) && key == "kernels";
  }
  return false;
}

std::string gemm_key(const Gemm& gemm, Pass pass) {
  std::string key = fmt::format("gemm {} {}x{}x{}", name_of(pass), gemm.m, gemm.n, gemm.k);
  if (gemm.count != 1) key += fmt::format(" x{}", gemm.count);
  return key;
}

std::string attention_key(const AttentionShape& a) {
  return fmt::format("attention {} {}x{}x{}x{}x{} {} {}", a.backward ? "backward" : "forward", a.samples, a.sequence,
                     a.heads, a.kv_heads, a.head_dim, a.causal ? "causal" : "full", a.flash ? "flash" : "unfused");
}

std::string work_key(const Work& work) {
  std::string key = fmt::format("work {} {} {}:", name_of(work.unit), name_of(work.pass), name_of(work.part));
  const char* join = " ";
  const auto add = [&](const std::string& part) {
    key += join + part;
    join = " + ";
  };
  for (const Gemm& gemm : work.gemms) add(gemm_key(gemm, work.pass));
  if (work.attention) add(attention_key(*work.attention));
  if (work.elementwise.value > 0 || work.kernels > 0) {
    add(fmt::format("elementwise {} B in {} kernels", work.elementwise.value, work.kernels));
  }
  return key;
}

bool is_point_key(std::string_view key) {
  if (key.ends_with(' ')) return false;
  if (!key.starts_with("work ")) return is_part_key(key);
  const std::size_t colon = key.find(": ");
  if (colon == std::string_view::npos) return false;
  std::string_view head = key.substr(5, colon - 5);
  const std::string_view unit = word_of(head);
  bool known = false;
  for (int u = 0; u <= static_cast<int>(Unit::head); ++u) known = known || unit == name_of(static_cast<Unit>(u));
  const bool pass = is_pass(word_of(head));
  if (!known || !pass || (head != "whole" && head != "row" && head != "column")) return false;
  key.remove_prefix(colon + 2);
  while (true) {
    const std::size_t plus = key.find(" + ");
    if (!is_part_key(key.substr(0, plus))) return false;
    if (plus == std::string_view::npos) return true;
    key.remove_prefix(plus + 3);
  }
}

const std::vector<std::string>& calibrated_quantities() {
  static const std::vector<std::string> quantities = {
      "gemm_m", "gemm_n", "gemm_k", "attention_sequence", "elementwise_bytes", "collective_bytes"};
  return quantities;
}

}  // namespace braid
