// SPDX-License-Identifier: Apache-2.0
// What a profiler saw of one GPU of somebody else's run: one form for torch.profiler's and Nsight Systems' files.
//
// Times are nanoseconds on the clock of the file; clocks of different files need not agree. Nothing here knows the
// model: kernels have names, and what they belong to is told by the ranges of the host that launched them.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/schedule/action_label.hpp"
#include "sim/timeline/kernel_class.hpp"

namespace braid {

enum class TraceKind : std::uint8_t { kineto, nsight };
const char* to_text(TraceKind kind);

inline constexpr std::uint32_t kNothing = 0xffffffffu;
inline constexpr std::int64_t kUnknownTime = std::numeric_limits<std::int64_t>::min();

/// A kernel, copy or memset.
struct GpuOp {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t launch = kUnknownTime;  ///< when the host launched it
  std::uint32_t name = 0;              ///< into names
  std::uint32_t stream = 0;            ///< into streams
  std::uint32_t group = kNothing;      ///< into groups
  std::uint32_t label = kNothing;      ///< into labels; made by attribute()
  KernelClass kind = KernelClass::other;
};

struct GpuStream {
  int device = 0;
  std::int64_t id = 0;
};

/// A communicator as torch names it.
struct ProcessGroup {
  std::string name;
  std::string description;  ///< "mesh_tp" (torch), "TENSOR_MODEL_PARALLEL_GROUP" (Megatron-LM); may be empty
};

/// A range that names an action of a pipeline schedule, once for each time it ran.
struct LabelRange {
  ActionLabel action;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::uint32_t stream = kNothing;  ///< a range on this stream of the GPU; kNothing: on the host
};

/// One step of training, "ProfilerStep#3".
struct StepMark {
  std::int64_t start = 0;
  std::int64_t end = 0;
  bool on_gpu = false;  ///< covers GPU times; else the host's, which launches ahead of the GPU
};

struct ForeignTrace {
  std::string file;
  TraceKind kind = TraceKind::kineto;
  std::string gpu;
  int rank = -1;       ///< in the job; -1: the file does not say
  int world_size = 0;  ///< 0: the file does not say
  std::vector<std::string> names;
  std::vector<GpuStream> streams;
  std::vector<ProcessGroup> groups;
  std::vector<GpuOp> ops;          ///< in order of start
  std::vector<LabelRange> labels;  ///< in order of start
  std::vector<StepMark> steps;     ///< in order of start
  std::uint64_t lost = 0;          ///< records of GPU work that could not be understood
  std::uint64_t odd_labels = 0;    ///< ranges that begin as an action does and name none
  std::vector<std::string> notes;
};

/// Texts of a file, each kept once.
class Names {
 public:
  std::uint32_t of(std::string_view text);
  std::vector<std::string> take();

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> index_;
};

/// Takes in a range of the host or of a stream: a step, an action, or nothing that is of interest here.
/// A step is a range whose name begins with `step_prefix`.
void add_range(ForeignTrace& trace, std::string_view name, std::string_view step_prefix, LabelRange range);

/// Sorts and finishes what a reader collected: gives each op its label. An op belongs to the range of the host, on any
/// thread, in which it was launched (autograd launches a backward from a thread of its own while the labelled one
/// waits); where the launch is not known, to the range on its own stream in which it starts. Steps marked on the host
/// are preferred to those on the GPU.
void attribute(ForeignTrace& trace);

}  // namespace braid
