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
// What OpenSSL offers for paths only, for bytes: a path may lead to a FIFO, on which it would wait.

static inline int co_no_password(char *text, int size, int writes, void *context) { return -1; }

/// Trusts every certificate of a PEM text, and obeys its revocation lists. The count of them.
static inline int co_ctx_trust(SSL_CTX *context, const void *bytes, int count) {
  BIO *bio = BIO_new_mem_buf(bytes, count);
  if (bio == NULL) return 0;
  STACK_OF(X509_INFO) *all = PEM_X509_INFO_read_bio(bio, NULL, co_no_password, NULL);
  BIO_free(bio);
  if (all == NULL) return 0;
  X509_STORE *store = SSL_CTX_get_cert_store(context);
  int found = 0;
  for (int index = 0; index < sk_X509_INFO_num(all); index++) {
    X509_INFO *info = sk_X509_INFO_value(all, index);
    if (info->x509 != NULL) found += X509_STORE_add_cert(store, info->x509);
    if (info->crl != NULL) X509_STORE_add_crl(store, info->crl);
  }
  sk_X509_INFO_pop_free(all, X509_INFO_free);
  return found;
}

/// The first certificate of a PEM text is the client's own, and the others lead to its authority.
static inline bool co_ctx_use_chain(SSL_CTX *context, const void *bytes, int count) {
  BIO *bio = BIO_new_mem_buf(bytes, count);
  if (bio == NULL) return false;
  X509 *own = PEM_read_bio_X509_AUX(bio, NULL, co_no_password, NULL);
  bool is_used = own != NULL && SSL_CTX_use_certificate(context, own) == 1 &&
                 SSL_CTX_clear_chain_certs(context) == 1;
  X509_free(own);
  X509 *other;
  while (is_used && (other = PEM_read_bio_X509(bio, NULL, co_no_password, NULL)) != NULL) {
    if (SSL_CTX_add0_chain_cert(context, other) == 1) continue;
    X509_free(other);
    is_used = false;
  }
  BIO_free(bio);
  if (is_used) ERR_clear_error();  // "no start line" ends the text
  return is_used;
}

static inline bool co_ctx_use_key(SSL_CTX *context, const void *bytes, int count) {
  BIO *bio = BIO_new_mem_buf(bytes, count);
  if (bio == NULL) return false;
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, co_no_password, NULL);
  BIO_free(bio);
  bool is_used = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  return is_used;
}

/// The reason of a packed error, as SSL_R_ and, from 1000 on, as a TLS alert.
static inline int co_reason(unsigned long error) { return ERR_GET_REASON(error); }
static inline bool co_is_of_ssl(unsigned long error) { return ERR_GET_LIB(error) == ERR_LIB_SSL; }
#endif
