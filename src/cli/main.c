#include "cli/cli.h"
#include "python/tree.h"

int main(int argc, char **argv)
{
    tree_setup();
    return cli_run(argc, argv);
}
