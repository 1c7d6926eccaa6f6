/// OpenSSL 3 as one module, and what it offers only as macros, which Swift cannot call. No logic
/// lives here.
#ifndef COPENSSL_H
#define COPENSSL_H
#include <stdbool.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// "OpenSSL 3.0.15 3 Sep 2024"
static inline const char *co_version(void) { return OpenSSL_version(OPENSSL_VERSION); }

static inline long co_ctx_set_min_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}
static inline long co_ctx_set_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_mode(context, mode);
}
static inline long co_set_server_name(SSL *connection, const char *name) {
  return SSL_set_tlsext_host_name(connection, name);
}

static inline void co_free(void *memory) { OPENSSL_free(memory); }
static inline long co_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
static inline EVP_PKEY *co_new_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }
static inline EVP_PKEY *co_new_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }

static inline bool co_is_ed25519(const EVP_PKEY *key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
}
static inline bool co_is_p256(const EVP_PKEY *key) {
  char name[32];
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
         strcmp(name, "prime256v1") == 0;
}

// Constants whose macros Swift does not import, as plain integers.
enum {
  CO_TLS_1_2 = TLS1_2_VERSION,
  CO_MODE_PARTIAL_WRITE = SSL_MODE_ENABLE_PARTIAL_WRITE,
  CO_MODE_MOVING_WRITE_BUFFER = SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
  CO_MODE_RELEASE_BUFFERS = SSL_MODE_RELEASE_BUFFERS,
  CO_PEM = SSL_FILETYPE_PEM,
};

/// Without the board's openssl.cnf: it may name provider modules, which a static program cannot
/// load.
static inline bool co_init(void) {
  return OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;
}
static inline void co_ctx_refuse_renegotiation(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}
static inline void co_ctx_keep_no_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
/// The reason of a packed error, as SSL_R_ and, from 1000 on, as a TLS alert.
static inline int co_reason(unsigned long error) { return ERR_GET_REASON(error); }
static inline bool co_is_of_ssl(unsigned long error) { return ERR_GET_LIB(error) == ERR_LIB_SSL; }
#endif
