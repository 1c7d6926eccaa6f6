// The distribution's SQLite 3. `packaging/install-libraries` fetches its headers where they are
// missing; the static SDK has its own.
#include <sqlite3.h>
