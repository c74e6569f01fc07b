#include "lsp/frame.h"

#include <strings.h>

enum { KEPT_MOST = 1 << 20 /* a larger buffer is given back when it is empty */ };
#define PASSED_MOST ((uint64_t)1 << 32) /* a length beyond that is taken for nonsense */

static const char length_name[] = "content-length:";
enum { LENGTH_NAME = sizeof length_name - 1 };

void frames_init(Frames *frames)
{
    *frames = (Frames){ 0 };
    arena_init(&frames->arena);
}

void frames_release(Frames *frames)
{
    arena_release(&frames->arena);
    *frames = (Frames){ 0 };
}

/* ---- Bytes ---- */

static void move_to(Frames *frames, size_t room)
{
    Arena old = frames->arena;
    arena_init(&frames->arena);
    char *bytes = arena_alloc_raw(&frames->arena, room);
    if (frames->end > frames->begin)
        memcpy(bytes, frames->bytes + frames->begin, frames->end - frames->begin);
    arena_release(&old);
    frames->bytes = bytes;
    frames->room = room;
    frames->end -= frames->begin;
    frames->begin = 0;
}

char *frames_room(Frames *frames, size_t n)
{
    size_t held = frames->end - frames->begin;
    if (!held)
        frames->begin = frames->end = 0;
    if (!held && frames->room > KEPT_MOST && n <= KEPT_MOST)
        move_to(frames, KEPT_MOST);
    if (frames->room - frames->end >= n)
        return frames->bytes + frames->end;
    if (frames->room - held >= n && frames->begin >= held) {
        memcpy(frames->bytes, frames->bytes + frames->begin, held);
        frames->begin = 0;
        frames->end = held;
        return frames->bytes + held;
    }
    size_t room = frames->room ? frames->room : n;
    while (room - held < n)
        room *= 2;
    move_to(frames, room);
    return frames->bytes + frames->end;
}

void frames_add(Frames *frames, size_t n)
{
    frames->end += n;
}

/* ---- Headers ---- */

static FrameStatus lose(Frames *frames, Str *body, const char *why)
{
    bool is_new = !frames->is_lost;
    frames->is_lost = true;
    frames->has_length = frames->has_header = false;
    *body = str_of(why);
    return is_new ? FRAME_BAD : FRAME_NONE;
}

/* Where the name begins in what may hold a body that nobody announced; line.n when it is not there. */
static uint32_t find_length(Str line)
{
    for (uint32_t i = 0; i + LENGTH_NAME <= line.n; i++)
        if (strncasecmp(line.p + i, length_name, LENGTH_NAME) == 0)
            return i;
    return line.n;
}

static bool read_length(Str digits, uint64_t *length)
{
    digits = str_trim(digits);
    *length = 0;
    for (uint32_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9' || *length > PASSED_MOST)
            return false;
        *length = *length * 10 + (uint64_t)(digits.p[i] - '0');
    }
    return digits.n && *length <= PASSED_MOST;
}

/* A line that is not empty. */
static FrameStatus read_header(Frames *frames, Str line, Str *body)
{
    uint32_t at = find_length(line);
    if (at < line.n) {
        if (!read_length(str_slice(line, at + LENGTH_NAME, line.n), &frames->length))
            return lose(frames, body, "Content-Length is no number of bytes that a message could have");
        frames->has_length = frames->has_header = true;
        frames->is_lost = false;
        return FRAME_NONE;
    }
    if (str_find(line, ':') == line.n)
        return lose(frames, body, "a header line without a colon");
    frames->has_header = true;
    return FRAME_NONE;
}

static FrameStatus end_headers(Frames *frames, Str *body)
{
    bool has_header = frames->has_header, has_length = frames->has_length;
    frames->has_header = frames->has_length = false;
    if (!has_length)
        return has_header ? lose(frames, body, "headers without Content-Length") : FRAME_NONE;
    if (frames->length > MESSAGE_MOST) {
        frames->passed = frames->length;
        *body = STR("a message that is too long");
        return FRAME_BAD;
    }
    frames->is_in_body = true;
    return FRAME_NONE;
}

/* One line, if it is there. *is_stuck: more bytes are needed. */
static FrameStatus next_line(Frames *frames, Str *body, bool *is_stuck)
{
    const char *begin = frames->bytes + frames->begin;
    size_t held = frames->end - frames->begin;
    const char *end = held ? memchr(begin, '\n', held) : NULL;
    size_t n = end ? (size_t)(end - begin) : held;
    *is_stuck = !end && held <= HEADER_MOST;
    if (*is_stuck)
        return FRAME_NONE;
    if (n > HEADER_MOST) {
        /* The end may be the beginning of a header. */
        Str line = { begin, (uint32_t)n };
        uint32_t at = find_length(line);
        frames->begin += at < n ? at : end ? n + 1 : n - LENGTH_NAME;
        if (at == 0)
            frames->begin += LENGTH_NAME;
        return lose(frames, body, "a header line that is too long");
    }
    frames->begin += n + 1;
    if (n && begin[n - 1] == '\r')
        n--;
    return n ? read_header(frames, (Str){ begin, (uint32_t)n }, body) : end_headers(frames, body);
}

static void pass_over(Frames *frames)
{
    size_t held = frames->end - frames->begin;
    size_t n = frames->passed < held ? (size_t)frames->passed : held;
    frames->begin += n;
    frames->passed -= n;
}

FrameStatus frames_next(Frames *frames, Str *body)
{
    for (bool is_stuck = false; !is_stuck;) {
        pass_over(frames);
        if (frames->passed)
            return FRAME_NONE;
        if (frames->is_in_body) {
            if (frames->end - frames->begin < frames->length)
                return FRAME_NONE;
            *body = (Str){ frames->bytes + frames->begin, (uint32_t)frames->length };
            frames->begin += frames->length;
            frames->is_in_body = false;
            return FRAME_BODY;
        }
        FrameStatus status = next_line(frames, body, &is_stuck);
        if (status != FRAME_NONE)
            return status;
    }
    return FRAME_NONE;
}
