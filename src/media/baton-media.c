/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media.h"

#include "baton-enum-types.h"
#include "baton-error.h"

G_DEFINE_BOXED_TYPE (BatonMediaStats, baton_media_stats, baton_media_stats_copy, baton_media_stats_free)
G_DEFINE_INTERFACE (BatonMedia, baton_media, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BatonMediaFactory, baton_media_factory, G_TYPE_OBJECT)

#define FLAGS(access) (access | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

BatonMediaStats *
baton_media_stats_copy (const BatonMediaStats *self)
{
  return g_memdup2 (self, sizeof *self);
}

void
baton_media_stats_free (BatonMediaStats *self)
{
  g_free (self);
}

static void
baton_media_default_init (BatonMediaInterface *iface)
{
  g_object_interface_install_property (
    iface, g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_MEDIA_STATE, BATON_MEDIA_STATE_IDLE,
                              FLAGS (G_PARAM_READABLE)));
  g_object_interface_install_property (iface, g_param_spec_string ("codec", NULL, NULL, NULL, FLAGS (G_PARAM_READABLE)));
  g_object_interface_install_property (iface, g_param_spec_string ("srtp", NULL, NULL, "none", FLAGS (G_PARAM_READABLE)));
  g_object_interface_install_property (
    iface, g_param_spec_boolean ("local-hold", NULL, NULL, FALSE, FLAGS (G_PARAM_READWRITE)));
  g_object_interface_install_property (iface, g_param_spec_boolean ("muted", NULL, NULL, FALSE, FLAGS (G_PARAM_READWRITE)));
  g_object_interface_install_property (
    iface, g_param_spec_boolean ("remote-hold", NULL, NULL, FALSE, FLAGS (G_PARAM_READABLE)));

  g_object_interface_install_property (
    iface, g_param_spec_boolean ("one-way", NULL, NULL, FALSE, FLAGS (G_PARAM_READABLE)));

  g_signal_new ("dtmf", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                G_TYPE_UINT);
  g_signal_new ("recording-failed", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("secured", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("unprotected", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("failed", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("reoffer-wanted", BATON_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

gboolean
baton_media_prepare_now (BatonMedia *self)
{
  BatonMediaInterface *iface;

  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  iface = BATON_MEDIA_GET_IFACE (self);
  return iface->prepare_now != NULL && iface->prepare_now (self);
}

void
baton_media_prepare_async (BatonMedia *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  BATON_MEDIA_GET_IFACE (self)->prepare_async (self, cancellable, callback, data);
}

gboolean
baton_media_prepare_finish (BatonMedia *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  return BATON_MEDIA_GET_IFACE (self)->prepare_finish (self, result, error);
}

char *
baton_media_create_offer (BatonMedia *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), NULL);
  return BATON_MEDIA_GET_IFACE (self)->create_offer (self, error);
}

char *
baton_media_create_other_offer (BatonMedia *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), NULL);
  if (BATON_MEDIA_GET_IFACE (self)->create_other_offer == NULL)
    return NULL;
  return BATON_MEDIA_GET_IFACE (self)->create_other_offer (self, error);
}

gboolean
baton_media_check_offer (BatonMedia *self, const char *offer, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self) && offer != NULL, FALSE);
  return BATON_MEDIA_GET_IFACE (self)->check_offer == NULL ||
         BATON_MEDIA_GET_IFACE (self)->check_offer (self, offer, error);
}

char *
baton_media_create_answer (BatonMedia *self, const char *offer, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), NULL);
  return BATON_MEDIA_GET_IFACE (self)->create_answer (self, offer, error);
}

gboolean
baton_media_apply_answer (BatonMedia *self, const char *answer, gboolean final, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  return BATON_MEDIA_GET_IFACE (self)->apply_answer (self, answer, final, error);
}

void
baton_media_start (BatonMedia *self)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  BATON_MEDIA_GET_IFACE (self)->start (self);
}

void
baton_media_stop (BatonMedia *self)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  BATON_MEDIA_GET_IFACE (self)->stop (self);
}

