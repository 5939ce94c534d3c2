// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/play_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "sim/base/error.hpp"

namespace braid {

PlayMemory::PlayMemory(const Program& program, const Replicas& replicas, Sharing sharing) : sharing_(sharing) {
  begin_.push_back(0);
  for (int i = 0; i < replicas.instances(); ++i) {
    begin_.push_back(begin_.back() + program.ranks[static_cast<std::size_t>(replicas.pp_of(i))].ops.size());
  }
  bytes_ = begin_.back() * sizeof(OpTimes);
  if (bytes_ == 0) return;
  const int visible = sharing == Sharing::own ? MAP_PRIVATE : MAP_SHARED;
  base_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, visible | MAP_ANONYMOUS, -1, 0);
  if (base_ == MAP_FAILED) {
    base_ = nullptr;
    throw Error("engine", "no memory for the times of " + std::to_string(begin_.back()) + " ops (" +
                              to_text(Bytes(static_cast<double>(bytes_))) + "): fold, or play fewer microbatches");
  }
}

PlayMemory::~PlayMemory() {
  if (base_ != nullptr) munmap(base_, bytes_);
}

std::span<OpTimes> PlayMemory::instance(int instance) const {
  const auto i = static_cast<std::size_t>(instance);
  return {static_cast<OpTimes*>(base_) + begin_[i], begin_[i + 1] - begin_[i]};
}

void PlayMemory::release(int instance) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto i = static_cast<std::size_t>(instance);
  // Whole pages only: a page at either edge may hold a neighbour's values.
  const std::size_t from = (begin_[i] * sizeof(OpTimes) + page - 1) / page * page;
  const std::size_t to = begin_[i + 1] * sizeof(OpTimes) / page * page;
  if (from >= to) return;
  // Advice: a system that cannot follow it only keeps the memory for longer.
  (void)madvise(static_cast<char*>(base_) + from, to - from, sharing_ == Sharing::own ? MADV_DONTNEED : MADV_REMOVE);
}

}  // namespace braid
