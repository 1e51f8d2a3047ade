/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-events.h"

#include "baton-audio-hub.h"
#include "baton-enum-types.h"

struct _BatonCliEvents
{
  GObject parent_instance;

  BatonEngine *engine;
  BatonCliOutput *output;
};

G_DEFINE_TYPE (BatonCliEvents, baton_cli_events, G_TYPE_OBJECT)

static const char *
nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value (klass, value);

  return found ? found->value_nick : "";
}

/* ---- Calls ---- */

void
baton_cli_events_call (BatonCliEvents *self, BatonCall *call)
{
  g_autofree char *codec = NULL;
  g_autofree char *srtp = NULL;
  g_autoptr (BatonCall) replaces = NULL;
  gboolean merged = FALSE;
  guint refer = 0;
  guint status = baton_call_get_status (call);

  g_object_get (call, "codec", &codec, "srtp", &srtp, "refer", &refer, "replaces-call", &replaces, "merged", &merged,
                NULL);
  baton_cli_output_begin (self->output, "call");
  baton_cli_output_uint (self->output, "call", baton_call_get_number (call));
  baton_cli_output_string (self->output, "state", nick (BATON_TYPE_CALL_STATE, baton_call_get_state (call)));
  baton_cli_output_string (self->output, "hold", nick (BATON_TYPE_HOLD, baton_call_get_hold (call)));
  baton_cli_output_string (self->output, "direction", nick (BATON_TYPE_DIRECTION, baton_call_get_direction (call)));
  baton_cli_output_string (self->output, "remote", baton_call_get_remote_uri (call));
  baton_cli_output_string (self->output, "remote_name", baton_call_get_remote_name (call));
  baton_cli_output_string (self->output, "codec", codec);
  baton_cli_output_string (self->output, "srtp", srtp);
  if (status != 0)
    baton_cli_output_uint (self->output, "status", status);
  if (baton_call_get_reason (call) != NULL)
    baton_cli_output_string (self->output, "reason", baton_call_get_reason (call));
  if (refer != 0)
    baton_cli_output_uint (self->output, "refer", refer);
  if (replaces != NULL)
    baton_cli_output_uint (self->output, "replaces", baton_call_get_number (replaces));
  if (merged)
    baton_cli_output_bool (self->output, "merged", TRUE);
  if (baton_call_get_recording (call) != NULL)
    baton_cli_output_string (self->output, "recording", baton_call_get_recording (call));
  baton_cli_output_end (self->output);
}

static void
output_stat (BatonCliEvents *self, const char *field, double value, gboolean known)
{
  if (known)
    baton_cli_output_real (self->output, field, value);
  else
    baton_cli_output_null (self->output, field);
}

