/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-audio-hub.h"
#include "baton-preferences.h"

#include <string.h>

/* The preferences: every widget by its name, and that each of them has its effect at once */

static BatonApplication *app;
static GSettings *transfer;

static void
open_page (const char *action, const char *something_there)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), action, NULL);
  baton_test_wait (baton_test_ui_shown (something_there), 10000);
}

static void
close_window (const char *something_there)
{
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (baton_test_ui_find (something_there))));
  baton_test_wait (!baton_test_ui_shown (something_there), 10000);
}

static BatonReferPolicy
engine_policy (void)
{
  BatonReferPolicy policy;

  g_object_get (baton_application_get_engine (app), "out-of-dialog-policy", &policy, NULL);
  return policy;
}

static guint
count_refused (void)
{
  BatonReferRules *rules = baton_engine_get_refer_rules (baton_application_get_engine (app));

  return g_list_model_get_n_items (baton_refer_rules_get_refused (rules));
}

static void
test_demo (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "start-demo", NULL);
  baton_test_wait (baton_application_get_demo (app) != NULL && baton_test_ui_shown ("Stop demo"), 10000);
}

/* Returns: whether that is what the page says of the passwords */
static gboolean
passwords_said (const char *words)
{
  GtkWidget *group = gtk_widget_get_ancestor (baton_test_ui_find ("Add account"), ADW_TYPE_PREFERENCES_GROUP);

  return strcmp (adw_preferences_group_get_description (ADW_PREFERENCES_GROUP (group)), words) == 0;
}

static void
test_accounts (void)
{
  open_page ("accounts", "Add account");
  baton_test_ui_picture_of ("Add account", "accounts");
  g_assert_true (baton_test_ui_shown ("Accounts"));
  baton_test_ui_click ("Add account");
  baton_test_wait (baton_test_ui_shown ("SIP address"), 10000);
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
  baton_test_ui_type ("SIP address", "anna@127.0.0.1");
  baton_test_ui_type ("Account label", "Work");
  baton_test_ui_click ("Show password");
  g_assert_true (baton_test_ui_shown ("Hide password"));
  baton_test_ui_click ("Hide password");
  g_assert_true (baton_test_ui_shown ("Show password"));
  baton_test_ui_picture_of ("Save account", "account-dialog");
  baton_test_ui_click ("Save account");
  baton_test_wait (g_list_model_get_n_items (G_LIST_MODEL (baton_application_get_accounts (app))) == 1, 10000);
  baton_test_wait (baton_test_ui_shown ("Edit Work") && baton_test_ui_shown ("Remove Work")
                     && baton_test_ui_shown ("Work online"), 10000);
  /* There is none in the tests' session; it is only known when it was asked */
  baton_test_wait (passwords_said ("No password store found. Passwords are kept until Baton is closed."), 10000);
  baton_test_ui_picture_of ("Add account", "account-listed");
  close_window ("Add account");
}

static void
expand_all (GtkWidget *widget)
{
  if (ADW_IS_EXPANDER_ROW (widget))
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (widget), TRUE);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    expand_all (w);
}

/* Returns: how narrow the window with that widget can be */
static int
least_width (const char *something_there)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find (something_there)));
  int width;

  gtk_widget_measure (adw_window_get_content (ADW_WINDOW (window)), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL,
                      NULL);
  return width;
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_type (w, type);
  return found;
}

/* Returns: whether all of what is chosen there can be read */
static gboolean
is_value_whole (const char *name, const char *value)
{
  GtkWidget *row = baton_test_ui_find (name), *view, *label;

  if (!ADW_IS_COMBO_ROW (row))
    row = gtk_widget_get_ancestor (row, ADW_TYPE_COMBO_ROW);
  view = find_type (row, GTK_TYPE_LIST_VIEW);
  label = view != NULL ? find_type (view, GTK_TYPE_LABEL) : NULL;
  return label != NULL && strcmp (gtk_label_get_text (GTK_LABEL (label)), value) == 0
         && gtk_widget_get_width (label) > 1 && !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label)));
}

