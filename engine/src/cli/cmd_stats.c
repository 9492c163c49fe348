/* cli/cmd_stats.c: jfhe stats: first and second moments of an encrypted table, with evaluation keys alone.
 *
 * A chunk of column x is z = p + iq, p and q two halves of its rows in [-1, 1]. Summed over slots and chunks,
 *     Re (1-i) sum z = sum p + sum q,     Re sum z*conj(w) = sum (p p' + q q'),
 * so complex packing costs one conjugation a chunk and halves everything else. With S the sum and G the sum of products of two columns,
 *     D = 4 n G - (2 S)(2 S')  =  4 n (n-1) * covariance in units of u.
 * 2S is one number in all slots. For D no sum over slots is formed: gathering takes the mean of slots, and D is the mean of
 * 4 n slots z conj(w) - (2 S)(2 S'). That keeps both products at the scale of a product until the end, where a key switch's error is
 * 2^-46 of what it would be after rescaling. Means, covariances and correlations in the columns' own units are affine in these; the last
 * division and root of a correlation are done where the result is opened. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/stop.h"

const char cli_help_stats[] =
    "jfhe stats --keys DIR --in DIR --out DIR    statistics of an encrypted table, computed without decrypting\n"
    "\n"
    "  --keys DIR         params.jfhe, relin.key and galois-*.key; secret.key is neither needed nor read\n"
    "  --in DIR           what jfhe encrypt wrote\n"
    "  --out DIR          a folder that does not exist yet; jfhe decrypt opens it\n"
    "  --columns A,B,..   these columns only (default: all)\n"
    "  --threads T        (default 1)\n"
    "  --json             print what was made as JSON\n"
    "\n"
    "Gives count, sum, mean, variance, covariance and correlation. About 3 million rows are possible with the "
    "presets.\n";

enum { WORK_LEVEL = 2, SUM_LEVEL = 3 /* where there is one: room to sum at the scale of a product */, GATHER = 64 };
static const size_t PAIR_MEMORY = (size_t)256 << 20; /* accumulators of one sweep over the chunks */
static const uint64_t ROWS_MAX =
    4000000; /* 4 n slots is a product of two 31-bit factors, 4 n^2 2^92 stays below 2^139 */

typedef struct machine {
  const jfhe_ctx *ctx;
  const jfhe_keyring *keys;
  const cli_manifest *in;
  const char *in_dir;
  size_t *col; /* chosen columns */
  size_t k, chunks;
  uint32_t sum_level;
  jfhe_pt *one;           /* the number 1 in all slots */
  jfhe_ct **z, **conj;    /* of one chunk */
  jfhe_ct **sum;          /* 2S of each column */
  jfhe_ct *wide, *narrow; /* one column at the level of sums; temporary of degree 2 */
  void *scratch;
  size_t scratch_len;
  cli_progress progress;
  uint64_t done;
} machine;

static size_t pair_count(const machine *m) { return m->k * (m->k + 1) / 2; }

/* ---- memory ---- */
static size_t most(size_t a, size_t b) { return a > b ? a : b; }

/* SUM_LEVEL where the table has it: the first file tells, load checks the others. */
static int choose_level(machine *m) {
  const char *name, *digest;
  jfhe_ct *ct;
  CLI_DO(cli_manifest_file(m->in->column[m->col[0]].files->child, m->in_dir, 0, &name, &digest));
  CLI_DO(cli_load_ct(m->ctx, &ct, m->in_dir, name, digest));
  m->sum_level = jfhe_ct_level(ct) < SUM_LEVEL ? WORK_LEVEL : SUM_LEVEL;
  jfhe_ct_free(ct);
  return 0;
}

