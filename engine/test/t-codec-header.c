/* t-codec-header.c: what a reader must answer to each kind of bad container, one line a case; the same cases are the stored vectors of
 * protocol/vectors/container. JFHE_WRITE_VECTORS=FOLDER writes them anew (container.json and a file a case). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "codec-cases.h"
#include "codec/header.h"

/* How a case is made of one of the containers of codec-cases.c. */
enum how {
  AS_IS,
  BYTES,      /* `value`, `width` bytes little-endian, put at `at`; then the checksums made right */
  BROKEN,     /* the same, checksums left alone */
  CUT,        /* cut to `at` bytes */
  TAIL,       /* one byte more */
  OTHER_RING, /* of degree 32 */
};

typedef struct vector {
  const char *name;
  const char *base;
  enum how how;
  size_t at;
  uint64_t value;
  size_t width;
  jfhe_status want;
} vector;

#define NAN_BITS        UINT64_C(0x7ff8000000000000)
#define INFINITY_BITS   UINT64_C(0x7ff0000000000000)
#define MINUS_ZERO_BITS (UINT64_C(1) << 63)
#define HALF_BITS       UINT64_C(0x3fe0000000000000)
#define HUGE_BITS       UINT64_C(0x4cf0000000000000) /* 2^208 */

static const vector VECTORS[] = {
    {"ok-params", "params", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-ct-raw", "ct-raw", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-ct-packed", "ct-packed", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-ct-seeded", "ct-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-pk-seeded", "pk-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-pk-raw-seeded", "pk-raw-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-evk-relin-seeded", "evk-relin-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-evk-galois-raw-seeded", "evk-galois-raw-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-evk-galois-raw", "evk-galois-raw", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-evk-switch-packed", "evk-switch-packed", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-evk-lift-seeded", "evk-lift-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-sk", "sk", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-ct-coefficient-form", "ct-raw", BYTES, JFI_AT_FORM, 0, 1, JFHE_OK},
    {"ok-ct-coeff-packing", "ct-raw", BYTES, JFI_AT_PACKING, 0x0402, 2, JFHE_OK},
    /* magic, version, lengths */
    {"magic", "ct-raw", BROKEN, 0, 'X', 1, JFHE_ERR_FORMAT},
    {"magic-as-text", "ct-raw", BROKEN, 4, '\n', 1, JFHE_ERR_FORMAT},
    {"version-0", "ct-raw", BYTES, JFI_AT_VERSION, 0, 4, JFHE_ERR_VERSION},
    {"version-2", "ct-raw", BROKEN, JFI_AT_VERSION, 2, 4, JFHE_ERR_VERSION},
    {"header-too-short", "ct-raw", BYTES, JFI_AT_HEADER_LEN, 240, 4, JFHE_ERR_FORMAT},
    {"header-too-long", "ct-raw", BYTES, JFI_AT_HEADER_LEN, 1296, 4, JFHE_ERR_FORMAT},
    {"header-odd", "ct-raw", BYTES, JFI_AT_HEADER_LEN, 257, 4, JFHE_ERR_FORMAT},
    {"header-with-digits", "ct-raw", BYTES, JFI_AT_HEADER_LEN, 272, 4, JFHE_ERR_FORMAT},
    {"total-larger", "ct-raw", BYTES, JFI_AT_TOTAL, UINT64_C(1) << 40, 8, JFHE_ERR_FORMAT},
    {"total-huge", "ct-raw", BYTES, JFI_AT_TOTAL, UINT64_MAX, 8, JFHE_ERR_FORMAT},
    {"payload-elsewhere", "ct-raw", BYTES, JFI_AT_PAYLOAD, 320, 8, JFHE_ERR_FORMAT},
    {"payload-in-header", "ct-raw", BYTES, JFI_AT_PAYLOAD, 128, 8, JFHE_ERR_FORMAT},
    {"payload-huge", "ct-raw", BYTES, JFI_AT_PAYLOAD_LEN, UINT64_MAX, 8, JFHE_ERR_FORMAT},
    {"cut-in-magic", "ct-raw", CUT, 5, 0, 0, JFHE_ERR_TRUNCATED},
    {"cut-in-header", "ct-raw", CUT, 255, 0, 0, JFHE_ERR_TRUNCATED},
    {"cut-in-digits", "evk-relin-seeded", CUT, 260, 0, 0, JFHE_ERR_TRUNCATED},
    {"cut-in-payload", "ct-raw", CUT, 300, 0, 0, JFHE_ERR_TRUNCATED},
    {"tail", "ct-raw", TAIL, 0, 0, 0, JFHE_ERR_TRUNCATED},
    /* checksums */
    {"header-flipped", "ct-raw", BROKEN, JFI_AT_KEY_ID, 0xff, 1, JFHE_ERR_CHECKSUM},
    {"header-sum-flipped", "ct-raw", BROKEN, JFI_AT_HEADER_SUM, 0xff, 1, JFHE_ERR_CHECKSUM},
    {"payload-flipped", "ct-raw", BROKEN, 256, 0xff, 1, JFHE_ERR_CHECKSUM},
    {"payload-flipped-too-large", "ct-raw", BROKEN, 263, 0xff, 1, JFHE_ERR_CHECKSUM},
    {"gap-set", "evk-relin-seeded", BROKEN, 4000, 1, 1, JFHE_ERR_FORMAT},
    /* fields */
    {"object-0", "ct-raw", BYTES, JFI_AT_OBJECT, 0, 1, JFHE_ERR_FORMAT},
    {"object-6", "ct-raw", BYTES, JFI_AT_OBJECT, 6, 1, JFHE_ERR_FORMAT},
    {"encoding-0", "ct-raw", BYTES, JFI_AT_ENCODING, 0, 1, JFHE_ERR_FORM},
    {"encoding-ternary", "ct-raw", BYTES, JFI_AT_ENCODING, 5, 1, JFHE_ERR_FORM},
    {"encoding-other-length", "ct-raw", BYTES, JFI_AT_ENCODING, 2, 1, JFHE_ERR_FORMAT},
    {"scheme-0", "ct-raw", BYTES, JFI_AT_SCHEME, 0, 1, JFHE_ERR_FORM},
    {"scheme-2", "ct-raw", BYTES, JFI_AT_SCHEME, 2, 1, JFHE_ERR_FORM},
    {"scheme-of-a-key", "pk-seeded", BYTES, JFI_AT_SCHEME, 1, 1, JFHE_ERR_FORMAT},
    {"log-n-2", "ct-raw", BYTES, JFI_AT_LOG_N, 2, 1, JFHE_ERR_FORMAT},
    {"log-n-18", "ct-raw", BYTES, JFI_AT_LOG_N, 18, 1, JFHE_ERR_FORMAT},
    {"log-n-255", "ct-raw", BYTES, JFI_AT_LOG_N, 255, 1, JFHE_ERR_FORMAT},
    {"other-ring", "ct-raw", OTHER_RING, 0, 0, 0, JFHE_ERR_CONTEXT},
    {"other-parameters", "ct-raw", BYTES, JFI_AT_HASH, 0, 8, JFHE_ERR_CONTEXT},
    {"form-2", "ct-raw", BYTES, JFI_AT_FORM, 2, 1, JFHE_ERR_FORM},
    {"seeded-coefficient-form", "ct-seeded", BYTES, JFI_AT_FORM, 0, 1, JFHE_ERR_FORM},
    {"packing-3", "ct-raw", BYTES, JFI_AT_PACKING, 3, 1, JFHE_ERR_FORM},
    {"slots-too-many", "ct-raw", BYTES, JFI_AT_LOG_SLOTS, 4, 1, JFHE_ERR_FORM},
    {"degree-0", "ct-raw", BYTES, JFI_AT_DEGREE, 0, 1, JFHE_ERR_FORM},
    {"degree-3", "ct-raw", BYTES, JFI_AT_DEGREE, 3, 1, JFHE_ERR_FORM},
    {"degree-2-seeded", "ct-seeded", BYTES, JFI_AT_DEGREE, 2, 1, JFHE_ERR_FORM},
    {"level-other", "ct-raw", BYTES, JFI_AT_LEVEL, 1, 1, JFHE_ERR_LEVEL},
    {"level-over-top", "ct-raw", BYTES, JFI_AT_LEVEL, 8, 1, JFHE_ERR_LEVEL},
    {"level-64", "ct-raw", BYTES, JFI_AT_LEVEL, 64, 1, JFHE_ERR_LEVEL},
    {"primes-none", "ct-raw", BYTES, JFI_AT_Q, 0, 8, JFHE_ERR_FORMAT},
    {"primes-others", "ct-raw", BYTES, JFI_AT_Q, 0xb, 8, JFHE_ERR_LEVEL},
    {"primes-beyond", "ct-raw", BYTES, JFI_AT_Q, UINT64_C(3) | UINT64_C(1) << 63, 8, JFHE_ERR_CONTEXT},
    {"primes-special", "ct-raw", BYTES, JFI_AT_P, 1 << 10, 8, JFHE_ERR_FORMAT},
    {"scale-nan", "ct-raw", BYTES, JFI_AT_SCALE, NAN_BITS, 8, JFHE_ERR_SCALE},
    {"scale-infinite", "ct-raw", BYTES, JFI_AT_SCALE, INFINITY_BITS, 8, JFHE_ERR_SCALE},
    {"scale-0", "ct-raw", BYTES, JFI_AT_SCALE, 0, 8, JFHE_ERR_SCALE},
    {"scale-below-1", "ct-raw", BYTES, JFI_AT_SCALE, HALF_BITS, 8, JFHE_ERR_SCALE},
    {"scale-over-modulus", "ct-raw", BYTES, JFI_AT_SCALE, HUGE_BITS, 8, JFHE_ERR_SCALE},
    {"magnitude-nan", "ct-raw", BYTES, JFI_AT_MAG, NAN_BITS, 8, JFHE_ERR_VALUE},
    {"magnitude-minus-0", "ct-raw", BYTES, JFI_AT_MAG, MINUS_ZERO_BITS, 8, JFHE_ERR_VALUE},
    {"magnitude-over-modulus", "ct-raw", BYTES, JFI_AT_MAG, HUGE_BITS, 8, JFHE_ERR_RANGE},
    {"worst-infinite", "ct-raw", BYTES, JFI_AT_WORST, INFINITY_BITS, 8, JFHE_ERR_VALUE},
    {"deviation-nan", "ct-raw", BYTES, JFI_AT_SD, NAN_BITS, 8, JFHE_ERR_VALUE},
    {"from-id-of-ct", "ct-raw", BYTES, JFI_AT_FROM_ID, 1, 1, JFHE_ERR_FORMAT},
    {"seed-of-raw", "ct-raw", BYTES, JFI_AT_SEED, 1, 1, JFHE_ERR_FORMAT},
    {"flags", "ct-raw", BYTES, JFI_AT_FLAGS, 1, 8, JFHE_ERR_FORMAT},
    {"reserved", "ct-raw", BYTES, JFI_AT_FACTOR, 1, 8, JFHE_ERR_FORMAT},
    {"galois-of-ct", "ct-raw", BYTES, JFI_AT_GALOIS, 5, 4, JFHE_ERR_FORMAT},
    {"kind-0", "evk-relin-seeded", BYTES, JFI_AT_KIND, 0, 1, JFHE_ERR_KEY},
    {"kind-8", "evk-relin-seeded", BYTES, JFI_AT_KIND, 8, 1, JFHE_ERR_KEY},
    {"galois-even", "evk-galois-raw", BYTES, JFI_AT_GALOIS, 6, 4, JFHE_ERR_KEY},
    {"galois-2n-plus-1", "evk-galois-raw", BYTES, JFI_AT_GALOIS, 33, 4, JFHE_ERR_KEY},
    {"galois-of-relin", "evk-relin-seeded", BYTES, JFI_AT_GALOIS, 5, 4, JFHE_ERR_KEY},
    {"relin-between-secrets", "evk-relin-seeded", BYTES, JFI_AT_FROM_ID, 0, 1, JFHE_ERR_KEY},
    {"digit-empty", "evk-relin-seeded", BYTES, JFI_AT_DIGIT_TABLE, 0, 8, JFHE_ERR_KEY},
    {"digits-overlap", "evk-relin-seeded", BYTES, JFI_AT_DIGIT_TABLE, 7, 8, JFHE_ERR_KEY},
    {"digits-beyond", "evk-relin-seeded", BYTES, JFI_AT_DIGIT_TABLE, 0x103, 8, JFHE_ERR_KEY},
    {"digits-0", "evk-relin-seeded", BYTES, JFI_AT_DIGITS, 0, 1, JFHE_ERR_FORMAT},
    {"digits-255", "evk-relin-seeded", BYTES, JFI_AT_DIGITS, 255, 1, JFHE_ERR_FORMAT},
    {"specials-none", "evk-relin-seeded", BYTES, JFI_AT_P, 0, 8, JFHE_ERR_FORMAT},
    {"specials-below", "evk-relin-seeded", BYTES, JFI_AT_P, 3, 8, JFHE_ERR_FORMAT},
    {"key-level", "evk-relin-seeded", BYTES, JFI_AT_LEVEL, 3, 1, JFHE_ERR_LEVEL},
    {"other-ring-too-large", "evk-lift-seeded", BYTES, JFI_AT_LOG_N_OTHER, 4, 1, JFHE_ERR_KEY},
    {"pk-raw", "pk-seeded", BYTES, JFI_AT_ENCODING, 1, 1, JFHE_ERR_FORM},
    /* payloads */
    {"residue-is-q", "ct-raw", BYTES, 256, UINT64_C(0), 9, JFHE_ERR_VALUE}, /* value: the first prime */
    {"residue-2-63", "ct-raw", BYTES, 263, 0x80, 1, JFHE_ERR_VALUE},
    {"residue-packed", "ct-packed", BYTES, 256, UINT64_C(0xffffffffffff), 6, JFHE_ERR_VALUE},
    {"residue-of-a-key", "evk-galois-raw", BYTES, 4096, UINT64_MAX, 8, JFHE_ERR_VALUE},
    {"sk-coefficient", "sk", BYTES, 4112, 2, 1, JFHE_ERR_VALUE},
    {"sk-counters", "sk", BYTES, 4096, 1001, 4, JFHE_ERR_BUDGET},
    {"sk-coefficient-last", "sk", BYTES, 4115, 0x80, 1, JFHE_ERR_VALUE},
    {"sk-reserved", "sk", BYTES, 4104, 1, 8, JFHE_ERR_FORMAT},
    {"sk-reserved-last", "sk", BYTES, 4111, 1, 1, JFHE_ERR_FORMAT},
    {"params-name", "params", BYTES, 256, '/', 1, JFHE_ERR_FORMAT},
    {"params-no-name", "params", BYTES, 256, 0, 8, JFHE_ERR_FORMAT},
    {"params-name-after", "params", BYTES, 256 + 23, 'a', 1, JFHE_ERR_FORMAT},
    {"params-levels", "params", BYTES, 256 + 36, 6, 4, JFHE_ERR_FORMAT},
    {"params-primes", "params", BYTES, 256 + 60, 9, 4, JFHE_ERR_FORMAT},
    {"params-degree", "params", BYTES, 256 + 24, 5, 4, JFHE_ERR_FORMAT},
    {"params-step-bits", "params", BYTES, 256 + 64, 61, 1, JFHE_ERR_PARAMS},
    {"params-steps-after", "params", BYTES, 256 + 64 + 7, 40, 1, JFHE_ERR_PARAMS},
    {"params-no-specials", "params", BYTES, 256 + 40, 0, 4, JFHE_ERR_PARAMS},
    {"params-guests", "params", BYTES, 256 + 24 + 28, 1, 4, JFHE_ERR_PARAMS},
    {"params-prime", "params", BYTES, 256 + 128, 97, 8, JFHE_ERR_CONTEXT},
    {"params-hash", "params", BYTES, JFI_AT_HASH, 0, 8, JFHE_ERR_CONTEXT},
    /* integers */
    {"ok-int-packed", "int-packed", AS_IS, 0, 0, 0, JFHE_OK},
    {"ok-int-seeded", "int-seeded", AS_IS, 0, 0, 0, JFHE_OK},
    {"int-modulus-0", "int-packed", BYTES, JFI_AT_MODULUS, 0, 8, JFHE_ERR_FORM},
    {"int-modulus-composite", "int-packed", BYTES, JFI_AT_MODULUS, 33, 8, JFHE_ERR_FORM},
    {"int-modulus-without-slots", "int-packed", BYTES, JFI_AT_MODULUS, 101, 8, JFHE_ERR_FORM},
    {"int-modulus-huge", "int-packed", BYTES, JFI_AT_MODULUS, UINT64_MAX, 8, JFHE_ERR_FORM},
    {"int-modulus-over-a-prime", "int-packed", BYTES, JFI_AT_MODULUS, 4293918721, 8, JFHE_ERR_CONTEXT},
    {"int-factor-0", "int-packed", BYTES, JFI_AT_FACTOR, 0, 8, JFHE_ERR_FORM},
    {"int-factor-97", "int-packed", BYTES, JFI_AT_FACTOR, 97, 8, JFHE_ERR_FORM},
    {"int-packing-1", "int-packed", BYTES, JFI_AT_PACKING, 1, 1, JFHE_ERR_FORM},
    {"int-slots-3", "int-packed", BYTES, JFI_AT_LOG_SLOTS, 3, 1, JFHE_ERR_FORM},
    {"int-coefficients", "int-packed", BYTES, JFI_AT_FORM, 0, 1, JFHE_ERR_FORM},
    {"int-degree-2", "int-packed", BYTES, JFI_AT_DEGREE, 2, 1, JFHE_ERR_FORM},
    {"int-scale-2", "int-packed", BYTES, JFI_AT_SCALE, UINT64_C(0x4000000000000000), 8, JFHE_ERR_FORM},
    {"int-noise-over-modulus", "int-packed", BYTES, JFI_AT_WORST, HUGE_BITS, 8, JFHE_ERR_RANGE},
    {"int-magnitude-huge", "int-packed", BYTES, JFI_AT_MAG, UINT64_C(0x6000000000000000), 8, JFHE_ERR_RANGE},
    {"int-as-numbers", "int-packed", BYTES, JFI_AT_SCHEME, 1, 1, JFHE_ERR_FORMAT},
    {"int-from-numbers", "ct-raw", BYTES, JFI_AT_SCHEME, 2, 1, JFHE_ERR_FORM},
};
enum { COUNT = sizeof VECTORS / sizeof VECTORS[0] };

