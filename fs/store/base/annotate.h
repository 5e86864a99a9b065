/*
 * Which lock guards what, written so that `make lint` checks it (Clang's -Wthread-safety, see
 * https://clang.llvm.org/docs/ThreadSafetyAnalysis.html).  To gcc the annotations are nothing.
 *
 *	struct list {
 *		struct mutex lock;
 *		size_t count GUARDED_BY(lock);
 *	};
 *	void list_add(struct list *l) EXCLUDES(l->lock);     takes the lock itself
 *	static void grow(struct list *l) REQUIRES(l->lock);  its caller holds it
 *
 * Clang checks functions against one another: a lock taken twice, not given back on some path, not
 * held where a callee needs it.  From Clang 20 on it checks fields as well, in a build with
 * -DCUSTODYFS_GUARDED -fexperimental-late-parse-attributes: whether that lock of some object of the
 * type is held.  Where the object is not shared yet, set it by one assignment of a whole struct.
 */
#ifndef FS_STORE_BASE_ANNOTATE_H
#define FS_STORE_BASE_ANNOTATE_H

#include <pthread.h>

/* Of functions whose errno must not be lost: gcc warns where a caller does not look at it.  A cast
 * to void does not silence it; write ignore_error(f()), and why. */
#define MUST_CHECK __attribute__((warn_unused_result))

static inline void ignore_error(int err)
{
	(void)err;
}

#ifdef __clang__
#define ANNOTATE(x) __attribute__((x))
#else
#define ANNOTATE(x)
#endif

#define CAPABILITY(name) ANNOTATE(capability(name)) /* a type that is a lock */

/* For fields. */
#ifdef CUSTODYFS_GUARDED
/* In C the member's name alone is an object of its own, its address is any object's member. */
#define GUARDED_BY(lock) ANNOTATE(guarded_by(&lock))
#define PT_GUARDED_BY(lock) ANNOTATE(pt_guarded_by(&lock)) /* what the pointer points to */
#else
#define GUARDED_BY(lock)
#define PT_GUARDED_BY(lock)
#endif

/* For functions; _SHARED: as a reader. */
#define REQUIRES(...) ANNOTATE(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) ANNOTATE(requires_shared_capability(__VA_ARGS__))
#define ACQUIRE(...) ANNOTATE(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) ANNOTATE(acquire_shared_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) ANNOTATE(try_acquire_capability(__VA_ARGS__)) /* (result, lock) */
#define RELEASE(...) ANNOTATE(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) ANNOTATE(release_shared_capability(__VA_ARGS__))
#define RELEASE_ANY(...) ANNOTATE(release_generic_capability(__VA_ARGS__))
#define EXCLUDES(...) ANNOTATE(locks_excluded(__VA_ARGS__))
#define ASSERT_HELD(...) ANNOTATE(assert_capability(__VA_ARGS__))
#define RETURNS_LOCK(lock) ANNOTATE(lock_returned(lock))
/* What the analysis cannot follow: say why where it is used. */
#define UNCHECKED ANNOTATE(no_thread_safety_analysis)

/* pthread's locks as types that the analysis knows.  Their fields are for this header alone. */
struct CAPABILITY("mutex") mutex {
	pthread_mutex_t inner;
};

struct CAPABILITY("rwlock") rwlock {
	pthread_rwlock_t inner;
};

/* 0, or a positive errno: ENOMEM, EAGAIN. */
static inline int mutex_init(struct mutex *m)
{
	return pthread_mutex_init(&m->inner, NULL);
}

static inline void mutex_destroy(struct mutex *m)
{
	pthread_mutex_destroy(&m->inner);
}

static inline void mutex_lock(struct mutex *m) ACQUIRE(*m) UNCHECKED
{
	pthread_mutex_lock(&m->inner);
}

static inline void mutex_unlock(struct mutex *m) RELEASE(*m) UNCHECKED
{
	pthread_mutex_unlock(&m->inner);
}

static inline void mutex_wait(struct mutex *m, pthread_cond_t *cond) REQUIRES(*m) UNCHECKED
{
	pthread_cond_wait(cond, &m->inner);
}

/* ETIMEDOUT once `until` of the condition's clock has come. */
static inline int mutex_wait_until(
	struct mutex *m, pthread_cond_t *cond, const struct timespec *until) REQUIRES(*m) UNCHECKED
{
	return pthread_cond_timedwait(cond, &m->inner, until);
}

/* 0, or a positive errno: ENOMEM, EAGAIN. */
static inline int rwlock_init(struct rwlock *l)
{
	return pthread_rwlock_init(&l->inner, NULL);
}

static inline void rwlock_destroy(struct rwlock *l)
{
	pthread_rwlock_destroy(&l->inner);
}

static inline void rwlock_read(struct rwlock *l) ACQUIRE_SHARED(*l) UNCHECKED
{
	pthread_rwlock_rdlock(&l->inner);
}

static inline void rwlock_write(struct rwlock *l) ACQUIRE(*l) UNCHECKED
{
	pthread_rwlock_wrlock(&l->inner);
}

static inline void rwlock_unlock(struct rwlock *l) RELEASE_ANY(*l) UNCHECKED
{
	pthread_rwlock_unlock(&l->inner);
}

#endif
