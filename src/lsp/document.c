#include "lsp/document.h"

#include "base/text.h"

#define SIZE_MOST ((uint64_t)1 << 30)

void document_init(Document *document)
{
    *document = (Document){ .text = STR("") };
    arena_init(&document->memory[0]);
    arena_init(&document->memory[1]);
    document_set(document, STR(""));
}

void document_release(Document *document)
{
    arena_release(&document->memory[0]);
    arena_release(&document->memory[1]);
    *document = (Document){ .text = STR("") };
}

static void find_lines(Document *document)
{
    Arena *arena = &document->memory[document->current];
    Str text = document->text;
    document->lines.items = NULL;
    document->lines.count = document->lines.reserve = 0;
    *array_push(arena, &document->lines) = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n' || (text.p[i] == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n')))
            *array_push(arena, &document->lines) = i + 1;
    }
}

bool document_replace(Document *document, uint32_t begin, uint32_t end, Str text)
{
    Str old = document->text;
    uint64_t size = (uint64_t)old.n - (end - begin) + text.n;
    if (size > SIZE_MOST)
        return false;
    document->current ^= 1;
    Arena *arena = &document->memory[document->current];
    arena_clear(arena);
    char *bytes = arena_alloc_raw(arena, (size_t)size + 1);
    memcpy(bytes, old.p, begin);
    memcpy(bytes + begin, text.p, text.n);
    memcpy(bytes + begin + text.n, old.p + end, old.n - end);
    bytes[size] = '\0';
    document->text = (Str){ bytes, (uint32_t)size };
    find_lines(document);
    return true;
}

void document_set(Document *document, Str text)
{
    document_replace(document, 0, document->text.n, text);
}

/* ---- Places ---- */

/* How many units a character takes that is `bytes` long in UTF-8. What is no UTF-8 counts as one. */
static uint32_t units_of(Units units, uint32_t bytes)
{
    if (units == UNITS_UTF8)
        return bytes;
    return units == UNITS_UTF16 && bytes == 4 ? 2 : 1;
}

static uint32_t character_bytes(Str text, uint32_t at)
{
    uint32_t code;
    return (unsigned char)text.p[at] < 0x80 ? 1 : text_decode(str_slice(text, at, text.n), &code);
}

uint32_t units_length(Units units, Str text)
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < text.n;) {
        uint32_t bytes = character_bytes(text, i);
        length += units_of(units, bytes);
        i += bytes;
    }
    return length;
}

/* Where a line ends, its end mark left out. */
static uint32_t line_end(const Document *document, uint32_t line)
{
    Str text = document->text;
    if (line + 1 >= document->lines.count)
        return text.n;
    uint32_t end = document->lines.items[line + 1] - 1;
    return end > document->lines.items[line] && text.p[end] == '\n' && text.p[end - 1] == '\r' ? end - 1 : end;
}

uint32_t document_offset(const Document *document, Units units, Position position)
{
    if (position.line >= document->lines.count)
        return document->text.n;
    uint32_t at = document->lines.items[position.line], end = line_end(document, position.line);
    for (uint32_t left = position.character; at < end;) {
        uint32_t bytes = character_bytes(document->text, at), wide = units_of(units, bytes);
        if (wide > left)
            break;
        left -= wide;
        at += bytes;
    }
    return at;
}

Position document_position(const Document *document, Units units, uint32_t offset)
{
    if (offset > document->text.n)
        offset = document->text.n;
    uint32_t low = 0, high = document->lines.count; /* the line is in low..high-1 */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (document->lines.items[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    Str before = str_slice(document->text, document->lines.items[low], offset);
    return (Position){ low, units_length(units, before) };
}
