# SPDX-License-Identifier: Apache-2.0
# What runs programs on GPUs: the library braid_validate_gpu, where calibrate/gpu.cmake found cuDNN and CUPTI, without which there
# are no kernels and no timeline. Else the target does not exist and BRAID_WHY_NO_GPU_RUNS says why. NCCL is for several GPUs only.
set(BRAID_WHY_NO_GPU_RUNS "")
if(NOT TARGET braid_calibrate_gpu)
  set(BRAID_WHY_NO_GPU_RUNS "${BRAID_WHY_NO_CUDA}")
  return()
endif()
get_target_property(BRAID_GPU_PARTS braid_calibrate_gpu INTERFACE_COMPILE_DEFINITIONS)
foreach(part CUDNN CUPTI)
  if(NOT "BRAID_HAVE_${part}=1" IN_LIST BRAID_GPU_PARTS)
    set(BRAID_WHY_NO_GPU_RUNS "${part} was not found")
    return()
  endif()
endforeach()

add_library(braid_validate_gpu STATIC
  device/gpu_runner.cpp device/linear_products.cpp device/one_gpu_player.cpp device/one_gpu_setup.cpp device/op_calls.cpp device/op_kernels.cpp
  device/peer_clock.cpp device/rank_queue.cpp device/run_facts.cpp device/step_player.cpp device/work_timer.cpp)
if("BRAID_HAVE_NCCL=1" IN_LIST BRAID_GPU_PARTS)
  target_sources(braid_validate_gpu PRIVATE device/multi_gpu_player.cpp device/nccl_column.cpp)
endif()
target_compile_options(braid_validate_gpu PRIVATE ${BRAID_WARNINGS} -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
foreach(used validate/device report)
  braid_target_of(${used} used_target)
  target_link_libraries(braid_validate_gpu PUBLIC ${used_target})
endforeach()
target_link_libraries(braid_validate_gpu PUBLIC braid_calibrate_gpu PRIVATE fmt::fmt)
