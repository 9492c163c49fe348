/* plan/index.c: see index.h. */
#include "plan/index.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"

void jfi_index_free(jfi_index *x) {
  jfi_free(x->entry);
  *x = (jfi_index){0};
}

static void place(jfi_index_entry *entry, uint32_t cap, jfi_index_entry e) {
  uint32_t at = e.tag & (cap - 1);
  while (entry[at].number) at = (at + 1) & (cap - 1);
  entry[at] = e;
}

jfhe_status jfi_index_reserve(jfi_index *x) {
  if (x->count < x->cap / 2) return JFHE_OK;
  uint32_t cap = x->cap ? x->cap * 2 : 64;
  jfi_index_entry *entry = jfi_alloc_zero((size_t)cap * sizeof *entry);
  if (!entry) return jfi_fail(JFHE_ERR_MEMORY, "no memory for an index of %u entries", cap);
  for (uint32_t i = 0; i < x->cap; i++)
    if (x->entry[i].number) place(entry, cap, x->entry[i]);
  jfi_free(x->entry);
  x->entry = entry;
  x->cap = cap;
  return JFHE_OK;
}

void jfi_index_put(jfi_index *x, uint32_t tag, uint32_t number) {
  place(x->entry, x->cap, (jfi_index_entry){tag, number + 1});
  x->count++;
}

uint32_t jfi_index_next(const jfi_index *x, uint32_t tag, uint32_t *cursor) {
  if (x->cap == 0) return UINT32_MAX;
  for (uint32_t at = *cursor & (x->cap - 1); x->entry[at].number; at = (at + 1) & (x->cap - 1))
    if (x->entry[at].tag == tag) {
      *cursor = at + 1;
      return x->entry[at].number - 1;
    }
  return UINT32_MAX;
}

uint32_t jfi_tag(const void *bytes, size_t len) {
  const uint8_t *p = bytes;
  uint64_t h = 0xcbf29ce484222325; /* magic: none, FNV-1a of 64 bits, its offset basis */
  for (size_t i = 0; i < len; i++) h = (h ^ p[i]) * 0x100000001b3; /* magic: none, FNV-1a of 64 bits, its prime */
  return (uint32_t)(h ^ h >> 32);
}