static int open_machine(machine *m) {
  uint32_t top = jfhe_ctx_levels(m->ctx);
  CLI_DO(choose_level(m));
  m->scratch_len = most(jfhe_ckks_mul_scratch(m->ctx, WORK_LEVEL), jfhe_ckks_rotate_scratch(m->ctx, m->sum_level));
  m->scratch_len =
      most(m->scratch_len, most(jfhe_ckks_inner_sum_scratch(m->ctx, m->sum_level), jfhe_ckks_encode_scratch(m->ctx)));
  m->scratch_len =
      most(m->scratch_len, most(jfhe_ckks_rescale_scratch(m->ctx, top), jfhe_ckks_gather_scratch(m->ctx, 1, GATHER)));
  m->scratch = jfi_alloc(m->scratch_len);
  m->z = jfi_alloc_zero(m->k * sizeof *m->z);
  m->conj = jfi_alloc_zero(m->k * sizeof *m->conj);
  m->sum = jfi_alloc_zero(m->k * sizeof *m->sum);
  if (!m->scratch || !m->z || !m->conj || !m->sum) return cli_fail("stats: no memory");
  for (size_t i = 0; i < m->k; i++) {
    CLI_TRY(jfhe_ct_new(&m->z[i], m->ctx, 1, WORK_LEVEL), "stats");
    CLI_TRY(jfhe_ct_new(&m->conj[i], m->ctx, 1, WORK_LEVEL), "stats");
    CLI_TRY(jfhe_ct_new(&m->sum[i], m->ctx, 1, m->sum_level), "stats");
  }
  CLI_TRY(jfhe_ct_new(&m->wide, m->ctx, 1, m->sum_level), "stats");
  CLI_TRY(jfhe_ct_new(&m->narrow, m->ctx, 2, m->sum_level), "stats");
  CLI_TRY(jfhe_pt_new(&m->one, m->ctx, m->sum_level), "stats");
  const double one = 1; /* at the scale of the step, so that rescaling gives the columns' own scale back */
  CLI_TRY(jfhe_ckks_encode(m->ctx, m->one, &one, NULL, 1, JFHE_PACK_REAL, 0, m->sum_level,
                           jfhe_ctx_step(m->ctx, m->sum_level), 1, m->scratch, m->scratch_len),
          "stats");
  return 0;
}

static void close_machine(machine *m) {
  for (size_t i = 0; i < m->k; i++) {
    if (m->z) jfhe_ct_free(m->z[i]);
    if (m->conj) jfhe_ct_free(m->conj[i]);
    if (m->sum) jfhe_ct_free(m->sum[i]);
  }
  jfi_free(m->z);
  jfi_free(m->conj);
  jfi_free(m->sum);
  jfhe_ct_free(m->wide);
  jfhe_ct_free(m->narrow);
  jfhe_pt_free(m->one);
  jfi_free(m->scratch);
  jfi_free(m->col);
}

/* ---- input ---- */
static int choose(machine *m, const char *wanted) {
  m->col = jfi_alloc_zero(m->in->n_columns * sizeof *m->col);
  if (!m->col) return cli_fail("stats: no memory");
  for (size_t i = 0; !wanted && i < m->in->n_columns; i++) m->col[m->k++] = i;
  while (wanted && *wanted) {
    size_t len = strcspn(wanted, ","), at = m->in->n_columns;
    for (size_t i = 0; i < m->in->n_columns; i++)
      if (strlen(m->in->column[i].name) == len && strncmp(m->in->column[i].name, wanted, len) == 0) at = i;
    if (at == m->in->n_columns)
      return cli_fail("stats: %s has no column '%.*s'", m->in_dir, (int)(len < 80 ? len : 80), wanted);
    for (size_t i = 0; i < m->k; i++)
      if (m->col[i] == at) return cli_fail("stats: --columns names '%s' twice", m->in->column[at].name);
    m->col[m->k++] = at;
    wanted += len + (wanted[len] == ',');
  }
  if (m->k == 0) return cli_fail("stats: --columns names no column");
  uint64_t per = (uint64_t)2 << m->in->log_slots;
  m->chunks = (size_t)((m->in->rows + per - 1) / per);
  for (size_t i = 0; i < m->k; i++) {
    const cli_column *c = &m->in->column[m->col[i]];
    if (!c->files || c->files->count != m->chunks)
      return cli_fail("stats: %s: column '%s' lacks files", m->in_dir, c->name);
  }
  return 0;
}

static const json *nth(const json *list, size_t i) {
  const json *j = list->child;
  while (i-- > 0) j = j->next;
  return j;
}

