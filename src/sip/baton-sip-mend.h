/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/su_wait.h>

G_BEGIN_DECLS

/*
 * BATON_SIP_MEND_FIND: sets @original to the library's own @function, in whose place ours of that name is called; leaves it NULL
 * where there is none
 */
#define BATON_SIP_MEND_FIND(original, function) \
  G_STMT_START { \
    if ((original) == NULL) \
      (original) = (__typeof__ (original)) dlsym (RTLD_NEXT, #function); \
  } G_STMT_END

/**
 * baton_sip_mend_active:
 * Has to be called from somewhere, so that the linker takes what is in the file.
 * Returns: whether sofia-sip asks us which answers end a dialog
 */
gboolean baton_sip_mend_active (void);

/** baton_sip_mend_ends_call: Returns: whether there is no call any more after this answer to a re-INVITE (RFC 3261 §12.2.1.2) */
gboolean baton_sip_mend_ends_call (guint status, const sip_t *sip);

/**
 * baton_sip_mend_set_silent:
 * @wanted: TRUE before @handle is destroyed, when all has been said on it: what nua still finds there ends without a word.
 *   FALSE for every new handle, which may lie where an old one was.
 */
void baton_sip_mend_set_silent (nua_handle_t *handle, gboolean wanted);

/**
 * baton_sip_mend_let_overtake: the next INVITE on @handle goes out though a request of another kind has no answer yet. No
 * INVITE may be under way.
 */
void baton_sip_mend_let_overtake (nua_handle_t *handle);

/**
 * baton_sip_mend_refuse_challenge: the re-INVITE on @handle that waits for credentials gets none: it fails like any that is
 * refused, and nua_r_invite says so with no message; or nua_r_authenticate, where none waits
 */
void baton_sip_mend_refuse_challenge (nua_handle_t *handle);

/**
 * baton_sip_mend_run_messages:
 * Does now what waits between nua and us, in both directions: what is there now, not what comes of it.
 * Not from inside of the stack (a callback of its log); from inside of nua's callback it does what
 * was said to nua meanwhile, and no other callback comes.
 * Returns: how many messages; 0 also where the stack doesn't let us
 */
guint baton_sip_mend_run_messages (su_root_t *root);

G_END_DECLS
