/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-applicant.h"

#include "baton-refer-context-private.h"

G_DEFINE_INTERFACE (BatonReferApplicant, baton_refer_applicant, G_TYPE_OBJECT)

static void
baton_refer_applicant_default_init (BatonReferApplicantInterface *iface)
{
}

BatonSipIdentity *
baton_refer_applicant_get_identity (BatonReferApplicant *self)
{
  return BATON_REFER_APPLICANT_GET_IFACE (self)->get_identity (self);
}

const char *
baton_refer_applicant_get_contact (BatonReferApplicant *self)
{
  BatonReferApplicantInterface *iface = BATON_REFER_APPLICANT_GET_IFACE (self);

  return iface->get_contact != NULL ? iface->get_contact (self) : NULL;
}

const char *
baton_refer_applicant_get_remote_uri (BatonReferApplicant *self)
{
  return BATON_REFER_APPLICANT_GET_IFACE (self)->get_remote_uri (self);
}

BatonSession *
baton_refer_applicant_get_session (BatonReferApplicant *self)
{
  BatonReferApplicantInterface *iface = BATON_REFER_APPLICANT_GET_IFACE (self);

  return iface->get_session != NULL ? iface->get_session (self) : NULL;
}

/* ---- The stand-in outside every dialog ---- */

struct _BatonUaApplicant
{
  GObject parent;

  BatonSipIdentity *identity;
  char *remote_uri;
};

static BatonSipIdentity *
ua_applicant_get_identity (BatonReferApplicant *applicant)
{
  return BATON_UA_APPLICANT (applicant)->identity;
}

static const char *
ua_applicant_get_remote_uri (BatonReferApplicant *applicant)
{
  return BATON_UA_APPLICANT (applicant)->remote_uri;
}

static void
ua_applicant_iface_init (BatonReferApplicantInterface *iface)
{
  iface->get_identity = ua_applicant_get_identity;
  iface->get_remote_uri = ua_applicant_get_remote_uri;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonUaApplicant, baton_ua_applicant, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_APPLICANT, ua_applicant_iface_init))

static void
baton_ua_applicant_finalize (GObject *object)
{
  BatonUaApplicant *self = BATON_UA_APPLICANT (object);

  g_clear_object (&self->identity);
  g_free (self->remote_uri);
  G_OBJECT_CLASS (baton_ua_applicant_parent_class)->finalize (object);
}

static void
baton_ua_applicant_class_init (BatonUaApplicantClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_ua_applicant_finalize;
  baton_refer_applicant_install_signals (G_TYPE_FROM_CLASS (klass));
}

static void
baton_ua_applicant_init (BatonUaApplicant *self)
{
}

BatonUaApplicant *
baton_ua_applicant_new (BatonSipIdentity *identity, const char *remote_uri)
{
  BatonUaApplicant *self = g_object_new (BATON_TYPE_UA_APPLICANT, NULL);

  self->identity = g_object_ref (identity);
  self->remote_uri = g_strdup (remote_uri);
  return self;
}
