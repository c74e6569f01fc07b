# A source release is being made (pyproject.toml): lays the parser's sources and licences into deps/bundled, which goes into it, with
# the hash of the lock file that they belong to.
set(bundled ${PROJECT_SOURCE_DIR}/deps/bundled)
if(NOT packages STREQUAL bundled)
  file(REMOVE_RECURSE ${bundled})
  file(COPY ${packages}/ DESTINATION ${bundled}
    FILES_MATCHING PATTERN *.c PATTERN *.h PATTERN package.json PATTERN LICENSE*
    PATTERN .* EXCLUDE PATTERN node-addon-api EXCLUDE PATTERN node-gyp-build EXCLUDE
    PATTERN bindings EXCLUDE PATTERN prebuilds EXCLUDE PATTERN wasm EXCLUDE)
  file(SHA256 ${PROJECT_SOURCE_DIR}/deps/package-lock.json lock_hash)
  file(WRITE ${bundled}/lock.sha256 "${lock_hash}\n")
endif()
