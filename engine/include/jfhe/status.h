/* jfhe/status.h: export macros and the status every fallible call returns. */
#ifndef JFHE_STATUS_H
#define JFHE_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifndef JFHE_API
#if defined(__wasm__)
#define JFHE_API __attribute__((visibility("default")))
#elif defined(__GNUC__)
#define JFHE_API __attribute__((visibility("default")))
#else
#define JFHE_API
#endif
#endif

#if defined(__GNUC__)
#define JFHE_CHECK __attribute__((warn_unused_result))
#else
#define JFHE_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of a call. Zero is success; on any other value outputs are unchanged. */
typedef enum jfhe_status {
  JFHE_OK = 0,
  JFHE_ERR_ARG = 1,        /**< a null pointer, a length of zero, an option out of its set */
  JFHE_ERR_MEMORY = 2,     /**< an allocation failed, or a declared size is over the caller's cap */
  JFHE_ERR_SCRATCH = 3,    /**< scratch_len is below what the `_scratch` sibling says */
  JFHE_ERR_PARAMS = 4,     /**< parameters that cannot be built (degree, bits, depth) */
  JFHE_ERR_SECURITY = 5,   /**< a published key would have under the wanted security */
  JFHE_ERR_CONTEXT = 6,    /**< objects of different parameters meet */
  JFHE_ERR_KEY = 7,        /**< a key is absent, of another secret, or lacks the level or element */
  JFHE_ERR_LEVEL = 8,      /**< operands at different levels, or no level left */
  JFHE_ERR_SCALE = 9,      /**< scales differ by more than rounding */
  JFHE_ERR_RANGE = 10,     /**< the message, or its bound, no longer fits under the modulus */
  JFHE_ERR_FORM = 11,      /**< wrong degree, form or packing for this call */
  JFHE_ERR_VALUE = 12,     /**< NaN, infinity, or a value beyond its declared bound */
  JFHE_ERR_FORMAT = 13,    /**< bytes that are no container of ours */
  JFHE_ERR_VERSION = 14,   /**< a container of a version this library does not read */
  JFHE_ERR_CHECKSUM = 15,  /**< a container whose checksum does not match */
  JFHE_ERR_TRUNCATED = 16, /**< bytes end before the declared length, or go on after it */
  JFHE_ERR_IO = 17,        /**< a caller's read or write function failed */
  JFHE_ERR_ENTROPY = 18,   /**< the operating system gave no randomness */
  JFHE_ERR_BUDGET = 19,    /**< the key's count of releases is used up */
  JFHE_ERR_CANCELLED = 20, /**< the caller asked to stop */
  JFHE_STATUS_COUNT = 21
} jfhe_status;

/** One plain English clause for a status; never null, never allocated. */
JFHE_API const char *jfhe_status_text(jfhe_status status);

/** Detail of the last failure on this thread: which limit, which value; public data only.
 *  Empty string if there was none. Valid until the next failing call on the thread. */
JFHE_API const char *jfhe_last_error(void);

#ifdef __cplusplus
}
#endif
#endif