/* One column of a chunk: at the level of sums into m->wide, at the working level into out. */
static int load(machine *m, const json *entry, jfhe_ct *out) {
  const char *name, *digest;
  jfhe_ct *ct;
  CLI_DO(cli_manifest_file(entry, m->in_dir, 0, &name, &digest));
  CLI_DO(cli_load_ct(m->ctx, &ct, m->in_dir, name, digest));
  uint8_t id[JFHE_ID_BYTES];
  char hex[2 * JFHE_ID_BYTES + 1];
  jfhe_ct_key_id(ct, id);
  cli_hex(hex, id, sizeof id);
  int ours = strcmp(hex, m->in->key_id) == 0;
  int fits = ours && jfhe_ct_level(ct) >= m->sum_level && jfhe_ct_packing(ct) == JFHE_PACK_COMPLEX &&
             jfhe_ct_log_slots(ct) == m->in->log_slots && jfhe_ct_degree(ct) == 1;
  jfhe_status st = fits ? jfhe_ckks_drop_level(m->ctx, m->wide, ct, m->sum_level, m->scratch, m->scratch_len) : JFHE_OK;
  if (fits && st == JFHE_OK) st = jfhe_ckks_drop_level(m->ctx, out, m->wide, WORK_LEVEL, m->scratch, m->scratch_len);
  jfhe_ct_free(ct);
  if (!ours) return cli_fail("%s/%s: is of another key than the manifest says", m->in_dir, name);
  if (!fits)
    return cli_fail("%s/%s: is below level %u, which stats needs here, or not packed as the manifest says", m->in_dir,
                    name, m->sum_level);
  CLI_TRY(st, name);
  return 0;
}

/* ---- sums ---- */
/* 2S = W + conj W, W = (1-i) sum z: the same number in all slots, at the working level. Above it the sum is taken at the scale of a
 * product, so that the switches of eleven or more rotations cost nothing. */
static int finish_sum(machine *m, jfhe_ct *sum) {
  uint32_t slots = (uint32_t)1 << m->in->log_slots;
  jfhe_ct *t = m->narrow;
  if (m->sum_level > WORK_LEVEL) CLI_TRY(jfhe_ckks_mul_pt(m->ctx, sum, sum, m->one), "stats: sum");
  CLI_TRY(jfhe_ckks_inner_sum(m->ctx, sum, sum, 1, slots, m->keys, m->scratch, m->scratch_len), "stats: sum");
  CLI_TRY(jfhe_ckks_mul_i(m->ctx, t, sum), "stats: sum");
  CLI_TRY(jfhe_ckks_sub(m->ctx, sum, sum, t), "stats: sum");
  CLI_TRY(jfhe_ckks_conjugate(m->ctx, t, sum, m->keys, m->scratch, m->scratch_len), "stats: sum");
  CLI_TRY(jfhe_ckks_add(m->ctx, sum, sum, t), "stats: sum");
  if (m->sum_level > WORK_LEVEL) CLI_TRY(jfhe_ckks_rescale(m->ctx, sum, sum, m->scratch, m->scratch_len), "stats: sum");
  return 0;
}

/* The (index)-th pair x <= y, row by row. */
static void pair_of(const machine *m, size_t index, size_t *x, size_t *y) {
  for (*x = 0; index >= m->k - *x; (*x)++) index -= m->k - *x;
  *y = *x + index;
}

