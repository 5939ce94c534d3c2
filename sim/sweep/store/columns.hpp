// SPDX-License-Identifier: Apache-2.0
// The columns of a configuration, for what goes through all of them: the store, and what passes rows between processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sim/sweep/store/store.hpp"

namespace braid {

using ConfigurationField = std::variant<std::string Configuration::*, int Configuration::*,
                                        std::int64_t Configuration::*, double Configuration::*, bool Configuration::*,
                                        std::optional<double> Configuration::*, ConfigurationStatus Configuration::*>;
struct ConfigurationColumn {
  const char* name;
  ConfigurationField field;
  bool slim = true;  ///< false: a long text that only whole rows have
};
// `id` is the store's own; `profile` is kept apart and named by its number.
inline constexpr ConfigurationColumn kConfigurationColumns[] = {
    {"point", &Configuration::point},
    {"choice", &Configuration::choice},
    {"hash", &Configuration::hash},
    {"run", &Configuration::run},
    {"schedule", &Configuration::schedule},
    {"gpu", &Configuration::gpu},
    {"tp", &Configuration::tp},
    {"pp", &Configuration::pp},
    {"dp", &Configuration::dp},
    {"microbatches", &Configuration::microbatches},
    {"microbatch_size", &Configuration::microbatch_size},
    {"sequence", &Configuration::sequence},
    {"version", &Configuration::version},
    {"network", &Configuration::network},
    {"grain", &Configuration::grain},
    {"status", &Configuration::status},
    {"reason", &Configuration::reason},
    {"step_time_s", &Configuration::step_time_s},
    {"screened_step_time_s", &Configuration::screened_step_time_s},
    {"tokens_per_s", &Configuration::tokens_per_s},
    {"mfu", &Configuration::mfu},
    {"busy_s", &Configuration::busy_s},
    {"tp_s", &Configuration::tp_s},
    {"pp_s", &Configuration::pp_s},
    {"other_s", &Configuration::other_s},
    {"peak_memory_bytes", &Configuration::peak_memory_bytes},
    {"fits", &Configuration::fits},
    {"gpus", &Configuration::gpus},
    {"cost_per_step", &Configuration::cost_per_step},
    {"watts", &Configuration::watts},
    {"scenario", &Configuration::scenario, false},
    {"profile", &Configuration::profile, false},
    {"report", &Configuration::report, false}};
inline constexpr const char* kStatusNames[] = {"ok", "pruned", "failed"};

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;  // clang 14 does not deduce an aggregate's arguments by itself

}  // namespace braid