/* SHA-256 of all stored files, one after the other: the bytes that this library writes are those in the repository. (test_container.py
 * checks that it is theirs.) */
static const char STORED[] = "04ccd7f9bc8809d8a423c2f18d40fa4de44ccce7731651ecbe1a4b4e8e4f4475";

static uint8_t *base_bytes(const jfhe_ctx *ctx, const char *name, size_t *len) {
  const char *other;
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    uint8_t *b = jfi_codec_container(ctx, i, len, &other);
    if (strcmp(other, name) == 0) return b;
    free(b);
  }
  CHECK(name == NULL); /* no base container of that name */
  return NULL;
}

static uint8_t *make(const jfhe_ctx *ctx, const jfhe_ctx *other, const vector *v, size_t *len) {
  uint8_t *b = base_bytes(v->how == OTHER_RING ? other : ctx, v->base, len);
  if (!b) return NULL;
  if (v->how == CUT) *len = v->at;
  if (v->how == TAIL) b[(*len)++] = 0;
  if (v->how == BYTES || v->how == BROKEN) {
    uint64_t value = v->width == 9 ? ctx->chain.prime[0] : v->value;
    for (size_t i = 0; i < v->width && i < 8; i++) b[v->at + i] = (uint8_t)(value >> (8 * i));
  }
  if (v->how == BYTES) jfi_codec_fix(b, *len);
  return b;
}