/* One sweep over all chunks: sums (in the first sweep) and the products of pairs [first, first + count). */
static int sweep(machine *m, size_t first, size_t count, jfhe_ct **acc, const json **file) {
  for (size_t i = 0; i < m->k; i++) file[i] = nth(m->in->column[m->col[i]].files, 0);
  for (size_t c = 0; c < m->chunks; c++) {
    for (size_t i = 0; i < m->k; i++) {
      CLI_DO(load(m, file[i], m->z[i]));
      file[i] = file[i]->next;
      if (first == 0)
        CLI_TRY(c ? jfhe_ckks_add(m->ctx, m->sum[i], m->sum[i], m->wide) : jfhe_ct_copy(m->sum[i], m->wide),
                "stats: sum");
      CLI_TRY(jfhe_ckks_conjugate(m->ctx, m->conj[i], m->z[i], m->keys, m->scratch, m->scratch_len),
              "stats: conjugation");
    }
    for (size_t p = 0; p < count; p++) {
      size_t x, y;
      pair_of(m, first + p, &x, &y);
      CLI_DO(cli_stop_check());
      jfhe_ct *to = c ? m->narrow : acc[p];
      CLI_TRY(jfhe_ckks_mul_lazy(m->ctx, to, m->z[x], m->conj[y]), "stats: product");
      if (c) CLI_TRY(jfhe_ckks_add(m->ctx, acc[p], acc[p], to), "stats: product");
      cli_progress_at(&m->progress, ++m->done);
    }
  }
  return 0;
}

/* acc: sum of products, degree 2 -> out: the vector whose mean is D, one level down. */
static int finish_pair(machine *m, size_t x, size_t y, jfhe_ct *acc, jfhe_ct *out) {
  CLI_TRY(jfhe_ckks_mul_int(m->ctx, acc, acc, (int32_t)(4 * m->in->rows)), "stats: covariance");
  CLI_TRY(jfhe_ckks_mul_int(m->ctx, acc, acc, (int32_t)1 << m->in->log_slots), "stats: covariance");
  CLI_TRY(jfhe_ckks_mul_lazy(m->ctx, m->narrow, m->sum[x], m->sum[y]), "stats: covariance");
  CLI_TRY(jfhe_ckks_sub(m->ctx, acc, acc, m->narrow), "stats: covariance");
  CLI_TRY(jfhe_ckks_relin_rescale(m->ctx, out, acc, m->keys, m->scratch, m->scratch_len), "stats: covariance");
  return 0;
}

/* ---- output ---- */
typedef struct writer {
  const char *dir;
  FILE *list;
  size_t files, bytes;
  jfhe_ct *waiting[GATHER], *gathered;
  size_t n_waiting, batch; /* how many fit into one */
} writer;

static int flush_numbers(machine *m, writer *w, const char *what) {
  if (w->n_waiting == 0) return 0;
  char name[64], digest[65];
  size_t len;
  CLI_TRY(jfhe_ckks_gather(m->ctx, w->gathered, (const jfhe_ct *const *)w->waiting, w->n_waiting, m->keys, m->scratch,
                           m->scratch_len),
          "stats: gathering");
  snprintf(name, sizeof name, "%s-%zu.ct", what, w->files);
  CLI_DO(cli_save_ct(w->dir, name, w->gathered, JFHE_ENCODING_PACKED, digest, &len));
  fprintf(w->list, "%s\n{\"what\":\"%s\",\"count\":%zu,\"name\":\"%s\",\"sha256\":\"%s\"}", w->files ? "," : "", what,
          w->n_waiting, name, digest);
  w->files++;
  w->bytes += len;
  w->n_waiting = 0;
  return 0;
}

/* Gathering 2^l doubles the scale l times: the largest 2^l <= GATHER at which a number still fits under half the modulus. All numbers of
 * one kind have the bounds of the first. */
static size_t batch_for(const machine *m, const jfhe_ct *ct) {
  double bits = jfhe_ctx_log_q(m->ctx, jfhe_ct_level(ct)) - 1.01; /* the last 0.01 is for errors of the switches */
  double size = log2((jfhe_ct_magnitude(ct) + jfhe_ct_error_worst(ct)) * jfhe_ct_scale(ct));
  size_t batch = 1;
  while (batch < GATHER && size + 1 <= bits) {
    batch *= 2;
    size++;
  }
  return batch;
}

/* The number in waiting[n_waiting] is complete. */
static int add_number(machine *m, writer *w, const char *what) {
  if (w->n_waiting == 0) w->batch = batch_for(m, w->waiting[0]);
  return ++w->n_waiting == w->batch ? flush_numbers(m, w, what) : 0;
}

