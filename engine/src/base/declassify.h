/* base/declassify.h: the line between secret and public memory, for the constant-time runs.
 *
 * A JFHE_CTIME build marks secrets as undefined memory under valgrind, which then reports every branch and address that depends on
 * them. What a computation makes public on purpose is declassified where that is decided. Other builds compile to nothing. */
#ifndef JFI_BASE_DECLASSIFY_H
#define JFI_BASE_DECLASSIFY_H
#ifdef JFHE_CTIME
#include <valgrind/memcheck.h>
#define JFI_DECLASSIFY(p, len) ((void)VALGRIND_MAKE_MEM_DEFINED(p, len))
#define JFI_CLASSIFY(p, len)   ((void)VALGRIND_MAKE_MEM_UNDEFINED(p, len))
#else
#define JFI_DECLASSIFY(p, len) ((void)(p), (void)(len))
#define JFI_CLASSIFY(p, len)   ((void)(p), (void)(len))
#endif
#endif
