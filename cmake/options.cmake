# Warnings as errors for our own code, and one place for every compile option.
add_library(lamplight_options INTERFACE)
add_library(lamplight::options ALIAS lamplight_options)
target_compile_features(lamplight_options INTERFACE cxx_std_20)
target_compile_options(lamplight_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Werror)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(lamplight_options INTERFACE -msse4.2)  # CRC-32C in hardware
endif()

# lamplight_library(<name> SOURCES ... [PUBLIC ...] [PRIVATE ...]): a common/ library, lamplight::<name>.
function(lamplight_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(lamplight_${name} STATIC ${ARG_SOURCES})
  add_library(lamplight::${name} ALIAS lamplight_${name})
  target_include_directories(lamplight_${name} PUBLIC include)
  target_link_libraries(lamplight_${name} PUBLIC ${ARG_PUBLIC} PRIVATE lamplight::options ${ARG_PRIVATE})
endfunction()

# lamplight_test(<name> LABEL unit|system SOURCES ... LINK ...): one GoogleTest binary, one ctest entry a test.
function(lamplight_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)  # for support/
  target_link_libraries(${name} PRIVATE lamplight::options ${ARG_LINK} GTest::gtest_main GTest::gmock)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # Sanitized, what is exhaustive takes minutes, and more where the processors are shared.
  set(timeout 300)
  if(LAMPLIGHT_SANITIZED)
    set(timeout 900)
  endif()
  gtest_discover_tests(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${timeout} DISCOVERY_TIMEOUT 60)
endfunction()