/* Returns: (transfer none) (nullable): the account of the first settings, as the engine has it */
static BatonAccount *
engine_account (void)
{
  g_autoptr (BatonAccountConfig) config = g_list_model_get_item (G_LIST_MODEL (baton_application_get_accounts (app)), 0);

  return baton_account_keeper_lookup (baton_application_get_keeper (app), baton_account_config_get_id (config));
}

static gboolean
account_has (const char *property, const char *expected)
{
  BatonAccount *account = engine_account ();
  g_autofree char *value = NULL;

  if (account == NULL)
    return FALSE;
  g_object_get (account, property, &value, NULL);
  return g_strcmp0 (value, expected) == 0;
}

/* What is chosen for the sound of an account is what its calls get, after the next start too */
static void
test_account_sound (void)
{
  static const char *const names[] = { "Media encryption", "NAT", "STUN server", "TURN server", "TURN user name",
                                       "TURN password", "Codec order", "Ring device", "Attended transfer uses", "Use Opus",
                                       "Move Opus down", "Calls to browsers (WebRTC)" };
  g_auto (GStrv) codecs = NULL;
  BatonSrtpMode srtp;
  gboolean ice, aor, webrtc;

  open_page ("accounts", "Edit Work");
  baton_test_ui_click ("Edit Work");
  baton_test_wait (baton_test_ui_shown ("Save account"), 10000);
  expand_all (GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find ("Save account"))));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    baton_test_wait (baton_test_ui_shown (names[i]), 10000);
  g_assert_cmpuint (baton_test_ui_chosen ("Media encryption"), ==, BATON_SRTP_MODE_OPTIONAL);
  g_object_get (engine_account (), "srtp", &srtp, NULL);
  g_assert_cmpint (srtp, ==, BATON_SRTP_MODE_OPTIONAL);
  baton_test_ui_choose ("Media encryption", BATON_SRTP_MODE_REQUIRED);
  baton_test_ui_choose ("Attended transfer uses", 1);
  baton_test_ui_switch ("Calls to browsers (WebRTC)", TRUE);
  baton_test_ui_type ("TURN server", "turn.example.net:3478");
  baton_test_ui_type ("TURN user name", "anna");
  baton_test_ui_type ("TURN password", "secret");
  baton_test_ui_click ("Move Opus down");
  baton_test_ui_switch ("Use G.711 µ-law", FALSE);
  baton_test_ui_picture_of ("Save account", "account-sound");
  g_assert_cmpint (least_width ("Save account"), <=, 360);
  gtk_window_set_default_size (GTK_WINDOW (gtk_widget_get_root (baton_test_ui_find ("Save account"))), 360, 1100);
  baton_test_wait (is_value_whole ("Media encryption", "Required") && is_value_whole ("NAT", "Automatic")
                     && is_value_whole ("Attended transfer uses", "The address (AoR)")
                     && is_value_whole ("Incoming transfers", "Ask") && is_value_whole ("Transport", "Automatic")
                     && is_value_whole ("Ring device", "The usual one"), 5000);
  baton_test_ui_picture_of ("Save account", "account-choices-narrow");
  baton_test_ui_click ("Save account");
  baton_test_wait (account_has ("turn-password", "secret"), 10000);
  g_assert_true (account_has ("turn", "turn.example.net:3478"));
  g_assert_true (account_has ("turn-user", "anna"));
  g_object_get (engine_account (), "srtp", &srtp, "ice", &ice, "webrtc", &webrtc, "attended-to-aor", &aor,
                "codecs", &codecs, NULL);
  g_assert_cmpint (srtp, ==, BATON_SRTP_MODE_REQUIRED);
  g_assert_true (ice);
  g_assert_true (webrtc);
  g_assert_true (aor);
  g_assert_cmpstr (codecs[0], ==, "g722");
  g_assert_cmpstr (codecs[1], ==, "opus");
  g_assert_cmpstr (codecs[2], ==, "pcma");
  g_assert_null (codecs[3]);

  /* Off is off: nothing of the servers is used; a browser gets its ICE all the same */
  baton_test_wait (!baton_test_ui_shown ("Save account"), 10000);
  baton_test_ui_click ("Edit Work");
  baton_test_wait (baton_test_ui_shown ("Save account"), 10000);
  expand_all (GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find ("Save account"))));
  baton_test_wait (baton_test_ui_shown ("Media encryption") && baton_test_ui_shown ("TURN user name"), 10000);
  g_assert_cmpuint (baton_test_ui_chosen ("Media encryption"), ==, BATON_SRTP_MODE_REQUIRED);
  g_assert_cmpstr (baton_test_ui_text ("TURN user name"), ==, "anna");
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (baton_test_ui_find_typed ("Calls to browsers (WebRTC)", GTK_TYPE_SWITCH))));
  baton_test_ui_choose ("NAT", 3);
  baton_test_ui_click ("Save account");
  baton_test_wait (account_has ("turn", NULL), 10000);
  g_object_get (engine_account (), "ice", &ice, NULL);
  g_assert_true (ice);
  close_window ("Edit Work");
}