void
baton_cli_events_stats (BatonCliEvents *self, BatonCall *call)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (baton_call_get_media (call));
  g_autofree char *codec = NULL;

  g_object_get (call, "codec", &codec, NULL);
  baton_cli_output_begin (self->output, "stats");
  baton_cli_output_uint (self->output, "call", baton_call_get_number (call));
  baton_cli_output_string (self->output, "codec", codec);
  baton_cli_output_uint (self->output, "sent", stats->sent);
  baton_cli_output_uint (self->output, "received", stats->received);
  baton_cli_output_uint (self->output, "lost", stats->lost);
  output_stat (self, "jitter_ms", stats->jitter_ms, stats->jitter_ms >= 0);
  output_stat (self, "rtt_ms", stats->rtt_ms, stats->rtt_ms >= 0);
  output_stat (self, "level_in_db", stats->level_in_db, TRUE);
  output_stat (self, "level_out_db", stats->level_out_db, TRUE);
  baton_cli_output_string (self->output, "srtp", stats->keys != NULL ? stats->keys : "none");
  baton_cli_output_string (self->output, "cipher", stats->cipher);
  baton_cli_output_uint (self->output, "forged", stats->forged);
  output_stat (self, "last_gap_ms", stats->last_gap_ms, stats->last_gap_ms >= 0);
  output_stat (self, "mos", stats->mos, stats->mos >= 0);
  output_stat (self, "lost_percent", stats->lost_percent, stats->lost_percent >= 0);
  output_stat (self, "concealed_percent", stats->concealed_percent, stats->concealed_percent >= 0);
  output_stat (self, "delay_ms", stats->delay_ms, stats->delay_ms >= 0);
  output_stat (self, "remote_lost_percent", stats->remote_lost_percent, stats->remote_lost_percent >= 0);
  output_stat (self, "remote_jitter_ms", stats->remote_jitter_ms, stats->remote_jitter_ms >= 0);
  output_stat (self, "remote_mos", stats->remote_mos, stats->remote_mos >= 0);
  if (stats->ptime_ms > 0)
    baton_cli_output_uint (self->output, "ptime", stats->ptime_ms);
  else
    baton_cli_output_null (self->output, "ptime");
  baton_cli_output_bool (self->output, "one_way", stats->one_way);
  if (stats->path[0] != '\0')
    {
      baton_cli_output_string (self->output, "path", stats->path);
      baton_cli_output_string (self->output, "local_address", stats->local_address);
      baton_cli_output_string (self->output, "remote_address", stats->remote_address);
    }
  else
    baton_cli_output_null (self->output, "path");
  baton_cli_output_end (self->output);
}

static void
output_media (BatonCliEvents *self, BatonCall *call, const char *state, double gap_ms)
{
  baton_cli_output_begin (self->output, "media");
  baton_cli_output_uint (self->output, "call", baton_call_get_number (call));
  baton_cli_output_string (self->output, "state", state);
  if (gap_ms >= 0)
    baton_cli_output_real (self->output, "gap_ms", gap_ms);
  baton_cli_output_end (self->output);
}

static void
on_call_notify (BatonCall *call, GParamSpec *pspec, BatonCliEvents *self)
{
  baton_cli_events_call (self, call);
}

static BatonCall *
find_call_of_media (BatonCliEvents *self, BatonMedia *media)
{
  return g_object_get_data (G_OBJECT (media), "baton-cli-call");
}

static void
on_media_state (BatonMedia *media, GParamSpec *pspec, BatonCliEvents *self)
{
  BatonCall *call = find_call_of_media (self, media);
  BatonMediaState state = baton_media_get_state (media);

  if (call != NULL && state != BATON_MEDIA_STATE_IDLE)
    output_media (self, call, nick (BATON_TYPE_MEDIA_STATE, state), -1);
}

static void
on_media_moved (BatonCall *call, double gap_ms, BatonCliEvents *self)
{
  output_media (self, call, "moved", gap_ms);
}

static void
on_dtmf (BatonCall *call, const char *digit, guint duration_ms, BatonCliEvents *self)
{
  baton_cli_output_begin (self->output, "dtmf");
  baton_cli_output_uint (self->output, "call", baton_call_get_number (call));
  baton_cli_output_string (self->output, "digit", digit);
  baton_cli_output_uint (self->output, "duration_ms", duration_ms);
  baton_cli_output_end (self->output);
}

static void
on_message (BatonCall *call, const char *text, BatonCliEvents *self)
{
  baton_cli_output_begin (self->output, "error");
  baton_cli_output_null (self->output, "command");
  baton_cli_output_uint (self->output, "call", baton_call_get_number (call));
  baton_cli_output_string (self->output, "message", text);
  baton_cli_output_end (self->output);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, BatonCliEvents *self)
{
  BatonMedia *media = baton_call_get_media (call);

  g_object_set_data (G_OBJECT (media), "baton-cli-call", call); /* the call keeps its media, not the other way round */
  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_call_notify), self, 0);
  g_signal_connect_object (call, "notify::hold", G_CALLBACK (on_call_notify), self, 0);
  g_signal_connect_object (call, "notify::merged", G_CALLBACK (on_call_notify), self, 0);
  g_signal_connect_object (call, "notify::recording", G_CALLBACK (on_call_notify), self, 0);
  g_signal_connect_object (call, "media-moved", G_CALLBACK (on_media_moved), self, 0);
  g_signal_connect_object (call, "dtmf", G_CALLBACK (on_dtmf), self, 0);
  g_signal_connect_object (call, "message", G_CALLBACK (on_message), self, 0);
  g_signal_connect_object (media, "notify::state", G_CALLBACK (on_media_state), self, 0);
  baton_cli_events_call (self, call);
}

