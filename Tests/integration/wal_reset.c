// Shows SQLite's WAL-reset fault on the library that it is linked with, and that one lock around
// every commit and every checkpoint keeps it away (docs/outbox.md, Sources/Store/OutboxLog.swift).
//
// Process A commits, and sometimes moves the log into the file. Process B does nothing but move the
// log. The fault needs A to commit between two reads of B's: B has read how long the log is, and
// not yet how much of it was moved. Between them SQLite calls the file's method xUnfetch, and this
// program waits there for an instant. Nothing else of SQLite is changed.
//
//   cc -O2 wal_reset.c -lsqlite3 -o wal_reset
//   ./wal_reset FILE locked|unlocked CHECKPOINTS
//
// It ends after so many checkpoints of B, or with the first damage. The last line says what was
// seen. Exit 0: sound. 1: a row is lost or the file is corrupt. 2: it could not be tried.
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

// What both processes see.
static struct shared {
  _Atomic long checkpoints, commits, rows, pauses;
  _Atomic int ends;
} *shared;

static int lock_file = -1;
static int has_lock;

static void take(void) {
  if (has_lock && flock(lock_file, LOCK_EX)) _exit(2);
}
static void release(void) {
  if (has_lock && flock(lock_file, LOCK_UN)) _exit(2);
}

// MARK: a file whose xUnfetch waits

static sqlite3_io_methods waiting;
static int (*unfetch)(sqlite3_file *, sqlite3_int64, void *);

static int wait_and_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *page) {
  // Called so, it begins a checkpoint.
  if (!page && !offset) {
    atomic_fetch_add(&shared->pauses, 1);
    usleep(500);
  }
  return unfetch(file, offset, page);
}

static void make_it_wait(sqlite3 *db) {
  sqlite3_file *file;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file)) _exit(2);
  if (!file->pMethods) _exit(2);
  if (file->pMethods->iVersion < 3) _exit(2);
  waiting = *file->pMethods;
  unfetch = waiting.xUnfetch;
  waiting.xUnfetch = wait_and_unfetch;
  file->pMethods = &waiting;
}

// MARK: the two processes

static sqlite3 *opened(const char *path) {
  sqlite3 *db;
  if (sqlite3_open(path, &db)) _exit(2);
  sqlite3_busy_timeout(db, 10000);
  const char *settings =
      "PRAGMA synchronous=OFF; PRAGMA cache_size=-256; PRAGMA wal_autocheckpoint=0";
  if (sqlite3_exec(db, settings, 0, 0, 0)) _exit(2);
  return db;
}

static void must(sqlite3 *db, int code, const char *what) {
  if (code == SQLITE_OK) return;
  fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  atomic_store(&shared->ends, 1);
  _exit(1);
}

static void commit(sqlite3 *db, unsigned rows) {
  char insertion[64];
  take();
  must(db, sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), "begin");
  for (unsigned row = 0; row < rows; row++) {
    int bytes = 400 + rand() % 800;
    snprintf(insertion, sizeof insertion, "INSERT INTO t(b) VALUES(randomblob(%d))", bytes);
    must(db, sqlite3_exec(db, insertion, 0, 0, 0), "insert");
  }
  // The file stays small: the fault is as likely, and a run is faster.
  const char *deletion = "DELETE FROM t WHERE a <= (SELECT max(a) - 400 FROM t)";
  must(db, sqlite3_exec(db, deletion, 0, 0, 0), "delete");
  must(db, sqlite3_exec(db, "COMMIT", 0, 0, 0), "commit");
  release();
  atomic_fetch_add(&shared->rows, rows);
  atomic_fetch_add(&shared->commits, 1);
}

static void checkpoint(sqlite3 *db) {
  int pages, moved;
  take();
  int code = sqlite3_wal_checkpoint_v2(db, 0, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  release();
  if (code != SQLITE_BUSY) must(db, code, "checkpoint");
}

static void writer(const char *path) {
  sqlite3 *db = opened(path);
  srand(1);
  for (long n = 0; !atomic_load(&shared->ends); n++) {
    // A long transaction makes the log longer than it was before it began anew.
    commit(db, n % 8 == 7 ? 60 : 1 + rand() % 3);
    if (n % 2) checkpoint(db);
  }
  _exit(0);
}

static void checkpointer(const char *path, long count) {
  sqlite3 *db = opened(path);
  must(db, sqlite3_exec(db, "SELECT count(*) FROM t", 0, 0, 0), "read");
  make_it_wait(db);
  while (!atomic_load(&shared->ends) && atomic_load(&shared->checkpoints) < count) {
    checkpoint(db);
    atomic_fetch_add(&shared->checkpoints, 1);
  }
  atomic_store(&shared->ends, 1);
  _exit(0);
}

// MARK: what is in the file

static long number(sqlite3 *db, const char *sql) {
  sqlite3_stmt *query;
  if (sqlite3_prepare_v2(db, sql, -1, &query, 0) || sqlite3_step(query) != SQLITE_ROW) return -1;
  long value = sqlite3_column_int64(query, 0);
  sqlite3_finalize(query);
  return value;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  has_lock = !strcmp(words[2], "locked");
  if (!has_lock && strcmp(words[2], "unlocked")) return 2;
  shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sqlite3 *db = opened(words[1]);
  const char *tables =
      "PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b);"
      "CREATE INDEX i ON t(b)";
  if (sqlite3_exec(db, tables, 0, 0, 0)) return 2;
  sqlite3_close(db);
  for (int process = 0; process < 2; process++) {
    if (fork()) continue;
    // Each its own open file: a lock is of the open file.
    char name[4096];
    snprintf(name, sizeof name, "%s.lock", words[1]);
    lock_file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_file < 0) _exit(2);
    if (process) checkpointer(words[1], atol(words[3]));
    else writer(words[1]);
  }
  int worst = 0;
  for (int status; wait(&status) > 0;) {
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 2;
    if (code > worst) worst = code;
  }
  if (worst == 2) return 2;
  db = opened(words[1]);
  sqlite3_stmt *check;
  const char *verdict = "not read";
  if (!sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &check, 0) &&
      sqlite3_step(check) == SQLITE_ROW)
    verdict = (const char *)sqlite3_column_text(check, 0);
  long rows = atomic_load(&shared->rows);
  int is_sound = !worst && !strcmp(verdict, "ok") && number(db, "SELECT max(a) FROM t") == rows &&
                 number(db, "SELECT count(*) FROM t") == (rows < 400 ? rows : 400);
  printf("SQLite %s, %s: %s after %ld checkpoints (%ld waited) beside %ld commits: %s\n",
         sqlite3_libversion(), words[2], is_sound ? "sound" : "damaged",
         atomic_load(&shared->checkpoints), atomic_load(&shared->pauses),
         atomic_load(&shared->commits), verdict);
  return !is_sound;
}
