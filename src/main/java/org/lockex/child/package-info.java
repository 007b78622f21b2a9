/**
 * The command as a process: spawned, guarded, signalled, ended and reaped, with nothing between it
 * and the caller's terminal, descriptors and environment.
 */
@NullMarked
package org.lockex.child;

import org.jspecify.annotations.NullMarked;
