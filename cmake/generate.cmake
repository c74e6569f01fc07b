# Host programs write C that the library compiles: node kinds, the rule table, the API table.
# Gives AWRY_GENERATED. A table is left out as long as the header that declares it is not there.

set(AWRY_GENERATED ${AWRY_GEN_DIR}/kinds.c ${AWRY_GEN_DIR}/kinds.h)

add_executable(gen_kinds src/gen/gen_kinds.c)
target_link_libraries(gen_kinds PRIVATE awry_options tree_sitter_python tree_sitter)
add_custom_command(
  OUTPUT ${AWRY_GEN_DIR}/kinds.h ${AWRY_GEN_DIR}/kinds.c
  COMMAND gen_kinds ${AWRY_GEN_DIR}/kinds.h ${AWRY_GEN_DIR}/kinds.c
  DEPENDS gen_kinds COMMENT "Node kinds" VERBATIM)

# The LR parser has its tables of the grammar's own, when the grammar is compiled here.
if(AWRY_TS_SOURCE)
  add_executable(gen_parser src/gen/gen_parser.c)
  target_include_directories(gen_parser SYSTEM PRIVATE ${AWRY_TS_SOURCE})
  target_link_libraries(gen_parser PRIVATE awry_options tree_sitter_python tree_sitter)
  add_custom_command(
    OUTPUT ${AWRY_GEN_DIR}/parser_tables.h ${AWRY_GEN_DIR}/parser_tables.c
    COMMAND gen_parser ${AWRY_GEN_DIR}/parser_tables.h ${AWRY_GEN_DIR}/parser_tables.c
    DEPENDS gen_parser COMMENT "Parse tables" VERBATIM)
  list(APPEND AWRY_GENERATED ${AWRY_GEN_DIR}/parser_tables.h ${AWRY_GEN_DIR}/parser_tables.c)
endif()

add_library(gen_common OBJECT src/gen/gen.c)
target_link_libraries(gen_common PRIVATE awry_options)

add_executable(gen_rules src/gen/gen_rules.c $<TARGET_OBJECTS:gen_common>)
target_link_libraries(gen_rules PRIVATE awry_options)
file(GLOB rule_header CONFIGURE_DEPENDS src/finding/rule.h)
file(GLOB rule_sources CONFIGURE_DEPENDS rules/*.c)
if(rule_header)
  add_custom_command(
    OUTPUT ${AWRY_GEN_DIR}/rules.c
    COMMAND gen_rules ${AWRY_GEN_DIR}/rules.c ${rule_sources}
    DEPENDS gen_rules ${rule_sources} COMMENT "Rule table" VERBATIM)
  # A doc is one string, longer than ISO C promises; no compiler minds.
  set_source_files_properties(${AWRY_GEN_DIR}/rules.c PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  list(APPEND AWRY_GENERATED ${AWRY_GEN_DIR}/rules.c)
endif()

add_executable(gen_apis src/gen/gen_apis.c $<TARGET_OBJECTS:gen_common>)
target_link_libraries(gen_apis PRIVATE awry_options)
file(GLOB api_headers CONFIGURE_DEPENDS src/facts/api.h src/facts/facts.def)
list(LENGTH api_headers api_header_count)
file(GLOB api_tables CONFIGURE_DEPENDS rules/apis/*.tbl)
if(api_header_count EQUAL 2)
  set(facts ${PROJECT_SOURCE_DIR}/src/facts/facts.def)
  add_custom_command(
    OUTPUT ${AWRY_GEN_DIR}/apis.c
    COMMAND gen_apis ${AWRY_GEN_DIR}/apis.c ${facts} ${api_tables}
    DEPENDS gen_apis ${facts} ${api_tables} COMMENT "API table" VERBATIM)
  list(APPEND AWRY_GENERATED ${AWRY_GEN_DIR}/apis.c)
endif()
