# Each tests/fuzz/fuzz_*.c is a libFuzzer program.
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source ${fuzz_sources})
  cmake_path(GET source STEM program)
  add_executable(${program} ${source})
  target_link_libraries(${program} PRIVATE awry_cli)
  target_link_options(${program} PRIVATE -fsanitize=fuzzer)
endforeach()
