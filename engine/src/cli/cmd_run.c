/* cli/cmd_run.c: jfhe run: a program computed on ciphertexts from files. Needs no secret key. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "cli/above.h"
#include "cli/cmd.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/results.h"
#include "cli/say.h"
#include "cli/stop.h"

const char cli_help_run[] =
    "jfhe run PROGRAM --keys DIR --in NAME=FILE --in DIR --out DIR    compute a program on ciphertexts; needs no "
    "secret key\n"
    "\n"
    "  --keys DIR             parameters and evaluation keys\n"
    "  --above DIR            keys of the ring in which programs that are too deep for these are computed (default: "
    "above in "
    "the folder of keys)\n"
    "  --in NAME=FILE         the ciphertext of an input; once for each\n"
    "  --in DIR               a folder with NAME.jfhe for the inputs that are not named otherwise\n"
    "  --out DIR              gets NAME.jfhe and its record NAME.json for each output, each as soon as it is ready\n"
    "  --memory-limit SIZE    refuse a plan that takes more, 512M or 4G\n"
    "  --keep-levels L        levels that results should still have (default 0)\n"
    "  --threads T            (default 1)\n"
    "  -O0 .. -O3             how much planning does (default -O2)\n"
    "  --json                 the report as one JSON object\n"
    "\n"
    "Results that are there already and were made by the same plan from the same inputs are kept; so an interrupted "
    "run goes on where it\n"
    "was. In names of files all but letters, digits, '-', '_' and '.' is written as %XX.\n";

static const double SLICE = 0.1; /* seconds between looks at signals and the progress bar */

typedef struct input {
  char *path; /* malloc */
  char digest[RESULTS_HEX];
} input;

typedef struct output {
  char stem[RESULTS_STEM], key[RESULTS_HEX], digest[RESULTS_HEX];
  size_t len;
  int same; /* was there already */
} output;

typedef struct job {
  const char *path;
  jfhe_program *program;
  jfhe_ctx *ctx;
  cli_evks evks;
  jfhe_bootstrap *boot;
  cli_above above;
  jfhe_plan *plan;
  jfhe_run *run;
  uint32_t n_in, n_out, finished;
  input *in;
  output *out;
  jfhe_info *info;
  uint8_t *skip;
  cli_results results;
  jfhe_run_state state; /* the last one */
  double seconds;       /* of computing */
} job;

/* ---- inputs ---- */
/* The input that "NAME=FILE" names, by the longest name that fits, since names may hold '='; n_in when none does. */
static uint32_t input_named(const job *j, const char *word, size_t *len) {
  uint32_t found = j->n_in;
  *len = 0;
  for (uint32_t i = 0; i < j->n_in; i++) {
    const char *name = jfhe_program_input_name(j->program, i);
    size_t n = strlen(name);
    if (n > *len && strncmp(word, name, n) == 0 && word[n] == '=') {
      *len = n;
      found = i;
    }
  }
  return found;
}

static int set_path(input *in, const char *path) {
  in->path = strdup(path);
  return in->path ? 0 : cli_fail("%.80s: no memory for the path", path);
}

static int in_folder(const job *j, input *in, uint32_t i, const char *dir) {
  char stem[RESULTS_STEM], file[RESULTS_STEM + 8], path[CLI_PATH_MAX];
  CLI_DO(cli_stem(stem, jfhe_program_input_name(j->program, i)));
  snprintf(file, sizeof file, "%s.jfhe", stem);
  CLI_DO(cli_join(path, dir, file));
  return set_path(in, path);
}

