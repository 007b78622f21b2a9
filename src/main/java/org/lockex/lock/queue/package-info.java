/** The way to a lock: the queue, the ownership check and the hand-over. */
@NullMarked
package org.lockex.lock.queue;

import org.jspecify.annotations.NullMarked;