/* What can't be saved is said in words, where it is */
static void
test_account_problems (void)
{
  static const struct
  {
    const char *row, *problem, *bad[4], *good[3], *words;
  } rows[] = {
    { "SIP address", "SIP address problem", { "anna", "@x", "a b@example.net" }, { "anna@127.0.0.1" },
      "An address looks like anna@example.net." },
    { "Server", "Server problem", { "a b", "x@y" }, { "127.0.0.1" }, "A server is a name like sip.example.net" },
    { "Port", "Port problem", { "99999", "0", "x" }, { "", "5070" }, "A port is a number from 1 to 65535." },
    { "Registration interval", "Registration interval problem", { "5", "abc", "" }, { "30", "86400" },
      "The interval is a number from 30 to 86400 seconds." },
  };

  open_page ("accounts", "Add account");
  baton_test_ui_click ("Add account");
  baton_test_wait (baton_test_ui_shown ("SIP address"), 10000);
  expand_all (GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find ("Save account"))));
  baton_test_wait (baton_test_ui_shown ("Registration interval"), 10000);
  baton_test_ui_type ("SIP address", "anna@127.0.0.1");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint j = 0; rows[i].bad[j] != NULL; j++)
        {
          baton_test_ui_type (rows[i].row, rows[i].bad[j]);
          g_assert_true (baton_test_ui_says (rows[i].problem, rows[i].words));
          g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
        }
      for (guint j = 0; rows[i].good[j] != NULL; j++)
        {
          baton_test_ui_type (rows[i].row, rows[i].good[j]);
          g_assert_false (baton_test_ui_shown (rows[i].problem));
          g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    baton_test_ui_type (rows[i].row, rows[i].bad[0]);
  gtk_window_set_default_size (GTK_WINDOW (gtk_widget_get_root (baton_test_ui_find ("Save account"))), 360, 860);
  baton_test_ui_picture_of ("Save account", "account-problems");
  close_window ("Save account");
  close_window ("Add account");
}

/* Its row is in sight at once: else nothing says why the account can't be saved */
static void
expect_tls_shown (void)
{
  g_autoptr (BatonAccountConfig) config = g_list_model_get_item (G_LIST_MODEL (baton_application_get_accounts (app)), 0);

  g_object_set (config, "transport", "tls", NULL);
  baton_test_ui_click ("Edit Work");
  baton_test_wait (baton_test_ui_shown ("Save account") && baton_test_ui_shown ("Transport"), 10000);
  g_assert_cmpuint (baton_test_ui_chosen ("Transport"), ==, 3);
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
  close_window ("Save account");
  g_object_set (config, "transport", "auto", NULL);
}

