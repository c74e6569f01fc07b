# Run by the build (see pgo.cmake): builds the instrumented program in MAIN_DIR/pgo, runs it over TRAINING, and lays the profiles
# beside the objects of MAIN_DIR. A training run that fails costs the profile, not the build, unless STRICT is on.
cmake_minimum_required(VERSION 3.25)

set(pgo ${MAIN_DIR}/pgo)

function(must_run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "the instrumented build: ${what} failed")
  endif()
endfunction()

must_run("configuring" ${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${pgo} -G ${GENERATOR} --log-level=WARNING
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=${COMPILER} -DCMAKE_C_FLAGS=${FLAGS}
  -DAWRY_DEPS=${DEPS} -DAWRY_DEPS_DIR=${PACKAGES_DIR}
  -DAWRY_PGO_GENERATE=ON -DAWRY_PGO=OFF -DAWRY_LTO=OFF -DAWRY_TESTS=OFF -DAWRY_WERROR=${STRICT})
must_run("compiling" ${CMAKE_COMMAND} --build ${pgo} --target awry)

# Profiles of one run only, and nothing from a cache.
file(GLOB_RECURSE old ${pgo}/CMakeFiles/*.gcda)
if(old)
  file(REMOVE ${old})
endif()
file(REMOVE_RECURSE ${pgo}/cache)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env --unset=GCOV_PREFIX AWRY_CACHE_DIR=${pgo}/cache ${pgo}/awry check -j1 --exit-zero ${TRAINING}
  WORKING_DIRECTORY ${pgo} TIMEOUT 300 RESULT_VARIABLE code OUTPUT_FILE ${pgo}/training.out ERROR_FILE ${pgo}/training.err)
if(NOT code EQUAL 0)
  set(level WARNING)
  if(STRICT)
    set(level FATAL_ERROR)
  endif()
  message(${level} "the training run failed (${code}), so the program is built without a profile: see ${pgo}/training.err")
endif()

file(STRINGS ${MAIN_DIR}/pgo-objects.txt to)
file(STRINGS ${pgo}/pgo-objects.txt from)
file(STRINGS ${MAIN_DIR}/pgo-sources.txt sources)
list(LENGTH to n_to)
list(LENGTH from n_from)
list(LENGTH sources n_sources)
if(NOT n_to EQUAL n_from OR NOT n_to EQUAL n_sources)
  message(FATAL_ERROR "the two builds differ: ${n_to} objects, ${n_from} instrumented, ${n_sources} sources")
endif()

foreach(object instrumented pair IN ZIP_LISTS to from sources)
  string(REPLACE "|" ";" pair "${pair}")
  list(GET pair 0 source)
  list(GET pair 1 stamp)
  cmake_path(GET source FILENAME name)
  if(NOT object MATCHES "/${name}\\.o$" OR NOT instrumented MATCHES "/${name}\\.o$")
    message(FATAL_ERROR "the two builds differ: ${source} is not compiled to ${object} and ${instrumented}")
  endif()
  string(REGEX REPLACE "\\.o$" ".gcda" target "${object}")
  string(REGEX REPLACE "\\.o$" ".gcda" profile "${instrumented}")
  set(hash none)
  if(code EQUAL 0 AND EXISTS ${profile})
    cmake_path(GET target PARENT_PATH directory)
    file(MAKE_DIRECTORY ${directory})
    file(COPY_FILE ${profile} ${target} ONLY_IF_DIFFERENT)
    file(SHA256 ${target} hash)
  else()
    file(REMOVE ${target})
  endif()
  set(known "")
  if(EXISTS ${stamp})
    file(READ ${stamp} known)
  endif()
  if(NOT known STREQUAL hash)
    file(WRITE ${stamp} ${hash})
  endif()
endforeach()
