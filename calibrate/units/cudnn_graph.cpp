// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/cudnn_graph.hpp"

#include "calibrate/device/check.hpp"

namespace braid::gpu {

void cudnn_check(cudnnStatus_t s, const char* call, const std::source_location& at) {
  if (s == CUDNN_STATUS_SUCCESS) return;
  char text[512] = {};
  cudnnGetLastErrorString(text, sizeof text);
  gpu_check(false, std::string(cudnnGetErrorString(s)) + (*text ? std::string(": ") + text : std::string()), call,
            at.file_name(), static_cast<int>(at.line()));
}

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t t) {
  cudnn_check(cudnnBackendCreateDescriptor(t, &raw), "cudnnBackendCreateDescriptor");
}
void CudnnDescriptor::set(cudnnBackendAttributeName_t n, cudnnBackendAttributeType_t t, std::int64_t count,
                          const void* p, const std::source_location& at) {
  cudnn_check(cudnnBackendSetAttribute(raw, n, t, count, p), "cudnnBackendSetAttribute", at);
}
void CudnnDescriptor::set(cudnnBackendAttributeName_t n, const CudnnDescriptor& o, const std::source_location& at) {
  set(n, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &o.raw, at);
}
void CudnnDescriptor::finalize(const char* what, const std::source_location& at) {
  cudnn_check(cudnnBackendFinalize(raw), what, at);
}

CudnnDims packed_strides(const CudnnDims& d) {
  CudnnDims s(d.size(), 1);
  for (auto i = d.size() - 1; i-- > 0;) s[i] = s[i + 1] * d[i + 1];
  return s;
}

CudnnNode CudnnGraph::make_tensor(std::int64_t uid, const CudnnDims& dims, const CudnnDims& strides,
                                  cudnnDataType_t type, bool virtual_, bool by_value) {
  auto t = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const std::int64_t align = 16;
  t->set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, &align);
  t->set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type);
  t->set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, static_cast<std::int64_t>(dims.size()), dims.data());
  t->set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, static_cast<std::int64_t>(strides.size()), strides.data());
  t->set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &uid);
  if (virtual_) t->set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1, &virtual_);
  if (by_value) t->set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, 1, &by_value);
  t->finalize("cuDNN tensor");
  keep_.push_back(t);
  return t;
}
CudnnNode CudnnGraph::tensor(std::int64_t uid, const CudnnDims& d, const CudnnDims& s, cudnnDataType_t t) {
  return make_tensor(uid, d, s, t, false, false);
}
CudnnNode CudnnGraph::inner(const CudnnDims& d, cudnnDataType_t t, const CudnnDims& s) {
  return make_tensor(next_uid_++, d, s.empty() ? packed_strides(d) : s, t, true, false);
}
CudnnNode CudnnGraph::scalar(std::int64_t uid) {
  return make_tensor(uid, {1, 1, 1, 1}, {1, 1, 1, 1}, CUDNN_DATA_FLOAT, false, true);
}

void CudnnGraph::add(const CudnnNode& op) {
  op->finalize("cuDNN operation");
  keep_.push_back(op);
  ops_.push_back(op->raw);
}

void CudnnGraph::matmul(const CudnnNode& a, const CudnnNode& b, const CudnnNode& c) {
  auto m = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
  const cudnnDataType_t f32 = CUDNN_DATA_FLOAT;
  m->set(CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &f32);
  m->finalize("cuDNN matmul");
  keep_.push_back(m);
  auto o = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
  o->set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, *a);
  o->set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, *b);
  o->set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, *c);
  o->set(CUDNN_ATTR_OPERATION_MATMUL_DESC, *m);
  add(o);
}

void CudnnGraph::pointwise(const Pointwise& w) {
  auto p = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  p->set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, &w.mode);
  p->set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, 1, &w.precision);
  if (w.axis >= 0) p->set(CUDNN_ATTR_POINTWISE_AXIS, CUDNN_TYPE_INT64, 1, &w.axis);
  p->finalize("cuDNN pointwise");
  keep_.push_back(p);
  auto o = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  o->set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, *p);
  o->set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, *w.x);
  if (w.b) o->set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *w.b);
  if (w.t) o->set(CUDNN_ATTR_OPERATION_POINTWISE_TDESC, *w.t);
  o->set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, *w.y);
  add(o);
}

