// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/screen.hpp"

namespace braid {

struct Screener::Kept {};

Screener::Screener() : kept_(std::make_unique<Kept>()) {}
Screener::~Screener() = default;
Screener::Screener(Screener&&) noexcept = default;
Screener& Screener::operator=(Screener&&) noexcept = default;

RunReport Screener::screen(const Scenario&, const Run&, const Profile&) { return {}; }

}  // namespace braid
