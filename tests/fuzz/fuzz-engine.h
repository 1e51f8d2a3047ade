/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-engine.h"
#include "fuzz.h"

/*
 * A live engine, and a peer that throws datagrams at it over a real socket. In what is sent, these
 * words stand for what only the moment knows:
 *
 *   {H} the engine's host:port  {L} ours          {C} Call-ID of the live call
 *   {T} the engine's tag        {F} our tag       {N} a CSeq number, one more each time
 *   {B} a branch, new each time {Z} the length of the body
 *
 * and in an answer {v} {f} {t} {i} {q} for the request's Via, From, To, Call-ID and CSeq. {0} is a NUL.
 *
 * What the engine sends is answered with 200, or 202, unless it is told otherwise. What one input does depends on those before it:
 * BATON_FUZZ_LOG names a file that gets every datagram. Mutated addresses may name any host: run the
 * fuzzer in a network namespace of its own (unshare -rn, with lo up), where a name server can be
 * connected to: sofia's resolver never returns otherwise.
 */

/** fuzz_engine_begin: starts it, and a call unless one is up. Returns: (transfer none) (nullable): the live call */
BatonCall *fuzz_engine_begin (void);
/** fuzz_engine_find_call: Returns: (transfer none) (nullable): the live call, as long as it is established */
BatonCall *fuzz_engine_find_call (void);
/**
 * fuzz_engine_transfer: a REFER of ours waits for news in @call, after this
 * @answers: (nullable): the first request (the hold) gets the first of these, and those behind it as long as they are
 *   provisional; the request after it the next, and so on until fuzz_engine_end ()
 */
void fuzz_engine_transfer (BatonCall *call, char **answers);
/** fuzz_engine_place_call: the engine calls us. @answers: as above, but not to requests of the live call */
void fuzz_engine_place_call (char **answers);
/** fuzz_engine_send: one datagram, filled in, and what comes of it */
void fuzz_engine_send (const char *text);
/** fuzz_engine_end: a second later */
void fuzz_engine_end (void);
