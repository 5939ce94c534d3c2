# SPDX-License-Identifier: Apache-2.0
# What runs a Program on GPUs: the library braid_validate_gpu, where what measures was built and cuDNN is there.
if(NOT TARGET braid_calibrate_gpu)
  return()
endif()
get_target_property(BRAID_GPU_PARTS braid_calibrate_gpu INTERFACE_COMPILE_DEFINITIONS)
if(NOT "BRAID_HAVE_CUDNN=1" IN_LIST BRAID_GPU_PARTS)
  return()
endif()
add_library(braid_validate_gpu STATIC device/linear_products.cpp device/op_calls.cpp device/op_kernels.cpp)
target_compile_options(braid_validate_gpu PRIVATE ${BRAID_WARNINGS} -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
braid_target_of(validate/runner runner)
target_link_libraries(braid_validate_gpu PUBLIC ${runner} braid_calibrate_gpu PRIVATE fmt::fmt)
