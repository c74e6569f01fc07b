/* Messages in a stream: header lines, an empty line, then as many bytes as Content-Length says. Bytes come in pieces of any size; what is no
 * message is passed over up to the next header that can be read. */
#ifndef AWRY_LSP_FRAME_H
#define AWRY_LSP_FRAME_H

#include "base/arena.h"

enum { HEADER_MOST = 4096 /* bytes of a header line */, MESSAGE_MOST = 64 << 20 /* bytes of a body */ };

typedef enum FrameStatus {
    FRAME_NONE, /* more bytes are needed */
    FRAME_BODY,
    FRAME_BAD, /* something that is no message, said once for a run of it */
} FrameStatus;

typedef struct Frames {
    Arena arena;
    char *bytes;
    size_t begin, end, room; /* what has come and was not taken yet: begin..end of `bytes` */
    bool has_header, has_length, is_in_body, is_lost;
    uint64_t length; /* of the body */
    uint64_t passed; /* bytes of a body that is too long, still to be passed over */
} Frames;

void frames_init(Frames *frames);
void frames_release(Frames *frames);

/* Room for at least `n` more bytes: to be filled, then frames_add says how many there were. What frames_next gave before is gone. */
char *frames_room(Frames *frames, size_t n);
void frames_add(Frames *frames, size_t n);

/* The next body: a view that lives until frames_room; of something bad why it is, constant. */
FrameStatus frames_next(Frames *frames, Str *body);

#endif
