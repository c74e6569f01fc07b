#include "engine/python_version.h"

/* The x of "3.x..."; 0 when it is another version. */
static unsigned minor_of(Str version)
{
    if (!str_starts(version, STR("3.")))
        return 0;
    unsigned minor = 0;
    for (uint32_t i = 2; i < version.n && i < 5 && version.p[i] >= '0' && version.p[i] <= '9'; i++)
        minor = minor * 10 + (unsigned)(version.p[i] - '0');
    return minor;
}

/* The lower bound of one clause. */
static unsigned clause_bound(Str clause)
{
    uint32_t end = 0;
    while (end < clause.n && strchr("<>=!~^", clause.p[end]))
        end++;
    Str sign = str_slice(clause, 0, end), version = str_trim(str_slice(clause, end, clause.n));
    if (sign.n && (sign.p[0] == '<' || sign.p[0] == '!'))
        return 0;
    return minor_of(version);
}

unsigned python_lower_bound(Str specifier)
{
    unsigned highest = 0;
    while (specifier.n) {
        uint32_t comma = str_find(specifier, ',');
        unsigned minor = clause_bound(str_trim(str_slice(specifier, 0, comma)));
        if (minor > highest)
            highest = minor;
        specifier = str_slice(specifier, comma < specifier.n ? comma + 1 : comma, specifier.n);
    }
    return highest;
}