static void hex(FILE *f, const uint8_t *b, size_t len) {
  for (size_t i = 0; i < len; i++) fprintf(f, "%02x", b[i]);
}

static void write_vectors(const jfhe_ctx *ctx, const jfhe_ctx *other, const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/container.json", folder);
  FILE *json = fopen(path, "w");
  REQUIRE(json);
  fprintf(json, "{\n  \"degree\": 16,\n  \"params_hash\": \"");
  hex(json, ctx->hash, sizeof ctx->hash);
  fprintf(json, "\",\n  \"primes\": [");
  for (size_t i = 0; i < ctx->chain.n; i++)
    fprintf(json, "%s%llu", i ? ", " : "", (unsigned long long)ctx->chain.prime[i]);
  fprintf(json, "],\n  \"levels\": [");
  for (size_t l = 0; l <= ctx->chain.top; l++)
    fprintf(json, "%s%llu", l ? ", " : "", (unsigned long long)ctx->chain.level[l].w[0]);
  fprintf(json, "],\n  \"vectors\": [\n");
  for (size_t i = 0; i < COUNT; i++) {
    size_t len;
    uint8_t digest[32], *b = make(ctx, other, &VECTORS[i], &len);
    jfi_sha256 s;
    jfi_sha256_init(&s);
    jfi_sha256_update(&s, b, len);
    jfi_sha256_final(&s, digest);
    /* Read as the object that the untouched container is. */
    size_t base_len;
    uint8_t *base = base_bytes(ctx, VECTORS[i].base, &base_len);
    fprintf(json, "    {\"file\": \"%s.bin\", \"object\": %u, \"status\": %d, \"sha256\": \"", VECTORS[i].name,
            base[JFI_AT_OBJECT], (int)VECTORS[i].want);
    hex(json, digest, sizeof digest);
    fprintf(json, "\"}%s\n", i + 1 < COUNT ? "," : "");
    snprintf(path, sizeof path, "%s/%s.bin", folder, VECTORS[i].name);
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(b, 1, len, f) == len && fclose(f) == 0);
    free(b);
    free(base);
  }
  fprintf(json, "  ]\n}\n");
  fclose(json);
}