/* ---- Refers ---- */

/* The call that a result is about: the new one where we follow, else the one that is transferred. */
static guint
get_call_number (BatonTransfer *transfer)
{
  BatonCall *call = baton_transfer_get_call (transfer);

  if (baton_transfer_get_direction (transfer) == BATON_DIRECTION_INCOMING &&
      baton_transfer_get_target_call (transfer) != NULL)
    call = baton_transfer_get_target_call (transfer);
  return call ? baton_call_get_number (call) : 0;
}

static void
output_refer_requested (BatonCliEvents *self, BatonTransfer *transfer)
{
  BatonReferContext *context = baton_transfer_get_context (transfer);
  gboolean received = baton_transfer_get_direction (transfer) == BATON_DIRECTION_INCOMING;
  BatonCall *call = baton_transfer_get_call (transfer);
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (context);
  g_autofree char *replaces = refer_to && refer_to->replaces ? baton_replaces_to_string (refer_to->replaces) : NULL;

  baton_cli_output_begin (self->output,
                          received && call == NULL ? "out-of-dialog-refer-requested" : "refer-requested");
  baton_cli_output_uint (self->output, "refer", baton_transfer_get_number (transfer));
  baton_cli_output_string (self->output, "direction", received ? "received" : "sent");
  baton_cli_output_number (self->output, "call", call ? baton_call_get_number (call) : 0);
  baton_cli_output_string (self->output, "refer_to", baton_refer_context_get_refer_to_text (context));
  baton_cli_output_string (self->output, "replaces", replaces);
  baton_cli_output_string (self->output, "referred_by", baton_refer_context_get_referred_by (context));
  if (baton_transfer_get_semi_attended (transfer)) /* the target still rang: its call was given up for a blind transfer to it */
    baton_cli_output_uint (self->output, "semi_attended", 1);
  if (baton_transfer_get_through_aor (transfer))
    baton_cli_output_uint (self->output, "use_aor", 1);
  baton_cli_output_end (self->output);
}

static void
output_result (BatonCliEvents *self, const char *event, BatonReferContext *context, gboolean with_call, guint status,
               const char *reason)
{
  BatonTransfer *transfer = baton_transfer_of (context);

  if (transfer == NULL)
    return;
  baton_cli_output_begin (self->output, event);
  baton_cli_output_uint (self->output, "refer", baton_transfer_get_number (transfer));
  if (with_call)
    baton_cli_output_number (self->output, "call", get_call_number (transfer));
  baton_cli_output_uint (self->output, "status", status);
  baton_cli_output_string (self->output, "reason", reason);
  baton_cli_output_end (self->output);
}

static void
on_request_accepted (BatonReferContext *context, guint status, const char *reason, BatonCliEvents *self)
{
  output_result (self, "refer-request-accepted", context, FALSE, status, reason);
}

static void
on_request_rejected (BatonReferContext *context, guint status, const char *reason, BatonCliEvents *self)
{
  output_result (self, "refer-request-rejected", context, FALSE, status, reason);
}

static void
on_progress (BatonReferContext *context, guint status, const char *reason, BatonCliEvents *self)
{
  output_result (self, "refer-progress", context, TRUE, status, reason);
}

static void
on_accepted (BatonReferContext *context, guint status, const char *reason, BatonCliEvents *self)
{
  output_result (self, "refer-accepted", context, TRUE, status, reason);
}

