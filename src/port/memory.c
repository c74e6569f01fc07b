#include "port/memory.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void memory_prepare(void)
{
#ifdef M_MMAP_THRESHOLD
    enum { LARGEST_PIECE = 8 << 20, FREE_MOST = 32 << 20 };
    mallopt(M_MMAP_THRESHOLD, LARGEST_PIECE);
    mallopt(M_TRIM_THRESHOLD, FREE_MOST);
#endif
}