JFI_TEST(each_case_has_its_answer) {
  jfhe_ctx *ctx = jfi_codec_ctx(4), *other = jfi_codec_ctx(5);
  const char *folder = getenv("JFHE_WRITE_VECTORS");
  if (folder) write_vectors(ctx, other, folder);
  jfi_sha256 all;
  jfi_sha256_init(&all);
  for (size_t i = 0; i < COUNT; i++) {
    const vector *v = &VECTORS[i];
    size_t len, base_len;
    uint8_t *b = make(ctx, other, v, &len), *base = base_bytes(ctx, v->base, &base_len);
    jfi_sha256_update(&all, b, len);
    jfhe_status st = jfi_codec_read_any(ctx, base[JFI_AT_OBJECT], b, len);
    if (st != v->want) printf("case %s: %d, want %d (%s)\n", v->name, (int)st, (int)v->want, jfhe_last_error());
    CHECK_STATUS(st, v->want);
    if (st != JFHE_OK) CHECK(strncmp(jfhe_last_error(), "container, byte ", 16) == 0);
    free(b);
    free(base);
  }
  uint8_t digest[32];
  char text[2 * sizeof digest + 1];
  jfi_sha256_final(&all, digest);
  for (size_t i = 0; i < sizeof digest; i++) snprintf(text + 2 * i, 3, "%02x", digest[i]);
  if (strcmp(text, STORED) != 0) printf("these containers have digest %s\n", text);
  CHECK(strcmp(text, STORED) == 0);
  jfhe_ctx_free(ctx);
  jfhe_ctx_free(other);
}

