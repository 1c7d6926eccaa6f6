// The target needs one C file; all that is here is inline.
#include "COpenSSL.h"
