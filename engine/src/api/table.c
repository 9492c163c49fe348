/* api/table.c: tables. */
#include "circuit/table.h"

#include "api/check.h"

jfhe_status jfhe_table_new(jfhe_table **out, const jfhe_bootstrap *b, const double *values, size_t count,
                           double first) {
  JFI_NEED(out, "table");
  *out = NULL;
  JFI_NEED(b && values, "table");
  return jfi_table_new(out, b, values, count, first);
}

size_t jfhe_table_scratch(const jfhe_ctx *ctx, const jfhe_table *t) {
  return ctx && t && t->b->ctx == ctx ? jfi_table_scratch(ctx, t) : 0;
}

jfhe_status jfhe_ckks_lookup(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_table *t,
                             const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  JFI_NEED(ctx && out && a && t && keys, "a table");
  if (t->b->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the table is of another context");
  jfi_scratch s;
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_table_scratch(ctx, t)));
  return jfi_table_run(ctx, out, a, t, keys, &s);
}