static int write_sums(machine *m, writer *w) {
  for (size_t i = 0; i < m->k; i++) {
    CLI_DO(finish_sum(m, m->sum[i]));
    CLI_TRY(jfhe_ckks_drop_level(m->ctx, w->waiting[w->n_waiting], m->sum[i], 1, m->scratch, m->scratch_len),
            "stats: sum");
    CLI_DO(add_number(m, w, "sums"));
  }
  return flush_numbers(m, w, "sums");
}

static int run(machine *m, writer *w, jfhe_ct **acc, size_t room, const json **file) {
  size_t pairs = pair_count(m);
  cli_progress_start(&m->progress, "computing", pairs * (m->chunks + 1));
  for (size_t first = 0; first < pairs; first += room) {
    size_t count = pairs - first < room ? pairs - first : room;
    CLI_DO(sweep(m, first, count, acc, file));
    if (first == 0) CLI_DO(write_sums(m, w));
    for (size_t p = 0; p < count; p++) {
      size_t x, y;
      pair_of(m, first + p, &x, &y);
      CLI_DO(cli_stop_check());
      CLI_DO(finish_pair(m, x, y, acc[p], w->waiting[w->n_waiting]));
      CLI_DO(add_number(m, w, "products"));
      cli_progress_at(&m->progress, ++m->done);
    }
  }
  CLI_DO(flush_numbers(m, w, "products"));
  cli_progress_end(&m->progress);
  return 0;
}

static int write_manifest(const machine *m, const writer *w, const char *list) {
  char *text = NULL;
  size_t len;
  FILE *out = open_memstream(&text, &len);
  if (!out) return cli_fail("no memory for the manifest");
  cli_manifest_head(out, CLI_FORMAT_RESULT, m->ctx, m->in->key_id, m->in->rows, m->in->log_slots);
  fputs(",\"columns\":[", out);
  for (size_t i = 0; i < m->k; i++) {
    const cli_column *c = &m->in->column[m->col[i]];
    fprintf(out, "%s\n{\"name\":", i ? "," : "");
    cli_json_string(out, c->name);
    fputs(",\"centre\":", out);
    cli_json_number(out, c->centre);
    fputs(",\"half\":", out);
    cli_json_number(out, c->half);
    fputc('}', out);
  }
  fprintf(out, "],\"numbers\":[%s]}\n", list);
  fclose(out);
  int rc = cli_manifest_save(w->dir, text, len);
  free(text);
  return rc;
}

static int compute(machine *m, writer *w) {
  char *list = NULL;
  size_t list_len, pairs = pair_count(m);
  size_t each = (size_t)3 * jfhe_ctx_limbs(m->ctx, WORK_LEVEL) * (2 * jfhe_ctx_slots(m->ctx)) * sizeof(uint64_t);
  size_t room = PAIR_MEMORY / each ? PAIR_MEMORY / each : 1;
  if (room > pairs) room = pairs;
  jfhe_ct **acc = jfi_alloc_zero(room * sizeof *acc);
  const json **file = jfi_alloc_zero(m->k * sizeof *file);
  jfhe_status st = acc && file ? JFHE_OK : JFHE_ERR_MEMORY;
  for (size_t i = 0; st == JFHE_OK && i < room; i++) st = jfhe_ct_new(&acc[i], m->ctx, 2, WORK_LEVEL);
  for (size_t i = 0; st == JFHE_OK && i < GATHER; i++) st = jfhe_ct_new(&w->waiting[i], m->ctx, 1, WORK_LEVEL);
  if (st == JFHE_OK) st = jfhe_ct_new(&w->gathered, m->ctx, 1, WORK_LEVEL);
  w->list = open_memstream(&list, &list_len);
  int rc = st != JFHE_OK || !w->list ? cli_fail("stats: no memory") : run(m, w, acc, room, file);
  if (w->list) fclose(w->list);
  if (rc == 0) rc = write_manifest(m, w, list);
  free(list);
  for (size_t i = 0; acc && i < room; i++) jfhe_ct_free(acc[i]);
  for (size_t i = 0; i < GATHER; i++) jfhe_ct_free(w->waiting[i]);
  jfhe_ct_free(w->gathered);
  jfi_free(acc);
  jfi_free(file);
  return rc;
}

