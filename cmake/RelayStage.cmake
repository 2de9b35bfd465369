# Targets of this project: one static library a folder of src/, one test program a folder of tests/.
include(GNUInstallDirs)

add_library(relay_warnings INTERFACE)
target_compile_options(relay_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-qual -Wundef -Wextra-semi -Wswitch-enum
  -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast>
  $<$<BOOL:${RELAY_WERROR}>:-Werror>)

if(RELAY_SANITIZE)
  # What a sanitizer adds makes g++ see uses of values that are not set, where there are none.
  add_compile_options(-fsanitize=${RELAY_SANITIZE} -fno-omit-frame-pointer
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${RELAY_SANITIZE})
endif()

find_package(Threads REQUIRED)

# Half of the time a test takes to compile is spent on GoogleTest's header and the standard library's. Builds
# that are made besides an ordinary one read them precompiled; the ordinary one shows missing includes.
option(RELAY_PRECOMPILE "Precompile the headers of tests and commands; may hide a missing include" OFF)
function(relay_precompile target)
  if(RELAY_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

function(relay_precompile_test target)
  if(RELAY_PRECOMPILE)
    if(NOT TARGET relay_test_headers)
      file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/test_headers.cc CONTENT "" @ONLY)
      add_library(relay_test_headers OBJECT ${PROJECT_BINARY_DIR}/generated/test_headers.cc)
      target_link_libraries(relay_test_headers PRIVATE relay_warnings Threads::Threads GTest::gtest_main)
      target_precompile_headers(relay_test_headers PRIVATE
        <gtest/gtest.h> <algorithm> <chrono> <filesystem> <fstream> <functional> <map> <memory> <optional> <set>
        <span> <sstream> <string> <string_view> <thread> <variant> <vector>)
    endif()
    target_precompile_headers(${target} REUSE_FROM relay_test_headers)
  endif()
endfunction()

# Stages in the order data flows. A stage may link what is above it, never what is below.
# DRIVERS are linked PRIVATE, to the one library that owns the edge.
function(relay_stage name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;DRIVERS" ${ARGN})
  if(NOT ARG_SOURCES)
    add_library(relay_${name} INTERFACE)  # A folder of declarations only.
    add_library(relay::${name} ALIAS relay_${name})
    target_include_directories(relay_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    return()
  endif()
  add_library(relay_${name} STATIC ${ARG_SOURCES})
  add_library(relay::${name} ALIAS relay_${name})
  target_include_directories(relay_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPENDS PREPEND relay::)
  target_link_libraries(relay_${name} PUBLIC ${ARG_DEPENDS} Threads::Threads
                        PRIVATE relay_warnings relay_hardening ${ARG_DRIVERS})
endfunction()

# One test program a folder: relay_test(plan SOURCES ... DEPENDS plan support LABELS unit).
# A folder with tests of several labels calls it once for each, with a name of its own.
# MONGOC_DISABLE_SHM: libmongoc keeps counters in a shared-memory file named after the process number; one
# that a killed process has left behind makes it print a warning.
# SUITE: the program is one test, not one for each TEST, because its tests share servers.
function(relay_test name)
  cmake_parse_arguments(ARG "SUITE" "TIMEOUT" "SOURCES;DEPENDS;DRIVERS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND relay::)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE relay_warnings ${ARG_DEPENDS} ${ARG_DRIVERS}
                        GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE RELAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  relay_precompile_test(${name}_test)
  if(ARG_SUITE)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
                         ENVIRONMENT MONGOC_DISABLE_SHM=1)
  else()
    gtest_discover_tests(${name}_test NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
                         ENVIRONMENT MONGOC_DISABLE_SHM=1)
  endif()
endfunction()
