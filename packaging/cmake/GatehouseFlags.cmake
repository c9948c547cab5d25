# Compiler flags, speed of the build, and the helper functions that the rooms' CMakeLists use.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTOMOC_COMPILER_PREDEFINES OFF) # with them, moc 6.4 follows <concepts> and fails to parse it
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()
# Across rooms: what the hot path calls lies in small functions of many files. Only where it is shipped and measured.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT GATEHOUSE_SANITIZE)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT GATEHOUSE_LTO LANGUAGES CXX OUTPUT _why)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${GATEHOUSE_LTO})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_definitions(QT_NO_CAST_FROM_ASCII QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_CONTEXTLESS_CONNECT
                        QT_NO_FOREACH QT_NO_KEYWORDS GATEHOUSE_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -fno-strict-aliasing)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees overflows in std::string's own operator+ (GCC bugs 105329, 105651), and when it links in Qt's hashes
    add_compile_options(-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-alloc-size-larger-than)
    add_link_options(-Wno-alloc-size-larger-than)
  endif()
endif()
if(GATEHOUSE_WERROR)
  add_compile_options(-Werror)
endif()
if(GATEHOUSE_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized) # sanitizers' own branches make g++ 12 see it inside std::regex
  endif()
  list(JOIN GATEHOUSE_SANITIZE "," _sanitizers)
  add_compile_options(-fsanitize=${_sanitizers} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${_sanitizers})
  if("undefined" IN_LIST GATEHOUSE_SANITIZE)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# gatehouse_test(NAME gateway.schema.node SOURCES tst_node.cpp [LIBRARIES …] [TIMEOUT s] [LABELS …] [ENVIRONMENT …])
# A Qt Test program that CTest runs under NAME, which begins with the room. The binary is tst_<name with dots as _>.
function(gatehouse_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT" ${ARGN})
  string(REPLACE "." "_" _target "tst_${ARG_NAME}")
  string(REPLACE "-" "_" _target "${_target}")
  add_executable(${_target} ${ARG_SOURCES})
  if("gatehouse-ui" IN_LIST ARG_LIBRARIES OR "gatehouse-app" IN_LIST ARG_LIBRARIES)
    target_sources(${_target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/words.cpp) # runs before a test's main
  endif()
  target_link_libraries(${_target} PRIVATE gatehouse-test-support ${ARG_LIBRARIES})
  set_target_properties(${_target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${ARG_NAME} COMMAND ${_target})
  set_property(GLOBAL APPEND PROPERTY GATEHOUSE_TEST_PROGRAMS "${ARG_NAME} ${_target}")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(GATEHOUSE_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4")  # sanitizers cost about that
  endif()
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_NO_THREADED_GLIB=1;GATEHOUSE_SOURCE_DIR=${CMAKE_SOURCE_DIR};GATEHOUSE_BIN_DIR=${CMAKE_BINARY_DIR}/bin;${ARG_ENVIRONMENT}")
endfunction()
