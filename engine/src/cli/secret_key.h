/* cli/secret_key.h: the secret key's file. Commands that compute on ciphertexts never include this. */
#ifndef JFI_CLI_SECRET_KEY_H
#define JFI_CLI_SECRET_KEY_H
#include "jfhe/secret.h"

int cli_save_sk(const char *dir, const jfhe_sk *sk);
/* Refuses a file that others may read. */
int cli_load_sk(jfhe_sk **sk, const jfhe_ctx *ctx, const char *keys_dir);
#endif
