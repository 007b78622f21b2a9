/** Locks in ZooKeeper: their names, the session that keeps them, the queue and the lease clock. */
@NullMarked
package org.lockex.lock;

import org.jspecify.annotations.NullMarked;
