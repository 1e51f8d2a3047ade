/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/**
 * baton_heap_keep: a program's first word to the C library's allocator: of the memory that it gets back it keeps some, and
 * from now on baton_heap_refill_soon () has it ready. Not for a library in somebody else's program.
 */
void baton_heap_keep (void);

/**
 * baton_heap_refill_soon: in a moment, from the default main context, sees to it that a megabyte of free memory has its
 * pages. A call takes some forty of them, and each that the kernel has yet to make costs a peer that waits 2 µs and more.
 * Nothing before baton_heap_keep ().
 */
void baton_heap_refill_soon (void);