static void
on_rejected (BatonReferContext *context, guint status, const char *reason, BatonCliEvents *self)
{
  output_result (self, "refer-rejected", context, TRUE, status, reason);
}

static void
on_invite_sent (BatonReferContext *context, BatonSession *session, BatonCliEvents *self)
{
  BatonTransfer *transfer = baton_transfer_of (context);

  if (transfer == NULL)
    return;
  baton_cli_output_begin (self->output, "refer-invite-sent");
  baton_cli_output_uint (self->output, "refer", baton_transfer_get_number (transfer));
  baton_cli_output_number (self->output, "call", get_call_number (transfer));
  baton_cli_output_end (self->output);
}

static const char *
get_end_word (BatonReferOutcome outcome)
{
  switch (outcome)
    {
    case BATON_REFER_OUTCOME_REFUSED:
      return "refused";
    case BATON_REFER_OUTCOME_EXPIRED:
      return "expired";
    case BATON_REFER_OUTCOME_NO_NOTIFY:
      return "no-notify";
    case BATON_REFER_OUTCOME_NOT_CONFIRMED:
      return "not-confirmed";
    case BATON_REFER_OUTCOME_NO_SUBSCRIPTION:
      return "no-subscription";
    case BATON_REFER_OUTCOME_CANCELLED:
      return "cancelled";
    case BATON_REFER_OUTCOME_NONE:
    case BATON_REFER_OUTCOME_ACCEPTED:
    case BATON_REFER_OUTCOME_REJECTED:
      break;
    }
  return "terminated";
}

static void
output_refer_ended (BatonCliEvents *self, BatonTransfer *transfer, const char *reason)
{
  baton_cli_output_begin (self->output, "refer-ended");
  baton_cli_output_uint (self->output, "refer", baton_transfer_get_number (transfer));
  baton_cli_output_string (self->output, "reason", reason);
  baton_cli_output_end (self->output);
}

static void
on_refer_ended (BatonReferContext *context, BatonCliEvents *self)
{
  BatonTransfer *transfer = baton_transfer_of (context);

  if (transfer != NULL)
    output_refer_ended (self, transfer, get_end_word (baton_refer_context_get_outcome (context)));
}

