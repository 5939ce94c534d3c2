// SPDX-License-Identifier: Apache-2.0
#include "sim/base/mode_names.hpp"

namespace braid {

const char* to_text(P2pMode mode) {
  switch (mode) {
    case P2pMode::eager:
      return "eager";
    case P2pMode::batched:
      return "batched";
    case P2pMode::blocking:
      return "blocking";
  }
  return "";
}

}  // namespace braid
