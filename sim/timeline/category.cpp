// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/category.hpp"

#include <array>

#include "sim/base/error.hpp"

namespace braid {

const char* to_text(Category category) {
  constexpr std::array names{"F",
                             "B",
                             "I",
                             "W",
                             "recompute",
                             "optimizer",
                             "compute",
                             "tp",
                             "pp",
                             "dp",
                             "copy",
                             "host",
                             "other",
                             "idle: tp",
                             "idle: pp_wait",
                             "idle: pp_transfer",
                             "idle: dp",
                             "idle: offload",
                             "idle: host",
                             "idle: warm_up",
                             "idle: drain"};
  static_assert(names.size() == kCategories);
  return names[static_cast<std::size_t>(category)];
}

Category category_of(OpKind kind, Lane lane) {
  switch (lane) {
    case Lane::tp:
      return Category::tp;
    case Lane::pp:
      return Category::pp;
    case Lane::dp:
      return Category::dp;
    case Lane::h2d:
    case Lane::d2h:
      return Category::copy;
    case Lane::host:
      return Category::host;
    case Lane::compute:
      break;
  }
  switch (kind) {
    case OpKind::forward:
      return Category::forward;
    case OpKind::input_grad:
      return Category::input_grad;
    case OpKind::weight_grad:
      return Category::weight_grad;
    case OpKind::recompute:
      return Category::recompute;
    case OpKind::optimizer:
      return Category::optimizer;
    default:
      return Category::compute;
  }
}

}  // namespace braid
