/** What the holder of a lock has in hand. */
@NullMarked
package org.lockex.lock.hold;

import org.jspecify.annotations.NullMarked;