JFI_TEST(every_object_is_refused_as_another) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *b = jfi_codec_container(ctx, i, &len, NULL);
    for (uint32_t object = JFHE_OBJECT_PARAMS; object <= JFHE_OBJECT_SK; object++)
      CHECK_STATUS(jfi_codec_read_any(ctx, object, b, len), object == b[JFI_AT_OBJECT] ? JFHE_OK : JFHE_ERR_FORMAT);
    free(b);
  }
  jfhe_ctx_free(ctx);
}

/* What is resident once read: a key that keeps its seed holds one half, everything else is expanded. */
static void check_memory(const jfhe_ctx *ctx, const jfhe_info *i) {
  const uint64_t limb = 8 * ctx->ring->n, limbs = i->limbs;
  const int seeded = i->encoding == JFHE_ENCODING_SEEDED || i->encoding == JFHE_ENCODING_RAW_SEEDED;
  switch (i->object) {
  case JFHE_OBJECT_CT: CHECK_EQ(i->memory_bytes, (i->degree + 1) * limbs * limb); break;
  case JFHE_OBJECT_PK: CHECK_EQ(i->memory_bytes, 2 * limbs * limb); break;
  case JFHE_OBJECT_EVK: CHECK_EQ(i->memory_bytes, (seeded ? 1 : 2) * i->digits * limbs * limb); break;
  case JFHE_OBJECT_SK: CHECK_EQ(i->memory_bytes, ctx->ring->n); break;
  default: CHECK_EQ(i->memory_bytes, 0);
  }
}

