/* jfhe/jfhe.h: the whole public interface of libjfhe. Add jfhe/secret.h on a client's machine. */
#ifndef JFHE_JFHE_H
#define JFHE_JFHE_H
#include "jfhe/bgv.h"
#include "jfhe/bootstrap.h"
#include "jfhe/bridge.h"
#include "jfhe/ciphertext.h"
#include "jfhe/circuit.h"
#include "jfhe/ckks.h"
#include "jfhe/codec.h"
#include "jfhe/keys.h"
#include "jfhe/params.h"
#include "jfhe/plan.h"
#include "jfhe/status.h"
#include "jfhe/table.h"
#endif
