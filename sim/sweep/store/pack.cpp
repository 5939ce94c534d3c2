// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/pack.hpp"

#include <cstring>
#include <type_traits>

#include "sim/base/error.hpp"
#include "sim/sweep/store/columns.hpp"

namespace braid {
namespace {

template <class T>
void put(std::string& bytes, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void put(std::string& bytes, const std::string& text) {
  put(bytes, text.size());
  bytes += text;
}
void put(std::string& bytes, const std::optional<double>& value) {
  put(bytes, value.has_value());
  put(bytes, value.value_or(0));
}

template <class T>
void take(std::string_view& bytes, T& value) {
  BRAID_CHECK(bytes.size() >= sizeof value, "a packed configuration is whole");
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
}
void take(std::string_view& bytes, std::string& text) {
  std::size_t size = 0;
  take(bytes, size);
  BRAID_CHECK(bytes.size() >= size, "a packed configuration is whole");
  text = bytes.substr(0, size);
  bytes.remove_prefix(size);
}
void take(std::string_view& bytes, std::optional<double>& value) {
  bool there = false;
  double number = 0;
  take(bytes, there);
  take(bytes, number);
  if (there) value = number;
}

}  // namespace

std::string pack(const Configuration& configuration) {
  std::string bytes;
  for (const ConfigurationColumn& column : kConfigurationColumns)
    std::visit([&](auto field) { put(bytes, configuration.*field); }, column.field);
  return bytes;
}

Configuration unpack(std::string_view bytes) {
  Configuration configuration;
  for (const ConfigurationColumn& column : kConfigurationColumns)
    std::visit([&](auto field) { take(bytes, configuration.*field); }, column.field);
  return configuration;
}

}  // namespace braid
