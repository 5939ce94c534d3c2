// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/op_tag.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sim/base/error.hpp"

namespace braid::gpu {
namespace {

// From the lowest bit upwards; bit 63 is set in every tag of an op, so that none is 0.
struct FieldBits {
  const char* name;
  int bits, lowest;  // lowest: the value stored as 0
};
constexpr std::array<FieldBits, 7> kFields = {{{"rank", 16, 0},
                                               {"index", 12, 0},
                                               {"microbatch", 12, -1},
                                               {"layer", 10, -1},
                                               {"chunk", 6, -1},
                                               {"kind", 4, 0},
                                               {"unit", 3, 0}}};
constexpr std::uint64_t kOpBit = std::uint64_t{1} << 63;
static_assert([] {
  int sum = 0;
  for (const auto& f : kFields) sum += f.bits;
  return sum == 63;
}());
static_assert(static_cast<int>(OpKind::copy_in) < 1 << 4 && static_cast<int>(Unit::head) < 1 << 3);

}  // namespace

std::uint64_t tag_of(const OpKey& k) {
  const std::array<std::int64_t, kFields.size()> values = {k.rank,
                                                           k.index,
                                                           k.microbatch,
                                                           k.layer,
                                                           k.chunk,
                                                           static_cast<std::int64_t>(k.kind),
                                                           static_cast<std::int64_t>(k.unit)};
  std::uint64_t tag = 0;
  int at = 0;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto& f = kFields[i];
    const std::int64_t stored = values[i] - f.lowest;
    if (stored < 0 || stored >> f.bits)
      throw Error("tag of " + to_text(k), std::string(f.name) + " " + std::to_string(values[i]) + " is not within " +
                                              std::to_string(f.lowest) + " to " +
                                              std::to_string((1 << f.bits) - 1 + f.lowest));
    tag |= static_cast<std::uint64_t>(stored) << at;
    at += f.bits;
  }
  return tag | kOpBit;
}

bool is_op_tag(std::uint64_t tag) {
  return (tag & kOpBit) && (tag >> 56 & 15) <= static_cast<std::uint64_t>(OpKind::copy_in);
}

OpKey op_of(std::uint64_t tag) {
  if (!is_op_tag(tag)) throw Error("tag " + std::to_string(tag), "is not an op's");
  std::array<std::int64_t, kFields.size()> v{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto& f = kFields[i];
    v[i] = static_cast<std::int64_t>(tag & ((std::uint64_t{1} << f.bits) - 1)) + f.lowest;
    tag >>= f.bits;
  }
  return {.rank = static_cast<std::int32_t>(v[0]),
          .index = static_cast<std::int32_t>(v[1]),
          .microbatch = static_cast<std::int16_t>(v[2]),
          .layer = static_cast<std::int16_t>(v[3]),
          .chunk = static_cast<std::int8_t>(v[4]),
          .kind = static_cast<OpKind>(v[5]),
          .unit = static_cast<Unit>(v[6])};
}

}  // namespace braid::gpu