/* What Baton can't do yet is said where it is chosen, and not only by calls that fail */
static void
test_account_tls (void)
{
  open_page ("accounts", "Add account");
  baton_test_ui_click ("Add account");
  baton_test_wait (baton_test_ui_shown ("SIP address"), 10000);
  g_assert_false (baton_test_ui_shown ("Transport"));
  expand_all (GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find ("Save account"))));
  baton_test_wait (baton_test_ui_shown ("Transport"), 10000);
  baton_test_ui_type ("SIP address", "anna@127.0.0.1");
  g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
  g_assert_true (baton_test_ui_row_says ("Transport", "TLS cannot be used yet"));
  baton_test_ui_choose ("Transport", 3);
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Test account")));
  baton_test_ui_picture_of ("Save account", "account-tls");
  baton_test_ui_choose ("Transport", 2);
  g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find ("Save account")));
  g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find ("Test account")));
  close_window ("Save account");
  expect_tls_shown ();
  close_window ("Add account");
}

/* Every widget of the page is there; Trusted can't be chosen while nobody is trusted */
static void
test_security (void)
{
  static const char *const names[] = {
    "Transfer security", "Security warning", "Requests outside a call", "Most requests per hour",
    "Show a banner while enabled", "Trusted sources", "Add trusted source", "Refused requests", "Clear list",
    "Test with Rogue",
  };

  open_page ("transfer-security", "Security warning");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!baton_test_ui_shown (names[i]))
      g_error ("nothing is named “%s”", names[i]);
  baton_test_ui_picture_of ("Security warning", "security");
  g_assert_cmpuint (baton_test_ui_chosen ("Requests outside a call"), ==, 0);
  baton_test_ui_choose ("Requests outside a call", 2);
  baton_test_settle (50);
  g_assert_cmpuint (baton_test_ui_chosen ("Requests outside a call"), ==, 0);
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_REJECT);

  /* Leaving Reject asks once more, and no is no */
  baton_test_ui_choose ("Requests outside a call", 1);
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_REJECT);
  baton_test_ui_picture_of ("Allow requests outside a call?", "security-confirm");
  g_assert_true (baton_test_ui_respond ("Allow requests outside a call?", "keep"));
  g_assert_cmpuint (baton_test_ui_chosen ("Requests outside a call"), ==, 0);
  baton_test_ui_choose ("Requests outside a call", 1);
  g_assert_true (baton_test_ui_respond ("Allow requests outside a call?", "allow"));
  baton_test_wait (engine_policy () == BATON_REFER_POLICY_ASK, 5000);
  baton_test_wait (baton_test_ui_shown ("Change"), 5000);
  baton_test_ui_switch ("Show a banner while enabled", FALSE);
  baton_test_wait (!baton_test_ui_shown ("Change"), 5000);
  baton_test_ui_switch ("Show a banner while enabled", TRUE);
  baton_test_ui_choose ("Requests outside a call", 0); /* back needs no question */
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_REJECT);
  baton_test_wait (!baton_test_ui_shown ("Change"), 5000);
}

static void
add_source (const char *source, gboolean tls, gboolean ask)
{
  baton_test_ui_click ("Add trusted source");
  baton_test_wait (baton_test_ui_shown ("Source address or domain"), 10000);
  baton_test_ui_type ("Source address or domain", source);
  baton_test_ui_switch ("Only over TLS", tls);
  baton_test_ui_switch ("Ask anyway", ask);
  baton_test_ui_click ("Save trusted source");
  baton_test_wait (!baton_test_ui_shown ("Source address or domain"), 10000);
}

