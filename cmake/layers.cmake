# The arrow table: module -> modules it may use. It drives the link lines (braid_library) and the include check
# (tests/layers_test), so an arrow that is not here neither links nor passes.
set(BRAID_LAYERS base sqlite numeric model schedule timeline scenario program cost engine/core engine/simgrid memory report fit play screen
    sweep/store sweep/plan sweep/run sweep/size sweep/report app
    calibrate/table calibrate/method calibrate/fit
    calibrate/device calibrate/units calibrate/comm calibrate/cupti calibrate/sweep calibrate
    validate/table validate/prediction validate/runner validate/report validate/recording validate/trace validate/device validate
    gui/model gui/paint gui/view gui)
set(BRAID_USES_base "")
# One way to read and write SQLite, for the store of sweeps and for the traces of Nsight Systems.
set(BRAID_USES_sqlite base)
set(BRAID_USES_numeric base)
set(BRAID_USES_model base)
set(BRAID_USES_schedule base)
set(BRAID_USES_timeline base)
set(BRAID_USES_scenario base model)
set(BRAID_USES_program base model scenario schedule)
set(BRAID_USES_cost base model scenario program)
set(BRAID_USES_engine/core base program cost timeline)
set(BRAID_USES_engine/simgrid base engine/core program cost timeline)
set(BRAID_USES_memory base program timeline)
set(BRAID_USES_report base scenario program cost timeline memory)
set(BRAID_USES_fit base numeric scenario schedule program timeline cost)
# One run of a scenario, whole: on the network that it asks for, unit by unit.
set(BRAID_USES_play base scenario program cost timeline engine/core engine/simgrid report)
# The same on the ideal network in blocks of whole chunks: what a sweep looks at first.
set(BRAID_USES_screen base model scenario schedule program cost timeline engine/core memory report)
# What a sweep found, in a store that others read.
set(BRAID_USES_sweep/store base sqlite)
# schedule: the names that there are, so that a slip is refused where it stands in the sweep.
set(BRAID_USES_sweep/plan base model scenario schedule)
set(BRAID_USES_sweep/run base model scenario schedule program cost report play screen sweep/store sweep/plan)
# schedule: which there are, and how many stages each gives a rank. program: a run by its label.
set(BRAID_USES_sweep/size base model scenario schedule program cost report screen sweep/store sweep/plan sweep/run)
# What a row chose is a text of sweep/plan.
set(BRAID_USES_sweep/report base report sweep/store sweep/plan)
set(BRAID_USES_app base model scenario schedule program timeline cost engine/core engine/simgrid memory report fit play screen
    sweep/store sweep/plan sweep/run sweep/size sweep/report)
# The fits never see CUDA. What measures (device to sweep) is one library, made by calibrate/gpu.cmake; its arrows are only checked.
set(BRAID_USES_calibrate/table base)
set(BRAID_USES_calibrate/method base)
set(BRAID_USES_calibrate/fit base numeric model cost calibrate/table calibrate/method)
set(BRAID_USES_calibrate/device base calibrate/table calibrate/method)
set(BRAID_USES_calibrate/units base model calibrate/device)
set(BRAID_USES_calibrate/comm base calibrate/device)
set(BRAID_USES_calibrate/cupti base timeline calibrate/device)
set(BRAID_USES_calibrate/sweep base model calibrate/table calibrate/method calibrate/device calibrate/units calibrate/comm
    calibrate/cupti)
set(BRAID_USES_calibrate base calibrate/table calibrate/method calibrate/fit calibrate/device calibrate/sweep)
set(BRAID_USES_validate/table base scenario program cost timeline engine/core fit)
# The runner executes programs on host threads; validate/device, in the library of what measures, does so on GPUs.
set(BRAID_USES_validate/prediction base model scenario schedule program cost timeline engine/core memory validate/runner)
set(BRAID_USES_validate/runner base calibrate/method program cost timeline memory report)
set(BRAID_USES_validate/report base scenario calibrate/method program cost timeline memory engine/core report validate/runner)
# A recording is predicted anew and judged, so it stands above the report.
set(BRAID_USES_validate/recording base scenario program cost timeline report validate/prediction validate/runner validate/report)
# memory: which rank of a prediction is which (played.hpp). schedule: labels of actions are cells of torch's CSV.
set(BRAID_USES_validate/trace base sqlite schedule program timeline memory report)
set(BRAID_USES_validate/device base model program cost timeline report validate/prediction validate/runner calibrate/method calibrate/device
    calibrate/units calibrate/comm calibrate/cupti)
set(BRAID_USES_validate base scenario schedule program cost timeline engine/core memory report validate/table validate/prediction validate/runner
    validate/report validate/recording validate/trace validate/device)
# The window never plays: it starts `braid` as a child. gui/model has no Qt, gui/paint no widgets. Of schedule it needs
# the names and the labels of actions in foreign traces, of cost the profile: the SMs of collectives are a parameter of it.
# gui/paint writes SVG with the numbers and the escaping of report (svg.hpp).
set(BRAID_USES_gui/model base timeline scenario schedule cost report sweep/store)
set(BRAID_USES_gui/paint base timeline report gui/model)
set(BRAID_USES_gui/view base timeline scenario sweep/store gui/model gui/paint)
set(BRAID_USES_gui base timeline gui/model gui/paint gui/view)

function(braid_target_of layer out)
  string(REPLACE "/" "_" flat "${layer}")
  set(${out} "braid_${flat}" PARENT_SCOPE)
endfunction()

# braid_library(<layer> SOURCES a.cpp b.cpp [PUBLIC libs...] [PRIVATE libs...]); a layer without sources is an interface.
function(braid_library layer)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  braid_target_of(${layer} target)
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${BRAID_WARNINGS})
  foreach(used IN LISTS BRAID_USES_${layer})
    braid_target_of(${used} used_target)
    target_link_libraries(${target} PUBLIC ${used_target})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# braid_test(<name> SOURCES a_test.cpp LAYERS schedule ... [LIBS ...]): each TEST runs in a process of its own.
function(braid_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${BRAID_WARNINGS})
  target_compile_definitions(${name} PRIVATE BRAID_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             BRAID_BINARY_DIR="${PROJECT_BINARY_DIR}")
  foreach(used IN LISTS ARG_LAYERS)
    braid_target_of(${used} used_target)
    target_link_libraries(${name} PRIVATE ${used_target})
  endforeach()
  target_link_libraries(${name} PRIVATE GTest::gtest_main GTest::gmock ${ARG_LIBS})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

# The same with a QApplication on the offscreen platform, where any warning of Qt is a failure.
function(braid_qt_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;LIBS" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/gui/qt_main.cpp ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${BRAID_WARNINGS})
  target_compile_definitions(${name} PRIVATE BRAID_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BRAID_BINARY_DIR="${PROJECT_BINARY_DIR}")
  foreach(used IN LISTS ARG_LAYERS)
    braid_target_of(${used} used_target)
    target_link_libraries(${name} PRIVATE ${used_target})
  endforeach()
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gmock Qt6::Widgets Qt6::Test braid_made_run ${ARG_LIBS})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()
