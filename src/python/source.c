#include "python/source.h"

#include <iconv.h>

#include "base/text.h"

enum {
    PADDING = 16,            /* zero bytes behind every text */
    SNIFFED = 8 << 10,       /* bytes looked at for controls */
    FEWEST_INVALID = 8,      /* below that a short text is not called binary */
    LONGEST_SHOWN_NAME = 40, /* of an encoding, in a message */
};

/* How the bytes of an encoding become characters. */
typedef enum Method {
    UTF8,
    ASCII,
    BYTES,      /* ASCII, and each byte above it is a character */
    CHARACTERS, /* ASCII, and sequences that begin with a byte above it */
    WHOLE,      /* with shift states, or with other characters in the place of ASCII: iconv sees the text as a whole */
} Method;

typedef struct Codec {
    const char *name;  /* as Python names it */
    const char *iconv; /* as iconv does */
    Method method;
    const char *words; /* Python's module, then its aliases, normalised */
} Codec;

/* The text encodings of CPython 3.11 in which a coding cookie can be read: not EBCDIC, not UTF-16 and UTF-32. */
static const Codec codecs[] = {
    { "utf-8", NULL, UTF8, "utf_8 utf_8_sig cp65001 u8 utf utf8 utf8_ucs2 utf8_ucs4" },
    { "ascii", NULL, ASCII,
        "ascii 646 ansi_x3_4_1968 ansi_x3_4_1986 iso_646_irv_1991 cp367 csascii ibm367 iso646_us iso_ir_6 us"
        " us_ascii" },
    { "iso-8859-1", "ISO-8859-1", BYTES,
        "latin_1 iso8859_1 8859 cp819 csisolatin1 ibm819 iso8859 iso_8859_1"
        " iso_8859_1_1987 iso_ir_100 l1 latin latin1" },
    { "big5", "BIG5", CHARACTERS, "big5 big5_tw csbig5 x_mac_trad_chinese" },
    { "big5hkscs", "BIG5-HKSCS", CHARACTERS, "big5hkscs big5_hkscs hkscs" },
    { "cp1006", "CP1006", BYTES, "cp1006" },
    { "cp1125", "CP1125", BYTES, "cp1125 1125 cp866u ibm1125 ruscii" },
    { "cp1250", "CP1250", BYTES, "cp1250 1250 windows_1250" },
    { "cp1251", "CP1251", BYTES, "cp1251 1251 windows_1251" },
    { "cp1252", "CP1252", BYTES, "cp1252 1252 windows_1252" },
    { "cp1253", "CP1253", BYTES, "cp1253 1253 windows_1253" },
    { "cp1254", "CP1254", BYTES, "cp1254 1254 windows_1254" },
    { "cp1255", "CP1255", BYTES, "cp1255 1255 windows_1255" },
    { "cp1256", "CP1256", BYTES, "cp1256 1256 windows_1256" },
    { "cp1257", "CP1257", BYTES, "cp1257 1257 windows_1257" },
    { "cp1258", "CP1258", BYTES, "cp1258 1258 windows_1258" },
    { "cp437", "CP437", BYTES, "cp437 437 cspc8codepage437 ibm437" },
    { "cp720", "CP720", BYTES, "cp720" },
    { "cp737", "CP737", BYTES, "cp737" },
    { "cp775", "CP775", BYTES, "cp775 775 cspc775baltic ibm775" },
    { "cp850", "CP850", BYTES, "cp850 850 cspc850multilingual ibm850" },
    { "cp852", "CP852", BYTES, "cp852 852 cspcp852 ibm852" },
    { "cp855", "CP855", BYTES, "cp855 855 csibm855 ibm855" },
    { "cp856", "CP856", BYTES, "cp856" },
    { "cp857", "CP857", BYTES, "cp857 857 csibm857 ibm857" },
    { "cp858", "CP858", BYTES, "cp858 858 csibm858 ibm858" },
    { "cp860", "CP860", BYTES, "cp860 860 csibm860 ibm860" },
    { "cp861", "CP861", BYTES, "cp861 861 cp_is csibm861 ibm861" },
    { "cp862", "CP862", BYTES, "cp862 862 cspc862latinhebrew ibm862" },
    { "cp863", "CP863", BYTES, "cp863 863 csibm863 ibm863" },
    { "cp864", "CP864", WHOLE, "cp864 864 csibm864 ibm864" },
    { "cp865", "CP865", BYTES, "cp865 865 csibm865 ibm865" },
    { "cp866", "CP866", BYTES, "cp866 866 csibm866 ibm866" },
    { "cp869", "CP869", BYTES, "cp869 869 cp_gr csibm869 ibm869" },
    { "cp874", "CP874", BYTES, "cp874" },
    { "cp932", "CP932", CHARACTERS, "cp932 932 ms932 ms_kanji mskanji" },
    { "cp949", "CP949", CHARACTERS, "cp949 949 ms949 uhc" },
    { "cp950", "CP950", CHARACTERS, "cp950 950 ms950" },
    { "euc_jis_2004", "EUC-JISX0213", CHARACTERS, "euc_jis_2004 euc_jis2004 eucjis2004 jisx0213" },
    { "euc_jisx0213", "EUC-JISX0213", CHARACTERS, "euc_jisx0213 eucjisx0213" },
    { "euc_jp", "EUC-JP", CHARACTERS, "euc_jp eucjp u_jis ujis" },
    { "euc_kr", "EUC-KR", CHARACTERS,
        "euc_kr euckr korean ks_c_5601 ks_c_5601_1987 ks_x_1001 ksc5601 ksx1001"
        " x_mac_korean" },
    { "gb18030", "GB18030", CHARACTERS, "gb18030 gb18030_2000" },
    { "gb2312", "GB2312", CHARACTERS,
        "gb2312 chinese csiso58gb231280 euc_cn euccn eucgb2312_cn gb2312_1980"
        " gb2312_80 iso_ir_58 x_mac_simp_chinese" },
    { "gbk", "GBK", CHARACTERS, "gbk 936 cp936 ms936" },
    { "hp-roman8", "HP-ROMAN8", BYTES, "hp_roman8 cp1051 csHPRoman8 ibm1051 r8 roman8" },
    { "hz", "HZ", WHOLE, "hz hz_gb hz_gb_2312 hzgb" },
    { "iso2022_jp", "ISO-2022-JP", WHOLE, "iso2022_jp csiso2022jp iso2022jp iso_2022_jp" },
    { "iso2022_jp_1", "ISO-2022-JP-1", WHOLE, "iso2022_jp_1 iso2022jp_1 iso_2022_jp_1" },
    { "iso2022_jp_2", "ISO-2022-JP-2", WHOLE, "iso2022_jp_2 iso2022jp_2 iso_2022_jp_2" },
    { "iso2022_jp_2004", "ISO-2022-JP-3", WHOLE, "iso2022_jp_2004 iso2022jp_2004 iso_2022_jp_2004" },
    { "iso2022_jp_3", "ISO-2022-JP-3", WHOLE, "iso2022_jp_3 iso2022jp_3 iso_2022_jp_3" },
    { "iso2022_jp_ext", "ISO-2022-JP-EXT", WHOLE, "iso2022_jp_ext iso2022jp_ext iso_2022_jp_ext" },
    { "iso2022_kr", "ISO-2022-KR", WHOLE, "iso2022_kr csiso2022kr iso2022kr iso_2022_kr" },
    { "iso8859-10", "ISO-8859-10", BYTES,
        "iso8859_10 csisolatin6 iso_8859_10 iso_8859_10_1992 iso_ir_157 l6"
        " latin6" },
    { "iso8859-11", "ISO-8859-11", BYTES, "iso8859_11 iso_8859_11 iso_8859_11_2001 thai" },
    { "iso8859-13", "ISO-8859-13", BYTES, "iso8859_13 iso_8859_13 l7 latin7" },
    { "iso8859-14", "ISO-8859-14", BYTES, "iso8859_14 iso_8859_14 iso_8859_14_1998 iso_celtic iso_ir_199 l8 latin8" },
    { "iso8859-15", "ISO-8859-15", BYTES, "iso8859_15 iso_8859_15 l9 latin9" },
    { "iso8859-16", "ISO-8859-16", BYTES, "iso8859_16 iso_8859_16 iso_8859_16_2001 iso_ir_226 l10 latin10" },
    { "iso8859-2", "ISO-8859-2", BYTES, "iso8859_2 csisolatin2 iso_8859_2 iso_8859_2_1987 iso_ir_101 l2 latin2" },
    { "iso8859-3", "ISO-8859-3", BYTES, "iso8859_3 csisolatin3 iso_8859_3 iso_8859_3_1988 iso_ir_109 l3 latin3" },
    { "iso8859-4", "ISO-8859-4", BYTES, "iso8859_4 csisolatin4 iso_8859_4 iso_8859_4_1988 iso_ir_110 l4 latin4" },
    { "iso8859-5", "ISO-8859-5", BYTES,
        "iso8859_5 csisolatincyrillic cyrillic iso_8859_5 iso_8859_5_1988"
        " iso_ir_144" },
    { "iso8859-6", "ISO-8859-6", BYTES,
        "iso8859_6 arabic asmo_708 csisolatinarabic ecma_114 iso_8859_6"
        " iso_8859_6_1987 iso_ir_127" },
    { "iso8859-7", "ISO-8859-7", BYTES,
        "iso8859_7 csisolatingreek ecma_118 elot_928 greek greek8 iso_8859_7"
        " iso_8859_7_1987 iso_ir_126" },
    { "iso8859-8", "ISO-8859-8", BYTES, "iso8859_8 csisolatinhebrew hebrew iso_8859_8 iso_8859_8_1988 iso_ir_138" },
    { "iso8859-9", "ISO-8859-9", BYTES, "iso8859_9 csisolatin5 iso_8859_9 iso_8859_9_1989 iso_ir_148 l5 latin5" },
    { "johab", "JOHAB", CHARACTERS, "johab cp1361 ms1361" },
    { "koi8-r", "KOI8-R", BYTES, "koi8_r cskoi8r" },
    { "koi8-t", "KOI8-T", BYTES, "koi8_t" },
    { "koi8-u", "KOI8-U", BYTES, "koi8_u" },
    { "kz1048", "RK1048", BYTES, "kz1048 kz_1048 rk1048 strk1048_2002" },
    { "mac-arabic", "MAC-ARABIC", BYTES, "mac_arabic" },
    { "mac-croatian", "MAC-CROATIAN", BYTES, "mac_croatian" },
    { "mac-cyrillic", "MAC-CYRILLIC", BYTES, "mac_cyrillic maccyrillic" },
    { "mac-farsi", "MAC-FARSI", BYTES, "mac_farsi" },
    { "mac-greek", "MAC-GREEK", BYTES, "mac_greek macgreek" },
    { "mac-iceland", "MAC-ICELAND", BYTES, "mac_iceland maciceland" },
    { "mac-latin2", "MAC-CENTRALEUROPE", BYTES, "mac_latin2 mac_centeuro maccentraleurope maclatin2" },
    { "mac-roman", "MACINTOSH", BYTES, "mac_roman macintosh macroman" },
    { "mac-romanian", "MAC-ROMANIAN", BYTES, "mac_romanian" },
    { "mac-turkish", "MAC-TURKISH", BYTES, "mac_turkish macturkish" },
    { "palmos", "PALMOS", BYTES, "palmos" },
    { "ptcp154", "PT154", BYTES, "ptcp154 cp154 csptcp154 cyrillic_asian pt154" },
    { "shift_jis", "SHIFT_JIS", CHARACTERS, "shift_jis csshiftjis s_jis shiftjis sjis x_mac_japanese" },
    { "shift_jis_2004", "SHIFT_JISX0213", WHOLE, "shift_jis_2004 s_jis_2004 shiftjis2004 sjis_2004" },
    { "shift_jisx0213", "SHIFT_JISX0213", WHOLE, "shift_jisx0213 s_jisx0213 shiftjisx0213 sjisx0213" },
    { "tis-620", "TIS-620", BYTES, "tis_620 iso_ir_166 tis620 tis_620_0 tis_620_2529_0 tis_620_2529_1" },
    { "utf-7", "UTF-7", WHOLE, "utf_7 u7 unicode_1_1_utf_7 utf7" },
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_alphanumeric(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/* Whether `name` (its first 12 bytes in lower case, `_` as `-`) is `base` or begins with `base-`, as CPython's tokenizer
 * compares: it does not ask the codecs for these few. */
static bool is_short_for(Str name, const char *base)
{
    char normal[12];
    uint32_t n = name.n < sizeof normal ? name.n : (uint32_t)sizeof normal;
    for (uint32_t i = 0; i < n; i++)
        normal[i] = name.p[i] == '_' ? '-' : lower(name.p[i]);
    Str word = str_of(base);
    return str_starts((Str){ normal, n }, word) && (n == word.n || normal[word.n] == '-');
}

static bool is_utf8_name(Str name)
{
    return is_short_for(name, "utf-8");
}

static bool is_latin1_name(Str name)
{
    return is_short_for(name, "latin-1") || is_short_for(name, "iso-8859-1") || is_short_for(name, "iso-latin-1");
}

/* Whether `word` is one of the words between single spaces. The first one names a module, and no module has a dot. */
static bool has_word(Str words, Str word, bool is_dotted)
{
    for (uint32_t i = 0, end; i < words.n; i = end + 1) {
        Str rest = str_slice(words, i, words.n);
        end = i + str_find(rest, ' ');
        if (str_equal(str_slice(words, i, end), word) && !(i == 0 && is_dotted))
            return true;
    }
    return false;
}

/* NULL for what is not a text encoding that we know. */
static const Codec *codec_find(Str name)
{
    if (is_utf8_name(name))
        name = STR("utf_8");
    else if (is_latin1_name(name))
        name = STR("latin_1");

    /* The names of codecs: runs of anything but letters, digits and dots are one `_`, none at the ends; a dot too. */
    char normal[64];
    uint32_t n = 0;
    bool is_dotted = false, is_apart = false;
    for (uint32_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!is_alphanumeric(c) && c != '.') {
            is_apart = true;
            continue;
        }
        if (n + 2 > sizeof normal)
            return NULL;
        if (is_apart && n)
            normal[n++] = '_';
        is_apart = false;
        is_dotted = is_dotted || c == '.';
        normal[n++] = c == '.' ? '_' : lower(c);
    }
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (has_word(str_of(codecs[i].words), (Str){ normal, n }, is_dotted))
            return &codecs[i];
    return NULL;
}

/* The end of the line that begins at `begin`, without its line end. */
static uint32_t line_end(Str text, uint32_t begin)
{
    while (begin < text.n && text.p[begin] != '\n' && text.p[begin] != '\r')
        begin++;
    return begin;
}

static uint32_t next_line(Str text, uint32_t end)
{
    if (end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n')
        return end + 2;
    return end < text.n ? end + 1 : end;
}

static uint32_t skip_blanks(Str text, uint32_t i, uint32_t end)
{
    while (i < end && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\f'))
        i++;
    return i;
}

static bool is_name_byte(char c)
{
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
}

/* The name in a comment line `... coding: name ...`, as a view of the text; empty when there is none. */
static Str cookie_of_line(Str text, uint32_t begin, uint32_t end)
{
    const Str word = STR("coding");
    uint32_t i = skip_blanks(text, begin, end);
    if (i == end || text.p[i] != '#')
        return STR("");
    for (; i + word.n < end; i++) {
        if (!str_starts(str_slice(text, i, end), word))
            continue;
        uint32_t name = i + word.n;
        if (text.p[name] != ':' && text.p[name] != '=')
            continue;
        name++;
        while (name < end && (text.p[name] == ' ' || text.p[name] == '\t'))
            name++;
        uint32_t after = name;
        while (after < end && is_name_byte(text.p[after]))
            after++;
        if (after > name)
            return str_slice(text, name, after);
    }
    return STR("");
}

/* The coding cookie of the first line, or of the second when the first holds nothing but a comment. */
static Str cookie_find(Str text)
{
    uint32_t end = line_end(text, 0);
    Str cookie = cookie_of_line(text, 0, end);
    if (cookie.n)
        return cookie;
    uint32_t i = skip_blanks(text, 0, end);
    if (i < end && text.p[i] != '#')
        return STR("");
    uint32_t second = next_line(text, end);
    return cookie_of_line(text, second, line_end(text, second));
}

/* Only the first trouble is kept. */
static void set_trouble(Source *source, uint32_t begin, uint32_t end, Str message)
{
    if (source->has_trouble)
        return;
    source->has_trouble = true;
    source->trouble = (Trouble){ .kind = TROUBLE_ENCODING, .begin = begin, .end = end, .message = message };
}

static void set_binary(Source *source, Str message)
{
    source->is_binary = true;
    source->text = str_slice(source->bytes, source->bytes.n, source->bytes.n); /* the padding stays behind it */
    set_trouble(source, 0, 0, message);
}

static bool has_bytes_at(Str bytes, const char *mark, uint32_t n)
{
    return str_starts(bytes, (Str){ mark, n });
}

/* The wide encoding whose byte order mark the bytes begin with; NULL when there is none. */
static const char *wide_encoding(Str bytes)
{
    if (has_bytes_at(bytes, "\xFF\xFE\0\0", 4) || has_bytes_at(bytes, "\0\0\xFE\xFF", 4))
        return "utf-32";
    if (has_bytes_at(bytes, "\xFF\xFE", 2) || has_bytes_at(bytes, "\xFE\xFF", 2))
        return "utf-16";
    return NULL;
}

/* NUL and other controls that no text has; a NUL alone is a mistake in a text, which the scan reports. */
static bool has_controls(Str bytes)
{
    Str head = str_slice(bytes, 0, bytes.n < SNIFFED ? bytes.n : SNIFFED);
    if (str_find(head, '\0') == head.n)
        return false;
    for (uint32_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        bool is_of_text = c == 0 || c >= 0x20 || (c >= '\a' && c <= '\r') || c == 0x1B;
        if (!is_of_text)
            return true;
    }
    return false;
}

/* UTF-8, or taken for it: the text is the bytes themselves. */
static void check_utf8(Source *source, Arena *arena)
{
    uint32_t invalid = text_invalid_utf8(source->text);
    if (invalid < source->text.n)
        set_trouble(source, invalid, invalid + 1,
            arena_printf(arena, "invalid UTF-8: byte 0x%02x", (unsigned char)source->text.p[invalid]));
}

/* Offset of the first byte above ASCII, or text.n. */
static uint32_t first_above_ascii(Str text)
{
    uint32_t i = 0;
    for (uint64_t eight; text.n - i >= sizeof eight; i += (uint32_t)sizeof eight) {
        memcpy(&eight, text.p + i, sizeof eight);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (i < text.n && !(text.p[i] & 0x80))
        i++;
    return i;
}

/* Text on its way through iconv. `out` has room for four bytes of each byte of `in`, so that nothing is allocated while
 * the converter is open: each character of the encodings above becomes at most three times as long. */
typedef struct Decoding {
    iconv_t converter;
    Str in;
    uint32_t next; /* in `in` */
    char *out;
    uint32_t n;
    uint32_t room;
    bool has_bad;
    uint32_t bad;    /* the first undecodable byte, in `in` */
    uint32_t bad_at; /* what stands for it, in `out` */
} Decoding;

static void put(Decoding *d, const char *utf8, uint32_t n)
{
    memcpy(d->out + d->n, utf8, n);
    d->n += n;
}

static void put_bad(Decoding *d)
{
    if (!d->has_bad) {
        d->has_bad = true;
        d->bad = d->next;
        d->bad_at = d->n;
    }
    put(d, "\xEF\xBF\xBD", 3);
    d->next++;
}

/* POSIX has the input of iconv as char **, though it is only read. */
static size_t convert(iconv_t converter, const char **in, size_t *in_left, char **out, size_t *out_left)
{
    union {
        const char *readable;
        char *writable;
    } input = { *in };
    size_t result = iconv(converter, &input.writable, in_left, out, out_left);
    *in = input.readable;
    return result;
}

enum { LONGEST_SEQUENCE = 4, LONGEST_CHARACTER = 12 /* in UTF-8, with the marks that some sequences bring along */ };

/* Exactly `n` bytes as UTF-8; 0 when they are not one whole sequence. */
static uint32_t decode_sequence(iconv_t converter, const char *in, uint32_t n, char out[LONGEST_CHARACTER])
{
    size_t in_left = n, out_left = LONGEST_CHARACTER;
    char *end = out;
    iconv(converter, NULL, NULL, NULL, NULL);
    if (convert(converter, &in, &in_left, &end, &out_left) == (size_t)-1 || in_left)
        return 0;
    /* Converters hold a letter back while a mark may follow that composes with it. Python does not compose. */
    iconv(converter, NULL, NULL, &end, &out_left);
    uint32_t length = (uint32_t)(end - out);
    return length <= n * LONGEST_SEQUENCE ? length : 0;
}

/* A character a time, ASCII untouched: glibc's SHIFT_JIS makes a yen sign of the backslash, Python's does not. */
static void decode_characters(Decoding *d, Method method)
{
    struct {
        char utf8[LONGEST_CHARACTER];
        uint32_t n;
    } single[128];
    for (uint32_t i = 0; i < 128; i++) {
        char byte = (char)(i + 128);
        single[i].n = decode_sequence(d->converter, &byte, 1, single[i].utf8);
        /* C1 controls: glibc lets them pass in EUC and Big5, Python refuses them. */
        bool is_control = single[i].n == 2 && single[i].utf8[0] == '\xC2' && (unsigned char)single[i].utf8[1] < 0xA0;
        if (method == CHARACTERS && is_control)
            single[i].n = 0;
    }

    while (d->next < d->in.n) {
        unsigned char lead = (unsigned char)d->in.p[d->next];
        if (lead < 128) {
            d->out[d->n++] = d->in.p[d->next++];
            continue;
        }
        if (single[lead - 128].n) {
            put(d, single[lead - 128].utf8, single[lead - 128].n);
            d->next++;
            continue;
        }
        char utf8[LONGEST_CHARACTER];
        uint32_t n = 0, length = 2;
        for (; method == CHARACTERS && length <= LONGEST_SEQUENCE && length <= d->in.n - d->next; length++) {
            n = decode_sequence(d->converter, d->in.p + d->next, length, utf8);
            if (n)
                break;
        }
        if (!n) {
            put_bad(d);
            continue;
        }
        put(d, utf8, n);
        d->next += length;
    }
}

static void decode_whole(Decoding *d)
{
    for (;;) {
        const char *in = d->in.p + d->next;
        char *out = d->out + d->n;
        size_t in_left = d->in.n - d->next, out_left = d->room - d->n;
        size_t result = convert(d->converter, &in, &in_left, &out, &out_left);
        if (result != (size_t)-1)
            iconv(d->converter, NULL, NULL, &out, &out_left);
        d->next = (uint32_t)(in - d->in.p);
        d->n = (uint32_t)(out - d->out);
        if (d->next == d->in.n || d->room - d->n < 3)
            return;
        put_bad(d);
    }
}

/* source->text decoded; where that is not possible the text stays as it is, with a trouble. */
static void decode(Source *source, Arena *arena, const Codec *codec)
{
    Str in = source->text;
    if (in.n > UINT32_MAX / LONGEST_SEQUENCE - PADDING) {
        set_trouble(source, 0, 0, arena_printf(arena, "too large to be decoded from %s", codec->name));
        return;
    }
    Decoding d = { .in = in, .room = in.n * LONGEST_SEQUENCE };
    d.out = arena_alloc_raw(arena, (size_t)d.room + PADDING);
    d.converter = iconv_open("UTF-8", codec->iconv);
    if (d.converter == (iconv_t)-1) {
        set_trouble(source, 0, 0, arena_printf(arena, "this system cannot decode %s", codec->name));
        return;
    }
    if (codec->method == WHOLE)
        decode_whole(&d);
    else
        decode_characters(&d, codec->method);
    iconv_close(d.converter);

    d.out = arena_grow(arena, d.out, (size_t)d.room + PADDING, (size_t)d.n + PADDING);
    memset(d.out + d.n, 0, PADDING);
    source->text = (Str){ d.out, d.n };
    if (d.has_bad)
        set_trouble(source, d.bad_at, d.bad_at + 3,
            arena_printf(arena, "cannot decode byte 0x%02x as %s", (unsigned char)in.p[d.bad], codec->name));
}

/* From source->text, which is the bytes behind the BOM, to a text in UTF-8 as the cookie says. */
static void apply_cookie(Source *source, Arena *arena, Str cookie, bool has_bom)
{
    uint32_t begin = (uint32_t)(cookie.p - source->text.p), end = begin + cookie.n;
    Str shown = str_slice(cookie, 0, cookie.n < LONGEST_SHOWN_NAME ? cookie.n : LONGEST_SHOWN_NAME);
    const Codec *codec = codec_find(cookie);
    if (!codec) {
        set_trouble(source, begin, end, arena_printf(arena, "unknown encoding \"%.*s\"", STR_ARG(shown)));
        return;
    }
    /* By name, not by codec: CPython refuses even `utf8` here. */
    if (has_bom && !is_utf8_name(cookie)) {
        set_trouble(source, begin, end,
            arena_printf(arena, "encoding \"%.*s\" against a UTF-8 byte order mark", STR_ARG(shown)));
        return;
    }

    source->encoding = codec->name;
    if (codec->method == UTF8)
        return;
    uint32_t above = first_above_ascii(source->text);
    bool is_done = above == source->text.n && codec->method != WHOLE;
    if (is_done)
        return;
    if (codec->method == ASCII)
        set_trouble(source, above, above + 1,
            arena_printf(arena, "cannot decode byte 0x%02x as ascii", (unsigned char)source->text.p[above]));
    else
        decode(source, arena, codec);
}

void source_init(Source *source, Arena *arena, Str path, Str bytes)
{
    *source = (Source){ .path = path, .bytes = bytes, .text = bytes, .encoding = "utf-8" };
    source->is_stub = str_ends(path, STR(".pyi"));

    const char *wide = wide_encoding(bytes);
    if (wide) {
        source->encoding = wide;
        set_binary(source, arena_printf(arena, "text in %s, which Python does not read as source", wide));
        return;
    }
    if (has_controls(bytes)) {
        set_binary(source, STR("not a text: NUL and other control bytes"));
        return;
    }

    bool has_bom = has_bytes_at(bytes, "\xEF\xBB\xBF", 3);
    if (has_bom)
        source->text = str_slice(bytes, 3, bytes.n);
    Str cookie = cookie_find(source->text);
    if (cookie.n)
        apply_cookie(source, arena, cookie, has_bom);
    check_utf8(source, arena);
    if (cookie.n || !source->has_trouble)
        return;

    uint32_t invalid = text_count_invalid_utf8(source->text);
    if (invalid >= FEWEST_INVALID && invalid > source->text.n / 20) {
        source->has_trouble = false;
        set_binary(
            source, arena_printf(arena, "not a text: %u bytes are not UTF-8, and no encoding is named", invalid));
    }
}