static void
test_source_dialog (void)
{
  static const char *const bad[] = { "", "  ", "@x", "a b@x", "<sip:x@y>", "x,y", "sip:", "a\"b@c" };
  static const char *const good[] = { "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "pbx.example.net", "c2c@pbx.example",
                                      "sip:c2c@pbx.example:5070" };
  g_autofree char *endless = g_strnfill (4000, 'x');

  baton_test_ui_click ("Add trusted source");
  baton_test_wait (baton_test_ui_shown ("Source address or domain"), 10000);
  g_assert_true (baton_test_ui_shown ("Allowed destinations"));
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (baton_test_ui_find_typed ("Require password", GTK_TYPE_SWITCH))));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (baton_test_ui_find_typed ("Only over TLS", GTK_TYPE_SWITCH))));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (baton_test_ui_find_typed ("Ask anyway", GTK_TYPE_SWITCH))));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      baton_test_ui_type ("Source address or domain", bad[i]);
      g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Save trusted source")));
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      baton_test_ui_type ("Source address or domain", good[i]);
      g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find ("Save trusted source")));
    }
  g_assert_true (baton_test_ui_says ("Trusted source hint", "only a claim"));
  baton_test_ui_picture_of ("Save trusted source", "source-dialog");
  baton_test_ui_switch ("Require password", TRUE);
  baton_test_ui_switch ("Ask anyway", FALSE);
  g_assert_true (baton_test_ui_says ("Trusted source hint", "without asking you"));
  baton_test_ui_type ("Source address or domain", endless);
  baton_test_ui_type ("Allowed destinations", endless);
  baton_test_ui_click ("Save trusted source");
  baton_test_wait (g_variant_n_children (g_settings_get_value (transfer, "ood-trusted")) == 1, 5000);
  {
    g_autoptr (GVariant) sources = g_settings_get_value (transfer, "ood-trusted");
    const char *source, *destinations;

    g_variant_get_child (sources, 0, "(&s&sbbb)", &source, &destinations, NULL, NULL, NULL);
    g_assert_cmpuint (strlen (source), ==, 255);
    g_assert_cmpuint (strlen (destinations), ==, 500);
  }
  baton_test_wait (!baton_test_ui_shown ("Save trusted source"), 5000);
  g_settings_reset (transfer, "ood-trusted");
  g_assert_true (baton_test_ui_shown ("No trusted sources"));
}

/* Who is not trusted is refused and listed; who is comes through, as far as was said */
static void
test_trusted (void)
{
  g_autoptr (GVariant) saved = NULL;

  add_source ("192.0.2.1", TRUE, TRUE);
  baton_test_ui_choose ("Requests outside a call", 2);
  g_assert_true (baton_test_ui_respond ("Allow requests outside a call?", "allow"));
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_TRUSTED);
  baton_test_wait (baton_test_ui_shown ("Requests outside a call: trusted only"), 5000);
  baton_test_ui_click ("Test with Rogue");
  baton_test_wait (count_refused () == 1, 10000);
  baton_test_wait (baton_test_ui_shown ("Trust this source"), 5000);
  g_assert_false (baton_test_ui_shown ("Decline transfer"));
  baton_test_ui_picture_of ("Security warning", "security-refused");

  /* Trusting it is a proposal only */
  baton_test_ui_click ("Trust this source");
  baton_test_wait (baton_test_ui_shown ("Source address or domain"), 5000);
  g_assert_true (g_str_has_prefix (baton_test_ui_text ("Source address or domain"), "rogue@127.0.0.1"));
  close_window ("Save trusted source");

  add_source ("127.0.0.1", FALSE, TRUE);
  g_assert_true (baton_test_ui_row_says ("127.0.0.1", "unencrypted too · asks you"));
  baton_test_ui_picture_of ("Security warning", "security-sources");
  saved = g_settings_get_value (transfer, "ood-trusted");
  g_assert_cmpuint (g_variant_n_children (saved), ==, 2);
  close_window ("Security warning");
  g_action_group_activate_action (G_ACTION_GROUP (app), "poke-rogue", NULL);
  baton_test_wait (baton_test_ui_shown ("Decline transfer"), 10000);
  baton_test_ui_picture (app, "security-banner");
  baton_test_ui_click ("Decline transfer");
  baton_test_wait (count_refused () == 2, 10000);
  baton_test_ui_click ("Dismiss request");

  baton_test_ui_click ("Change");
  baton_test_wait (baton_test_ui_shown ("Security warning"), 10000);
  baton_test_ui_click ("Edit trusted source 127.0.0.1");
  baton_test_wait (baton_test_ui_shown ("Save trusted source"), 5000);
  g_assert_cmpstr (baton_test_ui_text ("Source address or domain"), ==, "127.0.0.1");
  baton_test_ui_switch ("Ask anyway", FALSE);
  baton_test_ui_click ("Save trusted source");
  baton_test_wait (baton_test_ui_row_says ("127.0.0.1", "without asking you"), 5000);
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  baton_test_ui_click ("Test with Rogue");
  baton_test_wait (baton_test_ui_is_talking (), 10000); /* with Carol, unasked */
  baton_test_ui_hang_up_all ();

  /* Two have passed within this hour */
  baton_test_ui_spin ("Most requests per hour", 2);
  baton_test_ui_click ("Test with Rogue");
  baton_test_wait (count_refused () == 3, 10000);
  g_assert_cmpuint (g_settings_get_uint (transfer, "ood-per-hour"), ==, 2);
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  baton_test_ui_click ("Clear list");
  g_assert_cmpuint (count_refused (), ==, 0);
  g_assert_false (baton_test_ui_shown ("Trust this source"));
}

