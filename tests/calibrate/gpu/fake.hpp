// SPDX-License-Identifier: Apache-2.0
// Stand-ins for CUDA, cuBLASLt, cuDNN, NCCL and CUPTI, linked instead of them: every call succeeds with plain answers
// until one is told to fail, and what is created and destroyed is counted.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "sim/base/error.hpp"

namespace braid::fake {

struct Calls {
  std::string fail;                 ///< the call that fails, by name
  int at = 1;                       ///< ... when it is made for the at-th time; 0: every time
  int code = 0;                     ///< ... with this status, where the library's default is not meant
  std::map<std::string, int> made;  ///< calls by name
  std::map<std::string, int> live;  ///< created minus destroyed, by kind of thing
  std::string missing;              ///< a driver entry point that is not there
  int last = 0;                     ///< the status that the next cudaGetLastError gives
  int devices = 1;
  int offered = 2;  ///< algorithms of a cuBLASLt heuristic, engine configurations of a cuDNN one
  int tile_id = 0;  ///< of every cuBLASLt algorithm
  unsigned sms = 132;
  std::size_t free_bytes = std::size_t{80} << 30;  ///< of device memory
  std::string holder;                              ///< who has CUPTI already
  std::size_t shorter = 0;                         ///< by so much are CUPTI's kernel records shorter than the header's
  std::string records;                             ///< what CUPTI hands over at the next flush
  std::size_t dropped = 0;
  /// Told of every event that is recorded or waited for, with its stream.
  std::function<void(const char* call, const void* event, const void* stream)> on_event;

  int held() const {
    int n = 0;
    for (const auto& [kind, count] : live) n += count;
    return n;
  }
};

/// The state that all stand-ins share; a test starts with `calls() = {}`.
Calls& calls();

/// Counts a call of this name; true when it is the one to fail.
bool refuses(const char* name);

/// The status of a call: `good`, or what it is told to fail with (`bad` unless `code` says otherwise).
template <class Status>
Status status(const char* name, Status good, Status bad) {
  if (!refuses(name)) return good;
  return calls().code ? static_cast<Status>(calls().code) : bad;
}

/// Makes a handle and counts it.
template <class Handle>
Handle create(const char* kind) {
  ++calls().live[kind];
  return reinterpret_cast<Handle>(new char[64]());
}
template <class Handle>
void destroy(const char* kind, Handle h) {
  --calls().live[kind];
  delete[] reinterpret_cast<char*>(h);
}

/// The text of the Error that `f` throws; empty when it throws none.
template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return {};
}

}  // namespace braid::fake
