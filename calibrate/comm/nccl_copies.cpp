// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/nccl_copies.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <type_traits>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone with its owner; the copies stay mapped.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "braid-nccl-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error(name, "cannot be made");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path path;
};

/// The file of the libnccl that the loader finds for this program.
fs::path loaded_nccl() {
  void* library = dlopen("libnccl.so.2", RTLD_NOW);
  link_map* map = nullptr;
  if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) throw Error("libnccl.so.2", dlerror());
  return fs::canonical(map->l_name);
}

}  // namespace

// Never unloaded: threads of NCCL may still run in it.
struct NcclCopies::Copy {
  explicit Copy(const fs::path& file) {
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw Error(file.string(), dlerror());
    const auto load = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      if (!function) throw Error(file.string(), std::string("has no ") + name);
    };
    load(get_id, "ncclGetUniqueId"), load(init, "ncclCommInitRankConfig"), load(destroy, "ncclCommDestroy"),
        load(abort, "ncclCommAbort"), load(all_reduce, "ncclAllReduce"), load(error_text, "ncclGetErrorString");
  }
  void check(ncclResult_t status, const char* call) const {
    if (status != ncclSuccess) throw Error("NCCL copy", std::string(call) + ": " + error_text(status));
  }
  ncclComm_t join(int ranks, ncclUniqueId id, int rank, int ctas) const {
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.minCTAs = config.maxCTAs = ctas;
    config.cgaClusterSize = 1;
    ncclComm_t made = nullptr;
    check(init(&made, ranks, id, rank, &config), "ncclCommInitRankConfig");
    return made;
  }

  decltype(&ncclGetUniqueId) get_id = nullptr;
  decltype(&ncclCommInitRankConfig) init = nullptr;
  decltype(&ncclCommDestroy) destroy = nullptr;
  decltype(&ncclCommAbort) abort = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclGetErrorString) error_text = nullptr;
  ncclComm_t comm = nullptr;
};

void NcclCopies::set_environment() {
  const auto set = [](const char* name, const char* value) { setenv(name, value, 0); };
  // Only the network joins ranks of different hosts: sockets on the loopback, connected when the communicator is made.
  set("NCCL_NET", "Socket"), set("NCCL_SOCKET_IFNAME", "lo"), set("NCCL_IB_DISABLE", "1");
  set("NCCL_MNNVL_ENABLE", "0"), set("NCCL_NVLS_ENABLE", "0"), set("NCCL_RAS_ENABLE", "0");
  set("NCCL_RUNTIME_CONNECT", "0"), set("NCCL_SOCKET_NTHREADS", "2"), set("NCCL_NSOCKS_PERTHREAD", "2");
  // Streams of different ranks must not share a hardware queue, nor a kernel be loaded while another rank's waits.
  set("CUDA_DEVICE_MAX_CONNECTIONS", "32"), set("CUDA_MODULE_LOADING", "EAGER");
}

NcclCopies::NcclCopies(int ranks, int ctas) {
  const auto n = static_cast<std::size_t>(ranks);
  const fs::path library = loaded_nccl();
  {
    const Folder folder;
    for (std::size_t r = 0; r < n; ++r) {
      const fs::path file = folder.path / ("libnccl-" + std::to_string(r) + ".so");
      std::error_code failed;
      fs::copy_file(library, file, failed);
      if (failed) throw Error(file.string(), "cannot be written: " + failed.message());
      copies_.emplace_back(file);
    }
  }
  int device = 0;
  BRAID_CUDA(cudaGetDevice(&device));
  // A communicator of one rank under a host name of its own makes a copy keep that name's hash.
  for (std::size_t r = 0; r < n; ++r) {
    setenv("NCCL_HOSTID", ("braid-" + std::to_string(r)).c_str(), 1);
    ncclUniqueId alone;
    copies_[r].check(copies_[r].get_id(&alone), "ncclGetUniqueId");
    copies_[r].check(copies_[r].destroy(copies_[r].join(1, alone, 0, 1)), "ncclCommDestroy");
  }
  unsetenv("NCCL_HOSTID");
  ncclUniqueId id;
  copies_[0].check(copies_[0].get_id(&id), "ncclGetUniqueId");
  std::vector<std::exception_ptr> failed(n);
  std::vector<std::thread> joining;
  for (std::size_t r = 0; r < n; ++r)
    joining.emplace_back([&, r] {
      try {
        BRAID_CUDA(cudaSetDevice(device));
        copies_[r].comm = copies_[r].join(ranks, id, static_cast<int>(r), ctas);
      } catch (...) { failed[r] = std::current_exception(); }
    });
  for (auto& thread : joining) thread.join();
  for (const auto& error : failed) {
    if (!error) continue;
    abort();
    std::rethrow_exception(error);
  }
}

NcclCopies::~NcclCopies() {
  // All at once: each may wait for the others to let go.
  std::vector<std::thread> leaving;
  for (const Copy& c : copies_)
    if (c.comm) leaving.emplace_back([&c] { c.destroy(c.comm); });
  for (auto& thread : leaving) thread.join();
}

void NcclCopies::abort() {
  for (Copy& c : copies_) {
    if (c.comm) c.abort(c.comm);
    c.comm = nullptr;
  }
}

void NcclCopies::all_reduce(const std::vector<float*>& buffers, std::size_t count,
                            const std::vector<cudaStream_t>& streams) const {
  for (std::size_t r = 0; r < copies_.size(); ++r) {
    const Copy& c = copies_[r];
    c.check(c.all_reduce(buffers[r], buffers[r], count, ncclFloat, ncclSum, c.comm, streams[r]), "ncclAllReduce");
  }
}

}  // namespace braid::gpu
