/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BATON_TYPE_REPLACES (baton_replaces_get_type ())

/**
 * BatonReplaces:
 * The value of a Replaces header (RFC 3891 §6.1): which dialog is meant. Tags are as their header
 * says, in the view of whoever receives the INVITE: to-tag is the receiver's own tag. Boxed, immutable.
 */
typedef struct _BatonReplaces
{
  char *call_id;
  char *to_tag;
  char *from_tag;
  gboolean early_only;
} BatonReplaces;

GType baton_replaces_get_type (void);
BatonReplaces *baton_replaces_new (const char *call_id, const char *to_tag, const char *from_tag, gboolean early_only);
/** baton_replaces_parse: @text is the header's value, not escaped. CR, LF, NUL, over-long or partial: NULL with @error. */
BatonReplaces *baton_replaces_parse (const char *text, GError **error);
/**
 * baton_replaces_parse_target_dialog:
 * @text is the value of a Target-Dialog header (RFC 4538 §7), whose tags are in the receiver's view, too.
 * Returns: (transfer full) (nullable): the dialog that it names, as a Replaces would; NULL where it can't be read
 */
BatonReplaces *baton_replaces_parse_target_dialog (const char *text);
BatonReplaces *baton_replaces_copy (const BatonReplaces *self);
void baton_replaces_free (BatonReplaces *self);
/** Returns: (transfer full): the header's value, not escaped */
char *baton_replaces_to_string (const BatonReplaces *self);
gboolean baton_replaces_equal (const BatonReplaces *a, const BatonReplaces *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonReplaces, baton_replaces_free)

G_END_DECLS
