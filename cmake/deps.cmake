# The tree-sitter runtime and the Python grammar, as source packages pinned by deps/package-lock.json (hashes, no addresses).
# Order: deps/bundled (inside a source release), a directory that already holds them, npm.
# Gives: targets tree_sitter and tree_sitter_python; AWRY_TS_SOURCE (the runtime's private headers, empty for a system
# library); AWRY_LICENSES (a directory with the licence texts); AWRY_PACKAGES_DIR (what AWRY_DEPS_DIR would name to find them again);
# AWRY_TS_VERSIONS (for people: `tree-sitter 0.25.1, tree-sitter-python 0.25.0`).

set(AWRY_TS_SOURCE "")
set(AWRY_TS_VERSIONS "")
set(AWRY_PACKAGES_DIR "")
set(AWRY_LICENSES ${PROJECT_BINARY_DIR}/licenses)

# One directory a lock file: <kept>/npm-<hash of the lock>/node_modules. A stamp says that it is complete.
function(awry_npm_sources result)
  set(lock ${PROJECT_SOURCE_DIR}/deps/package-lock.json)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lock})
  file(SHA256 ${lock} hash)
  string(SUBSTRING ${hash} 0 12 hash)

  set(here ${AWRY_DEPS_DIR})
  if(NOT here)
    set(here ${PROJECT_BINARY_DIR}/deps)
  endif()
  foreach(dir ${here} ${PROJECT_SOURCE_DIR}/build/deps)
    if(EXISTS ${dir}/npm-${hash}/complete)
      set(${result} ${dir}/npm-${hash}/node_modules PARENT_SCOPE)
      set(AWRY_PACKAGES_DIR ${dir} PARENT_SCOPE)
      return()
    endif()
  endforeach()

  find_program(AWRY_NPM npm)
  if(NOT AWRY_NPM)
    message(FATAL_ERROR "npm is needed once, to fetch the tree-sitter sources: install npm, or use -DAWRY_DEPS=system")
  endif()
  set(dir ${here}/npm-${hash})
  file(MAKE_DIRECTORY ${dir})
  file(LOCK ${dir}/lock GUARD FUNCTION TIMEOUT 600)
  if(NOT EXISTS ${dir}/complete)
    message(STATUS "fetching the tree-sitter sources (npm ci)")
    foreach(name .npmrc package.json package-lock.json)
      configure_file(${PROJECT_SOURCE_DIR}/deps/${name} ${dir}/${name} COPYONLY)
    endforeach()
    execute_process(
      COMMAND ${AWRY_NPM} ci --ignore-scripts --omit=peer --no-audit --no-fund --prefer-offline --loglevel=error
      WORKING_DIRECTORY ${dir} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT code EQUAL 0)
      message(FATAL_ERROR "npm ci failed in ${dir}:\n${output}")
    endif()
    file(WRITE ${dir}/complete "${hash}\n")
  endif()
  set(${result} ${dir}/node_modules PARENT_SCOPE)
  set(AWRY_PACKAGES_DIR ${here} PARENT_SCOPE)
endfunction()

if(AWRY_DEPS STREQUAL "system")
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(TS REQUIRED IMPORTED_TARGET tree-sitter>=0.25)
  pkg_check_modules(TSP REQUIRED IMPORTED_TARGET tree-sitter-python>=0.25)
  add_library(tree_sitter INTERFACE)
  target_link_libraries(tree_sitter INTERFACE PkgConfig::TS)
  add_library(tree_sitter_python INTERFACE)
  target_link_libraries(tree_sitter_python INTERFACE PkgConfig::TSP tree_sitter)
  file(MAKE_DIRECTORY ${AWRY_LICENSES})
  set(AWRY_TS_VERSIONS "tree-sitter ${TS_VERSION}, tree-sitter-python ${TSP_VERSION}")
  return()
elseif(NOT AWRY_DEPS MATCHES "^(auto|npm)$")
  message(FATAL_ERROR "AWRY_DEPS is auto, npm or system, not `${AWRY_DEPS}`")
endif()

if(AWRY_DEPS STREQUAL "auto" AND EXISTS ${PROJECT_SOURCE_DIR}/deps/bundled/tree-sitter-python/src/parser.c)
  set(packages ${PROJECT_SOURCE_DIR}/deps/bundled)
else()
  awry_npm_sources(packages)
endif()

set(runtime ${packages}/tree-sitter/vendor/tree-sitter/lib)
set(grammar ${packages}/tree-sitter-python)
foreach(file ${runtime}/src/lib.c ${grammar}/src/parser.c ${grammar}/src/scanner.c)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "the source packages are incomplete: ${file} is missing; remove ${packages} and configure again")
  endif()
endforeach()

foreach(package tree-sitter tree-sitter-python)
  file(READ ${packages}/${package}/package.json json)
  string(JSON version GET "${json}" version)
  list(APPEND AWRY_TS_VERSIONS "${package} ${version}")
endforeach()
list(JOIN AWRY_TS_VERSIONS ", " AWRY_TS_VERSIONS)

# Code of others: no warnings of ours.
add_library(tree_sitter STATIC ${runtime}/src/lib.c)
target_include_directories(tree_sitter SYSTEM PUBLIC ${runtime}/include)
target_include_directories(tree_sitter PRIVATE ${runtime}/src)
target_compile_definitions(tree_sitter PRIVATE _DEFAULT_SOURCE _POSIX_C_SOURCE=200112L)
target_compile_options(tree_sitter PRIVATE -w)

# A grammar is compiled with its own copy of tree_sitter/parser.h. REUSE_ALLOCATOR: the scanner allocates where the runtime does.
add_library(tree_sitter_python STATIC ${grammar}/src/parser.c ${grammar}/src/scanner.c)
target_include_directories(tree_sitter_python PRIVATE ${grammar}/src)
target_compile_definitions(tree_sitter_python PRIVATE TREE_SITTER_REUSE_ALLOCATOR)
target_compile_options(tree_sitter_python PRIVATE -w)
target_link_libraries(tree_sitter_python PUBLIC tree_sitter)

set(AWRY_TS_SOURCE ${runtime}/src)
configure_file(${packages}/tree-sitter/LICENSE ${AWRY_LICENSES}/tree-sitter.txt COPYONLY)
configure_file(${packages}/tree-sitter-python/LICENSE ${AWRY_LICENSES}/tree-sitter-python.txt COPYONLY)
configure_file(${runtime}/src/unicode/LICENSE ${AWRY_LICENSES}/icu.txt COPYONLY)