/* Every input gets a path: its own, or one in the folder. */
static int find_inputs(job *j, const char *const *word, size_t n) {
  const char *dir = NULL;
  for (size_t w = 0; w < n; w++) {
    size_t len;
    uint32_t i = input_named(j, word[w], &len);
    if (i < j->n_in) {
      if (j->in[i].path) return cli_fail("run: input '%s' is given twice", jfhe_program_input_name(j->program, i));
      CLI_DO(set_path(&j->in[i], word[w] + len + 1));
    } else if (!cli_is_folder(word[w])) {
      return strchr(word[w], '=')
                 ? cli_fail("run: the program has no input called '%.*s'", (int)strcspn(word[w], "="), word[w])
                 : cli_fail("run: --in wants NAME=FILE or a folder, not '%s'", word[w]);
    } else if (dir) {
      return cli_fail("run: one folder of inputs at a time; '%s' is a second one", word[w]);
    } else {
      dir = word[w];
    }
  }
  for (uint32_t i = 0; i < j->n_in; i++) {
    if (j->in[i].path) continue;
    if (!dir) return cli_fail("run: input '%s' is missing: --in NAME=FILE", jfhe_program_input_name(j->program, i));
    CLI_DO(in_folder(j, &j->in[i], i, dir));
  }
  return 0;
}

/* Header and SHA-256 of each; no more is read before it is wanted. */
static int inspect_inputs(job *j) {
  for (uint32_t i = 0; i < j->n_in; i++) {
    uint8_t head[JFHE_HEADER_BYTES_MAX];
    size_t got, len;
    CLI_DO(cli_stop_check());
    CLI_DO(cli_read_head(j->in[i].path, head, sizeof head, &got, &len));
    CLI_TRY(jfhe_inspect(head, got, &j->info[i]), j->in[i].path);
    if (j->info[i].total_bytes != len)
      return cli_fail("%s: %zu bytes, its header says %llu", j->in[i].path, len,
                      (unsigned long long)j->info[i].total_bytes);
    CLI_DO(cli_file_digest(j->in[i].path, j->in[i].digest, &len));
  }
  return 0;
}

/* ---- the plan, and what is there already ---- */
/* SHA-256 over a word, the plan's hash, the output's name and the hashes of all inputs, in hex. */
static void key_of(const job *j, const uint8_t *plan, const char *name, char *hex) {
  jfi_sha256 sum;
  uint8_t digest[32];
  jfi_sha256_init(&sum);
  jfi_sha256_update(&sum, "jfhe-run-1", 10);
  jfi_sha256_update(&sum, plan, JFHE_HASH_BYTES);
  jfi_sha256_update(&sum, name, strlen(name) + 1);
  for (uint32_t i = 0; i < j->n_in; i++) jfi_sha256_update(&sum, j->in[i].digest, RESULTS_HEX - 1);
  jfi_sha256_final(&sum, digest);
  cli_hex(hex, digest, sizeof digest);
}

static int check_outputs(job *j) {
  uint8_t plan[JFHE_HASH_BYTES];
  CLI_TRY(jfhe_plan_hash(j->plan, plan), j->path);
  for (uint32_t i = 0; i < j->n_out; i++) {
    output *o = &j->out[i];
    key_of(j, plan, jfhe_program_output_name(j->program, i), o->key);
    CLI_DO(cli_results_check(&j->results, o->stem, o->key, &o->same, o->digest, &o->len));
    j->skip[i] = (uint8_t)o->same;
    j->finished += (uint32_t)o->same;
  }
  return 0;
}

static int make_plan(job *j, const char *keys, const char *above, const jfhe_plan_options *o) {
  if (j->evks.pair) CLI_DO(cli_bootstrap(&j->boot, j->ctx, j->program));
  if (j->boot) CLI_TRY(jfhe_bootstrap_lighten(j->boot, j->evks.ring), "light keys");
  return cli_plan_or_climb(&j->plan, &j->above, j->ctx, &j->evks, j->boot, keys, above, j->program, j->info, o,
                           j->path);
}

/* ---- computing ---- */
static int give(job *j, uint32_t i) {
  static const size_t cap = (size_t)1 << 32;
  char digest[RESULTS_HEX];
  uint8_t *bytes;
  size_t len;
  jfhe_ct *ct = NULL;
  CLI_DO(cli_read(j->in[i].path, cap, &bytes, &len));
  cli_digest(digest, bytes, len);
  int other = strcmp(digest, j->in[i].digest) != 0;
  jfhe_status st = other ? JFHE_OK : jfhe_ct_read(j->ctx, &ct, bytes, len);
  jfi_free(bytes);
  if (other) return cli_fail("%s: changed while the program ran", j->in[i].path);
  CLI_TRY(st, j->in[i].path);
  st = jfhe_run_give(j->run, i, ct);
  if (st != JFHE_OK) jfhe_ct_free(ct);
  CLI_TRY(st, j->in[i].path);
  return 0;
}

