"""Files about which awry and CPython may differ, each with the reason. A waiver that is not needed fails the test.

Paths are relative to the corpus: `library` is Python's own, `testsuite` is Debian's package of its tests."""

FUTURE_PLACE = "a `__future__` import in the wrong place: found by the compiler, no matter of syntax"
FUTURE_NAME = "a `__future__` feature that does not exist: found by the compiler, no matter of syntax"

# test_ast.py
AST = {
    "library": {
        "test/test_future_stmt/badsyntax_future.py": FUTURE_PLACE,  # from 3.13 on
        "test/test_future_stmt/badsyntax_future3.py": FUTURE_NAME,  # these up to 3.12
        "test/test_future_stmt/badsyntax_future4.py": FUTURE_PLACE,
        "test/test_future_stmt/badsyntax_future5.py": FUTURE_PLACE,
        "test/test_future_stmt/badsyntax_future6.py": FUTURE_PLACE,
        "test/test_future_stmt/badsyntax_future7.py": FUTURE_PLACE,
        "test/test_future_stmt/badsyntax_future9.py": FUTURE_NAME,
        "test/test_future_stmt/badsyntax_future10.py": FUTURE_PLACE,
    },
    "testsuite": {
        "test/badsyntax_future3.py": FUTURE_NAME,
        "test/badsyntax_future4.py": FUTURE_PLACE,
        "test/badsyntax_future5.py": FUTURE_PLACE,
        "test/badsyntax_future6.py": FUTURE_PLACE,
        "test/badsyntax_future7.py": FUTURE_PLACE,
        "test/badsyntax_future9.py": FUTURE_NAME,
        "test/badsyntax_future10.py": FUTURE_PLACE,
    },
}

# test_tokens.py: with the last version of Python for which it holds
TOKENS = {
    "library": {
        "test/test_unicode_identifiers.py": ((3, 11), "the old tokenizer, a regular expression, splits names at letters "
                                             "outside of the basic plane"),
    },
}
