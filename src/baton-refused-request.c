/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refused-request.h"

#include <string.h>

#include "baton-enum-types.h"

#define MAX_TEXT 200

struct _BatonRefusedRequest
{
  GObject parent_instance;

  gint64 time;
  char *who, *target, *reason;
  BatonReferRefusal why;
  guint status;
};

enum
{
  PROP_TIME = 1,
  PROP_WHO,
  PROP_TARGET,
  PROP_WHY,
  PROP_STATUS,
  PROP_REASON,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonRefusedRequest, baton_refused_request, G_TYPE_OBJECT)

static void
baton_refused_request_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonRefusedRequest *self = BATON_REFUSED_REQUEST (object);

  switch (id)
    {
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_WHO:
      g_value_set_string (value, self->who);
      break;
    case PROP_TARGET:
      g_value_set_string (value, self->target);
      break;
    case PROP_WHY:
      g_value_set_enum (value, self->why);
      break;
    case PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_refused_request_finalize (GObject *object)
{
  BatonRefusedRequest *self = BATON_REFUSED_REQUEST (object);

  g_free (self->who);
  g_free (self->target);
  g_free (self->reason);
  G_OBJECT_CLASS (baton_refused_request_parent_class)->finalize (object);
}

static void
baton_refused_request_class_init (BatonRefusedRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_refused_request_get_property;
  object_class->finalize = baton_refused_request_finalize;

  props[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_WHO] = g_param_spec_string ("who", NULL, NULL, NULL, fact);
  props[PROP_TARGET] = g_param_spec_string ("target", NULL, NULL, NULL, fact);
  props[PROP_WHY] = g_param_spec_enum ("why", NULL, NULL, BATON_TYPE_REFER_REFUSAL, BATON_REFER_REFUSAL_NONE, fact);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, fact);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_refused_request_init (BatonRefusedRequest *self)
{
}

static char *
limit (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, (gssize) strnlen (text, MAX_TEXT)) : NULL;
}

BatonRefusedRequest *
baton_refused_request_new (gint64 time, const char *who, const char *target, BatonReferRefusal why, guint status,
                           const char *reason)
{
  BatonRefusedRequest *self = g_object_new (BATON_TYPE_REFUSED_REQUEST, NULL);

  self->time = time;
  self->who = limit (who);
  self->target = limit (target);
  self->why = why;
  self->status = status;
  self->reason = limit (reason);
  return self;
}

gint64
baton_refused_request_get_time (BatonRefusedRequest *self)
{
  g_return_val_if_fail (BATON_IS_REFUSED_REQUEST (self), 0);
  return self->time;
}

const char *
baton_refused_request_get_who (BatonRefusedRequest *self)
{
  g_return_val_if_fail (BATON_IS_REFUSED_REQUEST (self), NULL);
  return self->who;
}

const char *
baton_refused_request_get_target (BatonRefusedRequest *self)
{
  g_return_val_if_fail (BATON_IS_REFUSED_REQUEST (self), NULL);
  return self->target;
}

BatonReferRefusal
baton_refused_request_get_why (BatonRefusedRequest *self)
{
  g_return_val_if_fail (BATON_IS_REFUSED_REQUEST (self), BATON_REFER_REFUSAL_NONE);
  return self->why;
}
