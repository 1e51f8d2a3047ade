/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-media.h"

#include <string.h>

#include "baton-enum-types.h"
#include "baton-error.h"

enum
{
  PROP_STATE = 1,
  PROP_CODEC,
  PROP_SRTP,
  PROP_LOCAL_HOLD,
  PROP_MUTED,
  PROP_REMOTE_HOLD,
  PROP_ONE_WAY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void media_init_interface (BatonMediaInterface *iface);
static void factory_init_interface (BatonMediaFactoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonTestMedia, baton_test_media, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA, media_init_interface))
G_DEFINE_FINAL_TYPE_WITH_CODE (BatonTestMediaFactory, baton_test_media_factory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA_FACTORY, factory_init_interface))

/* ---- One call's media ---- */

static gboolean
has_line (const char *sdp, const char *line)
{
  g_autofree char *text = g_strconcat ("\n", line, NULL);

  return strstr (sdp, text) != NULL;
}

static void
update_state (BatonTestMedia *self, gboolean started)
{
  BatonMediaState state = self->state;

  if (state == BATON_MEDIA_STATE_STOPPED || (state == BATON_MEDIA_STATE_IDLE && !started))
    return;
  state = self->local_hold || self->remote_hold ? BATON_MEDIA_STATE_HELD : BATON_MEDIA_STATE_STARTED;
  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
take_remote (BatonTestMedia *self, const char *sdp)
{
  gboolean hold = has_line (sdp, "a=sendonly") || has_line (sdp, "a=inactive") || has_line (sdp, "c=IN IP4 0.0.0.0");

  if (self->codec == NULL)
    {
      self->codec = g_strdup ("pcmu");
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CODEC]);
    }
  /* recvonly or inactive in the answer to our own hold is not a hold of theirs */
  if (hold != self->remote_hold)
    {
      self->remote_hold = hold;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_HOLD]);
    }
  update_state (self, FALSE);
}

static gboolean
check_remote (BatonTestMedia *self, const char *sdp, GError **error)
{
  const char *line = strstr (sdp, "\nm=audio ");

  if (!g_str_has_prefix (sdp, "v=0") || line == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                           "The other side sent a broken session description.");
      return FALSE;
    }
  if (self->refuse || !(strstr (line, " RTP/AVP 0") != NULL || strstr (line, " RTP/AVP 8") != NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NO_COMMON_CODEC,
                           "The other side has no codec that this phone knows.");
      return FALSE;
    }
  if (self->required && strstr (sdp, "\na=crypto:") == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY, BATON_TEST_MEDIA_INSECURE);
      return FALSE;
    }
  return TRUE;
}

static char *
describe (BatonTestMedia *self, const char *direction)
{
  gboolean ipv6 = strchr (self->local_address, ':') != NULL;

  return g_strdup_printf ("v=0\r\no=- 815 %u IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8 101\r\n"
                          "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=%s\r\n",
                          ++self->version, ipv6 ? "IP6" : "IP4", self->local_address, ipv6 ? "IP6" : "IP4",
                          self->local_address, direction);
}

static void
baton_test_media_prepare_async (BatonMedia *media, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = g_task_new (media, cancellable, callback, data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
baton_test_media_prepare_finish (BatonMedia *media, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static char *
baton_test_media_create_offer (BatonMedia *media, GError **error)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (media);

  if (self->local_hold)
    return describe (self, self->remote_hold ? "inactive" : "sendonly");
  return describe (self, self->remote_hold ? "recvonly" : "sendrecv");
}

static char *
baton_test_media_create_other_offer (BatonMedia *media, GError **error)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (media);

  if (self->other_offers == 0)
    return NULL;
  self->other_offers--;
  return baton_test_media_create_offer (media, error);
}

static gboolean
baton_test_media_check_offer (BatonMedia *media, const char *offer, GError **error)
{
  return check_remote (BATON_TEST_MEDIA (media), offer, error);
}

static char *
baton_test_media_create_answer (BatonMedia *media, const char *offer, GError **error)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (media);
  gboolean they_send_only = has_line (offer, "a=sendonly");
  const char *direction = "sendrecv";
  g_autofree char *answer = NULL;

  if (!check_remote (self, offer, error))
    return NULL;
  if (has_line (offer, "a=inactive") || (self->local_hold && they_send_only))
    direction = "inactive";
  else if (they_send_only)
    direction = "recvonly";
  else if (has_line (offer, "a=recvonly") || self->local_hold)
    direction = "sendonly";
  answer = describe (self, direction);
  g_free (self->last_offer);
  self->last_offer = g_strdup (offer);
  take_remote (self, offer); /* whoever hears of a hold may ask for an offer at once */
  return g_steal_pointer (&answer);
}