gboolean
baton_media_send_dtmf (BatonMedia *self, const char *digits, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  return BATON_MEDIA_GET_IFACE (self)->send_dtmf (self, digits, error);
}

gboolean
baton_media_send_tones (BatonMedia *self, const char *digits, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  if (BATON_MEDIA_GET_IFACE (self)->send_tones != NULL)
    return BATON_MEDIA_GET_IFACE (self)->send_tones (self, digits, error);
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED, "Keys cannot be sent as tones here.");
  return FALSE;
}

BatonMediaStats *
baton_media_dup_stats (BatonMedia *self)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), NULL);
  return BATON_MEDIA_GET_IFACE (self)->dup_stats (self);
}

gboolean
baton_media_start_recording (BatonMedia *self, const char *path, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self) && path != NULL, FALSE);
  if (BATON_MEDIA_GET_IFACE (self)->start_recording != NULL)
    return BATON_MEDIA_GET_IFACE (self)->start_recording (self, path, error);
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED, "This call has no sound that could be recorded.");
  return FALSE;
}

void
baton_media_stop_recording (BatonMedia *self)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  if (BATON_MEDIA_GET_IFACE (self)->stop_recording != NULL)
    BATON_MEDIA_GET_IFACE (self)->stop_recording (self);
}

void
baton_media_restart (BatonMedia *self)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  if (BATON_MEDIA_GET_IFACE (self)->restart != NULL)
    BATON_MEDIA_GET_IFACE (self)->restart (self);
}

BatonMediaState
baton_media_get_state (BatonMedia *self)
{
  BatonMediaState state;

  g_return_val_if_fail (BATON_IS_MEDIA (self), BATON_MEDIA_STATE_STOPPED);
  g_object_get (self, "state", &state, NULL);
  return state;
}

gboolean
baton_media_get_remote_hold (BatonMedia *self)
{
  gboolean hold;

  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  g_object_get (self, "remote-hold", &hold, NULL);
  return hold;
}

gboolean
baton_media_is_securing (BatonMedia *self)
{
  g_return_val_if_fail (BATON_IS_MEDIA (self), FALSE);
  return BATON_MEDIA_GET_IFACE (self)->is_securing != NULL && BATON_MEDIA_GET_IFACE (self)->is_securing (self);
}

void
baton_media_set_local_hold (BatonMedia *self, gboolean hold)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  g_object_set (self, "local-hold", hold, NULL);
}

void
baton_media_set_muted (BatonMedia *self, gboolean muted)
{
  g_return_if_fail (BATON_IS_MEDIA (self));
  g_object_set (self, "muted", muted, NULL);
}

static void
baton_media_factory_default_init (BatonMediaFactoryInterface *iface)
{
}

BatonMedia *
baton_media_factory_create (BatonMediaFactory *self, const BatonMediaOptions *options)
{
  g_return_val_if_fail (BATON_IS_MEDIA_FACTORY (self), NULL);
  return BATON_MEDIA_FACTORY_GET_IFACE (self)->create (self, options);
}

void
baton_media_factory_set_foreground (BatonMediaFactory *self, BatonMedia *media)
{
  g_return_if_fail (BATON_IS_MEDIA_FACTORY (self));
  BATON_MEDIA_FACTORY_GET_IFACE (self)->set_foreground (self, media);
}

void
baton_media_factory_set_party (BatonMediaFactory *self, BatonMedia *const *media, guint n)
{
  g_return_if_fail (BATON_IS_MEDIA_FACTORY (self));
  if (BATON_MEDIA_FACTORY_GET_IFACE (self)->set_party != NULL)
    BATON_MEDIA_FACTORY_GET_IFACE (self)->set_party (self, media, n);
}

void
baton_media_factory_move_async (BatonMediaFactory *self, BatonMedia *from, BatonMedia *to,
                                GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_MEDIA_FACTORY (self));
  BATON_MEDIA_FACTORY_GET_IFACE (self)->move (self, from, to, callback, data);
}

double
baton_media_factory_move_finish (BatonMediaFactory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BATON_IS_MEDIA_FACTORY (self), -1);
  return BATON_MEDIA_FACTORY_GET_IFACE (self)->move_finish (self, result, error);
}
