/** How long a lock is certainly ours: the lease clock and who keeps it going. */
@NullMarked
package org.lockex.lock.lease;

import org.jspecify.annotations.NullMarked;