/* With the last trusted source the door shuts */
static void
test_last_source (void)
{
  baton_test_ui_click ("Remove trusted source 127.0.0.1");
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_TRUSTED);
  baton_test_ui_click ("Remove trusted source 192.0.2.1");
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_REJECT);
  g_assert_cmpuint (baton_test_ui_chosen ("Requests outside a call"), ==, 0);
  baton_test_wait (!baton_test_ui_shown ("Change"), 5000);
  close_window ("Security warning");

  /* A settings file of another mind */
  g_settings_set_enum (transfer, "ood-policy", BATON_REFER_POLICY_TRUSTED);
  g_assert_cmpint (engine_policy (), ==, BATON_REFER_POLICY_REJECT);
  g_settings_reset (transfer, "ood-policy");
}

static void
test_times (void)
{
  guint number;

  open_page ("preferences", "Seconds to undo a transfer");
  baton_test_ui_picture_of ("Seconds to undo a transfer", "general");
  baton_test_ui_spin ("Seconds to undo a transfer", 5);
  baton_test_ui_spin ("Seconds for the target to answer", 5);
  g_assert_cmpuint (g_settings_get_uint (transfer, "grace-seconds"), ==, 5);
  close_window ("Seconds to undo a transfer");
  number = baton_test_ui_call_demo_peer ("Echo");
  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, "Silent", FALSE));
  baton_test_wait (baton_test_ui_says ("Transfer status", "Transferring to Silent in 5 s"), 5000);
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_says ("Transfer status", "Echo is back with you."), 15000);
  baton_test_ui_hang_up_all ();
  g_settings_reset (transfer, "grace-seconds");
  g_settings_reset (transfer, "ring-timeout");
}

static BatonAudioHub *
get_hub (void)
{
  return BATON_AUDIO_HUB (baton_engine_get_media_factory (baton_application_get_engine (app)));
}

static gboolean
hub_has (const char *property)
{
  gboolean value;

  g_object_get (get_hub (), property, &value, NULL);
  return value;
}

static void
slide (const char *name, double value)
{
  gtk_range_set_value (GTK_RANGE (baton_test_ui_find_typed (name, GTK_TYPE_SCALE)), value);
}