static gboolean
baton_test_media_apply_answer (BatonMedia *media, const char *answer, gboolean final, GError **error)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (media);

  if (!check_remote (self, answer, error))
    return FALSE;
  g_free (self->last_answer);
  self->last_answer = g_strdup (answer);
  take_remote (self, answer);
  return TRUE;
}

static void
baton_test_media_start (BatonMedia *media)
{
  update_state (BATON_TEST_MEDIA (media), TRUE);
}

static void
baton_test_media_stop (BatonMedia *media)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (media);

  if (self->state == BATON_MEDIA_STATE_STOPPED)
    return;
  self->state = BATON_MEDIA_STATE_STOPPED;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
baton_test_media_send_dtmf (BatonMedia *media, const char *digits, GError **error)
{
  if (BATON_TEST_MEDIA (media)->no_events)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED, "no telephone-event");
      return FALSE;
    }
  g_string_append (BATON_TEST_MEDIA (media)->digits, digits);
  return TRUE;
}

static gboolean
baton_test_media_send_tones (BatonMedia *media, const char *digits, GError **error)
{
  g_string_append (BATON_TEST_MEDIA (media)->tones, digits);
  return TRUE;
}

static BatonMediaStats *
baton_test_media_dup_stats (BatonMedia *media)
{
  BatonMediaStats stats = { .jitter_ms = -1, .rtt_ms = -1, .level_in_db = -127, .level_out_db = -127,
                            .last_gap_ms = -1, .mos = -1, .lost_percent = -1, .concealed_percent = -1,
                            .delay_ms = -1, .remote_lost_percent = -1, .remote_jitter_ms = -1, .remote_mos = -1 };

  return baton_media_stats_copy (&stats);
}

static gboolean
baton_test_media_is_securing (BatonMedia *media)
{
  return BATON_TEST_MEDIA (media)->securing;
}

static void
media_init_interface (BatonMediaInterface *iface)
{
  iface->prepare_async = baton_test_media_prepare_async;
  iface->prepare_finish = baton_test_media_prepare_finish;
  iface->create_offer = baton_test_media_create_offer;
  iface->create_other_offer = baton_test_media_create_other_offer;
  iface->check_offer = baton_test_media_check_offer;
  iface->create_answer = baton_test_media_create_answer;
  iface->apply_answer = baton_test_media_apply_answer;
  iface->start = baton_test_media_start;
  iface->stop = baton_test_media_stop;
  iface->send_dtmf = baton_test_media_send_dtmf;
  iface->send_tones = baton_test_media_send_tones;
  iface->dup_stats = baton_test_media_dup_stats;
  iface->is_securing = baton_test_media_is_securing;
}

static void
baton_test_media_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_CODEC:
      g_value_set_string (value, self->codec);
      break;
    case PROP_SRTP:
      g_value_set_string (value, "none");
      break;
    case PROP_LOCAL_HOLD:
      g_value_set_boolean (value, self->local_hold);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_ONE_WAY:
      g_value_set_boolean (value, FALSE);
      break;
    case PROP_REMOTE_HOLD:
      g_value_set_boolean (value, self->remote_hold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_flag (BatonTestMedia *self, gboolean *flag, gboolean value, GParamSpec *pspec)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
  update_state (self, FALSE);
}