static void
watch_context (BatonCliEvents *self, BatonTransfer *transfer)
{
  BatonReferContext *context = baton_transfer_get_context (transfer);

  output_refer_requested (self, transfer);
  g_signal_connect_object (context, "refer-request-accepted", G_CALLBACK (on_request_accepted), self, 0);
  g_signal_connect_object (context, "refer-request-rejected", G_CALLBACK (on_request_rejected), self, 0);
  g_signal_connect_object (context, "refer-progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (context, "refer-accepted", G_CALLBACK (on_accepted), self, 0);
  g_signal_connect_object (context, "refer-rejected", G_CALLBACK (on_rejected), self, 0);
  g_signal_connect_object (context, "refer-ended", G_CALLBACK (on_refer_ended), self, 0);
  if (baton_transfer_get_direction (transfer) == BATON_DIRECTION_INCOMING)
    g_signal_connect_object (context, "refer-invite-sent", G_CALLBACK (on_invite_sent), self, 0);
}

static void
on_context (BatonTransfer *transfer, GParamSpec *pspec, BatonCliEvents *self)
{
  watch_context (self, transfer);
}

/* A REFER that could not even be sent. */
static void
on_transfer_ended (BatonTransfer *transfer, BatonCliEvents *self)
{
  if (baton_transfer_get_context (transfer) != NULL)
    return;
  baton_cli_output_begin (self->output, "refer-request-rejected");
  baton_cli_output_uint (self->output, "refer", baton_transfer_get_number (transfer));
  baton_cli_output_number (self->output, "status", baton_transfer_get_status (transfer));
  baton_cli_output_string (self->output, "reason", baton_transfer_get_reason (transfer));
  baton_cli_output_end (self->output);
  output_refer_ended (self, transfer, "not-sent");
}

static void
on_transfer_added (BatonEngine *engine, BatonTransfer *transfer, BatonCliEvents *self)
{
  g_signal_connect_object (transfer, "ended", G_CALLBACK (on_transfer_ended), self, 0);
  if (baton_transfer_get_context (transfer) != NULL)
    watch_context (self, transfer);
  else
    g_signal_connect_object (transfer, "notify::context", G_CALLBACK (on_context), self, 0);
}

/* ---- Accounts ---- */

static void
on_registration_state (BatonAccount *account, GParamSpec *pspec, BatonCliEvents *self)
{
  switch (baton_account_get_registration_state (account))
    {
    case BATON_REGISTRATION_STATE_REGISTERED:
      baton_cli_output_begin (self->output, "registered");
      baton_cli_output_string (self->output, "registrar",
                               baton_sip_identity_get_registrar (baton_account_get_identity (account)));
      baton_cli_output_uint (self->output, "expires", baton_account_get_expires (account));
      baton_cli_output_end (self->output);
      break;
    case BATON_REGISTRATION_STATE_OFFLINE:
      baton_cli_output_begin (self->output, "unregistered");
      baton_cli_output_string (self->output, "registrar",
                               baton_sip_identity_get_registrar (baton_account_get_identity (account)));
      baton_cli_output_end (self->output);
      break;
    case BATON_REGISTRATION_STATE_FAILED:
      baton_cli_output_begin (self->output, "registration-failed");
      baton_cli_output_uint (self->output, "status", baton_account_get_status (account));
      baton_cli_output_string (self->output, "reason", baton_account_get_reason (account));
      baton_cli_output_end (self->output);
      break;
    case BATON_REGISTRATION_STATE_REGISTERING:
    case BATON_REGISTRATION_STATE_UNREGISTERING:
      break;
    }
}

void
baton_cli_events_watch_account (BatonCliEvents *self, BatonAccount *account)
{
  g_signal_connect_object (account, "notify::registration-state", G_CALLBACK (on_registration_state), self, 0);
}

/* ---- Object ---- */

/* No microphone, no loudspeaker: the calls go on. */
static void
on_device_problem (BatonAudioHub *hub, const char *text, BatonCliEvents *self)
{
  baton_cli_output_begin (self->output, "device-problem");
  baton_cli_output_string (self->output, "message", text);
  baton_cli_output_end (self->output);
}

static void
on_factory (BatonEngine *engine, GParamSpec *pspec, BatonCliEvents *self)
{
  BatonMediaFactory *factory = baton_engine_get_media_factory (engine);

  if (BATON_IS_AUDIO_HUB (factory))
    g_signal_connect_object (factory, "device-problem", G_CALLBACK (on_device_problem), self, 0);
}

static void
baton_cli_events_dispose (GObject *object)
{
  g_clear_object (&BATON_CLI_EVENTS (object)->engine);
  G_OBJECT_CLASS (baton_cli_events_parent_class)->dispose (object);
}

static void
baton_cli_events_class_init (BatonCliEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_cli_events_dispose;
}

static void
baton_cli_events_init (BatonCliEvents *self)
{
}

BatonCliEvents *
baton_cli_events_new (BatonEngine *engine, BatonCliOutput *output)
{
  BatonCliEvents *self = g_object_new (BATON_TYPE_CLI_EVENTS, NULL);

  self->engine = g_object_ref (engine);
  self->output = output;
  g_signal_connect_object (baton_engine_get_calls (engine), "call-added", G_CALLBACK (on_call_added), self, 0);
  g_signal_connect_object (engine, "notify::media-factory", G_CALLBACK (on_factory), self, 0);
  on_factory (engine, NULL, self);
  g_signal_connect_object (engine, "transfer-added", G_CALLBACK (on_transfer_added), self, 0);
  return self;
}