JFI_TEST(inspect_says_what_was_written) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  jfhe_info info;
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *b = jfi_codec_container(ctx, i, &len, NULL);
    CHECK_OK(jfhe_inspect(b, len, &info));
    CHECK_EQ(info.version, 1);
    CHECK_EQ(info.object, b[JFI_AT_OBJECT]);
    CHECK_EQ(info.total_bytes, len);
    CHECK_EQ(info.log_n, 4);
    CHECK_MEM(info.params_hash, ctx->hash, JFHE_HASH_BYTES);
    check_memory(ctx, &info);
    CHECK_EQ(info.galois, b[JFI_AT_KIND] == JFHE_EVK_GALOIS ? 5 : 0);
    CHECK_EQ(info.log_n_other, b[JFI_AT_KIND] == JFHE_EVK_LIFT ? 3 : 0);
    CHECK_MEM(info.key_id, b + JFI_AT_KEY_ID, JFHE_ID_BYTES);
    CHECK_MEM(info.from_id, b + JFI_AT_FROM_ID, JFHE_ID_BYTES);
    CHECK_EQ(info.from_id[0], info.object == JFHE_OBJECT_EVK ? (b[JFI_AT_KIND] <= JFHE_EVK_GALOIS ? 0x10 : 0x20) : 0);
    CHECK(strcmp(jfhe_object_text(info.object), "unknown") && strcmp(jfhe_encoding_text(info.encoding), "unknown"));
    CHECK_OK(jfhe_inspect(b, (size_t)info.header_bytes, &info)); /* the header is enough */
    CHECK_STATUS(jfhe_inspect(b, (size_t)info.header_bytes - 1, &info), JFHE_ERR_TRUNCATED);
    free(b);
  }
  size_t len;
  uint8_t *b = base_bytes(ctx, "ct-packed", &len);
  CHECK_OK(jfhe_inspect(b, len, &info));
  CHECK(info.degree == 2 && info.level == 3 && info.scheme == JFHE_SCHEME_CKKS && info.packing == JFHE_PACK_COMPLEX);
  CHECK_EQ(info.limbs, jfi_set_count(ctx->chain.level[3]));
  CHECK_EQ(info.memory_bytes, 3u * info.limbs * 16 * 8);
  CHECK(info.scale == 0x1.8p38 && info.magnitude == 100 && info.error_worst == 0x1p-20 && info.error_sd == 0x1p-25);
  CHECK(info.error_probable > 11 * info.error_sd && info.error_probable < 0x1p-20);
  jfhe_ct *ct;
  CHECK_OK(jfhe_ct_read(ctx, &ct, b, len));
  CHECK(info.error_probable == jfhe_ct_error_probable(ct));
  jfhe_info same;
  CHECK_OK(jfhe_ct_inspect(ct, &same));
  CHECK_MEM(&same, &info, sizeof info);
  CHECK_STATUS(jfhe_ct_inspect(NULL, &same), JFHE_ERR_ARG);
  jfhe_ct_free(ct);
  CHECK_OK(jfhe_ct_new(&ct, ctx, 1, 1));
  CHECK(jfhe_ct_inspect(ct, &same) != JFHE_OK); /* never filled */
  CHECK_MEM(&same, &info, sizeof info);
  jfhe_ct_free(ct);
  free(b);
  CHECK_STATUS(jfhe_inspect(NULL, 0, &info), JFHE_ERR_ARG);
  CHECK(strcmp(jfhe_object_text(99), "unknown") == 0 && strcmp(jfhe_encoding_text(99), "unknown") == 0);
  jfhe_ctx_free(ctx);
}

