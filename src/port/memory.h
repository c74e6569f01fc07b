/* How the system's allocator is used. */
#ifndef AWRY_PORT_MEMORY_H
#define AWRY_PORT_MEMORY_H

/* Once, before the first thread: pieces of some megabytes come from the heap and go back to it, not to the system each time, where each
 * page of them would have to be made and cleared anew. Does nothing where the allocator cannot be told. */
void memory_prepare(void);

#endif
