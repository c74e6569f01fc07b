# awry_options: what our own code is compiled with. Sanitizers, coverage and hardening are directory-wide, because they must
# reach the runtime and the grammar too.
include(CheckIPOSupported)
find_package(Threads REQUIRED)

# Position-independent for a program, not for a shared library: -fPIC would keep the compiler from inlining the parser's functions.
add_compile_options(-fPIE)
add_link_options(-pie)

add_library(awry_options INTERFACE)
target_compile_definitions(awry_options INTERFACE _POSIX_C_SOURCE=200809L $<$<BOOL:${AWRY_ARENA_MALLOC}>:AWRY_ARENA_MALLOC=1>)
add_library(awry_warnings INTERFACE)
target_compile_options(awry_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wno-format-nonliteral -Wimplicit-fallthrough
  $<$<BOOL:${AWRY_WERROR}>:-Werror>)
target_link_libraries(awry_options INTERFACE awry_warnings)

if(AWRY_SANITIZE STREQUAL "ON")
  set(sanitizers address,undefined)
elseif(AWRY_SANITIZE)
  set(sanitizers ${AWRY_SANITIZE})
else()
  set(sanitizers "")
endif()
if(sanitizers)
  # An undefined operation ends the program, so that a test cannot pass over it.
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
endif()

if(AWRY_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "the fuzzers need Clang: -DCMAKE_C_COMPILER=clang")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(AWRY_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT sanitizers AND NOT AWRY_COVERAGE)
  # Debian's compilers may define it on their own; say it once.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_link_options(-Wl,-z,relro -Wl,-z,now)
  endif()
  if(AWRY_LTO)
    check_ipo_supported(RESULT lto_works OUTPUT lto_output LANGUAGES C)
    if(lto_works)
      set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    else()
      message(STATUS "link-time optimisation is not supported by this compiler: built without")
    endif()
  endif()
endif()
if(AWRY_PGO_GENERATE)
  add_compile_options(-fprofile-generate)
  add_link_options(-fprofile-generate)
endif()