static int keep(job *j, uint32_t i) {
  output *o = &j->out[i];
  jfhe_ct *ct;
  CLI_TRY(jfhe_run_take(j->run, i, &ct), o->stem);
  o->len = jfhe_ct_write_size(ct, JFHE_ENCODING_PACKED);
  uint8_t *bytes = jfi_alloc(o->len);
  jfhe_status st = bytes ? jfhe_ct_write(bytes, o->len, ct, JFHE_ENCODING_PACKED) : JFHE_OK;
  jfhe_ct_free(ct);
  int rc = !bytes          ? cli_fail("%s: no memory to write it", o->stem)
           : st != JFHE_OK ? cli_status(st, o->stem)
                           : cli_results_put(&j->results, o->stem, jfhe_program_output_name(j->program, i), o->key,
                                             bytes, o->len, o->digest);
  jfi_free(bytes);
  if (rc == 0) j->finished++;
  return rc;
}

static int compute(job *j) {
  cli_progress progress;
  double start = cli_now();
  CLI_TRY(jfhe_run_new(&j->run, j->plan, j->skip), j->path);
  cli_progress_start(&progress, "computing", 1);
  for (int rc = 0; rc == 0 && j->state.event != JFHE_RUN_DONE;) {
    if (cli_stopped())
      return cli_fail("stopped; %u of %u results are finished and stay, another run goes on from there", j->finished,
                      j->n_out);
    CLI_TRY(jfhe_run_advance(j->run, SLICE, &j->state), j->path);
    if (j->state.event == JFHE_RUN_WANTS) rc = give(j, j->state.number);
    if (j->state.event == JFHE_RUN_OUTPUT) rc = keep(j, j->state.number);
    if (rc) return rc;
    cli_progress_left(&progress, j->state.done, j->state.seconds_left);
  }
  cli_progress_end(&progress);
  j->seconds = cli_now() - start;
  return 0;
}

/* ---- what it says ---- */
static void print_before(const job *j) {
  cli_print_name(stdout, j->path, 0);
  puts("");
  cli_print_forecast(j->plan, jfhe_program_nodes(j->program));
  for (uint32_t i = 0; i < j->n_out; i++) {
    if (!j->out[i].same)
      cli_print_output(j->plan, j->program, i);
    else {
      printf("  output    '");
      cli_print_name(stdout, jfhe_program_output_name(j->program, i), 0);
      puts("': is there already, from the same plan and inputs");
    }
  }
  fflush(stdout);
}

static void print_after(const job *j) {
  char time[16], memory[16], size[16];
  size_t bytes = 0, made = 0;
  for (uint32_t i = 0; i < j->n_out; i++) {
    bytes += j->out[i].same ? 0 : j->out[i].len;
    made += !j->out[i].same;
  }
  if (made == 0)
    puts("  done      nothing was left to compute");
  else
    printf("  done      %zu results, %s, in %s with %s of memory at most\n", made, cli_bytes(size, (double)bytes),
           cli_seconds(time, j->seconds), cli_bytes(memory, (double)j->state.memory_peak));
}

static int print_json(const job *j) {
  uint8_t hash[JFHE_HASH_BYTES];
  CLI_TRY(jfhe_program_hash(j->program, hash), j->path);
  putchar('{');
  cli_json_hash(stdout, "program", hash);
  CLI_TRY(jfhe_plan_hash(j->plan, hash), j->path);
  putchar(',');
  cli_json_hash(stdout, "plan", hash);
  fputs(",\"forecast\":{", stdout);
  cli_json_forecast(stdout, j->plan);
  printf("},\"seconds\":%.6f,\"memory_peak\":%llu,\"outputs\":[", j->seconds, (unsigned long long)j->state.memory_peak);
  for (uint32_t i = 0; i < j->n_out; i++) {
    fputs(i ? ",{" : "{", stdout);
    cli_json_output(stdout, j->plan, j->program, i);
    printf(",\"file\":\"%s.jfhe\",\"bytes\":%zu,\"sha256\":\"%s\",\"reused\":%s}", j->out[i].stem, j->out[i].len,
           j->out[i].digest, j->out[i].same ? "true" : "false");
  }
  puts("]}");
  return 0;
}