void CudnnGraph::reduce(cudnnReduceTensorOp_t r, const CudnnNode& x, const CudnnNode& y) {
  auto p = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
  const cudnnDataType_t f32 = CUDNN_DATA_FLOAT;
  p->set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, 1, &r);
  p->set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &f32);
  p->finalize("cuDNN reduction");
  keep_.push_back(p);
  auto o = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
  o->set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, *x);
  o->set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, *y);
  o->set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, *p);
  add(o);
}

void CudnnGraph::reshape(const CudnnNode& x, const CudnnNode& y) {
  auto o = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR);
  o->set(CUDNN_ATTR_OPERATION_RESHAPE_XDESC, *x);
  o->set(CUDNN_ATTR_OPERATION_RESHAPE_YDESC, *y);
  add(o);
}

CudnnTarget device_by_properties(const std::string& json) {
  auto d = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  d->set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(json.size()),
         json.data());
  d->finalize("cuDNN device properties");
  return {.device = d};
}

// ENGINEHEUR_SM_COUNT_TARGET stays unset: for attention any other count than the device's yields no engine.
std::vector<CudnnNode> CudnnGraph::configurations(const CudnnTarget& target) const {
  CudnnDescriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR), heur(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(ops_.size()),
            ops_.data());
  if (target.handle) graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &target.handle);
  graph.finalize("cuDNN operation graph");
  const cudnnBackendHeurMode_t mode = CUDNN_HEUR_MODE_A;
  heur.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heur.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
  if (target.device) heur.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *target.device);
  heur.finalize("cuDNN heuristics");
  std::int64_t n = 0, got = 0;
  cudnn_check(
      cudnnBackendGetAttribute(heur.raw, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &n, nullptr),
      "heuristic count");
  std::vector<CudnnNode> configs;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (std::int64_t i = 0; i < n; ++i)
    raw.push_back(configs.emplace_back(std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR))->raw);
  if (n)
    cudnn_check(cudnnBackendGetAttribute(heur.raw, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, n,
                                         &got, raw.data()),
                "heuristic results");
  configs.resize(static_cast<std::size_t>(got));
  return configs;
}

namespace {

std::int64_t engine_of(const CudnnDescriptor& config) {
  CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  std::int64_t count = 0, index = -1;
  cudnn_check(cudnnBackendGetAttribute(config.raw, CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
                                       &count, &engine.raw),
              "engine");
  cudnn_check(cudnnBackendGetAttribute(engine.raw, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1, &count, &index),
              "engine index");
  return index;
}

CudnnGraph::Plan build(cudnnHandle_t h, const CudnnDescriptor& config) {
  CudnnGraph::Plan p{.descriptor = std::make_shared<CudnnDescriptor>(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR)};
  p.descriptor->set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
  p.descriptor->set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1, &h);
  p.descriptor->finalize("cuDNN plan");
  std::int64_t count = 0;
  cudnn_check(cudnnBackendGetAttribute(p.descriptor->raw, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1,
                                       &count, &p.workspace_bytes),
              "workspace size");
  p.engine = engine_of(config);
  return p;
}

}  // namespace

std::vector<std::int64_t> CudnnGraph::engines(const CudnnTarget& target) const {
  std::vector<std::int64_t> r;
  for (const auto& config : configurations(target)) r.push_back(engine_of(*config));
  return r;
}

CudnnGraph::Plan CudnnGraph::plan(cudnnHandle_t h) const {
  std::string refused = "no engine offered";
  for (const auto& config : configurations({.handle = h})) try {
      return build(h, *config);
    } catch (const Error& e) { refused = e.what(); }
  throw Error("cuDNN", "no plan: " + refused);
}

void run_plan(cudnnHandle_t h, const CudnnGraph::Plan& plan, const std::vector<std::int64_t>& uids,
              const std::vector<void*>& pointers, void* workspace) {
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, static_cast<std::int64_t>(uids.size()), uids.data());
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, static_cast<std::int64_t>(pointers.size()),
           pointers.data());
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, &workspace);
  pack.finalize("cuDNN variant pack");
  cudnn_check(cudnnBackendExecute(h, plan.descriptor->raw, pack.raw), "cudnnBackendExecute");
}

}  // namespace braid::gpu
