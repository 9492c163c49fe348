/* plan/index.h: numbers by the hash of what they stand for: open addressing, grows only. */
#ifndef JFI_PLAN_INDEX_H
#define JFI_PLAN_INDEX_H
#include <stddef.h>
#include <stdint.h>

#include "jfhe/status.h"

typedef struct jfi_index_entry {
  uint32_t tag, number; /* number + 1; 0: free */
} jfi_index_entry;

/* All zeros is an empty index. */
typedef struct jfi_index {
  jfi_index_entry *entry;
  uint32_t cap, count;
} jfi_index;

void jfi_index_free(jfi_index *x);
/* Room for one more. */
jfhe_status jfi_index_reserve(jfi_index *x);
/* After a reserve. */
void jfi_index_put(jfi_index *x, uint32_t tag, uint32_t number);
/* The next number with this tag, or UINT32_MAX. *cursor is the tag at first, and the caller's to keep between calls. */
uint32_t jfi_index_next(const jfi_index *x, uint32_t tag, uint32_t *cursor);

/* 32 bits of a hash of bytes. [FNV] */
uint32_t jfi_tag(const void *bytes, size_t len);
#endif
