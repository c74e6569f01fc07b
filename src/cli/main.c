#include "cli/cli.h"
#include "port/memory.h"
#include "python/tree.h"

int main(int argc, char **argv)
{
    memory_prepare();
    tree_setup();
    return cli_run(argc, argv);
}