/* No sound server answers here: what is said then, and that each choice reaches the sound at once */
static void
test_audio (void)
{
  g_autofree char *chosen = NULL;
  static const char *const names[] = {
    "Speaker or headset", "Microphone", "Ring on", "Also ring on speakers", "Microphone volume", "Ring volume",
    "Waiting tone volume", "Microphone level", "Speaker level", "Play test sound", "Record and play back",
    "Call echo test", "Echo cancellation", "Noise reduction", "Automatic gain", "Audio test result",
  };
  g_autoptr (GSettings) audio = g_settings_get_child (baton_application_get_settings (app), "audio");
  double volume;

  g_assert_false (hub_has ("metering"));
  open_page ("audio", "Microphone level");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!baton_test_ui_shown (names[i]))
      g_error ("nothing is named “%s”", names[i]);
  g_assert_true (hub_has ("metering"));
  baton_test_ui_picture_of ("Microphone level", "audio");
  g_assert_true (hub_has ("echo-cancellation"));
  baton_test_ui_switch ("Echo cancellation", FALSE);
  g_assert_false (hub_has ("echo-cancellation"));
  slide ("Ring volume", 0.5);
  g_object_get (get_hub (), "ring-volume", &volume, NULL);
  g_assert_cmpfloat_with_epsilon (volume, 0.5, 0.001);
  g_assert_cmpfloat_with_epsilon (g_settings_get_double (audio, "ring-volume"), 0.5, 0.001);

  /* A headset that is at home today stays chosen */
  g_settings_set_string (audio, "output-device", "headset-at-home");
  g_assert_cmpuint (baton_test_ui_chosen ("Speaker or headset"), !=, 0);
  baton_test_ui_choose ("Speaker or headset", 0);
  chosen = g_settings_get_string (audio, "output-device");
  g_assert_cmpstr (chosen, ==, "");

  baton_test_ui_click ("Play test sound");
  baton_test_wait (baton_test_ui_says ("Audio test result", "No loudspeaker answers."), 10000);
  baton_test_ui_click ("Record and play back");
  g_assert_true (baton_test_ui_says ("Audio test result", "Say something"));
  baton_test_wait (baton_test_ui_says ("Audio test result", "No microphone answers."), 10000);
  baton_test_ui_click ("Call echo test");
  baton_test_wait (baton_test_ui_is_talking (), 10000);
  baton_test_wait (!hub_has ("metering"), 5000);
  baton_test_wait (baton_test_ui_shown ("Choose Microphone"), 10000);
  baton_test_ui_picture (app, "no-microphone");
  baton_test_ui_hang_up_all ();
  baton_test_wait (!baton_test_ui_shown ("Choose Microphone"), 10000);
  g_settings_reset (audio, "echo-cancellation");
  g_settings_reset (audio, "ring-volume");
}

/* The narrowest window that is promised */
static void
test_narrow (void)
{
  static const char *const pages[][2] = { { "preferences", "Seconds to undo a transfer" },
                                          { "accounts", "Add account" },
                                          { "audio", "Microphone level" },
                                          { "transfer-security", "Security warning" } };

  /* The longest of the choices, for the one that trusted sources are there for */
  g_settings_set_value (transfer, "ood-trusted", g_variant_new_parsed ("[('192.0.2.1', '', false, true, true)]"));
  g_settings_set_enum (transfer, "ood-policy", BATON_REFER_POLICY_TRUSTED);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *picture = g_strdup_printf ("narrow-%s", pages[i][0]);
      GtkWidget *window;

      open_page (pages[i][0], pages[i][1]);
      window = GTK_WIDGET (gtk_widget_get_root (baton_test_ui_find (pages[i][1])));
      gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
      baton_test_wait (gtk_widget_get_width (window) <= 420, 10000);
      baton_test_ui_picture_of (pages[i][1], picture);
      if (g_str_equal (pages[i][0], "transfer-security"))
        baton_test_wait (is_value_whole ("Requests outside a call", "Trusted sources only"), 5000);
      g_assert_cmpint (least_width (pages[i][1]), <=, 360);
      close_window (pages[i][1]);
    }
  g_settings_reset (transfer, "ood-policy");
  g_settings_reset (transfer, "ood-trusted");
}

int
main (int argc, char **argv)
{
  int status;

  app = baton_test_ui_start (&argc, &argv);
  transfer = g_settings_get_child (baton_application_get_settings (app), "transfer");
  g_test_add_func ("/preferences/demo", test_demo);
  g_test_add_func ("/preferences/accounts", test_accounts);
  g_test_add_func ("/preferences/account-sound", test_account_sound);
  g_test_add_func ("/preferences/account-problems", test_account_problems);
  g_test_add_func ("/preferences/account-tls", test_account_tls);
  g_test_add_func ("/preferences/security", test_security);
  g_test_add_func ("/preferences/source-dialog", test_source_dialog);
  g_test_add_func ("/preferences/trusted", test_trusted);
  g_test_add_func ("/preferences/last-source", test_last_source);
  g_test_add_func ("/preferences/times", test_times);
  g_test_add_func ("/preferences/audio", test_audio);
  g_test_add_func ("/preferences/narrow", test_narrow);
  status = baton_test_ui_run ();
  g_clear_object (&transfer);
  return status;
}
