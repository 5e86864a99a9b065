/* Allocations that fail: the one whose number is fail_allocation, and all after it where
 * keep_failing is set.  Not under a sanitizer, which has an allocator of its own: OUT_OF_MEMORY is
 * not defined then. */
#ifndef TESTS_UNIT_STORE_STORE_MEMORY_H
#define TESTS_UNIT_STORE_STORE_MEMORY_H

#include <errno.h>
#include <gcrypt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OUT_OF_MEMORY 1
#define STRIDE 1

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static atomic_long allocations, fail_allocation; /* 0: none fails */
static atomic_bool keep_failing;

static bool no_memory(void)
{
	long n = atomic_fetch_add(&allocations, 1) + 1, fails = atomic_load(&fail_allocation);

	if (fails == 0 || (n != fails && !(n > fails && atomic_load(&keep_failing))))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return no_memory() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return no_memory() ? NULL : __libc_memalign(alignment, n);
}

/* libgcrypt does not bear it (it aborts, or worse), and is not what is tested. */
static void spare_gcrypt(void)
{
	gcry_set_allocation_handler(__libc_malloc, __libc_malloc, NULL, __libc_realloc, free);
}
#else
#define STRIDE 3 /* a sanitizer takes its time */
#endif

#endif
