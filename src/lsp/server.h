/* The language server: LSP 3.17 over two streams. It runs no command and writes no file. */
#ifndef AWRY_LSP_SERVER_H
#define AWRY_LSP_SERVER_H

/* Serves until `exit` or the end of the input. `version` is awry's own. The exit code: 0 after an orderly shutdown or at the end of
 * the input, 1 after `exit` alone, when the client has died, or when it cannot be written to. */
int serve(int in, int out, const char *version);

#endif
