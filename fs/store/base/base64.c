/* Base64, RFC 4648 section 4: the strict half of it, where every value has exactly one spelling. */
#include "fs/store/base/digest.h"

static char letter(unsigned six)
{
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[six & 63];
}

void base64_encode(const void *data, size_t len, char *out)
{
	const uint8_t *in = data;

	for (; len >= 3; len -= 3, in += 3) {
		*out++ = letter(in[0] >> 2);
		*out++ = letter(in[0] << 4 | in[1] >> 4);
		*out++ = letter(in[1] << 2 | in[2] >> 6);
		*out++ = letter(in[2]);
	}
	if (len > 0) {
		unsigned second = len > 1 ? in[1] : 0;

		*out++ = letter(in[0] >> 2);
		*out++ = letter(in[0] << 4 | second >> 4);
		*out++ = len > 1 ? letter(second << 2) : '=';
		*out++ = '=';
	}
	*out = '\0';
}

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *len)
{
	size_t pad = 0, used = 0;

	if (text_len % 4 != 0)
		return false;
	while (pad < 2 && pad < text_len && text[text_len - 1 - pad] == '=')
		pad++;
	if (text_len / 4 * 3 - pad > cap)
		return false;
	for (size_t i = 0; i < text_len; i += 4) {
		unsigned digits = i + 4 == text_len ? 4 - pad : 4;
		uint32_t bits = 0;

		for (size_t k = 0; k < 4; k++) {
			int v = k < digits ? value(text[i + k]) : 0;

			if (v < 0)
				return false;
			bits = bits << 6 | (uint32_t)v;
		}
		/* bits that the padding leaves over must be zero, or one value would have several
		 * spellings */
		if ((digits == 2 && (bits & 0xffff)) || (digits == 3 && (bits & 0xff)))
			return false;
		for (size_t k = 0; k + 1 < digits; k++)
			out[used++] = (uint8_t)(bits >> (16 - 8 * k));
	}
	*len = used;
	return true;
}
