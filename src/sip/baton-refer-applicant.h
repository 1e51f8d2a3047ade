/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-ua.h"

G_BEGIN_DECLS

#define BATON_TYPE_REFER_APPLICANT (baton_refer_applicant_get_type ())
G_DECLARE_INTERFACE (BatonReferApplicant, baton_refer_applicant, BATON, REFER_APPLICANT, GObject)

/**
 * BatonReferApplicant:
 * On whose behalf a REFER is sent: a session (in its dialog), or a stand-in outside every dialog.
 */
struct _BatonReferApplicantInterface
{
  GTypeInterface parent;

  BatonSipIdentity *(*get_identity) (BatonReferApplicant *self);
  const char *(*get_contact) (BatonReferApplicant *self);    /* (nullable): the stack's own */
  const char *(*get_remote_uri) (BatonReferApplicant *self); /* who gets the REFER */
  BatonSession *(*get_session) (BatonReferApplicant *self);  /* (nullable): out of a dialog */
};

BatonSipIdentity *baton_refer_applicant_get_identity (BatonReferApplicant *self);
const char *baton_refer_applicant_get_contact (BatonReferApplicant *self);
const char *baton_refer_applicant_get_remote_uri (BatonReferApplicant *self);
BatonSession *baton_refer_applicant_get_session (BatonReferApplicant *self);

#define BATON_TYPE_UA_APPLICANT (baton_ua_applicant_get_type ())
G_DECLARE_FINAL_TYPE (BatonUaApplicant, baton_ua_applicant, BATON, UA_APPLICANT, GObject)

/** baton_ua_applicant_new: a stand-in for a REFER outside every dialog, sent to @remote_uri. */
BatonUaApplicant *baton_ua_applicant_new (BatonSipIdentity *identity, const char *remote_uri);

G_END_DECLS
