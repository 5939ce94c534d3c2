// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/buffer.hpp"
#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

__device__ std::uint32_t mix(std::uint64_t i, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(i) * 2654435761u ^ static_cast<std::uint32_t>(i >> 32) * 0x9e3779b9u ^
                    seed * 0x85ebca6bu;
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ h >> 16;
}

template <class T>
__global__ void normal_kernel(T* p, std::size_t n, float deviation, std::uint32_t seed) {
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = blockIdx.x * static_cast<std::size_t>(blockDim.x) + threadIdx.x; i < n; i += step) {
    const float u = (mix(2 * i, seed) + 1.f) * 2.3283064e-10f, v = mix(2 * i + 1, seed) * 2.3283064e-10f;
    p[i] = T(deviation * sqrtf(-2.f * logf(fminf(u, 1.f))) * cospif(2.f * v));
  }
}

__global__ void uniform_kernel(int* p, std::size_t n, int limit, std::uint32_t seed) {
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = blockIdx.x * static_cast<std::size_t>(blockDim.x) + threadIdx.x; i < n; i += step)
    p[i] = static_cast<int>(mix(i, seed) % limit);
}

__global__ void gather_kernel(const Bf16* from, std::size_t stride, std::size_t n, Bf16* to) {
  const std::size_t i = blockIdx.x * static_cast<std::size_t>(blockDim.x) + threadIdx.x;
  if (i < n) to[i] = from[i * stride];
}

}  // namespace

DeviceBuffer::DeviceBuffer(std::size_t bytes) : bytes_(bytes) {
  if (bytes) BRAID_CUDA(cudaMalloc(&p_, bytes));
}
DeviceBuffer::~DeviceBuffer() {
  if (p_) cudaFree(p_);
}

void fill_normal(Bf16* p, std::size_t n, float deviation, std::uint32_t seed) {
  normal_kernel<<<2048, 256>>>(p, n, deviation, seed);
  BRAID_CUDA(cudaGetLastError());
}
void fill_normal(float* p, std::size_t n, float deviation, std::uint32_t seed) {
  normal_kernel<<<2048, 256>>>(p, n, deviation, seed);
  BRAID_CUDA(cudaGetLastError());
}
void fill_uniform(int* p, std::size_t n, int limit, std::uint32_t seed) {
  uniform_kernel<<<1024, 256>>>(p, n, limit, seed);
  BRAID_CUDA(cudaGetLastError());
}

std::vector<Bf16> read_strided(const Bf16* p, std::size_t stride, std::size_t n) {
  const DeviceBuffer dense(n * 2);
  std::vector<Bf16> host(n);
  gather_kernel<<<static_cast<unsigned>((n + 255) / 256), 256>>>(p, stride, n, dense.as<Bf16>());
  BRAID_CUDA(cudaGetLastError());
  BRAID_CUDA(cudaMemcpy(host.data(), dense.as<>(), n * 2, cudaMemcpyDeviceToHost));
  return host;
}

OperandPool::OperandPool(std::size_t bytes, float deviation, std::uint32_t seed) : buffer_(bytes) {
  fill_normal(buffer_.as<Bf16>(), bytes / 2, deviation, seed);
}

Bf16* OperandPool::slice(std::size_t bytes, int set) const {
  const std::size_t room = (bytes + 255) / 256 * 256;
  if (room > buffer_.bytes())
    throw Error("operand pool", "an operand of " + std::to_string(bytes) + " bytes exceeds the pool");
  return buffer_.as<Bf16>(static_cast<std::size_t>(set) % (buffer_.bytes() / room) * room);
}

}  // namespace braid::gpu
