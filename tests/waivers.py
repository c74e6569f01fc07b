"""Files about which awry and CPython may differ, each with the reason. A waiver that is not needed fails the test.

Paths are relative to the corpus: `library` is Python's own, `testsuite` is Debian's package of its tests. Where the same
file comes with several versions of Python, the versions for which the waiver holds are listed."""

# test_ast.py: file -> (versions, reason)
AST = {
    "library": {},
    "testsuite": {},
}

# test_tokens.py, likewise
TOKENS = {
    "library": {},
    "testsuite": {},
}
