/* One Python source: its bytes, and its text as UTF-8.
 *
 * All offsets in awry are byte offsets into `text`, which is the file's own bytes when it is UTF-8 (a BOM is stepped
 * over: offsets start behind it) and the decoded text otherwise (PEP 263). Rows and columns are made from the line table
 * of the Scan when something is shown. */
#ifndef AWRY_PYTHON_SOURCE_H
#define AWRY_PYTHON_SOURCE_H

#include "base/arena.h"

/* Something wrong with the input itself: one of the AW0xx findings. */
typedef enum TroubleKind {
    TROUBLE_UNREADABLE, /* AW001 */
    TROUBLE_SYNTAX,     /* AW002 */
    TROUBLE_LIMIT,      /* AW003 */
    TROUBLE_ENCODING,   /* AW004 */
} TroubleKind;

typedef struct Trouble {
    TroubleKind kind;
    uint32_t begin, end; /* bytes of the text; 0, 0 when there is no place */
    Str message;         /* lower case, no full stop; lives as long as the arena of the file */
} Trouble;

typedef struct Source {
    Str path;  /* as it is shown; NUL-terminated */
    Str bytes; /* as read, with at least 16 zero bytes behind */
    Str text;  /* UTF-8 behind the BOM, with at least 16 zero bytes behind; may hold invalid bytes, then `trouble` says so */
    const char *encoding; /* Python's normalised name: "utf-8", "iso-8859-1", "shift_jis"; "utf-8" by default */
    bool is_stub;         /* .pyi */
    bool is_binary;       /* not a text: NUL among the first 8 KiB together with control bytes, or at least 8 bytes
                             and more than 5 % invalid UTF-8 and no coding cookie; `text` is empty then, and `trouble` says so */
    bool has_trouble;
    Trouble trouble; /* unknown encoding, undecodable bytes (place: the first one), cookie against BOM, binary */
} Source;

/* Takes `bytes` (owned by the arena, 16 zero bytes behind) apart: BOM, coding cookie of the first two lines (PEP 263,
 * the rules of tokenize.detect_encoding), decoding by iconv into the arena. UTF-16 and UTF-32 texts (by BOM) are
 * refused as CPython does. Undecodable bytes become U+FFFD in decoded text and stay as they are in UTF-8 text. Always
 * gives a usable Source. */
void source_init(Source *source, Arena *arena, Str path, Str bytes);

#endif