/* A declared length of gigabytes makes nothing be allocated before the bytes are seen to be missing. */
JFI_TEST(no_memory_for_bytes_that_are_not_there) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  uint8_t b[JFHE_HEADER_BYTES_MAX] = {0};
  jfi_header h = {.object = JFHE_OBJECT_EVK,
                  .encoding = JFHE_ENCODING_RAW,
                  .log_n = 17,
                  .kind = JFHE_EVK_RELIN,
                  .digits = 64,
                  .key_id = {1},
                  .from_id = {1}};
  h.q = jfi_set_range(0, 64);
  h.p = jfi_set_range(64, 64);
  for (uint32_t d = 0; d < 64; d++) h.digit[d] = jfi_set_range(d, 1);
  jfi_header_layout(&h);
  CHECK_EQ(h.total, 4096 + ((uint64_t)64 * 2 * 128 * 8 << 17)); /* the largest there can be: 16 GiB */
  jfi_header_encode(b, &h);
  unsigned long before = jfi_alloc_count();
  /* a machine of 32 bits says first that it could never hold it; what the header says is right on both */
  CHECK_STATUS(jfi_codec_read_any(ctx, JFHE_OBJECT_EVK, b, sizeof b),
               h.total > SIZE_MAX ? JFHE_ERR_MEMORY : JFHE_ERR_TRUNCATED);
  CHECK_EQ(jfi_alloc_count(), before);
  jfhe_info info;
  CHECK_OK(jfhe_inspect(b, sizeof b, &info));
  CHECK_EQ(info.total_bytes, h.total);
  jfhe_ctx_free(ctx);
}