static void
baton_test_media_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (object);

  switch (id)
    {
    case PROP_LOCAL_HOLD:
      set_flag (self, &self->local_hold, g_value_get_boolean (value), pspec);
      break;
    case PROP_MUTED:
      set_flag (self, &self->muted, g_value_get_boolean (value), pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_test_media_finalize (GObject *object)
{
  BatonTestMedia *self = BATON_TEST_MEDIA (object);

  g_free (self->local_address);
  g_free (self->codec);
  g_free (self->last_offer);
  g_free (self->last_answer);
  g_string_free (self->digits, TRUE);
  g_string_free (self->tones, TRUE);
  G_OBJECT_CLASS (baton_test_media_parent_class)->finalize (object);
}

static void
baton_test_media_class_init (BatonTestMediaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = baton_test_media_get_property;
  object_class->set_property = baton_test_media_set_property;
  object_class->finalize = baton_test_media_finalize;
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_MEDIA_STATE, BATON_MEDIA_STATE_IDLE, readable);
  props[PROP_CODEC] = g_param_spec_string ("codec", NULL, NULL, NULL, readable);
  props[PROP_SRTP] = g_param_spec_string ("srtp", NULL, NULL, "none", readable);
  props[PROP_LOCAL_HOLD] = g_param_spec_boolean ("local-hold", NULL, NULL, FALSE, writable);
  props[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  props[PROP_ONE_WAY] = g_param_spec_boolean ("one-way", NULL, NULL, FALSE, readable);
  props[PROP_REMOTE_HOLD] = g_param_spec_boolean ("remote-hold", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_test_media_init (BatonTestMedia *self)
{
  self->digits = g_string_new (NULL);
  self->tones = g_string_new (NULL);
}

/* ---- The factory ---- */

static BatonMedia *
factory_create (BatonMediaFactory *factory, const BatonMediaOptions *options)
{
  BatonTestMediaFactory *self = BATON_TEST_MEDIA_FACTORY (factory);
  BatonTestMedia *media = g_object_new (BATON_TYPE_TEST_MEDIA, NULL);

  media->local_address = g_strdup (options->local_address != NULL ? options->local_address : "127.0.0.1");
  media->refuse = self->refuse_next;
  media->required = options->srtp == BATON_SRTP_MODE_REQUIRED;
  media->other_offers = self->other_offers;
  media->securing = self->securing;
  self->refuse_next = FALSE;
  g_ptr_array_add (self->made, g_object_ref (media));
  return BATON_MEDIA (media);
}

static void
factory_set_foreground (BatonMediaFactory *factory, BatonMedia *media)
{
  BATON_TEST_MEDIA_FACTORY (factory)->foreground = media;
}

static void
factory_move (BatonMediaFactory *factory, BatonMedia *from, BatonMedia *to, GAsyncReadyCallback callback, gpointer data)
{
  BatonTestMediaFactory *self = BATON_TEST_MEDIA_FACTORY (factory);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  self->moves++;
  g_set_object (&self->moved_from, from);
  g_set_object (&self->moved_to, to);
  if (to != NULL)
    baton_media_start (to);
  self->foreground = to;
  g_task_return_boolean (task, TRUE);
}

static double
factory_move_finish (BatonMediaFactory *factory, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? BATON_TEST_MEDIA_FACTORY (factory)->gap_ms : -1;
}

static void
factory_init_interface (BatonMediaFactoryInterface *iface)
{
  iface->create = factory_create;
  iface->set_foreground = factory_set_foreground;
  iface->move = factory_move;
  iface->move_finish = factory_move_finish;
}

static void
baton_test_media_factory_dispose (GObject *object)
{
  BatonTestMediaFactory *self = BATON_TEST_MEDIA_FACTORY (object);

  g_clear_object (&self->moved_from);
  g_clear_object (&self->moved_to);
  g_clear_pointer (&self->made, g_ptr_array_unref);
  G_OBJECT_CLASS (baton_test_media_factory_parent_class)->dispose (object);
}

static void
baton_test_media_factory_class_init (BatonTestMediaFactoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_test_media_factory_dispose;
}

static void
baton_test_media_factory_init (BatonTestMediaFactory *self)
{
  self->made = g_ptr_array_new_with_free_func (g_object_unref);
}

BatonTestMediaFactory *
baton_test_media_factory_new (void)
{
  return g_object_new (BATON_TYPE_TEST_MEDIA_FACTORY, NULL);
}
