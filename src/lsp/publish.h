/* Findings as the protocol's diagnostics. */
#ifndef AWRY_LSP_PUBLISH_H
#define AWRY_LSP_PUBLISH_H

#include "engine/session.h"
#include "lsp/document.h"
#include "report/write.h"

/* What the other side said that it can take. */
typedef struct Abilities {
    bool related, code_description, data, tag_unnecessary;
} Abilities;

/* A document by the path of its file; NULL when it is not open. `uri` is as the client spells it. */
typedef const Document *FindDocument(const void *context, Str path, Str *uri);

typedef struct Publication {
    const Document *document;
    Str uri; /* of the document, as the client spells it */
    Units units;
    const Abilities *abilities;
    FindDocument *find; /* for places in other files */
    const void *context;
    Str cwd; /* what relative paths of findings are relative to */
    Arena *scratch;
} Publication;

/* The array of diagnostics. */
void publish_findings(Json *json, const Publication *publication, SessionFindings findings);

#endif
