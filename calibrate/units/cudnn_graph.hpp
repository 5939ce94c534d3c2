// SPDX-License-Identifier: Apache-2.0
// The part of cuDNN 9's backend graph API that attention needs, as plain functions: tensors, matrix products, pointwise
// operations, reductions, then a plan. No cudnn-frontend.
#pragma once

#include <cudnn.h>

#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

namespace braid::gpu {

/// Throws Error with the caller's file and line, the call and cuDNN's last error text unless `status` is success.
void cudnn_check(cudnnStatus_t status, const char* call,
                 const std::source_location& at = std::source_location::current());

/// A cuDNN handle with an owner.
class CudnnHandle {
 public:
  CudnnHandle() { cudnn_check(cudnnCreate(&handle_), "cudnnCreate"); }
  ~CudnnHandle() { cudnnDestroy(handle_); }
  CudnnHandle(const CudnnHandle&) = delete;
  CudnnHandle& operator=(const CudnnHandle&) = delete;
  cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_{};
};

/// An owned backend descriptor.
class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t);
  ~CudnnDescriptor() { cudnnBackendDestroyDescriptor(raw); }
  CudnnDescriptor(const CudnnDescriptor&) = delete;
  CudnnDescriptor& operator=(const CudnnDescriptor&) = delete;
  void set(cudnnBackendAttributeName_t, cudnnBackendAttributeType_t, std::int64_t count, const void*,
           const std::source_location& at = std::source_location::current());
  void set(cudnnBackendAttributeName_t, const CudnnDescriptor&,
           const std::source_location& at = std::source_location::current());
  void finalize(const char* what, const std::source_location& at = std::source_location::current());
  cudnnBackendDescriptor_t raw{};
};
using CudnnNode = std::shared_ptr<CudnnDescriptor>;
using CudnnDims = std::vector<std::int64_t>;

/// Strides of a row-major tensor.
CudnnDims packed_strides(const CudnnDims&);

/// What a graph is planned for: a live handle, or the properties of a device that need not be there.
struct CudnnTarget {
  cudnnHandle_t handle = nullptr;
  CudnnNode device = nullptr;
};

/// A device by its properties in cuDNN's JSON form (cuDNN 9.8 or later). Throws Error when cuDNN does not take them.
CudnnTarget device_by_properties(const std::string& json);

class CudnnGraph {
 public:
  CudnnNode tensor(std::int64_t uid, const CudnnDims& dims, const CudnnDims& strides, cudnnDataType_t type);
  /// A tensor inside the graph, never stored; row-major unless strides are given.
  CudnnNode inner(const CudnnDims& dims, cudnnDataType_t type = CUDNN_DATA_FLOAT, const CudnnDims& strides = {});
  /// A float that the caller passes by host pointer.
  CudnnNode scalar(std::int64_t uid);
  void matmul(const CudnnNode& a, const CudnnNode& b, const CudnnNode& c);
  struct Pointwise {
    cudnnPointwiseMode_t mode;
    CudnnNode x, b = nullptr, y;  ///< b may be null
    cudnnDataType_t precision = CUDNN_DATA_FLOAT;
    CudnnNode t = nullptr;   ///< condition of BINARY_SELECT
    std::int64_t axis = -1;  ///< of GEN_INDEX
  };
  void pointwise(const Pointwise&);
  void reduce(cudnnReduceTensorOp_t, const CudnnNode& x, const CudnnNode& y);
  void reshape(const CudnnNode& x, const CudnnNode& y);

  std::size_t operations() const { return ops_.size(); }

  struct Plan {
    CudnnNode descriptor;
    std::int64_t workspace_bytes = 0, engine = -1;
  };
  /// The first plan that the heuristics offer and that builds. Throws Error when none does.
  Plan plan(cudnnHandle_t) const;
  /// The engines that the heuristics offer, best first; may be none. Needs no GPU when the target is a device's
  /// properties, but a libcuda.so.1 that loads. Throws Error when cuDNN refuses the graph itself.
  std::vector<std::int64_t> engines(const CudnnTarget&) const;

 private:
  std::vector<CudnnNode> configurations(const CudnnTarget&) const;
  CudnnNode make_tensor(std::int64_t uid, const CudnnDims&, const CudnnDims&, cudnnDataType_t, bool virtual_,
                        bool by_value);
  void add(const CudnnNode& op);
  std::vector<CudnnNode> keep_;
  std::vector<cudnnBackendDescriptor_t> ops_;
  std::int64_t next_uid_ = 1000;
};

/// Runs a plan on the handle's stream with tensors bound by uid.
void run_plan(cudnnHandle_t, const CudnnGraph::Plan&, const std::vector<std::int64_t>& uids,
              const std::vector<void*>& pointers, void* workspace);

}  // namespace braid::gpu