static void report(const machine *m, const writer *w, const char *out, double seconds, int as_json) {
  char size[16], time[16];
  if (as_json) {
    printf("{\"rows\":%llu,\"columns\":%zu,\"files\":%zu,\"bytes\":%zu,\"seconds\":%.3f}\n",
           (unsigned long long)m->in->rows, m->k, w->files, w->bytes, seconds);
    return;
  }
  cli_print_name(stdout, out, 0);
  printf(": sums and %zu covariances of %zu columns over %llu rows, computed on ciphertexts in %s\n", pair_count(m),
         m->k, (unsigned long long)m->in->rows, cli_seconds(time, seconds));
  printf("  size    %zu ciphertexts, %s\n", w->files, cli_bytes(size, (double)w->bytes));
}

/* |z|, |w| <= sqrt 2 in `padded`/2 slots in all, so 4 n slots z conj w summed over chunks is at most 4 n padded, 2S at most
 * 2 sqrt 2 padded, and D as the library bounds it at most 12 padded^2, errors not counted. Told before the work instead of after it. */
static int check_range(const machine *m) {
  double padded = (double)m->chunks * (double)((uint64_t)2 << m->in->log_slots);
  double most_rows = sqrt(exp2(jfhe_ctx_log_q(m->ctx, 1) - 1.01) / jfhe_ctx_scale(m->ctx, 1) / 12);
  return padded <= most_rows ? 0
                             : cli_fail("stats: %s has %llu rows; these parameters allow %.0f", m->in_dir,
                                        (unsigned long long)m->in->rows, floor(most_rows));
}

static int stats_of(const jfhe_ctx *ctx, const jfhe_keyring *keys, const cli_manifest *table, const char *in,
                    const char *out, const char *columns, int as_json) {
  double start = cli_now();
  machine m = {.ctx = ctx, .keys = keys, .in = table, .in_dir = in};
  writer w = {0};
  cli_stage stage = {.open = 0};
  int rc = choose(&m, columns);
  if (rc == 0) rc = check_range(&m);
  if (rc == 0) rc = open_machine(&m);
  if (rc == 0) rc = cli_stage_open(&stage, out);
  w.dir = stage.path;
  if (rc == 0) rc = compute(&m, &w);
  if (rc == 0) rc = cli_stage_commit(&stage);
  if (rc == 0) report(&m, &w, out, cli_now() - start, as_json);
  cli_stage_drop(&stage);
  close_machine(&m);
  return rc;
}

int cli_stats(int argc, char **argv) {
  const char *keys = NULL, *in = NULL, *out = NULL, *columns = NULL;
  uint32_t threads = 1;
  int as_json = 0;
  const cli_option table[] = {{.name = "--keys", .text = &keys},
                              {.name = "--in", .text = &in},
                              {.name = "--out", .text = &out},
                              {.name = "--columns", .text = &columns},
                              {.name = "--threads", .count = &threads, .most = 256},
                              {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("stats", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  CLI_DO(cli_require("stats", "--keys", keys));
  CLI_DO(cli_require("stats", "--in", in));
  CLI_DO(cli_require("stats", "--out", out));
  jfhe_ctx *ctx = NULL;
  cli_evks evks = {0};
  cli_manifest m = {0};
  int rc = cli_load_ctx(&ctx, keys, threads);
  if (rc == 0 && jfhe_ctx_levels(ctx) < WORK_LEVEL) rc = cli_fail("stats: needs parameters with %d levels", WORK_LEVEL);
  if (rc == 0) rc = cli_manifest_load(&m, in, CLI_FORMAT_TABLE, ctx);
  if (rc == 0 && (m.rows < 2 || m.rows > ROWS_MAX))
    rc = cli_fail("stats: %s has %llu rows; 2 to %llu are possible", in, (unsigned long long)m.rows,
                  (unsigned long long)ROWS_MAX);
  if (rc == 0) rc = cli_load_evks(&evks, ctx, keys);
  if (rc == 0) rc = stats_of(ctx, evks.ring, &m, in, out, columns, as_json);
  cli_manifest_free(&m);
  if (evks.ring) cli_free_evks(&evks);
  jfhe_ctx_free(ctx);
  return rc;
}
