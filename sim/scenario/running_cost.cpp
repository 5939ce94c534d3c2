// SPDX-License-Identifier: Apache-2.0
// Price and power of a cluster. They change no simulation, so that a figure without a source would be believed for
// nothing: it is refused.
#include <fmt/format.h>

#include "sim/base/amounts.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

constexpr double kHighestPrice = 1e6;  ///< of a GPU and hour; beyond it somebody has slipped
constexpr double kHighestWatts = 1e6;  ///< of a GPU

struct Sourced {
  const char* key;
  const char* what;
  const char* source_key;
  const char* example;  ///< of a source
};
constexpr Sourced kPrice{"gpu_hour_price", "of one GPU with its share of node and network, for an hour: \"2.50 USD\"",
                         "price_source", "list price of NAME, month and year"};
constexpr Sourced kPower{"gpu_power",
                         "of one GPU with its share of node, network and cooling, while it trains: \"1.3 kW\"",
                         "power_source", "data sheet of NAME, and what is assumed of it"};

/// The text under the key handed to `take` with its place. A text without a source, or a source of nothing, is a fault.
template <class Take>
void read_sourced(Fields& f, const Sourced& s, std::string& source, Reading& reading, const Take& take) {
  std::string text;
  f.text(s.key, s.what, text);
  f.otherwise("not known");
  f.text(s.source_key, "where that was read, or that it is assumed; needed with it", source);
  const toml::node* value = f.given(s.key);
  const toml::node* said = f.given(s.source_key);
  if (value == nullptr && said != nullptr) return f.fault(*said, s.source_key, fmt::format("there is no {}", s.key));
  if (value == nullptr || !value->is_string()) return;
  try {
    take(text, place_of(value->source(), f.dotted(s.key)));
  } catch (const Error& error) { return reading.issues.push_back({"", error.what()}); }
  if (source.empty()) {
    f.fault(*value, s.key,
            fmt::format("who says so? Write {} = \"{}\", or that it is assumed", s.source_key, s.example));
  }
}

void require_at_most(double value, double most, const std::string& text, const std::string& where) {
  if (value > most) throw Error(where, fmt::format("'{}' is more than one GPU can take", text));
}

}  // namespace

void read_running_cost(Fields& f, Cluster& into, Reading& reading) {
  read_sourced(f, kPrice, into.price_source, reading, [&](const std::string& text, const std::string& where) {
    const Money price = parse_money(text, where);
    require_at_most(price.amount, kHighestPrice, text, where);
    into.gpu_hour_price = price.amount;
    into.currency = price.currency;
  });
  read_sourced(f, kPower, into.power_source, reading, [&](const std::string& text, const std::string& where) {
    into.gpu_watts = parse_watts(text, where);
    require_at_most(into.gpu_watts, kHighestWatts, text, where);
  });
}

}  // namespace braid