/* ---- the whole ---- */
static int open_job(job *j, const char *const *in, size_t n) {
  CLI_DO(cli_load_program(&j->program, j->path));
  j->n_in = jfhe_program_inputs(j->program);
  j->n_out = jfhe_program_outputs(j->program);
  j->in = jfi_alloc_zero((j->n_in + 1) * sizeof *j->in);
  j->out = jfi_alloc_zero(j->n_out * sizeof *j->out);
  j->info = jfi_alloc_zero((j->n_in + 1) * sizeof *j->info);
  j->skip = jfi_alloc_zero(j->n_out);
  if (!j->in || !j->out || !j->info || !j->skip) return cli_fail("%s: no memory for it", j->path);
  for (uint32_t i = 0; i < j->n_out; i++) CLI_DO(cli_stem(j->out[i].stem, jfhe_program_output_name(j->program, i)));
  CLI_DO(find_inputs(j, in, n));
  return inspect_inputs(j);
}

static void close_job(job *j) {
  jfhe_run_free(j->run);
  jfhe_plan_free(j->plan);
  cli_above_close(&j->above);
  jfhe_bootstrap_free(j->boot);
  if (j->evks.ring) cli_free_evks(&j->evks);
  jfhe_program_free(j->program);
  jfhe_ctx_free(j->ctx);
  cli_results_close(&j->results);
  for (uint32_t i = 0; j->in && i < j->n_in; i++) free(j->in[i].path);
  jfi_free(j->in);
  jfi_free(j->out);
  jfi_free(j->info);
  jfi_free(j->skip);
}

static int do_job(job *j, const char *keys, const char *above, uint32_t threads, const char *out,
                  const jfhe_plan_options *o, int as_json) {
  CLI_DO(cli_load_ctx(&j->ctx, keys, threads));
  CLI_DO(cli_load_evks(&j->evks, j->ctx, keys));
  CLI_DO(make_plan(j, keys, above, o));
  CLI_DO(cli_stop_check());
  CLI_DO(cli_results_open(&j->results, out));
  CLI_DO(check_outputs(j));
  if (!as_json) print_before(j);
  if (j->finished < j->n_out) CLI_DO(compute(j));
  if (as_json) return print_json(j);
  print_after(j);
  return 0;
}

int cli_run(int argc, char **argv) {
  static const char *word[CLI_REPEAT_MAX], *in[CLI_REPEAT_MAX];
  const char *keys = NULL, *above = NULL, *out = NULL, *limit = NULL;
  uint32_t threads = 1;
  size_t n = 0, n_in = 0;
  int as_json = 0;
  jfhe_plan_options o;
  job j = {.results = {.fd = -1}};
  jfhe_plan_options_init(&o);
  const cli_option table[] = {{.name = "--keys", .text = &keys},
                              {.name = "--above", .text = &above},
                              {.name = "--in", .list = in, .list_len = &n_in},
                              {.name = "--out", .text = &out},
                              {.name = "--memory-limit", .text = &limit},
                              {.name = "--keep-levels", .count = &o.keep_levels, .most = 63},
                              {.name = "--threads", .count = &threads, .most = 256},
                              {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("run", argc, argv, table, sizeof table / sizeof *table, word, &n));
  CLI_DO(cli_program_words("run", word, n, &j.path, &o.opt_level));
  CLI_DO(cli_require("run", "--keys", keys));
  CLI_DO(cli_require("run", "--out", out));
  if (limit) CLI_DO(cli_size("run", "--memory-limit", limit, &o.memory_limit));
  int rc = open_job(&j, in, n_in);
  if (rc == 0) rc = do_job(&j, keys, above, threads, out, &o, as_json);
  close_job(&j);
  return rc;
}
