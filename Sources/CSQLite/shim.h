// The distribution's SQLite 3. `packaging/install-libraries` fetches its headers where they are
// missing; the static SDK has its own.
#include <sqlite3.h>

// sqlite3_db_config is variadic, and Swift cannot call it.
//
// The last connection that closes a file moves the log into it, unless it says so.
static inline int cs_keep_log_at_close(sqlite3 *connection, int keeps) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keeps, (int *)0);
}