static size_t read_header_only(void *self, void *out, size_t len) {
  memcpy(out, *(uint8_t **)self, len);
  *(uint8_t **)self += len;
  return len;
}

/* 3.3 GiB of a seeded key fit under a 32-bit cap; the 4.4 GiB that it expands to do not, and must not wrap around. */
JFI_TEST(an_object_longer_than_memory_can_be_addressed) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  uint8_t b[4096] = {0}, *at = b; /* header and gap; the payload is not reached */
  jfi_header h = {.object = JFHE_OBJECT_EVK,
                  .encoding = JFHE_ENCODING_SEEDED,
                  .log_n = 17,
                  .kind = JFHE_EVK_RELIN,
                  .digits = 64,
                  .key_id = {1},
                  .from_id = {1}};
  h.q = jfi_set_range(0, 64);
  h.p = jfi_set_range(64, 6);
  for (uint32_t d = 0; d < 64; d++) h.digit[d] = jfi_set_range(d, 1);
  jfi_header_layout(&h);
  CHECK(h.total < UINT32_MAX && jfi_header_memory(&h) > UINT32_MAX);
  jfi_header_encode(b, &h);
  unsigned long before = jfi_alloc_count();
  jfhe_evk *key = NULL;
  CHECK_STATUS(jfhe_evk_read_stream(ctx, &key, read_header_only, &at, (size_t)h.total),
               jfi_header_memory(&h) > SIZE_MAX / 2 ? JFHE_ERR_MEMORY : JFHE_ERR_CONTEXT);
  CHECK(key == NULL);
  CHECK_EQ(jfi_alloc_count(), before);
  jfhe_ctx_free(ctx);
}
